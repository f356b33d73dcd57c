"""What a retriever remembers of its services, so that a search need not ask again. Shared by both faces."""

from dataclasses import dataclass, field

from lensdex_client import collection_calls, embedder_calls
from lensdex_client.collection import Collection
from lensdex_client.embedding import RerankerInfo
from lensdex_client.plan import Plan, ask


@dataclass(slots=True)
class Known:
    """Descriptions, asked for once. Safe to share between threads: at worst two ask for the same."""

    collections: dict[str, Collection] = field(default_factory=dict)
    _reranker: RerankerInfo | None = None

    def collection(self, name: str) -> Plan[Collection]:
        """Return the collection *name*; it may have been replaced since: call ``forget`` when that shows."""
        if name not in self.collections:
            details = yield from ask(collection_calls.get_collection(name))
            self.collections[name] = details.collection
            return details.collection
        return self.collections[name]

    def forget(self, name: str) -> bool:
        """Forget the collection *name*; return whether it was known."""
        return self.collections.pop(name, None) is not None

    def reranker(self) -> Plan[RerankerInfo]:
        """Return the reranker's description."""
        if self._reranker is None:
            self._reranker = yield from ask(embedder_calls.reranker_info())
        return self._reranker
