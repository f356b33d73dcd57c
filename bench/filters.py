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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import selections
from clusters import clustered, lots, metadata
from provenance import RESULTS, ROOT, provenance
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.options import EngineOptions
from lensdex_index.records import Batch, CollectionSpec, Metric, Record, ViewRows, ViewSpec


def filled(engine: LocalEngine, count: int, dimension: int, backend: str, parameters: dict[str, int]) -> Any:
    """Return a collection of that many clustered vectors, all of them in the graph."""
    view = ViewSpec("default", dimension, None, Metric.COSINE, engine.resolve_backend(backend, parameters, "backend"))
    handle = engine.create(CollectionSpec("bench", [view], selections.FIELDS, datetime.now(UTC)))
    vectors, concepts = clustered(count, dimension, seed=1)
    drawn = lots(count)
    for low in range(0, count, 1_000):
        rows = vectors[low : low + 1_000]
        records = [
            Record(f"r{low + at:07}", metadata(drawn[low + at], concepts[low + at]), None) for at in range(len(rows))
        ]
        batch = Batch(records, {"default": ViewRows(rows, np.arange(len(rows)))})
        handle.upsert(batch, deadline=time.monotonic() + 3_600).result()
    if not engine.settle(7_200):
        sys.exit("indexing did not come to rest")
    return handle


def measure(engine: LocalEngine, options: dict[str, Any]) -> dict[str, Any]:
    """Return the figures."""
    parameters = {"ef": options["ef"]} if options["ef"] and options["backend"] != "exact" else {}
    handle = filled(engine, options["count"], options["dimension"], options["backend"], parameters)
    queries, _ = clustered(options["queries"], options["dimension"], seed=2)
    index, columns = handle._views.indexes["default"], handle._records  # noqa: SLF001  costs are told inside
    return {
        "bytes_per_record": columns.num_bytes / options["count"],
        "row_seconds": index.costs.row,
        "candidate_seconds": index.costs.candidate,
        **selections.measure(handle, queries, kinds=selections.KINDS, efs=[None]),
    }


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
