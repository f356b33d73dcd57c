"""Snapshots where the process is killed at a chosen step, or the disk is full: whole or not there."""

import signal
import subprocess
from pathlib import Path

import grpc
import numpy as np
import pytest
from grpc_status import rpc_status
from index_testing import reason, upsert_request
from test_crash import Writer, check, create, ended, row, start, versioned

from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import collection_service_pb2_grpc, record_service_pb2_grpc
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_wire.errors import unpack_refusal

KILL = """
import os, signal
import lensdex_index.engines.local.engine
from lensdex_index.engines.local import snapshot_file, snapshot_folder, snapshotting
from lensdex_index.engines.local.store import catalog_db, copying
from lensdex_index.engines.local.snapshot_folder import SnapshotFolder
from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.engines.local.store.copying import Copy
def kill(owner, name, when):
    real = getattr(owner, name)
    def patched(*arguments):
        if when == "before" or (arguments[-1] == "ready" and when == "before ready"):
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = real(*arguments)
        if when == "after" or (arguments[-1] == "ready" and when == "after ready"):
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome
    setattr(owner, name, patched)
"""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the library that knows full disks."""
    library = tmp_path_factory.mktemp("disk") / "disk.so"
    source = Path(__file__).with_name("disk.cpp")
    command = ["c++", "-std=c++17", "-O1", "-shared", "-fPIC", str(source), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True, timeout=100)
    return library


def stubs(
    channel: grpc.Channel,
) -> tuple[collection_service_pb2_grpc.CollectionServiceStub, record_service_pb2_grpc.RecordServiceStub]:
    """Return both stubs."""
    return (
        collection_service_pb2_grpc.CollectionServiceStub(channel),
        record_service_pb2_grpc.RecordServiceStub(channel),
    )


def filled(channel: grpc.Channel) -> Writer:
    """Make the collection with some records; return who knows them."""
    create(channel)
    writer = Writer("w", {f"w-{at}": 1 for at in range(40)})
    stubs(channel)[1].UpsertRecords(versioned(list(writer.acknowledged), 1))
    return writer


def listed(channel: grpc.Channel) -> list[pb.Snapshot]:
    """Return the snapshots there are."""
    return list(stubs(channel)[0].ListSnapshots(pb.ListSnapshotsRequest()).snapshots)


def restore(channel: grpc.Channel, snapshot: pb.Snapshot, name: str = "again") -> int:
    """Restore a snapshot; return how many records that makes."""
    collections, records = stubs(channel)
    for _ in collections.RestoreSnapshot(pb.RestoreSnapshotRequest(snapshot=snapshot.name, collection=name)):
        pass
    return records.CountRecords(rpb.CountRecordsRequest(collection=name)).num_records


@pytest.mark.parametrize(
    ("step", "num_left"),
    [
        ("kill(Copy, 'begin', 'after')", 0),
        ("kill(Copy, '_reached', 'after')", 0),
        ("kill(snapshot_file, 'seal', 'before')", 0),
        ("kill(snapshot_file, 'write_at', 'after')", 0),
        ("kill(SnapshotFolder, 'keep', 'before')", 0),
        ("kill(snapshot_folder, 'sync_folder', 'before')", 1),
        ("kill(SnapshotFolder, 'keep', 'after')", 1),
    ],
)
def test_killed_while_one_is_made(tmp_path: Path, step: str, num_left: int) -> None:
    """Whatever the step, after the next start the snapshot is whole or not there, and nothing else is left of it."""
    process, address = start(tmp_path, before=KILL + step)
    with grpc.insecure_channel(address) as channel:
        writer = filled(channel)
        with pytest.raises(grpc.RpcError):
            list(stubs(channel)[0].CreateSnapshot(pb.CreateSnapshotRequest(collection="things"), timeout=30))
    ended(process, -signal.SIGKILL)
    process, address = start(tmp_path)
    with grpc.insecure_channel(address) as channel:
        check(stubs(channel)[1], [writer])
        snapshots = listed(channel)
        assert len(snapshots) == num_left
        assert [path for path in tmp_path.glob("snapshots/**/*") if path.is_file()] == [
            tmp_path / "snapshots" / f"{one.name}.snapshot" for one in snapshots
        ]
        assert [restore(channel, one) for one in snapshots] == [40] * num_left
        process.terminate()
    ended(process, 0)


@pytest.mark.parametrize(
    ("step", "num_left"),
    [
        ("kill(CatalogDb, 'add', 'after')", 0),
        ("kill(snapshot_file, 'write_at', 'after')", 0),
        ("kill(snapshotting, 'adopt', 'before')", 0),
        ("kill(snapshotting, 'adopt', 'after')", 0),
        ("kill(CatalogDb, 'set_state', 'before ready')", 0),
        ("kill(CatalogDb, 'set_state', 'after ready')", 1),
    ],
)
def test_killed_while_one_is_restored(tmp_path: Path, step: str, num_left: int) -> None:
    """Whatever the step, after the next start the collection is whole or not there; the snapshot is there."""
    process, address = start(tmp_path)
    with grpc.insecure_channel(address) as channel:
        writer = filled(channel)
        *_, last = stubs(channel)[0].CreateSnapshot(pb.CreateSnapshotRequest(collection="things"))
        process.terminate()
    ended(process, 0)
    process, address = start(tmp_path, before=KILL + step)
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError):
        restore(channel, last.snapshot)
    ended(process, -signal.SIGKILL)
    process, address = start(tmp_path)
    with grpc.insecure_channel(address) as channel:
        collections, records = stubs(channel)
        check(records, [writer])
        assert listed(channel) == [last.snapshot]
        names = [one.name for one in collections.ListCollections(cpb.ListCollectionsRequest()).collections]
        assert names == ["again", "things"][-1 - num_left :]
        assert len(list(tmp_path.glob("collections/*"))) == 1 + num_left
        if num_left:
            assert records.CountRecords(rpb.CountRecordsRequest(collection="again")).num_records == 40
        assert restore(channel, last.snapshot, "once-more") == 40
        process.terminate()
    ended(process, 0)


def test_a_full_disk(tmp_path: Path, disk: Path) -> None:
    """Without room, snapshots are not made, restored or taken in, and say so; nothing is left; with room, all goes."""
    data, sign = tmp_path / "data", tmp_path / "full"
    process, address = start(data, {"LD_PRELOAD": str(disk), "DISK_FULL_IF": str(sign)})
    with grpc.insecure_channel(address) as channel:
        collections, records = stubs(channel)
        filled(channel)
        rows = np.concatenate([row("r", at) for at in range(500)])
        records.UpsertRecords(upsert_request(rows))
        *_, last = collections.CreateSnapshot(pb.CreateSnapshotRequest(collection="things"))
        parts = list(collections.DownloadSnapshot(pb.DownloadSnapshotRequest(snapshot=last.snapshot.name)))
        chunks = [pb.UploadSnapshotRequest(chunk=part.chunk) for part in parts[1:]]
        before = sorted(path for path in data.rglob("*") if path.is_file())
        sign.touch()
        refused = (
            lambda: list(collections.CreateSnapshot(pb.CreateSnapshotRequest(collection="things"))),
            lambda: restore(channel, last.snapshot),
            lambda: collections.UploadSnapshot(iter(chunks)),
        )
        for call in refused:
            with pytest.raises(grpc.RpcError) as told:
                call()
            assert reason(unpack_refusal(rpc_status.from_call(told.value))) == "STORE_UNAVAILABLE"
            assert records.CountRecords(rpb.CountRecordsRequest(collection="things")).num_records == 540
        assert listed(channel) == [last.snapshot]
        sign.unlink()
        assert sorted(path for path in data.rglob("*") if path.is_file()) == before
        *_, more = collections.CreateSnapshot(pb.CreateSnapshotRequest(collection="things"))
        assert collections.UploadSnapshot(iter(chunks)).snapshot == last.snapshot
        assert restore(channel, more.snapshot) == 540
        process.terminate()
    ended(process, 0)
