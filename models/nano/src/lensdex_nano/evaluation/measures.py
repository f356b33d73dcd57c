"""How good a ranking is, query by query, as ir-measures (pytrec_eval) has it.

success@5  1 when one of the first five is of the query's own concept (grade 3 or more), else 0.
nDCG@10    the gain is the grade itself (linear: 4, 3, 2; 0 for the rest), the discount 1 / log2(rank + 1), the ideal
           ranking is made of all judged documents of the corpus, also of those that the searched view lacks: so the
           figures of two views of one corpus compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ir_measures
import numpy as np
import numpy.typing as npt

from lensdex_nano.evaluation.problems import SAME_CONCEPT, SAME_TEMPLATE

SUCCESS: Final = ir_measures.Success(rel=SAME_CONCEPT) @ 5
NDCG: Final = ir_measures.nDCG @ 10

Values = npt.NDArray[np.float64]
"""One figure a query, shape (queries,); NaN where the measure is not defined."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of every query, in order."""

    success: Values
    ndcg: Values

    def minus(self, other: "Measured") -> "Measured":
        """Return the paired differences; NaN where either is not defined."""
        return Measured(self.success - other.success, self.ndcg - other.ndcg)


class Judge:
    """Measures rankings of the same queries against the same grades."""

    def __init__(self, grades: Sequence[Mapping[str, int]]) -> None:
        """*grades*: for each query, document id → grade.

        Success is not defined for a query without a document of its concept, nDCG for one without any grade.
        """
        self._with_success = [any(grade >= SAME_CONCEPT for grade in graded.values()) for graded in grades]
        self._with_ndcg = [bool(graded) for graded in grades]
        judged = {str(place): dict(graded) for place, graded in enumerate(grades) if graded}
        self._evaluator = ir_measures.evaluator([SUCCESS, NDCG], judged) if judged else None

    def measure(self, rankings: Sequence[Sequence[str]]) -> Measured:
        """Return the figures of one ranking (document ids, best first) a query; an empty one has found nothing."""
        run = {
            str(place): {document: float(len(ranking) - rank) for rank, document in enumerate(ranking)}
            for place, ranking in enumerate(rankings)
        }
        figures = {SUCCESS: np.zeros(len(rankings)), NDCG: np.zeros(len(rankings))}
        for metric in self._evaluator.iter_calc(run) if self._evaluator else ():
            figures[metric.measure][int(metric.query_id)] = metric.value
        return Measured(
            np.where(self._with_success, figures[SUCCESS], np.nan), np.where(self._with_ndcg, figures[NDCG], np.nan)
        )


def own_template(grades: Mapping[str, int]) -> list[str]:
    """Return the ids of the documents that ask the query's very task."""
    return [document for document, grade in grades.items() if grade >= SAME_TEMPLATE]


def without_own_template(grades: Mapping[str, int]) -> dict[str, int]:
    """Return the grades of all other documents."""
    return {document: grade for document, grade in grades.items() if grade < SAME_TEMPLATE}
