"""The store: migrations, durability settings, group commit, and what a damaged or foreign file gets."""

import resource
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from index_testing import ALL, DIMENSION, batch, make, open_local, put, vectors

from lensdex_index.engines import open_files
from lensdex_index.engines.committer import Committer, Job
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.engines.local.store.connection import connect, translated
from lensdex_index.engines.local.store.migrate import Migration, SchemaError, load_migrations, migrate
from lensdex_index.errors import (
    CollectionNotFoundError,
    CorruptedError,
    DeadlineExceededError,
    StartError,
    StoreUnavailableError,
)
from lensdex_index.records import WriteOutcome

FIRST = Migration(1, "0001_a.sql", "CREATE TABLE a (x);\nCREATE TABLE b (x);\n")
SECOND = Migration(2, "0002_b.sql", "INSERT INTO a VALUES (1);\nINSERT INTO nowhere VALUES (1);\n")


def tables(connection: sqlite3.Connection) -> set[str]:
    """Return the names of tables."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


@pytest.fixture
def memory() -> sqlite3.Connection:
    """Give an empty database in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def test_migrations_are_applied_once(memory: sqlite3.Connection) -> None:
    """What is missing is applied, what was applied is not applied again."""
    assert migrate(memory, [FIRST]) == 1
    assert migrate(memory, [FIRST]) == 0
    assert tables(memory) == {"a", "b", "migrations"}


def test_a_failing_migration_leaves_nothing_behind(memory: sqlite3.Connection) -> None:
    """A migration is applied whole together with its record, or not at all."""
    migrate(memory, [FIRST])
    with pytest.raises(sqlite3.OperationalError):
        migrate(memory, [FIRST, SECOND])
    assert memory.execute("SELECT count(*) FROM a").fetchone() == (0,)
    assert memory.execute("SELECT max(number) FROM migrations").fetchone() == (1,)


def test_foreign_newer_and_edited_schemas_are_refused(memory: sqlite3.Connection) -> None:
    """A database this code did not make, a newer one, and one whose migration was edited are not touched."""
    migrate(memory, [FIRST, Migration(2, "0002_c.sql", "CREATE TABLE c (x);")])
    with pytest.raises(SchemaError, match="newer"):
        migrate(memory, [FIRST])
    with pytest.raises(SchemaError, match=r"0001_a\.sql was edited"):
        migrate(memory, [Migration(1, "0001_a.sql", "CREATE TABLE z (x);"), FIRST])
    foreign = sqlite3.connect(":memory:")
    foreign.execute("CREATE TABLE theirs (x)")
    with pytest.raises(SchemaError, match="theirs"):
        migrate(foreign, [FIRST])
    assert tables(foreign) == {"theirs"}
    foreign.close()


@pytest.mark.parametrize("kind", ["catalog", "records"])
def test_databases_are_opened_durably(tmp_path: Path, kind: str) -> None:
    """WAL, a sync at every commit, foreign keys, incremental vacuum; and one migration at least, from the package."""
    connection = connect(tmp_path / "x.db", kind, create=True)
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum")
    }
    connection.close()

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "auto_vacuum": 2}
    assert load_migrations(kind)


def test_failures_of_sqlite_become_ours() -> None:
    """Damage, a missing file and a store that takes no writes are told apart; anything else stays a fault of ours."""
    for name, expected in (("SQLITE_CORRUPT_VTAB", CorruptedError), ("SQLITE_IOERR_WRITE", StoreUnavailableError)):
        error = sqlite3.OperationalError("x")
        error.sqlite_errorname = name
        with pytest.raises(expected), translated("things"):
            raise error
    with pytest.raises(CorruptedError, match="missing"), translated("things"):
        raise FileNotFoundError
    with pytest.raises(sqlite3.IntegrityError), translated("things"):
        raise sqlite3.IntegrityError


@pytest.mark.parametrize("damage", ["truncated", "garbage", "swapped", "missing", "newer"])
def test_a_damaged_collection_is_not_served(tmp_path: Path, damage: str) -> None:
    """A file that is truncated, overwritten, of another collection, gone or newer is reported; the others open."""
    engine = open_local(tmp_path)
    for name in ("bad", "good"):
        put(make(engine, name=name), [f"r{at}" for at in range(200)], vectors(200))
    bad, good = (engine.collection(name)._db.path for name in ("bad", "good"))
    engine.close()
    if damage == "truncated":
        bad.write_bytes(bad.read_bytes()[:5000])
    elif damage == "garbage":
        bad.write_bytes(b"\xff" * 50_000)
    elif damage == "swapped":
        bad.write_bytes(good.read_bytes())
    elif damage == "missing":
        bad.unlink()
    else:
        connection = sqlite3.connect(bad)
        connection.execute("INSERT INTO migrations VALUES (99, '0099_x.sql', '', '')")
        connection.commit()
        connection.close()
    engine = open_local(tmp_path)

    with pytest.raises(CorruptedError) as caught:
        engine.collection("bad")
    assert caught.value.collection == "bad"
    assert engine.collection("good").count() == 200
    assert [spec.name for spec in engine.specs("", 10)] == ["bad", "good"]
    engine.close()


def test_a_damaged_catalog_stops_the_start(tmp_path: Path) -> None:
    """Without a readable catalog nothing is served, and nothing is overwritten."""
    open_local(tmp_path).close()
    (tmp_path / "catalog.db").write_bytes(b"\xff" * 10_000)
    with pytest.raises(StartError, match=r"catalog\.db"):
        open_local(tmp_path)
    assert (tmp_path / "catalog.db").read_bytes() == b"\xff" * 10_000


@pytest.mark.parametrize("state", ["creating", "deleting"])
def test_half_made_and_half_deleted_collections_are_swept(tmp_path: Path, state: str) -> None:
    """A process that died while creating or deleting leaves nothing once the next has started."""
    engine = open_local(tmp_path)
    handle = make(engine)
    engine._db.set_state(handle.epoch, state)
    engine.close()
    engine = open_local(tmp_path)

    assert engine.specs("", 10) == []
    assert list((tmp_path / "collections").iterdir()) == []
    make(engine)
    engine.close()


def test_stray_folders_are_left_alone(tmp_path: Path) -> None:
    """What the catalog does not know is not deleted."""
    open_local(tmp_path).close()
    stray = tmp_path / "collections" / ("0" * 32)
    stray.mkdir()
    (stray / "records.db").write_bytes(b"somebody's")
    open_local(tmp_path).close()
    assert (stray / "records.db").exists()


def test_a_batch_is_all_or_nothing_and_harms_no_neighbour(engine: LocalEngine) -> None:
    """When one batch of a group fails in the store, it leaves nothing behind and the others are written."""
    handle = make(engine)
    committer = handle._writing._committer
    blocked = threading.Event()
    commit = committer._commit

    def wait(jobs: Sequence[Job[object]]) -> None:
        blocked.wait(30)
        commit(jobs)

    committer._commit = wait
    deadline = time.monotonic() + 30
    # Neither could be stored; checks above the engine never let such a thing through.
    broken = batch(["x", "y"], vectors(2), metadata={"n": object()})
    futures = [
        handle.upsert(batch([f"r{at}"], vectors(1)) if at != 2 else broken, deadline=deadline) for at in range(5)
    ]
    blocked.set()

    assert isinstance(futures[2].exception(30), TypeError)
    assert [futures[at].result(30).num_inserted for at in (0, 1, 3, 4)] == [1, 1, 1, 1]
    assert [item.record.id for item in handle.scan("", 10, _all(), [])] == ["r0", "r1", "r3", "r4"]


def _all() -> object:
    from index_testing import ALL

    return ALL


def test_a_fault_after_the_commit_is_survived_by_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When indexes and store fall apart by a fault of ours, the collection takes no writes until it is opened again."""
    engine = open_local(tmp_path)
    handle = make(engine)

    def fail(*_: object) -> None:
        raise RuntimeError("fault")

    monkeypatch.setattr(handle._writing, "_apply", fail)
    with pytest.raises(RuntimeError):
        put(handle, ["a"], vectors(1))
    with pytest.raises(StoreUnavailableError, match="restart"):
        put(handle, ["b"], vectors(1))
    engine.close()
    engine = open_local(tmp_path)
    assert [item.record.id for item in engine.collection("things").scan("", 10, _all(), [])] == ["a"]
    engine.close()


def test_concurrent_writes_share_a_commit() -> None:
    """Writes that wait while one is being committed are handed on together, in order, up to the bound."""
    groups: list[list[str]] = []
    first, go = threading.Event(), threading.Event()

    def commit(jobs: Sequence[Job[str]]) -> None:
        groups.append([job.work for job in jobs])
        first.set()
        go.wait(30)
        for job in jobs:
            job.future.set_result(WriteOutcome(1))

    committer: Committer[str] = Committer("things", commit)
    far = time.monotonic() + 60
    futures = [committer.submit("a", 1, far)]
    first.wait(30)
    futures += [committer.submit(name, 4_000, far) for name in "bcd"]
    cancelled = committer.submit("e", 1, far)
    late = committer.submit("f", 1, time.monotonic() - 1)
    cancelled.cancel()
    go.set()
    for future in futures:
        future.result(30)
    with pytest.raises(DeadlineExceededError):
        late.result(30)
    committer.close()

    assert groups == [["a"], ["b", "c"], ["d"]]
    with pytest.raises(CollectionNotFoundError):
        committer.submit("g", 1, far)


def test_the_writers_thread_ends_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle collection keeps no thread, and takes the next write all the same."""
    monkeypatch.setattr("lensdex_index.engines.committer._IDLE_SECONDS", 0.001)

    def commit(jobs: Sequence[Job[str]]) -> None:
        for job in jobs:
            job.future.set_result(WriteOutcome(1))

    committer: Committer[str] = Committer("things", commit)
    for _ in range(3):
        committer.submit("a", 1, time.monotonic() + 30).result(30)
        thread = committer._thread
        if thread is not None:
            thread.join(30)
        assert committer._thread is None
    committer.close()


def test_where_no_thread_can_write_the_write_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that the system gives no thread is refused and not done later; the next one is done, and all ends."""
    done: list[str] = []

    def commit(jobs: Sequence[Job[str]]) -> None:
        for job in jobs:
            done.append(job.work)
            job.future.set_result(WriteOutcome(1))

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    committer: Committer[str] = Committer("things", commit)
    far = time.monotonic() + 30
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(StoreUnavailableError):
            committer.submit("a", 1, far)
    committer.submit("b", 1, far).result(30)
    committer.close()
    never: Committer[str] = Committer("things", commit)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(StoreUnavailableError):
            never.submit("c", 1, far)
    never.close()
    assert done == ["b"]


def test_vectors_take_no_more_than_their_bytes(engine: LocalEngine) -> None:
    """A stored vector has exactly its dimension's bytes."""
    handle = make(engine)
    put(handle, ["a"], vectors(1))
    (size,) = handle._db._writer.execute("SELECT length(data) FROM vectors").fetchone()
    assert size == 4 * DIMENSION


def test_a_drop_holds_nobody_up_and_closes_no_file_in_use(engine: LocalEngine) -> None:
    """While a reader is still in a dropped collection, its name and other collections are free; its files go last."""
    handle = make(engine)
    put(handle, [f"r{at}" for at in range(3000)], vectors(3000))
    folder = handle._db.path.parent
    reading = handle.scan("", 3000, ALL, ["default"])
    next(reading)
    assert engine.drop("things") == 3000
    again = make(engine)
    make(engine, name="other")
    put(again, ["new"], vectors(1))
    assert folder.exists()
    assert len(list(reading)) == 2999
    assert not folder.exists()
    assert again.count() == 1
    assert [entry.spec.name for entry in engine._db.entries()] == ["other", "things"]


def test_a_removal_that_fails_is_finished_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion that was refused changes nothing; one whose clearing up fails frees the name all the same."""
    engine = open_local(tmp_path)
    folder = make(engine)._db.path.parent

    def full(*_: object) -> None:
        raise StoreUnavailableError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(CatalogDb, "bury", full)
        with pytest.raises(StoreUnavailableError):
            engine.drop("things")
    assert engine.collection("things").count() == 0
    with monkeypatch.context() as patch:
        patch.setattr(CatalogDb, "remove", full)
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        assert engine.drop("things") == 0
    put(make(engine), ["a"], vectors(1))
    assert folder.exists()
    engine.close()
    engine = open_local(tmp_path)
    assert not folder.exists()
    assert engine.collection("things").count() == 1
    assert [entry.state for entry in engine._db.entries()] == ["ready"]
    engine.close()


def test_too_many_open_files_are_told_by_name(engine: LocalEngine) -> None:
    """When the process may open no more files, a creation is refused with the limit's name, and works again after."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    path = engine._options.data_dir / "nowhere.db"
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(StoreUnavailableError, match=r"too many open files.*3 \(RLIMIT_NOFILE\)"):
            make(engine)
        with pytest.raises(StoreUnavailableError, match="too many open files"), translated("things"):
            sqlite3.connect(path).close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert make(engine).count() == 0


def test_the_limit_of_open_files_is_raised() -> None:
    """The soft limit becomes the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1000), hard))
    try:
        assert open_files.raise_limit() == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
