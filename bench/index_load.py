"""Load on an index through gRPC, from a process of its own: searches in closed and open loops, and bulk upserts.

    python bench/index_load.py '{"do": "closed", "address": "127.0.0.1:50052", "corpus": FOLDER, ...}'

Prints one line of JSON, the CPU the client took among it. Searches are serialised before the clock starts and answers
are parsed, so that the client costs what a client must. An open loop sends at times drawn beforehand (Poisson) and
measures each latency from when the call was due. Writes end at their count or at SIGTERM; those past the corpus draw
fresh vectors. How it is called from the benchmark's own process is `Load`.
"""

import asyncio
import itertools
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from clusters import CONCEPTS, LOTS, Centres, Matrix, Whole, metadata
from corpus import Corpus, K

COLLECTION: Final = "bench"
SERVICE: Final = "/lensdex.index.v1.RecordService/"
FIRST: Final = 5_000
"""Records of a bulk upsert whose acknowledgement is timed."""
CALL_SECONDS: Final = 600


class Load:
    """A load under way in a process of its own."""

    def __init__(self, **command: Any) -> None:
        """Start it; *command* is what the process is given."""
        command["corpus"] = str(command["corpus"])
        argv = [sys.executable, __file__, json.dumps(command)]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)

    def begun(self) -> None:
        """Wait until its first call is answered."""
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "begun\n":
            raise RuntimeError("a load ended before its first answer")

    def stop(self) -> None:
        """Ask it to end."""
        self._process.send_signal(signal.SIGTERM)

    def figures(self) -> dict[str, Any]:
        """Wait for its end and return its figures."""
        out, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"a load ended with status {self._process.returncode}")
        figures: dict[str, Any] = json.loads(out.splitlines()[-1])
        return figures


def searches(command: dict[str, Any], queries: Matrix) -> list[bytes]:
    """Return serialised requests of so many queries each."""
    from lensdex.index.v1 import record_service_pb2 as pb
    from lensdex_wire.vectors import pack_vectors

    size, requests = command["size"], []
    for low in range(0, len(queries) - size + 1, size):
        request = pb.SearchRecordsRequest(collection=COLLECTION, k=K, ef=command["ef"])
        request.vectors.vectors.CopyFrom(pack_vectors(queries[low : low + size]))
        if not command["metadata"]:
            request.include.SetInParent()
        requests.append(request.SerializeToString())
    return requests


def upsert(first: int, rows: Matrix, concepts: Whole, drawn: Whole) -> bytes:
    """Return the serialised request that writes records from *first* on."""
    from lensdex.index.v1 import record_service_pb2 as pb
    from lensdex_client import ViewVectors
    from lensdex_client.record_calls import pack_view_vectors

    request = pb.UpsertRecordsRequest(collection=COLLECTION, vectors=[pack_view_vectors(ViewVectors(vectors=rows))])
    for place, (lot, concept) in enumerate(zip(drawn, concepts, strict=True), first):
        record = request.records.add(id=f"r{place:07d}")
        record.metadata.update(metadata(lot, concept))
    return request.SerializeToString()


def upserts(command: dict[str, Any], corpus: Corpus) -> Iterator[tuple[int, bytes]]:
    """Yield calls and how many records each has: the corpus's, or fresh ones from `first` on without an end."""
    batch = command["batch"]
    if not command["fresh"]:
        for low in range(0, len(corpus.rows), batch):
            some = slice(low, min(low + batch, len(corpus.rows)))
            yield some.stop - low, upsert(low, corpus.rows[some], corpus.concepts[some], corpus.lots[some])
        return
    centres, random = Centres(corpus.rows.shape[1]), np.random.default_rng(command["first"])
    for first in itertools.count(command["first"], batch):
        concepts, drawn = random.integers(0, CONCEPTS, batch), random.integers(0, LOTS, batch)
        yield batch, upsert(first, centres.around(concepts, random), concepts, drawn)


async def closed(channel: Any, command: dict[str, Any], corpus: Corpus) -> dict[str, Any]:
    """Keep so many calls under way for so many seconds."""
    method, answers = search_method(channel), []
    turns = itertools.cycle(searches(command, corpus.queries))
    started = time.perf_counter()

    async def caller() -> None:
        while time.perf_counter() - started < command["seconds"]:
            answers.append(await answered(method, next(turns), time.perf_counter()))

    await asyncio.gather(*(caller() for _ in range(command["callers"])))
    seconds, done = time.perf_counter() - started, len(answers) * command["size"]
    return {"queries": done, "seconds": seconds, "queries_per_second": done / seconds, **percentiles(answers)}


async def open_loop(channel: Any, command: dict[str, Any], corpus: Corpus) -> dict[str, Any]:
    """Send at so many calls a second on average for so many seconds, and wait for all answers."""
    method, turns = search_method(channel), itertools.cycle(searches(command, corpus.queries))
    per_second, seconds = command["per_second"], command["seconds"]
    gaps = np.random.default_rng(0).exponential(1 / per_second, size=max(2, int(2 * per_second * seconds)))
    due = np.cumsum(gaps)
    await answered(method, next(turns), 0.0)  # connected
    started, running = time.perf_counter(), []
    for at in due[due < seconds]:
        await asyncio.sleep(max(0.0, started + at - time.perf_counter()))
        running.append(asyncio.ensure_future(answered(method, next(turns), started + at)))
    return {"calls": len(running), **percentiles(await asyncio.gather(*running))}


async def write(channel: Any, command: dict[str, Any], corpus: Corpus) -> dict[str, Any]:
    """Write with so many calls under way, as fast as they are answered or at so many records a second."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    method = channel.unary_unary(f"{SERVICE}UpsertRecords")
    calls = upserts(command, corpus)
    # The first are serialised before the clock starts, the others as they are sent: they are gigabytes.
    ready = list(itertools.islice(calls, 0 if command["fresh"] else -(-FIRST // command["batch"])))
    turns, num_sent, written = itertools.chain(ready, calls), 0, 0
    figures: dict[str, Any] = {}
    started = time.perf_counter()

    async def writer() -> None:
        nonlocal num_sent, written
        for number, call in turns:
            if command["per_second"]:
                due = started + num_sent / command["per_second"]
                num_sent += number
                await until(due, stop)
            if stop.is_set():
                return
            await method(call, timeout=CALL_SECONDS)
            if not written:
                print("begun", flush=True)
            written += number
            if written >= FIRST and "first_seconds" not in figures:
                figures["first_seconds"] = time.perf_counter() - started
                figures["first_per_second"] = written / figures["first_seconds"]

    await asyncio.gather(*(writer() for _ in range(command["writers"])))
    seconds = time.perf_counter() - started
    # Of the clock all processes share: what waits for the graph counts from here.
    began = time.monotonic() - seconds
    return {
        **figures, "records": written, "seconds": seconds, "records_per_second": written / seconds, "began": began,
    }  # fmt: skip


async def until(due: float, stop: asyncio.Event) -> None:
    """Wait until *due*, or until *stop* is set."""
    pause = due - time.perf_counter()
    if pause > 0:
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            return


def search_method(channel: Any) -> Any:
    """Return the call that searches, with its answer parsed."""
    from lensdex.index.v1 import record_service_pb2 as pb

    return channel.unary_unary(f"{SERVICE}SearchRecords", response_deserializer=pb.SearchRecordsResponse.FromString)


async def answered(method: Any, call: bytes, due: float) -> float:
    """Make a call and return the seconds from when it was due. Raises when a query of it was refused."""
    answer = await method(call, timeout=CALL_SECONDS)
    if not all(len(result.hits.hits) == K for result in answer.results):
        raise RuntimeError("a query found fewer than it should")
    return time.perf_counter() - due


def percentiles(latencies: list[float]) -> dict[str, float]:
    """Return latencies for a report, in milliseconds."""
    return {f"latency_p{place}_ms": 1e3 * float(np.percentile(latencies, place)) for place in (50, 90, 99)}


async def run(command: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked for and add what it cost this process."""
    from grpc import aio

    from lensdex_wire.limits import message_size_options

    work = {"closed": closed, "open": open_loop, "write": write}[command["do"]]
    corpus = Corpus.read(Path(command["corpus"]))
    async with aio.insecure_channel(command["address"], options=message_size_options()) as channel:
        started, spent = time.perf_counter(), cpu()
        figures = await work(channel, command, corpus)
        figures["client_cpu_cores"] = (cpu() - spent) / (time.perf_counter() - started)
    return figures


def cpu() -> float:
    """Return the CPU seconds this process has taken."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.loads(sys.argv[1])))), flush=True)
