"""One rule in two places that must not know each other: how a reranker's order is blended with the search's."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lensdex_client import blending as asked
from lensdex_nano.evaluation import blending as judged

CANDIDATE = st.tuples(st.floats(-2, 2, width=32), st.floats(0, 1, width=32))


@given(st.lists(CANDIDATE, max_size=20), st.floats(0.01, 100))
@example([(0.5, 0.0), (0.5, 1.0)], 1.0)
@example([(0.7, 0.5), (0.7 + 1e-8, 0.5 + 1e-8)], 1.0)
def test_what_is_judged_is_what_clients_do(candidates: list[tuple[float, float]], weight: float) -> None:
    """The client's blend and the one the evaluation measures are the same, for any scores and weights."""
    search, relevances = [one for one, _ in candidates], [other for _, other in candidates]

    assert judged.blended(search, relevances, weight=weight) == pytest.approx(
        asked.blended(search, relevances, weight), rel=1e-6, abs=1e-6
    )
