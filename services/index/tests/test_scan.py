"""The exact scan: the same answers however many queries share it, and whichever rows it fetches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lensdex_index.engines import scan
from lensdex_index.records import Metric

POINTS = np.array([[1, 0], [0, 1], [1, 1], [-1, 0], [2, 1], [0.5, 0.25]], dtype=np.float32)


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize(("ties", "block"), [(4_096, 2**21), (6, 2**21), (4_096, 128), (6, 128)])
@settings(deadline=None, database=None, max_examples=40)
@given(drawn=st.lists(st.integers(0, 5), max_size=300), share=st.floats(0, 1), k=st.integers(1, 40))
def test_a_query_alone_is_answered_as_among_others(
    metric: Metric, ties: int, block: int, *, drawn: list[int], share: float, k: int
) -> None:
    """Rows full of ties, chosen here and there: best first, then lowest slot, as sorting all of them gives."""
    rows = POINTS[drawn] if drawn else np.empty((0, 2), dtype=np.float32)
    chosen = np.flatnonzero(np.random.default_rng(len(drawn)).random(len(rows)) < share)
    queries = POINTS[[0, 2, 4]]
    if metric is Metric.COSINE and len(rows):
        rows, queries = scan.normalised(rows), scan.normalised(queries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_MOST_TIES", ties)
        patch.setattr(scan, "_BLOCK_VALUES", block)
        together = scan.nearest_of(metric, queries, rows, k, chosen)
        alone = [scan.nearest_of(metric, query[None], rows, k, chosen)[0] for query in queries]
    for query, (slots, scores), (own_slots, own_scores) in zip(queries, together, alone, strict=True):
        truth = scan.score_rows(metric, query, rows[chosen])
        order = np.lexsort((chosen, -truth))
        assert own_slots.tolist()[:k] == chosen[order][:k].tolist()
        assert np.array_equal(own_scores, truth[order][: len(own_scores)])
        assert own_slots.tolist() == slots.tolist()
        assert np.array_equal(own_scores, scores)
