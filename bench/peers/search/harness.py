"""One store on one corpus: load it, find what reaches the recall, and search with 1 and with 16 callers. Prints JSON.

    PYTHON harness.py NAME CORPUS FOLDER '{"seconds": 10, ...}'

It runs in the store's environment and needs numpy only. `NAME_peer.py` has the store's part, a `Peer` and `connect`.
Callers are threads of `processes` client processes, so that no client's interpreter lock is what is measured; each
makes its next call once the last is answered, one query a call, for ids and scores.
"""

import atexit
import importlib
import itertools
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

BENCH: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(BENCH))

from clusters import Matrix  # noqa: E402  beside the folder above
from corpus import Corpus  # noqa: E402

EFS: Final = (20, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960)
CALLERS: Final = (1, 16)
WAIT_SECONDS: Final = 300.0
"""For a server to start or stop, and for a client to bring what it searches into memory."""

Search = Callable[[Matrix, int], Sequence[int]]
"""Takes a query, shape (dimension,), and ef; returns the places of the nearest records, best first."""


class Peer(Protocol):
    """A store. Its module has `connect(where)` too, which returns what opens a `Search` for each thread."""

    where: dict[str, Any]
    """What `connect` needs, as JSON."""
    settings: dict[str, Any]
    """What it was set to, for the report."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Start it on an empty *folder*, with what is *given* for this try."""

    @property
    def version(self) -> str:
        """Of the store and of what it searches with."""

    def load(self, corpus: Corpus) -> None:
        """Keep all records with their metadata, durably, and index them."""

    def stop(self) -> None:
        """End it."""


def caller(*, name: str, where: dict[str, Any], folder: str, ef: int, threads: int, seconds: float, gates: Any) -> None:
    """Be a client process: search from so many threads, and put what came of it into the queue."""
    start, results = gates
    queries = Corpus.read(Path(folder)).queries
    opener = importlib.import_module(f"{name}_peer").connect(where)
    opened = [opener() for _ in range(threads)]
    latencies: list[list[float]] = [[] for _ in opened]
    for search in opened:
        search(queries[0], ef)
    start.wait(WAIT_SECONDS)
    begun, spent = time.perf_counter(), used()

    def run(place: int) -> None:
        at = np.random.default_rng([os.getpid(), place]).permutation(len(queries))
        search, mine, turn = opened[place], latencies[place], 0
        while (now := time.perf_counter()) - begun < seconds:
            search(queries[at[turn % len(at)]], ef)
            mine.append(time.perf_counter() - now)
            turn += 1

    running = [threading.Thread(target=run, args=(place,)) for place in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    results.put((list(itertools.chain(*latencies)), time.perf_counter() - begun, used() - spent))


def used() -> float:
    """Return the CPU seconds of this process."""
    figures = resource.getrusage(resource.RUSAGE_SELF)
    return figures.ru_utime + figures.ru_stime


def searched(name: str, peer: Peer, *, folder: str, ef: int, callers: int, options: dict[str, Any]) -> dict[str, float]:
    """Return what so many callers get."""
    context = multiprocessing.get_context("spawn")
    processes = min(callers, options["processes"])
    gates = context.Barrier(processes), context.Queue()
    given = {"name": name, "where": peer.where, "folder": folder, "ef": ef, "seconds": options["seconds"]}
    shares = [callers // processes + (place < callers % processes) for place in range(processes)]
    running = [context.Process(target=caller, kwargs={**given, "threads": share, "gates": gates}) for share in shares]
    for process in running:
        process.start()
    try:
        parts = [gates[1].get(timeout=WAIT_SECONDS + 2 * options["seconds"]) for _ in running]
    finally:
        for process in running:
            process.join(WAIT_SECONDS)
            process.kill()
    latencies = list(itertools.chain(*(part[0] for part in parts)))
    seconds = max(part[1] for part in parts)
    return {
        "callers": callers,
        "queries_per_second": len(latencies) / seconds,
        "client_cpu_cores": sum(part[2] for part in parts) / seconds,
        **{f"latency_p{place}_ms": 1e3 * float(np.percentile(latencies, place)) for place in (50, 99)},
    }


def measure(name: str, peer: Peer, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a store that runs."""
    corpus = Corpus.read(folder)
    started = time.perf_counter()
    peer.load(corpus)
    figures: dict[str, Any] = {"load_seconds": time.perf_counter() - started, "tried": []}
    search = importlib.import_module(f"{name}_peer").connect(peer.where)()
    probes = corpus.queries[: options["probes"]]
    for ef in EFS:
        recall = corpus.recall([list(search(query, ef)) for query in probes])
        figures["tried"].append({"ef": ef, "recall": recall})
        if recall >= options["target"]:
            break
    figures |= {"ef": ef, "recall": recall, "reaches_target": recall >= options["target"]}
    figures["searches"] = [
        searched(name, peer, folder=str(folder), ef=ef, callers=callers, options=options) for callers in CALLERS
    ]
    return figures


class Server:
    """A store's server process, in a session of its own so that what it starts ends with it."""

    def __init__(self, command: Sequence[str | Path], log: Path, **more: Any) -> None:
        """Start it."""
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, **more)
        atexit.register(self.stop)  # where what comes next fails

    def wait(self, ready: Callable[[], object]) -> None:
        """Wait until *ready* raises nothing."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                ready()
            except Exception as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(self._log.read_text(errors="replace")[-2000:]) from error
                time.sleep(0.1)
            else:
                return

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it, unless it has ended."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def main() -> None:
    """Measure and print."""
    # So that a store's server ends when this is told to.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    name, folder, given = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[4])
    work = Path(sys.argv[3])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    options = given.pop("options")
    peer: Peer = importlib.import_module(f"{name}_peer").Peer(work, given)
    try:
        figures = measure(name, peer, folder, options)
    finally:
        peer.stop()
    print(json.dumps({"peer": name, "version": peer.version, "settings": peer.settings, **figures}), flush=True)


if __name__ == "__main__":
    main()
