"""Durability by killing the process: nothing acknowledged is lost, nothing deleted returns, counts agree."""

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from json import loads
from pathlib import Path

import grpc
import numpy as np
from index_testing import upsert_request

from lensdex.index.v1 import collection_pb2, collection_service_pb2_grpc, record_service_pb2_grpc
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_wire.vectors import pack_vectors, unpack_vectors

KILLS = 3
WRITERS = 4
DIMENSION = 32


def row(record_id: str, version: int) -> np.ndarray:
    """Return the vector of a version of a record; no two are alike."""
    seed = int.from_bytes(f"{record_id}/{version}".encode(), "big") % 2**63
    return np.random.default_rng(seed).normal(size=(1, DIMENSION)).astype(np.float32)


@dataclass
class Writer:
    """One caller's writes: each id is its own, so that it alone knows what must be there."""

    name: str
    acknowledged: dict[str, int | None] = field(default_factory=dict)
    """Version that must be there; None: must not be there."""
    uncertain: dict[str, list[int | None]] = field(default_factory=dict)
    """What may be there instead: of the one write that was never answered."""
    version: int = 0

    def run(
        self, stub: record_service_pb2_grpc.RecordServiceStub, stop: threading.Event, wrote: threading.Semaphore
    ) -> None:
        """Write until the server is gone."""
        choose = random.Random(f"{self.name}/{self.version}")
        while not stop.is_set():
            self.version += 1
            ids = [f"{self.name}-{choose.randrange(40)}" for _ in range(3)]
            ids = list(dict.fromkeys(ids))
            removing = choose.random() < 0.3
            wanted = None if removing else self.version
            self.uncertain = {record_id: [wanted] for record_id in ids}
            try:
                if removing:
                    stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=ids), timeout=10)
                else:
                    rows = np.concatenate([row(record_id, self.version) for record_id in ids])
                    stub.UpsertRecords(upsert_request(rows, ids), timeout=10)
            except grpc.RpcError:
                return
            self.acknowledged |= dict.fromkeys(ids, wanted)
            self.uncertain = {}
            wrote.release()


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a server process; return it and its address once it serves."""
    flags = ("--data-dir", str(folder), "--port", "0", "--metrics-port", "none")
    command = [sys.executable, "-m", "lensdex_index", "serve", *flags]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        said = loads(line)
        if said["event"] == "serving":
            # Somebody must go on reading, or the pipe fills and the server waits.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, said["address"]
    raise AssertionError("the server ended before it served")


def check(stub: record_service_pb2_grpc.RecordServiceStub, writers: list[Writer]) -> None:
    """Compare what is stored and what is found with what was acknowledged."""
    stored: dict[str, np.ndarray] = {}
    token = ""
    while True:
        request = rpb.ListRecordsRequest(collection="things", page_token=token, page_size=50, views=["default"])
        page = stub.ListRecords(request)
        matrix = unpack_vectors(page.vectors[0].vectors)
        stored |= {record.id: matrix[at] for at, record in enumerate(page.records)}
        token = page.next_page_token
        if not token:
            break
    assert stub.CountRecords(rpb.CountRecordsRequest(collection="things")).num_records == len(stored)
    for writer in writers:
        for record_id in {*writer.acknowledged, *writer.uncertain}:
            allowed = [writer.acknowledged.get(record_id), *writer.uncertain.get(record_id, [])]
            fitting = [
                version
                for version in allowed
                if (version is None and record_id not in stored)
                or (
                    version is not None
                    and record_id in stored
                    and np.array_equal(stored[record_id], row(record_id, version)[0])
                )
            ]
            assert fitting, f"{record_id}: allowed {allowed}, there: {record_id in stored}"
            # From now on it is known what became of the unanswered write.
            writer.acknowledged[record_id] = fitting[-1]
        writer.uncertain = {}
    known = {
        record_id for writer in writers for record_id, version in writer.acknowledged.items() if version is not None
    }
    assert set(stored) == known
    ids = sorted(stored)
    for low in range(0, len(ids), 50):
        part = ids[low : low + 50]
        queries = rpb.VectorQueries(vectors=pack_vectors(np.stack([stored[record_id] for record_id in part])))
        found = stub.SearchRecords(rpb.SearchRecordsRequest(collection="things", k=len(ids), vectors=queries))
        for record_id, result in zip(part, found.results, strict=True):
            hits = [hit.record.id for hit in result.hits.hits]
            assert hits[0] == record_id
            assert sorted(hits) == ids


def test_kill(tmp_path: Path) -> None:
    """After SIGKILL amid concurrent upserts and deletes, exactly what was acknowledged is there and is found."""
    writers = [Writer(f"w{at}") for at in range(WRITERS)]
    choose = random.Random(7)
    for number in range(KILLS + 1):
        process, address = start(tmp_path)
        with grpc.insecure_channel(address) as channel:
            stub = record_service_pb2_grpc.RecordServiceStub(channel)
            if number == 0:
                view = collection_pb2.View(name="default", dimension=DIMENSION)
                made = cpb.CreateCollectionRequest(collection=collection_pb2.Collection(name="things", views=[view]))
                collection_service_pb2_grpc.CollectionServiceStub(channel).CreateCollection(made)
            else:
                check(stub, writers)
            if number < KILLS:
                stop, wrote = threading.Event(), threading.Semaphore(0)
                with ThreadPoolExecutor(WRITERS) as pool:
                    running = [pool.submit(writer.run, stub, stop, wrote) for writer in writers]
                    for _ in range(choose.randrange(60, 150)):
                        assert wrote.acquire(timeout=30)
                    time.sleep(choose.random() * 0.01)  # Any moment of a write may be the last.
                    process.send_signal(signal.SIGKILL)
                    for item in running:
                        item.result(30)
                    stop.set()
            else:
                process.terminate()
        assert process.wait(30) == (-signal.SIGKILL if number < KILLS else 0)
        assert process.stderr is not None
        process.stderr.close()
