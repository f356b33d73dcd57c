"""The faiss backend: faiss's HNSW graph over vectors in half precision. With ``faiss_image`` all that imports faiss.

Half the memory of hnswlib's and faster, since a query reads half the bytes. Odd, and how it is met:
- Nothing can be removed. Removed vectors stay in the graph as steps on the way, and a bitmap keeps them out of answers;
  as they take places among the candidates, more of those are kept.
- Ids are positions, in the order of adding. Labels are kept beside.
- Its vectors grow by doubling, and copy: half a second where there is a gigabyte. ``prepare`` has a larger copy made
  beside the searches; ``reserve`` changes over.
- It spreads work over OpenMP's threads, a number each thread has of its own: every thread that comes here sets it to
  one. Its OpenBLAS, which does not survive a fork at work, is used by nothing that is called here.
- It asks the interpreter for signals amid a search, and waits for its lock to do so. That is switched off.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

import faiss
import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.backends import faiss_image
from lensdex_index.engines.local.backends.base import BackendOptions, Hits, Trait
from lensdex_index.engines.local.backends.faiss_scale import Scale, scores
from lensdex_index.engines.local.backends.image import Source
from lensdex_index.engines.local.backends.masking import first_allowed
from lensdex_index.engines.parameters import Parameter
from lensdex_index.engines.scan import Mask
from lensdex_index.records import Labels, Matrix, Metric

_FIRST_CAPACITY: Final = 256
_MARGIN: Final = 32
"""A graph counts as full this part before it is: upper floors come by chance, and some more than last time."""
_ABSENT: Final = -1

_thread = threading.local()

faiss.InterruptCallback.clear_instance()


class FaissBackend:
    """Approximate nearest neighbours by walking a graph; memory holds a copy of every vector at half its size."""

    PARAMETERS: ClassVar[Mapping[str, Parameter]] = {
        "m": Parameter(16, 2, 128),
        "ef_construction": Parameter(200, 8, 4096),
        "ef": Parameter(80, 1, 4096),
    }
    traits: frozenset[Trait] = frozenset()

    def __init__(self, options: BackendOptions) -> None:
        self._options = options
        self._euclidean = options.metric is Metric.EUCLIDEAN
        self._scale = Scale(options.metric)
        self._index = self._empty()
        self._capacity = 0
        """Vectors for which adding copies nothing."""
        self._grown: tuple[faiss.IndexHNSW, int] | None = None
        """What ``reserve`` changes over to, and its capacity."""
        self._removed = 0
        # By position.
        self._labels: Labels = np.empty(0, dtype=np.int64)
        self._findable: npt.NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        """A bit each, lowest first; set too where nothing has been added yet."""
        # By label.
        self._positions: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)

    def __len__(self) -> int:
        return int(self._index.ntotal) - self._removed

    def search(self, queries: Matrix, k: int, *, ef: int, allowed: Mask | None = None) -> Hits:
        if allowed is not None:
            # A selector of its own would let in what was met and not kept.
            return first_allowed(self.search(queries, max(k, ef), ef=ef), allowed, k)
        findable = len(self)
        if not findable or not len(queries):
            return _padded(Hits(*np.empty((2, len(queries), 0))), k)
        held = self._index.ntotal
        # Of the candidates it keeps, as many as it would keep were there no others are to count.
        candidates = min(held, -(-max(k, ef) * held // findable))
        width = min(k, held)
        scaled, factors = self._scale.queries(queries)
        _use_one_thread()
        selector = faiss.IDSelectorBitmap(self._findable) if self._removed else None
        parameters = faiss.SearchParametersHNSW(efSearch=candidates, sel=selector)
        raw, positions = self._index.search(scaled, width, params=parameters)
        hits = Hits(self._labels[positions], scores(0.0 - raw if self._euclidean else raw, factors))
        absent = positions < 0
        hits.labels[absent], hits.scores[absent] = _ABSENT, 0.0
        return _padded(hits, k)

    def prepare(self, num_vectors: int) -> None:
        if num_vectors > self._capacity:
            self._grown = self._grow(num_vectors)

    def reserve(self, num_vectors: int) -> object:
        replaced = None
        if self._grown is not None:
            replaced, (self._index, self._capacity), self._grown = self._index, self._grown, None
        if num_vectors > len(self._labels):
            held = self._index.ntotal
            capacity = max(num_vectors, 2 * len(self._labels), _FIRST_CAPACITY)
            self._labels = _longer(self._labels, held, capacity, 0)
            self._findable = _longer(self._findable, len(self._findable), -(-capacity // 8), 0xFF)
        return replaced

    def add(self, labels: Labels, vectors: Matrix) -> None:
        if not len(labels):
            return
        held = self._index.ntotal
        end = int(labels.max()) + 1
        if end > len(self._positions):
            capacity = max(end, 2 * len(self._positions))
            self._positions = _longer(self._positions, len(self._positions), capacity, _ABSENT)
        self._labels[held : held + len(labels)] = labels
        self._positions[labels] = np.arange(held, held + len(labels), dtype=np.int32)
        _use_one_thread()
        self._index.add(self._scale.rows(vectors))

    def remove(self, labels: Labels) -> None:
        positions = self._positions[labels]
        bits = np.left_shift(1, positions & 7).astype(np.uint8)
        np.bitwise_and.at(self._findable, positions >> 3, ~bits)
        self._removed += len(labels)

    @property
    def image_format(self) -> str:
        return f"faiss {faiss.__version__}, links and labels"

    def pour(self, path: str) -> None:
        held = self._index.ntotal
        findable = self._findable[: -(-held // 8)]
        faiss_image.write(path, self._index, self._labels[:held], findable, exponent=self._scale.exponent)

    def strained(self, source: Source) -> Iterable[bytes | memoryview]:
        return faiss_image.strained(source)

    def restore(self, image: memoryview) -> Labels:
        _use_one_thread()
        rows = self._options.rows()
        index = self._empty()
        saved = faiss_image.read(image, index, len(rows))
        scale = Scale(self._options.metric, saved.exponent)
        faiss_image.fill(index, saved, lambda labels: scale.rows(rows[labels]))
        held = len(saved.labels)
        self._scale, self._index, self._capacity = scale, index, held
        self._removed = held - int(np.count_nonzero(saved.findable))
        self._labels = saved.labels
        self._findable = np.packbits(saved.findable, bitorder="little")
        self._positions = np.full(int(saved.labels.max(initial=-1)) + 1, _ABSENT, dtype=np.int32)
        self._positions[saved.labels] = np.arange(held, dtype=np.int32)
        # Bits past the end are of what comes.
        self._findable[held // 8 :] |= np.uint8(0xFF << held % 8 & 0xFF)
        return saved.labels[saved.findable]

    def _empty(self) -> faiss.IndexHNSW:
        metric = faiss.METRIC_L2 if self._euclidean else faiss.METRIC_INNER_PRODUCT
        storage = faiss.IndexScalarQuantizer(self._options.dimension, faiss.ScalarQuantizer.QT_fp16, metric)
        index = faiss.IndexHNSW(storage, self._options.parameters["m"])
        index.hnsw.efConstruction = self._options.parameters["ef_construction"]
        return index

    def _grow(self, num_vectors: int) -> tuple[faiss.IndexHNSW, int]:
        """Return a copy of the graph with room for *num_vectors*, or for twice as many as it has."""
        held = self._index.ntotal
        index = faiss.clone_index(self._index)
        storage = faiss.downcast_index(index.storage)
        wanted = max(num_vectors, _FIRST_CAPACITY) + num_vectors // _MARGIN
        per_vector = (
            (storage.codes, storage.code_size),
            (index.hnsw.neighbors, index.hnsw.nb_neighbors(0) + 1),
            (index.hnsw.offsets, 1),
            (index.hnsw.levels, 1),
        )
        for vector, size in per_vector:
            # What is left when it shrinks is its capacity. It grows by doubling at least, and room that nothing was
            # written to is no memory yet.
            now = vector.size()
            vector.resize(max(size * wanted, now + 1))
            vector.resize(now)
        return index, max(num_vectors, _FIRST_CAPACITY, 2 * held - held // _MARGIN)


def _use_one_thread() -> None:
    if not getattr(_thread, "is_set", False):
        faiss.omp_set_num_threads(1)
        _thread.is_set = True


def _padded(hits: Hits, k: int) -> Hits:
    """Return *hits* as wide as *k*."""
    missing = k - hits.labels.shape[1]
    if not missing:
        return hits
    shape = (len(hits.labels), missing)
    labels = np.hstack((hits.labels, np.full(shape, _ABSENT))).astype(np.int64)
    return Hits(labels, np.hstack((hits.scores, np.zeros(shape))).astype(np.float32))


def _longer(array: npt.NDArray[Any], size: int, capacity: int, fill: int) -> npt.NDArray[Any]:
    longer = np.full(capacity, fill, dtype=array.dtype)
    longer[:size] = array[:size]
    return longer
