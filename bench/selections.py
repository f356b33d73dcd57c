"""Filtered searches in this process: queries a second and recall, by selectivity and kind of filter. On one thread.

    .venv/bin/python bench/selections.py DATA QUERIES.npy [--kinds random] [--efs 80,120,160]

measures those of the collection `bench` in a data folder that nobody serves, and prints JSON. Every query has a filter of
its own: `random` ones have nothing to do with the vectors, `concepts` ones choose some of the thousand clusters whole,
`subjects` ones some of the forty groups of clusters. The truth is the exact scan under the same filter.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from clusters import CONCEPTS, LOTS, SUBJECTS, Matrix
from threadpoolctl import threadpool_limits

from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.options import EngineOptions
from lensdex_index.filters import AllOf, Filter, OneOf, Range
from lensdex_index.records import FieldSpec, FieldType, Include, Search

K: Final = 10
SELECTIVITIES: Final = (0.001, 0.01, 0.1, 0.5)
KINDS: Final = ("random", "concepts", "subjects")
TARGET: Final = 0.95
FIELDS: Final = [
    FieldSpec("lot", FieldType.INT64, is_list=False),
    FieldSpec("concept", FieldType.KEYWORD, is_list=False),
    FieldSpec("subject", FieldType.KEYWORD, is_list=False),
]
NOTHING: Final = Include(metadata=False, content=False)


def a_filter(kind: str, share: float, random: np.random.Generator) -> Filter:
    """Return a filter that about *share* of the records match, another one every time."""
    match kind:
        case "random":
            return lots(share, random)
        case "concepts":
            chosen = random.permutation(CONCEPTS)[: max(1, round(share * CONCEPTS))]
            return OneOf("concept", tuple(f"c{one}" for one in chosen))
        case _:
            number = max(1, round(share * SUBJECTS))
            chosen = random.permutation(SUBJECTS)[:number]
            of_subjects = OneOf("subject", tuple(f"s{one}" for one in chosen))
            part = share * SUBJECTS / number
            # Fewer than a subject has: some of its records.
            return AllOf((of_subjects, lots(part, random))) if part < 1 else of_subjects


def lots(share: float, random: np.random.Generator) -> Filter:
    """Return a filter for a run of lots."""
    width = int(share * LOTS)
    low = int(random.integers(0, LOTS - width + 1))
    return Range("lot", gte=low, lt=low + width)


def searched(handle: Any, queries: Matrix, filters: Sequence[Filter | None], *, exact: bool, ef: int | None) -> Any:
    """Return the ids found for each query, alone in its call, and queries a second."""
    found = []
    begin = time.perf_counter()
    for query, chosen in zip(queries, filters, strict=True):
        search = Search("default", query[None], K, ef, exact, None, NOTHING, 1 << 30, chosen)
        (hits,) = handle.search(search).outcomes
        found.append([hit.record.id for hit in hits])
    return found, len(queries) / (time.perf_counter() - begin)


def masked(handle: Any, filters: Sequence[Filter]) -> tuple[float, float]:
    """Return the part of the records that match on average, and milliseconds to find that out."""
    records = handle._records  # noqa: SLF001  what filters alone cost is measured from inside
    begin = time.perf_counter()
    masks = [records.matching(chosen) for chosen in filters]
    seconds = time.perf_counter() - begin
    return float(np.mean([mask.mean() for mask in masks])), 1e3 * seconds / len(filters)


def recall(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """Return the part of the true ids that was found."""
    hits = sum(len(set(right) & set(got)) for right, got in zip(truth, found, strict=True))
    return hits / max(1, sum(len(right) for right in truth))


def measure(handle: Any, queries: Matrix, *, kinds: Sequence[str], efs: Sequence[int | None]) -> dict[str, Any]:
    """Return the figures. Of *efs* (None: the view's own) each selectivity takes the first that reaches the target."""
    nothing: list[Filter | None] = [None] * len(queries)
    truth, _ = searched(handle, queries, nothing, exact=True, ef=None)
    found, rate = searched(handle, queries, nothing, exact=False, ef=efs[0])
    report: dict[str, Any] = {
        "unfiltered": {"recall": recall(truth, found), "queries_per_second": rate},
        "filters": [],
    }
    random = np.random.default_rng(3)
    for kind in kinds:
        for share in SELECTIVITIES:
            filters = [a_filter(kind, share, random) for _ in queries]
            matching, milliseconds = masked(handle, filters)
            truth, exact_rate = searched(handle, queries, filters, exact=True, ef=None)
            for ef in efs:
                found, rate = searched(handle, queries, filters, exact=False, ef=ef)
                reached = recall(truth, found)
                if reached >= TARGET:
                    break
            report["filters"].append(
                {
                    "kind": kind,
                    "share": share,
                    "matching": matching,
                    "ef": ef,
                    "recall": reached,
                    "queries_per_second": rate,
                    "exact_queries_per_second": exact_rate,
                    "filter_milliseconds": milliseconds,
                }
            )
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--efs", default="80,120,160,240,320", help="tried in turn until the recall is reached")
    options = parser.parse_args()
    with threadpool_limits(1):
        engine = LocalEngine(EngineOptions(options.data))
        try:
            engine.recover()
            handle = engine.collection("bench")
            efs = [int(ef) for ef in options.efs.split(",")]
            figures = measure(handle, np.load(options.queries), kinds=options.kinds.split(","), efs=efs)
        finally:
            engine.close(save_until=0.0)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
