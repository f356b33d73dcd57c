"""Measure what reindexing costs while it runs: the longest the serving process is held up, searches, recall.

    .venv/bin/python bench/reindex.py [--count 20000] [--dimension 256]

A thread beats every millisecond inside the server, another in a process that does nothing else, as in `restart.py`. One
caller searches all the time, another writes. Beside it, what was weighed against: a graph loaded from a builder
process' file, and letting go of the old one. Writes a JSON under bench/results/ and prints a table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from index import clustered
from provenance import RESULTS, ROOT, provenance
from restart import WAIT_SECONDS, Gaps, Server, indexed
from rich.console import Console
from rich.table import Table

from lensdex_client import Backend, Collection, IndexClient, Metric, Record, View, ViewVectors

K = 10
CHANGES = (("faiss", {}), ("exact", {}), ("hnsw", {}), ("hnsw", {"m": 24}))
WRITES_A_SECOND = 20


def recall(client: IndexClient, queries: Any) -> float:
    """Return recall@10 of the view as it is."""
    answers = [client.search_records("bench", vectors=queries, k=K, exact=exact) for exact in (False, True)]
    found, truth = ([{hit.record.id for hit in one.unwrap()} for one in answer.outcomes] for answer in answers)
    return float(np.mean([len(some & true) / K for some, true in zip(found, truth, strict=True)]))


def search(address: str, queries: Any, stop: threading.Event) -> list[float]:
    """Search one by one until told to stop; return the milliseconds of each."""
    taken = []
    with IndexClient(address) as client:
        while not stop.is_set():
            begin = time.perf_counter()
            client.search_records("bench", vectors=queries[len(taken) % len(queries)][None], k=K)
            taken.append(1e3 * (time.perf_counter() - begin))
    return taken


def write(address: str, rows: Any, stop: threading.Event) -> int:
    """Write a record now and then until told to stop; return how many."""
    count = 0
    with IndexClient(address) as client:
        while not stop.wait(1 / WRITES_A_SECOND):
            vectors = [ViewVectors(vectors=rows[count % len(rows)][None])]
            client.upsert_records("bench", [Record(f"w{count % len(rows)}")], vectors)
            count += 1
    return count


def change(server: Server, gaps: Gaps, name: str, backend: Backend, queries: Any) -> None:
    """Reindex under searches and writes; take the figures."""
    stop = threading.Event()
    with IndexClient(server.address, timeout=WAIT_SECONDS) as client, ThreadPoolExecutor(2) as pool:
        searching = pool.submit(search, server.address, queries, stop)
        writing = pool.submit(write, server.address, queries, stop)
        begin, during, phases = time.time(), [], {}
        try:
            for progress in client.reindex("bench", backend=backend):
                phases.setdefault(progress.phase.name, time.time())
                if len(during) < 3 and progress.phase.name == "BUILDING":
                    during.append(recall(client, queries))
        finally:
            stop.set()
        end = time.time()
        time.sleep(0.5)  # Letting go of the old graph, and measuring the new one.
        gaps.take(name, begin, time.time())
        figures = gaps.figures
        figures[f"seconds_{name}"] = end - begin
        figures[f"saving_seconds_{name}"] = phases["SWITCHING"] - phases["SAVING"]
        figures[f"switching_seconds_{name}"] = phases["DONE"] - phases["SWITCHING"]
        figures[f"recall_during_{name}"] = min(during, default=float("nan"))
        figures[f"search_ms_p50_{name}"], figures[f"search_ms_p99_{name}"] = np.percentile(searching.result(), (50, 99))
        figures[f"written_{name}"] = writing.result()
    with indexed(server) as client:
        figures[f"recall_after_{name}"] = recall(client, queries)


def measure(folder: Path, *, count: int, dimension: int, batch: int) -> dict[str, float]:
    """Return the figures."""
    figures: dict[str, float] = {}
    vectors, queries = clustered(count, dimension, seed=1), clustered(200, dimension, seed=2)
    gaps = Gaps(folder, figures)
    server = Server(folder)
    try:
        with indexed(server) as client:
            view = View("default", dimension=dimension, metric=Metric.COSINE, backend=Backend("hnsw"))
            client.create_collection(Collection("bench", views=[view]))
            begin = time.perf_counter()
            for low in range(0, count, batch):
                rows = vectors[low : low + batch]
                records = [Record(f"r{low + at:07d}") for at in range(len(rows))]
                client.upsert_records("bench", records, [ViewVectors(vectors=rows)])
        figures["ingest_and_index_seconds"] = time.perf_counter() - begin
        with IndexClient(server.address, timeout=WAIT_SECONDS) as client:
            figures["recall_before"] = recall(client, queries)
        stop = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            searching = pool.submit(search, server.address, queries, stop)
            began = time.time()
            time.sleep(5)
            stop.set()
        gaps.take("idle", began, time.time())
        figures["search_ms_p50_idle"], figures["search_ms_p99_idle"] = np.percentile(searching.result(), (50, 99))
        for number, (name, parameters) in enumerate(CHANGES):
            change(server, gaps, f"{number}_{name}", Backend(name, parameters), queries)
        server.end()
    finally:
        server.process.kill()
        gaps.control.kill()
        gaps.control.wait()
    return figures


def alternatives(count: int, dimension: int) -> dict[str, float]:
    """Return the milliseconds that a process is held while it loads a graph from a file, and lets go of one."""
    import hnswlib

    graph = hnswlib.Index("ip", dimension)
    graph.init_index(count, M=16, ef_construction=8)
    graph.add_items(clustered(count, dimension, seed=1), np.arange(count))
    gaps: list[float] = []

    def beat() -> None:
        last = time.perf_counter()
        while True:
            time.sleep(0.001)
            now = time.perf_counter()
            gaps.append(1e3 * (now - last))
            last = now

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "graph")
        graph.save_index(path)
        threading.Thread(target=beat, daemon=True).start()
        other = hnswlib.Index("ip", dimension)
        figures = {}
        for name, work in (("load_a_builders_file", lambda: other.load_index(path)), ("let_go", lambda: None)):
            time.sleep(0.2)
            gaps.clear()
            work()
            if name == "let_go":
                del other
            time.sleep(0.2)
            figures[f"gap_ms_{name}"] = max(gaps)
    figures["graph_bytes"] = float(count * (4 * dimension + 140))
    return figures


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--remark", default="", help="what a reader of the figures must know")
    options = vars(parser.parse_args())
    remark = options.pop("remark")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), **options)
    command = [sys.executable, __file__, "alternatives", str(options["count"]), str(options["dimension"])]
    weighed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    report = {**provenance(), "remark": remark, "settings": options, "figures": figures, "weighed_against": weighed}
    size = f"{options['count']}x{options['dimension']}"
    path = RESULTS / f"reindex-{report['commit'].rstrip('+')}-{size}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    table = Table("figure", "value", title=f"reindex, {size}")
    for name, value in {**figures, **weighed}.items():
        table.add_row(name, f"{value:,.3f}")
    Console().print(table)
    Console().print(path.relative_to(ROOT))


if __name__ == "__main__":
    if sys.argv[1:2] == ["alternatives"]:
        print(json.dumps(alternatives(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
