"""Filters on every engine, against plain Python: what matches, in searches, counts, lists and deletions."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filter_oracle import FIELDS, filters, matches, metadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from index_testing import ALL, DIMENSION, ENGINES, drop, find, make, put, vectors, view

from lensdex_index.engine import CollectionEngine, CollectionHandle
from lensdex_index.filters import Filter
from lensdex_index.records import FieldSpec, FieldType

GRADE = FieldSpec("grade", FieldType.INT64, is_list=False)
TAGS = FieldSpec("tags", FieldType.KEYWORD, is_list=True)


def purge(handle: CollectionHandle, chosen: Filter) -> int:
    """Delete what matches; return how many that were."""
    return handle.delete_matching(chosen, deadline=time.monotonic() + 30).result(30).num_deleted


def listed(handle: CollectionHandle, chosen: Filter | None = None) -> list[str]:
    """Return the ids of the records that match, as they are listed."""
    return [item.record.id for item in handle.scan("", 10_000, ALL, [], chosen)]


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_every_tree_means_what_plain_python_says(name: str, tmp_path: Path) -> None:
    """Random trees over random metadata match the same records as the oracle, counted, listed and searched."""
    engine = ENGINES[name][0](tmp_path)
    number = iter(range(10_000))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(metadata(), min_size=1, max_size=12), st.lists(filters(), min_size=1, max_size=8), st.data())
    def agree(own: list[dict[str, object]], trees: list[Filter], data: st.DataObject) -> None:
        handle = make(engine, name=f"c{next(number)}", fields=FIELDS)
        ids = [f"r{at:02}" for at in range(len(own))]
        put(handle, ids, vectors(len(own)), metadata=own)
        for tree in trees:
            expected = [record_id for record_id, item in zip(ids, own, strict=True) if matches(item, tree)]
            assert handle.count(tree) == len(expected)
            assert listed(handle, tree) == expected
            (hits,) = find(handle, vectors(1, seed=1), 20, exact=data.draw(st.booleans()), chosen=tree)
            assert sorted(record_id for record_id, _ in hits) == expected
        engine.drop(handle.spec.name)

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
            self.engine.close()
            shutil.rmtree(self.mine)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_against_an_oracle(name: str, tmp_path: Path) -> None:
    """Any sequence of writes, deletions by filter, restarts and searches gives what a dictionary gives."""

    class Machine(AgainstAnOracle):
        open = staticmethod(ENGINES[name][0])
        folder = tmp_path

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
