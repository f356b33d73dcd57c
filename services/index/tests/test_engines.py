"""The conformance suite of collection engines: one factory per engine, exceptions by named trait."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from index_testing import ALL, DIMENSION, ENGINES, Reopen, batch, drop, find, make, put, run_machine, vectors, view

from lensdex_index.engine import CollectionEngine, Trait
from lensdex_index.engines import KNOWN_ENGINES, open_engine
from lensdex_index.engines.local import scan
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import (
    AliasChangedError,
    AliasExistsError,
    AliasNotFoundError,
    CollectionExistsError,
    CollectionHasAliasesError,
    CollectionNotFoundError,
    DeadlineExceededError,
    InvalidBackendError,
    RecordNotFoundError,
    ResponseTooLargeError,
    StartError,
    ViewMissingError,
)
from lensdex_index.records import Alias, CollectionSpec, Include, Metric


def ids_of(found: object) -> list[str]:
    """Return the ids of hits."""
    return [record_id for record_id, _ in found]


def test_every_engine_is_in_the_suite() -> None:
    """An engine that is registered is tested here, and states the traits it is not excused from."""
    assert sorted(ENGINES) == sorted(KNOWN_ENGINES)


def test_traits_are_those_it_is_not_excused_from(opened: CollectionEngine) -> None:
    """What an engine promises is what this suite holds it to."""
    assert opened.traits == frozenset(Trait) - ENGINES[opened.name][1]


def test_unknown_engine_and_backend_list_the_known(opened: CollectionEngine, tmp_path: Path) -> None:
    """A name nobody knows is answered with the known ones."""
    with pytest.raises(StartError, match="known are local"):
        open_engine("magic", EngineOptions(tmp_path))
    with pytest.raises(StartError, match="known are exact, faiss, hnsw"):
        open_engine("local", EngineOptions(tmp_path, default_backend="magic"))
    with pytest.raises(InvalidBackendError) as caught:
        opened.resolve_backend("magic", {}, "parameters")
    assert caught.value.known.split(",") == list(opened.backends)


def test_collections_by_name(reopen: Reopen) -> None:
    """A collection is made once, found after a restart, listed in order, and gone when dropped."""
    engine = reopen()
    for name in ("b", "a", "c"):
        make(engine, name=name)
    with pytest.raises(CollectionExistsError):
        make(engine, name="a")
    put(engine.collection("b"), ["x"], vectors(1))
    before = engine.collection("b")
    engine = reopen()

    assert [spec.name for spec in engine.specs("", 10)] == ["a", "b", "c"]
    assert [spec.name for spec in engine.specs("a", 1)] == ["b"]
    assert engine.collection("b").spec == before.spec
    assert engine.collection("b").epoch == before.epoch
    assert engine.drop("b") == 1
    with pytest.raises(CollectionNotFoundError):
        engine.collection("b")
    with pytest.raises(CollectionNotFoundError):
        engine.drop("b")
    assert make(engine, name="b").epoch != before.epoch
    assert reopen().collection("b").count() == 0


def test_aliases_by_name(reopen: Reopen) -> None:
    """An alias is made once, moved as a whole, listed in order, found after a restart, and gone when deleted."""
    engine = reopen()
    for name in ("v1", "v2"):
        make(engine, name=name)
    assert engine.set_alias(Alias("b", "v1", "")) is None
    assert engine.set_alias(Alias("a", "v1", "default")) is None
    assert engine.set_alias(Alias("b", "v2", "default")) == Alias("b", "v1", "")
    assert engine.set_alias(Alias("c", "v2", ""), "") is None
    engine = reopen()

    assert engine.aliases("", 10) == [Alias("a", "v1", "default"), Alias("b", "v2", "default"), Alias("c", "v2", "")]
    assert engine.aliases("a", 1) == [Alias("b", "v2", "default")]
    assert (engine.alias("b"), engine.alias("v1")) == (Alias("b", "v2", "default"), None)
    assert engine.delete_alias("b") == Alias("b", "v2", "default")
    with pytest.raises(AliasNotFoundError):
        engine.delete_alias("b")
    assert [alias.name for alias in reopen().aliases("", 10)] == ["a", "c"]


def test_what_an_alias_keeps_and_refuses(opened: CollectionEngine) -> None:
    """No collection has an alias's name, none that an alias names is dropped, and a refused move changes nothing."""
    for name in ("v1", "v2"):
        make(opened, name=name)
    opened.set_alias(Alias("live", "v1", ""))
    with pytest.raises(AliasExistsError):
        make(opened, name="live")
    with pytest.raises(CollectionExistsError):
        opened.set_alias(Alias("v2", "v1", ""))
    with pytest.raises(CollectionNotFoundError):
        opened.set_alias(Alias("live", "v3", ""))
    with pytest.raises(CollectionHasAliasesError) as caught:
        opened.drop("v1")
    assert caught.value.known == "live"
    for expected in ("", "v2"):
        with pytest.raises(AliasChangedError) as changed:
            opened.set_alias(Alias("live", "v2", ""), expected)
        assert changed.value.actual == "v1"
    assert opened.alias("live") == Alias("live", "v1", "")
    opened.set_alias(Alias("live", "v2", ""), "v1")
    assert opened.drop("v1") == 0


def test_a_dropped_collection_answers_no_more(opened: CollectionEngine) -> None:
    """Whoever still holds a dropped collection is told that it is gone."""
    handle = make(opened)
    put(handle, ["x"], vectors(1))
    opened.drop("things")
    for call in (
        handle.count,
        handle.statistics,
        lambda: put(handle, ["y"], vectors(1)),
        lambda: find(handle, vectors(1)),
    ):
        with pytest.raises(CollectionNotFoundError):
            call()


def test_a_drop_waits_for_what_runs(opened: CollectionEngine) -> None:
    """A reader in the middle of its answer reads on while the collection is dropped under it."""
    handle = make(opened)
    put(handle, [f"r{at}" for at in range(10)], vectors(10))
    reading = handle.scan("", 10, ALL, ["default"])
    next(reading)
    with ThreadPoolExecutor(1) as pool:
        dropping = pool.submit(opened.drop, "things")
        assert len(list(reading)) == 9
        assert dropping.result(30) == 10


def test_records_survive_a_restart(reopen: Reopen) -> None:
    """What was acknowledged is read and found after a restart; what was deleted is not; counts agree."""
    engine = reopen()
    handle = make(engine, view(engine), view(engine, "image", size=4))
    rows, images = vectors(20), vectors(20, 4)
    put(
        handle,
        [f"r{at}" for at in range(20)],
        rows,
        metadata={"n": 1.0, "s": "가"},
        content=b"c",
        image=([0, 5], images[[0, 5]]),
    )
    drop(handle, "r1", "r2")
    put(handle, ["r3"], rows[1:2])
    engine = reopen()
    handle = engine.collection("things")
    stored = {item.record.id: item for item in handle.scan("", 100, ALL, ["default", "image"])}

    assert handle.count() == len(stored) == 18
    assert stored["r0"].record.metadata == {"n": 1.0, "s": "가"}
    assert stored["r0"].record.content == b"c"
    assert stored["r3"].record.content is None
    assert np.array_equal(stored["r0"].vectors["image"], images[0])
    assert set(stored["r4"].vectors) == {"default"}
    assert ids_of(find(handle, rows[1:2], 1)[0]) == ["r3"]
    assert handle.statistics().views[1].num_vectors == 2
    after = put(handle, ["r1"], rows[1:2])
    assert after.sequence == 4


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("backend", ["exact", "faiss", "hnsw"])
def test_every_way_to_search_scores_alike(opened: CollectionEngine, metric: Metric, backend: str) -> None:
    """Scores are the same from the tail, from the graph and from the exact scan."""
    handle = make(opened, view(opened, metric=metric, backend=backend))
    rows, queries = vectors(300), vectors(5, seed=1)
    put(handle, [f"r{at}" for at in range(300)], rows)
    answers = [find(handle, queries, 5)]
    assert opened.settle(30)
    answers += [find(handle, queries, 5), find(handle, queries, 5, exact=True)]
    ready = scan.normalised(rows) if metric is Metric.COSINE else rows
    asked = scan.normalised(queries) if metric is Metric.COSINE else queries
    truth = [np.sort(scan.score_rows(metric, query, ready))[::-1][:5] for query in asked]

    for answer in answers:
        assert np.allclose([[score for _, score in hits] for hits in answer], truth, rtol=1e-5, atol=1e-6)


def test_equal_scores_come_in_the_order_of_ids(opened: CollectionEngine) -> None:
    """Records with the same vector tie exactly and stand in the order of their ids, however they are searched."""
    handle = make(opened)
    row = vectors(1)
    ids = ["c", "a", "가", "b", "Z"]
    put(handle, ids, np.repeat(row, 5, axis=0))
    before = find(handle, row, 5)
    assert opened.settle(30)
    put(handle, ["aa"], row)
    for answer in (find(handle, row, 6), find(handle, row, 6, exact=True)):
        assert ids_of(answer[0]) == sorted([*ids, "aa"], key=str.encode)
        assert len({score for _, score in answer[0]}) == 1
    assert ids_of(before[0]) == sorted(ids, key=str.encode)


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize(("backend", "exact"), [("exact", False), ("faiss", True), ("hnsw", True)])
def test_of_equal_scores_the_first_ids_make_the_cut(
    opened: CollectionEngine, metric: Metric, backend: str, *, exact: bool
) -> None:
    """Where more records tie than k has room for, an exact search answers those whose ids come first."""
    handle = make(opened, view(opened, metric=metric, backend=backend, size=64))
    row, others = vectors(1, 64), vectors(3000, 64, seed=1)
    put(handle, ["best"], row)
    put(handle, [f"o{at}" for at in range(1500)], others[:1500])
    tied = row * np.float32(0.5) + others[:1] * np.float32(0.5)
    letters = [chr(code) for code in range(ord("z"), ord("a") - 1, -1)]
    put(handle, letters, np.repeat(tied, 26, axis=0))
    put(handle, [f"p{at}" for at in range(1500)], others[1500:])
    put(handle, [f"q{at:04}" for at in range(1999, -1, -1)], np.repeat(tied, 2000, axis=0))
    for _ in range(2):
        (near, far) = find(handle, np.concatenate((tied, -row)), 5, exact=exact)
        (similar,) = find(handle, ["c"], 5, exact=exact)
        assert len(far) == 5
        if metric is not Metric.DOT:
            assert ids_of(near) == list("abcde")
            assert ids_of(similar) == list("abdef")
            many = sorted([*letters, *(f"q{at:04}" for at in range(2000))])
            assert ids_of(find(handle, tied, 30, exact=exact)[0]) == many[:30]
        assert opened.settle(60)


def test_ties_past_the_bound_are_cut_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more ties than are kept the lowest slots are; what is better than they are is never lost to them."""
    monkeypatch.setattr(scan, "_MOST_TIES", 10)
    monkeypatch.setattr(scan, "_BLOCK_VALUES", 64 * 100)
    rows = scan.normalised(np.repeat(vectors(1, 64), 2000, axis=0))
    rows[1500] = scan.normalised(vectors(1, 64, seed=2))
    queries = rows[[1500, 0]]
    visible = np.ones(2000, dtype=np.bool_)
    best, tied = scan.nearest(Metric.COSINE, queries, rows, 5, start=0, visible=visible)

    assert best[0].tolist() == [1500, *range(14)]
    assert tied[0].tolist() == [*range(15)]


def test_an_upserted_record_is_found_by_its_new_vector_only(opened: CollectionEngine) -> None:
    """After a replacement the old vector finds the record no nearer than its new one lies."""
    handle = make(opened, view(opened, metric=Metric.EUCLIDEAN))
    rows = vectors(50)
    put(handle, [f"r{at}" for at in range(50)], rows)
    assert opened.settle(30)
    put(handle, ["r0"], rows[:1] + 100)
    for _ in range(2):
        hits = dict(find(handle, rows[:1], 50)[0])
        assert len(hits) == 50
        assert np.isclose(hits["r0"], -8 * 100**2)
        assert opened.settle(30)


def test_fewer_come_back_only_when_fewer_qualify(opened: CollectionEngine) -> None:
    """However many are deleted from the graph, k of those left come back while there are k."""
    handle = make(opened)
    rows = vectors(400)
    put(handle, [f"r{at}" for at in range(400)], rows)
    assert opened.settle(30)
    for left in (350, 60, 11, 3, 0):
        drop(handle, *(f"r{at}" for at in range(left, 400)))
        for k in (1, 10, 400):
            assert len(find(handle, rows[399:], k)[0]) == min(k, left)
            by_record = find(handle, ["r0"], k)[0]
            assert isinstance(by_record, RecordNotFoundError) if not left else len(by_record) == min(k, left - 1)
        assert opened.settle(30)
        assert len(find(handle, rows[399:], 400, ef=1)[0]) == left


def test_record_queries(opened: CollectionEngine) -> None:
    """A query by record never finds itself; an absent record and a missing view are told for that query alone."""
    handle = make(opened, view(opened), view(opened, "image"))
    rows = vectors(4)
    put(handle, ["a", "b", "c", "d"], rows, image=([0, 1], rows[:2]))
    answer = find(handle, ["a", "c", "x"], 10, view="image")

    assert ids_of(answer[0]) == ["b"]
    assert isinstance(answer[1], ViewMissingError)
    assert isinstance(answer[2], RecordNotFoundError)
    assert "a" not in ids_of(find(handle, ["a"], 10)[0])


def test_threshold_and_budget(opened: CollectionEngine) -> None:
    """The threshold keeps what reaches it; hits whose records exceed the budget are refused, alone."""
    handle = make(opened)
    rows = vectors(3)
    put(handle, ["a", "b", "c"], rows, content=b"x" * 1000)
    scores = [score for _, score in find(handle, rows[:1], 3)[0]]

    assert len(find(handle, rows[:1], 3, threshold=scores[1])[0]) == 2
    refused, fits = find(handle, rows[:2], 3, max_bytes=2500), find(handle, rows[:1], 2, max_bytes=2500)
    assert isinstance(refused[0], ResponseTooLargeError)
    assert len(fits[0]) == 2
    slim = find(handle, rows[:1], 3, include=Include(metadata=True, content=False), max_bytes=100)
    assert len(slim[0]) == 3


def test_huge_and_tiny_vectors(opened: CollectionEngine) -> None:
    """Vectors at the ends of float32 are compared without overflow: scores are finite and rightly ordered."""
    for metric in Metric:
        handle = make(opened, view(opened, metric=metric, size=2), name=f"m{metric[7:].lower()}")
        rows = np.array([[3e38, 3e38], [3e38, -3e38], [1e-38, 2e-38], [-3e38, 3e38]], dtype=np.float32)
        put(handle, ["a", "b", "c", "d"], rows)
        hits = find(handle, rows, 4, exact=True)
        assert all(np.isfinite(score) for answer in hits for _, score in answer)
        assert hits[0][0][0] == "a"


def test_far_from_the_origin(opened: CollectionEngine) -> None:
    """Small distances between vectors far from the origin are told apart."""
    handle = make(opened, view(opened, metric=Metric.EUCLIDEAN, size=64))
    rows = 1000 + 0.01 * vectors(200, 64)
    put(handle, [f"r{at}" for at in range(200)], rows)
    assert [ids_of(answer) for answer in find(handle, rows[:20], 1, exact=True)] == [[f"r{at}"] for at in range(20)]


def test_expired_and_cancelled_writes_are_not_begun(opened: CollectionEngine) -> None:
    """A write whose deadline has passed, or whose caller has gone, changes nothing."""
    handle = make(opened)
    late = handle.upsert(batch(["late"], vectors(1)), deadline=time.monotonic() - 1)
    with pytest.raises(DeadlineExceededError):
        late.result(30)
    assert handle.count() == 0


def test_waiting_for_a_write(opened: CollectionEngine) -> None:
    """wait_visible is done at once for what is seen, and as soon as a later write is."""
    handle = make(opened)
    first = put(handle, ["a"], vectors(1))
    waiting = handle.wait_visible(first.sequence + 1)
    assert handle.wait_visible(first.sequence).done()
    assert not waiting.done()
    put(handle, ["b"], vectors(1))
    waiting.result(30)


def test_searches_see_batches_whole(opened: CollectionEngine) -> None:
    """While batches replace each other, a search sees all records, and all of one batch."""
    handle = make(opened)
    ids = [f"r{at}" for at in range(20)]
    rows = vectors(20)
    put(handle, ids, rows, metadata={"batch": -1.0})
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def search() -> None:
        while not stop.is_set():
            answer = handle.search(_everything(rows[:1]))
            ((hits),) = list(answer.outcomes)
            seen.append((len(hits), len({hit.record.metadata["batch"] for hit in hits})))

    with ThreadPoolExecutor(2) as pool:
        searching = [pool.submit(search) for _ in range(2)]
        for number in range(60):
            put(handle, ids, rows, metadata={"batch": float(number)})
        stop.set()
        for item in searching:
            item.result(30)

    assert set(seen) == {(20, 1)}


def _everything(queries: object) -> object:
    from lensdex_index.records import Search

    return Search("default", queries, 50, None, False, None, ALL, 1 << 30)


class AgainstAnOracle(RuleBasedStateMachine):
    """Whatever is written, deleted and restarted, the engine answers as a plain dictionary would."""

    open: Callable[[Path], CollectionEngine]
    folder: Path
    ids = Bundle("ids")

    @initialize(metric=st.sampled_from(Metric), backend=st.sampled_from(["exact", "faiss", "hnsw"]))
    def begin(self, metric: Metric, backend: str) -> None:
        """Make a collection of two views."""
        self.metric = metric
        self.mine = Path(tempfile.mkdtemp(dir=self.folder))
        self.engine = type(self).open(self.mine)
        views = [view(self.engine, name, metric=metric, backend=backend) for name in ("default", "image")]
        self.handle = self.engine.create(CollectionSpec("things", views, (), datetime.now(UTC)))
        self.records: dict[str, tuple[object, object, float]] = {}
        self.random = np.random.default_rng(0)
        self.image = views[1]
        self.has_image = True

    @rule(target=ids, record_id=st.text(st.characters(min_codepoint=33, max_codepoint=0x3FF), min_size=1, max_size=3))
    def an_id(self, record_id: str) -> str:
        """Draw an id."""
        return record_id

    @rule(chosen=st.lists(ids, min_size=1, max_size=5, unique=True), with_image=st.booleans(), number=st.floats(-9, 9))
    def upsert(self, chosen: list[str], with_image: bool, number: float) -> None:  # noqa: FBT001
        """Insert or replace."""
        with_image &= self.has_image
        rows = self.random.normal(size=(2, len(chosen), DIMENSION)).astype(np.float32)
        more = {"image": (range(len(chosen)), rows[1])} if with_image else {}
        outcome = put(self.handle, chosen, rows[0], metadata={"n": number}, **more)
        known = sum(record_id in self.records for record_id in chosen)
        assert (outcome.num_inserted, outcome.num_replaced) == (len(chosen) - known, known)
        for at, record_id in enumerate(chosen):
            self.records[record_id] = (rows[0, at], rows[1, at] if with_image else None, number)

    @rule(chosen=st.lists(ids, min_size=1, max_size=3))
    def delete(self, chosen: list[str]) -> None:
        """Delete, present or not."""
        outcome = drop(self.handle, *chosen)
        gone = [self.records.pop(record_id, None) for record_id in dict.fromkeys(chosen)]
        assert outcome.num_deleted == sum(item is not None for item in gone)

    @precondition(lambda self: Trait.VIEW_CHANGES in self.engine.traits)
    @rule()
    def change_views(self) -> None:
        """Drop a view, or add it again: empty."""
        deadline = time.monotonic() + 30
        if self.has_image:
            self.handle.drop_view("image", deadline=deadline).result(30)
        else:
            self.handle.add_view(self.image, max_views=2, deadline=deadline).result(30)
        self.has_image = not self.has_image
        self.records = {key: (row, None, number) for key, (row, _, number) in self.records.items()}

    @rule()
    def settle(self) -> None:
        """Let the graph catch up."""
        assert self.engine.settle(30)

    @rule()
    def restart(self) -> None:
        """Close and open again."""
        self.engine.close()
        self.engine = type(self).open(self.mine)
        self.handle = self.engine.collection("things")

    @rule(k=st.integers(1, 12), exact=st.booleans(), in_image=st.booleans())
    def search(self, k: int, exact: bool, in_image: bool) -> None:  # noqa: FBT001
        """Search by a vector and by a record."""
        in_image &= self.has_image
        query = self.random.normal(size=(1, DIMENSION)).astype(np.float32)
        which = "image" if in_image else "default"
        mine = {key: item[int(in_image)] for key, item in self.records.items() if item[int(in_image)] is not None}
        (found,) = find(self.handle, query, k, view=which, exact=exact)
        self._compare(found, query, mine, k)
        for record_id, row in list(mine.items())[:1]:
            others = {key: item for key, item in mine.items() if key != record_id}
            (similar,) = find(self.handle, [record_id], k, view=which, exact=exact)
            self._compare(similar, row[None], others, k)

    def _compare(self, found: object, query: object, mine: dict[str, object], k: int) -> None:
        assert len(found) == min(k, len(mine))
        if not mine:
            return
        rows = np.stack(list(mine.values()))
        if self.metric is Metric.COSINE:
            rows, query = scan.normalised(rows), scan.normalised(query)
        scores = dict(zip(mine, scan.score_rows(self.metric, query[0], rows), strict=True))
        best = sorted(scores.values(), reverse=True)[:k]
        assert np.allclose([score for _, score in found], best, rtol=1e-4, atol=1e-4)
        assert all(np.isclose(scores[key], score, rtol=1e-4, atol=1e-4) for key, score in found)
        assert found == sorted(found, key=lambda hit: (-hit[1], hit[0].encode()))

    @invariant()
    def agrees(self) -> None:
        """Count, list and get agree with the dictionary."""
        if not hasattr(self, "handle"):
            return
        listed = [item.record.id for item in self.handle.scan("", 1000, ALL, [])]
        assert listed == sorted(self.records, key=str.encode)
        assert self.handle.count() == len(self.records)
        views = ["default", "image"] if self.has_image else ["default"]
        got = list(self.handle.get([*self.records, "nobody else"], ALL, views))
        assert got.pop() is None
        for item, (row, image, number) in zip(got, self.records.values(), strict=True):
            assert np.array_equal(item.vectors["default"], row)
            assert ("image" in item.vectors) == (image is not None)
            assert item.record.metadata == {"n": number}

    def teardown(self) -> None:
        """Release the engine."""
        if hasattr(self, "engine"):
            self.engine.close()
            shutil.rmtree(self.mine)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_against_an_oracle(name: str, tmp_path: Path) -> None:
    """Any sequence of writes, restarts and searches gives what a dictionary and numpy give."""

    class Machine(AgainstAnOracle):
        open = staticmethod(ENGINES[name][0])
        folder = tmp_path

    run_machine(Machine)
