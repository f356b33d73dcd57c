"""Long works, each in a thread of its own, that can be given up until the moment they take effect.

Knows nothing of what they do.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from lensdex_index.errors import NotServingError
from lensdex_index.snapshots import SnapshotPhase, SnapshotProgress, Tell

_T = TypeVar("_T")

_TELL_SECONDS: Final = 0.25


class GivenUpError(Exception):
    """Nobody wants the work any more."""


class Undertaking(Generic[_T]):
    """What a work sees of itself."""

    def __init__(self, future: Future[_T], closing: threading.Event, tell: Tell) -> None:
        self._future, self._closing, self._tell = future, closing, tell
        self._told: tuple[SnapshotPhase | None, float] = (None, 0.0)

    @property
    def is_given_up(self) -> bool:
        """Whether to end soon."""
        return self._future.cancelled() or self._closing.is_set()

    def progressed(self, phase: SnapshotPhase, part_done: float) -> None:
        """Tell how far it is, now and then. Raises GivenUpError."""
        if self.is_given_up:
            raise GivenUpError
        told, at = self._told
        now = time.monotonic()
        if told is not phase or now - at >= _TELL_SECONDS:
            self._told = (phase, now)
            self._tell(SnapshotProgress(phase, part_done))

    def commit(self) -> None:
        """Say that it takes effect now: from here on it cannot be given up. Raises GivenUpError where it has been."""
        if self._closing.is_set() or not self._future.set_running_or_notify_cancel():
            raise GivenUpError


class Undertakings:
    """The works of one engine."""

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()

    def begin(self, name: str, work: Callable[[Undertaking[_T]], _T], tell: Tell) -> Future[_T]:
        """Begin *work*; its outcome comes through the future, whose cancelling gives it up."""
        future: Future[_T] = Future()
        undertaking = Undertaking(future, self._closing, tell)

        def run() -> None:
            try:
                outcome = work(undertaking)
            except GivenUpError:
                if not future.cancelled():
                    self._fail(future, NotServingError("draining"))
            except BaseException as error:  # noqa: BLE001  who waits hears of it
                self._fail(future, error)
            else:
                future.set_result(outcome)
            finally:
                with self._lock:
                    self._threads.discard(thread)

        thread = threading.Thread(target=run, name=f"lensdex-{name}", daemon=True)
        with self._lock:
            if self._closing.is_set():
                raise NotServingError("draining")
            self._threads.add(thread)
            thread.start()
        return future

    def close(self) -> None:
        """Give all of them up, and wait until they have ended."""
        self._closing.set()
        while True:
            with self._lock:
                thread = next(iter(self._threads), None)
            if thread is None:
                return
            thread.join()

    @staticmethod
    def _fail(future: Future[_T], error: BaseException) -> None:
        # It may have been cancelled at this very moment: then nobody waits.
        with contextlib.suppress(Exception):
            future.set_exception(error)
