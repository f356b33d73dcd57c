"""A view's graph at one moment, with all that must be known to go on with it: what saving takes and restoring gives."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.backends.base import Backend
from lensdex_index.records import Labels, Matrix, ViewSpec


@dataclass(frozen=True, slots=True)
class Frozen:
    """A graph at one moment, and what belongs to it. Arrays are not changed any more; the graph is."""

    spec: ViewSpec
    """Of the view, then."""
    graph: Backend
    sequence: int
    """Published then: every slot was born by it."""
    rows: Matrix
    labels: Labels
    """Of the slots the graph covers."""
    inside: npt.NDArray[np.bool_]
    """Which of them it has and finds."""
    num_removed: int
    """How many more it has, marked."""
    strays: Labels
    audited: tuple[int, int]
    changes: int
