"""What reranking changes, on three documents."""

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from lensdex_nano.evaluation import tables
from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.problems import Problem, Problems, Query
from lensdex_nano.evaluation.ranking import Ranking
from lensdex_nano.evaluation.reranking import blend, candidates, compare
from lensdex_nano.evaluation.systems import Scores

_RANKINGS: list[Ranking] = [(0, 1, 2), (0, 1, 2)]


def _problems() -> Problems:
    documents = tuple(Problem(f"d{place}", "text", None) for place in range(3))
    queries = (
        Query(Problem("q0", "text", None), "text-ko", {"d2": 4}),
        Query(Problem("q1", "text", None), "text-en", {"d0": 4}),
    )
    return Problems(documents, queries, "corpus", "queries")


def test_before_after_and_the_paired_difference() -> None:
    """A relevant document that rises from third to first gains one half; a ranking left as it was gains nothing."""
    found = compare(_problems(), _RANKINGS, [[0.1, 0.2, 0.9], [0.9, 0.5, 0.1]], resamples=9)
    kinds = {kind.kind: kind for kind in found.kinds}
    korean, whole = kinds["text-ko"], kinds["all"]
    assert korean.before is not None
    assert korean.after is not None
    assert whole.difference is not None
    assert korean.before.mean == pytest.approx(0.5)
    assert korean.after.mean == 1
    assert whole.difference.mean == pytest.approx(0.25)
    assert whole.difference.count == 2
    assert kinds["image"].before is None
    assert (found.queries, found.pairs, found.changed) == (2, 6, 1)


def test_kendalls_tau_of_the_orders() -> None:
    """A ranking turned round has tau -1 and one left alone 1; their mean is 0."""
    found = compare(_problems(), _RANKINGS, [[0.1, 0.2, 0.9], [0.9, 0.5, 0.1]], resamples=9)
    assert found.mean_tau == pytest.approx(0)
    assert (found.score_min, found.score_max) == (0.1, 0.9)


def test_candidates_come_with_the_scores_that_found_them() -> None:
    """The best documents, best first, each with its score; none where the system has no answer."""

    class ByNumber:
        def scores(self, queries: Sequence[int], view: View) -> Scores | None:
            return np.array([[0.1, 0.9, 0.5]]) if queries == [0] else None

    assert candidates(_problems(), ByNumber(), queries=2, depth=2) == ([(1, 2), ()], [[0.9, 0.5], []])


def test_a_blend_goes_by_both_and_leaves_queries_without_words() -> None:
    """What the reranker prefers rises unless the search was surer of another; a picture alone keeps its order."""
    problems = _problems()
    pictured = Problems(problems.documents, (*problems.queries, replace(problems.queries[0], kind="image")), "c", "q")
    rankings, found = [*_RANKINGS, (0, 1, 2)], [[0.52, 0.51, 0.5], [0.9, 0.2, 0.1], [0.52, 0.51, 0.5]]
    blending = blend(pictured, rankings, found, [[0.1, 0.2, 0.9], [0.55, 0.6, 0.5], [0.1, 0.2, 0.9]], resamples=9)
    differences = {kind.kind: kind.difference for kind in blending.kinds}

    assert blending.left == ("image",)
    assert differences["text-ko"] is not None
    assert differences["text-ko"].mean > 0
    assert differences["text-en"] is not None
    assert differences["text-en"].mean == 0
    assert differences["image"] is not None
    assert differences["image"].mean == 0
    assert differences["all"] is not None
    assert differences["all"].count == 3
    console = Console(width=120, file=io.StringIO(), record=True)
    for table in tables._blending(blending):
        console.print(table)
    assert "blended with the search at weight 1" in console.export_text()


def test_equal_scores_change_nothing_and_it_is_said() -> None:
    """A reranker without an opinion leaves every order alone, and the report says so in capitals."""
    found = compare(_problems(), _RANKINGS, [[0.5] * 3, [0.5] * 3], resamples=9)
    assert found.changed == 0
    assert found.mean_tau == 1
    assert found.score_std == 0
    console = Console(width=120, file=io.StringIO(), record=True)
    for table in tables._reranking(found):
        console.print(table)
    assert "CHANGED NOTHING" in console.export_text()


def test_short_rankings_have_no_tau() -> None:
    """One candidate or none has no order to change."""
    found = compare(_problems(), [(0,), ()], [[0.3], []], resamples=9)
    assert found.mean_tau is None
    assert found.changed == 0
    assert found.pairs == 1
