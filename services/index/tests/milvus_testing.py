"""A Milvus server for tests: on free ports, its data in a folder of its own, and gone at the end."""

import contextlib
import hashlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from lensdex_index.engine import CollectionEngine
from lensdex_index.engines import open_engine
from lensdex_index.engines.options import EngineOptions, MilvusOptions

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-milvus" / "bin" / "python"
_NUM_PORTS = 12
_QUICK = {
    "proxy.timeTickInterval": 20,  # A read waits for the next tick to see every write: 200 ms otherwise.
    "queryCoord.checkChannelInterval": 20,  # A new collection is loaded sooner.
    "queryCoord.distPullInterval": 20,
    "queryCoord.leaderViewUpdateInterval": 0.1,
    "common.session.ttl": 3,  # A server started anew waits for the one before to be given up.
    "log.level": "warn",
}


class MilvusServer:
    """A Milvus that can be killed and started again on the same data and ports."""

    def __init__(self, folder: Path, settings: Mapping[str, object]) -> None:
        self._folder = folder
        self._settings = _QUICK | settings
        self._ports = _free_ports(_NUM_PORTS)
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self._ports[0]}"

    def start(self) -> None:
        """Start it and wait until it says that it is well."""
        settings = [part for name, value in self._settings.items() for part in ("--set", f"{name}={value}")]
        ports = ",".join(map(str, self._ports))
        self._process = subprocess.Popen(
            [PYTHON, ROOT / "deploy/milvus/serve.py", "--data", self._folder, "--ports", ports, *settings],
            stdout=subprocess.DEVNULL,
            stderr=sys.stderr,
        )
        until = time.monotonic() + 90
        while not self._is_well():
            assert self._process.poll() is None, f"Milvus ended: see {self._folder}/logs"
            assert time.monotonic() < until, f"Milvus does not start: see {self._folder}/logs"
            time.sleep(0.2)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[-1]}/healthz", timeout=2) as answer:
                return b"OK" in answer.read()
        except OSError:
            return False


_shared: list[MilvusServer] = []


def shared_server(folder: Path) -> MilvusServer:
    """Return the server that all tests share, started with the first that asks, its data in *folder*."""
    if not _shared:
        server = new_server(folder)
        _shared.append(server)
        server.start()
    return _shared[0]


def new_server(folder: Path, settings: Mapping[str, object] = MappingProxyType({})) -> MilvusServer:
    """Return a server that is not started; *settings* go beside our own. Skips the test where none is installed."""
    if not PYTHON.exists():
        pytest.skip("needs Milvus: make test-milvus installs it")
    folder.mkdir(parents=True, exist_ok=True)
    return MilvusServer(folder, settings)


def stop_shared() -> None:
    """Stop the server that tests shared, if one did."""
    while _shared:
        _shared.pop().kill()


def open_milvus(folder: Path, address: str | None = None, **options: object) -> CollectionEngine:
    """Return a recovered engine on the shared server: another folder, another prefix."""
    if address is None:
        assert _shared, "the fixture milvus_server starts it"
        address = _shared[0].address
    chosen = {"address": address, "prefix": prefix_of(folder)} | options
    engine = open_engine("milvus", EngineOptions(folder, milvus=MilvusOptions(**chosen)))
    try:
        engine.recover()
    except BaseException:
        engine.close()
        raise
    return engine


def prefix_of(folder: Path) -> str:
    """Return the prefix that stands for *folder*."""
    return f"t{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}_"


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
