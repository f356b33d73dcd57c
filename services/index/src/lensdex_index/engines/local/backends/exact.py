"""The exact backend: scans the view's own rows. It keeps no vectors, only which labels can be found. The oracle."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends.base import BackendOptions, Hits, Trait
from lensdex_index.engines.local.backends.image import ImageError, Source
from lensdex_index.engines.parameters import Parameter
from lensdex_index.engines.scan import Mask
from lensdex_index.records import Labels, Matrix


class ExactBackend:
    """Compares with every vector; time grows with their number."""

    PARAMETERS: ClassVar[Mapping[str, Parameter]] = {}
    traits = frozenset({Trait.EXACT, Trait.FULL_PRECISION})

    def __init__(self, options: BackendOptions) -> None:
        self._options = options
        self._visible = np.zeros(0, dtype=np.bool_)
        self._end = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def search(self, queries: Matrix, k: int, *, ef: int, allowed: Mask | None = None) -> Hits:  # noqa: ARG002  nothing to trade
        visible = self._visible[: self._end]
        if allowed is not None:
            visible = visible & allowed[: self._end]
        answers = scan.nearest(self._options.metric, queries, self._options.rows(), k, start=0, visible=visible)
        width = max(k, *(len(found) for found, _ in answers))
        labels = np.full((len(queries), width), -1, dtype=np.int64)
        scores = np.zeros((len(queries), width), dtype=np.float32)
        for at, (found, values) in enumerate(answers):
            labels[at, : len(found)] = found
            scores[at, : len(found)] = values
        return Hits(labels, scores)

    def prepare(self, num_vectors: int) -> None:
        """Do nothing: a flag per label grows as labels come."""

    def reserve(self, num_vectors: int) -> object:
        """Do nothing, as before."""

    def add(self, labels: Labels, vectors: Matrix) -> None:  # noqa: ARG002  the row source has them
        if not len(labels):
            return
        end = int(labels.max()) + 1
        if end > len(self._visible):
            grown = np.zeros(max(end, 2 * len(self._visible)), dtype=np.bool_)
            grown[: len(self._visible)] = self._visible
            self._visible = grown
        self._visible[labels] = True
        self._end = max(self._end, end)
        self._count += len(labels)

    def remove(self, labels: Labels) -> None:
        self._visible[labels] = False
        self._count -= len(labels)

    @property
    def image_format(self) -> str:
        return ""

    def pour(self, path: str) -> None:
        """Write nothing: which labels can be found is told by who adds them."""

    def strained(self, source: Source) -> Iterable[bytes | memoryview]:  # noqa: ARG002  see pour
        return ()

    def restore(self, image: memoryview) -> Labels:  # noqa: ARG002  see pour
        raise ImageError("this backend has no images")
