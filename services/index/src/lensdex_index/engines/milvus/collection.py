"""One collection in Milvus, as this process sees it: writes stand in line here, reads go straight through.

It keeps nothing that Milvus does not have: any number of processes may hold the same collection.
"""

# ruff: noqa: ARG002  what the engine lacks is refused by the catalog, and waiting is over at once

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future

from lensdex_index.changes import Changes
from lensdex_index.engines.milvus.fusing import Fusing
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.milvus.reading import Reading
from lensdex_index.engines.milvus.searching import Searching
from lensdex_index.engines.milvus.writing import Write, Writing
from lensdex_index.engines.options import Observer
from lensdex_index.filters import Filter
from lensdex_index.progress import Progress
from lensdex_index.records import (
    DEFAULT_VIEW,
    BackendSpec,
    Batch,
    CollectionSpec,
    CollectionStatistics,
    FusedAnswer,
    FusedSearch,
    Include,
    Search,
    SearchAnswer,
    StoredRecord,
    ViewSpec,
    ViewStatistics,
    WriteOutcome,
)


class MilvusCollection:
    """A collection of the milvus engine. Implements CollectionHandle."""

    def __init__(self, stored: Stored, epoch: bytes, observer: Observer) -> None:
        self.stored = stored
        self._epoch = epoch
        self._reading = Reading(stored)
        self._searching = Searching(stored, self._reading)
        self._fusing = Fusing(self._reading, self._searching)
        self._writing = Writing(stored, self._reading, observer)

    @property
    def spec(self) -> CollectionSpec:
        return self.stored.spec

    @property
    def epoch(self) -> bytes:
        return self._epoch

    def upsert(self, batch: Batch, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(batch), deadline)

    def update(self, changes: Changes, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(changes=changes), deadline)

    def delete(self, ids: Sequence[str], *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(deleted=ids), deadline)

    def delete_matching(self, chosen: Filter, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(matching=chosen), deadline)

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        return self._reading.get(ids, include, views)

    def scan(
        self, after: str, limit: int, include: Include, views: Sequence[str], chosen: Filter | None = None
    ) -> Generator[StoredRecord]:
        return self._reading.scan(after, limit, include, views, chosen)

    def count(self, chosen: Filter | None = None) -> int:
        return self._reading.count(chosen)

    def search(self, search: Search) -> SearchAnswer:
        return self._searching.search(search)

    def search_fused(self, fused: FusedSearch) -> FusedAnswer:
        return self._fusing.search(fused)

    def add_view(self, view: ViewSpec, *, max_views: int, deadline: float) -> Future[WriteOutcome]:
        raise AssertionError("the engine lacks view_changes: the catalog refuses")

    def drop_view(self, name: str, *, deadline: float) -> Future[WriteOutcome]:
        raise AssertionError("the engine lacks view_changes: the catalog refuses")

    def reindex(self, view: str, backend: BackendSpec, tell: Callable[[Progress], None]) -> Future[WriteOutcome]:
        raise AssertionError("the engine lacks reindex: the catalog refuses")

    def wait_visible(self, sequence: int) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def statistics(self) -> CollectionStatistics:
        """Return how many records and vectors there are; Milvus tells no bytes, and counts no writes."""
        num_records = self._reading.count(None)
        views = [
            ViewStatistics(
                view.name, num_records if view.name == DEFAULT_VIEW else self._reading.count_with(view.name), 0
            )
            for view in self.spec.views
        ]
        return CollectionStatistics(num_records, 0, 0, views)

    def close(self) -> None:
        """Take no more writes, finish those in line."""
        self._writing.close()
