"""The vectors that index benchmarks use, and the metadata of their records. The same seed gives the same. Needs numpy only.

Unit vectors lie around the centres of a thousand concepts, which lie around those of forty subjects, as embeddings of
concepts within subjects do. A record's metadata has its concept, its subject, and a lot, which has nothing to do with them.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

CONCEPTS: Final = 1_000
SUBJECTS: Final = 40
LOTS: Final = 1_000_000
SPREAD: Final = 0.8
"""Of concepts around their subject and of vectors around their concept, in standard deviations of the subjects."""
BLOCK: Final = 4_096


class Centres:
    """Where the concepts lie."""

    def __init__(self, dimension: int) -> None:
        random = np.random.default_rng(0)
        subjects = random.standard_normal((SUBJECTS, dimension))
        concepts = random.standard_normal((CONCEPTS, dimension))
        self._centres = subjects.repeat(CONCEPTS // SUBJECTS, axis=0) + SPREAD * concepts

    def around(self, concepts: Whole, random: np.random.Generator) -> Matrix:
        """Return a unit vector near each of *concepts*, shape (concepts, dimension)."""
        rows = self._centres[concepts] + SPREAD * random.standard_normal((len(concepts), self._centres.shape[1]))
        found: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return found


def clustered(count: int, dimension: int, *, seed: int) -> tuple[Matrix, Whole]:
    """Return vectors, shape (count, dimension), and the concept of each, shape (count,)."""
    centres, random = Centres(dimension), np.random.default_rng(seed)
    concepts = random.integers(0, CONCEPTS, count)
    vectors = np.empty((count, dimension), dtype=np.float32)
    for low in range(0, count, BLOCK):
        vectors[low : low + BLOCK] = centres.around(concepts[low : low + BLOCK], random)
    return vectors, concepts


def lots(count: int) -> Whole:
    """Return a lot for each of *count* records."""
    return np.random.default_rng(7).integers(0, LOTS, count)


def metadata(lot: int, concept: int) -> dict[str, Any]:
    """Return a record's metadata."""
    return {"lot": int(lot), "concept": f"c{concept}", "subject": f"s{concept // (CONCEPTS // SUBJECTS)}"}
