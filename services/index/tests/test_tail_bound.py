"""Back-pressure: the tail is as long as it pays, and past it writers wait, and are refused only when time is up."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from index_testing import (
    DIMENSION,
    Server,
    batch,
    clustered,
    drop,
    find,
    make,
    open_local,
    put,
    reason,
    refusal,
    upsert_request,
    vectors,
    view,
)

from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.tail_bound import TailBound
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.engines.options import SilentObserver
from lensdex_index.errors import OverloadedError


def test_the_bound_follows_from_cost() -> None:
    """It is the length whose scan takes as long as one query, approached by halves and doubles."""
    bound = TailBound(100)
    bound.measured(100, 0.001, 0.010)
    assert bound.bound == 200
    bound.measured(200, 0.002, 0.010)
    bound.measured(400, 0.004, 0.010)
    bound.measured(800, 0.008, 0.010)
    assert bound.bound == 1000
    bound.measured(1000, 0.010, 0.010)
    assert bound.bound == 1000
    bound.measured(1000, 0.020, 0.010)
    assert bound.bound == 500
    for _ in range(5):
        bound.measured(500, 1.0, 0.0)
    assert bound.bound == 100


@pytest.mark.parametrize(
    ("tail", "count", "room"),
    [
        (0, 1, True),
        (99, 1, True),
        (100, 1, False),
        (51, 50, False),
        (50, 50, True),
        (50, 10_000, True),
        (51, 10_000, False),
    ],
)
def test_room(tail: int, count: int, room: bool) -> None:  # noqa: FBT001  a table
    """What fits has room; a batch of more than half the bound needs the tail at half."""
    bound = TailBound(100)
    bound.moved(tail)
    assert bound.wait(count, time.monotonic()) is room


def test_the_first_vectors_have_room() -> None:
    """Of the first vectors of a view as many may wait as there are left of them; the bound by cost follows."""
    bound = TailBound(100, first=1000)
    assert bound.bound == 1000
    bound.moved(700, covered=200)
    assert bound.bound == 800
    assert bound.wait(100, 0.0)
    assert not bound.wait(101, 0.0)
    bound.moved(0, covered=950)
    assert bound.bound == 100


def test_nothing_needs_no_room() -> None:
    """A deletion never waits."""
    bound = TailBound(100)
    bound.moved(10_000)
    assert bound.wait(0, 0.0)


@pytest.mark.parametrize("end", ["moved", "measured", "open_up"])
def test_who_waits_is_let_in(end: str) -> None:
    """A shorter tail, a larger bound and opening up each end the wait."""
    bound = TailBound(100)
    bound.moved(150)
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(bound.wait(1, time.monotonic() + 60)))
    waiting.start()
    {
        "moved": lambda: bound.moved(10),
        "measured": lambda: bound.measured(100, 0.001, 1.0),
        "open_up": bound.open_up,
    }[end]()
    waiting.join(30)

    assert answers == [True]


class Waits(SilentObserver):
    """Keeps how long writers were held back."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def held_back(self, seconds: float) -> None:
        """Keep it."""
        self.seconds.append(seconds)


@pytest.mark.parametrize("seconds", [math.inf, 1e300, 1e12])
def test_who_has_any_time_waits_like_others(seconds: float) -> None:
    """A deadline that no clock can wait for is as good as another."""
    bound = TailBound(100)
    bound.moved(100)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bound.wait, 1, time.monotonic() + seconds)
        time.sleep(0.05)
        bound.moved(0)
        assert waiting.result(10)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Give an event without which nothing is moved into any graph."""
    gate, add = threading.Event(), Upkeep._add

    def held(index: Upkeep, published: int, size: int) -> None:
        if gate.wait(0.001):
            add(index, published, size)

    monkeypatch.setattr(Upkeep, "_add", held)
    return gate


@pytest.fixture
def slow(tmp_path: Path, gate: threading.Event) -> Iterator[LocalEngine]:
    """Give an engine whose tails may have 100 vectors and are not indexed before the gate is opened."""
    opened = open_local(tmp_path / "data", min_tail_vectors=100, first_tail_vectors=0, observer=Waits())
    yield opened
    gate.set()
    opened.close()


def later(handle: object, ids: list[str], rows: np.ndarray, seconds: float) -> Future[object]:
    """Begin an upsert with a deadline in *seconds*."""
    return handle.upsert(batch(ids, rows), deadline=time.monotonic() + seconds)


def test_writers_wait_past_the_bound_and_searches_do_not(slow: LocalEngine, gate: threading.Event) -> None:
    """A write without room waits until the indexing thread has made some; searches go on, and miss nothing written."""
    things = make(slow)
    rows = vectors(200)
    put(things, [f"a{at}" for at in range(100)], rows[:100])
    waiting = later(things, ["b"], rows[150:151], 60)
    for _ in range(20):
        assert {record for record, _ in find(things, rows[:1], 200)[0]} == {f"a{at}" for at in range(100)}
        assert not waiting.done()
    gate.set()
    waiting.result(30)

    assert find(things, rows[150:151], 1)[0][0][0] == "b"
    assert slow._options.observer.seconds[-1] > 0


def test_a_write_whose_time_is_up_is_refused_and_not_done(slow: LocalEngine, gate: threading.Event) -> None:
    """When its deadline would pass, a write is refused as overloaded, which may be tried again; it left nothing."""
    things = make(slow)
    rows = vectors(200)
    put(things, [f"a{at}" for at in range(100)], rows[:100])
    with pytest.raises(OverloadedError, match="waiting to be indexed"):
        later(things, ["b"], rows[150:151], 0.3).result(30)
    gate.set()
    assert slow.settle(60)
    assert things.count() == 100
    put(things, ["b"], rows[150:151])
    assert things.count() == 101


def test_deletions_pass(slow: LocalEngine) -> None:
    """What makes no tail waits for none."""
    things = make(slow)
    put(things, [f"a{at}" for at in range(100)], vectors(100))
    assert drop(things, "a0").num_deleted == 1


def test_a_batch_larger_than_the_bound_gets_in(slow: LocalEngine) -> None:
    """A single write of any size is taken once the tail is short."""
    things = make(slow)
    put(things, [f"a{at}" for at in range(500)], vectors(500))
    assert things.count() == 500


def test_closing_lets_writers_through(slow: LocalEngine) -> None:
    """A queued write is finished, not lost, when the collection is closed meanwhile."""
    things = make(slow)
    rows = vectors(200)
    put(things, [f"a{at}" for at in range(100)], rows[:100])
    waiting = later(things, ["b"], rows[150:151], 60)
    slow.drop("things")
    waiting.result(30)


def test_what_a_start_found_does_not_count(tmp_path: Path, gate: threading.Event) -> None:
    """A graph that must be built anew holds no writer up: only what was written since the start is tail to wait for."""
    engine = open_local(tmp_path / "data", min_tail_vectors=100, first_tail_vectors=0)
    put(make(engine), [f"a{at}" for at in range(300)], vectors(300))
    engine.close()
    engine = open_local(tmp_path / "data", min_tail_vectors=100, first_tail_vectors=0)
    things = engine.collection("things")
    put(things, [f"b{at}" for at in range(100)], vectors(100))
    with pytest.raises(OverloadedError):
        later(things, ["c"], vectors(1), 0.3).result(30)
    gate.set()
    assert engine.settle(60)
    put(things, ["c"], vectors(1))
    engine.close()


def test_indexing_that_stopped_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    """After a fault of ours in indexing, writes go on: the tail stays, and answers stay right."""
    engine = open_local(tmp_path / "data", min_tail_vectors=100, first_tail_vectors=0)
    things = make(engine)

    def broken(*arguments: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(Upkeep, "_add", broken)
    for low in range(0, 300, 100):
        put(things, [f"a{at}" for at in range(low, low + 100)], vectors(100, seed=low))
    assert things.count() == 300
    engine.close()


def test_the_bound_is_measured_while_indexing(engine: LocalEngine) -> None:
    """Indexing measures what scanning and a query cost, and the statistics tell the bound that follows."""
    things = make(engine, view(engine, size=64))
    rows = clustered(6000, 64)
    for low in range(0, 6000, 500):
        put(things, [f"a{at}" for at in range(low, low + 500)], rows[low : low + 500])
    assert engine.settle(100)
    (index,) = things._views.indexes.values()

    assert index._measured_at > 3000
    assert things.statistics().views[0].max_tail_vectors == index.tail_bound.bound >= 1000


async def test_callers_are_told(start: Callable[..., object], gate: threading.Event) -> None:
    """Over the wire a refused write is RESOURCE_EXHAUSTED with OVERLOADED and a retry hint, before its deadline."""
    server: Server = await start(min_tail_vectors=100, first_tail_vectors=0)
    await server.create()
    await server.upsert(vectors(100))
    told = await refusal(
        server.records.UpsertRecords(upsert_request(np.ones((1, DIMENSION), np.float32), ["late"]), timeout=1.0)
    )
    gate.set()

    assert reason(told) == "OVERLOADED"
    assert told.retry_after is not None
