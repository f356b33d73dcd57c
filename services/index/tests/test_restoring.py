"""Saved graphs over restarts: trusted only where every check passes, and the same answers either way."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_testing import clustered, drop, find, make, open_local, put, view

from lensdex_index.engines.local import graph_file, restoring, saving
from lensdex_index.engines.local.backends import backend_class, hnsw, open_backend
from lensdex_index.engines.local.backends.base import BackendOptions
from lensdex_index.engines.local.backends.image import ImageError
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.engines.options import SilentObserver
from lensdex_index.records import Metric

SIZE = 16
ROWS = clustered(400, SIZE)
QUERIES = ROWS[::40]


class Heard(SilentObserver):
    """Keeps what became of saved graphs."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.saves: list[float] = []

    def graph_looked_for(self, outcome: str) -> None:
        """Keep it."""
        self.outcomes.append(outcome)

    def graph_saved(self, seconds: float) -> None:
        """Keep it."""
        self.saves.append(seconds)


def opened(folder: Path, **options: object) -> tuple[LocalEngine, Heard]:
    """Open an engine that saves at its end, however little there is."""
    heard = Heard()
    return open_local(folder, observer=heard, **{"save_min_vectors": 1, "save_idle_seconds": 1e6} | options), heard


def ids(low: int, high: int) -> list[str]:
    """Return ids of rows."""
    return [f"r{at:03d}" for at in range(low, high)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder in which a graph was saved at the end: 300 records, of which 20 are deleted."""
    engine, heard = opened(tmp_path / "data")
    things = make(engine, view(engine, size=SIZE))
    put(things, ids(0, 300), ROWS[:300])
    assert engine.settle(60)
    drop(things, *ids(100, 120))
    assert engine.settle(60)
    engine.close()
    assert len(heard.saves) == 1
    return tmp_path / "data"


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of that pattern in the collections' folders."""
    (path,) = folder.glob(f"collections/*/{pattern}")
    return path


def whole(engine: LocalEngine, present: list[str]) -> None:
    """Check that exactly *present* is found, each record first by its own vector, in the graph and by scan."""
    things = engine.collection("things")
    for exact in (False, True):
        answers = find(things, QUERIES, 400, exact=exact, ef=400)
        assert all(sorted(record for record, _ in answer) == present for answer in answers)
        own = find(things, np.stack([ROWS[int(record[1:])] for record in present]), 1, exact=exact)
        assert [answer[0][0] for answer in own] == present


PRESENT = ids(0, 100) + ids(120, 300)


def test_a_saved_graph_is_gone_on_with(folder: Path) -> None:
    """After a restart the graph is there at once, deletions included, and takes what comes."""
    engine, heard = opened(folder)
    things = engine.collection("things")
    assert heard.outcomes == ["loaded"]
    assert things.statistics().views[0].num_tail_vectors == 0
    whole(engine, PRESENT)
    drop(things, "r000")
    put(things, ids(300, 310), ROWS[300:310])
    assert engine.settle(60)
    whole(engine, PRESENT[1:] + ids(300, 310))
    engine.close()
    engine, heard = opened(folder)
    assert heard.outcomes == ["loaded"]
    whole(engine, PRESENT[1:] + ids(300, 310))
    engine.close()


def test_what_the_graph_does_not_have_is_tail_and_what_the_store_does_not_have_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writes and deletions after the last save are brought up at the start."""
    graph = only(folder, "default.graph").read_bytes()
    engine, _ = opened(folder)
    put(engine.collection("things"), ids(300, 320), ROWS[300:320])
    drop(engine.collection("things"), *ids(0, 10))
    put(engine.collection("things"), ids(50, 60), ROWS[50:60])
    assert engine.settle(60)
    engine.close()
    only(folder, "default.graph").write_bytes(graph)

    with monkeypatch.context() as patched:
        patched.setattr(Upkeep, "step", lambda index: False)
        engine, heard = opened(folder)
        assert engine.settle(60)
        assert heard.outcomes == ["loaded"]
        (index,) = engine.collection("things")._views.indexes.values()
        assert (index.num_graph_vectors, index.num_tail_vectors) == (260, 30)
        whole(engine, PRESENT[10:] + ids(300, 320))
    engine._indexer.wake()
    assert engine.settle(60)
    whole(engine, PRESENT[10:] + ids(300, 320))
    engine.close()


def test_nothing_is_saved_without_need(folder: Path) -> None:
    """A graph that has not changed is not written again, nor one that is small."""
    before = only(folder, "default.graph").stat().st_mtime_ns
    engine, heard = opened(folder)
    engine.close()
    assert heard.saves == []
    assert only(folder, "default.graph").stat().st_mtime_ns == before
    engine, heard = opened(folder, save_min_vectors=1_000)
    put(engine.collection("things"), ["r000"], ROWS[:1])
    assert engine.settle(60)
    engine.close()
    assert heard.saves == []


def test_a_dropped_collection_is_not_saved(folder: Path) -> None:
    """Dropping leaves no file behind, and saves nothing first."""
    engine, heard = opened(folder)
    put(engine.collection("things"), ["r000"], ROWS[:1])
    engine.drop("things")
    engine.close()
    assert heard.saves == []
    assert list(folder.glob("collections/*")) == []


@pytest.mark.parametrize("backend", ["hnsw", "exact", "faiss"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_of_writes_and_restarts(tmp_path_factory: pytest.TempPathFactory, backend: str, data: object) -> None:
    """Whatever was written, deleted, saved, saved not, and restarted in between: what is there is found."""
    folder = tmp_path_factory.mktemp("any")
    engine, _ = opened(folder)
    make(engine, view(engine, size=SIZE, backend=backend))
    present: set[int] = set()
    kept = b""
    for _ in range(data.draw(st.integers(3, 8))):
        things = engine.collection("things")
        match data.draw(st.sampled_from(["put", "drop", "restart", "crash"])):
            case "put":
                low = data.draw(st.integers(0, 380))
                put(things, ids(low, low + 20), ROWS[low : low + 20])
                present |= set(range(low, low + 20))
            case "drop" if present:
                low = data.draw(st.sampled_from(sorted(present)))
                drop(things, *ids(low, low + 15))
                present -= set(range(low, low + 15))
            case "restart":
                if data.draw(st.booleans()):
                    assert engine.settle(60)
                engine.close()
                kept = b"".join(path.read_bytes() for path in folder.glob("collections/*/default.graph"))
                engine, _ = opened(folder)
            case "crash":
                # As after a kill: what was saved before is what there is.
                engine.close()
                for path in folder.glob("collections/*/default.graph"):
                    path.write_bytes(kept) if kept else path.unlink()
                engine, _ = opened(folder)
        if present:
            whole(engine, [f"r{at:03d}" for at in sorted(present)])
    engine.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_byte_anywhere_means_a_rebuilt_graph(folder: Path, data: st.DataObject) -> None:
    """Whichever byte of the graph or of its rows is another, nothing of them is trusted, and nothing is missing."""
    saved = {path: path.read_bytes() for path in folder.glob("collections/*/default.*")}
    needed = {path: 300 * SIZE * 4 if path.suffix == ".rows" else len(content) for path, content in saved.items()}
    path = data.draw(st.sampled_from(sorted(saved)))
    at = data.draw(st.integers(0, needed[path] - 1))
    changed = bytearray(saved[path])
    changed[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    try:
        engine, heard = opened(folder)
        assert heard.outcomes == ["corrupted"]
        whole(engine, PRESENT)
        assert engine.settle(60)
        whole(engine, PRESENT)
        engine.close()
    finally:
        for each, content in saved.items():
            each.write_bytes(content)


@pytest.mark.parametrize("name", ["default.graph", "default.rows"])
@pytest.mark.parametrize("part", [0.0, 0.001, 0.5])
def test_a_file_cut_short_means_a_rebuilt_graph(folder: Path, name: str, part: float) -> None:
    """A graph or row file that ends early is noticed."""
    path = only(folder, name)
    needed = 300 * SIZE * 4 if name.endswith("rows") else path.stat().st_size
    path.write_bytes(path.read_bytes()[: int(part * needed)])
    engine, heard = opened(folder)
    assert heard.outcomes == ["corrupted"]
    whole(engine, PRESENT)
    engine.close()


def test_without_its_rows_or_itself_a_graph_is_rebuilt(folder: Path) -> None:
    """Either file may be left out of a copy."""
    only(folder, "default.rows").unlink()
    engine, heard = opened(folder)
    assert heard.outcomes == ["corrupted"]
    whole(engine, PRESENT)
    assert engine.settle(60)
    engine.close()
    only(folder, "default.graph").unlink()
    engine, heard = opened(folder)
    assert heard.outcomes == ["absent"]
    whole(engine, PRESENT)
    engine.close()


def test_the_graph_of_another_collection_is_not_trusted(folder: Path, tmp_path: Path) -> None:
    """A graph belongs to one collection, whatever its name: both files of another one change nothing."""
    engine, _ = opened(tmp_path / "other")
    things = make(engine, view(engine, size=SIZE))
    put(things, ids(0, 300), ROWS[100:])
    assert engine.settle(60)
    engine.close()
    for name in ("default.graph", "default.rows"):
        only(folder, name).write_bytes(only(tmp_path / "other", name).read_bytes())
    engine, heard = opened(folder)
    assert heard.outcomes == ["foreign"]
    whole(engine, PRESENT)
    engine.close()


@pytest.mark.parametrize("ours", [True, False])
def test_the_graph_of_another_version_is_not_trusted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, ours: bool
) -> None:
    """Neither one of another format of ours nor one of another library is read."""
    if ours:
        monkeypatch.setattr(restoring, "FORMAT", saving.FORMAT + 1)
    else:
        monkeypatch.setattr(hnsw, "version", lambda name: "9.9")
    engine, heard = opened(folder)
    assert heard.outcomes == ["other_version"]
    whole(engine, PRESENT)
    engine.close()


def test_a_graph_ahead_of_a_restored_store_is_not_trusted(folder: Path) -> None:
    """With an older copy of the database, what was written after it is gone, from the graph too."""
    database = only(folder, "records.db").read_bytes()
    engine, _ = opened(folder)
    put(engine.collection("things"), ids(300, 330), ROWS[300:330])
    drop(engine.collection("things"), "r000")
    assert engine.settle(60)
    engine.close()
    for leftover in folder.glob("collections/*/records.db-*"):
        leftover.unlink()
    only(folder, "records.db").write_bytes(database)
    engine, heard = opened(folder)
    assert heard.outcomes == ["ahead"]
    whole(engine, PRESENT)
    engine.close()


def test_a_graph_of_mostly_dead_rows_is_rebuilt(folder: Path) -> None:
    """Once most rows are of deleted vectors a start from the store gives their room back."""
    engine, _ = opened(folder, rebuild_deleted_fraction=0.99)
    drop(engine.collection("things"), *ids(0, 200))
    assert engine.settle(60)
    engine.close()
    engine, heard = opened(folder)
    assert heard.outcomes == ["mostly_dead"]
    whole(engine, ids(200, 300))
    assert engine.settle(60)
    engine.close()
    facts, parts = graph_file.read(only(folder, "default.graph"))
    assert facts["num_rows"] == 100
    assert len(parts["labels"]) == 800


def test_what_the_audit_knows_outlives_a_restart(folder: Path) -> None:
    """Strays stay known, and what was looked for need not be looked for again."""
    path = only(folder, "default.graph")
    facts, parts = graph_file.read(path)
    changed = {name: (bytes(part),) for name, part in parts.items()} | {"strays": (np.array([7, 110]).tobytes(),)}
    graph_file.write(path, changed, lambda: {k: v for k, v in facts.items() if k != "parts"}, sync_first=lambda: None)
    engine, heard = opened(folder)
    (index,) = engine.collection("things")._views.indexes.values()

    assert heard.outcomes == ["loaded"]
    # Of the two, 110 is deleted.
    assert index._audit.strays.tolist() == [7]
    assert index._audit.progress == (300, 300)
    whole(engine, PRESENT)
    engine.close()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Callable[[], object], bytes]:
    """Give a function that opens an empty hnsw backend, and an image of one of 300 vectors on several floors."""
    parameters = {key: item.default for key, item in backend_class("hnsw").PARAMETERS.items()} | {"m": 4}

    def empty() -> object:
        return open_backend("hnsw", BackendOptions(Metric.EUCLIDEAN, SIZE, parameters, lambda: ROWS))

    full, path = empty(), tmp_path_factory.mktemp("image") / "whole"
    full.reserve(300)
    full.add(np.arange(300), ROWS[:300])
    full.remove(np.arange(20))
    full.pour(str(path))
    with path.open("rb", buffering=0) as file:
        return empty, b"".join(bytes(chunk) for chunk in full.strained(file))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.floats(0, 1, exclude_max=True), word=st.integers(0, 2**32 - 1) | st.integers(0, 400))
def test_an_image_never_leads_out_of_its_graph(
    image: tuple[Callable[[], object], bytes], part: float, word: int
) -> None:
    """An image whose words were replaced is refused, or searched without harm: the library itself checks nothing."""
    empty, good = image
    changed = bytearray(good)
    at = 4 * int(part * (len(good) // 4))
    changed[at : at + 4] = word.to_bytes(4, "little")
    backend = empty()
    try:
        labels = backend.restore(memoryview(bytes(changed)))
    except ImageError:
        return
    found = backend.search(ROWS[:50], 10, ef=50).labels
    assert np.isin(found[found >= 0], labels).all()


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_an_image_cut_short_is_refused(image: tuple[Callable[[], object], bytes], data: st.DataObject) -> None:
    """An image must be as long as it says."""
    empty, good = image
    with pytest.raises(ImageError):
        empty().restore(memoryview(good[: data.draw(st.integers(0, len(good) - 1))]))


def test_an_image_is_the_graph(image: tuple[Callable[[], object], bytes], tmp_path: Path) -> None:
    """A restored graph writes what the saved one wrote, but for its capacity."""
    empty, good = image
    backend, path = empty(), tmp_path / "again"
    assert backend.restore(memoryview(good)).tolist() == list(range(20, 300))
    backend.pour(str(path))
    with path.open("rb", buffering=0) as file:
        again = b"".join(bytes(chunk) for chunk in backend.strained(file))

    assert again[:8] + again[16:] == good[:8] + good[16:]
    assert len(good) < path.stat().st_size - 300 * SIZE * 4 + 1


def test_facts_are_json(folder: Path) -> None:
    """What the file says of itself can be read by a person."""
    head = only(folder, "default.graph").read_bytes()[8:4092].rstrip(b"\0")
    assert json.loads(head)["of"]["view"] == "default"
