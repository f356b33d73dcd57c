"""hnswlib in a process of its own, without a service around it: what the service is held against.

The process builds the graph, stays, and answers one command a line, so that its figures and the service's can be taken
in turns. Callers are threads, each on its own queries, and each query runs on its caller's thread, as in the service.
"""

import itertools
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from corpus import Corpus, K

M: Final = 16
EF_CONSTRUCTION: Final = 200
BLOCK: Final = 4_096


class InProcess:
    """The process, from outside. A context manager; the graph is built on entry."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """*folder* has the corpus; *threads* build."""
        command = [sys.executable, __file__, str(folder), str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.build: dict[str, float] = {}

    def search(self, *, size: int, threads: int, ef: int, seconds: float) -> dict[str, float]:
        """Return queries a second and CPU seconds a query, *size* queries a call."""
        return self._ask({"size": size, "threads": threads, "ef": ef, "seconds": seconds})

    def recall(self, ef: int) -> float:
        """Return recall@10."""
        return float(self._ask({"recall": ef})["recall"])

    def _ask(self, command: dict[str, Any]) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"hnswlib's process ended with status {self._process.wait()}")
        answer: dict[str, float] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        self.build = self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def build(index: Any, corpus: Corpus, threads: int) -> dict[str, float]:
    """Fill the index; return what that took."""
    started, spent = time.perf_counter(), time.process_time()
    index.init_index(max_elements=len(corpus.rows), M=M, ef_construction=EF_CONSTRUCTION)
    for low in range(0, len(corpus.rows), BLOCK):
        index.add_items(corpus.rows[low : low + BLOCK], num_threads=threads)
    seconds = time.perf_counter() - started
    cpu = time.process_time() - spent
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "vectors_per_second": len(corpus.rows) / seconds,
        "vectors_per_cpu_second": len(corpus.rows) / cpu,
        "threads": threads,
    }


def search(index: Any, corpus: Corpus, command: dict[str, Any]) -> dict[str, float]:
    """Search for the seconds asked for; return the figures."""
    size, queries = command["size"], corpus.queries
    blocks = [queries[low : low + size] for low in range(0, len(queries) - size + 1, size)]
    turns, calls = itertools.count(), [0] * command["threads"]
    index.set_ef(command["ef"])
    started, spent = time.perf_counter(), time.process_time()

    def caller(place: int) -> None:
        while time.perf_counter() - started < command["seconds"]:
            index.knn_query(blocks[next(turns) % len(blocks)], k=K, num_threads=1)
            calls[place] += 1

    threads = [threading.Thread(target=caller, args=(place,)) for place in range(command["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done, seconds, cpu = sum(calls) * size, time.perf_counter() - started, time.process_time() - spent
    return {"queries_per_second": done / seconds, "cpu_seconds_per_query": cpu / done}


def main() -> None:
    """Build, then answer commands."""
    import hnswlib

    corpus = Corpus.read(Path(sys.argv[1]))
    index = hnswlib.Index(space="ip", dim=corpus.rows.shape[1])
    print(json.dumps(build(index, corpus, int(sys.argv[2]))), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "recall" in command:
            index.set_ef(command["recall"])
            labels, _ = index.knn_query(corpus.queries, k=K, num_threads=1)
            answer = {"recall": corpus.recall(labels)}
        else:
            answer = search(index, corpus, command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
