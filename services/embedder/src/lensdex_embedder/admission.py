"""Admission: permits taken on arrival, before anything is decoded, and given back with the answer.

It knows how much is pending and what the limits are; nothing of pictures, models or gRPC. Not thread-safe: it lives on
the event loop.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from lensdex_embedder.errors import NotServingError, OverloadedError

MIN_RETRY_SECONDS = 0.05
MAX_RETRY_SECONDS = 5.0


class Admission:
    """Bounds what is accepted and not yet answered, over all calls: items and bytes."""

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        self.max_items = max_items
        self.max_bytes = max_bytes
        self.num_items = 0
        self.num_bytes = 0
        self.state = "starting"
        """``starting``, ``serving`` or ``draining``."""
        self._seconds_per_item = MIN_RETRY_SECONDS

    def refuse_unless_serving(self) -> None:
        """Raise NotServingError while starting or draining."""
        if self.state != "serving":
            raise NotServingError(self.state)

    @contextmanager
    def admit(self, *, num_items: int, num_bytes: int) -> Iterator[None]:
        """Hold permits for a call. Raises NotServingError, or OverloadedError at once when they are not free.

        A call larger than a limit is admitted when nothing else is pending, so that no call is refused for ever.
        """
        self.refuse_unless_serving()
        for resource, pending, wanted, maximum in (
            ("pending items", self.num_items, num_items, self.max_items),
            ("pending bytes", self.num_bytes, num_bytes, self.max_bytes),
        ):
            if pending > 0 and pending + wanted > maximum:
                raise OverloadedError(resource, maximum=maximum, retry_after=self.retry_after())
        self.num_items += num_items
        self.num_bytes += num_bytes
        try:
            yield
        finally:
            self.num_items -= num_items
            self.num_bytes -= num_bytes

    def observe(self, *, num_items: int, seconds: float) -> None:
        """Learn how fast the engine is: a batch of *num_items* took *seconds*."""
        self._seconds_per_item += 0.2 * (seconds / num_items - self._seconds_per_item)

    def retry_after(self) -> float:
        """Return seconds after which half of what is pending should be done, at the pace observed."""
        return min(MAX_RETRY_SECONDS, max(MIN_RETRY_SECONDS, self._seconds_per_item * self.num_items / 2))
