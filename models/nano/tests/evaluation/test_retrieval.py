"""The table of routes and systems on a corpus small enough to work out by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.problems import Problem, Problems, Query
from lensdex_nano.evaluation.retrieval import (
    BM25,
    BM25_APART,
    COLUMNS,
    MEAN,
    NANO,
    NANO_APART,
    ROUTES,
    Route,
    differences,
    measure,
    rows,
)
from lensdex_nano.evaluation.systems import Scores, System

_IDS = ("template", "concept", "unit", "far")


class _Fixed:
    """The same scores for every query."""

    def __init__(self, *scores: float, views: Sequence[View] = ("default", "text", "image")) -> None:
        self._scores = scores
        self._views = views

    def scores(self, queries: Sequence[int], view: View) -> Scores | None:
        return np.tile(np.array(self._scores), (len(queries), 1)) if view in self._views else None


def _problems(*kinds: str) -> Problems:
    documents = tuple(Problem(name, name, None) for name in _IDS)
    grades = {"template": 4, "concept": 3, "unit": 2}
    queries = tuple(
        Query(Problem(f"q{place}", "words", Path("q.png")), kind, grades)  # type: ignore[arg-type]  # names of kinds
        for place, kind in enumerate(kinds)
    )
    return Problems(documents, queries, "corpus", "queries")


def _systems(last: System) -> Mapping[str, System]:
    return {
        "last": last,
        "mean": _Fixed(1, 2, 3, 4),
        "random": _Fixed(1, 1, 1, 1),
        "bm25": _Fixed(9, -np.inf, -np.inf, -np.inf, views=("default", "text")),
    }


def test_leaving_the_own_template_out_leaves_it_out_of_rankings_and_grades() -> None:
    """The best that is left is then a perfect ranking, and a system that knew the template alone has nothing."""
    figures = measure(_problems("text-ko"), _systems(_Fixed(4, 3, 2, 1)))
    route = Route("text-ko", "text")
    for column in (NANO, NANO_APART):
        assert figures[route, column].ndcg.tolist() == [1]
        assert figures[route, column].success.tolist() == [1]
    assert figures[route, BM25].success.tolist() == [1]
    assert figures[route, BM25_APART].success.tolist() == [0]
    assert figures[route, BM25_APART].ndcg.tolist() == [0]
    discounts = 1 / np.log2(np.arange(2, 6))
    backwards = discounts @ [0, 2, 3, 4] / (discounts[:3] @ [4, 3, 2])
    assert figures[route, MEAN].ndcg.tolist() == [pytest.approx(backwards)]


def test_every_route_and_column_has_its_cell() -> None:
    """Rows are the routes in order; a system that cannot answer and a kind without queries have None."""
    table = rows(measure(_problems("text-en", "image"), _systems(_Fixed(4, 3, 2, 1))), resamples=9)
    assert [(row.kind, row.view) for row in table] == [(route.kind, route.view) for route in ROUTES]
    found = {(row.kind, row.view): row.cells for row in table}
    assert all(list(cells) == [column.name for column in COLUMNS] for cells in found.values())
    assert found["image", "image"][BM25.name] is None
    assert found["text-en", "text"][BM25.name] is not None
    assert set(found["text-ko", "text"].values()) == {None}


def test_differences_are_of_what_both_answered() -> None:
    """Poolings are compared on every route, words where they answer, and the two views of image queries."""
    found = differences(measure(_problems("image", "text-ko"), _systems(_Fixed(4, 3, 2, 1))), resamples=9)
    named = [(item.route, item.first, item.second) for item in found]
    assert ("text-ko → text", NANO.name, MEAN.name) in named
    assert ("text-ko → text", NANO.name, BM25.name) in named
    assert ("image → image", NANO.name, BM25.name) not in named
    assert (NANO.name, "image → image", "image → default") in named
    views = next(item for item in found if item.first == "image → image")
    assert views.cell.ndcg is not None
    assert views.cell.ndcg.mean == 0
