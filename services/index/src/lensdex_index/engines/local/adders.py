"""Threads that add to one graph together, and what each of them takes next.

Knows no graph and no lock of one: whoever calls holds what must be held.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

_log = structlog.get_logger()


class Adders:
    """So many threads, the caller's among them. One caller at a time."""

    def __init__(self, count: int = 1) -> None:
        self.count = count
        self._others = ThreadPoolExecutor(count - 1, thread_name_prefix="lensdex-adder") if count > 1 else None
        # All begin now: the work of one that could not, amid an addition, would stay queued for a time nobody expects.
        all_there = threading.Barrier(count)

        def arrive() -> None:
            all_there.wait()

        try:
            self.together(arrive)
        except RuntimeError as error:
            all_there.abort()
            self.close()
            self.count, self._others = 1, None
            _log.warning("one thread adds to graphs: the system gives no more", error=str(error))

    def together(self, work: Callable[[], None]) -> None:
        """Do *work* in all threads at once; return when the last has. What one of them raises is raised then."""
        others = [] if self._others is None else [self._others.submit(work) for _ in range(self.count - 1)]
        try:
            work()
        finally:
            for other in others:
                other.exception()
        for other in others:
            other.result()

    def close(self) -> None:
        """End the threads. Closing twice is allowed."""
        if self._others is not None:
            self._others.shutdown()


class Parts:
    """Parts of a range of slots, each for one thread. Once all have come back, all that was taken is in the graph."""

    def __init__(self, start: int, end: int, size: int) -> None:
        self.position, self._end, self._size = start, end, size
        self.num_taken = 0
        self._lock = threading.Lock()

    def next(self) -> tuple[int, int] | None:
        """Return the next part, None at the end."""
        with self._lock:
            start = self.position
            if start == self._end:
                return None
            self.position = min(start + self._size, self._end)
            self.num_taken += 1
            return start, self.position
