"""How far one stream is read ahead of its answers. It knows items and bytes; nothing of messages. On the event loop."""

import asyncio
from collections.abc import Callable


class Window:
    """Bounds what one stream has accepted and not yet answered."""

    def __init__(self, *, max_items: int, max_bytes: int, on_change: Callable[[int], None]) -> None:
        """*on_change* is told by how many items more, or fewer, there are.

        Bytes are bounded but for the item that reaches *max_bytes*: how large one is, is known when it was read.
        """
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._on_change = on_change
        self.num_items = 0
        self.num_bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Return once a further item may be read. For one reader."""
        await self._room.wait()

    def take(self, num_bytes: int) -> None:
        """Count an item of *num_bytes* that was read."""
        self._count(1, num_bytes)

    def give_back(self, num_bytes: int) -> None:
        """Count it no more: its answer has left."""
        self._count(-1, -num_bytes)

    def _count(self, num_items: int, num_bytes: int) -> None:
        self.num_items += num_items
        self.num_bytes += num_bytes
        self._on_change(num_items)
        if self.num_items < self._max_items and self.num_bytes < self._max_bytes:
            self._room.set()
        else:
            self._room.clear()
