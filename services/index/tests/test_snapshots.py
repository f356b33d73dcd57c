"""Snapshots on every engine that has them: one moment, whole, back as another collection; or nothing at all."""

import hashlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from index_testing import ALL, ENGINES, Reopen, drop, find, make, open_local, put, vectors, view

from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.engines.local import snapshot_file
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.snapshot_file import Facts
from lensdex_index.engines.local.snapshot_folder import SnapshotFolder
from lensdex_index.engines.local.store import copying
from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.errors import (
    AliasExistsError,
    CollectionExistsError,
    CollectionNotFoundError,
    InvalidSnapshotError,
    NotServingError,
    SnapshotNotFoundError,
    StoreUnavailableError,
)
from lensdex_index.filters import Equals, Filter
from lensdex_index.records import Alias, CollectionSpec, FieldSpec, FieldType, StoredRecord
from lensdex_index.snapshots import Snapshot, SnapshotPhase, SnapshotProgress, Snapshots, Tell

FIELDS = [FieldSpec("grade", FieldType.INT64, is_list=False)]


@pytest.fixture(autouse=True)
def _able(request: pytest.FixtureRequest) -> None:
    """Skip engines that are excused."""
    if "reopen" in request.fixturenames:
        name = request.node.callspec.params["reopen"]
        if Trait.SNAPSHOTS in ENGINES[name][1]:
            pytest.skip(f"the engine {name} is excused from snapshots")


def silent(_: SnapshotProgress) -> None:
    """Hear and forget."""


def of(engine: CollectionEngine) -> Snapshots:
    """Return its snapshots."""
    assert engine.snapshots is not None
    return engine.snapshots


def taken(engine: CollectionEngine, name: str = "things") -> Snapshot:
    """Make one."""
    return of(engine).create(name, silent).result(30)


def restored(engine: CollectionEngine, snapshot: Snapshot, name: str = "again") -> CollectionHandle:
    """Restore one."""
    of(engine).restore(snapshot.name, name, lambda _: None, silent).result(30)
    return engine.collection(name)


def everything(handle: CollectionHandle) -> list[StoredRecord]:
    """Return all it holds, with the vectors of all views."""
    return list(handle.scan("", 10_000, ALL, [known.name for known in handle.spec.views]))


def same(left: list[StoredRecord], right: list[StoredRecord]) -> bool:
    """Return whether both hold the same."""
    return len(left) == len(right) and all(
        one.record == other.record
        and one.vectors.keys() == other.vectors.keys()
        and all(np.array_equal(row, other.vectors[name]) for name, row in one.vectors.items())
        for one, other in zip(left, right, strict=True)
    )


def files(folder: Path) -> list[str]:
    """Return the names of all files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def filled(engine: CollectionEngine) -> CollectionHandle:
    """Return a collection that has seen everything: fields, content, views, replacing, deleting, a dropped view."""
    handle = make(engine, view(engine), view(engine, "image", size=4), view(engine, "text"), fields=FIELDS)
    ids = [f"r{at}" for at in range(40)]
    metadata = [{"grade": float(at % 5), "deep": {"list": [1.0, None, "가"]}} for at in range(40)]
    put(handle, ids, vectors(40), metadata=metadata, content=b"\x0a\x04text", image=([1, 5], vectors(2, 4)))
    put(handle, ids[:3], vectors(3, seed=4), metadata=[{"grade": 9.0}] * 3, text=([0], vectors(1)))
    drop(handle, *ids[10:15])
    handle.drop_view("text", deadline=time.monotonic() + 30).result(30)
    handle.add_view(view(engine, "sound", size=2), max_views=9, deadline=time.monotonic() + 30).result(30)
    put(handle, ["late"], vectors(1, seed=6), metadata=[{"grade": 9.0}], sound=([0], vectors(1, 2)))
    return handle


def test_what_is_restored_is_what_was(reopen: Reopen) -> None:
    """Records, metadata, content, views and fields come back, and are found; after a restart, too."""
    engine = reopen()
    handle = filled(engine)
    before = everything(handle)
    snapshot = taken(engine)
    drop(handle, "r0", "late")
    again = restored(engine, snapshot)
    for _ in range(2):
        assert same(everything(again), before)
        assert again.epoch != engine.collection("things").epoch
        assert [one.name for one in again.spec.views] == ["default", "image", "sound"]
        assert again.spec.fields == FIELDS
        assert again.statistics().num_records == snapshot.num_records == len(before) == 36
        assert again.statistics().sequence == snapshot.sequence
        assert [one.num_vectors for one in again.statistics().views] == [36, 1, 1]
        assert find(again, vectors(1, seed=6), 1)[0][0][0] == "late"
        chosen: Filter = Equals("grade", 9)
        assert sorted(name for name, _ in find(again, vectors(1), 9, chosen=chosen)[0]) == ["late", "r0", "r1", "r2"]
        assert engine.collection("things").count() == 34
        assert of(engine).page("", 10) == [snapshot]
        engine = reopen()
        again = engine.collection("again")


def test_a_restored_collection_goes_on(opened: CollectionEngine) -> None:
    """It takes writes, new views and snapshots of its own, and the name may be dropped and restored once more."""
    filled(opened)
    snapshot = taken(opened)
    again = restored(opened, snapshot)
    put(again, ["r0", "new"], vectors(2, seed=8))
    again.add_view(view(opened, "text"), max_views=9, deadline=time.monotonic() + 30).result(30)
    put(again, ["new"], vectors(1, seed=8), text=([0], vectors(1)))
    second = taken(opened, "again")
    assert second.sequence == snapshot.sequence + 2
    third = restored(opened, second, "third")
    assert same(everything(third), everything(again))
    assert opened.drop("again") == 37
    assert restored(opened, snapshot).count() == 36


def test_an_existing_name_is_refused(opened: CollectionEngine) -> None:
    """A snapshot is never restored over a collection, nor is a name given twice while one is being restored."""
    filled(opened)
    snapshot = taken(opened)
    with pytest.raises(CollectionExistsError):
        restored(opened, snapshot, "things")
    assert opened.collection("things").count() == 36
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(restored, opened, snapshot, "twin") for _ in range(4)]
        errors = [one.exception() for one in tries]
    assert sum(error is None for error in errors) == 1
    assert all(isinstance(error, CollectionExistsError | type(None)) for error in errors)
    assert opened.collection("twin").count() == 36


def test_the_name_of_an_alias_is_refused(opened: CollectionEngine) -> None:
    """A snapshot is not restored under the name of an alias, nor of one that was made while it was being restored."""
    filled(opened)
    snapshot = taken(opened)
    opened.set_alias(Alias("live", "things", ""), None)
    with pytest.raises(AliasExistsError):
        restored(opened, snapshot, "live")
    assert [spec.name for spec in opened.specs("", 10)] == ["things"]


@pytest.mark.parametrize("name", ["", "x", "../x", "/etc/passwd", "things.20261127T123001Z.0123456789ab/../x", "a\0b"])
def test_unknown_names_are_told(opened: CollectionEngine, name: str) -> None:
    """No name leads anywhere but to a snapshot."""
    with pytest.raises(SnapshotNotFoundError):
        of(opened).restore(name, "again", lambda _: None, silent)
    with pytest.raises(SnapshotNotFoundError):
        of(opened).delete(name)
    with pytest.raises(SnapshotNotFoundError):
        of(opened).open(name)
    with pytest.raises(CollectionNotFoundError):
        of(opened).create("nothing", silent)


def test_pages_of_snapshots(opened: CollectionEngine) -> None:
    """Snapshots come by name, page by page, of one collection or of all; a deleted one is gone, and only that."""
    for name in ("things", "other"):
        put(make(opened, name=name), ["a"], vectors(1))
    made = sorted([taken(opened, name) for name in ("things", "other", "things")], key=lambda one: one.name)
    snapshots = of(opened)
    assert snapshots.page("", 10) == made
    assert [snapshots.page(after, 1) for after in ("", made[0].name, made[1].name, made[2].name)] == [
        [made[0]],
        [made[1]],
        [made[2]],
        [],
    ]
    assert snapshots.page("", 10, "things") == made[1:]
    assert snapshots.page("", 10, "thing") == []
    snapshots.delete(made[1].name)
    assert snapshots.page("", 10) == [made[0], made[2]]
    with pytest.raises(SnapshotNotFoundError):
        snapshots.delete(made[1].name)


def test_a_snapshot_shows_one_moment(opened: CollectionEngine) -> None:
    """Under writers, every snapshot has what was acknowledged before it, and each write whole or not at all."""
    handle = make(opened, view(opened), view(opened, "image"), fields=FIELDS)
    stop = threading.Event()
    acknowledged = [0, 0]

    def write(writer: int) -> None:
        version = 0
        while not stop.is_set():
            version += 1
            # One write: 20 records of one version, in both views.
            rows = np.full((20, 8), version, dtype=np.float32)
            ids = [f"w{writer}-{at}" for at in range(20)]
            put(handle, ids, rows, metadata=[{"grade": float(version)}] * 20, image=(list(range(20)), rows))
            acknowledged[writer] = version

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(write, writer) for writer in range(2)]
        try:
            for number in range(5):
                while min(acknowledged) < 5 * number + 1:
                    time.sleep(0.001)
                known = list(acknowledged)
                again = restored(opened, taken(opened), f"again{number}")
                held = everything(again)
                versions = {(one.record.id[:2], one.record.metadata["grade"]) for one in held}
                assert (len(held), len(versions)) == (40, 2)
                assert all(version >= known[int(writer[1])] for writer, version in versions)
                for one in held:
                    grade = one.record.metadata["grade"]
                    assert (one.vectors["default"] == grade).all()
                    assert (one.vectors["image"] == grade).all()
                opened.drop(again.spec.name)
        finally:
            stop.set()
            for one in running:
                one.result(30)


def test_views_may_change_meanwhile(opened: CollectionEngine) -> None:
    """Whatever a snapshot meets of a view that comes and goes, it restores with that view or without it."""
    handle = make(opened)
    put(handle, ["a"], vectors(1))
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            handle.add_view(view(opened, "image"), max_views=9, deadline=time.monotonic() + 30).result(30)
            put(handle, ["a"], vectors(1), image=([0], vectors(1)))
            handle.drop_view("image", deadline=time.monotonic() + 30).result(30)

    met = set()
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        try:
            for number in range(15):
                again = restored(opened, taken(opened), f"again{number}")
                (held,) = everything(again)
                met.add(tuple(one.name for one in again.spec.views))
                assert np.array_equal(held.vectors["default"], vectors(1)[0])
                opened.drop(again.spec.name)
        finally:
            stop.set()
            changing.result(30)
    assert met <= {("default",), ("default", "image")}


def test_snapshots_travel(opened: CollectionEngine, tmp_path: Path) -> None:
    """What is read from one engine and received by another is the same snapshot there; twice is once."""
    filled(opened)
    snapshot = taken(opened)
    reading = of(opened).open(snapshot.name)
    data = b"".join(iter(lambda: reading.read(10_000), b""))
    reading.close()
    assert len(data) == snapshot.num_bytes
    assert hashlib.sha256(data[:-32]).hexdigest() == snapshot.sha256
    elsewhere = open_local(tmp_path / "elsewhere")
    try:
        for size in (7_001, 1 << 20):
            assert received(elsewhere, data, size) == snapshot
        assert of(elsewhere).page("", 9) == [snapshot]
        again = restored(elsewhere, snapshot)
        assert same(everything(again), everything(opened.collection("things")))
    finally:
        elsewhere.close()


def received(engine: CollectionEngine, data: bytes, size: int = 4096) -> Snapshot:
    """Send a file to an engine."""
    receiving = of(engine).receive()
    try:
        for at in range(0, len(data), size):
            receiving.write(data[at : at + size])
        return receiving.finish()
    finally:
        receiving.close()


# The local engine: what lies on disk.


def path_of(tmp_path: Path, snapshot: Snapshot) -> Path:
    """Return where it lies."""
    return tmp_path / "data" / "snapshots" / f"{snapshot.name}.snapshot"


def test_secrets_and_what_was_deleted_stay_behind(engine: LocalEngine, tmp_path: Path) -> None:
    """Neither the epoch, which signs tokens, nor anything of a deleted record or a dropped view is in the file."""
    handle = make(engine, view(engine), view(engine, "image"))
    rows = vectors(50)
    put(handle, [f"gone-{at}" for at in range(50)], rows, content=b"buried", image=(list(range(50)), rows))
    put(handle, ["kept"], vectors(1, seed=3))
    drop(handle, *[f"gone-{at}" for at in range(50)])
    handle.drop_view("image", deadline=time.monotonic() + 30).result(30)
    data = path_of(tmp_path, taken(engine)).read_bytes()
    assert b"kept" in data
    for secret in (handle.epoch, b"gone-", b"buried", rows[7].tobytes()):
        assert secret not in data


def test_damaged_files_are_told_and_never_restored(engine: LocalEngine, tmp_path: Path) -> None:
    """A cut file is listed with its problem; a changed one is refused when restored; neither leaves anything."""
    filled(engine)
    snapshot, before = taken(engine), files(tmp_path / "data" / "collections")
    path = path_of(tmp_path, snapshot)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    (listed,) = engine.snapshots.page("", 9)
    assert (listed.name, listed.num_bytes) == (snapshot.name, snapshot.num_bytes - 1)
    assert listed.collection == "things"
    assert listed.create_time == snapshot.create_time.replace(microsecond=0)
    assert "cut short" in listed.problem
    with pytest.raises(InvalidSnapshotError, match="cut short"):
        restored(engine, snapshot)
    path.write_bytes(whole[:9000] + bytes([whole[9000] ^ 4]) + whole[9001:])
    assert engine.snapshots.page("", 9) == [snapshot]
    with pytest.raises(InvalidSnapshotError, match="checksum"):
        restored(engine, snapshot)
    assert files(tmp_path / "data" / "collections") == before
    with pytest.raises(CollectionNotFoundError):
        engine.collection("again")
    path.write_bytes(whole)
    assert restored(engine, snapshot).count() == 36


def test_a_file_under_anothers_name_is_refused(engine: LocalEngine, tmp_path: Path) -> None:
    """Whoever renames files of snapshots is told so when one is restored."""
    filled(engine)
    first, second = taken(engine), taken(engine)
    shutil.copy(path_of(tmp_path, first), path_of(tmp_path, second))
    with pytest.raises(InvalidSnapshotError, match=first.name):
        restored(engine, second)


def test_other_files_in_the_folder_are_no_snapshots(engine: LocalEngine, tmp_path: Path) -> None:
    """What else lies in the folder is neither listed nor removed."""
    filled(engine)
    snapshot = taken(engine)
    notes = tmp_path / "data" / "snapshots" / "notes.snapshot"
    notes.write_text("mine")
    assert engine.snapshots.page("", 9) == [snapshot]
    engine.close()
    engine.recover()
    assert notes.read_text() == "mine"
    assert engine.snapshots.page("", 9) == [snapshot]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("CREATE TRIGGER harm AFTER INSERT ON records BEGIN DELETE FROM records; END", "schema"),
        ("CREATE VIEW more AS SELECT 1", "schema"),
        ("DELETE FROM collection", "does not say what it is"),
        ("UPDATE collection SET sequence = sequence + 1", "something else"),
        ("DELETE FROM records WHERE id = 'late'", "something else"),
        ("UPDATE records SET metadata = '[1]' WHERE id = 'late'", "metadata"),
        ("UPDATE records SET metadata = '{' WHERE id = 'late'", "metadata"),
        ("UPDATE vectors SET data = x'00000000' WHERE view = 1", "dimension"),
        (
            "UPDATE vectors SET data = x'0000' WHERE view = 1 AND label = (SELECT max(label) FROM vectors)",
            "cannot be read",
        ),
        ("UPDATE vectors SET data = x'0000' WHERE view = 1", "cannot be read"),
        ("UPDATE views SET name = 'other' WHERE name = 'image'", "view"),
        ("UPDATE migrations SET sha256 = 'x'", "edited"),
        ("INSERT INTO migrations VALUES (99, 'y', 'z', '')", "newer"),
    ],
)
def test_made_up_databases_are_refused(engine: LocalEngine, tmp_path: Path, statement: str, told: str) -> None:
    """A file whose checksum fits, and whose database no snapshot would have, is refused and leaves nothing."""
    filled(engine)
    snapshot = taken(engine)
    path = tmp_path / "made-up"
    with path_of(tmp_path, snapshot).open("rb") as file:
        described = snapshot_file.describe(file)
        path.write_bytes(path_of(tmp_path, snapshot).read_bytes()[: described.num_database_bytes])
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
    for _ in snapshot_file.seal(path, described.facts):
        pass
    before = files(tmp_path / "data" / "collections")
    uploaded = received(engine, path.read_bytes())
    with pytest.raises(InvalidSnapshotError, match=told):
        restored(engine, uploaded)
    assert files(tmp_path / "data" / "collections") == before
    assert [spec.name for spec in engine.specs("", 9)] == ["things"]


def test_what_this_server_lacks_is_told(engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot that names a backend this server does not have is refused, naming it."""
    make(engine, view(engine, backend="faiss"))
    snapshot = taken(engine)
    monkeypatch.setattr("lensdex_index.engines.local.engine.KNOWN_BACKENDS", ("hnsw", "exact"))
    with pytest.raises(InvalidSnapshotError, match="faiss"):
        restored(engine, snapshot)


# Giving up, and failing.


def nothing_left(tmp_path: Path, num_snapshots: int = 0) -> None:
    """Check that no unfinished file is there."""
    left = files(tmp_path / "data" / "snapshots")
    assert len(left) == num_snapshots, left


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Let copying, sealing and extracting go only as far as is allowed."""
    allowed = threading.Semaphore(0)
    begin = copying.Copy._reached
    blocks = snapshot_file._blocks

    def held(*arguments: object) -> object:
        allowed.acquire()
        return begin(*arguments)

    def held_blocks(*arguments: object) -> Iterator[bytes]:
        for block in blocks(*arguments):
            allowed.acquire()
            yield block

    monkeypatch.setattr(copying.Copy, "_reached", held)
    monkeypatch.setattr(snapshot_file, "_blocks", held_blocks)
    yield allowed
    allowed.release(1_000_000)


def ended(future: Future[object]) -> None:
    """Wait until whoever worked on it has ended."""
    until = time.monotonic() + 30
    while any(thread.name in {"lensdex-snapshot", "lensdex-restore"} for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.005)
    assert future.done()


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_snapshot_is_given_up(engine: LocalEngine, tmp_path: Path, slow: threading.Semaphore, steps: int) -> None:
    """Cancelled at any step, a snapshot leaves nothing, and writes go on all the while."""
    handle = filled(engine)
    for _ in range(steps):
        slow.release()
    making = engine.snapshots.create("things", silent)
    time.sleep(0.1)
    put(handle, ["meanwhile"], vectors(1))
    assert making.cancel()
    slow.release(100)
    ended(making)
    nothing_left(tmp_path)
    assert engine.snapshots.page("", 9) == []


def test_a_restoring_is_given_up(engine: LocalEngine, tmp_path: Path, slow: threading.Semaphore) -> None:
    """Cancelled at any step, a restoring leaves nothing, and its name is free."""
    filled(engine)
    slow.release(100)
    snapshot, before = taken(engine), files(tmp_path / "data" / "collections")
    while slow.acquire(blocking=False):
        pass
    restoring = engine.snapshots.restore(snapshot.name, "again", lambda _: None, silent)
    time.sleep(0.1)
    assert restoring.cancel()
    slow.release(100)
    ended(restoring)
    with pytest.raises(CancelledError):
        restoring.result(0)
    assert files(tmp_path / "data" / "collections") == before
    assert restored(engine, snapshot).count() == 36


def test_giving_up_has_a_point_of_no_return(
    engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled just before it takes effect, a work leaves nothing; just after, it cannot be cancelled and is done."""
    filled(engine)
    under_way: list[Future[object]] = []
    begun = threading.Event()
    seal, keep, set_state = snapshot_file.seal, SnapshotFolder.keep, CatalogDb.set_state
    refused = []

    def cancelled_then(path: Path, facts: Facts) -> Iterator[float]:
        described = yield from seal(path, facts)
        assert begun.wait(30)
        assert under_way[-1].cancel()
        return described

    def too_late(real: Callable[..., object]) -> Callable[..., object]:
        def patched(*arguments: object) -> object:
            assert begun.wait(30)
            refused.append(not under_way[-1].cancel())
            return real(*arguments)

        return patched

    def started(future: Future[object]) -> Future[object]:
        under_way.append(future)
        begun.set()
        return future

    with monkeypatch.context() as patch:
        patch.setattr(snapshot_file, "seal", cancelled_then)
        ended(started(engine.snapshots.create("things", silent)))
    nothing_left(tmp_path)
    begun.clear()
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotFolder, "keep", too_late(keep))
        snapshot = started(engine.snapshots.create("things", silent)).result(30)
    assert isinstance(snapshot, Snapshot)
    begun.clear()
    with monkeypatch.context() as patch:
        patch.setattr(CatalogDb, "set_state", too_late(set_state))
        started(engine.snapshots.restore(snapshot.name, "again", lambda _: None, silent)).result(30)
    assert refused == [True, True]
    assert engine.collection("again").count() == 36


def test_closing_gives_up(engine: LocalEngine, tmp_path: Path, slow: threading.Semaphore) -> None:
    """Closing the engine ends what is under way, tells who waits, and leaves nothing."""
    filled(engine)
    making = engine.snapshots.create("things", silent)
    closing = threading.Thread(target=engine.close)
    closing.start()
    time.sleep(0.1)
    slow.release(1000)
    closing.join(30)
    with pytest.raises(NotServingError):
        making.result(0)
    nothing_left(tmp_path)


def test_a_dropped_collection_is_snapped_to_the_end(
    engine: LocalEngine, tmp_path: Path, slow: threading.Semaphore
) -> None:
    """A collection deleted while it is copied is copied whole, and its files go then."""
    filled(engine)
    making = engine.snapshots.create("things", silent)
    time.sleep(0.1)
    assert engine.drop("things") == 36
    assert files(tmp_path / "data" / "collections") != []
    slow.release(1000)
    snapshot = making.result(30)
    ended(making)
    assert files(tmp_path / "data" / "collections") == []
    assert restored(engine, snapshot, "things").count() == 36


@pytest.mark.parametrize("where", ["sync", "write", "rename", "sqlite"])
def test_a_full_disk_leaves_no_snapshot(
    engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Wherever the disk turns out to be full, making a snapshot is refused, leaves nothing, and serving goes on."""
    handle = filled(engine)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def full_database(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorname = "SQLITE_FULL"
        raise error

    with monkeypatch.context() as patch:
        if where == "sqlite":
            patch.setattr(copying.Copy, "_reached", full_database)
        elif where == "rename":
            patch.setattr(Path, "rename", full)
        elif where == "write":
            patch.setattr(snapshot_file, "write_at", full)
        else:
            patch.setattr("lensdex_index.engines.local.snapshot_file.os.fsync", full)
        with pytest.raises(StoreUnavailableError):
            taken(engine)
        nothing_left(tmp_path)
    put(handle, ["more"], vectors(1))
    assert taken(engine).num_records == 37


@pytest.mark.parametrize("where", ["write", "catalog", "folder"])
def test_a_full_disk_leaves_no_collection(
    engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Wherever the disk turns out to be full, restoring is refused, leaves nothing, and serving goes on."""
    filled(engine)
    snapshot, before = taken(engine), files(tmp_path / "data" / "collections")

    def full(*_: object, **__: object) -> None:
        if where == "catalog":
            raise StoreUnavailableError("disk full")
        raise OSError(28, "No space left on device")

    places = {
        "write": (snapshot_file, "write_at"),
        "catalog": (CatalogDb, "set_state"),
        "folder": (LocalEngine, "_make_folder"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[where], full)
        with pytest.raises(StoreUnavailableError):
            restored(engine, snapshot)
    assert files(tmp_path / "data" / "collections") == before
    assert restored(engine, snapshot).count() == 36


def test_an_upload_that_ends_leaves_nothing(engine: LocalEngine, tmp_path: Path) -> None:
    """A file that is cut short, changed, foreign, or simply not finished is not kept."""
    filled(engine)
    snapshot = taken(engine)
    whole = path_of(tmp_path, snapshot).read_bytes()
    engine.snapshots.delete(snapshot.name)
    for bad, told in (
        (whole[:-7], "cut short"),
        (b"", "cut short"),
        (whole[:50_00] + b"?" + whole[50_01:], "checksum"),
        (b"no" + whole[2:], "no Lensdex snapshot"),
    ):
        with pytest.raises(InvalidSnapshotError, match=told):
            received(engine, bad)
        nothing_left(tmp_path)
    receiving = engine.snapshots.receive()
    receiving.write(whole[:10_000])
    receiving.close()
    receiving.close()
    nothing_left(tmp_path)
    assert received(engine, whole) == snapshot


def test_a_start_removes_what_is_unfinished(engine: LocalEngine, tmp_path: Path) -> None:
    """What a killed process has left of a snapshot or an upload is gone after the next start."""
    filled(engine)
    snapshot = taken(engine)
    receiving = engine.snapshots.receive()
    receiving.write(b"SQLite format 3\0" + bytes(100))
    assert len(files(tmp_path / "data" / "snapshots")) == 2
    engine.close()
    reopened = open_local(tmp_path / "data")
    try:
        nothing_left(tmp_path, 1)
        assert reopened.snapshots.page("", 9) == [snapshot]
    finally:
        reopened.close()
        receiving.close()


def test_a_check_of_the_callers_comes_before_anything(engine: LocalEngine, tmp_path: Path) -> None:
    """What the caller has against the specification is raised, and nothing is made."""
    filled(engine)
    snapshot, before = taken(engine), files(tmp_path / "data" / "collections")

    def against(spec: CollectionSpec) -> None:
        assert spec.name == "again"
        raise StoreUnavailableError("not today")

    with pytest.raises(StoreUnavailableError, match="not today"):
        engine.snapshots.restore(snapshot.name, "again", against, silent).result(30)
    assert files(tmp_path / "data" / "collections") == before


def test_progress_is_told(engine: LocalEngine) -> None:
    """Phases come in order, and parts never go back."""
    filled(engine)
    told: list[SnapshotProgress] = []
    tell: Tell = told.append
    snapshot = engine.snapshots.create("things", tell).result(30)
    assert [one.phase for one in told] == [SnapshotPhase.COPYING, SnapshotPhase.SEALING]
    told.clear()
    engine.snapshots.restore(snapshot.name, "again", lambda _: None, tell).result(30)
    assert [one.phase for one in told] == [SnapshotPhase.CHECKING, SnapshotPhase.OPENING]
    assert all(0 <= one.part_done <= 1 for one in told)


def test_the_log_is_not_kept_longer_than_copying_takes(
    engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the records are copied, the collection's log can be folded into its file: sealing does not hold it."""
    handle = filled(engine)
    (database,) = (tmp_path / "data" / "collections").glob("*/records.db")
    seal, folded = snapshot_file.seal, []

    def sealing(path: Path, facts: Facts) -> Iterator[float]:
        put(handle, ["later"], vectors(1))
        connection = sqlite3.connect(database)
        folded.append(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        connection.close()
        return (yield from seal(path, facts))

    monkeypatch.setattr(snapshot_file, "seal", sealing)
    assert taken(engine).num_records == 36
    assert folded == [(0, 0, 0)]
