"""Scan or walk: the policy of searches under a filter, and that it finds what it should on clustered vectors."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_testing import backend, clustered, find, make, open_local, put, vectors

from lensdex_index.engines.local.columns.encoding import Mask
from lensdex_index.engines.local.planner import ENOUGH, UNMEASURED, WIDEST, Costs, Plan
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.filters import Equals
from lensdex_index.records import FieldSpec, FieldType, Matrix, Metric, ViewSpec

COUNT, CLUSTERS = 6_000, 40


def plan(num_matching: int, num_covered: int = 100_000, *, k: int = 10, ef: int = 80, candidate: float = 10.0) -> Plan:
    """Return a plan; a row costs 1."""
    return Plan(k, ef, num_matching=num_matching, num_covered=num_covered, costs=Costs(1.0, candidate))


def test_few_are_scanned_and_many_are_walked_to() -> None:
    """Where few match a scan is cheaper than a walk that comes across them; where many do it is not."""
    assert [plan(many).first() for many in (0, 1, 100, 2_000)] == [None] * 4
    assert plan(10_000).first() == 80 + 300
    assert plan(50_000).first() == 80 + 60
    assert plan(100_000).first() == 80 + 30


def test_costs_decide() -> None:
    """The dearer a walk's candidates are, the more is scanned."""
    assert plan(10_000, candidate=1.0).first() == 380
    assert plan(10_000, candidate=30.0).first() is None


def test_too_few_survivors_widen_the_walk_or_end_it() -> None:
    """A walk in which fewer matched than expected is followed by one as wide as their part asks for, or by a scan."""
    half = plan(50_000)
    assert half.after(160, 10) == 80 + 480
    assert half.after(160, 19) == 80 + 253
    assert half.after(160, 0) is None
    assert half.after(160, 3) == 80 + 1_600
    assert half.after(160, 1) is None
    assert half.after(1_300, 19) is None


@settings(deadline=None, database=None)
@given(
    st.tuples(st.integers(0, 200_000), st.integers(1, 200_000)).map(sorted),
    st.integers(1, 1_000),
    st.integers(1, 4_096),
    st.floats(0.01, 1_000),
    st.lists(st.integers(0, 2_000)),
)
def test_it_ends_and_never_costs_more_than_a_scan(
    sizes: list[int], k: int, ef: int, candidate: float, founds: list[int]
) -> None:
    """Whatever walks come across, each costs less than a scan and is twice as wide as the one before; so they end."""
    matching, covered = sizes
    asked = plan(matching, covered, k=k, ef=ef, candidate=candidate)
    widths: list[int] = []
    width = asked.first()
    while width is not None:
        assert width * candidate < asked.num_matching
        assert width <= WIDEST * covered
        assert not widths or width >= 2 * widths[-1]
        widths.append(width)
        width = asked.after(width, founds[len(widths) % len(founds)] if founds else 0)
    assert len(widths) <= 18
    assert asked.wanted <= max(ENOUGH * k, 0) + 1


# What follows is the policy at work.


@pytest.fixture(scope="module")
def points() -> tuple[Matrix, np.ndarray]:
    """Give clustered vectors, and the cluster each lies nearest to."""
    rows = clustered(COUNT, 64)
    centres = np.random.default_rng(0).normal(size=(CLUSTERS, 64))
    return rows, np.argmax(rows @ centres.T, axis=1)


@pytest.fixture(scope="module")
def index(points: tuple[Matrix, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewIndex]:
    """Give an indexed hnsw view of them, whose costs are fixed so that every machine decides alike."""
    rows, _ = points
    spec = ViewSpec("default", 64, None, Metric.COSINE, backend("hnsw", m=16, ef_construction=200, ef=80))
    path: Path = tmp_path_factory.mktemp("planner") / "default.rows"
    opened = ViewIndex(spec, path, hold_seconds=1.0, rebuild_fraction=0.3)
    opened.reserve(COUNT)
    opened.append(np.arange(1, COUNT + 1), opened.ready(rows), 1)
    opened.published(1)
    while opened.step():
        pass
    opened.costs = Costs(1.0, 0.5)
    yield opened
    opened.close()


def found(index: ViewIndex, queries: Matrix, masks: list[Mask], *, exact: bool = False) -> list[list[int]]:
    """Return the ten nearest slots of each query under its own mask."""
    nobody = np.full(1, -1)
    answers = []
    for query, mask in zip(queries, masks, strict=True):
        got = index.search(query[None], 10, ef=80, exact=exact, exclude=nobody, sequence=1, allowed=mask)
        assert got is not None
        answers.append((got[0][0][:10] - 1).tolist())
    return answers


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("kind", ["random", "clusters", "own cluster", "other clusters"])
def test_recall_under_filters(index: ViewIndex, points: tuple[Matrix, np.ndarray], kind: str, share: float) -> None:
    """Filters of any selectivity, one distinct filter a query, random or of clusters, keep recall@10 at 0.95."""
    rows, clusters = points
    random = np.random.default_rng(1)
    queries = clustered(40, 64, seed=9)
    masks = []
    for query in queries:
        own = clusters[int(np.argmax(rows @ query))]
        order = random.permutation(CLUSTERS)
        if kind == "own cluster":
            order = np.concatenate(([own], order[order != own]))
        elif kind == "other clusters":
            order = order[order != own]
        kept = np.isin(clusters, order[: max(1, round(share * CLUSTERS))])
        wanted = random.random(COUNT) < (share if kind == "random" else share * COUNT / kept.sum())
        masks.append(wanted if kind == "random" else kept & wanted)
    truth = found(index, queries, masks, exact=True)
    answer = found(index, queries, masks)

    assert [len(ids) for ids in answer] == [min(10, int(mask.sum())) for mask in masks]
    hits = sum(len(set(right) & set(got)) for right, got in zip(truth, answer, strict=True))
    assert hits >= 0.95 * sum(len(right) for right in truth)
    assert all(mask[ids].all() for mask, ids in zip(masks, answer, strict=True))


def test_a_filter_the_query_has_nothing_to_do_with_is_noticed(
    index: ViewIndex, points: tuple[Matrix, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a walk meets nothing that matches, what matches is scanned, though a walk was planned for its share."""
    rows, _ = points
    query = rows[:1]
    far = np.argsort(rows @ query[0])[: COUNT // 2]
    mask = np.zeros(COUNT, dtype=np.bool_)
    mask[far] = True
    walks: list[int] = []
    after = Plan.after

    def noted(self: Plan, width: int, survivors: int) -> int | None:
        walks.append(width)
        return after(self, width, survivors)

    monkeypatch.setattr(Plan, "after", noted)
    assert found(index, query, [mask]) == found(index, query, [mask], exact=True)
    assert walks


def test_costs_are_measured_and_walks_begin(tmp_path: Path) -> None:
    """Costs are measured once there is something to measure, and again by an index that was restored."""
    spec = ViewSpec("default", 16, None, Metric.COSINE, backend("hnsw", m=8, ef_construction=40, ef=20))
    index = ViewIndex(spec, tmp_path / "default.rows", hold_seconds=1.0, rebuild_fraction=0.3)
    assert index.costs == UNMEASURED
    index.reserve(600)
    index.append(np.arange(600), index.ready(clustered(600, 16)), 1)
    index.published(1)
    while index.step():
        pass
    assert index.costs != UNMEASURED
    assert index.costs.row > 0
    assert index.costs.candidate > 0
    index.close()


def test_walks_beside_writers_find_all_that_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While vectors enter and leave the graph, walks under a filter, made up for where they fall short, miss nobody."""
    monkeypatch.setattr(Plan, "_affordable", lambda _, width, part=1.0: width if part == 1.0 or width < 600 else None)
    walks: list[int] = []
    first = Plan.first
    monkeypatch.setattr(Plan, "first", lambda self: walks.append(self.num_matching) or first(self))
    engine = open_local(tmp_path, rebuild_deleted_fraction=0.1)
    handle = make(engine, fields=[FieldSpec("grade", FieldType.INT64, is_list=False)])
    kept = [f"k{at:02}" for at in range(30)]
    put(handle, kept, vectors(30), metadata={"grade": 1.0})
    assert engine.settle(30)
    stop = threading.Event()

    def ask(seed: int) -> None:
        for number in itertools.count():
            if stop.is_set() and number:
                return
            (hits,) = find(handle, vectors(1, seed=seed + number), 30, chosen=Equals("grade", 1))
            assert sorted(record_id for record_id, _ in hits) == kept

    try:
        with ThreadPoolExecutor(2) as pool:
            asking = [pool.submit(ask, seed) for seed in (1_000, 2_000)]
            for number in range(60):
                ids = [f"o{(number * 40 + at) % 900:04}" for at in range(60)]
                put(handle, ids, vectors(60, seed=number), metadata={"grade": 2.0})
                if number % 5 == 4:
                    handle.delete_matching(Equals("grade", 2), deadline=time.monotonic() + 30).result(30)
            stop.set()
            for item in asking:
                item.result(60)
    finally:
        engine.close()
    assert walks
