"""Embed, search, rerank: the plans behind ``Retriever.search`` and ``similar``. No channel here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lensdex_client import embedder_calls, record_calls
from lensdex_client.answer import RankedHit, RerankReport, SearchAnswer, StepTime
from lensdex_client.batching import batched
from lensdex_client.collection import View
from lensdex_client.content import Content
from lensdex_client.embedding import Relevance, Truncation
from lensdex_client.errors import DimensionMismatchError, NotFoundError, SpaceMismatchError, UnsupportedDimensionError
from lensdex_client.filters import Filter
from lensdex_client.known import Known
from lensdex_client.media_loading import load_content
from lensdex_client.media_root import MediaRoot
from lensdex_client.outcome import Outcome
from lensdex_client.plan import Plan, ask, do
from lensdex_client.record import Hit, Include, SearchResults
from lensdex_client.reranking import ranked, reordered
from lensdex_client.views import ViewPlan, check_space, choose_view, space_of
from lensdex_wire.limits import GRPC_OVERHEAD_BYTES
from lensdex_wire.space import Space
from lensdex_wire.vectors import Matrix

_INCLUDE: Final = Include(metadata=True, content=True)
_STALE: Final = (NotFoundError, SpaceMismatchError, DimensionMismatchError)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What a search may be told."""

    k: int = 10
    view: str | None = None
    rerank: int = 0
    """Rerank this many of the best; 0: none."""
    instruction: str = ""
    """Of the query's embedding; empty: the embedder's default."""
    rerank_instruction: str = ""
    """Of the reranker; empty: its default."""
    truncation: Truncation = Truncation.REFUSE
    exact: bool = False
    ef: int = 0
    score_threshold: float | None = None
    consistency_token: str = ""
    filter: Filter | None = None
    """Which records may be found; None: any."""

    @property
    def num_candidates(self) -> int:
        """Records to ask the index for."""
        return max(self.k, self.rerank)


class Stopwatch:
    """Times steps one after the other."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()
        self._seconds: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """Book the time since the last lap on *step*, which may come several times."""
        now = self._clock()
        self._seconds[step] = self._seconds.get(step, 0.0) + now - self._last
        self._last = now

    @property
    def times(self) -> tuple[StepTime, ...]:
        """Every step once, in the order they began."""
        return tuple(StepTime(step, seconds) for step, seconds in self._seconds.items())


@dataclass(frozen=True, slots=True)
class Searcher:
    """Makes the plans of one retriever."""

    known: Known
    media_root: MediaRoot | None
    clock: Callable[[], float]

    def search(self, name: str, query: Content, options: SearchOptions) -> Plan[SearchAnswer]:
        """Embed *query*, search the view for it, rerank where asked to."""
        watch = Stopwatch(self.clock)
        query = (yield from do(lambda: load_content(query, self.media_root))).unwrap()
        was_known = self.known.knows(name)
        try:
            results = yield from self._nearest(name, query, options, watch)
        except _STALE:
            # The collection may have been replaced since it was described: ask again, once.
            if not (was_known and self.known.forget(name)):
                raise
            results = yield from self._nearest(name, query, options, watch)
        return (yield from self._answer(query, results, options, watch))

    def similar(self, name: str, record_id: str, options: SearchOptions) -> Plan[SearchAnswer]:
        """Search for records like the record *record_id*, which never finds itself; rerank where asked to."""
        watch = Stopwatch(self.clock)
        results = yield from ask(
            record_calls.search_records(
                name,
                ids=[record_id],
                k=options.num_candidates,
                view=options.view or "",
                ef=options.ef,
                exact=options.exact,
                score_threshold=options.score_threshold,
                include=_INCLUDE,
                consistency_token=options.consistency_token,
                filter=options.filter,
            )
        )
        watch.lap("search")
        results.outcomes[0].unwrap()
        query = Content()
        if options.rerank:
            kept = yield from ask(record_calls.get_records(name, [record_id], include=_INCLUDE))
            content = kept.outcomes[0].unwrap().content
            query = (yield from do(lambda: load_content(content, self.media_root))).unwrap()
            watch.lap("read")
        return (yield from self._answer(query, results, options, watch))

    def _nearest(self, name: str, query: Content, options: SearchOptions, watch: Stopwatch) -> Plan[SearchResults]:
        collection, fallback = yield from self.known.named(name)
        view = choose_view(collection, query, options.view, fallback)
        watch.lap("describe")
        vectors, space = yield from _embedded(name, query, view, options)
        watch.lap("embed")
        results = yield from ask(
            record_calls.search_records(
                name,
                vectors=vectors,
                space=space,
                k=options.num_candidates,
                view=view.name,
                ef=options.ef,
                exact=options.exact,
                score_threshold=options.score_threshold,
                include=_INCLUDE,
                consistency_token=options.consistency_token,
                filter=options.filter,
            )
        )
        watch.lap("search")
        return results

    def _answer(
        self, query: Content, results: SearchResults, options: SearchOptions, watch: Stopwatch
    ) -> Plan[SearchAnswer]:
        hits = results.outcomes[0].unwrap()
        report: RerankReport | None = None
        placed: Sequence[RankedHit] = ranked(hits)[: options.k]
        if options.rerank and hits:
            outcomes = yield from self._relevances(query, hits[: options.rerank], options, watch)
            placed, report = reordered(hits, outcomes, options.k)
        return SearchAnswer(
            view=results.view,
            num_records_without_view=results.num_records_without_view,
            collection=results.collection,
            hits=placed,
            rerank=report,
            times=watch.times,
        )

    def _relevances(
        self, query: Content, hits: Sequence[Hit], options: SearchOptions, watch: Stopwatch
    ) -> Plan[Sequence[Outcome[Relevance]]]:
        """Score *hits* in as many calls as their pictures' bytes need: scores of one query compare across calls."""
        loaded = yield from do(lambda: [load_content(hit.record.content, self.media_root) for hit in hits])
        info = yield from self.known.reranker()
        watch.lap("read")
        outcomes: list[Outcome[Relevance]] = [Outcome(error=item.error) for item in loaded]
        places = [place for place, item in enumerate(loaded) if item.ok]
        limit = self.known.max_bytes("RerankerService", info.limits.max_message_bytes)
        for batch in batched(
            places,
            lambda place: loaded[place].unwrap().num_bytes(),
            max_items=max(1, info.limits.max_contents),
            max_bytes=limit - GRPC_OVERHEAD_BYTES - query.num_bytes(),
        ):
            documents = [loaded[place].unwrap() for place in batch]
            call = embedder_calls.rerank(
                query, documents, instruction=options.rerank_instruction, truncation=options.truncation
            )
            answer = yield from ask(call)
            for place, outcome in zip(batch, answer.outcomes, strict=True):
                outcomes[place] = outcome
        watch.lap("rerank")
        return outcomes


def _embedded(name: str, query: Content, view: View, options: SearchOptions) -> Plan[tuple[Matrix, Space]]:
    """Embed *query* the way the vectors of *view* were made."""
    pooling = None if view.space is None else view.space.pooling
    call = embedder_calls.embed(
        [query],
        instruction=options.instruction,
        dimension=view.num_values,
        poolings=() if pooling is None else [pooling],
        truncation=options.truncation,
    )
    try:
        embeddings = yield from ask(call)
    except UnsupportedDimensionError:
        # The view is of another model: that, and not the dimension alone, is what the caller should read.
        info = yield from ask(embedder_calls.embedder_info())
        check_space(view, space_of(info, ViewPlan(view.name, pooling=pooling)), collection=name)
        raise
    return embeddings.vectors(), embeddings.block().space
