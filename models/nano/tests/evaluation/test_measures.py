"""The measures against figures worked out by hand."""

import math

import numpy as np
import pytest

from lensdex_nano.evaluation.measures import Judge, Measured, own_template, without_own_template


def test_ndcg_takes_the_grade_itself_as_gain() -> None:
    """nDCG@10 is the sum of grade / log2(rank + 1) over that of the ideal order of all judged documents."""
    measured = Judge([{"a": 4, "b": 2, "c": 3}]).measure([["b", "x", "a"]])
    found = 2 / math.log2(2) + 4 / math.log2(4)
    ideal = 4 / math.log2(2) + 3 / math.log2(3) + 2 / math.log2(4)
    assert measured.ndcg.tolist() == [pytest.approx(found / ideal)]


def test_ndcg_ends_at_ten_and_success_at_five() -> None:
    """The eleventh document counts for nothing, and the sixth not for success."""
    others = [f"x{place}" for place in range(10)]
    judge = Judge([{"a": 4}])
    assert judge.measure([[*others, "a"]]).ndcg.tolist() == [0]
    assert judge.measure([[*others[:5], "a"]]).success.tolist() == [0]
    assert judge.measure([[*others[:4], "a"]]).success.tolist() == [1]


def test_success_asks_for_the_same_concept() -> None:
    """Grades 3 and 4 are hits among the first five; grade 2, the same unit, is none."""
    judge = Judge([{"t": 4, "c": 3, "u": 2}] * 3)
    assert judge.measure([["t"], ["c"], ["u"]]).success.tolist() == [1, 1, 0]


def test_order_of_queries_is_kept() -> None:
    """Figures stand in the order of the queries, however many there are."""
    judge = Judge([{"a": 4}] * 12)
    rankings = [["a"] if place % 3 == 0 else ["b"] for place in range(12)]
    assert judge.measure(rankings).success.tolist() == [float(place % 3 == 0) for place in range(12)]


def test_nothing_found_is_zero_and_nothing_to_find_is_undefined() -> None:
    """An empty ranking scores zero; a query without judged documents scores NaN, one of grade 2 alone no success."""
    measured = Judge([{"a": 4}, {}, {"u": 2}]).measure([[], ["a"], ["u"]])
    assert measured.success[0] == measured.ndcg[0] == 0
    assert np.isnan(measured.success[1:]).all()
    assert np.isnan(measured.ndcg[1])
    assert measured.ndcg[2] == 1


def test_no_query_has_anything_to_find() -> None:
    """Where no query has grades, nothing is defined."""
    measured = Judge([{}, {}]).measure([["a"], []])
    assert np.isnan(measured.ndcg).all()
    assert np.isnan(measured.success).all()


def test_differences_are_paired() -> None:
    """A difference is taken query by query and is undefined where either side is."""
    one = Measured(np.array([1.0, 0.0, np.nan]), np.array([0.5, 0.25, 1.0]))
    other = Measured(np.array([0.0, 1.0, 1.0]), np.array([0.25, np.nan, 1.0]))
    difference = one.minus(other)
    np.testing.assert_equal(difference.success, [1, -1, np.nan])
    np.testing.assert_equal(difference.ndcg, [0.25, np.nan, 0])


def test_own_template_is_grade_four() -> None:
    """Leaving the own template out takes away grade 4 and nothing else."""
    grades = {"a": 4, "b": 3, "c": 4, "d": 2}
    assert own_template(grades) == ["a", "c"]
    assert without_own_template(grades) == {"b": 3, "d": 2}
