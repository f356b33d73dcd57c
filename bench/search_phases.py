"""The phases of the search benchmark: what each starts, in which order, and what it notes. Knows no command line."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import corpus
import numpy as np
import search_report
from in_process import InProcess
from index_load import COLLECTION
from peers.search.compare import compare
from provenance import RESULTS
from rich.console import Console
from served import BATCH, WRITERS, Served, serving

HERE: Final = Path(__file__).resolve().parent
EF: Final = 80
CALLERS: Final = 16
ROUNDS: Final = 3
SIZES: Final = (1, 32)
"""Queries a call."""
EFS: Final = (20, 40, 80, 160, 240, 320)
FILTERED: Final = 200
"""Queries of each filtered search."""
PACED_BATCH: Final = 50
"""Records a call while records come in at half the rate."""
PROBES_PER_SECOND: Final = 20
"""Searches a second while records come in."""


class Run:
    """One run: what is searched, what is known so far, and what has been started or filled."""

    def __init__(self, options: Any, report: dict[str, Any], *, work: Path, running: ExitStack) -> None:
        """Write the corpus to *work*, for which *options* has its size; what is started ends with *running*."""
        self.options, self.report, self.work, self._running = options, report, work, running
        self.console = Console(stderr=True)
        self.console.print("corpus …")
        size = {"count": options.count, "dimension": options.dimension, "queries": options.queries}
        self.corpus = corpus.write(work / "corpus", **size)

    @cached_property
    def raw(self) -> InProcess:
        """hnswlib, built."""
        raw = self._running.enter_context(InProcess(self.corpus.folder, threads=self.options.threads))
        self.report["raw"] = {"build": raw.build}
        return raw

    def note(self, phase: str, backend: str, figures: Any) -> None:
        """Add figures and save what is known."""
        self.report.setdefault(phase, {})[backend] = figures
        self.save()

    def save(self) -> Path:
        """Write what is known so far, and return where."""
        RESULTS.mkdir(exist_ok=True)
        size = f"{self.options.count}x{self.options.dimension}"
        path = RESULTS / f"search-{self.report['commit'].rstrip('+')}-{size}.json"
        path.write_text(json.dumps(self.report, indent=1) + "\n", encoding="utf-8")
        return path

    def timed(self, name: str, work: Callable[[], None]) -> None:
        """Do a phase's work and save what is known then."""
        self.console.print(f"{name} …")
        started = time.perf_counter()
        work()
        self.report.setdefault("phase_seconds", {})[name] = round(time.perf_counter() - started, 1)
        self.save()

    def filled(self, backend: str) -> Path:
        """Return the folder of a service whose collection is the corpus, all of it in the graph. Filled at first use."""
        folder = self.work / backend
        if not folder.exists():
            folder.mkdir()
            ingest(self, backend, folder)
        return folder


def raw(run: Run) -> None:
    """Measure hnswlib alone."""
    figures = {"build": run.raw.build, "recall": run.raw.recall(EF), "searches": []}
    for size in SIZES:
        for threads in sorted({1, run.options.threads}):
            found = run.raw.search(size=size, threads=threads, ef=EF, seconds=run.options.seconds)
            figures["searches"].append({"size": size, "threads": threads, **found})
    run.report["raw"] = figures


def ingest(run: Run, backend: str, folder: Path) -> None:
    """Fill a service; note how fast it took the records, and its memory before and after."""
    with serving(folder) as served:
        before = served.memory()
        served.create(run.options.dimension, backend)
        figures = served.ingest(run.corpus)
        served.rest()
        after = served.memory()
        figures["recall"] = served.recall(run.corpus, EF)
    figures["of_raw_build"] = figures["indexed_per_second"] / run.raw.build["vectors_per_second"]
    figures["server_cpu_of_raw_build"] = figures["server_cpu_seconds"] / run.raw.build["cpu_seconds"]
    figures["memory"] = {"before": before, "after": after, "per_vector": per_vector(run, before, after)}
    run.note("ingest", backend, figures)


def per_vector(run: Run, before: dict[str, int], after: dict[str, int]) -> dict[str, float]:
    """Return the bytes that each vector added."""
    return {kind: (after[kind] - before[kind]) / run.options.count for kind in after}


def throughput(run: Run, backend: str) -> None:
    """Search in process and through gRPC in turns."""
    figures = []
    with serving(run.filled(backend)) as served:
        served.recall(run.corpus, EF)  # what is read for the first time is read now
        run.raw.recall(EF)
        for size in SIZES:
            for callers, threads in ((1, 1), (CALLERS, run.options.threads)):
                rounds = [in_turns(run, served, size, callers, threads) for _ in range(ROUNDS)]
                figures.append(
                    {"size": size, "callers": callers, "threads": threads, "rounds": rounds, **middle(rounds)}
                )
    run.note("throughput", backend, figures)


def in_turns(run: Run, served: Served, size: int, callers: int, threads: int) -> dict[str, dict[str, float]]:
    """Return the figures of one round: in process, through gRPC with metadata answered, and with ids alone."""
    seconds = run.options.seconds
    base = run.raw.search(size=size, threads=threads, ef=EF, seconds=seconds)
    found = {"in_process": base}
    for kind in ("metadata", "ids"):
        some = served.searched(
            corpus=run.corpus.folder, size=size, callers=callers, ef=EF, seconds=seconds, metadata=kind == "metadata"
        )
        some["of_in_process"] = some["queries_per_second"] / base["queries_per_second"]
        some["server_cpu_of_in_process"] = some["server_cpu_seconds_per_query"] / base["cpu_seconds_per_query"]
        found[kind] = some
    return found


def middle(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return the median of each figure."""
    return {
        kind: {name: statistics.median(one[kind][name] for one in rounds) for name in figures}
        for kind, figures in rounds[0].items()
    }


def curve(run: Run, backend: str) -> None:
    """Note recall and throughput by ef; in process too, with the first backend."""
    seconds = run.options.seconds / 2
    if "in process" not in run.report.get("curve", {}):
        points = [{"ef": ef, "recall": run.raw.recall(ef)} for ef in EFS]
        for point in points:
            for size in SIZES:
                found = run.raw.search(size=size, threads=run.options.threads, ef=int(point["ef"]), seconds=seconds)
                point[f"queries_per_second_{size}_a_call"] = found["queries_per_second"]
        run.note("curve", "in process", points)
    points = []
    with serving(run.filled(backend)) as served:
        for ef in EFS:
            point = {"ef": ef, "recall": served.recall(run.corpus, ef)}
            for size in SIZES:
                found = served.searched(
                    corpus=run.corpus.folder, size=size, callers=CALLERS, ef=ef, seconds=seconds, metadata=True
                )
                point[f"queries_per_second_{size}_a_call"] = found["queries_per_second"]
            points.append(point)
    run.note("curve", backend, points)


def restart(run: Run, backend: str) -> None:
    """Note how soon a service is ready again, and what it keeps in memory then."""
    folder = run.filled(backend)
    seconds = []
    for _ in range(ROUNDS):
        with serving(folder) as served:
            seconds.append(served.ready_seconds)
            recall = served.recall(run.corpus, EF)
            records, memory = served.statistics().num_records, served.memory()
    if records != run.options.count:
        raise RuntimeError(f"{records} records after a restart, {run.options.count} before")
    before = run.report["ingest"][backend]["memory"]["before"]
    figures = {"ready_seconds": seconds, "recall": recall, "memory": memory}
    run.note("restart", backend, {**figures, "per_vector": per_vector(run, before, memory)})


def filters(run: Run, backend: str) -> None:
    """Measure filtered searches of the folder that no service serves just now."""
    queries = run.work / "filtered.npy"
    np.save(queries, run.corpus.queries[:FILTERED])
    command = [sys.executable, HERE / "selections.py", run.filled(backend) / "data", queries]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    run.note("filters", backend, json.loads(done.stdout.splitlines()[-1]))


def peers(run: Run) -> None:
    """Measure Lensdex and the others through their clients."""
    options = {
        "seconds": run.options.seconds,
        "processes": run.options.client_processes,
        "probes": min(300, run.options.queries),
        "target": search_report.RECALL,
        "timeout": run.options.peer_timeout,
    }

    def saw(runs: list[dict[str, Any]]) -> None:
        run.console.print(f"  {runs[-1]['peer']} {runs[-1]['given']} {runs[-1].get('error', '')}")
        run.report["peers"] = runs
        run.save()

    names = run.options.peers
    compare(run.corpus, peers=names, work=run.work, data=run.filled, options=options, saw=saw)


def beside(run: Run) -> None:
    """Note search latency idle and while records come in; then kill the service, and start it with its tail."""
    folder = run.filled("hnsw")
    corpus_at, half = run.corpus.folder, run.raw.build["vectors_per_second"] / 2
    search = {
        "do": "open", "corpus": corpus_at, "size": 1, "ef": EF, "metadata": True,
        "per_second": PROBES_PER_SECOND, "seconds": run.options.beside_seconds,
    }  # fmt: skip
    writes = {"do": "write", "corpus": corpus_at, "fresh": True}
    kinds = {
        "half": {"first": 10_000_000, "batch": PACED_BATCH, "writers": WRITERS, "per_second": half},
        "full": {"first": 20_000_000, "batch": BATCH, "writers": WRITERS, "per_second": 0},
    }
    with serving(folder, kill=True) as served:
        served.recall(run.corpus, EF)  # as above
        figures: dict[str, Any] = {"idle": served.load(**search).figures()}
        for kind, how in kinds.items():
            served.settle()
            writing = served.load(**writes, **how)
            writing.begun()
            figures[kind] = served.load(**search).figures()
            writing.stop()
            written = writing.figures()
            figures[kind]["asked_per_second"] = how["per_second"] or None
            figures[kind]["written_per_second"] = written["records_per_second"]
            figures[kind]["p99_of_idle"] = figures[kind]["latency_p99_ms"] / figures["idle"]["latency_p99_ms"]
        before = served.statistics()
    with serving(folder) as served:
        records = served.client.get_collection(COLLECTION).statistics.num_records
    if records != before.num_records:
        raise RuntimeError(f"{records} records after a kill, {before.num_records} before")
    figures["killed"] = {
        "records": records,
        "tail_vectors": before.views[0].num_tail_vectors,
        "ready_seconds": served.ready_seconds,
    }
    run.report["beside"] = figures


FOR_EACH_BACKEND: Final[dict[str, Callable[[Run, str], None]]] = {
    "ingest": lambda run, backend: run.filled(backend) and None,
    "throughput": throughput,
    "curve": curve,
    "restart": restart,
    "filters": filters,
}
ONCE: Final[dict[str, Callable[[Run], None]]] = {"raw": raw, "peers": peers, "beside": beside}
PHASES: Final = ("raw", *FOR_EACH_BACKEND, "peers", "beside")
