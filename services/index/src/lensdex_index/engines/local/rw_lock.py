"""A lock that many readers or one writer hold. Readers go first, but a writer that was patient gets its turn."""

import contextlib
import threading
import time
from collections.abc import Iterator


class ReadersFirstLock:
    """Readers pass as long as no writer holds it; a writer waits *patience* for a gap, then holds new readers back.

    Without that end to its patience a writer would never get in under steady searching. Not re-entrant.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._queued = 0
        self._writing = False
        self._impatient = False

    @property
    def has_waiting_readers(self) -> bool:
        """Return whether a reader waits for the writer to end."""
        return self._queued > 0

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Hold it together with other readers."""
        with self._condition:
            self._queued += 1
            while self._writing or self._impatient:
                self._condition.wait()
            self._queued -= 1
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                if not self._readers:
                    self._condition.notify_all()

    @contextlib.contextmanager
    def writing(self, patience: float) -> Iterator[None]:
        """Hold it alone. *patience* in seconds. One writer at a time may call this."""
        with self._condition:
            end = time.monotonic() + patience
            # Who waited for the writer before goes in before it comes again: waking up takes longer than coming back.
            while self._readers or (self._queued and not self._impatient):
                left = end - time.monotonic()
                if left <= 0:
                    self._impatient = True
                else:
                    self._condition.wait(left)
                if self._impatient and self._readers:
                    self._condition.wait()
            self._writing = True
            self._impatient = False
        try:
            yield
        finally:
            with self._condition:
                self._writing = False
                self._condition.notify_all()
