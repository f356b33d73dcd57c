"""How long a view's tail may grow, and waiting until there is room in it. Knows no vectors: it is told what costs what.

The tail is scanned by every search. It may be as long as that takes no longer than one query of the graph, both
measured at run time, in the process and on the vectors they are about. Past it writers wait for the indexing thread.
The first vectors of a view never wait: all of them together are scanned within milliseconds.
"""

import threading
import time
from typing import Final

_MOST_CHANGE: Final = 2.0
"""Times by which one measurement may change the bound: a single one may have met a busy moment."""


class TailBound:
    """Of one view. The indexing thread measures and moves; the writer waits."""

    def __init__(self, fewest: int, *, first: int = 0) -> None:
        """The bound is never below *fewest*, nor below what is left of the *first* vectors of the view."""
        self._fewest, self._first = fewest, first
        self._changed = threading.Condition()
        self._tail = self._covered = 0
        self._open = False
        self._bound = fewest

    @property
    def bound(self) -> int:
        """Return how many vectors may wait to be indexed."""
        return max(self._bound, self._first - self._covered)

    @property
    def is_pressed(self) -> bool:
        """Return whether the tail is more than half of what it may be."""
        return 2 * self._tail > self.bound

    def measured(self, num_rows: int, scan_seconds: float, query_seconds: float) -> None:
        """Hear what a scan of *num_rows* takes, and what one query of the graph."""
        wanted = num_rows * query_seconds / max(scan_seconds, 1e-9)
        low, high = self._bound / _MOST_CHANGE, self._bound * _MOST_CHANGE
        with self._changed:
            self._bound = max(self._fewest, int(min(max(wanted, low), high)))
            self._changed.notify_all()

    def moved(self, tail: int, covered: int = 0) -> None:
        """Hear how long the tail is now, and how many vectors are the graph's."""
        with self._changed:
            self._tail, self._covered = tail, covered
            self._changed.notify_all()

    def open_up(self) -> None:
        """Let everyone through from now on: the view is being closed, or nobody indexes it any more."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def wait(self, count: int, until: float) -> bool:
        """Wait until *count* more have room; return whether that came before *until* of ``time.monotonic``.

        More than half of the bound at once has room beside the other half: a batch of any size gets in.
        """
        # No lock is waited for longer than this: who has all the time there is waits for centuries.
        seconds = min(max(0.0, until - time.monotonic()), threading.TIMEOUT_MAX / 2)
        with self._changed:
            return self._changed.wait_for(lambda: self._has_room(count), seconds)

    def _has_room(self, count: int) -> bool:
        return self._open or not count or self._tail + min(count, self.bound // 2) <= self.bound
