"""Filters on every engine, against plain Python: what matches, in searches, counts, lists and deletions."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from filter_oracle import FIELDS, filters, matches, metadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from index_testing import (
    ALL,
    DIMENSION,
    ENGINE_NAMES,
    Reopen,
    batch,
    discard,
    drop,
    find,
    fresh,
    make,
    needs,
    put,
    run_machine,
    vectors,
    view,
)

from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Instant, Not, OneOf, Prefix, Range
from lensdex_index.records import FieldSpec, FieldType

GRADE = FieldSpec("grade", FieldType.INT64, is_list=False)
TAGS = FieldSpec("tags", FieldType.KEYWORD, is_list=True)


def purge(handle: CollectionHandle, chosen: Filter) -> int:
    """Delete what matches; return how many that were."""
    return handle.delete_matching(chosen, deadline=time.monotonic() + 30).result(30).num_deleted


def listed(handle: CollectionHandle, chosen: Filter | None = None) -> list[str]:
    """Return the ids of the records that match, as they are listed."""
    return [item.record.id for item in handle.scan("", 10_000, ALL, [], chosen)]


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_every_tree_means_what_plain_python_says(
    name: str, tmp_path: Path, open_engine_by_name: Callable[[str, Path], CollectionEngine]
) -> None:
    """Random trees over random metadata match the same records as the oracle, counted, listed and searched."""
    engine = open_engine_by_name(name, tmp_path)

    @settings(
        max_examples=30 if engine.is_remote else 150,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.lists(metadata(), min_size=1, max_size=12), st.lists(filters(), min_size=1, max_size=8), st.data())
    def agree(own: list[dict[str, object]], trees: list[Filter], data: st.DataObject) -> None:
        handle = fresh(engine, fields=FIELDS)
        ids = [f"r{at:02}" for at in range(len(own))]
        put(handle, ids, vectors(len(own)), metadata=own)
        for tree in trees:
            expected = [record_id for record_id, item in zip(ids, own, strict=True) if matches(item, tree)]
            assert handle.count(tree) == len(expected)
            assert listed(handle, tree) == expected
            (hits,) = find(handle, vectors(1, seed=1), 20, exact=data.draw(st.booleans()), chosen=tree)
            assert sorted(record_id for record_id, _ in hits) == expected
        discard(engine, handle)

    try:
        agree()
    finally:
        engine.close()


class AgainstAnOracle(RuleBasedStateMachine):
    """Whatever is written, deleted by filter, indexed and restarted, what matches is what a dictionary says."""

    open: Callable[[Path], CollectionEngine]
    folder: Path

    @initialize(backend=st.sampled_from(["exact", "hnsw"]))
    def begin(self, backend: str) -> None:
        """Make a collection of two views."""
        self.mine = Path(tempfile.mkdtemp(dir=self.folder))
        self.engine = type(self).open(self.mine)
        views = [view(self.engine, name, backend=backend) for name in ("default", "image")]
        self.handle = make(self.engine, *views, fields=FIELDS)
        self.records: dict[str, tuple[dict[str, object], bool]] = {}
        self.random = np.random.default_rng(0)

    @rule(own=st.lists(metadata(), min_size=1, max_size=4), first=st.integers(0, 12), with_image=st.booleans())
    def upsert(self, own: list[dict[str, object]], first: int, with_image: bool) -> None:  # noqa: FBT001
        """Insert or replace."""
        ids = [f"r{first + at:02}" for at in range(len(own))]
        rows = self.random.normal(size=(len(own), DIMENSION)).astype(np.float32)
        more = {"image": (range(len(own)), rows)} if with_image else {}
        put(self.handle, ids, rows, metadata=own, **more)
        self.records |= {record_id: (item, with_image) for record_id, item in zip(ids, own, strict=True)}

    @rule(number=st.integers(0, 16))
    def delete(self, number: int) -> None:
        """Delete one by its id."""
        drop(self.handle, f"r{number:02}")
        self.records.pop(f"r{number:02}", None)

    @rule(tree=filters())
    def delete_matching(self, tree: Filter) -> None:
        """Delete what matches."""
        gone = [record_id for record_id, (own, _) in self.records.items() if matches(own, tree)]
        assert purge(self.handle, tree) == len(gone)
        for record_id in gone:
            del self.records[record_id]

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

    @rule(tree=filters(), exact=st.booleans(), in_image=st.booleans())
    def search(self, tree: Filter, exact: bool, in_image: bool) -> None:  # noqa: FBT001
        """Search a view for all that match; by a record, which never finds itself."""
        which = "image" if in_image else "default"
        has = {key for key, (own, image) in self.records.items() if (image or not in_image) and matches(own, tree)}
        (found,) = find(self.handle, vectors(1), 50, view=which, exact=exact, chosen=tree)
        assert {record_id for record_id, _ in found} == has
        for record_id in list(has)[:1]:
            (similar,) = find(self.handle, [record_id], 50, view=which, exact=exact, chosen=tree)
            assert {other for other, _ in similar} == has - {record_id}

    @rule(tree=filters())
    def lacking(self, tree: Filter) -> None:
        """Count the records that match and lack a view."""
        from lensdex_index.records import Search

        search = Search("image", vectors(1), 1, None, False, None, ALL, 1 << 30, tree)
        answer = self.handle.search(search)
        answer.outcomes.close()
        lack = sum(not image and matches(own, tree) for own, image in self.records.values())
        assert answer.num_records_without_view == lack

    @rule(tree=filters())
    def count(self, tree: Filter) -> None:
        """Count and list."""
        expected = sorted(record_id for record_id, (own, _) in self.records.items() if matches(own, tree))
        assert self.handle.count(tree) == len(expected)
        assert listed(self.handle, tree) == expected

    @invariant()
    def agrees(self) -> None:
        """All are there."""
        if hasattr(self, "handle"):
            assert self.handle.count() == len(self.records)

    def teardown(self) -> None:
        """Release the engine."""
        if hasattr(self, "engine"):
            self.engine.drop("things")
            self.engine.close()
            shutil.rmtree(self.mine)


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_against_an_oracle(
    name: str, tmp_path: Path, open_engine_by_name: Callable[[str, Path], CollectionEngine]
) -> None:
    """Any sequence of writes, deletions by filter, restarts and searches gives what a dictionary gives."""

    class Machine(AgainstAnOracle):
        open = staticmethod(partial(open_engine_by_name, name))
        folder = tmp_path

    run_machine(Machine, name)


def test_a_search_sees_one_moment_of_a_filter(opened: CollectionEngine) -> None:
    """While batches change which half of the records matches, a filtered search sees all of one batch or another."""
    needs(opened, Trait.ATOMIC_BATCHES, Trait.ISOLATED_READS)
    handle = make(opened, fields=[GRADE])
    ids = [f"r{at:02}" for at in range(20)]
    rows = vectors(20)

    def write(number: int) -> None:
        put(handle, ids, rows, metadata=[{"grade": float((at + number) % 2), "batch": number} for at in range(20)])

    write(0)
    stop = threading.Event()
    seen: set[tuple[int, int]] = set()

    def ask() -> None:
        from lensdex_index.records import Search

        while not stop.is_set():
            search = Search("default", rows[:1], 50, None, False, None, ALL, 1 << 30, Equals("grade", 1))
            (hits,) = list(handle.search(search).outcomes)
            seen.add((len(hits), len({hit.record.metadata["batch"] for hit in hits})))
            page = list(handle.scan("", 50, ALL, [], Equals("grade", 1)))
            seen.add((len(page), len({item.record.metadata["batch"] for item in page})))
            seen.add((handle.count(Equals("grade", 1)), 1))

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        for number in range(60):
            write(number)
        stop.set()
        for item in asking:
            item.result(30)

    assert seen == {(10, 1)}


def test_a_deletion_by_filter_stands_in_line(opened: CollectionEngine) -> None:
    """Among queued writes it deletes what those before it wrote and spares what those after it do."""
    handle = make(opened, fields=[GRADE])
    deadline = time.monotonic() + 30
    row = vectors(1)
    futures = []
    for number in range(30):
        own = {"grade": float(number)}
        futures.append(handle.upsert(batch([f"a{number}"], row, metadata=own), deadline=deadline))
        futures.append(handle.delete_matching(Range("grade", lte=number), deadline=deadline))
        futures.append(handle.upsert(batch([f"b{number}"], row, metadata=own), deadline=deadline))
    outcomes = [future.result(30) for future in futures]

    assert [outcome.num_deleted for outcome in outcomes[1::3]] == [1] + [2] * 29
    assert [outcome.num_inserted for outcome in outcomes[::3]] == [1] * 30
    assert listed(handle) == ["b29"]
    assert len({outcome.sequence for outcome in outcomes}) == len(outcomes)


def test_a_deletion_by_filter_is_one_write(opened: CollectionEngine) -> None:
    """However many match, searches see all of them or none."""
    needs(opened, Trait.ATOMIC_BATCHES)
    handle = make(opened, fields=[GRADE])
    put(handle, [f"r{at}" for at in range(3_000)], vectors(3_000), metadata={"grade": 1.0})
    put(handle, ["kept"], vectors(1), metadata={"grade": 2.0})
    counts: set[int] = set()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            counts.add(handle.count(Exists("grade")))

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        outcome = handle.delete_matching(Not(Equals("grade", 2)), deadline=time.monotonic() + 60).result(60)
        stop.set()
        asking.result(30)
    assert outcome.num_deleted == 3_000
    assert counts <= {3_001, 1}
    assert listed(handle) == ["kept"]


def test_filters_over_many_records(reopen: Reopen) -> None:
    """Of records by the thousand, replaced and deleted, in the graph and in the tail, what matches comes, in order."""
    engine = reopen()
    handle = make(engine, fields=[GRADE, TAGS])
    random = np.random.default_rng(0)
    own = {f"r{at:05}": {"grade": float(at % 5), "tags": [f"t{at % 3}", "all"]} for at in range(12_000)}

    def write(ids: list[str]) -> None:
        for start in range(0, len(ids), 4_000):
            part = ids[start : start + 4_000]
            put(
                handle,
                part,
                random.normal(size=(len(part), DIMENSION)).astype(np.float32),
                metadata=[own[i] for i in part],
            )

    write(list(own))
    for record_id in list(own)[::7]:
        own[record_id] = {"grade": 9.0}
    write(list(own)[::7])
    gone = list(own)[::11]
    drop(handle, *gone)
    for record_id in gone:
        del own[record_id]
    trees: list[Filter] = [
        Equals("grade", 9),
        Exists("tags"),
        AllOf((Range("grade", gt=1, lte=3), Equals("tags", "t1"))),
        AnyOf((Not(Exists("tags")), OneOf("tags", ("t2", "none")))),
        Prefix("tags", "al"),
        Equals("grade", 77),
    ]
    for settled in (False, True, True):
        for tree in trees:
            expected = sorted(record_id for record_id, item in own.items() if matches(item, tree))
            assert handle.count(tree) == len(expected)
            assert listed(handle, tree)[:20] == expected[:20]
            after = expected[len(expected) // 2] if expected else "r"
            page = [item.record.id for item in handle.scan(after, 3, ALL, [], tree)]
            assert page == [record_id for record_id in expected if record_id > after][:3]
            queries = vectors(3, seed=4)
            truth, found = (find(handle, queries, 10, exact=exact, chosen=tree) for exact in (True, False))
            assert [len(hits) for hits in found] == [min(10, len(expected))] * 3
            hits = sum(len(dict(right).keys() & dict(got)) for right, got in zip(truth, found, strict=True))
            assert hits >= 0.95 * sum(len(right) for right in truth)
            assert all(record_id in expected for hits in found for record_id, _ in hits)
        if not settled:
            assert engine.settle(60)
        else:
            engine = reopen()
            handle = engine.collection("things")


@pytest.mark.parametrize("backend", ["exact", "hnsw"])
def test_what_matches_is_found_while_others_come_and_go(opened: CollectionEngine, backend: str) -> None:
    """While records around them are written, indexed, replaced and deleted, all that match come with every search."""
    handle = make(opened, view(opened, backend=backend), fields=[GRADE])
    random = np.random.default_rng(0)
    kept = [f"k{at:02}" for at in range(30)]
    put(handle, kept, vectors(30), metadata={"grade": 1.0})
    stop = threading.Event()

    def ask(seed: int) -> int:
        asked = 0
        while not stop.is_set() or not asked:
            queries = vectors(2, seed=seed + asked)
            for chosen in (Equals("grade", 1), Not(Range("grade", gte=2))):
                for hits in find(handle, queries, 40, chosen=chosen):
                    assert sorted(record_id for record_id, _ in hits) == kept
            asked += 1
        return asked

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask, seed) for seed in (100, 200)]
        for number in range(40):
            ids = [f"o{at:04}" for at in random.permutation(1_500)[:100]]
            put(handle, ids, random.normal(size=(100, DIMENSION)).astype(np.float32), metadata={"grade": 2.0 + number})
            if number % 4 == 3:
                purge(handle, Equals("grade", number - 1))
        stop.set()
        assert all(item.result(60) for item in asking)


def test_a_collection_without_fields_knows_all_and_nothing(opened: CollectionEngine) -> None:
    """Trees that ask about no field match every record or none, declared fields or not."""
    handle = make(opened)
    put(handle, ["a", "b"], vectors(2), metadata={"x": 1.0})
    assert handle.count(AllOf(())) == 2
    assert handle.count(AnyOf(())) == 0
    assert listed(handle, Not(AnyOf(()))) == ["a", "b"]
    assert find(handle, vectors(1), 5, chosen=AnyOf(())) == [[]]


def test_instants_are_asked_as_instants(opened: CollectionEngine) -> None:
    """A moment written with another offset is the same moment."""
    handle = make(opened, fields=[FieldSpec("made", FieldType.TIMESTAMP, is_list=False)])
    texts = ["2024-01-01T00:00:00Z", "2024-01-01T09:00:00+09:00", "2024-01-01T00:00:00.000001Z"]
    put(handle, ["a", "b", "c"], vectors(3), metadata=[{"made": text} for text in texts])
    new_year = Instant(1_704_067_200_000_000)
    assert listed(handle, Equals("made", new_year)) == ["a", "b"]
    assert listed(handle, Range("made", gt=new_year)) == ["c"]


MOMENT = 1_483_228_800_000_000
"""2017-01-01T00:00:00Z, right after a leap second."""

EDGES: list[tuple[FieldType, object, Filter, bool]] = [
    (FieldType.DOUBLE, 2.0**53, Range("f", gte=2**53 + 1), False),
    (FieldType.DOUBLE, 2.0**53, Range("f", gt=2**53 - 1), True),
    (FieldType.DOUBLE, 2.0**53, Range("f", lt=2**53 + 1), True),
    (FieldType.DOUBLE, 2.0**53 + 4, Range("f", lte=2**53 + 3), False),
    (FieldType.DOUBLE, 2.0**53 + 4, Range("f", gt=2**53 + 3), True),
    (FieldType.DOUBLE, 2.0**53, Equals("f", 2**53 + 1), False),
    (FieldType.DOUBLE, 2.0**53, OneOf("f", (2**53 + 1, 2**53)), True),
    (FieldType.DOUBLE, 0.0, Equals("f", -0.0), True),
    (FieldType.DOUBLE, 3.0, Equals("f", 3), True),
    (FieldType.INT64, 3.0, Equals("f", 3.0), True),
    (FieldType.INT64, 3.0, Equals("f", 3.5), False),
    (FieldType.INT64, 3.0, Range("f", gt=2.5), True),
    (FieldType.INT64, 3.0, Range("f", gt=3.0), False),
    (FieldType.INT64, 3.0, Range("f", lt=3.5), True),
    (FieldType.INT64, 3.0, Range("f", lte=2.5), False),
    (FieldType.INT64, 3.0, Range("f", gte=-1e300, lte=1e300), True),
    (FieldType.INT64, 3.0, Range("f", gt=1e300), False),
    (FieldType.INT64, 3.0, Range("f", gt=4, lt=2), False),
    (FieldType.INT64, 0.0, Range("f", gt=2**63 - 1), False),
    (FieldType.INT64, 0.0, Range("f", lt=-(2**63)), False),
    (FieldType.TIMESTAMP, "2016-12-31T23:59:60Z", Equals("f", Instant(MOMENT)), True),
    (FieldType.TIMESTAMP, "2016-12-31T23:59:60.5Z", Equals("f", Instant(MOMENT + 500_000)), True),
    (FieldType.TIMESTAMP, "2017-01-01T09:00:00+09:00", Equals("f", Instant(MOMENT)), True),
    (FieldType.TIMESTAMP, "2017-01-01T00:00:00.0000009Z", Equals("f", Instant(MOMENT)), True),
    (FieldType.TIMESTAMP, "2016-12-31T23:59:59.9999999Z", Range("f", lt=Instant(MOMENT)), True),
    (FieldType.KEYWORD, "", Exists("f"), True),
    (FieldType.KEYWORD, "", Prefix("f", ""), True),
    (FieldType.KEYWORD, "가나", Prefix("f", "가"), True),
    (FieldType.KEYWORD, "\u00e9", Equals("f", "e\u0301"), False),
    (FieldType.KEYWORD, "A", Prefix("f", "a"), False),
    (FieldType.BOOL, False, Exists("f"), True),
    (FieldType.BOOL, False, OneOf("f", (False, True)), True),
]


@pytest.mark.parametrize("kind", FieldType)
def test_edges(opened: CollectionEngine, kind: FieldType) -> None:
    """Numbers next to each other, moments written in odd ways and texts that look alike are told apart, or not."""
    edges = [edge for edge in EDGES if edge[0] is kind]
    fields = [FieldSpec("f", kind, is_list=False), FieldSpec("list", kind, is_list=True)]
    handle = make(opened, fields=fields)
    ids = [f"r{at}" for at in range(len(edges))]
    own = [{"f": stored, "list": [stored]} for _, stored, _, _ in edges]
    put(handle, ids, vectors(len(edges)), metadata=own)
    for record_id, (_, _, tree, expected) in zip(ids, edges, strict=True):
        assert (record_id in listed(handle, tree)) is expected, tree
        assert (record_id in listed(handle, replace(tree, field="list"))) is expected, tree


def test_no_value_is_no_value(opened: CollectionEngine) -> None:
    """A missing field, null and an empty list are the same to every predicate, and all of them to its negation."""
    handle = make(opened, fields=[GRADE, TAGS])
    own = [{}, {"grade": None, "tags": None}, {"tags": []}, {"grade": 1.0, "tags": ["a", "b"]}]
    put(handle, ["missing", "null", "empty", "there"], vectors(4), metadata=own)
    for tree in (
        Exists("grade"),
        Equals("grade", 1),
        Range("grade", gte=-9),
        Exists("tags"),
        Equals("tags", "b"),
        Prefix("tags", ""),
        AllOf((Equals("tags", "a"), Equals("tags", "b"))),
    ):
        assert listed(handle, tree) == ["there"]
        assert listed(handle, Not(tree)) == ["empty", "missing", "null"]
    assert listed(handle, OneOf("grade", ())) == []
    assert listed(handle, Not(OneOf("grade", ()))) == ["empty", "missing", "null", "there"]
