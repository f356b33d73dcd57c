"""Snapshots as plain data. Knows no message and no channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lensdex_client.collection import Collection


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One file of the index with everything a collection had at one moment."""

    name: str
    """Given by the index and made of what is in it: the same file has the same name everywhere."""
    collection: str
    """The name its collection had."""
    create_time: datetime
    """UTC: the moment it shows."""
    sequence: int
    """Of the last write that is in it."""
    num_records: int
    num_bytes: int
    sha256: str
    """Hex, over the file but its last 32 bytes, which are this checksum."""
    problem: str = ""
    """What is wrong with the file as far as its length and end tell; then what is in it is unknown."""


@dataclass(frozen=True, slots=True)
class SnapshotPage:
    """One page of snapshots, in the order of their names: by collection, then by time."""

    snapshots: Sequence[Snapshot]
    next_page_token: str
    """Empty: this was the last page."""


class SnapshotPhase(StrEnum):
    """What is being done: the first two of making a snapshot, the next two of restoring one, in this order.

    Values are the contract's names, but for the last.
    """

    COPYING = "PHASE_COPYING"
    SEALING = "PHASE_SEALING"
    CHECKING = "PHASE_CHECKING"
    OPENING = "PHASE_OPENING"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class SnapshotProgress:
    """How far the making or restoring of a snapshot is."""

    phase: SnapshotPhase
    part_done: float
    """0 to 1, of this phase."""
    snapshot: Snapshot | None = None
    """What was made; of the last one alone."""
    collection: Collection | None = None
    """What was restored; of the last one alone."""


OnBytes = Callable[[int, int], None]
"""Hears how many bytes of how many have been transferred."""


def no_matter(num_bytes: int, total: int) -> None:
    """Hear and forget."""
