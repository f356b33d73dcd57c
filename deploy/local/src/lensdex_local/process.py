"""One service as a child process: start it, wait until it serves, stop it. Knows no gRPC and no service's insides."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LAST_LOG_LINES: Final = 12
POLL_SECONDS: Final = 0.05


class StartError(RuntimeError):
    """A service that did not come up; the text holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service answers."""

    address: str
    metrics_address: str | None
    pid: int


class ServiceProcess:
    """A service run as ``python -m MODULE serve ARGUMENTS``; a context manager that stops it."""

    def __init__(
        self, module: str, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Files of the process (log, ready file) go below *folder*. *environment* is added to this process's own."""
        self._module = module
        self._arguments = tuple(arguments)
        self._ready_file = folder / f"{module}.ready.json"
        self.log = folder / f"{module}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; return at once."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._ready_file.unlink(missing_ok=True)
        command = [
            sys.executable, "-m", self._module, "serve", "--ready-file", str(self._ready_file), *self._arguments,
        ]  # fmt: skip
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches us alone, and we stop the service in good order.
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment, start_new_session=True
            )

    def wait(self, *, timeout: float) -> Endpoint:
        """Return where it serves, once it does. Raises StartError when it ends or *timeout* seconds pass before."""
        assert self._process is not None, "start it first"
        deadline = time.monotonic() + timeout
        while not self._ready_file.exists():
            if self._process.poll() is not None:
                raise StartError(f"{self._module} ended with status {self._process.returncode}:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self._module} does not serve after {timeout:.0f} s:\n{self._log_tail()}")
            time.sleep(POLL_SECONDS)
        facts = json.loads(self._ready_file.read_text())
        return Endpoint(facts["address"], facts["metrics_address"], facts["pid"])

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self, *, timeout: float = 30.0) -> int:
        """Ask it to drain (SIGTERM), wait, and return its exit status; kill it when *timeout* seconds pass."""
        if self._process is None:
            return 0
        self._signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LAST_LOG_LINES:])
