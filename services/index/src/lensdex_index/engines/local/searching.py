"""A search of one collection: one moment, seen alike in the store and in the indexes.

A record that changes gets another label, so a label's record is the same for as long as there is one. Where no query
needs the store, the indexes are searched as of the last write that searches see, and the records of the labels found
are read after that: if all are still there, they are what they were at that moment. If not, or if a query is a record,
a snapshot of the store is taken first and the indexes are searched as they were at its sequence. Either way every hit
has its record, no hit is its query's older self, and a batch is seen whole or not at all, whatever is written
meanwhile. Knows the store's readers and the view indexes.
"""

import functools
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lensdex_index.engines.local.recall_audit import Check, RecallAudit
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.slots import Snapshot
from lensdex_index.engines.local.store.records_db import Reader, RecordsDb
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.views import OpenView, Views
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.engines.scan import Mask
from lensdex_index.errors import DomainError, RecordNotFoundError, ResponseTooLargeError, ViewMissingError
from lensdex_index.records import Found, Labels, Matrix, Record, Scores, Search

_ATTEMPTS: Final = 3
_MOST_TOGETHER: Final = 500
"""Records of an answer that are read in one statement."""
_MOST_TOGETHER_BYTES: Final = 8 * 1024 * 1024
"""Of their metadata: more is read record by record, and no further than an answer may be long."""

Hits = tuple[Labels, Scores]
"""Labels and scores of one query, best first."""


@dataclass(frozen=True, slots=True)
class _Query:
    vector: Matrix
    """Shape (1, dimension)."""
    own_label: int = -1


class Searching:
    """Searches of one collection."""

    def __init__(
        self,
        name: str,
        db: RecordsDb,
        records: RecordIndex,
        views: Views,
        visibility: Visibility,
        *,
        audit: RecallAudit,
    ) -> None:
        self._name = name
        self._audit = audit
        self._db = db
        self._records = records
        self._views = views
        self._visibility = visibility

    def num_without_view(self, search: Search) -> int:
        """Return how many of the records that match have no vector in the view. Raises ViewNotFoundError."""
        view = self._views.find(search.view, search.view_number)
        visible = self._visibility.current
        missing = visible.num_records - visible.num_vectors.get(search.view, 0)
        if search.filter is None or not missing:
            return missing
        slots = view.index.slots
        records = self._records.matching(search.filter)
        vectors = view.places.spread(records, slots)
        return _num_seen(records, self._records.slots.snapshot(), visible.sequence) - _num_seen(
            vectors, slots, visible.sequence
        )

    def answers(self, search: Search) -> Generator[list[Found] | DomainError]:
        """Search when first asked; yield each query's outcome, in order. Exhaust or close it.

        Raises ViewNotFoundError where the view was dropped meanwhile: what its index answers is out of date then.
        """
        outcomes = self._without_snapshot(search)
        if outcomes is not None:
            yield from outcomes
            return
        for attempt in range(_ATTEMPTS):
            with self._db.reading() as reader:
                sequence = reader.sequence()
                self._visibility.reached(sequence)
                # The last attempt scans: that can be asked about any moment.
                hits = self.hits(reader, search, sequence, exact=search.exact or attempt == _ATTEMPTS - 1)
                if hits is None:
                    continue
                for found in hits:
                    yield found if isinstance(found, DomainError) else _outcome(reader, search, found)
                return

    def hits(
        self, reader: Reader, search: Search, sequence: int, *, exact: bool
    ) -> Sequence[Hits | DomainError] | None:
        """Return each query's nearest as of *sequence*, k of them and what ties with the last; or why it has none.

        None: the graph has moved on since; only a scan can be asked about that moment. Raises ViewNotFoundError.
        """
        view = self._views.find(search.view, search.view_number)
        queries = self._queries(reader, search)
        good = [query for query in queries if isinstance(query, _Query)]
        hits = self._ask(view, search, good, sequence, exact=exact)
        self._views.find(search.view, view.index.spec.number)
        if hits is None:
            return None
        remaining = iter(hits)
        return [next(remaining) if isinstance(query, _Query) else query for query in queries]

    def _without_snapshot(self, search: Search) -> list[list[Found] | DomainError] | None:
        """Return the outcomes; None where that takes a snapshot."""
        if isinstance(search.queries, Sequence) or search.include.content or self._visibility.has_failed:
            return None
        view = self._views.find(search.view, search.view_number)
        queries = [_Query(vector[None]) for vector in search.queries]
        hits = self._ask(view, search, queries, self._visibility.sequence(), exact=search.exact)
        self._views.find(search.view, view.index.spec.number)
        if hits is None or any(len(labels) > search.k for labels, _ in hits):
            return None
        wanted = {label for labels, _ in hits for label in labels.tolist()}
        if len(wanted) > _MOST_TOGETHER:
            return None
        with self._db.glancing() as reader:
            records = reader.together(list(wanted), search.include, most_bytes=_MOST_TOGETHER_BYTES)
        if records is None or len(records) < len(wanted):
            return None
        return [_found(records, search, labels, scores) for labels, scores in hits]

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

    def _ask(
        self, view: OpenView, search: Search, queries: Sequence[_Query], sequence: int, *, exact: bool
    ) -> list[Hits] | None:
        if not queries:
            return []
        index = view.index
        allowed: Mask | None = None
        if search.filter is not None:
            slots = index.slots
            allowed = view.places.spread(self._records.matching(search.filter), slots)
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
        if hits is not None and not exact:
            for query, (_, scores) in zip(queries, hits, strict=True):
                if self._audit.wants_one():
                    again = functools.partial(_exactly, index, query, search.k, sequence=sequence, allowed=allowed)
                    self._audit.offer(Check(search.view, search.k, scores, again))
        if hits is None or search.threshold is None:
            return hits
        return [(labels[scores >= search.threshold], scores[scores >= search.threshold]) for labels, scores in hits]


def _exactly(index: ViewIndex, query: _Query, k: int, *, sequence: int, allowed: Mask | None) -> Hits:
    own = np.array([query.own_label], dtype=np.int64)
    hits = index.search(query.vector, k, ef=0, exact=True, exclude=own, sequence=sequence, allowed=allowed)
    assert hits is not None, "a scan can tell of any sequence"
    return hits[0]


def _num_seen(mask: Mask, slots: Snapshot, sequence: int) -> int:
    found = np.flatnonzero(mask)
    return int(np.count_nonzero(slots.visible_at(found, sequence)))


def _outcome(reader: Reader, search: Search, hits: Hits) -> list[Found] | DomainError:
    records = {}
    num_bytes = 0
    labels, scores = _cut(reader, hits, search.k)
    for label, record, size in reader.by_labels(labels.tolist(), search.include):
        num_bytes += size
        if num_bytes > search.max_bytes:
            return ResponseTooLargeError(search.max_bytes)
        records[label] = record, size
    assert len(records) == len(labels), "an index answered a label its snapshot does not have: this is a bug"
    return _found(records, search, labels, scores)


def _found(
    records: Mapping[int, tuple[Record, int]], search: Search, labels: Labels, scores: Scores
) -> list[Found] | DomainError:
    """Return the hits, best first, equal scores in the order of ids."""
    found = []
    num_bytes = 0
    for label, score in zip(labels.tolist(), scores.tolist(), strict=True):
        record, size = records[label]
        num_bytes += size
        found.append(Found(record, score))
    if num_bytes > search.max_bytes:
        return ResponseTooLargeError(search.max_bytes)
    # Code points order as UTF-8 bytes do.
    found.sort(key=lambda hit: (-hit.score, hit.record.id))
    return found


def _cut(reader: Reader, hits: Hits, k: int) -> Hits:
    """Return *k* of the hits: of those that tie with the last, the first in the order of ids."""
    labels, scores = hits
    if len(labels) <= k:
        return hits
    better = labels[scores > scores[k - 1]]
    ids = reader.ids(labels[scores == scores[k - 1]].tolist())
    tied = sorted(ids, key=ids.__getitem__)[: k - len(better)]
    return np.concatenate((better, np.array(tied, dtype=np.int64))), scores[:k]
