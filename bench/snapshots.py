"""Measure what making and restoring snapshots costs while it runs: gaps in the serving process, searches, writes, the log.

    .venv/bin/python bench/snapshots.py [--count 60000] [--dimension 2048]

A thread beats every millisecond inside the server, another in a process that does nothing else, as in `restart.py`. One
caller searches all the time, another writes a record at a time. Writes a JSON under bench/results/ and prints a table.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from index import clustered
from provenance import RESULTS, ROOT, provenance
from restart import WAIT_SECONDS, Gaps, Server
from rich.console import Console
from rich.table import Table

from lensdex_client import Backend, Collection, IndexClient, Metric, Record, View, ViewVectors

K = 10


class Load:
    """One caller that searches and one that writes, as long as something is done, and how long each of theirs took."""

    def __init__(self, server: Server, data: Path, gaps: Gaps, queries: np.ndarray) -> None:
        self.server, self.data, self.gaps, self.queries = server, data, gaps, queries

    def during(self, name: str, work: Callable[[], object]) -> None:
        """Do *work* under load; take the figures."""
        stop, figures = threading.Event(), self.gaps.figures
        with ThreadPoolExecutor(3) as pool:
            searching, writing = pool.submit(self.search, stop), pool.submit(self.write, stop)
            watching = pool.submit(self.watch, stop)
            begin = time.time()
            try:
                work()
            finally:
                end = time.time()
                stop.set()
        figures[f"seconds_{name}"] = end - begin
        self.gaps.take(name, begin, end)
        for kind, taken in (("search", searching.result()), ("write", writing.result())):
            figures[f"{kind}_ms_p50_{name}"], figures[f"{kind}_ms_p99_{name}"] = np.percentile(taken, (50, 99))
            figures[f"{kind}_ms_max_{name}"], figures[f"num_{kind}_{name}"] = max(taken), float(len(taken))
        figures[f"log_mb_{name}"], figures[f"anonymous_mb_{name}"] = watching.result()

    def search(self, stop: threading.Event) -> list[float]:
        """Search one by one; return the milliseconds of each."""
        taken: list[float] = []
        with IndexClient(self.server.address, timeout=WAIT_SECONDS) as client:
            while not stop.is_set():
                begin = time.perf_counter()
                client.search_records("bench", vectors=self.queries[len(taken) % len(self.queries)][None], k=K)
                taken.append(1e3 * (time.perf_counter() - begin))
        return taken

    def write(self, stop: threading.Event) -> list[float]:
        """Write one record after the other; return the milliseconds of each."""
        taken: list[float] = []
        with IndexClient(self.server.address, timeout=WAIT_SECONDS) as client:
            while not stop.is_set():
                vectors = [ViewVectors(vectors=self.queries[len(taken) % len(self.queries)][None])]
                begin = time.perf_counter()
                client.upsert_records("bench", [Record(f"w{len(taken) % 100}")], vectors)
                taken.append(1e3 * (time.perf_counter() - begin))
        return taken

    def watch(self, stop: threading.Event) -> tuple[float, float]:
        """Return the most that the logs and the process' anonymous memory came to, MB."""
        log = memory = 0
        while not stop.wait(0.02):
            log = max(log, *(path.stat().st_size for path in self.data.glob("collections/*/records.db-wal")))
            status = Path(f"/proc/{self.server.process.pid}/status").read_text()
            memory = max(memory, int(status.partition("RssAnon:")[2].split()[0]) * 1024)
        return log / 1e6, memory / 1e6


def measure(folder: Path, *, count: int, dimension: int, batch: int) -> dict[str, float]:
    """Return the figures."""
    figures: dict[str, float] = {}
    queries = clustered(200, dimension, seed=2)
    gaps = Gaps(folder, figures)
    server = Server(folder)
    try:
        with IndexClient(server.address, timeout=WAIT_SECONDS) as client:
            view = View("default", dimension=dimension, metric=Metric.COSINE, backend=Backend("exact"))
            client.create_collection(Collection("bench", views=[view]))
            for low in range(0, count, batch):
                rows = clustered(min(batch, count - low), dimension, seed=low)
                records = [Record(f"r{low + at:07d}", metadata={"at": low + at}) for at in range(len(rows))]
                client.upsert_records("bench", records, [ViewVectors(vectors=rows)])
            load = Load(server, folder / "data", gaps, queries)
            load.during("idle", lambda: time.sleep(8))
            load.during("create", lambda: list(client.create_snapshot("bench")))
            (snapshot,) = client.snapshots()
            figures["snapshot_mb"] = snapshot.num_bytes / 1e6
            load.during("restore", lambda: list(client.restore_snapshot(snapshot.name, "again")))
            client.delete_collection("again")
            path = folder / "file"
            load.during("download", lambda: client.download_snapshot(snapshot.name, path))
            client.delete_snapshot(snapshot.name)
            load.during("upload", lambda: client.upload_snapshot(path))
            for name in ("create", "restore", "download", "upload"):
                figures[f"mb_a_second_{name}"] = figures["snapshot_mb"] / figures[f"seconds_{name}"]
        server.end()
    finally:
        server.process.kill()
        gaps.control.kill()
        gaps.control.wait()
    return figures


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--dimension", type=int, default=2_048)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--remark", default="", help="what a reader of the figures must know")
    options = vars(parser.parse_args())
    remark = options.pop("remark")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), **options)
    report = {**provenance(), "remark": remark, "settings": options, "figures": figures}
    size = f"{options['count']}x{options['dimension']}"
    path = RESULTS / f"snapshots-{report['commit'].rstrip('+')}-{size}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    table = Table("figure", "value", title=f"snapshots, {size}")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.3f}")
    Console().print(table)
    Console().print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
