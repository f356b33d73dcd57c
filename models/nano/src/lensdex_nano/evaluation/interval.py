"""A mean and how far it can be trusted: the 95 % percentile bootstrap over queries, from scipy."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from lensdex_nano.evaluation.measures import Values

LEVEL: Final = 0.95
_SEED: Final = 20_240_229
_BATCH: Final = 200
"""Resamples drawn at once: bounds the memory."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of `count` values with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float
    count: int


def interval(values: Values, *, resamples: int) -> Interval | None:
    """Return the mean of the values that are defined (not NaN), or None when none is.

    The same values give the same interval. Values that are all equal, one alone included, give a point.
    """
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    mean = float(defined.mean())
    if bool((defined == defined[0]).all()):
        mean = float(defined[0])
        return Interval(mean, mean, mean, len(defined))
    bounds = stats.bootstrap(
        (defined,),
        np.mean,
        n_resamples=resamples,
        batch=_BATCH,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Interval(mean, float(bounds.low), float(bounds.high), len(defined))
