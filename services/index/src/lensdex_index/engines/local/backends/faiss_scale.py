"""Values as half precision can hold them: multiplied by a power of two, which loses nothing and changes no order.

Half precision ends at 65,504 and goes down to 6e-8. Under cosine all values are at most one; under the other metrics
they are what callers send. Knows numbers only.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_index.records import Matrix, Metric, Scores

Factors = npt.NDArray[np.float64]
"""Shape (queries, 1)."""

_MOST: Final = 65_504.0
"""The largest value there is; beyond lies infinity, which compares with nothing."""
_MOST_QUERY: Final = 1e15
"""Its square, summed over any dimension, is still a number."""
_FLOAT32: Final = np.finfo(np.float32)


class Scale:
    """Of one backend: settled by the first vectors that are not zero, for good."""

    def __init__(self, metric: Metric, exponent: int | None = None) -> None:
        self._metric = metric
        self.exponent = 0 if metric is Metric.COSINE else exponent
        """Values are kept times two to the power of this. None as long as nothing settled it."""

    def rows(self, vectors: Matrix) -> Matrix:
        """Return *vectors* as they are kept. Those some ten thousand times larger than the first ones are cut."""
        if self._metric is Metric.COSINE:
            return vectors
        if self.exponent is None:
            largest = float(np.abs(vectors).max(initial=0.0))
            if not largest:
                return vectors
            self.exponent = 1 - int(np.frexp(largest)[1])
        with np.errstate(over="ignore"):
            kept: Matrix = np.clip(np.ldexp(vectors, self.exponent), -_MOST, _MOST)
        return kept

    def queries(self, queries: Matrix) -> tuple[Matrix, Factors | None]:
        """Return *queries* as they are compared with what is kept, and by what to multiply their scores, if at all."""
        if self._metric is Metric.COSINE:
            return queries, None
        ones = np.ones((len(queries), 1))
        own = self.exponent or 0
        if self._metric is Metric.DOT:
            exponents = 1 - np.frexp(np.abs(queries).max(axis=1, keepdims=True))[1]
            return np.ldexp(queries, exponents), np.ldexp(ones, -own - exponents)
        with np.errstate(over="ignore"):
            scaled: Matrix = np.clip(np.ldexp(queries, own), -_MOST_QUERY, _MOST_QUERY)
        return scaled, np.ldexp(ones, -2 * own)


def scores(raw: Scores, factors: Factors | None) -> Scores:
    """Return *raw* scores times *factors*, as float32 that are no infinities."""
    if factors is None:
        return raw
    wide = np.clip(raw * factors, _FLOAT32.min, _FLOAT32.max)
    narrow: Scores = wide.astype(np.float32)
    return narrow
