"""Blending: what both scores together make of an order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_client import EmptyContentError, Hit, Outcome, Record, Relevance
from lensdex_client.blending import blended, log_odds, standardised
from lensdex_client.cli.hits import rerank_sentence
from lensdex_client.reranking import reordered

TENTHS = st.lists(st.integers(0, 10).map(lambda tenth: tenth / 10), min_size=2, max_size=12)


def hits(*scores: float) -> list[Hit]:
    """Return hits of these scores, called a, b, c."""
    return [Hit(Record(chr(ord("a") + place)), score) for place, score in enumerate(scores)]


def judged(*scores: float | None) -> list[Outcome[Relevance]]:
    """Return relevances; None is a document that could not be scored."""
    failure = EmptyContentError.__new__(EmptyContentError)
    return [Outcome(error=failure) if score is None else Outcome(Relevance(score, 1, 5, 0)) for score in scores]


def order(placed: object) -> str:
    """Return the ids of *placed* in their order."""
    return "".join(hit.record.id for hit in placed)  # type: ignore[attr-defined]  # as reordered returns them


@given(TENTHS)
def test_standardised_values_have_mean_zero_and_deviation_one(values: list[float]) -> None:
    """Any list has mean 0 and deviation 1 afterwards; one whose values are alike is all zeros."""
    found = standardised(values, noise=1e-6)

    assert math.fsum(found) == pytest.approx(0, abs=1e-9)
    if len(set(values)) == 1:
        assert found == [0.0] * len(values)
    else:
        assert math.fsum(value**2 for value in found) / len(found) == pytest.approx(1)


@given(TENTHS, st.floats(1e-3, 1e3), st.floats(-10, 10))
def test_the_scale_of_the_search_does_not_count(values: list[float], factor: float, shift: float) -> None:
    """Cosines, inner products and sums of reciprocal ranks blend alike: only the differences among candidates count."""
    relevances = [0.1 + 0.07 * place for place in range(len(values))]
    moved = [factor * value + shift for value in values]

    assert blended(moved, relevances, 1.0) == pytest.approx(blended(values, relevances, 1.0), abs=1e-6)


def test_relevance_counts_by_its_log_odds() -> None:
    """0.999 is as far from 0.99 as 0.99 from 0.91, roughly: a sigmoid squeezes what a reranker is sure of."""
    assert log_odds(0.5) == 0
    assert log_odds(0.9) == pytest.approx(-log_odds(0.1))
    assert log_odds(0.999) - log_odds(0.99) == pytest.approx(log_odds(0.99) - log_odds(0.909), abs=0.02)


def test_certain_relevances_stay_finite() -> None:
    """A relevance of exactly 0 or 1 is as good as very certain, not infinite."""
    assert all(map(math.isfinite, blended([0.2, 0.1, 0.0], [0.0, 1.0, 0.5], 1.0)))
    assert log_odds(1.0) == log_odds(1 - 1e-12)


def test_equal_weights_are_the_sum_of_both() -> None:
    """At weight 1 a candidate that is one deviation up in one and down in the other ends where it began."""
    assert blended([0.9, 0.1], [0.2, 0.8], 1.0) == pytest.approx([0, 0])
    assert blended([0.9, 0.1], [0.2, 0.8], 2.0) == pytest.approx([1, -1])


def test_noise_is_no_opinion() -> None:
    """Scores alike but for rounding are all zeros, or standardising would make noise as loud as an opinion."""
    assert blended([0.7, 0.7 + 1e-8, 0.7], [0.5, 0.5, 0.5 + 1e-8], 1.0) == [0.0, 0.0, 0.0]


def test_ties_keep_the_order_of_the_search() -> None:
    """Where both scores say nothing, nothing moves."""
    placed, report = reordered(hits(0.5, 0.5, 0.5), judged(0.4, 0.4, 0.4), 3, blend=1.0)

    assert order(placed) == "abc"
    assert report.untouched


def test_the_weight_says_whose_order_it_is() -> None:
    """A heavy weight keeps the search's order, a light one takes the reranker's; between, both count."""
    found, relevances = hits(0.9, 0.6, 0.5, 0.1), judged(0.5, 0.9, 0.2, 0.95)

    assert order(reordered(found, relevances, 4, blend=1e6)[0]) == "abcd"
    assert order(reordered(found, relevances, 4, blend=1e-6)[0]) == order(reordered(found, relevances, 4)[0]) == "dbac"
    assert order(reordered(found, relevances, 4, blend=1.0)[0]) == "badc"


def test_a_failure_stands_where_the_search_puts_it() -> None:
    """What could not be scored counts as of average relevance: the search's best is not thrown to the end for it."""
    placed, report = reordered(hits(0.9, 0.5, 0.4, 0.3), judged(None, 0.7, 0.5, 0.3), 4, blend=1.0)
    first = placed[0]

    assert order(placed) == "abcd"
    assert (first.rerank_score, first.rerank_rank, first.rerank_error is None) == (None, None, False)
    assert [hit.rerank_rank for hit in placed[1:]] == [1, 2, 3]
    assert (report.num_scored, report.num_failed) == (3, 1)


def test_what_was_not_to_be_reranked_follows() -> None:
    """Only the first candidates are standardised and blended; the rest follow in the order of the search."""
    placed, report = reordered(hits(0.9, 0.8, 0.7, 0.6), judged(0.1, 0.9), 4, blend=0.5)

    assert order(placed) == "bacd"
    assert [hit.move for hit in placed] == [1, -1, 0, 0]
    assert (report.num_moved, report.kendall_tau, report.blend) == (2, -1.0, 0.5)


def test_the_order_is_the_searchs_where_nothing_could_be_scored() -> None:
    """All failed: the order of the search, and not called untouched."""
    placed, report = reordered(hits(0.9, 0.8), judged(None, None), 2, blend=1.0)

    assert order(placed) == "ab"
    assert not report.untouched
    assert rerank_sentence(report) == "nothing was reranked: 2 could not be scored"


def test_the_sentence_says_that_it_is_a_blend() -> None:
    """A person reads whose order it is, moved or not."""
    moved = reordered(hits(0.9, 0.8), judged(0.1, 0.9), 2, blend=0.5)[1]
    kept = reordered(hits(0.9, 0.8), judged(0.1, 0.9), 2, blend=2.0)[1]

    assert rerank_sentence(moved).startswith("reranked, blended with the search at weight 0.5: 2 scored, 2 moved")
    assert rerank_sentence(kept).startswith(
        "the reranker left the order untouched, blended with the search at weight 2"
    )
