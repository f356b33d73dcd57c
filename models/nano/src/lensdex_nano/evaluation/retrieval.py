"""Which documents each system finds: every route by every column, and the paired differences that answer questions.

With a query's own template left out, of rankings and of grades, the same concept means its other held-out task: what is
then found is not found by a shared wording.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.interval import interval
from lensdex_nano.evaluation.measures import Judge, Measured, own_template, without_own_template
from lensdex_nano.evaluation.problems import KINDS, Problems
from lensdex_nano.evaluation.ranking import rank
from lensdex_nano.evaluation.result import Cell, Difference, Row
from lensdex_nano.evaluation.systems import System
from lensdex_problems.judge import Kind

_DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Route:
    """Queries of a kind, searched in a view."""

    kind: Kind
    view: View

    def __str__(self) -> str:
        return f"{self.kind} → {self.view}"


@dataclass(frozen=True, slots=True)
class Column:
    """A system, with the records of the query's own template or without."""

    name: str
    system: str
    own_template: bool = True


ROUTES: Final = (
    Route("text+image", "default"),
    Route("text-ko", "text"),
    Route("text-ko", "default"),
    Route("text-en", "text"),
    Route("text-en", "default"),
    Route("image", "image"),
    Route("image", "default"),
)
NANO: Final = Column("nano last token", "last")
NANO_APART: Final = Column("nano last token, own template out", "last", own_template=False)
MEAN: Final = Column("nano mean", "mean")
RANDOM: Final = Column("random weights last token", "random")
BM25: Final = Column("BM25", "bm25")
BM25_APART: Final = Column("BM25, own template out", "bm25", own_template=False)
COLUMNS: Final = (NANO, NANO_APART, MEAN, RANDOM, BM25, BM25_APART)

Figures = Mapping[tuple[Route, Column], Measured]
"""What was measured; a pair that is missing has no answer."""


def measure(problems: Problems, systems: Mapping[str, System]) -> dict[tuple[Route, Column], Measured]:
    """Return the figures of every route and column. *systems* by the name columns have for them."""
    figures: dict[tuple[Route, Column], Measured] = {}
    ids = [document.id for document in problems.documents]
    numbers = {document: number for number, document in enumerate(ids)}
    for kind in KINDS:
        places = problems.of_kind(kind)
        grades = [problems.queries[place].grades for place in places]
        judges = {True: Judge(grades), False: Judge([without_own_template(graded) for graded in grades])}
        excluded = [[numbers[document] for document in own_template(graded)] for graded in grades]
        for route in (route for route in ROUTES if route.kind == kind and places):
            for name in dict.fromkeys(column.system for column in COLUMNS):
                scores = systems[name].scores(places, route.view)
                if scores is None:
                    continue
                for column in (column for column in COLUMNS if column.system == name):
                    rankings = rank(scores, depth=_DEPTH, excluded=None if column.own_template else excluded)
                    named = [[ids[number] for number in ranking] for ranking in rankings]
                    figures[route, column] = judges[column.own_template].measure(named)
    return figures


def rows(figures: Figures, *, resamples: int) -> tuple[Row, ...]:
    """Return the table: a row a route, a cell a column."""
    return tuple(
        Row(
            route.kind,
            route.view,
            {
                column.name: _cell(figures[route, column], resamples) if (route, column) in figures else None
                for column in COLUMNS
            },
        )
        for route in ROUTES
    )


def differences(figures: Figures, *, resamples: int) -> tuple[Difference, ...]:
    """Return the paired differences of those pairs that were both measured."""
    found: list[Difference] = []
    for first, second in ((NANO, MEAN), (NANO, BM25), (NANO_APART, BM25_APART)):
        for route in ROUTES:
            one, other = figures.get((route, first)), figures.get((route, second))
            if one and other:
                found.append(
                    Difference(str(route), first.name, second.name, _cell(one.minus(other), resamples)),
                )
    found.extend(
        _between_views(figures, Route("image", "image"), Route("image", "default"), (NANO, NANO_APART), resamples)
    )
    return tuple(found)


def _between_views(
    figures: Figures, one: Route, other: Route, columns: Sequence[Column], resamples: int
) -> list[Difference]:
    return [
        Difference(
            column.name,
            str(one),
            str(other),
            _cell(figures[one, column].minus(figures[other, column]), resamples),
        )
        for column in columns
        if (one, column) in figures and (other, column) in figures
    ]


def _cell(measured: Measured, resamples: int) -> Cell:
    return Cell(interval(measured.success, resamples=resamples), interval(measured.ndcg, resamples=resamples))
