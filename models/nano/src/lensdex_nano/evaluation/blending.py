"""The reranker's order blended with the search's, as a client may ask for it. Knows neither models nor grades.

The rule is `lensdex_client.blending`, which this side must not import; a test holds the two equal.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_problems.judge import Kind

WEIGHT: Final = 1.0
"""Of the search, beside the reranker's of 1: both count alike. The client's default; never fitted to any figure."""
LEFT: Final[Sequence[Kind]] = ("image",)
"""Kinds of queries that stay as they were found: the reranker compares pictures worse than the embedder does."""
_CERTAIN: Final = 1e-7
_NOISE: Final = 1e-6

Values = npt.NDArray[np.float64]


def blended(search: Sequence[float], relevances: Sequence[float], *, weight: float = WEIGHT) -> list[float]:
    """Return a score for each candidate of one query, higher is better.

    Both lists are standardised within the candidates, relevances (0 to 1) as log-odds; *search* has the weight.
    """
    found = np.array(search, dtype=np.float64)
    within = np.clip(np.array(relevances, dtype=np.float64), _CERTAIN, 1 - _CERTAIN)
    judged = np.log(within / (1 - within))
    noise = _NOISE * float(np.abs(found).max(initial=0))
    both: Values = weight * _standardised(found, noise) + _standardised(judged, _NOISE)
    return [float(value) for value in both]


def _standardised(values: Values, noise: float) -> Values:
    if not values.size or float(np.ptp(values)) <= noise:
        return np.zeros_like(values)
    standardised: Values = (values - values.mean()) / values.std()
    return standardised
