"""Compare index backends in one process: how fast they build and answer, and what they keep in memory.

    .venv/bin/python bench/backends.py [--count 20000] [--dimension 512] [--backends faiss,hnsw,exact,usearch]

Each backend has a process of its own, on one thread, behind the same seam as in the service. `ef` is raised until
recall@10 against the exact scan reaches the target; queries are timed there, one a call and 32 a call. Candidates are
scored again from the row file, as the service does. `usearch` is no backend of the service: it is measured so that the
decision (docs/adr/0022) can be looked at again. Writes a JSON with commit, hardware and settings under bench/results/
and prints a table. Decides no test.
"""

import argparse
import gc
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

# As the service does, before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from corpus import nearest
from index import clustered
from provenance import RESULTS, ROOT, provenance
from rich.console import Console
from rich.table import Table

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends import KNOWN_BACKENDS, backend_class, open_backend
from lensdex_index.engines.local.backends.base import BackendOptions, Hits
from lensdex_index.records import Metric

Rows = npt.NDArray[np.float32]

K: Final = 10
STEP: Final = 64
"""Vectors added at a time. The service adds fewer where a hold of its lock would be longer than its setting."""
EFS: Final = (20, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960, 1280)
ROUNDS: Final = 3
LIBRARIES: Final = ("faiss-cpu", "hnswlib", "numpy", "usearch")


class Usearch:
    """usearch behind the parts of the seam that are measured. Nothing is removed and nothing saved here."""

    def __init__(self, dimension: int, parameters: dict[str, int], dtype: str) -> None:
        from usearch.index import Index

        self._index = Index(
            ndim=dimension,
            metric="ip",
            dtype=dtype,
            connectivity=parameters["m"],
            expansion_add=parameters["ef_construction"],
        )

    def prepare(self, num_vectors: int) -> None:
        """Do nothing."""

    def reserve(self, num_vectors: int) -> None:
        """Do nothing: it grows by itself."""

    def add(self, labels: npt.NDArray[np.int64], vectors: Rows) -> None:
        """Add vectors."""
        self._index.add(labels.astype(np.uint64), vectors, threads=1)

    def search(self, queries: Rows, k: int, *, ef: int) -> Hits:
        """Search."""
        shape = (len(queries), k)
        if len(self._index) < k:
            return Hits(np.full(shape, -1), np.zeros(shape, np.float32))
        self._index.expansion_search = max(k, ef)
        found = self._index.search(queries, k, threads=1)
        return Hits(found.keys.astype(np.int64).reshape(shape), 1.0 - found.distances.reshape(shape))


def opened(name: str, rows: Rows, parameters: dict[str, int]) -> Any:
    """Return an empty backend and the parameters it was given."""
    if name.startswith("usearch"):
        return Usearch(rows.shape[1], parameters, name.partition("-")[2] or "f16")
    taken = {
        key: parameters.get(key, item.default) if key != "ef" else item.default
        for key, item in backend_class(name).PARAMETERS.items()
    }
    return open_backend(name, BackendOptions(Metric.COSINE, rows.shape[1], taken, lambda: rows))


def anonymous_bytes() -> int:
    """Return this process's memory that no file backs."""
    gc.collect()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def answers(backend: Any, rows: Rows, queries: Rows, ef: int) -> list[npt.NDArray[np.int64]]:
    """Return the labels the service would answer."""
    hits = backend.search(queries, K + 1, ef=ef)
    best = []
    for query, labels in zip(queries, hits.labels, strict=True):
        found = labels[labels >= 0]
        best.append(scan.best_first(found, scan.score_rows(Metric.COSINE, query, rows[found]), K)[0])
    return best


def recall(found: list[npt.NDArray[np.int64]], truth: npt.NDArray[np.int64]) -> float:
    """Return the part of the true labels among the first K found."""
    return float(np.mean([np.isin(right, mine[:K]).mean() for mine, right in zip(found, truth, strict=True)]))


def per_second(work: Callable[[Rows], object], queries: Rows, size: int) -> tuple[float, float]:
    """Return the most queries a second of some rounds, *size* a call, and the CPU seconds a thousand of them take."""
    rates, cpu = [], []
    for _ in range(ROUNDS):
        started, spent = time.perf_counter(), time.process_time()
        for low in range(0, len(queries) - size + 1, size):
            work(queries[low : low + size])
        done = len(queries) // size * size
        rates.append(done / (time.perf_counter() - started))
        cpu.append(1e3 * (time.process_time() - spent) / done)
    return max(rates), min(cpu)


def measure(name: str, folder: Path, *, m: int, ef_construction: int, first_ef: int, target: float) -> dict[str, Any]:
    """Return the figures of one backend."""
    rows: Rows = np.load(folder / "rows.npy", mmap_mode="r")
    queries, truth = np.load(folder / "queries.npy"), np.load(folder / "truth.npy")
    backend = opened(name, rows, {"m": m, "ef_construction": ef_construction})
    # What a library sets up once is not a vector's.
    backend.search(queries[:1], K, ef=K)
    before = anonymous_bytes()
    started, spent = time.perf_counter(), time.process_time()
    longest = 0.0
    for low in range(0, len(rows), STEP):
        labels = np.arange(low, min(low + STEP, len(rows)))
        backend.prepare(int(labels[-1]) + 1)
        replaced = backend.reserve(int(labels[-1]) + 1)
        begin = time.perf_counter()
        backend.add(labels, rows[labels])
        longest = max(longest, time.perf_counter() - begin)
        del replaced
    figures: dict[str, Any] = {
        "build_per_second": len(rows) / (time.perf_counter() - started),
        "build_cpu_seconds": time.process_time() - spent,
        "anonymous_bytes_per_vector": (anonymous_bytes() - before) / len(rows),
        "longest_addition_ms": 1e3 * longest,
        "curve": [],
    }
    for ef in (first_ef, *(wider for wider in EFS if wider > first_ef)):
        reached = recall(answers(backend, rows, queries, ef), truth)
        figures["curve"].append({"ef": ef, "recall_at_10": reached})
        if reached >= target:
            break
    figures |= {"ef": ef, "recall_at_10": reached, "reaches_target": reached >= target}
    for size in (1, 32):
        rate, cpu = per_second(lambda some: answers(backend, rows, some, ef), queries, size)
        figures[f"queries_per_second_{size}_a_call"], figures[f"cpu_ms_per_query_{size}_a_call"] = rate, cpu
    return figures


def prepare(folder: Path, *, count: int, dimension: int, queries: int) -> None:
    """Write rows, queries and the true nearest."""
    rows, probes = clustered(count, dimension, seed=1), clustered(queries, dimension, seed=2)
    for name, array in (("rows", rows), ("queries", probes), ("truth", nearest(rows, probes))):
        np.save(folder / f"{name}.npy", array)


def versions() -> dict[str, str]:
    """Return the versions of what is compared, where it is installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def main() -> None:
    """Measure each in a process of its own, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--first-ef", type=int, default=10, help="the first that is tried")
    parser.add_argument("--target", type=float, default=0.95, help="recall@10 to reach")
    parser.add_argument(
        "--backends", default=",".join(KNOWN_BACKENDS), help="also: usearch-f16, usearch-f32, usearch-i8"
    )
    parser.add_argument("--remark", default="", help="what a reader of the figures must know")
    options = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), count=options.count, dimension=options.dimension, queries=options.queries)
        for name in options.backends.split(","):
            settings = {
                "m": options.m,
                "ef_construction": options.ef_construction,
                "first_ef": options.first_ef,
                "target": options.target,
            }
            command = [sys.executable, __file__, "one", name, folder, json.dumps(settings)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            results[name] = json.loads(done.stdout)
    settings = {key: value for key, value in vars(options).items() if key != "remark"}
    report = {
        **provenance(),
        "libraries": versions(),
        "remark": options.remark,
        "settings": settings,
        "figures": results,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"backends-{report['commit'].rstrip('+')}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    table = Table("figure", *results, title=f"backends, {options.count} x {options.dimension}, one thread")
    for figure in next(iter(results.values())):
        if figure != "curve":
            table.add_row(figure, *(f"{figures[figure]:,.3f}" for figures in results.values()))
    Console().print(table)
    Console().print(path.relative_to(ROOT))


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), **json.loads(sys.argv[4]))))
    else:
        main()
