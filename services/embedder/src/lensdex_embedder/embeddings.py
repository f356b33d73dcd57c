"""From pooled hidden states to embeddings: cut (Matryoshka), then normalised. Pure numpy; knows no model."""

import numpy as np
import numpy.typing as npt

MIN_DIMENSION = 64
"""Smallest dimension the published models were trained to be cut to."""


def cut_and_normalise(pooled: npt.NDArray[np.float32], dimension: int) -> npt.NDArray[np.float32]:
    """Return the first *dimension* values of each row, divided by their Euclidean norm.

    *pooled* has shape (count, hidden size), the result (count, dimension), both float32. A row of zeros stays zeros.
    """
    cut = pooled[:, :dimension].astype(np.float64)
    norms = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.asarray(cut / np.maximum(norms, 1e-12), dtype=np.float32)
