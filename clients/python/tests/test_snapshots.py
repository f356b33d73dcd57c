"""Snapshots through the client: both faces alike, files whole or not there, and what breaks is raised."""

import asyncio
import time
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import pytest

from lensdex_client import (
    Collection,
    IndexClient,
    InvalidSnapshotError,
    LensdexError,
    NotServingError,
    ProtocolError,
    Snapshot,
    SnapshotNotFoundError,
    SnapshotPhase,
    StoreUnavailableError,
    View,
    aio,
)


@pytest.fixture
def client(index: Any) -> Any:
    """Give a client of an index with the collection c."""
    with IndexClient(index.address) as opened:
        opened.create_collection(Collection("c", [View("default", dimension=2)]))
        yield opened


def made(client: IndexClient) -> Snapshot:
    """Make a snapshot."""
    *_, last = client.create_snapshot("c")
    assert last.snapshot is not None
    return last.snapshot


def names(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return [path.name for path in folder.iterdir()]


async def test_making_and_restoring_tell_how_far_they_are(client: IndexClient, index: Any) -> None:
    """Progress comes as told, and what was made last, on both faces."""
    told = list(client.create_snapshot("c"))
    snapshot = told[-1].snapshot
    assert snapshot is not None
    restoring = list(client.restore_snapshot(snapshot.name, "d"))
    async with aio.IndexClient(index.address) as asynchronous:
        again = [one async for one in asynchronous.create_snapshot("c")]
        later = [one async for one in asynchronous.restore_snapshot(snapshot.name, "d")]

    assert [(one.phase, one.part_done) for one in told] == [
        (SnapshotPhase.COPYING, 0.5),
        (SnapshotPhase.SEALING, 0.5),
        (SnapshotPhase.DONE, 1.0),
    ]
    assert [one.phase.name for one in restoring] == ["CHECKING", "OPENING", "DONE"]
    assert restoring[-1].collection == Collection("d", ())
    assert (snapshot.collection, snapshot.sequence, snapshot.num_records) == ("c", 7, 3)
    assert snapshot.create_time.isoformat() == "2026-01-02T03:04:05+00:00"
    assert [one.phase for one in again] == [one.phase for one in told]
    assert later == restoring
    sent = index.requests["RestoreSnapshot"]
    assert [(one.snapshot, one.collection) for one in sent] == [(snapshot.name, "d")] * 2


@pytest.mark.parametrize(("cut", "error"), [(1, StoreUnavailableError), (-1, ProtocolError)])
async def test_a_work_that_breaks_is_told(client: IndexClient, index: Any, cut: int, error: type[LensdexError]) -> None:
    """A refusal, and a stream that ends too early, are raised; nothing is asked for again."""
    index.cuts = [cut, cut]
    with pytest.raises(error):
        list(client.create_snapshot("c"))
    async with aio.IndexClient(index.address) as asynchronous:
        with pytest.raises(error):
            _ = [one async for one in asynchronous.create_snapshot("c")]
    assert len(index.requests["CreateSnapshot"]) == 2


async def test_a_work_is_given_up_by_closing_it(client: IndexClient, index: Any) -> None:
    """Closing the iterator ends the call."""
    index.cuts = [-2, -2]
    with closing(client.create_snapshot("c")) as told:
        next(told)
    async with aio.IndexClient(index.address) as asynchronous, aclosing(asynchronous.create_snapshot("c")) as later:
        await anext(later)
    until = time.monotonic() + 10
    while len(index.works_ended) < 2:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


async def test_snapshots_are_listed_and_deleted(client: IndexClient, index: Any) -> None:
    """All pages are read; a deleted snapshot is gone, and deleting it again is told."""
    snapshots = sorted((made(client) for _ in range(3)), key=lambda one: one.name)
    async with aio.IndexClient(index.address) as asynchronous:
        assert [one async for one in asynchronous.snapshots("c")] == snapshots
        await asynchronous.delete_snapshot(snapshots[0].name)
    assert list(client.snapshots()) == snapshots[1:]
    assert client.list_snapshots(page_size=5).snapshots == (snapshots[1],)
    assert [one.collection for one in index.requests["ListSnapshots"]] == ["c"] * 3 + [""] * 3
    with pytest.raises(SnapshotNotFoundError):
        client.delete_snapshot(snapshots[0].name)


async def test_files_travel(client: IndexClient, index: Any, tmp_path: Path) -> None:
    """What is downloaded is the index's file; uploaded, it is the same snapshot; on both faces, with progress."""
    snapshot = made(client)
    data = index.files[snapshot.name]
    told: list[tuple[int, int]] = []
    assert client.download_snapshot(snapshot.name, tmp_path / "a", on_bytes=lambda *now: told.append(now)) == snapshot
    assert told[0] == (0, len(data))
    assert told[-1] == (len(data), len(data))
    async with aio.IndexClient(index.address) as asynchronous:
        assert await asynchronous.download_snapshot(snapshot.name, tmp_path / "b") == snapshot
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == data
        index.files.clear()
        assert await asynchronous.upload_snapshot(tmp_path / "a") == snapshot
    index.files.clear()
    told.clear()
    assert client.upload_snapshot(tmp_path / "a", on_bytes=lambda *now: told.append(now)) == snapshot
    assert told[-1] == (len(data), len(data))
    assert index.files == {snapshot.name: data}


@pytest.mark.parametrize(
    ("cut", "error"), [(0, ProtocolError), (1, ProtocolError), (2, ProtocolError), (3, NotServingError)]
)
async def test_a_download_that_breaks_leaves_no_file(
    client: IndexClient, index: Any, tmp_path: Path, cut: int, error: type[LensdexError]
) -> None:
    """Cut short, changed on the way, or refused in the middle: it is raised, and what was there before stays."""
    snapshot = made(client)
    path = tmp_path / "file"
    path.write_text("before")
    index.cuts = [cut, cut]
    with pytest.raises(error):
        client.download_snapshot(snapshot.name, path)
    async with aio.IndexClient(index.address) as asynchronous:
        with pytest.raises(error):
            await asynchronous.download_snapshot(snapshot.name, path)
    assert names(tmp_path) == ["file"]
    assert path.read_text() == "before"


async def test_what_cannot_be_read_or_written_is_raised(client: IndexClient, index: Any, tmp_path: Path) -> None:
    """A missing file, a missing folder, and a file that is no snapshot."""
    snapshot = made(client)
    (tmp_path / "foreign").write_bytes(bytes(3_000_000))
    async with aio.IndexClient(index.address) as asynchronous:
        with pytest.raises(FileNotFoundError):
            client.upload_snapshot(tmp_path / "missing")
        with pytest.raises(FileNotFoundError):
            await asynchronous.upload_snapshot(tmp_path / "missing")
        with pytest.raises(FileNotFoundError):
            client.download_snapshot(snapshot.name, tmp_path / "missing" / "file")
        with pytest.raises(SnapshotNotFoundError):
            client.download_snapshot("nothing", tmp_path / "file")
        with pytest.raises(InvalidSnapshotError):
            client.upload_snapshot(tmp_path / "foreign")
        with pytest.raises(InvalidSnapshotError):
            await asynchronous.upload_snapshot(tmp_path / "foreign")
    assert names(tmp_path) == ["foreign"]


async def test_what_ends_an_upload_early_is_raised(client: IndexClient, index: Any, tmp_path: Path) -> None:
    """What goes wrong while the file is read is raised as it is, whatever the index says of the rest."""
    snapshot = made(client)
    client.download_snapshot(snapshot.name, tmp_path / "file")

    def fail(done: int, total: int) -> None:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        client.upload_snapshot(tmp_path / "file", on_bytes=fail)
    async with aio.IndexClient(index.address) as asynchronous:
        with pytest.raises(OSError, match="the disk is gone"):
            await asynchronous.upload_snapshot(tmp_path / "file", on_bytes=fail)
