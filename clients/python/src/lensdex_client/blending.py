"""How a search's order and a reranker's are made one. Pure; knows no hit and no service."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Final

CERTAIN: Final = 1e-7
"""Relevances nearer to 0 or 1 than this count as that near: a float32 tells 1 from little less than that."""
_NOISE: Final = 1e-6
"""Values that differ by no more are alike: standardised, what float32 leaves of equal ones would be loud."""


def blended(search: Sequence[float], relevances: Sequence[float | None], weight: float) -> list[float]:
    """Return a score for each candidate of one query, higher is better: weight x the search's + the reranker's.

    Both are standardised within the candidates, so that neither scale counts. *search*: scores, of any scale; higher
    is better. *relevances*: 0 to 1, taken as log-odds; None for a candidate without one, which counts as average.
    """
    found = standardised(search, noise=_NOISE * max(map(abs, search), default=0.0))
    known = iter(standardised([log_odds(value) for value in relevances if value is not None], noise=_NOISE))
    judged = [0.0 if value is None else next(known) for value in relevances]
    return [weight * one + other for one, other in zip(found, judged, strict=True)]


def standardised(values: Sequence[float], *, noise: float) -> list[float]:
    """Return *values* with mean 0 and standard deviation 1; all zeros where none differ by more than *noise*."""
    if not values or max(values) - min(values) <= noise:
        return [0.0] * len(values)
    mean = fmean(values)
    deviation = math.dist(values, [mean] * len(values)) / math.sqrt(len(values))  # squares of tiny values underflow
    return [(value - mean) / deviation for value in values]


def log_odds(relevance: float) -> float:
    """Return what the reranker's own score was before it was squeezed into 0 to 1."""
    within = min(max(relevance, CERTAIN), 1 - CERTAIN)
    return math.log(within / (1 - within))


def check_weight(weight: float) -> None:
    """Raise ValueError unless *weight*, of the search's score, is finite and above zero."""
    if not (math.isfinite(weight) and weight > 0):
        raise ValueError(f"the weight of the search in a blend must be finite and above zero, not {weight:g}")
