"""Measure the index against its targets: beside hnswlib in process, and beside other stores, on the same vectors.

    .venv/bin/python bench/search.py [--count 176443] [--dimension 2048] [--phases raw,ingest,…] [--backends hnsw,faiss]

    raw         hnswlib alone: how fast it builds and answers
    ingest      a durable bulk upsert until all is in the graph, and the memory that takes
    throughput  searches through gRPC in turns with the same in process: rates, and CPU a query
    curve       recall and throughput by `ef`
    restart     from the start of the process until it serves, files being in the page cache
    filters     filtered searches in this process's kind: no gRPC, one thread
    peers       Lensdex and other stores, each through its own client: 1 and 16 callers (var/peers, 2 GB of packages)
    beside      search latency while records come in, and a restart after SIGKILL with what was not indexed yet

Each phase starts services and clients in processes of their own and makes what it needs of the phases before. All of it
shares one machine. Writes JSON with commit, hardware and settings under bench/results/, after every phase, and the curves
as a picture. Decides no test.
"""

import argparse
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

# As the service does, before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import search_phases as phases
import search_report
from in_process import EF_CONSTRUCTION, M
from peers.search.compare import GIVEN
from provenance import ROOT, provenance
from rich.console import Console
from served import BATCH, PARAMETERS, SAVE_IDLE_SECONDS, WRITERS

WORK: Final = ROOT / "var" / "bench"
WIDTH: Final = 170
"""Of the table, in characters."""
BACKENDS: Final = ("hnsw", "faiss")


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was set."""
    return {
        **vars(options),
        "parameters": PARAMETERS,
        "hnswlib": {"m": M, "ef_construction": EF_CONSTRUCTION},
        "ef": phases.EF,
        "callers": phases.CALLERS,
        "rounds": phases.ROUNDS,
        "bulk": {"records_a_call": BATCH, "calls_under_way": WRITERS},
        "while_writing": {"records_a_call": phases.PACED_BATCH, "searches_per_second": phases.PROBES_PER_SECOND},
        "save_idle_seconds": SAVE_IDLE_SECONDS,
    }


def parsed() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=176_443)
    parser.add_argument("--dimension", type=int, default=2_048)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--phases", default=",".join(phases.PHASES))
    parser.add_argument("--backends", default=",".join(BACKENDS))
    parser.add_argument("--peers", default=",".join(GIVEN))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="hnswlib's, beside 1")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each search loop")
    parser.add_argument("--beside-seconds", type=float, default=60.0, help="of searching while records come in")
    parser.add_argument("--client-processes", type=int, default=2, help="that a peer's 16 callers are spread over")
    parser.add_argument("--peer-timeout", type=float, default=7_200.0, help="seconds for each try of a peer")
    parser.add_argument("--remark", default="", help="what a reader of the figures must know")
    options = parser.parse_args()
    for name, known in (("phases", phases.PHASES), ("backends", BACKENDS), ("peers", tuple(GIVEN))):
        chosen = getattr(options, name).split(",")
        setattr(options, name, chosen)
        if unknown := set(chosen) - set(known):
            parser.error(f"unknown {name}: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    if options.count < 1_000 or options.queries < max(phases.SIZES):
        parser.error(f"at least 1000 vectors and {max(phases.SIZES)} queries")
    return options


def main() -> None:
    """Measure, write, print, draw."""
    options = parsed()
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="search-", dir=WORK) as folder, ExitStack() as running:
        report = {**provenance(), "remark": options.remark, "settings": settings(options)}
        run = phases.Run(options, report, work=Path(folder), running=running)
        for phase in (name for name in phases.PHASES if name in options.phases):
            if phase in phases.FOR_EACH_BACKEND:
                for backend in options.backends:
                    run.timed(f"{phase} {backend}", lambda p=phase, b=backend: phases.FOR_EACH_BACKEND[p](run, b))
            else:
                run.timed(phase, lambda p=phase: phases.ONCE[p](run))
    path = run.save()
    search_report.draw(run.report, path.with_suffix(".svg"))
    console = Console(width=WIDTH)
    console.print(search_report.table(run.report))
    console.print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
