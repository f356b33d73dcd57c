"""What can be asked for a score of every document: the seam between searching and measuring."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.embedding import Vectors

Scores = npt.NDArray[np.float64]
"""Shape (queries asked, documents), higher is better; minus infinity for a document that is no answer at all."""


class System(Protocol):
    """A way to search."""

    def scores(self, queries: Sequence[int], view: View) -> Scores | None:
        """Return the scores of all documents for the queries at these places; None when it cannot answer them."""


class VectorSystem:
    """Exact search by cosine."""

    def __init__(self, vectors: Vectors) -> None:
        self._queries = vectors.queries
        self._documents = {view: np.nan_to_num(matrix) for view, matrix in vectors.documents.items()}
        self._lacking = {view: np.isnan(matrix).any(axis=1) for view, matrix in vectors.documents.items()}

    def scores(self, queries: Sequence[int], view: View) -> Scores:
        """Return cosines; a document without the view is no answer."""
        cosines = (self._queries[list(queries)] @ self._documents[view].T).astype(np.float64)
        cosines[:, self._lacking[view]] = -np.inf
        return cosines
