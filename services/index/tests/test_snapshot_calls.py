"""The calls about snapshots, over a real server: what comes, what is refused, and what a caller that leaves leaves."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import grpc
import numpy as np
import pytest
from index_testing import Server, bound_view, content, reason, refusal, struct, vectors

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.store import copying
from lensdex_wire.errors import Refusal
from lensdex_wire.vectors import pack_vectors, unpack_vectors


async def filled(server: Server) -> str:
    """Make a collection with everything; return the token of its last write."""
    fields = [collection_pb2.IndexedField(name="grade", type=2)]
    await server.create(views=[bound_view(), bound_view("image")], indexed_fields=fields)
    records = [
        record_pb2.Record(id=f"r{at}", metadata=struct(grade=at), content=content(f"가{at}")) for at in range(30)
    ]
    blocks = [
        record_pb2.ViewVectors(vectors=pack_vectors(vectors(30)), space=bound_view().space),
        record_pb2.ViewVectors(
            view="image", vectors=pack_vectors(vectors(2)), record_indexes=[3, 7], space=bound_view().space
        ),
    ]
    answer = await server.upsert(vectors(30), records=records, vectors=blocks)
    return answer.consistency_token


async def created(server: Server, name: str = "things") -> pb.Snapshot:
    """Make a snapshot."""
    messages = [one async for one in server.collections.CreateSnapshot(pb.CreateSnapshotRequest(collection=name))]
    assert [one.WhichOneof("part") for one in messages[:-1]] == ["progress"] * (len(messages) - 1)
    return messages[-1].snapshot


async def restored(server: Server, snapshot: str, name: str = "again") -> collection_pb2.Collection:
    """Restore one."""
    request = pb.RestoreSnapshotRequest(snapshot=snapshot, collection=name)
    messages = [one async for one in server.collections.RestoreSnapshot(request)]
    assert {one.progress.phase for one in messages[:-1]} <= {3, 4}
    return messages[-1].collection


async def downloaded(server: Server, snapshot: str) -> tuple[pb.Snapshot, bytes]:
    """Return what comes first, and the file."""
    call = server.collections.DownloadSnapshot(pb.DownloadSnapshotRequest(snapshot=snapshot))
    messages = [one async for one in call]
    return messages[0].snapshot, b"".join(one.chunk for one in messages[1:])


async def uploaded(server: Server, data: bytes, size: int = 10_000) -> pb.Snapshot:
    """Send a file."""

    async def chunks() -> AsyncIterator[pb.UploadSnapshotRequest]:
        for at in range(0, len(data), size):
            yield pb.UploadSnapshotRequest(chunk=data[at : at + size])

    return (await server.collections.UploadSnapshot(chunks())).snapshot


async def told(call: object) -> Refusal:
    """Exhaust a stream that must fail."""

    async def exhausted() -> None:
        async for _ in call:
            pass

    return await refusal(exhausted())


async def everything(server: Server, name: str) -> tuple[list[record_pb2.Record], list[np.ndarray]]:
    """Return all a collection holds."""
    got = await server.records.ListRecords(rpb.ListRecordsRequest(collection=name, views=["default", "image"]))
    return list(got.records), [unpack_vectors(block.vectors) for block in got.vectors]


def left(tmp_path: Path) -> list[str]:
    """Return the files there are of snapshots."""
    return [path.name for path in (tmp_path / "data" / "snapshots").rglob("*") if path.is_file()]


async def settled(condition: Callable[[], object]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  it is about files
            await asyncio.sleep(0.01)


async def test_a_round_trip(server: Server, tmp_path: Path) -> None:
    """A snapshot is made, listed, fetched, deleted, sent again and restored; all is there again."""
    await filled(server)
    snapshot = await created(server)
    listed = await server.collections.ListSnapshots(pb.ListSnapshotsRequest())
    described, data = await downloaded(server, snapshot.name)
    await server.collections.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot=snapshot.name))
    assert left(tmp_path) == []
    again = await uploaded(server, data)
    collection = await restored(server, snapshot.name)

    assert [*listed.snapshots] == [described] == [again] == [snapshot]
    assert (snapshot.collection, snapshot.num_records, snapshot.num_bytes) == ("things", 30, len(data))
    assert snapshot.sequence == 1
    before = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))
    assert (collection.name, collection.views, collection.indexed_fields) == (
        "again",
        before.collection.views,
        before.collection.indexed_fields,
    )
    assert collection.create_time.ToDatetime() > before.collection.create_time.ToDatetime()
    assert "snapshots" in before.traits
    (records, rows), (old_records, old_rows) = await everything(server, "again"), await everything(server, "things")
    assert records == old_records
    assert all(map(np.array_equal, rows, old_rows))


async def test_tokens_of_the_old_collection_are_refused(server: Server) -> None:
    """A restored collection has an epoch of its own: tokens of the other one are no good for it."""
    token = await filled(server)
    page = await server.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=2))
    await restored(server, (await created(server)).name)
    await server.search(records=rpb.RecordQueries(ids=["r1"]), consistency_token=token)
    again = server.search(name="again", records=rpb.RecordQueries(ids=["r1"]), consistency_token=token)
    assert reason(await refusal(again)) == "INVALID_CONSISTENCY_TOKEN"
    request = rpb.ListRecordsRequest(collection="again", page_token=page.next_page_token)
    assert reason(await refusal(server.records.ListRecords(request))) == "INVALID_PAGE_TOKEN"


async def test_pages(server: Server) -> None:
    """Snapshots come in pages by name; a token is good for one collection; a bad size is refused."""
    for name in ("a", "b"):
        await server.create(name)
    made = [await created(server, name) for name in ("b", "a", "b")]
    names, token = [], ""
    while True:
        page = await server.collections.ListSnapshots(pb.ListSnapshotsRequest(page_size=1, page_token=token))
        names += [one.name for one in page.snapshots]
        if not (token := page.next_page_token):
            break
        kept = token
    assert names == sorted(one.name for one in made)
    one = await server.collections.ListSnapshots(pb.ListSnapshotsRequest(collection="a"))
    assert [*one.snapshots] == [made[1]]
    for bad, why in (
        (pb.ListSnapshotsRequest(page_size=-1), "INVALID_FIELD"),
        (pb.ListSnapshotsRequest(page_token="x"), "INVALID_PAGE_TOKEN"),
        (pb.ListSnapshotsRequest(page_token=kept, collection="b"), "INVALID_PAGE_TOKEN"),
    ):
        assert reason(await refusal(server.collections.ListSnapshots(bad))) == why


@pytest.mark.parametrize("name", ["", "../x", "/etc/passwd", "things.20261127T123001Z.0123456789ab"])
async def test_unknown_snapshots(server: Server, name: str) -> None:
    """No name of a caller's is a path; one without a snapshot is told as such by every call."""
    stub = server.collections
    errors = [
        await refusal(stub.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot=name))),
        await told(stub.RestoreSnapshot(pb.RestoreSnapshotRequest(snapshot=name, collection="again"))),
        await told(stub.DownloadSnapshot(pb.DownloadSnapshotRequest(snapshot=name))),
    ]
    assert [(reason(one), one.metadata) for one in errors] == [("SNAPSHOT_NOT_FOUND", {"snapshot": name})] * 3


async def test_bad_names_of_collections(server: Server) -> None:
    """A snapshot is restored under a free and proper name only, and made of what there is."""
    await filled(server)
    snapshot = (await created(server)).name
    for name, why in (
        ("things", "COLLECTION_EXISTS"),
        ("", "INVALID_FIELD"),
        ("../x", "INVALID_FIELD"),
        ("A", "INVALID_FIELD"),
    ):
        request = pb.RestoreSnapshotRequest(snapshot=snapshot, collection=name)
        assert reason(await told(server.collections.RestoreSnapshot(request))) == why
    missing = server.collections.CreateSnapshot(pb.CreateSnapshotRequest(collection="nothing"))
    assert reason(await told(missing)) == "COLLECTION_NOT_FOUND"


async def test_limits_hold_for_restored_collections(start: Callable[..., Awaitable[Server]], tmp_path: Path) -> None:
    """What could not have been created here is not restored here either."""
    server = await start()
    await filled(server)
    snapshot = (await created(server)).name
    server.stop.set()
    await settled(lambda: server.engine._lock_file is None)
    server = await start(max_views=1)
    request = pb.RestoreSnapshotRequest(snapshot=snapshot, collection="again")
    error = await told(server.collections.RestoreSnapshot(request))
    assert (reason(error), "views" in error.metadata["detail"]) == ("INVALID_SNAPSHOT", True)
    assert len(list((tmp_path / "data" / "collections").iterdir())) == 1


async def test_bad_uploads(server: Server, tmp_path: Path) -> None:
    """A file that is cut short, changed, foreign or empty, and a bad chunk, are refused; nothing is left."""
    await filled(server)
    snapshot = await created(server)
    _, data = await downloaded(server, snapshot.name)
    await server.collections.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot=snapshot.name))
    for bad, detail in (
        (data[:-1], "cut short"),
        (data[:9000] + b"!" + data[9001:], "checksum"),
        # In one chunk: grpc.aio tells a caller that writes on after a refusal nothing but "Internal error from Core".
        (b"PK\3\4" + bytes(5_000), "no Lensdex snapshot"),
        (b"", "cut short"),
    ):
        error = await refusal(uploaded(server, bad))
        assert (reason(error), error.code, error.metadata["snapshot"]) == (
            "INVALID_SNAPSHOT",
            grpc.StatusCode.FAILED_PRECONDITION,
            "",
        )
        assert detail in error.metadata["detail"]
    for chunk in (b"", bytes(5 << 20)):

        async def one(chunk: bytes = chunk) -> AsyncIterator[pb.UploadSnapshotRequest]:
            yield pb.UploadSnapshotRequest(chunk=chunk)

        assert reason(await refusal(server.collections.UploadSnapshot(one()))) == "INVALID_FIELD"
    await settled(lambda: left(tmp_path) == [])


async def test_an_upload_cut_in_the_middle_leaves_nothing(server: Server, tmp_path: Path) -> None:
    """A caller that goes away amid its upload leaves no file, and others may upload the same."""
    await filled(server)
    snapshot = await created(server)
    _, data = await downloaded(server, snapshot.name)
    await server.collections.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot=snapshot.name))
    call = server.collections.UploadSnapshot()
    await call.write(pb.UploadSnapshotRequest(chunk=data[:20_000]))
    await settled(lambda: left(tmp_path))
    call.cancel()
    await settled(lambda: left(tmp_path) == [])
    assert await uploaded(server, data) == snapshot
    assert (await uploaded(server, data, 1 << 20)) == snapshot


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Keep copying and adopting from going on until it is allowed."""
    allowed = threading.Event()
    reached, adopt = copying.Copy._reached, copying.adopt

    def wait_first(*arguments: object) -> object:
        allowed.wait(30)
        return reached(*arguments)

    def wait_to_adopt(*arguments: object) -> object:
        allowed.wait(30)
        return adopt(*arguments)

    monkeypatch.setattr(copying.Copy, "_reached", wait_first)
    monkeypatch.setattr("lensdex_index.engines.local.snapshotting.adopt", wait_to_adopt)
    return allowed


async def test_a_caller_that_leaves_leaves_nothing(server: Server, tmp_path: Path, held: threading.Event) -> None:
    """Cancelling a call, or its deadline, ends the work: no snapshot, no collection, and the name is free."""
    await filled(server)
    request = pb.CreateSnapshotRequest(collection="things")
    call = server.collections.CreateSnapshot(request)
    assert (await call.read()).progress.phase == 1
    call.cancel()
    late = await told(server.collections.CreateSnapshot(request, timeout=0.5))
    assert reason(late) == "DEADLINE_EXCEEDED"
    held.set()
    await settled(lambda: left(tmp_path) == [])
    snapshot = await created(server)
    held.clear()
    restore = pb.RestoreSnapshotRequest(snapshot=snapshot.name, collection="again")
    call = server.collections.RestoreSnapshot(restore)
    assert (await call.read()).progress.phase == 3
    await server.upsert(
        vectors(1),
        ["new"],
        vectors=[record_pb2.ViewVectors(vectors=pack_vectors(vectors(1)), space=bound_view().space)],
    )
    call.cancel()
    held.set()
    await settled(lambda: len(list((tmp_path / "data" / "collections").iterdir())) == 1)
    assert (await restored(server, snapshot.name)).name == "again"


async def test_draining_gives_up(server: Server, tmp_path: Path, held: threading.Event) -> None:
    """A server that drains ends the making of a snapshot, says so, and leaves nothing."""
    await filled(server)
    call = server.collections.CreateSnapshot(pb.CreateSnapshotRequest(collection="things"))
    assert (await call.read()).progress.phase == 1
    server.stop.set()

    async def rest() -> None:
        while await call.read() is not grpc.aio.EOF:
            pass

    assert reason(await refusal(rest())) == "NOT_SERVING"
    held.set()
    await settled(lambda: left(tmp_path) == [])


async def test_an_engine_without_snapshots_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call is refused, by the name of the trait that the engine lacks, with the remedy."""
    monkeypatch.setattr(LocalEngine, "snapshots", None)
    stub = server.collections
    errors = [
        await told(stub.CreateSnapshot(pb.CreateSnapshotRequest(collection="x"))),
        await told(stub.RestoreSnapshot(pb.RestoreSnapshotRequest(snapshot="x", collection="x"))),
        await told(stub.DownloadSnapshot(pb.DownloadSnapshotRequest(snapshot="x"))),
        await refusal(stub.ListSnapshots(pb.ListSnapshotsRequest())),
        await refusal(stub.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot="x"))),
        await refusal(uploaded(server, b"x")),
    ]
    for error in errors:
        assert (reason(error), error.code) == ("NOT_SUPPORTED", grpc.StatusCode.UNIMPLEMENTED)
        assert (error.metadata["engine"], error.metadata["trait"]) == ("local", "snapshots")
        assert "export" in error.metadata["remedy"]
