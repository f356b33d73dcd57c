"""How far one stream is read ahead of its answers. It knows items and bytes; nothing of messages. On the event loop."""

import asyncio


class Window:
    """Bounds what one stream has read and not yet answered."""

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        """Both are bounds but for the message that reaches one of them: what is in it, is known when it was read."""
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._num_items = self._num_bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Return once something more may be read. For one reader."""
        await self._room.wait()

    def take(self, num_items: int, num_bytes: int) -> None:
        """Count what was read."""
        self._count(num_items, num_bytes)

    def give_back(self, num_items: int, num_bytes: int) -> None:
        """Count it no more: its answer has left."""
        self._count(-num_items, -num_bytes)

    def _count(self, num_items: int, num_bytes: int) -> None:
        self._num_items += num_items
        self._num_bytes += num_bytes
        if self._num_items < self._max_items and self._num_bytes < self._max_bytes:
            self._room.set()
        else:
            self._room.clear()
