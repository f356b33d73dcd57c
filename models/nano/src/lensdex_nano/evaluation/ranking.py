"""From scores to rankings. Knows neither models nor grades."""

from collections.abc import Collection, Sequence

import numpy as np

from lensdex_nano.evaluation.systems import Scores

Ranking = tuple[int, ...]
"""Places of documents, best first."""


def rank(scores: Scores, *, depth: int, excluded: Sequence[Collection[int]] | None = None) -> list[Ranking]:
    """Return the best *depth* documents of each row, fewer where fewer are an answer (minus infinity is none).

    Equal scores stand in the order of the documents. *excluded*: for each row, documents that are left out.
    """
    allowed = scores.astype(np.float64)  # a copy
    for row, places in enumerate(excluded or ()):
        allowed[row, list(places)] = -np.inf
    order = np.argsort(-allowed, axis=1, kind="stable")[:, :depth]
    return [tuple(int(place) for place in places if allowed[row, place] > -np.inf) for row, places in enumerate(order)]


def reorder(ranking: Ranking, scores: Sequence[float]) -> Ranking:
    """Return *ranking* by *scores* (one for each of its documents), best first; equal scores keep their order."""
    return tuple(ranking[place] for place in sorted(range(len(ranking)), key=lambda place: -scores[place]))
