"""Intervals."""

import numpy as np
import pytest

from lensdex_nano.evaluation.interval import Interval, interval


@pytest.mark.parametrize("values", [[1.0] * 20, [0.0] * 3, [0.1] * 7, [0.25]])
def test_equal_values_give_a_point(values: list[float]) -> None:
    """A sample without spread, or of one value, has an interval of no width and no NaN."""
    assert interval(np.array(values), resamples=50) == Interval(values[0], values[0], values[0], len(values))


def test_the_interval_is_about_two_standard_errors() -> None:
    """For many independent values the bounds are those of the normal approximation."""
    values = np.random.default_rng(0).normal(0.5, 0.2, 2000)
    found = interval(values, resamples=2000)
    assert found is not None
    error = values.std() / np.sqrt(2000)
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_the_same_values_give_the_same_interval() -> None:
    """The bootstrap's seed is fixed."""
    values = np.array([0.0, 1.0, 1.0, 0.5])
    assert interval(values, resamples=99) == interval(values.copy(), resamples=99)


def test_undefined_values_do_not_count() -> None:
    """NaN is left out of mean and count; where nothing is left there is no interval."""
    assert interval(np.array([np.nan, 0.5, np.nan]), resamples=9) == Interval(0.5, 0.5, 0.5, 1)
    assert interval(np.array([np.nan]), resamples=9) is None
    assert interval(np.array([]), resamples=9) is None
