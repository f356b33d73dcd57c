"""Measure what saving and loading graphs cost: time until ready, and the longest the serving process is held up.

    .venv/bin/python bench/restart.py [--count 20000] [--dimension 512]

A thread beats every millisecond inside the server; the longest gap between beats is what callers, health checks among
them, may be held up by. Another beats in a process that does nothing else, for what the machine itself is good for. Writes a JSON with commit, hardware and settings under bench/results/ and prints a table.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from index import clustered
from provenance import RESULTS, ROOT, provenance
from rich.console import Console
from rich.table import Table

from lensdex_client import Backend, Collection, IndexClient, Metric, Record, View, ViewVectors

NOTED_SECONDS = 0.002
IDLE_SECONDS = 3.0
WAIT_SECONDS = 3_600.0


def beat(noted: Path) -> None:
    """Beat; note every gap worth it, with the moment of its end, as a line."""
    with noted.open("a", buffering=1) as file:
        last = time.time()
        while True:
            time.sleep(0.001)
            now = time.time()
            if now - last > NOTED_SECONDS:
                file.write(f"{now} {now - last}\n")
            last = time.time()


class Server:
    """A server process with a beating thread."""

    def __init__(self, folder: Path) -> None:
        self.noted, self.log = folder / "beats", folder / "log"
        self.begun = time.time()
        command = [
            sys.executable, __file__, "serve", str(self.noted), "--data-dir", str(folder / "data"), "--port", "0",
            "--metrics-port", "none", "--save-idle-seconds", str(IDLE_SECONDS), "--save-changed-fraction", "1",
            "--grace-seconds", "120",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.address = self.wait_for("serving")["address"]
        self.ready_seconds = time.time() - self.begun

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return what the log has of *name*."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [said for line in lines if (said := json.loads(line))["event"] == name]

    def wait_for(self, name: str, number: int = 1) -> dict[str, Any]:
        """Return the *number*-th event of that name, once it is there."""
        end = time.monotonic() + WAIT_SECONDS
        while len(found := self.events(name)) < number:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.log.read_text()[-2000:])
            time.sleep(0.005)
        return found[number - 1]

    def end(self, number: int = signal.SIGTERM) -> float:
        """End it; return the seconds that took."""
        started = time.perf_counter()
        self.process.send_signal(number)
        self.process.wait(WAIT_SECONDS)
        return time.perf_counter() - started


class Gaps:
    """The longest gaps between beats, in the server and in an idle process."""

    def __init__(self, folder: Path, figures: dict[str, float]) -> None:
        self.folder, self.figures = folder, figures
        self.control = subprocess.Popen([sys.executable, __file__, "beat", str(folder / "control")])

    def take(self, name: str, start: float, end: float) -> None:
        """Take the figures of that time; gaps that only reach into it count too."""
        for kind, noted in (("gap_ms", "beats"), ("idle_process_gap_ms", "control")):
            pairs = [line.split() for line in (self.folder / noted).read_text().splitlines()]
            gaps = [1e3 * float(gap) for at, gap in pairs if start <= float(at) and float(at) - float(gap) <= end]
            self.figures[f"{kind}_{name}"] = max(gaps, default=1e3 * NOTED_SECONDS)


@contextmanager
def indexed(server: Server) -> Iterator[IndexClient]:
    """Give a client, and wait at the end until nothing is left to index."""
    with IndexClient(server.address, timeout=WAIT_SECONDS) as client:
        yield client
        while client.get_collection("bench").statistics.views[0].num_tail_vectors:
            time.sleep(0.1)


def moment(said: dict[str, Any]) -> float:
    """Return when it was said."""
    return datetime.fromisoformat(said["timestamp"]).timestamp()


def measure(folder: Path, *, count: int, dimension: int, batch: int, fresh: int) -> dict[str, float]:
    """Return the figures."""
    figures: dict[str, float] = {}
    vectors = clustered(count + fresh, dimension, seed=1)

    def upsert(client: IndexClient, low: int, high: int) -> None:
        for start in range(low, high, batch):
            rows = vectors[start : min(start + batch, high)]
            records = [Record(f"r{start + at:07d}") for at in range(len(rows))]
            client.upsert_records("bench", records, [ViewVectors(vectors=rows)])

    gaps = Gaps(folder, figures)
    server = Server(folder)
    with indexed(server) as client:
        backend = Backend("hnsw", {"m": 16, "ef_construction": 200, "ef": 80})
        view = View("default", dimension=dimension, metric=Metric.COSINE, backend=backend)
        client.create_collection(Collection("bench", views=[view]))
        started = time.perf_counter()
        upsert(client, 0, count)
    figures["ingest_and_index_seconds"] = time.perf_counter() - started
    said = server.wait_for("graph saved", len(server.events("graph saved")) + 1)
    figures["save_seconds"] = said["seconds"]
    figures["graph_bytes"], figures["vector_bytes"] = said["bytes"], 4.0 * count * dimension
    saved = moment(said)
    gaps.take("while_saving", saved - said["seconds"], saved)
    time.sleep(IDLE_SECONDS)
    gaps.take("while_idle", saved + 0.2, time.time())
    figures["stop_seconds_unchanged"] = server.end()

    server = Server(folder)
    figures["ready_seconds_with_graph"] = server.ready_seconds
    loaded = server.wait_for("graph loaded")
    figures["load_seconds"] = loaded["seconds"]
    gaps.take("while_loading", moment(loaded) - loaded["seconds"], moment(loaded))
    with indexed(server) as client:
        upsert(client, count, count + fresh)
    with IndexClient(server.address) as client:
        found = client.search_records("bench", vectors=vectors[count : count + 1], k=1)
        assert found.outcomes[0].unwrap()[0].record.id == f"r{count:07d}"
    gaps.take("while_writing_again", server.begun + server.ready_seconds + 0.05, time.time())
    server.end(signal.SIGKILL)

    server = Server(folder)
    figures["ready_seconds_after_kill"] = server.ready_seconds
    with IndexClient(server.address) as client:
        found = client.search_records("bench", vectors=vectors[count : count + 1], k=1)
        assert found.outcomes[0].unwrap()[0].record.id == f"r{count:07d}"
    figures["stop_seconds_with_save"] = server.end()

    for path in folder.glob("data/collections/*/*.graph"):
        path.unlink()
    server = Server(folder)
    figures["ready_seconds_without_graph"] = server.ready_seconds
    server.end(signal.SIGKILL)
    gaps.control.kill()
    gaps.control.wait()
    return figures


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--fresh", type=int, default=500, help="records written between the save and the kill")
    parser.add_argument("--remark", default="", help="what a reader of the figures must know")
    options = vars(parser.parse_args())
    remark = options.pop("remark")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), **options)
    report = {**provenance(), "remark": remark, "settings": options, "figures": figures}
    path = RESULTS / f"restart-{report['commit'].rstrip('+')}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    table = Table("figure", "value", title=f"restart, {options['count']} x {options['dimension']}")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.3f}")
    Console().print(table)
    Console().print(path.relative_to(ROOT))


def serve() -> None:
    """Be the server."""
    from lensdex_index.__main__ import main as lensdex_index

    _, _, noted, *flags = sys.argv
    threading.Thread(target=beat, args=(Path(noted),), daemon=True).start()
    sys.exit(lensdex_index(["serve", *flags]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve()
    elif sys.argv[1:2] == ["beat"]:
        beat(Path(sys.argv[2]))
    else:
        main()
