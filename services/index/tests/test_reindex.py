"""Reindex: another backend for a view while it serves. On every engine, then over a real server."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path

import grpc
import numpy as np
import pytest
from index_testing import (
    ENGINES,
    Reopen,
    Server,
    clustered,
    drop,
    find,
    make,
    put,
    reason,
    refusal,
    struct,
    vectors,
    view,
)

from lensdex.index.v1 import collection_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex_index.catalog import Catalog
from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.engines.local import graph_file, rebuilding
from lensdex_index.engines.local.backends.exact import ExactBackend
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.rebuilding import Rebuild
from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.engines.local.view_opening import ViewOpening
from lensdex_index.errors import CollectionNotFoundError, ReindexRunningError, StoreUnavailableError, ViewNotFoundError
from lensdex_index.progress import Phase, Progress
from lensdex_index.records import Metric, WriteOutcome

PHASES = list(Phase)


@pytest.fixture(autouse=True)
def _able(request: pytest.FixtureRequest) -> None:
    """Skip engines that are excused."""
    if "reopen" in request.fixturenames:
        name = request.node.callspec.params["reopen"]
        if Trait.REINDEX in ENGINES[name][1]:
            pytest.skip(f"the engine {name} is excused from reindex")


class Gate:
    """Holds building back: so many steps may be taken."""

    def __init__(self) -> None:
        self.steps = threading.Semaphore(0)
        self.is_open = threading.Event()

    def open(self) -> None:
        """Let all through."""
        self.is_open.set()
        self.steps.release(1_000_000)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Give a gate before every step of building."""
    gate = Gate()
    step = Rebuild.step

    def held(rebuild: Rebuild, published: int, size: int) -> None:
        if gate.is_open.is_set() or gate.steps.acquire(timeout=0.02):
            step(rebuild, published, size)

    monkeypatch.setattr(Rebuild, "step", held)
    monkeypatch.setattr(rebuilding, "_STEP_SECONDS", 0.0)
    yield gate
    gate.open()


def begin(
    engine: CollectionEngine, handle: CollectionHandle, name: str, told: list[Progress] | None = None, **more: int
) -> Future[WriteOutcome]:
    """Begin to reindex `default`."""
    backend = engine.resolve_backend(name, dict(more), "parameters")
    return handle.reindex("default", backend, ([] if told is None else told).append)


def recall(handle: CollectionHandle, queries: np.ndarray) -> float:
    """Return recall@10 against the exact scan."""
    pairs = zip(find(handle, queries, 10), find(handle, queries, 10, exact=True), strict=True)
    return float(np.mean([len({one for one, _ in got} & {one for one, _ in truth}) / 10 for got, truth in pairs]))


def filled(
    engine: CollectionEngine, backend: str, count: int = 1500, size: int = 32
) -> tuple[CollectionHandle, object]:
    """Return a collection of *count* records, indexed, and its rows."""
    handle = make(engine, view(engine, backend=backend, size=size))
    rows = clustered(count, size)
    put(handle, [f"r{at}" for at in range(count)], rows)
    assert engine.settle(60)
    return handle, rows


def test_from_backend_to_backend_and_back(reopen: Reopen) -> None:
    """Hnsw → faiss → exact → hnsw with other parameters: each answers as well as one built so, also after a restart."""
    engine = reopen()
    handle, _ = filled(engine, "hnsw")
    queries = clustered(40, 32, seed=1)
    other = {"m": 8, "ef": 200}
    for name, parameters in (("faiss", {}), ("exact", {}), ("hnsw", other), ("hnsw", other)):
        told: list[Progress] = []
        begin(engine, handle, name, told, **parameters).result(60)
        wanted = engine.resolve_backend(name, dict(parameters), "parameters")
        for _ in range(2):
            (known,) = handle.spec.views
            assert known.backend == wanted
            statistics = handle.statistics().views[0]
            assert (statistics.num_vectors, statistics.num_tail_vectors) == (1500, 0)
            assert recall(handle, queries) > (0.999 if name == "exact" else 0.97)
            if told:
                engine = reopen()
                handle = engine.collection("things")
                assert engine.settle(60)
                told = []


def test_a_restart_goes_on_with_the_new_graph(engine: LocalEngine, tmp_path: Path) -> None:
    """The new graph is saved before it serves, the old one's file is gone, and a restart loads the new one."""
    handle, _ = filled(engine, "hnsw")
    begin(engine, handle, "hnsw", m=8).result(60)
    names = [path.name for path in tmp_path.glob("data/collections/*/*.graph")]
    engine._saver.close()
    engine.close()
    again = LocalEngine(engine._options)
    again.recover()
    assert names == ["default~1.graph"]
    assert again.collection("things")._views.indexes["default"].num_graph_vectors == 1500
    again.close()


def test_progress_goes_forward(opened: CollectionEngine, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phases follow each other, vectors done never fall and end at all of them, and the time left is told."""
    from lensdex_index.engines.local import reindexing

    monkeypatch.setattr(reindexing, "_TELL_SECONDS", 0.01)
    handle, rows = filled(opened, "hnsw", 400)
    told: list[Progress] = []
    future = begin(opened, handle, "faiss", told)
    for at in range(25):
        gate.steps.release(1)
        time.sleep(0.01)
        if at == 10:
            drop(handle, *(f"r{number}" for number in range(50)))
            put(handle, ["new"], rows[:1])
    gate.open()
    future.result(60)

    phases = [PHASES.index(progress.phase) for progress in told]
    done = [progress.num_vectors_done for progress in told]
    assert len(told) > 10
    assert (phases[0], phases[-1]) == (0, 2)
    assert phases == sorted(phases)
    assert done == sorted(done)
    assert len(set(done)) > 5
    assert told[0].seconds_left is None
    assert any(progress.seconds_left for progress in told)
    assert told[-1].num_vectors_done == told[-1].num_vectors >= 351


def test_writes_during_it_are_in_it(opened: CollectionEngine, gate: Gate) -> None:
    """What is written and deleted at every stage is as it must be after: the graph answers as the scan does."""
    handle, rows = filled(opened, "hnsw", 600)
    future = begin(opened, handle, "hnsw", m=12)
    choose = random.Random(0)
    alive = {f"r{at}" for at in range(600)}
    for number in range(30):
        gate.steps.release(2)
        gone = choose.sample(sorted(alive), 5)
        drop(handle, *gone)
        alive -= set(gone)
        again, fresh = choose.sample(sorted(alive), 3), [f"n{number}-{at}" for at in range(4)]
        put(handle, [*again, *fresh], clustered(7, 32, seed=number + 5))
        alive |= set(fresh)
    gate.open()
    future.result(60)
    for _ in range(2):
        for exact in (False, True):
            hits = find(handle, rows[:1], len(alive) + 50, exact=exact, ef=2000)[0]
            assert {record_id for record_id, _ in hits} == alive
        assert recall(handle, clustered(30, 32, seed=9)) > 0.97
        assert opened.settle(60)


def test_what_the_new_graph_lacks_is_tail(
    opened: CollectionEngine, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written between building and changing over is found at once, as the tail of the new graph."""
    handle, _ = filled(opened, "hnsw", 400)
    fresh = clustered(3, 32, seed=7)

    def written(*_: object) -> None:
        put(handle, ["f0", "f1", "f2"], fresh)

    lacked: list[int] = []
    change_over = Upkeep._change_over

    def noted(upkeep: Upkeep, rebuild: Rebuild, published: int) -> None:
        lacked.append(upkeep._slots.size - rebuild.position)
        change_over(upkeep, rebuild, published)

    monkeypatch.setattr(Upkeep, "_change_over", noted)
    monkeypatch.setattr(Upkeep, "_add", lambda *_: None)
    monkeypatch.setattr(ViewOpening, "save_rebuilt", written)
    monkeypatch.setattr(Upkeep, "_extend", lambda *_: time.sleep(0.01))
    future = begin(opened, handle, "hnsw", m=8)
    gate.steps.release(400 // 16)
    future.result(30)
    assert lacked == [3]
    assert [hits[0][0] for hits in find(handle, fresh, 1)] == ["f0", "f1", "f2"]
    gate.open()


def test_the_old_graph_answers_meanwhile(opened: CollectionEngine, gate: Gate) -> None:
    """While it builds, and until the end, the view has its old backend and answers within recall."""
    handle, _ = filled(opened, "hnsw")
    queries = clustered(30, 32, seed=2)
    future = begin(opened, handle, "exact")
    gate.steps.release(20)
    for _ in range(5):
        assert handle.spec.views[0].backend.name == "hnsw"
        assert recall(handle, queries) > 0.95
    assert not future.done()
    gate.open()
    future.result(60)
    assert handle.spec.views[0].backend.name == "exact"
    assert recall(handle, queries) == 1.0


def test_concurrent_work_across_the_change(opened: CollectionEngine) -> None:
    """Upserts, deletes and searches run through several changes of backend; nothing is lost or answered twice."""
    handle, rows = filled(opened, "hnsw", 800)
    stop = threading.Event()
    kept: list[set[str]] = [set(), set()]

    def write(number: int) -> None:
        choose = random.Random(number)
        while not stop.is_set():
            ids = [f"w{number}-{choose.randrange(60)}" for _ in range(4)]
            ids = list(dict.fromkeys(ids))
            if choose.random() < 0.4:
                drop(handle, *ids)
                kept[number] -= set(ids)
            else:
                put(handle, ids, clustered(len(ids), 32, seed=choose.randrange(1000)))
                kept[number] |= set(ids)

    def search() -> int:
        count = 0
        while not stop.is_set():
            for hits in find(handle, rows[count % 800 :][:1], 10):
                ids = [record_id for record_id, _ in hits]
                assert len(ids) == len(set(ids)) == 10
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        running = [*(pool.submit(write, at) for at in range(2)), *(pool.submit(search) for _ in range(2))]
        try:
            for name in ("faiss", "exact", "hnsw"):
                begin(opened, handle, name).result(60)
        finally:
            stop.set()
        for item in running:
            item.result(60)
    assert opened.settle(60)
    alive = {f"r{at}" for at in range(800)} | kept[0] | kept[1]
    for exact in (False, True):
        hits = find(handle, rows[:1], len(alive) + 50, exact=exact, ef=2000)[0]
        assert {record_id for record_id, _ in hits} == alive
    assert recall(handle, clustered(30, 32, seed=9)) > 0.97


def test_one_at_a_time_and_given_up(opened: CollectionEngine, gate: Gate, tmp_path: Path) -> None:
    """A second one of a view is refused; cancelling leaves what there was, and another may begin."""
    handle, _ = filled(opened, "hnsw", 200)
    before = handle.spec
    first = begin(opened, handle, "exact")
    with pytest.raises(ReindexRunningError):
        begin(opened, handle, "faiss")
    assert first.cancel()
    with pytest.raises(CancelledError):
        first.result(1)
    until = time.monotonic() + 30
    while True:
        with contextlib.suppress(ReindexRunningError):
            second = begin(opened, handle, "exact")
            break
        assert time.monotonic() < until
        time.sleep(0.01)
    assert handle.spec == before
    gate.open()
    second.result(30)
    assert not first.cancel() or first.cancelled()
    assert handle.spec.views[0].backend.name == "exact"
    assert not list(tmp_path.glob("data/collections/*/*~*"))


def test_dropping_what_is_being_reindexed(opened: CollectionEngine, gate: Gate) -> None:
    """A reindexing ends with the view it is of, or with the collection, and says so."""
    handle = make(opened, view(opened), view(opened, "image"))
    rows = vectors(300)
    put(handle, [f"r{at}" for at in range(300)], rows, image=(range(300), rows))
    exact = opened.resolve_backend("exact", {}, "parameters")
    of_view, of_collection = handle.reindex("image", exact, print), handle.reindex("default", exact, print)
    handle.drop_view("image", deadline=time.monotonic() + 30).result(30)
    with pytest.raises(ViewNotFoundError):
        of_view.result(30)
    opened.drop("things")
    assert of_collection.cancelled()
    with pytest.raises(CollectionNotFoundError):
        handle.reindex("default", exact, print)


@pytest.mark.parametrize("where", ["graph", "catalog"])
def test_a_store_that_takes_nothing_changes_nothing(
    opened: CollectionEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    """Where graph or settings cannot be made durable the old graph stays, and no file of the new one is left."""

    def full(*_: object, **__: object) -> None:
        raise StoreUnavailableError("disk full") if where == "catalog" else OSError(28, "disk full")

    handle, rows = filled(opened, "hnsw")
    place = (CatalogDb, "set_spec") if where == "catalog" else (graph_file, "_sync_folder")
    monkeypatch.setattr(*place, full)
    with pytest.raises(StoreUnavailableError):
        begin(opened, handle, "faiss").result(60)
    monkeypatch.undo()
    assert handle.spec.views[0].backend.name == "hnsw"
    assert handle._views.indexes["default"].spec == handle.spec.views[0]
    assert not list(tmp_path.glob("data/collections/*/*~*"))
    assert len(find(handle, rows[:1], 5)[0]) == 5
    begin(opened, handle, "faiss").result(60)


def test_a_backend_that_fails_harms_nothing(opened: CollectionEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in the new graph is told, and the old one goes on being indexed."""
    handle, rows = filled(opened, "hnsw", 100)

    def broken(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(ExactBackend, "add", broken)
    with pytest.raises(MemoryError):
        begin(opened, handle, "exact").result(30)
    put(handle, ["new"], rows[:1])
    assert opened.settle(30)
    assert handle.statistics().views[0].num_tail_vectors == 0
    assert handle.spec.views[0].backend.name == "hnsw"


@pytest.mark.parametrize("metric", Metric)
def test_an_empty_view_and_every_metric(opened: CollectionEngine, metric: Metric) -> None:
    """A view without vectors changes its backend too, and fills it afterwards."""
    handle = make(opened, view(opened, metric=metric))
    begin(opened, handle, "exact").result(30)
    rows = vectors(20)
    put(handle, [f"r{at}" for at in range(20)], rows)
    begin(opened, handle, "faiss").result(30)
    assert opened.settle(30)
    assert find(handle, rows[:3], 5) == find(handle, rows[:3], 5, exact=True)


def test_whatever_happens_before_it_takes_over_is_waited_out(engine: LocalEngine) -> None:
    """Who waits for the new graph to take over is not put off by fresh vectors that are added to it meanwhile."""
    index = make(engine)._views.indexes["default"]
    engine._indexer.forget(index)
    rebuild = index.begin_rebuild(index.spec)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(rebuild.wait_taken_over, 30)
        for _ in range(3):
            time.sleep(0.02)
            rebuild.built()
        assert not waiting.done()
        rebuild.took_over()
        assert waiting.result(30)


def test_where_nobody_builds_any_more_it_is_told_at_once(engine: LocalEngine) -> None:
    """A reindexing that begins just as its view is dropped, or after indexing has stopped on a fault, does not hang."""
    handle = make(engine)
    index = handle._views.indexes["default"]
    index.rebuilds.fail(ViewNotFoundError("things", "default", ""))
    with pytest.raises(ViewNotFoundError):
        begin(engine, handle, "exact").result(10)


def test_where_no_thread_can_begin_nothing_is_under_way(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reindexing that the system gives no thread is refused; the next one is not, and closing waits for nobody."""
    handle, _ = filled(engine, "hnsw", 20)

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError):
            begin(engine, handle, "exact")
    begin(engine, handle, "exact").result(30)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError):
            begin(engine, handle, "hnsw")
    engine.drop(handle.spec.name)


# Over a real server.


def request(name: str = "", view: str = "", **parameters: float) -> cpb.ReindexRequest:
    """Return a request."""
    backend = collection_pb2.Backend(name=name, parameters=struct(**parameters))
    return cpb.ReindexRequest(collection="things", view=view, backend=backend)


async def test_progress_and_the_collection_over_the_wire(server: Server) -> None:
    """Progress comes, then the collection with its new backend; GetCollection agrees; parameters are kept or set."""
    await server.create()
    await server.upsert(vectors(50))
    messages = [message async for message in server.collections.Reindex(request("exact"))]
    got = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))
    back = [message async for message in server.collections.Reindex(request("hnsw", "default", m=8))]
    kept = [message async for message in server.collections.Reindex(request(ef=90))]
    found = await server.search(vectors(1), k=1)

    assert {message.WhichOneof("part") for message in messages[:-1]} == {"progress"}
    assert [message.progress.phase for message in messages[:-1]][-1] == 3
    assert messages[-2].progress.num_vectors_done == 50
    assert messages[-1].collection == got.collection
    assert got.collection.views[0].backend.name == "exact"
    assert dict(back[-1].collection.views[0].backend.parameters) == {"m": 8, "ef": 80, "ef_construction": 200}
    assert dict(kept[-1].collection.views[0].backend.parameters) == {"m": 8, "ef": 90, "ef_construction": 200}
    assert found.results[0].hits.hits[0].record.id == "r0"


@pytest.mark.parametrize(
    ("wanted", "name", "facts"),
    [
        (request("magic"), "INVALID_BACKEND", {"backend": "magic", "known": "hnsw,exact,faiss"}),
        (request("hnsw", depth=3), "INVALID_BACKEND", {"parameter": "depth", "known": "ef,ef_construction,m"}),
        (request("exact", ef=3), "INVALID_BACKEND", {"parameter": "ef"}),
        (request(m=1), "INVALID_FIELD", {"field": "backend.parameters.m"}),
        (request("exact", "image"), "VIEW_NOT_FOUND", {"view": "image", "known": "default"}),
        (cpb.ReindexRequest(collection="nowhere"), "COLLECTION_NOT_FOUND", {"collection": "nowhere"}),
    ],
)
async def test_refusals(server: Server, wanted: cpb.ReindexRequest, name: str, facts: dict[str, str]) -> None:
    """What is wrong is told at once, with its facts: unknown backends list the known ones."""
    await server.create()
    told = await refusal(_all(server.collections.Reindex(wanted)))
    assert reason(told) == name
    assert {key: told.metadata.get(key) for key in facts} == facts


async def test_a_caller_that_goes_gives_it_up(server: Server, gate: Gate) -> None:
    """A call that is cancelled, or whose deadline passes, changes nothing; a second one meanwhile is told why not."""
    await server.create()
    await server.upsert(vectors(100))
    call = server.collections.Reindex(request("exact"))
    await call.read()
    busy = await refusal(_all(server.collections.Reindex(request("faiss"))))
    call.cancel()
    await _ended(server, "exact", seconds=0.3)
    got = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))
    gate.open()
    done = await _all(server.collections.Reindex(request("faiss")))

    assert (busy.code, reason(busy)) == (grpc.StatusCode.FAILED_PRECONDITION, "REINDEX_RUNNING")
    assert got.collection.views[0].backend.name == "hnsw"
    assert done[-1].collection.views[0].backend.name == "faiss"


async def test_a_caller_that_goes_while_it_begins_gives_it_up(
    server: Server, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is cancelled just as the reindexing begins changes nothing either."""
    await server.create()
    await server.upsert(vectors(100))
    asked, begin = threading.Event(), threading.Event()
    reindex = Catalog.reindex

    def late(*arguments: object) -> Future[WriteOutcome]:
        asked.set()
        assert begin.wait(20)
        return reindex(*arguments)

    monkeypatch.setattr(Catalog, "reindex", late)
    call = server.collections.Reindex(request("exact"))
    reading = asyncio.ensure_future(call.read())
    assert await asyncio.to_thread(asked.wait, 20)
    call.cancel()
    with contextlib.suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
        await reading
    await asyncio.sleep(0.2)
    begin.set()
    gate.open()
    await asyncio.sleep(0.2)
    until = time.monotonic() + 20
    while server.engine.collection("things")._reindexing._running:
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    assert server.engine.collection("things").spec.views[0].backend.name == "hnsw"


async def test_draining_gives_it_up(server: Server, gate: Gate) -> None:
    """A server that drains ends a reindexing with NOT_SERVING."""
    await server.create()
    await server.upsert(vectors(100))
    call = server.collections.Reindex(request("exact"))
    messages = aiter(call)
    await anext(messages)
    server.stop.set()
    told = await refusal(_all(messages))
    assert reason(told) == "NOT_SERVING"
    gate.open()


async def _all(call: object) -> list[cpb.ReindexResponse]:
    return [message async for message in call]


async def _ended(server: Server, name: str, *, seconds: float) -> None:
    """Begin again until the one before is given up; then let the deadline pass, and wait for that to end."""
    until = time.monotonic() + 20
    while True:
        told = await refusal(_all(server.collections.Reindex(request(name), timeout=seconds)))
        if reason(told) == "DEADLINE_EXCEEDED":
            break
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    while server.engine.collection("things")._reindexing._running:
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
