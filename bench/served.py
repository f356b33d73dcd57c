"""An index service with the benchmark's collection, in a process of its own, and what it costs that process."""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from corpus import Corpus, K
from index_load import COLLECTION, Load

from lensdex_client import (
    Backend,
    Collection,
    FieldType,
    Include,
    IndexClient,
    IndexedField,
    Metric,
    View,
)
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import FREE_PORTS, INDEX_MODULE

PARAMETERS: Final = {"m": 16, "ef_construction": 200, "ef": 80}
FIELDS: Final = [
    IndexedField("lot", FieldType.INT64),
    IndexedField("concept", FieldType.KEYWORD),
    IndexedField("subject", FieldType.KEYWORD),
]
SAVE_IDLE_SECONDS: Final = 5.0
"""Shorter than the default, so that a benchmark need not wait as long for a graph to be saved."""
BATCH: Final = 500
"""Records a call of a bulk upsert."""
WRITERS: Final = 4
"""Calls of it under way."""
POLL_SECONDS: Final = 0.05
QUIET_SECONDS: Final = 2.0
BUSY: Final = 0.05
"""Part of a core that is more than waiting for calls."""
START_SECONDS: Final = 3_600.0


class Served:
    """A service on a data folder. `with serving(...)` gives one."""

    def __init__(self, folder: Path, process: ServiceProcess, started: float) -> None:
        """Wait until *process* serves; *started* is when it was started, of ``time.perf_counter``."""
        self.folder, self.process = folder, process
        endpoint = process.wait(timeout=START_SECONDS)
        self.ready_seconds = time.perf_counter() - started
        self.address, self.pid = endpoint.address, endpoint.pid
        self.client = IndexClient(self.address, timeout=600)

    def create(self, dimension: int, backend: str) -> None:
        """Create the collection."""
        view = View("default", dimension=dimension, metric=Metric.COSINE, backend=Backend(backend, PARAMETERS))
        self.client.create_collection(Collection(COLLECTION, views=[view], indexed_fields=FIELDS))

    def ingest(self, corpus: Corpus) -> dict[str, Any]:
        """Write the corpus in bulk and wait until all of it is in the graph; return what that took."""
        spent = self.cpu_seconds()
        figures = self.load(
            do="write", corpus=corpus.folder, fresh=False, batch=BATCH, writers=WRITERS, per_second=0
        ).figures()
        self.settle()
        seconds = time.monotonic() - figures.pop("began")
        figures |= {"indexed_seconds": seconds, "indexed_per_second": len(corpus.rows) / seconds}
        figures["server_cpu_seconds"] = self.cpu_seconds() - spent
        return figures

    def settle(self) -> None:
        """Wait until all vectors are in the graph."""
        while self.statistics().views[0].num_tail_vectors:
            time.sleep(POLL_SECONDS)

    def statistics(self) -> Any:
        """Return what the service says of the collection."""
        return self.client.get_collection(COLLECTION).statistics

    def rest(self) -> None:
        """Wait until the graph as it is now is saved and nothing is going on, so that neither falls into a timing."""
        spent = self.cpu_seconds()
        while (spent := self._spent_since(spent)) is not None:
            pass
        changed, end = time.time(), time.monotonic() + 3 * SAVE_IDLE_SECONDS
        while time.monotonic() < end or self._is_saving():
            saved = max((path.stat().st_mtime for path in self.folder.glob("data/collections/*/*.graph")), default=0.0)
            if saved >= changed:
                return
            time.sleep(POLL_SECONDS)

    def _spent_since(self, spent: float) -> float | None:
        """Return the CPU seconds some time from now, None where hardly any have been *spent* since."""
        time.sleep(QUIET_SECONDS)
        now = self.cpu_seconds()
        return now if now - spent > BUSY * QUIET_SECONDS else None

    def _is_saving(self) -> bool:
        """Whether the process has a child, which writes a graph."""
        return any(path.read_text().strip() for path in Path(f"/proc/{self.pid}/task").glob("*/children"))

    def recall(self, corpus: Corpus, ef: int) -> float:
        """Return recall@10."""
        found = []
        for low in range(0, len(corpus.queries), 50):
            results = self.client.search_records(
                COLLECTION, vectors=corpus.queries[low : low + 50], k=K, ef=ef, include=Include(metadata=False)
            )
            found.extend([int(hit.record.id[1:]) for hit in outcome.unwrap()] for outcome in results.outcomes)
        return corpus.recall(found)

    def load(self, **command: Any) -> Load:
        """Start a load on it."""
        return Load(address=self.address, **command)

    def searched(self, **command: Any) -> dict[str, Any]:
        """Run a closed loop; return its figures and the CPU that a query took here."""
        spent = self.cpu_seconds()
        figures = self.load(do="closed", **command).figures()
        figures["server_cpu_seconds_per_query"] = (self.cpu_seconds() - spent) / figures["queries"]
        figures["server_cpu_cores"] = (self.cpu_seconds() - spent) / figures["seconds"]
        return figures

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of the process, in steps of a clock tick (mostly 10 ms)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> dict[str, int]:
        """Return the bytes in memory: anonymous, mapped from files, and the data folder's part of the page cache."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: 1024 * int(line.split()[1]) for line in lines if line.endswith("kB")}
        found = {"anonymous": sizes["Anonymous"], "mapped_from_files": sizes["Rss"] - sizes["Anonymous"]}
        if shutil.which("fincore"):
            paths = [path for path in self.folder.glob("data/**/*") if path.is_file()]
            out = subprocess.run(["fincore", "--json", "--bytes", *paths], capture_output=True, text=True, check=True)
            found["page_cache_of_data"] = sum(int(file["res"]) for file in json.loads(out.stdout)["fincore"])
        return found


@contextlib.contextmanager
def serving(folder: Path, *, kill: bool = False) -> Iterator[Served]:
    """Run the service on *folder*; at the end stop it in good order, or *kill* it."""
    command = [*FREE_PORTS, "--data-dir", f"{folder}/data", "--save-idle-seconds", str(SAVE_IDLE_SECONDS)]
    command += ["--grace-seconds", "300", "--log-level", "warning"]
    process = ServiceProcess(INDEX_MODULE, command, folder=folder)
    started = time.perf_counter()
    process.start()
    try:
        served = Served(folder, process, started)
        with served.client:
            yield served
    finally:
        if kill:
            process.kill()
        else:
            process.stop(timeout=600)
