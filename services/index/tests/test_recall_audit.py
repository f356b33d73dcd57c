"""The recall audit: which queries are checked, what is compared, and that nobody waits for it."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from index_testing import find, make, open_local, put, vectors

from lensdex_index.engines.local.backends.base import Hits
from lensdex_index.engines.local.backends.hnsw import HnswBackend
from lensdex_index.engines.local.recall_audit import Check, RecallAudit, compared
from lensdex_index.engines.options import SilentObserver
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.filters import Exists, Filter
from lensdex_index.records import FieldSpec, FieldType, Matrix

GRADE = FieldSpec("grade", FieldType.INT64, is_list=False)
NO_LABELS = np.empty(0, dtype=np.int64)


def scores(*values: float) -> np.ndarray:
    """Return scores."""
    return np.array(values, dtype=np.float32)


def check(answered: np.ndarray, exact: np.ndarray, k: int = 3) -> Check:
    """Return the check of a query."""
    return Check("default", k, answered, lambda: (NO_LABELS, exact))


@pytest.mark.parametrize(
    ("answered", "exact", "k", "expected"),
    [
        (scores(3, 2, 1), scores(3, 2, 1), 3, (3, 3)),
        (scores(3, 1), scores(3, 2, 1), 3, (2, 3)),
        (scores(3, 1, 0), scores(3, 2, 1), 3, (2, 3)),
        (scores(), scores(3, 2), 3, (0, 2)),
        (scores(3, 2), scores(3, 2), 3, (2, 2)),
        (scores(3, 2), scores(3, 2, 2, 2), 2, (2, 2)),
        (scores(3, 2, 2), scores(3, 2, 2), 2, (2, 2)),
        (scores(), scores(), 3, (0, 0)),
    ],
)
def test_what_is_compared(answered: np.ndarray, exact: np.ndarray, k: int, expected: tuple[int, int]) -> None:
    """The answer is held to the k nearest, or to all where there are fewer; of equal scores any will do."""
    assert compared(answered, exact, k) == expected


def test_a_fraction_is_wanted() -> None:
    """None of the queries are checked by default, all where that is asked for, and about so many in between."""
    counts = {
        fraction: sum(audit.wants_one() for _ in range(4000))
        for fraction in (0.0, 0.25, 1.0)
        for audit in [RecallAudit(fraction, tell=lambda *_: None, while_open=contextlib.nullcontext)]
    }
    assert counts[0.0] == 0
    assert 800 < counts[0.25] < 1200
    assert counts[1.0] == 4000


def test_checks_are_told_and_those_too_many_are_not_made() -> None:
    """Who offers never waits: what comes while enough are waiting is left out."""
    told: list[tuple[str, int, int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[np.ndarray, np.ndarray]:
        begun.set()
        assert go_on.wait(30)
        return NO_LABELS, scores(3, 2, 1)

    audit = RecallAudit(1.0, tell=lambda *result: told.append(result), while_open=contextlib.nullcontext)
    audit.offer(Check("image", 3, scores(3, 2), slow))
    assert begun.wait(30)
    for _ in range(20):
        audit.offer(check(scores(3), scores(3)))
    go_on.set()
    while len(told) < 5:
        audit._thread.join(0.001)
    audit.close()

    assert told == [("image", 2, 3)] + [("default", 1, 1)] * 4


def test_a_fault_or_a_dropped_collection_ends_nothing() -> None:
    """A check that cannot be made is not told of, and the next one is made."""
    told: list[tuple[str, int, int]] = []
    closed = [True, False, False]

    @contextlib.contextmanager
    def while_open() -> Iterator[None]:
        if closed.pop(0):
            raise CollectionNotFoundError("things")
        yield

    def broken() -> tuple[np.ndarray, np.ndarray]:
        raise ValueError("a fault")

    audit = RecallAudit(1.0, tell=lambda *result: told.append(result), while_open=while_open)
    audit.offer(check(scores(3), scores(3)))
    audit.offer(Check("default", 3, scores(3), broken))
    audit.offer(check(scores(3), scores(3, 2)))
    while not told:
        audit._thread.join(0.001)
    audit.close()

    assert told == [("default", 1, 2)]


class Checks(SilentObserver):
    """Keeps what was checked."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, int, int]] = []

    def recall_checked(self, collection: str, view: str, num_found: int, num_nearest: int) -> None:
        """Keep it."""
        self.made.append((collection, view, num_found, num_nearest))


@pytest.mark.parametrize("chosen", [None, Exists("grade")])
def test_live_queries_are_checked_against_an_exact_search(tmp_path: Path, chosen: Filter | None) -> None:
    """Where all are wanted every approximate query is checked, with a filter and by record as well; no exact one is."""
    checks = Checks()
    engine = open_local(tmp_path / "data", recall_audit_fraction=1.0, observer=checks)
    things = make(engine, fields=[GRADE])
    rows = vectors(400)
    put(things, [f"r{at}" for at in range(400)], rows, metadata=[{"grade": 1.0} if at % 4 else {} for at in range(400)])
    assert engine.settle(60)
    find(things, rows[:1], 5, chosen=chosen)
    find(things, ["r7"], 5, chosen=chosen)
    while len(checks.made) < 2:
        things._recall_audit._thread.join(0.001)
    find(things, rows[:1], 5, exact=True)
    engine.close()

    assert [check[:2] + check[3:] for check in checks.made] == [("things", "default", 5)] * 2
    assert all(found >= 4 for _, _, found, _ in checks.made)


def test_what_a_graph_misses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer without two of the nearest counts as such."""
    checks = Checks()
    engine = open_local(tmp_path / "data", recall_audit_fraction=1.0, observer=checks)
    things = make(engine)
    rows = vectors(400)
    put(things, [f"r{at}" for at in range(400)], rows)
    assert engine.settle(60)
    whole = HnswBackend.search

    def poor(self: HnswBackend, queries: Matrix, k: int, **more: object) -> Hits:
        found = whole(self, queries, k + 2, **more)
        return Hits(found.labels[:, 2:], found.scores[:, 2:])

    monkeypatch.setattr(HnswBackend, "search", poor)
    find(things, rows[:1], 5)
    while not checks.made:
        things._recall_audit._thread.join(0.001)
    engine.close()

    assert checks.made == [("things", "default", 3, 5)]


def test_closing_drops_what_waits() -> None:
    """Closing waits for the check in hand and makes no further one, whenever it was offered."""
    told: list[tuple[str, int, int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[np.ndarray, np.ndarray]:
        begun.set()
        assert go_on.wait(30)
        return NO_LABELS, scores(3)

    audit = RecallAudit(1.0, tell=lambda *result: told.append(result), while_open=contextlib.nullcontext)
    audit.offer(Check("default", 3, scores(3), slow))
    audit.offer(check(scores(3), scores(3)))
    assert begun.wait(30)
    closing = threading.Thread(target=audit.close)
    closing.start()
    while not audit._closed:
        pass
    go_on.set()
    closing.join(30)
    audit.offer(check(scores(3), scores(3)))
    audit.close()

    assert told == [("default", 1, 1)]


def test_a_check_that_no_thread_can_make_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads the search that was to be checked is none the worse, nor is the end."""
    told: list[tuple[str, int, int]] = []
    audit = RecallAudit(1.0, tell=lambda *what: told.append(what), while_open=contextlib.nullcontext)

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        audit.offer(check(scores(3, 2, 1), scores(3, 2, 1)))
        audit.close()
    again = RecallAudit(1.0, tell=lambda *what: told.append(what), while_open=contextlib.nullcontext)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        again.offer(check(scores(3, 2, 1), scores(3, 2, 1)))
    checked = threading.Event()
    again._tell = lambda *what: told.append(what) or checked.set()
    again.offer(check(scores(3, 1), scores(3, 2, 1)))
    assert checked.wait(10)
    again.close()
    assert told == [("default", 2, 3)]
