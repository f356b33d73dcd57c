"""Embed, search, rerank: the plans behind ``Retriever.search`` and ``similar``. No channel here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lensdex_client import embedder_calls, fusion_calls, record_calls
from lensdex_client.answer import RankedHit, RerankReport, SearchAnswer, StepTime
from lensdex_client.batching import batched
from lensdex_client.blending import check_weight
from lensdex_client.calls import Call
from lensdex_client.content import Content
from lensdex_client.embedding import Relevance, Truncation
from lensdex_client.errors import DimensionMismatchError, NotFoundError, SpaceMismatchError
from lensdex_client.filters import Filter
from lensdex_client.fused_searching import check_views, sources_for
from lensdex_client.fusion import FusedView, FusionSource
from lensdex_client.known import Known
from lensdex_client.media_loading import load_content
from lensdex_client.media_root import MediaRoot
from lensdex_client.outcome import Outcome
from lensdex_client.plan import Plan, ask, do
from lensdex_client.query_embedding import embedded
from lensdex_client.record import Hit, Include, SearchResults
from lensdex_client.reranking import ranked, reordered
from lensdex_client.views import choose_view
from lensdex_wire.limits import GRPC_OVERHEAD_BYTES

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
    rerank_blend: float | None = None
    """Order what is reranked by the search's score as well, with this weight beside the reranker's of 1; None: by the
    reranker's alone. With *rerank* only, and finite and above zero: ValueError."""
    truncation: Truncation = Truncation.REFUSE
    exact: bool = False
    ef: int = 0
    score_threshold: float | None = None
    consistency_token: str = ""
    filter: Filter | None = None
    """Which records may be found; None: any."""
    fuse: Sequence[FusedView] = ()
    """Views to search at once, ranked together by reciprocal rank; empty: one view is searched. Not with *view* or
    *score_threshold*: ValueError."""

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
        _check(options)
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
        _check(options)
        watch = Stopwatch(self.clock)
        results = yield from ask(_alike(name, record_id, options))
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
        if options.fuse:
            watch.lap("describe")
            sources = yield from sources_for(collection, query, options.fuse, options)
            watch.lap("embed")
            results = yield from ask(_fused(name, sources, options))
            watch.lap("search")
            return results
        view = choose_view(collection, query, options.view, fallback)
        watch.lap("describe")
        vectors, space = yield from embedded(name, [query], view, options)
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
            placed, report = reordered(hits, outcomes, options.k, blend=options.rerank_blend)
        return SearchAnswer(
            view=results.view,
            num_records_without_view=results.num_records_without_view,
            collection=results.collection,
            views=results.views,
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


def _check(options: SearchOptions) -> None:
    if options.rerank_blend is not None:
        check_weight(options.rerank_blend)
        if not options.rerank:
            raise ValueError("a blend needs a reranker's order beside the search's; say how many to rerank")
    if not options.fuse:
        return
    check_views(options.fuse, options.view)
    if options.score_threshold is not None:
        raise ValueError("the score of fused views compares with no threshold; leave it out")


def _alike(name: str, record_id: str, options: SearchOptions) -> Call[SearchResults]:
    if options.fuse:
        return _fused(
            name, [FusionSource(item.name, weight=item.weight) for item in options.fuse], options, [record_id]
        )
    return record_calls.search_records(
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


def _fused(
    name: str, sources: Sequence[FusionSource], options: SearchOptions, ids: Sequence[str] = ()
) -> Call[SearchResults]:
    return fusion_calls.search_fused(
        name,
        sources,
        ids=ids,
        k=options.num_candidates,
        ef=options.ef,
        exact=options.exact,
        include=_INCLUDE,
        consistency_token=options.consistency_token,
        filter=options.filter,
    )
