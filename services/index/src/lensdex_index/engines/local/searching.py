"""A search of one collection: one moment, seen alike in the store and in the indexes.

A snapshot of the store is taken first, and the indexes are searched as they were at its sequence. So every hit has its
record, no hit is its query's older self, and a batch is seen whole or not at all, whatever is written meanwhile. Knows
the store's readers and the view indexes.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lensdex_index.engines.local.places import Places
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.slots import Snapshot
from lensdex_index.engines.local.store.records_db import Reader, RecordsDb
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.engines.scan import Mask
from lensdex_index.errors import DomainError, RecordNotFoundError, ResponseTooLargeError, ViewMissingError
from lensdex_index.records import Found, Labels, Matrix, Scores, Search

_ATTEMPTS: Final = 3

_Hits = tuple[Labels, Scores]


@dataclass(frozen=True, slots=True)
class _Query:
    vector: Matrix
    """Shape (1, dimension)."""
    own_label: int = -1


class Searching:
    """Searches of one collection."""

    def __init__(
        self, name: str, db: RecordsDb, records: RecordIndex, views: Mapping[str, ViewIndex], visibility: Visibility
    ) -> None:
        self._name = name
        self._db = db
        self._records = records
        self._views = views
        self._places = {view: Places(records.slots) for view in views}
        self._visibility = visibility

    def num_without_view(self, search: Search) -> int:
        """Return how many of the records that match have no vector in the view."""
        visible = self._visibility.current
        missing = visible.num_records - visible.num_vectors[search.view]
        if search.filter is None or not missing:
            return missing
        slots = self._views[search.view].slots
        records = self._records.matching(search.filter)
        vectors = self._places[search.view].spread(records, slots)
        return _num_seen(records, self._records.slots.snapshot(), visible.sequence) - _num_seen(
            vectors, slots, visible.sequence
        )

    def answers(self, search: Search) -> Generator[list[Found] | DomainError]:
        """Search when first asked; yield each query's outcome, in order. Exhaust or close it."""
        for attempt in range(_ATTEMPTS):
            with self._db.reading() as reader:
                sequence = reader.sequence()
                self._visibility.reached(sequence)
                queries = self._queries(reader, search)
                good = [query for query in queries if isinstance(query, _Query)]
                # The last attempt scans: that can be asked about any moment.
                hits = self._ask(search, good, sequence, exact=search.exact or attempt == _ATTEMPTS - 1)
                if hits is None:
                    continue
                remaining = iter(hits)
                for query in queries:
                    yield _outcome(reader, search, next(remaining)) if isinstance(query, _Query) else query
                return

    def _queries(self, reader: Reader, search: Search) -> Sequence[_Query | DomainError]:
        if isinstance(search.queries, np.ndarray):
            return [_Query(vector[None]) for vector in search.queries]
        return [self._query_of(reader, record_id, search.view) for record_id in search.queries]

    def _query_of(self, reader: Reader, record_id: str, view: str) -> _Query | DomainError:
        label = reader.label(record_id)
        if label is None:
            return RecordNotFoundError(self._name, record_id)
        vector = reader.vector(label, view)
        if vector is None:
            return ViewMissingError(self._name, record_id, view)
        return _Query(vector[None], label)

    def _ask(self, search: Search, queries: Sequence[_Query], sequence: int, *, exact: bool) -> list[_Hits] | None:
        if not queries:
            return []
        index = self._views[search.view]
        allowed: Mask | None = None
        if search.filter is not None:
            slots = index.slots
            allowed = self._places[search.view].spread(self._records.matching(search.filter), slots)
        ef = search.ef if search.ef is not None else index.spec.backend.parameters.get("ef", 0)
        hits = index.search(
            np.concatenate([query.vector for query in queries]),
            search.k,
            ef=max(ef, search.k),
            exact=exact,
            exclude=np.array([query.own_label for query in queries], dtype=np.int64),
            sequence=sequence,
            allowed=allowed,
        )
        if hits is None or search.threshold is None:
            return hits
        return [(labels[scores >= search.threshold], scores[scores >= search.threshold]) for labels, scores in hits]


def _num_seen(mask: Mask, slots: Snapshot, sequence: int) -> int:
    found = np.flatnonzero(mask)
    return int(np.count_nonzero(slots.visible_at(found, sequence)))


def _outcome(reader: Reader, search: Search, hits: _Hits) -> list[Found] | DomainError:
    found = []
    num_bytes = 0
    labels, scores = _cut(reader, hits, search.k)
    scored = dict(zip(labels.tolist(), scores.tolist(), strict=True))
    for label, record, size in reader.by_labels(list(scored), search.include):
        num_bytes += size
        if num_bytes > search.max_bytes:
            return ResponseTooLargeError(search.max_bytes)
        found.append(Found(record, scored[label]))
    assert len(found) == len(scored), "an index answered a label its snapshot does not have: this is a bug"
    # Code points order as UTF-8 bytes do.
    found.sort(key=lambda hit: (-hit.score, hit.record.id))
    return found


def _cut(reader: Reader, hits: _Hits, k: int) -> _Hits:
    """Return *k* of the hits: of those that tie with the last, the first in the order of ids."""
    labels, scores = hits
    if len(labels) <= k:
        return hits
    better = labels[scores > scores[k - 1]]
    ids = reader.ids(labels[scores == scores[k - 1]].tolist())
    tied = sorted(ids, key=ids.__getitem__)[: k - len(better)]
    return np.concatenate((better, np.array(tied, dtype=np.int64))), scores[:k]
