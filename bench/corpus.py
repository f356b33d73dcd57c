"""What the search benchmark searches, as files: vectors, their metadata, queries, and the true nearest of each query.

Peers read the files in environments of their own: reading needs numpy only, writing the index for its exact scan.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from clusters import Matrix, Whole, clustered, lots, metadata

K: Final = 10
NAMES: Final = ("rows", "concepts", "lots", "queries", "truth")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Records 0 to count - 1, and queries."""

    folder: Path
    rows: Matrix
    """Unit vectors, shape (count, dimension); mapped, not read."""
    concepts: Whole
    lots: Whole
    queries: Matrix
    """Unit vectors, shape (queries, dimension)."""
    truth: Whole
    """The K nearest rows of each query, best first."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what was written to *folder*."""
        modes = ("r" if name == "rows" else None for name in NAMES)
        return cls(folder, *(np.load(folder / f"{name}.npy", mode) for name, mode in zip(NAMES, modes, strict=True)))

    def metadata(self, place: int) -> dict[str, Any]:
        """Return the metadata of a record."""
        return metadata(self.lots[place], self.concepts[place])

    def recall(self, found: Matrix | Whole | list[list[int]]) -> float:
        """Return the part of the true nearest among *found*, K or fewer rows for each of the first queries."""
        pairs = zip(self.truth, found, strict=False)
        return float(np.mean([len(set(map(int, right)) & set(map(int, got))) / K for right, got in pairs]))


def write(folder: Path, *, count: int, dimension: int, queries: int) -> Corpus:
    """Write a corpus to *folder* and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, concepts = clustered(count, dimension, seed=1)
    probes, _ = clustered(queries, dimension, seed=2)
    arrays = (rows, concepts, lots(count), probes, nearest(rows, probes))
    for name, array in zip(NAMES, arrays, strict=True):
        np.save(folder / f"{name}.npy", array)
    return Corpus.read(folder)


def nearest(rows: Matrix, queries: Matrix) -> Whole:
    """Return the K rows nearest to each query by cosine, best first, shape (queries, K)."""
    from lensdex_index.engines import scan
    from lensdex_index.records import Metric

    seen = np.ones(len(rows), dtype=np.bool_)
    truth = [
        labels[:K]
        for low in range(0, len(queries), 100)
        for labels, _ in scan.nearest(Metric.COSINE, queries[low : low + 100], rows, K, start=0, visible=seen)
    ]
    return np.array(truth)
