"""Counts the seconds during which something is going on. It knows a clock and nothing else."""

from collections.abc import Callable


class Stopwatch:
    """Runs from the first that begins to the last that ends. Read from any thread, changed from one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """*clock* gives seconds and never goes back."""
        self._clock = clock
        self._count = 0
        self._since = 0.0
        self._seconds = 0.0

    def change(self, by: int) -> None:
        """Note that *by* more are going on, or fewer when it is negative."""
        before, self._count = self._count, self._count + by
        assert self._count >= 0, "more ended than began. This is a bug."
        if not before and self._count:
            self._since = self._clock()
        elif before and not self._count:
            self._seconds += self._clock() - self._since

    def seconds(self) -> float:
        """Return the seconds so far."""
        return self._seconds + (self._clock() - self._since if self._count else 0.0)
