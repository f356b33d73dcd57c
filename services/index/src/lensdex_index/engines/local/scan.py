"""The exact scan and the scores everything is ranked by. Knows matrices; no labels' meaning, no locks, no storage.

Candidates are found with fast products and then scored again, alone and in double precision: a vector's score never
depends on which backend proposed it, on its neighbours in a batch or on its place in memory, and equal vectors tie
exactly.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_index.records import Labels, Matrix, Metric, Scores, Vector

Mask = npt.NDArray[np.bool_]

_BLOCK_VALUES: Final = 2 * 1024 * 1024
"""Values scored at a time: 8 MB, so that blocks stay near the cache and temporary memory stays small."""

_FLOAT32 = np.finfo(np.float32)


def normalised(vectors: Matrix) -> Matrix:
    """Return rows divided by their norms. No row may be zero. Norms are taken in double: all magnitudes survive."""
    wide = vectors.astype(np.float64)
    wide /= np.sqrt(np.einsum("ij,ij->i", wide, wide))[:, None]
    narrow: Matrix = wide.astype(np.float32)
    return narrow


def score_rows(metric: Metric, query: Vector, rows: Matrix) -> Scores:
    """Return the final score of each row, shape (rows,). Under cosine both sides have unit length already."""
    wide = rows.astype(np.float64)
    if metric is Metric.EUCLIDEAN:
        wide -= query
        wide *= wide
        scores = 0.0 - wide.sum(axis=1)
    else:
        wide *= query
        scores = wide.sum(axis=1)
        if metric is Metric.COSINE:
            np.clip(scores, -1.0, 1.0, out=scores)
    narrow: Scores = np.clip(scores, _FLOAT32.min, _FLOAT32.max).astype(np.float32)
    return narrow


def best_first(slots: Labels, scores: Scores, k: int) -> tuple[Labels, Scores]:
    """Return at most *k* of them, best score first, then lowest slot."""
    order = np.lexsort((slots, -scores))[:k]
    return slots[order], scores[order]


def nearest(
    metric: Metric, queries: Matrix, rows: Matrix, k: int, *, start: int, visible: Mask
) -> list[tuple[Labels, Scores]]:
    """Return the nearest *k* of ``rows[start : start + len(visible)]`` where *visible*, per query, best first.

    Fewer where fewer are visible. Slots count from the beginning of *rows*.
    """
    count = len(visible)
    if not count:
        return [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))] * len(queries)
    wanted = k + max(16, k // 4)
    block = max(64, _BLOCK_VALUES // max(1, rows.shape[1]))
    slots = np.empty((len(queries), 0), dtype=np.int64)
    scores = np.empty((len(queries), 0), dtype=np.float64)
    for low in range(0, count, block):
        chosen = np.flatnonzero(visible[low : low + block])
        if not len(chosen):
            continue
        high = min(low + block, count)
        values = rows[start + low : start + high]
        if len(chosen) < high - low:
            values = values[chosen]
        found = _quick_scores(metric, queries, values)
        at = np.broadcast_to(chosen + (start + low), found.shape)
        slots, scores = _keep(np.hstack((slots, at)), np.hstack((scores, found)), wanted)
    answers = []
    for query, candidates in zip(queries, slots, strict=True):
        ordered = np.sort(candidates)
        answers.append(best_first(ordered, score_rows(metric, query, rows[ordered]), k))
    return answers


def _quick_scores(metric: Metric, queries: Matrix, rows: Matrix) -> npt.NDArray[np.floating]:
    if metric is not Metric.EUCLIDEAN:
        with np.errstate(over="ignore", invalid="ignore"):
            scores: npt.NDArray[np.floating] = queries @ rows.T
        if not np.isfinite(scores).all():
            scores = queries.astype(np.float64) @ rows.T.astype(np.float64)
        return scores
    # |q - r|² as a sum of products cancels badly in single precision where vectors lie far from the origin.
    wide_queries, wide_rows = queries.astype(np.float64), rows.astype(np.float64)
    products = wide_queries @ wide_rows.T
    lengths = np.einsum("ij,ij->i", wide_rows, wide_rows)
    wide: npt.NDArray[np.floating] = 2.0 * products - lengths
    return wide


def _keep(slots: Labels, scores: npt.NDArray[np.float64], wanted: int) -> tuple[Labels, npt.NDArray[np.float64]]:
    if scores.shape[1] <= wanted:
        return slots, scores
    best = np.argpartition(scores, -wanted, axis=1)[:, -wanted:]
    return np.take_along_axis(slots, best, axis=1), np.take_along_axis(scores, best, axis=1)
