"""How far a reindexing has come. Plain data; knows nobody."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What it is doing, in this order. Values are the contract's names."""

    BUILDING = "PHASE_BUILDING"
    SAVING = "PHASE_SAVING"
    SWITCHING = "PHASE_SWITCHING"


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of it. Neither phases nor *num_vectors_done* ever go back."""

    phase: Phase
    num_vectors_done: int
    """Vectors in the new graph."""
    num_vectors: int
    """Of how many; grows as records are written."""
    seconds_left: float | None
    """Estimated, of building; None: not known yet."""
