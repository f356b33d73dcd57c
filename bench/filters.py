"""Measure filtered searches in this process: queries a second and recall, by selectivity and kind of filter.

    .venv/bin/python bench/filters.py [--count 176443] [--dimension 2048] [--backend hnsw]

Every query has a filter of its own. `random` ones have nothing to do with the vectors, `concepts` ones choose some of the
thousand clusters whole, `subjects` ones some of the forty groups of clusters. The truth is the exact scan under the same
filter. One thread. Writes a JSON with commit, hardware and settings under bench/results/ and prints a table. Decides no
test.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from provenance import RESULTS, ROOT, provenance
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.options import EngineOptions
from lensdex_index.filters import AllOf, Filter, OneOf, Range
from lensdex_index.records import (
    Batch,
    CollectionSpec,
    FieldSpec,
    FieldType,
    Include,
    Matrix,
    Metric,
    Record,
    Search,
    ViewRows,
    ViewSpec,
)

K = 10
SELECTIVITIES = (0.001, 0.01, 0.1, 0.5)
CONCEPTS, SUBJECTS = 1_000, 40
LOTS = 1_000_000
FIELDS = [
    FieldSpec("lot", FieldType.INT64, is_list=False),
    FieldSpec("concept", FieldType.KEYWORD, is_list=False),
    FieldSpec("subject", FieldType.KEYWORD, is_list=False),
]
NOTHING = Include(metadata=False, content=False)


def clustered(count: int, dimension: int, *, seed: int) -> tuple[Matrix, npt.NDArray[np.int64]]:
    """Return unit vectors around centres of two levels, as bench/index.py has them, and the concept of each."""
    random = np.random.default_rng(0)
    subjects = random.standard_normal((SUBJECTS, dimension))
    centres = subjects.repeat(CONCEPTS // SUBJECTS, axis=0) + 0.8 * random.standard_normal((CONCEPTS, dimension))
    points = np.random.default_rng(seed)
    concepts = points.integers(0, CONCEPTS, count)
    vectors = np.empty((count, dimension), dtype=np.float32)
    for low in range(0, count, 4_096):
        part = concepts[low : low + 4_096]
        rows = centres[part] + 0.8 * points.standard_normal((len(part), dimension))
        vectors[low : low + len(part)] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return vectors, concepts


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


def filled(engine: LocalEngine, count: int, dimension: int, backend: str, parameters: dict[str, int]) -> Any:
    """Return a collection of that many clustered vectors, all of them in the graph."""
    view = ViewSpec("default", dimension, None, Metric.COSINE, engine.resolve_backend(backend, parameters, "backend"))
    handle = engine.create(CollectionSpec("bench", [view], FIELDS, datetime.now(UTC)))
    vectors, concepts = clustered(count, dimension, seed=1)
    drawn = np.random.default_rng(7).integers(0, LOTS, count)
    for low in range(0, count, 1_000):
        rows = vectors[low : low + 1_000]
        records = [
            Record(
                f"r{low + at:07}",
                {
                    "lot": float(drawn[low + at]),
                    "concept": f"c{concepts[low + at]}",
                    "subject": f"s{concepts[low + at] // (CONCEPTS // SUBJECTS)}",
                },
                None,
            )
            for at in range(len(rows))
        ]
        batch = Batch(records, {"default": ViewRows(rows, np.arange(len(rows)))})
        handle.upsert(batch, deadline=time.monotonic() + 3_600).result()
    if not engine.settle(7_200):
        sys.exit("indexing did not come to rest")
    return handle


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


def measure(engine: LocalEngine, options: dict[str, Any]) -> dict[str, Any]:
    """Return the figures."""
    parameters = {"ef": options["ef"]} if options["ef"] and options["backend"] != "exact" else {}
    handle = filled(engine, options["count"], options["dimension"], options["backend"], parameters)
    queries, _ = clustered(options["queries"], options["dimension"], seed=2)
    index, columns = handle._views["default"], handle._records  # noqa: SLF001  as above
    report: dict[str, Any] = {
        "bytes_per_record": columns.num_bytes / options["count"],
        "row_seconds": index.costs.row,
        "candidate_seconds": index.costs.candidate,
        "filters": [],
    }
    nothing: list[Filter | None] = [None] * len(queries)
    truth, _ = searched(handle, queries, nothing, exact=True, ef=None)
    found, rate = searched(handle, queries, nothing, exact=False, ef=None)
    report["unfiltered"] = {"recall": recall(truth, found), "queries_per_second": rate}
    random = np.random.default_rng(3)
    for kind in ("random", "concepts", "subjects"):
        for share in SELECTIVITIES:
            filters = [a_filter(kind, share, random) for _ in queries]
            matching, milliseconds = masked(handle, filters)
            truth, exact_rate = searched(handle, queries, filters, exact=True, ef=None)
            found, rate = searched(handle, queries, filters, exact=False, ef=None)
            report["filters"].append(
                {
                    "kind": kind,
                    "share": share,
                    "matching": matching,
                    "recall": recall(truth, found),
                    "queries_per_second": rate,
                    "exact_queries_per_second": exact_rate,
                    "filter_milliseconds": milliseconds,
                }
            )
    return report


def recall(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
    """Return the part of the true ids that was found."""
    hits = sum(len(set(right) & set(got)) for right, got in zip(truth, found, strict=True))
    return hits / max(1, sum(len(right) for right in truth))


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=176_443)
    parser.add_argument("--dimension", type=int, default=2_048)
    parser.add_argument("--backend", default="hnsw")
    parser.add_argument("--ef", type=int, default=0, help="the view's ef; 0: the backend's default")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--no-report", action="store_true", help="print only: for a trial")
    options = vars(parser.parse_args())
    silent = options.pop("no_report")
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        engine = LocalEngine(EngineOptions(Path(folder)))
        try:
            engine.recover()
            figures = measure(engine, options)
        finally:
            engine.close(save_until=0.0)
    report = {**provenance(), "settings": options, **figures}
    table = Table("filter", "share", "matches", "recall@10", "queries/s", "exact/s", "filter ms")
    for item in figures["filters"]:
        table.add_row(
            item["kind"],
            f"{item['share']:.1%}",
            f"{item['matching']:.2%}",
            f"{item['recall']:.3f}",
            f"{item['queries_per_second']:,.0f}",
            f"{item['exact_queries_per_second']:,.0f}",
            f"{item['filter_milliseconds']:.3f}",
        )
    Console().print(table)
    Console().print({key: value for key, value in figures.items() if key != "filters"})
    if not silent:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"filters-{report['commit'].rstrip('+')}-{options['backend']}.json"
        path.write_text(json.dumps(report, indent=1) + "\n")
        Console().print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
