"""AddView and DropView: on every engine, over a real server, and what is left of a dropped view."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from grpc import StatusCode
from index_testing import (
    ALL,
    DIMENSION,
    ENGINES,
    Reopen,
    Server,
    batch,
    bound_view,
    drop,
    find,
    make,
    put,
    reason,
    refusal,
    vectors,
    view,
)

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.changes import Change, Changes
from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.store import views_table
from lensdex_index.engines.local.view_opening import ViewOpening
from lensdex_index.engines.local.views import OpenView
from lensdex_index.errors import CorruptedError, TooManyItemsError, ViewExistsError, ViewNotFoundError
from lensdex_index.records import ViewRows, ViewSpec, WriteOutcome
from lensdex_wire.vectors import pack_vectors


@pytest.fixture(autouse=True)
def _able(request: pytest.FixtureRequest) -> None:
    """Skip engines that are excused."""
    if "reopen" in request.fixturenames:
        name = request.node.callspec.params["reopen"]
        if Trait.VIEW_CHANGES in ENGINES[name][1]:
            pytest.skip(f"the engine {name} is excused from view_changes")


def soon() -> float:
    """Return a deadline."""
    return time.monotonic() + 30


def add(handle: CollectionHandle, wanted: ViewSpec, most: int = 16) -> None:
    """Add a view and wait."""
    handle.add_view(wanted, max_views=most, deadline=soon()).result(30)


def drop_view(handle: CollectionHandle, name: str) -> None:
    """Drop a view and wait."""
    handle.drop_view(name, deadline=soon()).result(30)


def give(handle: CollectionHandle, ids: list[str], rows: np.ndarray, name: str = "image") -> WriteOutcome:
    """Give records a view."""
    changes = Changes([Change(one, {}) for one in ids], {name: ViewRows(rows, np.arange(len(ids)))}, 1 << 20)
    return handle.update(changes, deadline=soon()).result(30)


def names(handle: CollectionHandle) -> list[str]:
    """Return the names of its views."""
    return [known.name for known in handle.spec.views]


def settled(condition: Callable[[], object]) -> None:
    """Wait until *condition* holds."""
    until = soon()
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_an_added_view_is_empty_and_can_be_filled(reopen: Reopen) -> None:
    """A view added to a full collection finds nothing and says so; updates fill it; both survive a restart."""
    engine = reopen()
    handle = make(engine)
    put(handle, ["a", "b", "c"], vectors(3))
    add(handle, view(engine, "image", size=4))
    answer = handle.search(_search("image", vectors(1, 4)))
    assert (list(answer.outcomes), answer.num_records_without_view) == ([[]], 3)
    engine = reopen()
    handle = engine.collection("things")
    assert names(handle) == ["default", "image"]
    give(handle, ["b"], vectors(1, 4))
    engine = reopen()
    handle = engine.collection("things")
    answer = handle.search(_search("image", vectors(1, 4)))
    assert [[hit.record.id for hit in hits] for hits in answer.outcomes] == [["b"]]
    assert answer.num_records_without_view == 2
    assert [one.num_vectors for one in handle.statistics().views] == [3, 1]
    assert [spec.view("image") for spec in engine.specs("", 1)] == [handle.spec.view("image")]


def test_a_view_is_added_once_and_within_the_limit(opened: CollectionEngine) -> None:
    """A name that is taken and a view past the limit are refused, in the order of the calls."""
    handle = make(opened)
    first, second = (handle.add_view(view(opened, "image"), max_views=2, deadline=soon()) for _ in range(2))
    first.result(30)
    with pytest.raises(ViewExistsError):
        second.result(30)
    with pytest.raises(TooManyItemsError):
        add(handle, view(opened, "text"), 2)
    assert names(handle) == ["default", "image"]


def test_a_dropped_view_is_gone(reopen: Reopen) -> None:
    """After a drop the view is unknown to searches, reads and writes; records stay; so it is after a restart."""
    engine = reopen()
    handle = make(engine, view(engine), view(engine, "image"))
    rows = vectors(3)
    put(handle, ["a", "b", "c"], rows, image=([0, 1, 2], rows))
    drop_view(handle, "image")
    for _ in range(2):
        assert names(handle) == ["default"]
        assert _refusing(handle, rows) == 7
        assert handle.count() == 3
        assert [one.view for one in handle.statistics().views] == ["default"]
        assert find(handle, rows, 1)[0][0][0] == "a"
        engine = reopen()
        handle = engine.collection("things")


def test_a_refused_write_harms_no_neighbour(opened: CollectionEngine) -> None:
    """Of writes that share a commit, only those that name the dropped view are refused."""
    handle = make(opened, view(opened), view(opened, "image"))
    rows = vectors(20)
    futures = [handle.drop_view("image", deadline=soon())]
    with contextlib.suppress(ViewNotFoundError):  # The drop may have been quicker.
        for at in range(20):
            more = {"image": ([0], rows[at : at + 1])} if at % 2 else {}
            futures.append(handle.upsert(batch([f"r{at}"], rows[at : at + 1], **more), deadline=soon()))
    failed = [future for future in futures if future.exception(30)]
    assert all(isinstance(future.exception(), ViewNotFoundError) for future in failed)
    assert handle.count() == len(futures) - 1 - len(failed)


@pytest.mark.parametrize("backend", ["exact", "hnsw"])
def test_a_view_of_the_same_name_begins_empty(reopen: Reopen, backend: str) -> None:
    """No vector, row or graph of a dropped view is met by one of its name, at once, later, or after restarts."""
    engine = reopen()
    handle = make(engine, view(engine), view(engine, "image", backend=backend))
    rows = vectors(1200)
    ids = [f"r{at}" for at in range(1200)]
    put(handle, ids, rows, image=(range(1200), rows))
    assert engine.settle(60)
    for size in (8, 4, 8):
        drop_view(handle, "image")
        add(handle, view(engine, "image", size=size, backend=backend))
        for _ in range(2):
            answer = handle.search(_search("image", vectors(1, size)))
            assert (list(answer.outcomes), answer.num_records_without_view) == ([[]], 1200)
            assert all(not item.vectors for item in handle.get(ids[:5], ALL, ["image"]))
            engine = reopen()
            handle = engine.collection("things")
        give(handle, ids[:2], vectors(2, size, seed=3))
        assert len(find(handle, vectors(1, size), view="image")[0]) == 2


def test_what_was_checked_against_the_old_view_is_refused(opened: CollectionEngine) -> None:
    """A write or search checked against a dropped view is refused though another of its name and size is there."""
    handle = make(opened)
    add(handle, view(opened, "image"))
    number = handle.spec.view("image").number
    rows = vectors(1)
    old = batch(["a"], rows)
    old.views["image"] = ViewRows(rows, np.arange(1), number)
    drop_view(handle, "image")
    add(handle, view(opened, "image"))
    with pytest.raises(ViewNotFoundError):
        handle.upsert(old, deadline=soon()).result(30)
    with pytest.raises(ViewNotFoundError):
        handle.search(_search("image", rows, number))
    assert handle.count() == 0


def test_calls_under_way_end_well(opened: CollectionEngine) -> None:
    """Searches and writes beside adding and dropping answer rightly, or that there is no such view; nothing else."""
    handle = make(opened, view(opened), view(opened, "image"))
    rows = vectors(400)
    ids = [f"r{at}" for at in range(400)]
    put(handle, ids, rows, image=(range(400), rows))
    stop = threading.Event()
    counts = {"answered": 0, "refused": 0}

    def search(seed: int) -> None:
        choose = np.random.default_rng(seed)
        while not stop.is_set():
            at = int(choose.integers(400))
            with _refused(counts):
                for hits in find(handle, rows[at : at + 1], 5, view="image", exact=bool(at % 2)):
                    assert len({record_id for record_id, _ in hits}) == len(hits)
                    counts["answered"] += 1

    def write() -> None:
        while not stop.is_set():
            with _refused(counts):
                put(handle, ids[:50], rows[:50], image=(range(50), rows[:50]))

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(search, at) for at in range(2)] + [pool.submit(write) for _ in range(2)]
        for _ in range(25):
            drop_view(handle, "image")
            add(handle, view(opened, "image"))
            time.sleep(0.01)
        stop.set()
        for item in running:
            item.result(30)
    assert handle.count() == 400
    assert counts["answered"] > 0


# The local engine's own.


def test_a_search_that_a_drop_overtakes_is_refused(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that has begun in a view and goes on once it is dropped, and records with it, is told so."""
    handle = make(engine, view(engine), view(engine, "image"))
    rows = vectors(5)
    ids = [f"r{at}" for at in range(5)]
    put(handle, ids, rows, image=(range(5), rows))
    reading = handle._db.reading

    def late() -> object:
        monkeypatch.undo()
        drop_view(handle, "image")
        drop(handle, *ids)
        return reading()

    monkeypatch.setattr(handle._db, "reading", late)
    with pytest.raises(ViewNotFoundError):
        find(handle, rows, view="image")


def test_views_of_one_name_never_meet_in_a_file(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Removing what a dropped view left, however late, takes nothing from one of its name that came after it."""
    handle = make(engine, view(engine), view(engine, "image"))
    late = threading.Event()
    remove = ViewOpening.remove

    def waiting(opening: ViewOpening, dropped: OpenView) -> None:
        late.wait(30)
        remove(opening, dropped)

    monkeypatch.setattr(ViewOpening, "remove", waiting)
    drop_view(handle, "image")
    add(handle, view(engine, "image"))
    put(handle, ["a"], vectors(1), image=([0], vectors(1)))
    late.set()
    settled(lambda: len(list(tmp_path.glob("data/collections/*/image*.rows"))) == 1)
    add(handle, view(engine, "text"))
    names_of_files = {path.name for path in tmp_path.glob("data/collections/*/*.rows")}
    assert names_of_files == {"default.rows", "image.3.rows", "text.4.rows"}
    assert len(find(handle, vectors(1), view="image")[0]) == 1


def test_space_comes_back_in_steps(engine: LocalEngine, tmp_path: Path) -> None:
    """A dropped view's files go at once and its vectors soon; writes are answered meanwhile; the file shrinks."""
    handle = make(engine, view(engine), view(engine, "image", size=2048))
    rows = vectors(4000)
    ids = [f"r{at}" for at in range(4000)]
    images = vectors(4000, 2048)
    for low in range(0, 4000, 1000):
        put(handle, ids[low : low + 1000], rows[low : low + 1000], image=(range(1000), images[low : low + 1000]))
    (records,) = tmp_path.glob("data/collections/*/records.db")
    before = records.stat().st_size + records.with_name("records.db-wal").stat().st_size
    drop_view(handle, "image")
    waits = []
    for at in range(100):
        begin = time.perf_counter()
        put(handle, [f"n{at}"], rows[:1])
        waits.append(time.perf_counter() - begin)
    settled(lambda: not list(tmp_path.glob("data/collections/*/image*")))

    def shrunk() -> bool:
        put(handle, ["tick"], rows[:1])
        return records.stat().st_size < before / 2

    settled(shrunk)
    assert np.median(waits) < 0.5
    assert len(find(handle, rows[:1], 5)[0]) == 5


def test_half_a_sweep_goes_on_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reopen: Reopen) -> None:
    """What a start finds of a dropped view's vectors and files it removes; a later view of the name has none of it."""
    engine = reopen()
    handle = make(engine, view(engine), view(engine, "image"))
    rows = vectors(2000)
    put(handle, [f"r{at}" for at in range(2000)], rows, image=(range(2000), rows))
    with monkeypatch.context() as patch:
        patch.setattr(views_table.ViewsTable, "sweep", lambda _: False)
        drop_view(handle, "image")
        (records,) = tmp_path.glob("data/collections/*/records.db")
        engine.close()
    (records.parent / "image.rows").write_bytes(b"old")
    (records.parent / "image.graph").write_bytes(b"old")
    assert _num_vectors(records) == 4000
    engine = reopen()
    handle = engine.collection("things")
    assert not list(records.parent.glob("image*"))
    settled(lambda: _num_vectors(records) == 2000)
    add(handle, view(engine, "image"))
    assert find(handle, rows[:1], view="image") == [[]]
    assert reopen().collection("things")._db.is_swept


@pytest.mark.parametrize("before_catalog", [True, False])
def test_half_a_change_is_finished_or_undone(
    monkeypatch: pytest.MonkeyPatch, reopen: Reopen, tmp_path: Path, *, before_catalog: bool
) -> None:
    """A crash between the two files leaves a view that was being added out, and one that was being dropped dropped."""
    from lensdex_index.engines.local.store.catalog_db import CatalogDb

    engine = reopen()
    handle = make(engine, view(engine), view(engine, "image"))
    put(handle, ["a"], vectors(1), image=([0], vectors(1)))
    if before_catalog:
        monkeypatch.setattr(CatalogDb, "set_spec", _crash)
        with pytest.raises(OSError, match="crash"):
            add(handle, view(engine, "text"))
        drop_view(handle, "image")
    else:
        drop_view(handle, "image")
        add(handle, view(engine, "text"))
    monkeypatch.undo()
    engine = reopen()
    handle = engine.collection("things")
    assert names(handle) == (["default"] if before_catalog else ["default", "text"])
    add(handle, view(engine, "image"))
    assert find(handle, vectors(1), view="image") == [[]]
    engine = reopen()
    assert find(engine.collection("things"), vectors(1), view="image") == [[]]


def test_an_older_catalog_costs_no_vectors(reopen: Reopen, tmp_path: Path) -> None:
    """Beside an older catalog, a collection with a view it does not know is not served, and keeps its vectors."""
    engine = reopen()
    handle = make(engine)
    put(handle, ["a"], vectors(1))
    path = tmp_path / "data" / "catalog.db"
    engine.close()
    old = path.read_bytes()
    engine = reopen()
    handle = engine.collection("things")
    add(handle, view(engine, "image"))
    give(handle, ["a"], vectors(1))
    engine.close()
    new = path.read_bytes()
    path.write_bytes(old)
    engine = reopen()
    with pytest.raises(CorruptedError, match="image"):
        engine.collection("things")
    engine.close()
    path.write_bytes(new)
    assert len(find(reopen().collection("things"), vectors(1), view="image")[0]) == 1


# Over a real server.


def add_request(name: str = "image", **fields: object) -> cpb.AddViewRequest:
    """Return a request to add a view."""
    fields.setdefault("dimension", DIMENSION)
    return cpb.AddViewRequest(collection="things", view=collection_pb2.View(name=name, **fields))


def test_a_view_is_let_go_of_without_a_thread_too(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads a view is dropped all the same, and the collection ends as it should."""
    handle = make(engine, view(engine), view(engine, "image"))
    put(handle, ["a"], vectors(1))
    folder = handle._db.path.parent
    start = threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        if thread.name == "lensdex-dropped-view":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused)
    drop_view(handle, "image")
    assert names(handle) == ["default"]
    assert not list(folder.glob("image*"))
    assert engine.drop("things") == 1
    assert not folder.exists()


async def test_views_over_the_wire(server: Server) -> None:
    """AddView answers the collection with its defaults filled in, DropView without it; GetCollection agrees."""
    await server.create()
    await server.upsert(vectors(2))
    added = (await server.collections.AddView(add_request())).collection
    rows = pack_vectors(vectors(1))
    update = rpb.UpdateRecordsRequest(
        collection="things",
        updates=[record_pb2.RecordUpdate(id="r1")],
        vectors=[record_pb2.ViewVectors(view="image", vectors=rows)],
    )
    await server.records.UpdateRecords(update)
    found = await server.search(vectors(1), view="image")
    dropped = (await server.collections.DropView(cpb.DropViewRequest(collection="things", view="image"))).collection
    got = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))

    assert [known.name for known in added.views] == ["default", "image"]
    assert added.views[1].backend.name == "hnsw"
    assert [hit.record.id for hit in found.results[0].hits.hits] == ["r1"]
    assert found.num_records_without_view == 1
    assert [known.name for known in dropped.views] == [known.name for known in got.collection.views] == ["default"]
    assert reason(await refusal(server.search(vectors(1), view="image"))) == "VIEW_NOT_FOUND"


@pytest.mark.parametrize(
    ("fields", "name", "field"),
    [
        ({"name": "Image"}, "INVALID_FIELD", "view.name"),
        ({"dimension": 0}, "INVALID_FIELD", "view.dimension"),
        ({"metric": 99}, "INVALID_FIELD", "view.metric"),
        ({"backend": collection_pb2.Backend(name="magic")}, "INVALID_BACKEND", None),
        ({"name": "default"}, "VIEW_EXISTS", None),
    ],
)
async def test_a_bad_view_is_refused(server: Server, fields: dict[str, object], name: str, field: str | None) -> None:
    """What is wrong with a view to add is named by its path, as at creation."""
    await server.create()
    told = await refusal(server.collections.AddView(add_request(**fields)))
    assert (reason(told), told.metadata.get("field")) == (name, field)


async def test_refusals_of_both(server: Server) -> None:
    """Unknown collections and views, `default`, and a view without a basis are refused with their facts."""
    unknown = await refusal(server.collections.AddView(add_request()))
    await server.create(views=[bound_view()])
    drop = cpb.DropViewRequest(collection="things", view="default")
    default = await refusal(server.collections.DropView(drop))
    drop.view = "image"
    missing = await refusal(server.collections.DropView(drop))
    empty = await refusal(server.collections.AddView(cpb.AddViewRequest(collection="things")))

    assert reason(unknown) == "COLLECTION_NOT_FOUND"
    assert (default.code, reason(default), default.metadata["field"]) == (
        StatusCode.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "view",
    )
    assert (reason(missing), missing.metadata["known"]) == ("VIEW_NOT_FOUND", "default")
    assert [violation.field for violation in empty.violations] == ["view.name", "view.basis"]


def _refusing(handle: CollectionHandle, rows: np.ndarray) -> int:
    """Return how many calls that name the view `image` are told that it is not there; all are made."""
    gone = Change("a", {}, removed_views=frozenset({"image"}))
    calls = (
        lambda: find(handle, rows, view="image"),
        lambda: find(handle, ["a"], view="image"),
        lambda: list(handle.get(["a"], ALL, ["image"])),
        lambda: put(handle, ["d"], rows[:1], image=([0], rows[:1])),
        lambda: give(handle, ["a"], rows[:1]),
        lambda: drop_view(handle, "image"),
        lambda: handle.update(Changes([gone], {}, 1 << 20), deadline=soon()).result(30),
    )
    for call in calls:
        with pytest.raises(ViewNotFoundError):
            call()
    return len(calls)


def _search(name: str, rows: np.ndarray, number: int | None = None) -> object:
    from lensdex_index.records import Search

    return Search(name, rows, 10, None, False, None, ALL, 1 << 30, None, number)


@contextlib.contextmanager
def _refused(counts: dict[str, int]) -> object:
    try:
        yield
    except ViewNotFoundError:
        counts["refused"] += 1


def _crash(*_: object) -> None:
    raise OSError("crash")


def _num_vectors(path: Path) -> int:
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
