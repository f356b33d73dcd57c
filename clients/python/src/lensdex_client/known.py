"""What a retriever remembers of its services, so that a search need not ask again. Shared by both faces."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lensdex_client import collection_calls, embedder_calls
from lensdex_client.collection import Collection
from lensdex_client.embedding import RerankerInfo
from lensdex_client.plan import Plan, ask
from lensdex_wire.limits import MAX_MESSAGE_BYTES

FRESH_SECONDS: Final = 30.0
"""How long a collection's description holds. One made anew under its name, with more views, would otherwise be searched
in ``default`` for ever: that fails nowhere. Too low asks the index once more for many searches."""


@dataclass(slots=True)
class Known:
    """Descriptions, asked for once in a while. Safe to share between threads: at worst two ask for the same."""

    channel_bytes: Mapping[str, int] = field(default_factory=dict)
    """Bytes of one message on the channel to each service, by its short name."""
    clock: Callable[[], float] = time.monotonic
    _collections: dict[str, tuple[Collection, str, float]] = field(default_factory=dict)
    """By name or alias: what it means, the alias's default view, and the time it is forgotten at."""
    _reranker: RerankerInfo | None = None

    def collection(self, name: str) -> Plan[Collection]:
        """Return the collection *name*; it may have been replaced since: call ``forget`` when that shows."""
        collection, _ = yield from self.named(name)
        return collection

    def named(self, name: str) -> Plan[tuple[Collection, str]]:
        """Return what the name or alias *name* means, as ``collection`` does, and an alias's default view (or "")."""
        if name in self._collections:
            collection, view, until = self._collections[name]
            if self.clock() < until:
                return collection, view
        details = yield from ask(collection_calls.get_collection(name))
        view = "" if details.alias is None else details.alias.default_view
        self._collections[name] = (details.collection, view, self.clock() + FRESH_SECONDS)
        return details.collection, view

    def remember(self, collection: Collection) -> None:
        """Remember *collection*, by its own name, for a while."""
        self._collections[collection.name] = (collection, "", self.clock() + FRESH_SECONDS)

    def knows(self, name: str) -> bool:
        """Return whether the collection *name* is remembered, however long ago it was described."""
        return name in self._collections

    def forget(self, name: str) -> bool:
        """Forget the collection *name*; return whether it was known."""
        return self._collections.pop(name, None) is not None

    def reranker(self) -> Plan[RerankerInfo]:
        """Return the reranker's description."""
        if self._reranker is None:
            self._reranker = yield from ask(embedder_calls.reranker_info())
        return self._reranker

    def max_bytes(self, service: str, told: int) -> int:
        """Return the most bytes of one message to *service*: *told* by it (0: nothing), and what its channel allows."""
        allowed = self.channel_bytes.get(service, MAX_MESSAGE_BYTES)
        return min(told or allowed, allowed)
