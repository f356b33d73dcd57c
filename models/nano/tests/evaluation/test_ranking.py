"""From scores to rankings."""

import numpy as np

from lensdex_nano.evaluation.ranking import rank, reorder


def test_best_first_and_ties_in_the_order_of_documents() -> None:
    """Equal scores stand in the order of the documents, at any depth."""
    scores = np.array([[0.5, 0.9, 0.5, 0.9, 0.1]])
    assert rank(scores, depth=5) == [(1, 3, 0, 2, 4)]
    assert rank(scores, depth=3) == [(1, 3, 0)]


def test_a_document_that_is_no_answer_is_never_ranked() -> None:
    """Minus infinity keeps a document out, even when fewer than the depth remain."""
    assert rank(np.array([[-np.inf, 0.0, -np.inf], [-np.inf] * 3]), depth=3) == [(1,), ()]


def test_excluded_documents_are_left_out_row_by_row() -> None:
    """Exclusion counts for its own row, lets the next best move up, and leaves the scores as they were."""
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    assert rank(scores, depth=2, excluded=[[0], []]) == [(1, 2), (0, 1)]
    assert scores[0, 0] == 3.0


def test_reordering_keeps_ties_as_they_were() -> None:
    """Reranking is by score, best first; equal scores keep the order of the search."""
    assert reorder((7, 3, 5, 1), [0.2, 0.9, 0.2, 0.9]) == (3, 1, 7, 5)
    assert reorder((7, 3, 5), [0.5, 0.5, 0.5]) == (7, 3, 5)
    assert reorder((), []) == ()
