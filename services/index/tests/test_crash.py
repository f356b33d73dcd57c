"""Durability by killing the process: nothing acknowledged is lost, nothing deleted returns, counts agree.

A killed process leaves its writes to the system, synced or not. So a preloaded library besides keeps only what was
synced (`disk.cpp`), as a loss of power might.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from types import MappingProxyType

import grpc
import numpy as np
import pytest
from grpc_status import rpc_status
from index_testing import reason, struct, upsert_request

from lensdex.index.v1 import (
    collection_pb2,
    collection_service_pb2_grpc,
    filter_pb2,
    record_pb2,
    record_service_pb2_grpc,
)
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.vectors import pack_vectors, unpack_vectors

WRITERS = 4
SEARCHERS = 2
DIMENSION = 32


def row(record_id: str, version: int) -> np.ndarray:
    """Return the vector of a version of a record; no two are alike."""
    seed = int.from_bytes(hashlib.sha256(f"{record_id}/{version}".encode()).digest(), "big")
    return np.random.default_rng(seed).normal(size=(1, DIMENSION)).astype(np.float32)


def named(ids: Sequence[str]) -> filter_pb2.Filter:
    """Return the filter that matches the records of *ids*, which have their names in their metadata."""
    values = [filter_pb2.FilterValue(keyword_value=record_id) for record_id in ids]
    return filter_pb2.Filter(one_of=filter_pb2.OneOf(field="name", values=values))


def versioned(ids: Sequence[str], version: int) -> rpb.UpsertRecordsRequest:
    """Return the request that writes a version of the records of *ids*."""
    rows = np.concatenate([row(record_id, version) for record_id in ids])
    records = [record_pb2.Record(id=record_id, metadata=struct(name=record_id, version=version)) for record_id in ids]
    return upsert_request(rows, ids, records=records)


def changed(ids: Sequence[str], version: int) -> rpb.UpdateRecordsRequest:
    """Return the request that makes a version of the records of *ids*, and leaves their names as they are."""
    rows = np.concatenate([row(record_id, version) for record_id in ids])
    updates = [record_pb2.RecordUpdate(id=record_id, metadata=struct(version=version)) for record_id in ids]
    block = record_pb2.ViewVectors(vectors=pack_vectors(rows), record_indexes=range(len(ids)))
    return rpb.UpdateRecordsRequest(collection="things", updates=updates, vectors=[block])


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
                if removing and choose.random() < 0.5:
                    stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", filter=named(ids)), timeout=10)
                elif removing:
                    stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=ids), timeout=10)
                elif all(self.acknowledged.get(record_id) is not None for record_id in ids):
                    stub.UpdateRecords(changed(ids, self.version), timeout=10)
                else:
                    stub.UpsertRecords(versioned(ids, self.version), timeout=10)
            except grpc.RpcError as error:
                # Killed amid the call. Anything else is a refusal, and none of these calls deserves one.
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    raise
                return
            self.acknowledged |= dict.fromkeys(ids, wanted)
            self.uncertain = {}
            wrote.release()


def search(stub: record_service_pb2_grpc.RecordServiceStub, stop: threading.Event, seed: int) -> None:
    """Search until the server is gone. Every answer lists a record once."""
    choose = np.random.default_rng(seed)
    while not stop.is_set():
        rows = choose.normal(size=(4, DIMENSION)).astype(np.float32)
        request = rpb.SearchRecordsRequest(
            collection="things", k=50, vectors=rpb.VectorQueries(vectors=pack_vectors(rows))
        )
        try:
            answer = stub.SearchRecords(request, timeout=10)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                return
            raise
        for result in answer.results:
            ids = [hit.record.id for hit in result.hits.hits]
            assert len(set(ids)) == len(ids)


def start(
    folder: Path,
    environment: Mapping[str, str] = MappingProxyType({}),
    *,
    before: str = "",
    flags: Sequence[str] = (),
    events: list[str] | None = None,
) -> tuple[subprocess.Popen[str], str]:
    """Start a server process, which does *before* first; return it and its address once it serves.

    *events* takes what it says until then.
    """
    flags = ("--data-dir", str(folder), "--port", "0", "--metrics-port", "none", *flags)
    main = f"import sys\nfrom lensdex_index.__main__ import main\n{before}\nsys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", main, "serve", *flags]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment)
    assert process.stderr is not None
    for line in process.stderr:
        said = loads(line)
        if events is not None:
            events.append(said["event"])
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
    versions = {version for writer in writers for version in writer.acknowledged.values() if version is not None}
    for version in sorted(versions)[::7]:
        equals = filter_pb2.Equals(field="version", value=filter_pb2.FilterValue(int64_value=version))
        matching = rpb.CountRecordsRequest(collection="things", filter=filter_pb2.Filter(equals=equals))
        expected = sum(own == version for writer in writers for own in writer.acknowledged.values())
        assert stub.CountRecords(matching).num_records == expected
    for low in range(0, len(ids), 50):
        part = ids[low : low + 50]
        queries = rpb.VectorQueries(vectors=pack_vectors(np.stack([stored[record_id] for record_id in part])))
        found = stub.SearchRecords(rpb.SearchRecordsRequest(collection="things", k=len(ids), vectors=queries))
        for record_id, result in zip(part, found.results, strict=True):
            hits = [hit.record.id for hit in result.hits.hits]
            assert hits[0] == record_id
            assert sorted(hits) == ids
        request = rpb.SearchRecordsRequest(collection="things", k=len(ids), vectors=queries, filter=named(part))
        for result in stub.SearchRecords(request).results:
            assert sorted(hit.record.id for hit in result.hits.hits) == part


def create(channel: grpc.Channel) -> None:
    """Create the collection."""
    view = collection_pb2.View(name="default", dimension=DIMENSION)
    fields = [collection_pb2.IndexedField(name="name", type=1), collection_pb2.IndexedField(name="version", type=2)]
    collection = collection_pb2.Collection(name="things", views=[view], indexed_fields=fields)
    made = cpb.CreateCollectionRequest(collection=collection)
    collection_service_pb2_grpc.CollectionServiceStub(channel).CreateCollection(made)


def kill_amid(
    process: subprocess.Popen[str],
    stub: record_service_pb2_grpc.RecordServiceStub,
    writers: list[Writer],
    *,
    num_writes: int,
    seconds: float,
    until: Callable[[], bool] = lambda: True,
) -> None:
    """Kill the server under writers and searchers, *seconds* after *num_writes* writes were acknowledged.

    After as many more as it takes until *until* answers so.
    """
    stop, wrote = threading.Event(), threading.Semaphore(0)
    with ThreadPoolExecutor(WRITERS + SEARCHERS) as pool:
        running = [pool.submit(writer.run, stub, stop, wrote) for writer in writers]
        running += [pool.submit(search, stub, stop, at) for at in range(SEARCHERS)]
        try:
            for _ in range(num_writes):
                assert wrote.acquire(timeout=30)
            while not until():
                assert wrote.acquire(timeout=30)
            time.sleep(seconds)
        finally:
            process.send_signal(signal.SIGKILL)
            for item in running:
                item.result(30)
            stop.set()


def ended(process: subprocess.Popen[str], code: int) -> None:
    """Wait for the end, which must be with *code*."""
    assert process.wait(30) == code
    assert process.stderr is not None
    process.stderr.close()


def test_kill(tmp_path: Path, kills: int) -> None:
    """After SIGKILL amid writes of every kind and searches, exactly what was acknowledged is there and is found."""
    writers = [Writer(f"w{at}") for at in range(WRITERS)]
    choose = random.Random(7)
    for number in range(kills + 1):
        process, address = start(tmp_path)
        with grpc.insecure_channel(address) as channel:
            stub = record_service_pb2_grpc.RecordServiceStub(channel)
            if number == 0:
                create(channel)
            else:
                check(stub, writers)
            if number < kills:
                # Any moment of a write may be the last.
                num_writes, seconds = choose.randrange(60, 150), choose.random() * 0.01
                kill_amid(process, stub, writers, num_writes=num_writes, seconds=seconds)
            else:
                process.terminate()
        ended(process, -signal.SIGKILL if number < kills else 0)


SAVING = ("--save-min-vectors", "1", "--save-changed-fraction", "0.001", "--save-idle-seconds", "0")
SAVE_ALL_THE_TIME = """
from lensdex_index.engines.local import restoring, saver
saver._LOOK_SECONDS = 0.001
restoring._MOST_DEAD = 1.0  # These writers replace what they wrote over and over.
"""


def test_kill_while_graphs_are_saved(tmp_path: Path, kills: int) -> None:
    """After SIGKILL amid saving, too, all is there and found, and no half-written graph is left or trusted."""
    writers = [Writer(f"w{at}") for at in range(WRITERS)]
    choose = random.Random(8)
    halves = 0
    events: list[str] = []
    for number in range(kills + 1):
        process, address = start(tmp_path, before=SAVE_ALL_THE_TIME, flags=SAVING, events=events)
        with grpc.insecure_channel(address) as channel:
            stub = record_service_pb2_grpc.RecordServiceStub(channel)
            if number == 0:
                create(channel)
            else:
                check(stub, writers)
            if number < kills:
                num_writes, seconds = choose.randrange(60, 150), choose.random() * 0.05

                def saved() -> bool:
                    return any(tmp_path.glob("collections/*/*.graph"))

                kill_amid(process, stub, writers, num_writes=num_writes, seconds=seconds, until=saved)
                halves += len(list(tmp_path.glob("collections/*/*.new")))
            else:
                process.terminate()
        ended(process, -signal.SIGKILL if number < kills else 0)

    # Whatever the moment, the graph under its own name is a whole one.
    assert events.count("graph loaded") == kills
    # Of many kills, some must have met a save half done: else this test would show nothing.
    assert halves > 0 or kills < 20
    assert list(tmp_path.glob("collections/*/*.new")) == []


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the library that keeps what is synced, and knows full disks."""
    library = tmp_path_factory.mktemp("disk") / "disk.so"
    source = Path(__file__).with_name("disk.cpp")
    command = ["c++", "-std=c++17", "-O1", "-shared", "-fPIC", str(source), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True, timeout=100)
    return library


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL", "OFF"])
def test_what_is_acknowledged_is_synced(tmp_path: Path, disk: Path, synchronous: str) -> None:
    """What was synced before a kill holds all that was acknowledged; not so where a commit does not sync."""
    data, synced = tmp_path / "data", tmp_path / "synced"
    environment = {"LD_PRELOAD": str(disk), "SYNCED_FROM": str(data), "SYNCED_TO": str(synced)}
    lax = f"""
from lensdex_index.engines.local.store import records_db
connect = records_db.connect
def connect_as_told(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.execute("PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # A checkpoint syncs the log even under NORMAL.
    return connection
records_db.connect = connect_as_told
"""
    writers = [Writer(f"w{at}") for at in range(WRITERS)]
    process, address = start(data, environment)
    with grpc.insecure_channel(address) as channel:
        create(channel)
        process.terminate()
    ended(process, 0)
    process, address = start(data, environment, before="" if synchronous == "FULL" else lax)
    with grpc.insecure_channel(address) as channel:
        kill_amid(process, record_service_pb2_grpc.RecordServiceStub(channel), writers, num_writes=30, seconds=0)
    ended(process, -signal.SIGKILL)

    process, address = start(synced)
    with grpc.insecure_channel(address) as channel:
        stub = record_service_pb2_grpc.RecordServiceStub(channel)
        if synchronous == "FULL":
            check(stub, writers)
        else:
            with pytest.raises(AssertionError, match="allowed"):
                check(stub, writers)
        process.terminate()
    ended(process, 0)


def test_a_full_disk_refuses_writes_and_serves_reads(tmp_path: Path, disk: Path) -> None:
    """Without room, writes are refused and say so, and leave nothing; reads go on; with room, writes do too."""
    data, sign = tmp_path / "data", tmp_path / "full"
    rows = np.concatenate([row("r", at) for at in range(200)])
    process, address = start(data, {"LD_PRELOAD": str(disk), "DISK_FULL_IF": str(sign)})
    with grpc.insecure_channel(address) as channel:
        create(channel)
        stub = record_service_pb2_grpc.RecordServiceStub(channel)
        kept = Writer("kept", {f"kept-{at}": at for at in range(3)})
        for record_id, version in list(kept.acknowledged.items()):
            stub.UpsertRecords(versioned([record_id], version or 0))
        for _ in range(2):
            sign.touch()
            with pytest.raises(grpc.RpcError) as written:
                stub.UpsertRecords(upsert_request(rows), timeout=30)
            with pytest.raises(grpc.RpcError) as deleted:
                stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=["kept-0"]), timeout=30)
            by_filter = rpb.DeleteRecordsRequest(collection="things", filter=named(["kept-0", "kept-1"]))
            with pytest.raises(grpc.RpcError) as purged:
                stub.DeleteRecords(by_filter, timeout=30)
            for told in (written, deleted, purged):
                refused = unpack_refusal(rpc_status.from_call(told.value))
                assert reason(refused) == "STORE_UNAVAILABLE", refused
            check(stub, [kept])
            sign.unlink()
            check(stub, [kept])
            stub.UpsertRecords(versioned(["kept-3"], 3))
            kept.acknowledged["kept-3"] = 3
        process.kill()
    ended(process, -signal.SIGKILL)
    process, address = start(data)
    with grpc.insecure_channel(address) as channel:
        check(record_service_pb2_grpc.RecordServiceStub(channel), [kept])
        process.terminate()
    ended(process, 0)
