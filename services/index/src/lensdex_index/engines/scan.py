"""The exact scan and the scores everything is ranked by. Knows matrices; no labels' meaning, no locks, no storage.

Candidates are found with fast products and then scored again, alone and in double precision: a vector's score never
depends on which backend proposed it, on its neighbours in a batch or on its place in memory, and equal vectors tie
exactly.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_index.records import Labels, Matrix, Metric, Scores, Vector

Mask = npt.NDArray[np.bool_]
_Quick = npt.NDArray[np.float64]

_BLOCK_VALUES: Final = 2 * 1024 * 1024
"""Values scored at a time: 8 MB, so that blocks stay near the cache and temporary memory stays small."""

_GATHERED_VALUES: Final = 128 * 1024
"""Values scored at a time where rows are fetched from here and there: 512 kB, so that the copy stays in a cache."""

_MOST_TIES: Final = 4_096
"""Candidates beyond those asked for that are kept because they may tie with the last of them."""

_FLOAT32 = np.finfo(np.float32)
_FLOAT64 = np.finfo(np.float64)


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
    """Return the best *k* and what ties with the last of them, best score first, then lowest slot."""
    order = np.lexsort((slots, -scores))
    if len(order) > k:
        ranked = scores[order]
        order = order[: min(int(np.searchsorted(-ranked, -ranked[k - 1], side="right")), k + _MOST_TIES)]
    return slots[order], scores[order]


def nearest(
    metric: Metric, queries: Matrix, rows: Matrix, k: int, *, start: int, visible: Mask
) -> list[tuple[Labels, Scores]]:
    """Return the nearest *k* of ``rows[start : start + len(visible)]`` where *visible*, per query, best first.

    More where others tie with the last of them: which of those make the cut is for who knows their ids. Past some
    thousands the lowest slots do. Fewer where fewer are visible. Slots count from the beginning of *rows*.
    """
    return nearest_of(metric, queries, rows, k, np.flatnonzero(visible) + start)


def nearest_of(metric: Metric, queries: Matrix, rows: Matrix, k: int, chosen: Labels) -> list[tuple[Labels, Scores]]:
    """Return the nearest *k* of the rows *chosen*, which ascend; otherwise as ``nearest``."""
    if not len(chosen):
        return [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))] * len(queries)
    wanted = k + max(16, k // 4)
    block = max(64, _BLOCK_VALUES // max(1, rows.shape[1]))

    def margins(at: Labels, reached: _Quick) -> _Quick:
        return _margins(metric, queries, rows[at], reached)

    parts = [chosen[low : low + block] for low in range(0, len(chosen), block)]
    if len(queries) == 1:
        # All scores of one query are few bytes: choosing among them once is quicker than after every block.
        quick = np.concatenate([_scores_at(metric, queries, rows, part)[0] for part in parts])
        ordered = _contenders(chosen, quick, (k, wanted), margins)
        return [best_first(ordered, score_rows(metric, queries[0], rows[ordered]), k)]
    slots = np.empty((len(queries), 0), dtype=np.int64)
    scores = np.empty((len(queries), 0), dtype=np.float64)
    floors = np.full(len(queries), -np.inf)
    for part in parts:
        found = _scores_at(metric, queries, rows, part)
        slots, scores = np.hstack((slots, np.broadcast_to(part, found.shape))), np.hstack((scores, found))
        if scores.shape[1] > wanted:
            slots, scores, floors = _keep(slots, scores, (k, wanted), margins)
    answers = []
    for query, candidates, reached, floor in zip(queries, slots, scores, floors, strict=True):
        ordered = np.sort(candidates[reached >= floor])
        answers.append(best_first(ordered, score_rows(metric, query, rows[ordered]), k))
    return answers


def _contenders(
    slots: Labels, scores: _Quick, places: tuple[int, int], margins: Callable[[Labels, _Quick], _Quick]
) -> Labels:
    """Return what ``_keep`` would of one query's *slots*, which ascend, with their quick *scores*."""
    k, wanted = places
    if len(slots) <= wanted:
        return slots
    best = np.argpartition(scores, -wanted)[-wanted:]
    top = scores[best]
    kth = best[np.argpartition(top, -k)[-k:][:1]]
    floor = min(float((scores[kth] - margins(slots[kth], scores[kth]))[0]), float(top.min()))
    found = np.flatnonzero(scores >= floor)
    if len(found) <= wanted + _MOST_TIES:
        return slots[found]
    kept, reached, floors = _keep(slots[None], scores[None], places, margins)
    return np.sort(kept[0][reached[0] >= floors[0]])


def _scores_at(metric: Metric, queries: Matrix, rows: Matrix, slots: Labels) -> _Quick:
    first, last = int(slots[0]), int(slots[-1]) + 1
    if last - first == len(slots):
        return _quick_scores(metric, queries, rows[first:last]).astype(np.float64)
    piece = max(64, _GATHERED_VALUES // max(1, rows.shape[1]))
    # Filled again and again: fetching into fresh memory takes half as long again.
    room = np.empty((min(piece, len(slots)), rows.shape[1]), dtype=np.float32)
    scores = np.empty((len(queries), len(slots)), dtype=np.float64)
    for low in range(0, len(slots), piece):
        part = slots[low : low + piece]
        values = np.take(rows, part, axis=0, out=room[: len(part)], mode="clip")
        scores[:, low : low + len(part)] = _quick_scores(metric, queries, values)
    return scores


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


def _margins(metric: Metric, queries: Matrix, rows: Matrix, scores: _Quick) -> _Quick:
    """Return by how much quick *scores* may differ where the final ones tie. One row and score per query."""
    sizes = np.linalg.norm(queries.astype(np.float64), axis=1), np.linalg.norm(rows.astype(np.float64), axis=1)
    roundings = 8.0 + np.sqrt(rows.shape[1])
    if metric is Metric.EUCLIDEAN:
        # These sums are of double precision, but final scores are of single: neighbours may tie.
        distances = np.maximum(sizes[0] ** 2 - scores, 0.0)
        margins: _Quick = 2 * _FLOAT32.eps * distances + roundings * _FLOAT64.eps * (sizes[0] + sizes[1]) ** 2
    else:
        margins = roundings * _FLOAT32.eps * sizes[0] * sizes[1]
    return margins


def _keep(
    slots: Labels, scores: _Quick, places: tuple[int, int], margins: Callable[[Labels, _Quick], _Quick]
) -> tuple[Labels, _Quick, _Quick]:
    """Return the candidates to keep, equally many per query, their scores, and per query the score that qualifies.

    *places* are k and how many to keep at least. What may tie with the k-th is kept too; past the bound lowest slots.
    """
    k, wanted = places
    best = np.argpartition(scores, -wanted, axis=1)[:, -wanted:]
    top_slots, top = np.take_along_axis(slots, best, axis=1), np.take_along_axis(scores, best, axis=1)
    kth = np.argpartition(top, -k, axis=1)[:, -k][:, None]
    kth_slots, kth_scores = np.take_along_axis(top_slots, kth, axis=1)[:, 0], np.take_along_axis(top, kth, axis=1)[:, 0]
    last = top.min(axis=1)
    floors = np.minimum(kth_scores - margins(kth_slots, kth_scores), last)
    counts = np.count_nonzero(scores >= floors[:, None], axis=1)
    width = min(int(counts.max()), wanted + _MOST_TIES)
    if width == wanted:
        return top_slots, top, floors
    best = np.argpartition(scores, -width, axis=1)[:, -width:]
    for at in np.flatnonzero(counts > width):
        ranked = np.where(scores[at] >= last[at], scores[at], np.where(scores[at] >= floors[at], floors[at], -np.inf))
        best[at] = np.lexsort((slots[at], -ranked))[:width]
    return np.take_along_axis(slots, best, axis=1), np.take_along_axis(scores, best, axis=1), floors
