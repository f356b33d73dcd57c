"""What searches see, as one object that is replaced whole; and who waits to see more. Knows no store and no index."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from lensdex_index.errors import StoreUnavailableError

OUT_OF_STEP: Final = "a fault of ours left the collection's indexes behind its store; restart the service"

_APPLY_SECONDS: Final = 30.0
"""A commit is applied to the indexes within milliseconds; this only bounds a fault."""


@dataclass(frozen=True, slots=True)
class Visible:
    """What searches see. Its parts always belong together."""

    sequence: int
    num_records: int
    num_vectors: Mapping[str, int]
    """By view."""


class Visibility:
    """The current view of things. One thread publishes; any thread reads or waits."""

    def __init__(self, visible: Visible) -> None:
        self._lock = threading.Lock()
        self._current = visible
        self._failed = False
        self._waiting: list[tuple[int, Future[None]]] = []

    @property
    def current(self) -> Visible:
        """Return what searches see now."""
        return self._current

    @property
    def has_failed(self) -> bool:
        """Return whether more will come no more: the indexes may be behind the store."""
        return self._failed

    def sequence(self) -> int:
        """Return the sequence of the last write that searches see."""
        return self._current.sequence

    def publish(self, visible: Visible) -> None:
        """Let searches see more, and wake who waited for it."""
        with self._lock:
            self._current = visible
            due = [future for sequence, future in self._waiting if sequence <= visible.sequence]
            self._waiting = [item for item in self._waiting if item[0] > visible.sequence]
        for future in due:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    def wait(self, sequence: int) -> Future[None]:
        """Return a future that is done once *sequence* is seen."""
        future: Future[None] = Future()
        with self._lock:
            if sequence > self._current.sequence and self._failed:
                future.set_exception(StoreUnavailableError(OUT_OF_STEP))
                return future
            if sequence > self._current.sequence:
                # Those who gave up meanwhile leave the list here: it holds no more than there are callers.
                self._waiting = [item for item in self._waiting if not item[1].done()]
                self._waiting.append((sequence, future))
                return future
        future.set_result(None)
        return future

    def reached(self, sequence: int) -> None:
        """Return once *sequence* is seen: the store may be ahead of the indexes by the commit that is being applied."""
        self.wait(sequence).result(_APPLY_SECONDS)

    def fail(self) -> None:
        """Answer all who wait, now or later, with StoreUnavailableError: what they wait for will not come."""
        with self._lock:
            self._failed = True
            waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(StoreUnavailableError(OUT_OF_STEP))
