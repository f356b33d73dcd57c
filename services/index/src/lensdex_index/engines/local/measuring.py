"""What searching a view costs, measured where it happens. Knows a graph and rows; decides nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends.base import SearchOnly
from lensdex_index.engines.local.planner import Costs
from lensdex_index.records import Matrix, Metric

_K: Final = 10
_MEASUREMENTS: Final = 3
_APART: Final = 1_000
"""Vectors here and there that are scanned to learn what those of a filter cost."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The least seconds of a few tries: what things take while nothing else is in the way."""

    num_rows: int
    scan_seconds: float
    """Of that many rows side by side, for one query."""
    query_seconds: float
    """Of the graph, at the view's own ef."""
    costs: Costs


def measure(graph: SearchOnly, metric: Metric, rows: Matrix, covered: int, *, num_rows: int, ef: int) -> Measured:
    """Measure a scan of *num_rows* rows, one of rows here and there, and a query of *graph*; *covered* rows are its."""
    # A vector that is in the graph is found sooner than others are.
    query = rows[[covered // 3, covered // 2]].mean(axis=0, keepdims=True)
    side_by_side = np.arange(min(num_rows, covered))
    apart = np.arange(0, covered, max(2, covered // _APART))
    query_seconds = _quickest(lambda: graph.search(query, _K, ef=ef))
    scan_seconds = _quickest(lambda: scan.nearest_of(metric, query, rows, _K, side_by_side))
    apart_seconds = _quickest(lambda: scan.nearest_of(metric, query, rows, _K, apart))
    costs = Costs(row=apart_seconds / len(apart), candidate=query_seconds / max(_K, ef))
    return Measured(len(side_by_side), scan_seconds, query_seconds, costs)


def _quickest(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_MEASUREMENTS):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)
