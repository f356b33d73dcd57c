"""The conformance suite of index backends: every backend passes all of it, save what a trait it lacks excuses."""

from collections.abc import Callable

import numpy as np
import pytest
from index_testing import clustered, vectors

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends import KNOWN_BACKENDS, backend_class, open_backend
from lensdex_index.engines.local.backends.base import Backend, BackendOptions, Hits, Trait
from lensdex_index.records import Labels, Matrix, Metric

RECALL_FLOORS = {
    "exact": {},
    # A graph may miss some: hnsw is excused from EXACT, and held to this recall@10 on clustered data instead, by ef.
    "hnsw": {40: 0.85, 160: 0.97},
    # As hnsw.
    "faiss": {40: 0.85, 160: 0.97},
}
"""Per backend: no floors means it must be exact."""

Open = Callable[..., Backend]


@pytest.fixture(params=sorted(RECALL_FLOORS))
def name(request: pytest.FixtureRequest) -> str:
    """Give the name of each backend."""
    return request.param


@pytest.fixture
def filled(name: str) -> Open:
    """Give a function that opens a backend holding *rows* under the labels of their rows."""

    def _open(rows: Matrix, metric: Metric = Metric.DOT, labels: Labels | None = None) -> Backend:
        parameters = {key: item.default for key, item in backend_class(name).PARAMETERS.items()}
        backend = open_backend(name, BackendOptions(metric, rows.shape[1], parameters, lambda: rows))
        backend.reserve(len(rows))
        labels = np.arange(len(rows)) if labels is None else labels
        backend.add(labels, rows[labels])
        return backend

    return _open


def recall(hits: Hits, truth: list[Labels]) -> float:
    """Return the part of the true labels that was found."""
    found = sum(len(np.intersect1d(mine, right)) for mine, right in zip(hits.labels, truth, strict=True))
    return found / sum(len(right) for right in truth)


def exact(metric: Metric, queries: Matrix, rows: Matrix, k: int) -> list[Labels]:
    """Return the true nearest labels."""
    visible = np.ones(len(rows), dtype=np.bool_)
    return [labels for labels, _ in scan.nearest(metric, queries, rows, k, start=0, visible=visible)]


def test_every_backend_is_in_the_suite() -> None:
    """A backend that is registered is tested here."""
    assert sorted(RECALL_FLOORS) == sorted(KNOWN_BACKENDS)


@pytest.mark.parametrize("metric", Metric)
def test_finds_the_nearest(name: str, filled: Open, metric: Metric) -> None:
    """An exact backend finds the true nearest; any other reaches its recall floors on clustered vectors."""
    rows = clustered(3000, 256)
    queries = clustered(50, 256, seed=0) + 0.02 * vectors(50, 256, seed=2)
    backend = filled(rows, metric)
    truth = exact(metric, queries, rows, 10)
    if Trait.EXACT in backend.traits:
        assert recall(backend.search(queries, 10, ef=1), truth) == 1.0
    else:
        assert RECALL_FLOORS[name]
    for ef, floor in RECALL_FLOORS[name].items():
        assert recall(backend.search(queries, 10, ef=ef), truth) >= floor


@pytest.mark.parametrize("metric", Metric)
def test_scores_are_those_of_the_metric(filled: Open, metric: Metric) -> None:
    """Scores fall from hit to hit and are the view's, within the tolerance of the precision that is compared in."""
    rows, queries = clustered(200, 16), clustered(3, 16, seed=5)
    backend = filled(rows, metric)
    hits = backend.search(queries, 5, ef=50)
    # faiss keeps half precision: 11 bits of each value. The view scores what it finds again.
    tolerance = 1e-5 if Trait.FULL_PRECISION in backend.traits else 1e-3

    assert hits.labels.dtype == np.int64
    assert hits.labels.shape == hits.scores.shape == (3, 5)
    assert (np.diff(hits.scores, axis=1) <= 0).all()
    for query, labels, scores in zip(queries, hits.labels, hits.scores, strict=True):
        assert np.allclose(scores, scan.score_rows(metric, query, rows[labels]), atol=tolerance)


def test_fewer_than_k_are_padded(filled: Open) -> None:
    """Where there are fewer than k vectors, the rest of the labels is -1."""
    hits = filled(vectors(3)).search(vectors(2), 5, ef=100)

    assert (np.sort(hits.labels, axis=1)[:, :2] == -1).all()
    assert [sorted(labels[labels >= 0]) for labels in hits.labels] == [[0, 1, 2], [0, 1, 2]]


def test_an_empty_backend_finds_nothing(filled: Open) -> None:
    """Searching, adding nothing and removing nothing are allowed on an empty backend."""
    backend = filled(np.empty((0, 8), np.float32))
    nothing = np.empty(0, dtype=np.int64)
    backend.add(nothing, np.empty((0, 8), np.float32))
    backend.remove(nothing)

    assert len(backend) == 0
    assert (backend.search(vectors(2), 3, ef=10).labels == -1).all()


def test_removed_labels_are_never_found(filled: Open) -> None:
    """A removed label is not answered, even when it is the nearest and when everything else is asked for."""
    rows = vectors(60)
    backend = filled(rows)
    backend.remove(np.arange(0, 60, 2))
    hits = backend.search(rows, 60, ef=100)

    assert len(backend) == 30
    assert (hits.labels[hits.labels >= 0] % 2 == 1).all()


def test_removing_all_leaves_nothing(filled: Open) -> None:
    """A backend whose every label was removed finds nothing, and takes new ones."""
    rows = vectors(20)
    backend = filled(rows, labels=np.arange(10))
    backend.remove(np.arange(10))
    assert (backend.search(rows, 3, ef=10).labels == -1).all()
    backend.add(np.arange(10, 20), rows[10:])
    assert set(backend.search(rows[10:], 1, ef=10).labels[:, 0].tolist()) <= set(range(10, 20))


@pytest.mark.parametrize("part", [0.5, 0.1, 0.0])
def test_only_allowed_labels_are_found(name: str, filled: Open, part: float) -> None:
    """Under a mask no other label is answered; those that are stand best first, scored as ever, and are the nearest."""
    rows = clustered(2_000, 32)
    queries = clustered(20, 32, seed=5)
    allowed = np.random.default_rng(2).random(2_000) < part
    backend = filled(rows)
    backend.remove(np.arange(50))
    hits = backend.search(queries, 10, ef=160 if part == 0.5 else 1_600, allowed=allowed)
    there = hits.labels >= 0
    alive = allowed.copy()
    alive[:50] = False
    truth = [labels[:10] for labels, _ in scan.nearest(Metric.DOT, queries, rows, 10, start=0, visible=alive)]

    assert alive[hits.labels[there]].all()
    assert np.all(np.diff(hits.scores, axis=1)[there[:, 1:]] <= 1e-6)
    assert np.all(there[:, :-1] >= there[:, 1:])
    scores = np.einsum("ij,ikj->ik", queries, rows[hits.labels])
    near = 1e-5 if Trait.FULL_PRECISION in backend.traits else 2e-3
    assert np.allclose(scores[there], hits.scores[there], rtol=1e-4, atol=near)
    if part:
        assert recall(hits, truth) >= (1.0 if Trait.EXACT in backend.traits else 0.95), name
    else:
        assert not there.any()


def test_labels_may_have_gaps(filled: Open) -> None:
    """Labels come in any order and with gaps, in several additions."""
    rows = vectors(100)
    backend = filled(rows, Metric.EUCLIDEAN, labels=np.array([50, 3]))
    backend.add(np.array([99, 7]), rows[[99, 7]])
    found = backend.search(rows[[50, 3, 99, 7]], 1, ef=10)

    assert found.labels[:, 0].tolist() == [50, 3, 99, 7]


@pytest.mark.parametrize("prepared", [False, True])
def test_growing_past_what_was_reserved_first(filled: Open, *, prepared: bool) -> None:
    """Reserving more keeps what was added and what was removed, prepared or not."""
    rows = vectors(3000)
    backend = filled(rows, Metric.EUCLIDEAN, labels=np.arange(100))
    backend.remove(np.arange(50, 60))
    for low in range(100, 3000, 500):
        labels = np.arange(low, min(low + 500, 3000))
        if prepared:
            backend.prepare(len(backend) + 10 + len(labels))
        backend.reserve(len(backend) + 10 + len(labels))
        backend.add(labels, rows[labels])

    assert len(backend) == 2990
    assert not np.isin(backend.search(rows[50:60], 10, ef=50).labels, np.arange(50, 60)).any()
    assert backend.search(rows[[0, 2999]], 1, ef=50).labels[:, 0].tolist() == [0, 2999]
