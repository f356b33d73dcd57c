"""Graph and tail: what searches see at a sequence, however far the indexing thread has come."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_testing import DIMENSION, backend, clustered, vectors

from lensdex_index.engines.local import rebuilding, upkeep
from lensdex_index.engines.local.adders import Adders
from lensdex_index.engines.local.audit import Audit
from lensdex_index.engines.local.backends.base import Backend, BackendOptions, Hits
from lensdex_index.engines.local.backends.exact import ExactBackend
from lensdex_index.engines.local.backends.hnsw import HnswBackend
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.planner import Costs
from lensdex_index.engines.local.row_file import RowFile
from lensdex_index.engines.local.rw_lock import ReadersFirstLock
from lensdex_index.engines.local.slots import ALIVE, Slots
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.errors import StoreUnavailableError
from lensdex_index.records import BackendSpec, Labels, Matrix, Metric, ViewSpec

HNSW = backend("hnsw", m=16, ef_construction=100, ef=50)
FAISS = backend("faiss", m=16, ef_construction=100, ef=50)

Make = Callable[..., ViewIndex]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Give a function that makes a view index; all of them are closed at the end."""
    made = []

    def _make(
        dimension: int = DIMENSION, metric: Metric = Metric.EUCLIDEAN, *, spec: BackendSpec = HNSW, **more: Any
    ) -> ViewIndex:
        view = ViewSpec("default", dimension, None, metric, spec)
        made.append(ViewIndex(view, tmp_path / f"{len(made)}", hold_seconds=0.004, rebuild_fraction=0.3, **more))
        return made[-1]

    yield _make
    for index in made:
        index.close()


def write(index: ViewIndex, sequence: int, labels: Labels, rows: Matrix, *, ends: Labels | None = None) -> None:
    """Do what the writer does for one write."""
    index.reserve(len(labels))
    if ends is not None:
        index.retire(ends, sequence)
    index.append(labels, index.ready(rows), sequence)
    index.published(sequence)


def settle(index: ViewIndex) -> None:
    """Do what the indexing thread does until nothing is left."""
    while index.step():
        pass


def found(index: ViewIndex, rows: Matrix, k: int, sequence: int, *, exact: bool = False) -> list[list[int]] | None:
    """Return the labels found."""
    nobody = np.full(len(rows), -1)
    answers = index.search(rows, k, ef=50, exact=exact, exclude=nobody, sequence=sequence)
    return None if answers is None else [labels.tolist() for labels, _ in answers]


def test_a_search_sees_its_sequence_whatever_the_graph_holds(make: Make) -> None:
    """What is written later is not seen, what is ended later is; before and after the graph has taken it in."""
    index = make()
    rows = vectors(40)
    write(index, 1, np.arange(10), rows[:10])
    settle(index)
    write(index, 2, np.arange(10, 20), rows[10:20], ends=np.arange(5))
    for _ in range(2):
        assert sorted(found(index, rows[:1], 40, 2)[0]) == list(range(5, 20))
        assert sorted(found(index, rows[:1], 40, 1, exact=True)[0]) == list(range(10))
        settle(index)
    assert found(index, rows[:1], 40, 1) is None
    assert index.num_tail_vectors == 0


def test_a_record_that_was_replaced_is_never_missed(make: Make) -> None:
    """Between writing, publishing and indexing, one version of it is seen: never none or two."""
    index = make()
    rows = vectors(2)
    write(index, 1, np.array([1]), rows[:1])
    settle(index)
    index.reserve(1)
    index.retire(np.array([1]), 2)
    index.append(np.array([2]), rows[1:], 2)
    settle(index)
    assert found(index, rows[:1], 5, 1) == [[1]]
    index.published(2)
    assert found(index, rows[:1], 5, 2) == [[2]]
    settle(index)
    assert found(index, rows[:1], 5, 2) == [[2]]


def test_a_graph_is_rebuilt_past_the_threshold(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once enough is deleted the graph is built anew without the dead, serving all the while, writes included."""
    monkeypatch.setattr(upkeep, "_FEWEST_REMOVED_TO_REBUILD", 50)
    monkeypatch.setattr(rebuilding, "_STEP_SECONDS", 0.0005)
    index = make()
    rows = vectors(600)
    write(index, 1, np.arange(400), rows[:400])
    settle(index)
    before = index._graph
    write(index, 2, np.arange(400, 410), rows[400:410], ends=np.arange(150))
    steps = 0
    sequence = 2
    while index.step():
        steps += 1
        if index.rebuilds.is_busy and sequence < 12:
            sequence += 1
            write(index, sequence, np.array([400 + sequence * 10]), rows[500:501], ends=np.array([150 + sequence]))
        expected = {*range(150, 410)} - {*range(153, 151 + sequence)} | {430 + 10 * at for at in range(sequence - 2)}
        labels = found(index, rows[:1], 600, sequence)
        assert labels is None or set(labels[0]) == expected

    assert steps > 3
    assert index._graph is not before
    assert len(index._graph) == len(expected)
    assert index._removed < 50


def test_a_rebuild_that_fails_stops_no_indexing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for a second graph the first goes on being indexed, and is rebuilt some time later."""
    monkeypatch.setattr(upkeep, "_FEWEST_REMOVED_TO_REBUILD", 50)
    index = make()
    rows = vectors(600)
    write(index, 1, np.arange(400), rows[:400])
    settle(index)
    before, tries = index._graph, []

    def full(*_: object) -> None:
        tries.append(1)
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding.Rebuild, "step", full)
        write(index, 2, np.arange(400, 500), rows[400:500], ends=np.arange(200))
        settle(index)
        write(index, 3, np.arange(500, 600), rows[500:])
        settle(index)
    assert len(tries) == 1
    assert index.num_tail_vectors == 0
    assert sorted(found(index, rows[:1], 600, 3)[0]) == list(range(200, 600))
    assert index._graph is before

    index.rebuilds._rests_until = 0.0
    settle(index)
    assert index._graph is not before
    assert sorted(found(index, rows[:1], 600, 3)[0]) == list(range(200, 600))


@contextlib.contextmanager
def over_and_over(failures: list[object], *works: Callable[[], object]) -> Iterator[None]:
    """Do *works* again and again, each in a thread of its own; what they raise is added to *failures*."""
    done = threading.Event()

    def run(work: Callable[[], object]) -> None:
        try:
            while not done.is_set():
                work()
        except Exception as error:  # noqa: BLE001  the test fails with it
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("spec", [backend("exact"), HNSW, FAISS], ids=lambda spec: spec.name)
def test_searches_and_indexing_run_together(make: Make, spec: BackendSpec) -> None:
    """While what is indexed grows and shrinks under them, searches answer what is seen at their sequence: over an exact
    backend every live vector's own label, so that a miss is a race; over a graph live ones, and 9 of 10 their own.
    """
    index = make(32, Metric.COSINE, spec=spec)
    rows = clustered(1500, 32)
    write(index, 1, np.arange(500), rows[:500])
    floor = 100 if spec.name == "exact" else 90
    latest = [1]
    failures: list[object] = []
    searched = threading.Semaphore(0)

    def search() -> None:
        searched.release()
        sequence = latest[0]
        last = 480 + 20 * sequence
        labels = found(index, rows[last - 100 : last], 1, sequence)
        if labels is None:
            return
        alive = range(8 * (sequence - 1), last)
        own = sum(label == at for at, (label,) in enumerate(labels, last - 100))
        if own < floor or any(label not in alive for (label,) in labels):
            failures.append(labels)

    with over_and_over(failures, search, search, index.step):
        for at in range(50):
            low = 500 + 20 * at
            write(index, at + 2, np.arange(low, low + 20), rows[low : low + 20], ends=np.arange(8 * at, 8 * at + 8))
            latest[0] = at + 2
            assert searched.acquire(timeout=30)
    settle(index)
    # What has been looked for since the graph last changed is found, each by itself.
    index._audit = Audit()
    settle(index)

    assert failures == []
    assert [label for (label,) in found(index, rows[400:], 1, 51)] == list(range(400, 1500))


@pytest.mark.parametrize("metric", Metric)
def test_a_vector_its_graph_has_no_path_to_is_found(make: Make, metric: Metric) -> None:
    """What a sparse graph holds and misses is found once indexing has come to rest, once, until it is deleted."""
    index = make(32, metric, spec=backend("hnsw", m=2, ef_construction=8, ef=20))
    rows = clustered(2000, 32)
    write(index, 1, np.arange(2000), rows)
    while index.num_tail_vectors:
        index.step()
    nobody = np.full(2000, -1)

    def missing() -> list[int]:
        answers = index.search(rows, 10, ef=20, exact=False, exclude=nobody, sequence=1)
        assert answers is not None
        assert all(len(set(labels.tolist())) == len(labels) for labels, _ in answers)
        return [at for at, (labels, _) in enumerate(answers) if at not in labels]

    unmended = missing()
    settle(index)
    strays = index._audit.strays

    assert len(unmended) > 50, "the premise: this graph misses some"
    assert set(unmended) <= set(strays.tolist())
    assert index.num_stray_vectors == len(strays)
    assert missing() == []
    own = index.search(rows[strays], 10, ef=20, exact=False, exclude=strays, sequence=1)
    assert not any(label in labels for label, (labels, _) in zip(strays.tolist(), own, strict=True))
    write(index, 2, np.arange(2000, 2001), rows[:1], ends=strays)
    settle(index)
    assert not np.isin(np.concatenate(found(index, rows[strays], 10, 2)), strays).any()


def test_all_are_looked_for_again_once_a_graph_has_grown() -> None:
    """Fresh slots are looked for once; all of them again each time there are half as many more; strays may return."""
    looked: list[int] = []
    lost = {3}
    audit = Audit()

    def run(covered: int) -> list[int]:
        looked.clear()
        while audit.due(covered):
            audit.step(covered, np.arange, find=find)
        return list(looked)

    def find(slots: Labels) -> Labels:
        looked.extend(slots.tolist())
        return np.array([slot for slot in slots.tolist() if slot in lost], dtype=np.int64)

    assert run(100) == list(range(100))
    assert audit.strays.tolist() == [3]
    lost.add(120)
    lost.add(5)
    assert run(150) == list(range(100, 150))
    assert audit.strays.tolist() == [3, 120]
    lost.remove(3)
    assert run(151) == list(range(151))
    assert audit.strays.tolist() == [5, 120]
    assert run(151) == []


def test_what_is_frozen_knows_each_stray_of_what_was_looked_for(make: Make) -> None:
    """Looking goes on while a graph is frozen: a slot that was looked for by then is among the strays if it is one."""

    class Looking(Audit):
        """One whose next step is taken each time somebody asks about it."""

        def __getattribute__(self, name: str) -> object:
            value = super().__getattribute__(name)
            if name in {"strays", "progress"}:
                self.__dict__["strays"] = np.append(self.__dict__["strays"], self._passed)
                self._passed += 1
            return value

    index = make()
    write(index, 1, np.arange(20), vectors(20))
    settle(index)
    index._audit = Looking()
    frozen = index.freeze(lambda _: None)

    passed, _ = frozen.audited
    assert set(range(passed)) <= set(frozen.strays.tolist())


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_what_follows_a_deletion_of_everything_is_found(make: Make, seed: int) -> None:
    """Vectors added after all others were deleted can be reached in the graph, each by itself."""
    index = make(32, Metric.COSINE)
    rows = clustered(600, 32, seed)
    write(index, 1, np.arange(300), rows[:300])
    settle(index)
    write(index, 2, np.arange(300, 600), rows[300:], ends=np.arange(300))
    settle(index)

    assert index.num_tail_vectors == 0
    assert [label for (label,) in found(index, rows[300:], 1, 2)] == list(range(300, 600))


def test_what_the_graph_cannot_find_a_scan_does(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a backend answers fewer than there are, the exact scan makes up for it."""

    class Forgetful:
        traits: frozenset[object] = frozenset()

        def __init__(self, options: BackendOptions) -> None:
            self.count = 0

        def __len__(self) -> int:
            return self.count

        def search(self, queries: Matrix, k: int, *, ef: int) -> Hits:
            return Hits(np.full((len(queries), k), -1), np.zeros((len(queries), k), np.float32))

        def prepare(self, num_vectors: int) -> None: ...

        def reserve(self, num_vectors: int) -> None: ...

        def add(self, labels: Labels, vectors: Matrix) -> None:
            self.count += len(labels)

        def remove(self, labels: Labels) -> None: ...

    opened: list[Backend] = []
    monkeypatch.setattr(upkeep, "open_backend", lambda name, options: opened.append(Forgetful(options)) or opened[0])
    index = make()
    rows = vectors(30)
    write(index, 1, np.arange(30), rows)
    settle(index)

    assert opened[0].count == 30
    assert found(index, rows, 1, 1) == [[at] for at in range(30)]
    assert sorted(found(index, rows[:1], 50, 1)[0]) == list(range(30))


def test_room_is_prepared_and_let_go_of_while_searches_run(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a backend prepares, and what it has replaced, is none of the lock's time; what it reserves is."""
    seen: list[tuple[str, bool]] = []

    class Replaced:
        def __del__(self) -> None:
            seen.append(("let go", index._lock._writing))

    class Recording(ExactBackend):
        def prepare(self, num_vectors: int) -> None:
            seen.append(("prepare", index._lock._writing))

        def reserve(self, num_vectors: int) -> object:
            seen.append(("reserve", index._lock._writing))
            return Replaced()

    monkeypatch.setattr(upkeep, "open_backend", lambda name, options: Recording(options))
    index = make(spec=backend("exact"))
    write(index, 1, np.arange(1), vectors(1))
    settle(index)

    assert seen == [("prepare", False), ("reserve", True), ("let go", False)]


def test_adds_follow_the_hold(make: Make) -> None:
    """How many vectors enter the graph at a time follows from how long that took."""
    assert upkeep._adapted(8, 0.001, 0.004) == 16
    assert upkeep._adapted(8, 0.008, 0.004) == 4
    assert upkeep._adapted(1, 1.0, 0.004) == 1
    assert upkeep._adapted(65_536, 1e-9, 0.004) == 65_536


def test_a_small_view_that_is_being_filled_is_left_alone(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first vectors enter the graph once nobody has written for a moment, or once there are more of them."""
    index = make(first_tail=100)
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    write(index, 1, np.arange(60, dtype=np.int64), clustered(60, DIMENSION))
    assert index.step()
    assert index.num_graph_vectors == 0
    now += 1.0
    settle(index)
    assert index.num_graph_vectors == 60
    write(index, 2, np.arange(60, 120, dtype=np.int64), clustered(60, DIMENSION, seed=1))
    settle(index)
    assert index.num_graph_vectors == 120


def test_vectors_are_added_until_a_search_waits(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held for the longest hold while nobody searches, and for one hold where somebody does."""
    index = make()
    monkeypatch.setattr(time, "perf_counter", lambda: 100.0)
    assert index._may_go_on(100.0 - 0.04)
    assert not index._may_go_on(100.0 - 0.06)
    monkeypatch.setattr(index._lock, "_queued", 1)
    assert index._may_go_on(100.0 - 0.002)
    assert not index._may_go_on(100.0 - 0.005)


def test_several_threads_add_each_vector_once(make: Make) -> None:
    """What several threads put into a graph is what one would have: every vector, under its label, once."""
    adders = Adders(4)
    index = make(32, adders=adders)
    rows = clustered(3000, 32)
    write(index, 1, np.arange(3000, dtype=np.int64), rows)
    settle(index)
    adders.close()

    assert index.num_graph_vectors == 3000
    assert index.num_tail_vectors == 0
    best = index.search(rows, 1, ef=200, exact=False, exclude=np.full(3000, -1), sequence=1)
    assert best is not None
    assert [int(labels[0]) for labels, _ in best] == list(range(3000))


def test_a_fault_in_one_adder_is_told_when_all_have_ended() -> None:
    """What one thread raises reaches the caller, after the others are done."""
    adders, done = Adders(3), []

    def work() -> None:
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.02)
            done.append(1)
            raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        adders.together(work)
    assert len(done) == 2
    adders.close()


def test_where_no_thread_can_begin_one_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adders begin their threads with themselves or do without: amid an addition nothing is left to be done later."""
    adders = Adders(3)
    start = threading.Thread.start
    begun: list[threading.Thread] = []

    def one_more(thread: threading.Thread) -> None:
        if begun:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", one_more)
    alone = Adders(3)
    done: list[int] = []
    for each in (adders, alone):
        each.together(lambda each=each: done.append(each.count))
        each.close()

    assert done == [3, 3, 3, 1]
    for thread in begun:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("num_threads", [1, 2])
def test_what_a_failed_addition_left_in_the_graph_is_answered_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, num_threads: int
) -> None:
    """Where adding fails half way, what of it has got into the graph is tail like the rest: no label comes twice."""
    rows = clustered(1000, 32)
    add = HnswBackend.add

    def failing(self: HnswBackend, labels: Labels, vectors: Matrix) -> None:
        if len(self) > 700:
            raise MemoryError
        add(self, labels, vectors)

    monkeypatch.setattr(HnswBackend, "add", failing)
    adders = Adders(num_threads)
    index = make(32, Metric.COSINE, adders=adders)
    write(index, 1, np.arange(600), rows[:600])
    settle(index)
    write(index, 2, np.arange(600, 1000), rows[600:])
    with pytest.raises(MemoryError):
        settle(index)
    adders.close()

    assert len(index._graph) > index._covered, "the premise: the graph has more than is known of"
    for labels in found(index, rows, 20, 2):
        assert len(set(labels)) == 20
    assert sorted(found(index, rows[:1], 1000, 2)[0]) == list(range(1000))
    index.costs = Costs(row=1.0, candidate=0.0)
    allowed = np.arange(1000) % 8 != 0
    answers = index.search(rows, 10, ef=50, exact=False, exclude=np.full(1000, -1), sequence=2, allowed=allowed)
    for labels, _ in answers:
        assert len(set(labels.tolist())) == 10
        assert (labels % 8).all()


def test_slots_are_found_by_label() -> None:
    """Labels with and without a slot, before and after growing."""
    slots = Slots()
    slots.reserve(3)
    slots.append(np.array([2, 5, 9]), 1)
    slots.reserve(1000)
    slots.append(np.arange(10, 1000), 2)

    assert slots.find(np.array([1, 5, 9, 999, 2000])).tolist() == [1, 2, 992]
    assert slots.slot_of(2) == 0
    assert slots.slot_of(3) == slots.slot_of(-1) == -1
    assert (slots.died[: slots.size] == ALIVE).all()


def test_rows_survive_growing(tmp_path: Path) -> None:
    """An array taken before the file grew shows the same rows; the file goes with its owner."""
    file = RowFile(tmp_path / "rows", 1024)
    file.reserve(10)
    file.rows[:10] = 1
    before = file.rows
    file.reserve(5000)
    file.rows[4999] = 2

    assert (before[:10] == file.rows[:10]).all()
    assert len(file.rows) >= 5000
    file.close()
    assert not (tmp_path / "rows").exists()


def test_a_full_disk_is_told_before_anything_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for rows, reserving is refused; writing into a mapped hole would kill the process instead."""
    file = RowFile(tmp_path / "rows", 8)
    file.reserve(10)
    rows = file.rows

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(StoreUnavailableError, match="No space left"):
        file.reserve(10_000_000)
    assert file.rows is rows
    file.close()


def test_readers_go_first_until_patience_ends() -> None:
    """A writer waits for a gap; after its patience it holds new readers back and gets in once those inside leave."""
    lock = ReadersFirstLock()
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def read() -> None:
        with lock.reading():
            inside.set()
            leave.wait(30)
            order.append("first reader")

    def write_() -> None:
        with lock.writing(patience=0.0):
            order.append("writer")

    def read_late() -> None:
        with lock.reading():
            order.append("late reader")

    threads = [threading.Thread(target=read)]
    threads[0].start()
    inside.wait(30)
    threads.append(threading.Thread(target=write_))
    threads[1].start()
    with lock._condition:
        lock._condition.wait_for(lambda: lock._impatient, 0.001)
    while not lock._impatient:
        pass
    threads.append(threading.Thread(target=read_late))
    threads[2].start()
    leave.set()
    for thread in threads:
        thread.join(30)

    assert order == ["first reader", "writer", "late reader"]


def test_a_reader_that_waited_goes_before_the_next_write() -> None:
    """A writer that comes back at once does not overtake the readers it kept waiting."""
    lock = ReadersFirstLock()
    order: list[str] = []

    def read() -> None:
        with lock.reading():
            order.append("reader")

    thread = threading.Thread(target=read)
    with lock.writing(patience=30):
        thread.start()
        while not lock._queued:
            pass
        order.append("first write")
    with lock.writing(patience=30):
        order.append("second write")
    thread.join(30)

    assert order == ["first write", "reader", "second write"]


def test_a_view_forgotten_amid_a_failing_step_stops_nobody_else() -> None:
    """The indexing thread outlives a view that is forgotten while its step fails."""
    begun, forgotten, stepped = threading.Event(), threading.Event(), threading.Event()

    class Failing:
        def step(self) -> bool:
            begun.set()
            assert forgotten.wait(30)
            raise ValueError("a fault")

    class Good:
        def step(self) -> bool:
            stepped.set()
            return False

    indexer, failing = Indexer(), Failing()
    indexer.watch(failing)
    assert begun.wait(30)
    with indexer._condition:
        indexer._views.remove(failing)
    forgotten.set()
    indexer.forget(failing)
    indexer.watch(Good())

    assert stepped.wait(30)
    indexer.close()
