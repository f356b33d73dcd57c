"""Admission: permits taken on arrival, before anything is decoded, and given back with the answer.

Calls and streams have budgets of their own: however many streams are open, no call is refused for them. A call is
refused when its budget is used up; a stream waits, since it is not read any further.

It knows how much is pending and what the limits are; nothing of pictures, models or gRPC. Not thread-safe: it lives on
the event loop.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lensdex_embedder.errors import NotServingError, OverloadedError
from lensdex_embedder.stopwatch import Stopwatch
from lensdex_embedder.window import Window

MIN_RETRY_SECONDS = 0.05
MAX_RETRY_SECONDS = 5.0


class Admission:
    """Bounds what is accepted and not yet answered: over all calls, and of each of a few streams."""

    def __init__(  # every bound is an operator's setting
        self,
        *,
        max_items: int,
        max_bytes: int,
        max_tokens: int,
        max_streams: int,
        max_stream_items: int,
        max_stream_bytes: int,
        pending: Stopwatch,
    ) -> None:
        """*pending* runs while anything is accepted and not yet answered, streams included."""
        self.max_items = max_items
        self.max_bytes = max_bytes
        self.max_tokens = max_tokens
        self.max_streams = max_streams
        self.max_stream_items = max_stream_items
        self.max_stream_bytes = max_stream_bytes
        self.num_items = 0
        self.num_bytes = 0
        self.num_tokens = 0
        self._pending = pending
        self.draining = asyncio.Event()
        """Set once the state is ``draining``, for streams, which must stop reading then."""
        self._state = "starting"
        self._windows: set[Window] = set()
        self._seconds_per_token = MIN_RETRY_SECONDS / 100

    @property
    def state(self) -> str:
        """``starting``, ``serving`` or ``draining``."""
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        if state == "draining":
            self.draining.set()

    @property
    def num_streams(self) -> int:
        """Streams open."""
        return len(self._windows)

    @property
    def num_stream_items(self) -> int:
        """Items of all streams, read and not yet answered."""
        return sum(window.num_items for window in tuple(self._windows))

    @property
    def num_stream_bytes(self) -> int:
        """Bytes of these."""
        return sum(window.num_bytes for window in tuple(self._windows))

    def refuse_unless_serving(self) -> None:
        """Raise NotServingError while starting or draining."""
        if self.state != "serving":
            raise NotServingError(self.state)

    @contextmanager
    def admit(self, *, num_items: int, num_bytes: int, estimate: Callable[[], int]) -> Iterator[None]:
        """Hold permits for a call. Raises NotServingError, or OverloadedError at once when they are not free.

        *estimate* returns about how many tokens the call will cost; it is asked only when the rest fits. A call larger
        than a limit is admitted when nothing else is pending, so that no call is refused for ever.
        """
        self.refuse_unless_serving()
        self._refuse_more("pending items", self.num_items, num_items, self.max_items)
        self._refuse_more("pending bytes", self.num_bytes, num_bytes, self.max_bytes)
        num_tokens = estimate()
        self._refuse_more("pending tokens", self.num_tokens, num_tokens, self.max_tokens)
        self.num_items += num_items
        self.num_bytes += num_bytes
        self.num_tokens += num_tokens
        self._pending.change(num_items)
        try:
            yield
        finally:
            self.num_items -= num_items
            self.num_bytes -= num_bytes
            self.num_tokens -= num_tokens
            self._pending.change(-num_items)

    def _refuse_more(self, resource: str, pending: int, wanted: int, maximum: int) -> None:
        if pending > 0 and pending + wanted > maximum:
            raise OverloadedError(resource, maximum=maximum, retry_after=self.retry_after())

    @contextmanager
    def open_stream(self) -> Iterator[Window]:
        """Hold a place for a stream, and yield how far it may be read ahead.

        Raises NotServingError, or OverloadedError when all places are taken.
        """
        self.refuse_unless_serving()
        if len(self._windows) >= self.max_streams:
            raise OverloadedError("open streams", maximum=self.max_streams, retry_after=MAX_RETRY_SECONDS)
        window = Window(
            max_items=self.max_stream_items, max_bytes=self.max_stream_bytes, on_change=self._pending.change
        )
        self._windows.add(window)
        try:
            yield window
        finally:
            self._windows.discard(window)
            self._pending.change(-window.num_items)

    def observe(self, *, num_tokens: int, seconds: float) -> None:
        """Learn how fast the engine is: a batch of *num_tokens* took *seconds*."""
        self._seconds_per_token += 0.2 * (seconds / num_tokens - self._seconds_per_token)

    def retry_after(self) -> float:
        """Return seconds after which half of what is pending should be done, at the pace observed."""
        return min(MAX_RETRY_SECONDS, max(MIN_RETRY_SECONDS, self._seconds_per_token * self.num_tokens / 2))
