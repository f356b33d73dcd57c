"""Measure the index through gRPC: durable upserts, indexing, searches and their recall, on clustered vectors.

    .venv/bin/python bench/index.py [--count 20000] [--dimension 2048]

Writes a JSON with commit, hardware and settings under bench/results/ and prints a table. Decides no test.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import clusters
import numpy as np
import numpy.typing as npt
from provenance import RESULTS, ROOT, provenance
from rich.console import Console
from rich.table import Table

from lensdex_client import Backend, Collection, IndexClient, Metric, Record, View, ViewVectors
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import FREE_PORTS, INDEX_MODULE

K = 10
CALLERS = 16


def clustered(count: int, dimension: int, *, seed: int) -> clusters.Matrix:
    """Return the vectors of *clusters* alone."""
    return clusters.clustered(count, dimension, seed=seed)[0]


def measure(address: str, *, count: int, dimension: int, batch: int, queries: int) -> dict[str, float]:
    """Return the figures."""
    vectors, probes = clustered(count, dimension, seed=1), clustered(queries, dimension, seed=2)
    figures: dict[str, float] = {}
    with IndexClient(address, timeout=600) as client:
        backend = Backend("hnsw", {"m": 16, "ef_construction": 200, "ef": 80})
        view = View("default", dimension=dimension, metric=Metric.COSINE, backend=backend)
        client.create_collection(Collection("bench", views=[view]))
        started = time.perf_counter()
        for start in range(0, count, batch):
            rows = vectors[start : start + batch]
            records = [Record(f"r{start + i:07d}", {"row": start + i}) for i in range(len(rows))]
            client.upsert_records("bench", records, [ViewVectors(vectors=rows)])
        figures["upserts_per_second"] = count / (time.perf_counter() - started)
        while client.get_collection("bench").statistics.views[0].num_tail_vectors:
            time.sleep(0.2)
        figures["indexed_per_second"] = count / (time.perf_counter() - started)
        truth = ids(client, probes, exact=True)
        found = ids(client, probes, exact=False)
        figures["recall_at_10"] = float(np.mean([len(set(a) & set(b)) / K for a, b in zip(truth, found, strict=True)]))
        latencies = [timed(lambda row=row: client.search_records("bench", vectors=row[None], k=K)) for row in probes]
        figures["search_p50_ms"], figures["search_p99_ms"] = (
            float(np.percentile(latencies, p)) * 1e3 for p in (50, 99)
        )
        for label, size in (("one_query_a_call", 1), ("32_queries_a_call", 32)):
            blocks = [probes[start : start + size] for start in range(0, len(probes) - size + 1, size)]
            with ThreadPoolExecutor(CALLERS) as pool:
                seconds = timed(
                    lambda b=blocks: list(pool.map(lambda rows: client.search_records("bench", vectors=rows, k=K), b))
                )
            figures[f"queries_per_second_{label}"] = len(blocks) * size / seconds
    return figures


def ids(client: IndexClient, probes: npt.NDArray[np.float32], *, exact: bool) -> list[list[str]]:
    """Return the ids found for each probe."""
    found: list[list[str]] = []
    for start in range(0, len(probes), 50):
        results = client.search_records("bench", vectors=probes[start : start + 50], k=K, exact=exact)
        found.extend([hit.record.id for hit in outcome.unwrap()] for outcome in results.outcomes)
    return found


def timed(work: Any) -> float:
    """Return the seconds *work* takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=2_048)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--queries", type=int, default=1_000)
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        arguments = [*FREE_PORTS, "--data-dir", f"{folder}/data"]
        with ServiceProcess(INDEX_MODULE, arguments, folder=Path(folder)) as server:
            figures = measure(server.wait(timeout=60).address, **options)
    report = {
        **provenance(),
        "settings": {**options, "backend": "hnsw m=16 ef_construction=200 ef=80", "callers": CALLERS},
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"index-{report['commit'].rstrip('+')}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    table = Table("figure", "value", title=f"index, {options['count']} x {options['dimension']}")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.3f}")
    Console().print(table)
    Console().print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
