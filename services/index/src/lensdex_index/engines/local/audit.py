"""Which vectors a graph holds and does not find. Knows graphs and rows; no locks, no sequences.

A graph drops links as it grows, and nothing keeps it from dropping the last one that leads to a vector. Whether that
happened shows only in a search: a vector that is looked for by itself must be in the answer, unless the answer is full
of vectors that score as well.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends.base import SearchOnly
from lensdex_index.records import Labels, Matrix, Metric

_BATCH: Final = 16
"""Vectors looked for at a time: some milliseconds, so that fresh vectors and closing never wait long."""
_K: Final = 10
_GROWTH: Final = 2
"""All are looked for again once the graph has grown by this part of what it had: so many times less often than it is
added to, and each vector about three times in all while a collection is filled little by little."""


class Audit:
    """How far the looking has come in one graph, and what it has not found. One thread at a time."""

    def __init__(self) -> None:
        self._passed = 0
        """Slots below this have been looked for."""
        self._begun_at = 0
        """How many slots there were when the looking last began with the first."""
        self.num_looked_for = 0
        """In the last step."""
        self.strays: Labels = np.empty(0, dtype=np.int64)
        """Slots that were not found, ascending. Replaced whole."""

    @property
    def progress(self) -> tuple[int, int]:
        """Return how far it has come, for ``restored``."""
        return self._passed, self._begun_at

    @classmethod
    def restored(cls, progress: tuple[int, int], strays: Labels) -> "Audit":
        """Return an audit that goes on where one with that *progress* was saved."""
        audit = cls()
        audit._passed, audit._begun_at = progress
        audit.strays = strays
        return audit

    def due(self, covered: int) -> bool:
        """Return whether some of the first *covered* slots are still to be looked for."""
        return self._passed < covered

    def step(self, covered: int, alive: Callable[[int, int], Labels], *, find: Callable[[Labels], Labels]) -> None:
        """Look for the next few: *alive* answers those of a range worth it, *find* which of them are not found."""
        if covered - self._begun_at > self._begun_at // _GROWTH:
            self._passed, self._begun_at = 0, covered
        low, high = self._passed, min(self._passed + _BATCH, covered)
        kept = self.strays[(self.strays < low) | (self.strays >= high)]
        self.strays = np.union1d(kept, find(alive(low, high)))
        self._passed, self.num_looked_for = high, high - low


def unfound(graph: SearchOnly, metric: Metric, rows: Matrix, slots: Labels, *, ef: int) -> Labels:
    """Return which of *slots*, whose vectors are those of *rows*, the graph lacks in an answer they belong to."""
    if not len(slots):
        return slots
    strays = []
    for slot, labels in zip(slots.tolist(), graph.search(rows[slots], _K, ef=ef).labels, strict=True):
        others = labels[labels >= 0]
        if slot in others:
            continue
        scores = scan.score_rows(metric, rows[slot], rows[others])
        own = scan.score_rows(metric, rows[slot], rows[slot : slot + 1])[0]
        if len(others) < _K or scores.min() < own:
            strays.append(slot)
    return np.array(strays, dtype=np.int64)
