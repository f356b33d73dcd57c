"""What a reranker's scores do to an order, and how much. Pure; knows no service."""

from collections.abc import Sequence

from lensdex_client.answer import RankedHit, RerankReport
from lensdex_client.blending import blended
from lensdex_client.embedding import Relevance
from lensdex_client.outcome import Outcome
from lensdex_client.record import Hit


def ranked(hits: Sequence[Hit]) -> tuple[RankedHit, ...]:
    """Return *hits* in the order of the search."""
    return tuple(
        RankedHit(rank=rank, record=hit.record, score=hit.score, search_rank=rank, placements=hit.placements)
        for rank, hit in enumerate(hits, start=1)
    )


def reordered(
    hits: Sequence[Hit], outcomes: Sequence[Outcome[Relevance]], k: int, *, blend: float | None = None
) -> tuple[tuple[RankedHit, ...], RerankReport]:
    """Return the best *k* of *hits* after reranking the first ``len(outcomes)`` of them, and what that changed.

    Scored hits come first, best score first, ties in the order of the search; then those that could not be scored,
    then those that were not to be, both in the order of the search. With *blend*, the weight of the search, scored hits
    and those that could not be are in the order of the blend of both scores. The report is over all of *hits*, not *k*
    alone.
    """
    scores = {place: outcome.unwrap().score for place, outcome in enumerate(outcomes) if outcome.ok}
    failures = {place: outcome.error for place, outcome in enumerate(outcomes) if not outcome.ok}
    best_first = sorted(scores, key=lambda place: (-scores[place], place))
    ranks = {place: rank for rank, place in enumerate(best_first, start=1)}
    order = [*best_first, *failures]
    if blend is not None:
        found = [hit.score for hit in hits[: len(outcomes)]]
        both = blended(found, [scores.get(place) for place in range(len(outcomes))], blend)
        order.sort(key=lambda place: (-both[place], place))
    placed = tuple(
        RankedHit(
            rank=rank,
            record=hits[place].record,
            score=hits[place].score,
            search_rank=place + 1,
            rerank_score=scores.get(place),
            rerank_error=failures.get(place),
            rerank_rank=ranks.get(place),
            placements=hits[place].placements,
        )
        for rank, place in enumerate([*order, *range(len(outcomes), len(hits))], start=1)
    )
    report = RerankReport(
        num_scored=len(scores),
        num_failed=len(failures),
        num_moved=sum(hit.move != 0 for hit in placed),
        kendall_tau=kendall_tau([place for place in order if place in scores]),
        lowest=min(scores.values(), default=0.0),
        highest=max(scores.values(), default=0.0),
        blend=blend,
    )
    return placed[:k], report


def kendall_tau(order: Sequence[int]) -> float | None:
    """Return the agreement of *order*, distinct numbers, with the ascending one: 1 identical, -1 reversed.

    None for fewer than two. Quadratic: reranked lists are short.
    """
    count = len(order)
    if count < 2:
        return None
    discordant = sum(order[i] > order[j] for i in range(count) for j in range(i + 1, count))
    return 1.0 - 4.0 * discordant / (count * (count - 1))
