"""The hnsw backend: hnswlib's graph. The only file that imports hnswlib; everything odd about that library ends here.

Odd, and how it is met:
- ``set_ef`` is one number for all threads. It stays at 1, and a search asks for max(k, ef) neighbours instead and keeps
  k: the same work, and callers with different ef never disturb each other.
- ``knn_query`` raises when it reaches fewer than it was asked for. Then each query is tried alone with less and less.
- Its own filter calls Python for every vector it meets, which takes hundreds of times as long as meeting them. So more
  are found, and those that are not allowed dropped.
- ``save_index`` and ``__setstate__`` hold the interpreter, for seconds where vectors are a gigabyte. The one is for a
  forked child (``pour``), the other for the time before anybody is served (``restore``).
- Updating in place is several times slower than adding, so labels are never used twice; removed ones are only marked.
"""

import threading
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import ClassVar

import hnswlib
import numpy as np

from lensdex_index.engines.local.backends import hnsw_image
from lensdex_index.engines.local.backends.base import BackendOptions, Hits, Parameter, Trait
from lensdex_index.engines.local.backends.image import Source
from lensdex_index.engines.local.backends.masking import first_allowed
from lensdex_index.engines.local.scan import Mask
from lensdex_index.records import Labels, Matrix, Metric, Scores

_FIRST_CAPACITY = 1024
_SEED = 20


class HnswBackend:
    """Approximate nearest neighbours by walking a graph; memory holds a second copy of every vector."""

    PARAMETERS: ClassVar[Mapping[str, Parameter]] = {
        "m": Parameter(16, 2, 128),
        "ef_construction": Parameter(200, 8, 4096),
        "ef": Parameter(80, 1, 4096),
    }
    traits: frozenset[Trait] = frozenset({Trait.CONCURRENT_ADDS, Trait.FULL_PRECISION})

    def __init__(self, options: BackendOptions) -> None:
        self._options = options
        self._euclidean = options.metric is Metric.EUCLIDEAN
        self._index = self._empty(_FIRST_CAPACITY)
        self._count = 0
        self._counting = threading.Lock()

    def __len__(self) -> int:
        return self._count

    def search(self, queries: Matrix, k: int, *, ef: int, allowed: Mask | None = None) -> Hits:
        if allowed is not None:
            return first_allowed(self.search(queries, max(k, ef), ef=ef), allowed, k)
        width = min(max(k, ef), self._count)
        labels = np.full((len(queries), k), -1, dtype=np.int64)
        scores = np.zeros((len(queries), k), dtype=np.float32)
        if width and len(queries):
            try:
                found, distances = self._index.knn_query(queries, k=width, num_threads=1)
            except RuntimeError:
                for at, query in enumerate(queries):
                    self._search_alone(query[None], width, labels[at], scores[at])
            else:
                kept = min(k, width)
                labels[:, :kept] = found[:, :kept].astype(np.int64)
                scores[:, :kept] = self._scores(distances[:, :kept])
        return Hits(labels, scores)

    def prepare(self, num_vectors: int) -> None:
        """Do nothing: hnswlib grows in place, and nobody may search meanwhile."""

    def reserve(self, num_vectors: int) -> object:
        if num_vectors > self._index.max_elements:
            # Geometric: growing copies, so it must stay rare.
            self._index.resize_index(max(num_vectors, 2 * self._index.max_elements))
        return None

    def add(self, labels: Labels, vectors: Matrix) -> None:
        if len(labels):
            self._index.add_items(vectors, labels, num_threads=1)
            with self._counting:
                self._count += len(labels)

    def remove(self, labels: Labels) -> None:
        for label in labels.tolist():
            self._index.mark_deleted(label)
        self._count -= len(labels)

    @property
    def image_format(self) -> str:
        return f"hnswlib {version('hnswlib')}, links and labels"

    def pour(self, path: str) -> None:
        self._index.save_index(path)

    def strained(self, source: Source) -> Iterable[bytes | memoryview]:
        return hnsw_image.strained(source, self._options.dimension)

    def restore(self, image: memoryview) -> Labels:
        count = hnsw_image.num_elements(image, self._options.dimension)
        (own,) = self._empty(max(count, _FIRST_CAPACITY)).__getstate__()
        state, labels = hnsw_image.state(image, self._options.rows(), own)
        restored = hnswlib.Index.__new__(hnswlib.Index)
        restored.__setstate__((state,))
        self._index = restored
        self._count = len(labels)
        return labels

    def _empty(self, capacity: int) -> hnswlib.Index:
        index = hnswlib.Index(space="l2" if self._euclidean else "ip", dim=self._options.dimension)
        index.init_index(
            max_elements=capacity,
            M=self._options.parameters["m"],
            ef_construction=self._options.parameters["ef_construction"],
            random_seed=_SEED,
        )
        index.set_ef(1)
        return index

    def _search_alone(self, query: Matrix, width: int, labels: Labels, scores: Scores) -> None:
        while width:
            try:
                found, distances = self._index.knn_query(query, k=width, num_threads=1)
            except RuntimeError:
                width //= 2
                continue
            kept = min(len(labels), width)
            labels[:kept] = found[0, :kept].astype(np.int64)
            scores[:kept] = self._scores(distances[0, :kept])
            return

    def _scores(self, distances: Scores) -> Scores:
        return 0.0 - distances if self._euclidean else 1.0 - distances
