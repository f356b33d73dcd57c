"""A search of one collection: Milvus proposes, the anchor confirms, and what is missing is looked for exactly."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lensdex_index.engines.milvus import exact, expressions, schema
from lensdex_index.engines.milvus.answering import Hit, Outcome, answers
from lensdex_index.engines.milvus.backends import METRICS, search_of
from lensdex_index.engines.milvus.codec import HEAD_COLUMNS, Head, head_of
from lensdex_index.engines.milvus.connecting import STRONG
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.milvus.reading import Reading
from lensdex_index.errors import DomainError, RecordNotFoundError, ViewMissingError
from lensdex_index.records import (
    DEFAULT_VIEW,
    Found,
    Include,
    Matrix,
    Metric,
    Search,
    SearchAnswer,
    Vector,
    ViewSpec,
)

_HITS_AT_ONCE: Final = 16_384
"""Hits of the queries asked together; a single one may have as many."""
_FLOAT32: Final = np.finfo(np.float32)
_NO_PARTS: Final = Include(metadata=False, content=False)


@dataclass(frozen=True, slots=True)
class _Query:
    vector: Vector
    own_id: str | None = None


_Hits = list[Hit]


class Searching:
    """Searches of one collection. Thread-safe."""

    def __init__(self, stored: Stored, reading: Reading) -> None:
        self._stored, self._reading = stored, reading

    def search(self, search: Search) -> SearchAnswer:
        """Return the answer; searched when first asked for an outcome."""
        return SearchAnswer(self._outcomes(search), self.num_without_view(search))

    def num_without_view(self, search: Search) -> int:
        """Return how many of the records that match have no vector in the view."""
        if search.view == DEFAULT_VIEW:
            return 0
        return max(0, self._reading.count(search.filter) - self._reading.count_with(search.view, search.filter))

    def portions(self, search: Search) -> Iterator[list[Outcome]]:
        """Yield the outcomes of some queries at a time, in order; how many follows from k and their number alone."""
        view = self._stored.spec.view(search.view)
        assert view is not None, "the caller has checked it"
        queries = self._queries(search)
        together = max(1, _HITS_AT_ONCE // (search.k + 1))
        for start in range(0, len(queries), together):
            some = queries[start : start + together]
            hits = iter(self._hits(search, view, [query for query in some if isinstance(query, _Query)]))
            yield [next(hits) if isinstance(query, _Query) else query for query in some]

    def _outcomes(self, search: Search) -> Generator[list[Found] | DomainError]:
        for each in self.portions(search):
            yield from answers(self._reading, each, search.include, search.max_bytes)

    def _queries(self, search: Search) -> Sequence[_Query | DomainError]:
        if isinstance(search.queries, np.ndarray):
            return [_Query(vector) for vector in search.queries]
        name, ids = self._stored.spec.name, list(search.queries)
        heads = self._reading.heads(list(dict.fromkeys(ids)))
        having = [head for head in heads.values() if search.view == DEFAULT_VIEW or search.view in head.views]
        records = self._reading.records(having, _NO_PARTS, [search.view])
        vectors = {one.record.id: one.vectors[search.view] for one in records if one and search.view in one.vectors}

        def query_of(record_id: str) -> _Query | DomainError:
            if record_id not in heads:
                return RecordNotFoundError(name, record_id)
            if record_id not in vectors:
                return ViewMissingError(name, record_id, search.view)
            return _Query(vectors[record_id], record_id)

        return [query_of(record_id) for record_id in ids]

    # Hits.

    def _hits(self, search: Search, view: ViewSpec, queries: Sequence[_Query]) -> list[_Hits]:
        """Return the hits of each query, best first: *k* where so many qualify."""
        if not queries:
            return []
        vectors = np.stack([query.vector for query in queries])
        asked = expressions.expression(search.filter, self._stored.spec.fields)
        if search.exact and view.backend.name != "exact":
            found = self._exactly(search, view, queries, asked)
        else:
            found = self._proposed(search, view, queries, vectors, asked)
            short = [at for at, hits in enumerate(found) if len(hits) < search.k]
            # A graph may find fewer than there are, and what is left over in a view takes places.
            if short and self._are_more(search, min(len(found[at]) for at in short)):
                again = self._exactly(search, view, [queries[at] for at in short], asked)
                for at, hits in zip(short, again, strict=True):
                    found[at] = hits
        if search.threshold is not None:
            found = [[hit for hit in hits if hit.score >= search.threshold] for hits in found]
        return found

    def _proposed(
        self, search: Search, view: ViewSpec, queries: Sequence[_Query], vectors: Matrix, asked: str
    ) -> list[_Hits]:
        limit = search.k + (not isinstance(search.queries, np.ndarray))
        is_anchor = view.name == DEFAULT_VIEW
        answers = self._stored.call(
            "search",
            self._stored.of_view(view.name),
            data=list(vectors),
            filter=asked,
            limit=limit,
            output_fields=list(HEAD_COLUMNS[1:]) if is_anchor else [],
            search_params={
                "metric_type": METRICS[view.metric],
                "params": search_of(view.backend, search.ef, limit),
            },
            consistency_level=STRONG,
        )
        scored = [[(hit[schema.ID], _score(view.metric, hit["distance"])) for hit in hits] for hits in answers]
        if is_anchor:
            heads = {
                hit[schema.ID]: head_of({schema.ID: hit[schema.ID], **hit["entity"]})
                for hits in answers
                for hit in hits
            }
        else:
            heads = self._confirmed(view.name, scored)
        return [_best(hits, query, heads, search.k) for hits, query in zip(scored, queries, strict=True)]

    def _exactly(self, search: Search, view: ViewSpec, queries: Sequence[_Query], asked: str) -> list[_Hits]:
        vectors = np.stack([query.vector for query in queries])
        limit = search.k + 1
        while True:
            scored = exact.nearest(self._stored, view, vectors, limit, asked)
            heads = self._confirmed(view.name, scored)
            lost = max(sum(record_id not in heads for record_id, _ in hits) for hits in scored)
            if limit >= search.k + 1 + lost:
                return [_best(hits, query, heads, search.k) for hits, query in zip(scored, queries, strict=True)]
            limit = search.k + 1 + 2 * lost

    def _confirmed(self, view: str, scored: Sequence[Sequence[tuple[str, float]]]) -> dict[str, Head]:
        """Return the heads of those that are records and have the view: the others are left over."""
        ids = list(dict.fromkeys(record_id for hits in scored for record_id, _ in hits))
        heads = self._reading.heads(ids)
        return {key: head for key, head in heads.items() if view == DEFAULT_VIEW or view in head.views}

    def _are_more(self, search: Search, num_hits: int) -> bool:
        # A record that asks is counted too: where all that is left is itself, an exact search of those few says so.
        return num_hits < min(search.k, self._reading.count_with(search.view, search.filter))


def _best(hits: Sequence[tuple[str, float]], query: _Query, heads: dict[str, Head], k: int) -> _Hits:
    own = exact.ranked([hit for hit in hits if hit[0] != query.own_id and hit[0] in heads])
    return [Hit(heads[record_id], score) for record_id, score in own[:k]]


def _score(metric: Metric, distance: float) -> float:
    """Return Milvus' distance as a score: higher is better, and no cosine is past one."""
    match metric:
        case Metric.COSINE:
            return float(min(1.0, max(-1.0, distance)))
        case Metric.EUCLIDEAN:
            distance = 0.0 - distance
    return float(np.clip(distance, _FLOAT32.min, _FLOAT32.max))
