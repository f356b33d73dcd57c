"""What is particular to the faiss backend: half precision, growing, images, and a library that may be missing."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_testing import clustered, find, make, open_local, put, vectors, view

from lensdex_index.engines.local.backends import backend_class, open_backend
from lensdex_index.engines.local.backends.base import BackendOptions
from lensdex_index.engines.local.backends.faiss import FaissBackend
from lensdex_index.engines.local.backends.faiss_image import read
from lensdex_index.engines.local.backends.faiss_scale import Scale, scores
from lensdex_index.engines.local.backends.image import ImageError
from lensdex_index.errors import CorruptedError, InvalidBackendError, StartError
from lensdex_index.records import Labels, Matrix, Metric

SIZE = 16
ROWS = clustered(400, SIZE)


def opened(rows: Matrix, metric: Metric = Metric.DOT, **parameters: int) -> FaissBackend:
    """Return an empty backend over *rows*."""
    defaults = {name: item.default for name, item in backend_class("faiss").PARAMETERS.items()}
    backend = open_backend("faiss", BackendOptions(metric, rows.shape[1], defaults | parameters, lambda: rows))
    assert isinstance(backend, FaissBackend)
    return backend


def filled(rows: Matrix, metric: Metric = Metric.DOT, **parameters: int) -> FaissBackend:
    """Return a backend that has *rows*."""
    backend = opened(rows, metric, **parameters)
    backend.reserve(len(rows))
    backend.add(np.arange(len(rows)), rows)
    return backend


def nearest(metric: Metric, queries: Matrix, rows: Matrix, k: int) -> Labels:
    """Return the true nearest labels, in double precision."""
    wide, asked = rows.astype(np.float64), queries.astype(np.float64)
    scores = asked @ wide.T
    if metric is Metric.EUCLIDEAN:
        scores = -((asked[:, None] - wide[None]) ** 2).sum(axis=2)
    return np.argsort(-scores, axis=1)[:, :k]


def recall(found: Labels, truth: Labels) -> float:
    """Return the part of the true labels that was found."""
    return sum(len(np.intersect1d(mine, right)) for mine, right in zip(found, truth, strict=True)) / truth.size


@pytest.mark.parametrize("magnitude", [1e-38, 1e-7, 1.0, 1e6, 1e37])
@pytest.mark.parametrize("metric", [Metric.DOT, Metric.EUCLIDEAN])
def test_values_of_any_magnitude_are_compared(metric: Metric, magnitude: float) -> None:
    """Vectors far outside half precision's range are found as those within it are, with scores that are numbers."""
    rows = (vectors(500, SIZE) * np.float32(magnitude)).astype(np.float32)
    queries = (vectors(20, SIZE, seed=1) * np.float32(magnitude)).astype(np.float32)
    hits = filled(rows, metric).search(queries, 10, ef=100)

    assert recall(hits.labels, nearest(metric, queries, rows, 10)) > 0.95
    assert np.isfinite(hits.scores).all()
    assert (np.diff(hits.scores, axis=1) <= 0).all()


def test_zeros_settle_no_scale() -> None:
    """A first vector of zeros says nothing about how large the others are."""
    rows = vectors(200, SIZE) * np.float32(1e8)
    rows[0] = 0
    backend = opened(rows, Metric.EUCLIDEAN)
    backend.reserve(200)
    backend.add(np.arange(1), rows[:1])
    backend.add(np.arange(1, 200), rows[1:])

    assert backend.search(rows, 1, ef=50).labels[:, 0].tolist() == list(range(200))


def test_values_much_larger_than_the_first_are_cut() -> None:
    """What half precision cannot hold beside the first vectors is kept as its largest: never as infinity."""
    rows = vectors(200, SIZE)
    rows[100:] *= np.float32(1e30)
    backend = opened(rows, Metric.EUCLIDEAN)
    backend.reserve(200)
    backend.add(np.arange(100), rows[:100])
    backend.add(np.arange(100, 200), rows[100:])
    hits = backend.search(rows, 1, ef=50)

    assert hits.labels[:100, 0].tolist() == list(range(100))
    assert np.isfinite(hits.scores).all()


@pytest.mark.parametrize("metric", [Metric.DOT, Metric.EUCLIDEAN])
def test_nothing_is_compared_that_overflows(metric: Metric) -> None:
    """However large values are, half precision holds what is kept, and sums over 8,192 of them are numbers."""
    scale = Scale(metric)
    scale.rows(np.ones((1, 8192), np.float32))
    rows = scale.rows(np.full((1, 8192), 3e38, np.float32))
    queries, factors = scale.queries(np.full((1, 8192), -3e38, np.float32))

    assert factors is not None
    assert np.isfinite(rows.astype(np.float16)).all()
    if metric is Metric.DOT:
        raw = (queries * rows).sum(axis=1, dtype=np.float32, keepdims=True)
        assert np.isfinite(raw).all()
        assert np.isfinite(scores(raw, factors)).all()
    else:
        raw = ((queries - rows) ** 2).sum(axis=1, dtype=np.float32, keepdims=True)
        assert np.isfinite(raw).all()
        assert np.isfinite(scores(-raw, factors)).all()


def test_what_is_left_of_much_is_found() -> None:
    """However many of a cluster were removed, as many candidates are left as were asked for."""
    rows = clustered(3000, 64)
    backend = filled(rows)
    kept = np.random.default_rng(0).choice(3000, 300, replace=False)
    backend.remove(np.setdiff1d(np.arange(3000), kept))
    found = backend.search(rows[kept], 10, ef=20).labels
    truth = kept[nearest(Metric.DOT, rows[kept], rows[kept], 10)]

    assert np.isin(found, kept).all()
    assert recall(found, truth) > 0.95


def test_what_was_prepared_is_not_copied_again() -> None:
    """After preparing, vectors are added up to the capacity without moving those that are there."""
    rows = clustered(4000, SIZE)
    backend = opened(rows)
    held = moves = 0
    place = 0
    while held < len(rows):
        backend.prepare(held + 20)
        replaced = backend.reserve(held + 20)
        assert (replaced is not None) == (place != int(storage(backend).codes.data()))
        before = place = int(storage(backend).codes.data())
        links = int(backend._index.hnsw.neighbors.data())
        backend.add(np.arange(held, held + 20), rows[held : held + 20])
        held += 20
        place = int(storage(backend).codes.data())
        assert (before, links) == (place, int(backend._index.hnsw.neighbors.data()))
        moves += replaced is not None

    assert 3 <= moves <= 7
    assert recall(backend.search(rows[:50], 1, ef=50).labels, np.arange(50)[:, None]) == 1.0


def storage(backend: FaissBackend) -> object:
    """Return what holds the vectors."""
    import faiss

    return faiss.downcast_index(backend._index.storage)


def test_searches_go_on_while_room_is_prepared() -> None:
    """Preparing changes nothing that a search beside it could see."""
    rows = clustered(3000, 64)
    backend = filled(rows)
    before = backend.search(rows[:20], 10, ef=50).labels
    done, searched = threading.Event(), threading.Semaphore(0)
    differing: list[Labels] = []

    def search() -> None:
        while not done.is_set():
            found = backend.search(rows[:20], 10, ef=50).labels
            searched.release()
            if not np.array_equal(found, before):
                differing.append(found)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            backend._capacity = 0
            backend.prepare(6000)
            assert searched.acquire(timeout=30)
    finally:
        done.set()
        for thread in threads:
            thread.join(30)
    backend.reserve(6000)

    assert differing == []
    assert np.array_equal(backend.search(rows[:20], 10, ef=50).labels, before)


def test_every_thread_works_alone() -> None:
    """A thread that searches uses no others: the process decides how many calls run together."""
    import faiss

    backend = filled(ROWS)
    counts: list[int] = []

    def search() -> None:
        backend.search(ROWS[:50], 5, ef=50)
        counts.append(faiss.omp_get_max_threads())

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join(30)
    assert counts == [1, 1]


_MEASURE = """
import gc, sys
import numpy as np
from lensdex_index.engines.local.backends import backend_class, open_backend
from lensdex_index.engines.local.backends.base import BackendOptions
from lensdex_index.records import Metric

def anonymous():
    gc.collect()
    with open("/proc/self/smaps_rollup") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("Anonymous:"))

rows = np.load(sys.argv[1], mmap_mode="r")
parameters = {name: item.default for name, item in backend_class("faiss").PARAMETERS.items()} | {"ef_construction": 8}
backend = open_backend("faiss", BackendOptions(Metric.COSINE, rows.shape[1], parameters, lambda: rows))
before = anonymous()
for low in range(0, len(rows), 50):
    backend.prepare(low + 50)
    replaced = backend.reserve(low + 50)
    backend.add(np.arange(low, low + 50), rows[low : low + 50])
    del replaced
backend.search(rows[:1], 10, ef=80)
print((anonymous() - before) / len(rows))
"""


def test_memory_is_half_of_single_precision(tmp_path: Path) -> None:
    """A vector of 2,048 takes at most a quarter more than 4,240 bytes, however it came in."""
    np.save(tmp_path / "rows.npy", clustered(5000, 2048))
    command = [sys.executable, "-c", _MEASURE, str(tmp_path / "rows.npy")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)

    assert 2 * 2048 * 0.9 <= float(done.stdout) <= 1.25 * 4240


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Callable[[], FaissBackend], bytes]:
    """Give a function that opens an empty backend, and an image of one of 300 vectors on several floors."""

    def empty() -> FaissBackend:
        return opened(ROWS, Metric.EUCLIDEAN, m=4)

    full = empty()
    full.reserve(300)
    full.add(np.arange(300), ROWS[:300])
    full.remove(np.arange(21))
    return empty, written(full, tmp_path_factory.mktemp("image") / "whole")


def written(backend: FaissBackend, path: Path) -> bytes:
    """Return the backend's image."""
    backend.pour(str(path))
    with path.open("rb", buffering=0) as file:
        return b"".join(bytes(chunk) for chunk in backend.strained(file))


def test_an_image_is_the_graph(image: tuple[Callable[[], FaissBackend], bytes], tmp_path: Path) -> None:
    """A restored graph answers and writes what the saved one did, without what was removed, and takes what comes."""
    empty, good = image
    backend = empty()
    assert backend.restore(memoryview(good)).tolist() == list(range(21, 300))
    assert len(backend) == 279
    assert written(backend, tmp_path / "again") == good
    backend.prepare(310)
    backend.reserve(310)
    backend.add(np.arange(300, 310), ROWS[300:310])
    backend.remove(np.array([21, 309]))

    assert backend.search(ROWS[22:309], 1, ef=50).labels[:, 0].tolist() == list(range(22, 309))
    assert not np.isin(backend.search(ROWS, 400, ef=400).labels, [*range(22), 309]).any()


@pytest.mark.parametrize("count", [0, 1])
def test_the_smallest_images(count: int, tmp_path: Path) -> None:
    """A graph of nothing, or of one vector of zeros, is one too."""
    rows = np.zeros((1, SIZE), np.float32)
    backend = filled(rows[:count], Metric.EUCLIDEAN)
    image = written(backend, tmp_path / "image")
    restored = opened(rows, Metric.EUCLIDEAN)

    assert restored.restore(memoryview(image)).tolist() == list(range(count))
    assert len(restored) == count
    assert restored.search(rows, 1, ef=1).labels.tolist() == [[count - 1]]


def test_the_scale_outlives_a_restart(tmp_path: Path) -> None:
    """Vectors that come after a restart are kept on the scale of those before."""
    rows = vectors(200, SIZE) * np.float32(1e9)
    rows[100:] *= np.float32(4)
    image = written(filled(rows[:100], Metric.EUCLIDEAN), tmp_path / "image")
    backend = opened(rows, Metric.EUCLIDEAN)
    backend.restore(memoryview(image))
    backend.reserve(200)
    backend.add(np.arange(100, 200), rows[100:])

    assert backend.search(rows, 1, ef=50).labels[:, 0].tolist() == list(range(200))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.floats(0, 1, exclude_max=True), word=st.integers(0, 2**32 - 1) | st.integers(0, 400))
def test_an_image_never_leads_out_of_its_graph(
    image: tuple[Callable[[], FaissBackend], bytes], part: float, word: int
) -> None:
    """An image whose words were replaced is refused, or searched and added to without harm."""
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
    fresh = np.setdiff1d(np.arange(400), backend._labels)[:10]
    backend.reserve(310)
    backend.add(fresh, ROWS[fresh])
    assert len(backend) == len(labels) + len(fresh)


def test_links_stay_on_their_floor(image: tuple[Callable[[], FaissBackend], bytes]) -> None:
    """A link of an upper floor to an element that is not on it leads past that element's links: it is refused."""
    empty, good = image
    saved = read(memoryview(good), empty()._index, len(ROWS))
    high = int(np.flatnonzero(saved.floors > 1)[0])
    low = int(np.flatnonzero(saved.floors == 1)[0])
    first_link = len(good) - -(-300 // 8) - 4 * len(saved.links)
    at = first_link + 4 * (int(saved.starts[high]) + 2 * 4)
    changed = bytearray(good)
    changed[at : at + 4] = low.to_bytes(4, "little")

    with pytest.raises(ImageError, match="floor their ends are not on"):
        empty().restore(memoryview(bytes(changed)))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_an_image_cut_short_is_refused(image: tuple[Callable[[], FaissBackend], bytes], data: st.DataObject) -> None:
    """An image must be as long as it says."""
    empty, good = image
    with pytest.raises(ImageError):
        empty().restore(memoryview(good[: data.draw(st.integers(0, len(good) - 1))]))


def test_an_image_of_other_parameters_is_refused(
    image: tuple[Callable[[], FaissBackend], bytes], tmp_path: Path
) -> None:
    """A graph of another m, or of labels the view does not have, is not this one's."""
    _, good = image
    with pytest.raises(ImageError, match="4 links each instead of 5"):
        opened(ROWS, Metric.EUCLIDEAN, m=5).restore(memoryview(good))
    with pytest.raises(ImageError, match="more vectors than there are"):
        opened(ROWS[:299], Metric.EUCLIDEAN, m=4).restore(memoryview(good))
    sparse = opened(ROWS)
    sparse.reserve(2)
    sparse.add(np.array([7, 300]), ROWS[[7, 300]])
    with pytest.raises(ImageError, match="labels without a vector"):
        opened(ROWS[:300]).restore(memoryview(written(sparse, tmp_path / "image")))


def test_nothing_is_imported_that_was_not_chosen(tmp_path: Path) -> None:
    """Serving other backends loads no faiss."""
    code = (
        "import sys; from pathlib import Path; from lensdex_index.engines import open_engine; "
        "from lensdex_index.engines.options import EngineOptions; "
        f"engine = open_engine('local', EngineOptions(Path({str(tmp_path / 'data')!r}))); engine.recover(); "
        "engine.resolve_backend('hnsw', {}, 'parameters'); engine.close(); print('faiss' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture
def uninstall(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give a function after which faiss is not installed."""

    def _uninstall() -> None:
        for name in [name for name in sys.modules if name.startswith("lensdex_index.engines.local.backends.faiss")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "faiss", None)

    return _uninstall


def test_a_missing_library_is_told_with_the_remedy(tmp_path: Path, uninstall: Callable[[], None]) -> None:
    """Without faiss its backend is refused, by name and as the default, saying what to install; others go on."""
    uninstall()
    engine = open_local(tmp_path / "data")
    with pytest.raises(InvalidBackendError, match=r"pip install 'lensdex-index\[faiss\]'") as refused:
        engine.resolve_backend("faiss", {}, "parameters")
    assert refused.value.facts() == {"backend": "faiss", "known": "exact,faiss,hnsw"}
    put(make(engine), ["a"], vectors(1))
    engine.close()
    with pytest.raises(StartError, match=r"pip install 'lensdex-index\[faiss\]'"):
        open_local(tmp_path / "data", default_backend="faiss")


def test_a_collection_whose_library_is_gone_waits_for_it(
    tmp_path: Path, uninstall: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collection of a missing backend is not served, and says why; it is whole once the library is back."""
    engine = open_local(tmp_path / "data")
    put(make(engine, view(engine, backend="faiss"), name="things"), ["a"], vectors(1))
    put(make(engine, name="others"), ["b"], vectors(1))
    engine.close()
    uninstall()
    engine = open_local(tmp_path / "data")
    with pytest.raises(CorruptedError, match=r"pip install 'lensdex-index\[faiss\]'"):
        engine.collection("things")
    assert find(engine.collection("others"), vectors(1), 1)[0][0][0] == "b"
    engine.close()
    monkeypatch.undo()
    engine = open_local(tmp_path / "data")
    assert find(engine.collection("things"), vectors(1), 1)[0][0][0] == "a"
    engine.close()
