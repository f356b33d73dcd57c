"""When graphs are saved, by whom, and what happens when saving fails or must end."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from index_testing import backend, clustered

from lensdex_index.engines.local import saver as saver_module
from lensdex_index.engines.local.forked import AbandonedError
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.saving import GraphSaving, SavePolicy
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.options import SilentObserver
from lensdex_index.metrics import Metrics
from lensdex_index.records import Metric, ViewSpec

POLICY = SavePolicy(min_vectors=100, changed_fraction=0.25, idle_seconds=30)


@pytest.mark.parametrize(
    ("num_vectors", "changed", "quiet", "due"),
    [
        (99, 99, 1e9, False),
        (100, 0, 1e9, False),
        (100, 1, 30, True),
        (100, 1, 29.9, False),
        (100, 25, 0, True),
        (100, 24, 0, False),
        (100_000, 25_000, 0, True),
    ],
)
def test_the_policy(num_vectors: int, changed: int, quiet: float, due: bool) -> None:  # noqa: FBT001  a table
    """A graph large enough is saved after a part of it has changed, or, with any change, once it is quiet."""
    assert POLICY.due(num_vectors, changed, quiet) is due


def test_quiet_is_counted_from_the_last_change(tmp_path: Path) -> None:
    """A change that was seen begins the quiet time anew, and a save settles what was changed until it froze."""
    spec = ViewSpec("default", 8, None, Metric.EUCLIDEAN, backend("hnsw", m=4, ef_construction=20, ef=20))
    index = ViewIndex(spec, tmp_path / "rows", hold_seconds=0.004, rebuild_fraction=0.3)
    saving = GraphSaving(index, b"e" * 16, lambda _: tmp_path / "graph", SavePolicy(1, 1.0, 30))
    rows = clustered(60, 8)

    def write(low: int, high: int) -> None:
        index.reserve(high - low)
        index.append(np.arange(low, high), rows[low:high], high)
        index.published(high)
        while index.step():
            pass

    write(0, 30)
    now = time.monotonic()
    assert saving.due(now)
    assert saving.save(lambda: False) == (tmp_path / "graph").stat().st_size
    assert not saving.due(now + 1000)
    assert not saving.worth_it
    write(30, 40)
    assert not saving.due(now + 1000)
    assert not saving.due(now + 1029)
    assert saving.worth_it
    write(40, 41)
    assert not saving.due(now + 1031)
    assert saving.due(now + 1061)
    write(41, 44)
    assert saving.due(now + 1062) is False
    index.close()


class Fake:
    """A view that is saved as a test wants it."""

    def __init__(self, save: Callable[[Callable[[], bool]], int]) -> None:
        self.worth_it, self.save = True, save
        self.asked = threading.Semaphore(0)

    def due(self, now: float) -> bool:
        """Always."""
        self.asked.release()
        return True


class Counting(SilentObserver):
    """Counts failures."""

    failed = 0

    def graph_not_saved(self) -> None:
        """Count it."""
        self.failed += 1


@pytest.fixture
def saver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saver]:
    """Give a saver that looks all the time."""
    monkeypatch.setattr(saver_module, "_LOOK_SECONDS", 0.001)
    made = Saver(Counting())
    yield made
    made.close()
    made.close()


def test_what_is_due_is_saved_and_what_fails_rests_a_while(saver: Saver) -> None:
    """One view's failure is counted, rests, and keeps nobody else from being saved."""
    tries, saved = [], threading.Semaphore(0)

    def fail(abandoned: Callable[[], bool]) -> int:
        tries.append(1)
        raise OSError("no room")

    failing = Fake(fail)
    saver.watch(failing, "bad")
    saver.watch(Fake(lambda abandoned: saved.release() or 1), "good")
    for _ in range(5):
        assert saved.acquire(timeout=30)
        assert failing.asked.acquire(timeout=30)

    assert len(tries) == 1
    assert saver._observer.failed == 1


@pytest.mark.parametrize("end", ["forget", "close"])
def test_forgetting_and_closing_give_up_what_is_being_saved(saver: Saver, end: str) -> None:
    """Neither waits for a long save; when they return, nothing is being saved."""
    begun, ended = threading.Event(), threading.Event()

    def long(abandoned: Callable[[], bool]) -> int:
        begun.set()
        while not abandoned():
            time.sleep(0.001)
        ended.set()
        raise AbandonedError

    view = Fake(long)
    saver.watch(view, "long")
    assert begun.wait(30)
    if end == "forget":
        saver.forget(view)
    else:
        saver.close()

    assert ended.is_set()
    assert saver._observer.failed == 0


def test_the_last_save_ends_at_its_deadline(saver: Saver) -> None:
    """At the end of the process a save is given up when its time is over, and left out where nothing has changed."""
    asked = []

    def long(abandoned: Callable[[], bool]) -> int:
        while not abandoned():
            time.sleep(0.001)
        asked.append(1)
        raise AbandonedError

    view = Fake(long)
    saver.save_last(view, "long", time.monotonic() + 0.02)
    view.worth_it = False
    saver.save_last(view, "long", time.monotonic() + 100)

    assert asked == [1]


def test_a_save_that_was_given_up_leaves_the_one_before(tmp_path: Path) -> None:
    """Saving can be given up at any moment; the file is then what it was."""
    spec = ViewSpec("default", 64, None, Metric.EUCLIDEAN, backend("hnsw", m=4, ef_construction=20, ef=20))
    index = ViewIndex(spec, tmp_path / "rows", hold_seconds=0.004, rebuild_fraction=0.3)
    rows = clustered(500, 64)
    index.reserve(500)
    index.append(np.arange(500), rows, 1)
    index.published(1)
    while index.step():
        pass
    saving = GraphSaving(index, b"e" * 16, lambda _: tmp_path / "graph", SavePolicy(1, 10.0, 30))
    saving.save(lambda: False)
    before = (tmp_path / "graph").read_bytes()
    index.retire(np.array([3]), 2)
    index.published(2)
    while index.step():
        pass
    looks = 0
    for patience in range(1000):
        looks = 0

        def abandoned(patience: int = patience) -> bool:
            nonlocal looks
            looks += 1
            return looks > patience

        try:
            saving.save(abandoned)
        except AbandonedError:
            assert (tmp_path / "graph").read_bytes() == before
            assert {path.name for path in tmp_path.iterdir()} == {"rows", "graph"}
            continue
        break

    assert patience > 0
    assert (tmp_path / "graph").read_bytes() != before
    index.close()


def test_a_graph_that_serves_no_more_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save in whose course another graph takes over leaves no file that nobody would look for."""
    spec = ViewSpec("default", 8, None, Metric.EUCLIDEAN, backend("exact"))
    index = ViewIndex(spec, tmp_path / "rows", hold_seconds=0.004, rebuild_fraction=0.3)
    saving = GraphSaving(index, b"e" * 16, lambda view: tmp_path / f"graph{view.build}", SavePolicy(1, 1.0, 30))
    monkeypatch.setattr(index, "sync_rows", lambda: setattr(index, "spec", replace(spec, build=1)))
    with pytest.raises(AbandonedError):
        saving.save(lambda: False)
    assert [path.name for path in tmp_path.iterdir()] == ["rows"]
    index.close()


def test_what_is_heard_is_counted() -> None:
    """Loads by outcome, saves by outcome with their time, and waits of writers are metrics."""
    metrics = Metrics()
    metrics.graph_looked_for("corrupted")
    metrics.graph_saved(1.5)
    metrics.graph_not_saved()
    metrics.held_back(0.25)

    value = metrics.registry.get_sample_value
    assert value("lensdex_index_graph_loads_total", {"outcome": "corrupted"}) == 1
    assert value("lensdex_index_graph_saves_total", {"outcome": "saved"}) == 1
    assert value("lensdex_index_graph_saves_total", {"outcome": "failed"}) == 1
    assert value("lensdex_index_graph_save_seconds_sum") == 1.5
    assert value("lensdex_index_held_back_seconds_sum") == 0.25


def test_what_was_looked_for_is_saved(tmp_path: Path) -> None:
    """Looking for every vector is not begun anew at each start: how far it has come is worth a save."""
    spec = ViewSpec("default", 8, None, Metric.EUCLIDEAN, backend("hnsw", m=4, ef_construction=20, ef=20))
    index = ViewIndex(spec, tmp_path / "rows", hold_seconds=0.004, rebuild_fraction=0.3)
    saving = GraphSaving(index, b"e" * 16, lambda _: tmp_path / "graph", SavePolicy(1, 10.0, 30))
    index.reserve(40)
    index.append(np.arange(40), clustered(40, 8), 1)
    index.published(1)
    while index.num_tail_vectors:
        index.step()
    saving.save(lambda: False)
    assert not saving.worth_it
    while index.step():
        pass
    assert saving.worth_it
    index.close()
