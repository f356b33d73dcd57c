"""Snapshots: what an engine promises that makes them. Plain data, and the part of seam one that is about them.

A snapshot is one file: everything a collection had at one moment, with a checksum. Knows nobody but plain data.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lensdex_index.records import CollectionSpec


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot, as its file says."""

    name: str
    """The service's choice; unique. Never a path."""
    collection: str
    """The name its collection had."""
    create_time: datetime
    """Aware, UTC: the moment it shows."""
    sequence: int
    """Of the last write that is in it."""
    num_records: int
    num_bytes: int
    """Of the file."""
    sha256: str
    """Hex, over all of the file but this checksum, which ends it."""
    problem: str = ""
    """What is wrong with the file as far as its length and its end tell; then only name and bytes are true."""


class SnapshotPhase(StrEnum):
    """What is being done, in this order: the first two by making a snapshot, the others by restoring one.

    Values are the contract's names.
    """

    COPYING = "PHASE_COPYING"
    SEALING = "PHASE_SEALING"
    CHECKING = "PHASE_CHECKING"
    OPENING = "PHASE_OPENING"


@dataclass(frozen=True, slots=True)
class SnapshotProgress:
    """One moment of it. Phases never go back, nor does the part that is done of one."""

    phase: SnapshotPhase
    part_done: float
    """0 to 1, of this phase."""


Tell = Callable[[SnapshotProgress], None]
"""Hears of progress, a few times a second, from a thread of the engine's; must be quick."""


class SnapshotReading(Protocol):
    """The file of a snapshot, as it was when it was opened, whatever becomes of its name. Close it. One thread."""

    snapshot: Snapshot

    def read(self, num_bytes: int) -> bytes:
        """Return the next bytes, at most *num_bytes*; none at the end. Blocks. Raises StoreUnavailableError."""

    def close(self) -> None:
        """Release the file. Doing so twice is allowed."""


class SnapshotReceiving(Protocol):
    """A snapshot file that is coming in. Close it, whatever happens; that waits for what is being done to it."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Blocks. Raises StoreUnavailableError, and InvalidSnapshotError for a foreign file."""

    def finish(self) -> Snapshot:
        """Check the file and keep it, durably; a file that is there already is answered as it is. Blocks.

        Raises StoreUnavailableError, and InvalidSnapshotError, which says what is wrong.
        """

    def close(self) -> None:
        """Remove what was not finished."""


class Snapshots(Protocol):
    """The snapshots of one engine. Thread-safe; what returns no future blocks.

    What is asked for by a name that no snapshot has, or can have, raises SnapshotNotFoundError.
    """

    def create(self, collection: str, tell: Tell) -> Future[Snapshot]:
        """Copy all that *collection* has at one moment, in its turn among the writes; writes and searches go on.

        Done when the file is whole and durable. Cancelling the future before that gives it up, and so does closing the
        engine (NotServingError); nothing is left then, nor after a failure or a crash. Raises CollectionNotFoundError,
        CorruptedError; through the future StoreUnavailableError.
        """

    def restore(
        self, name: str, collection: str, check: Callable[[CollectionSpec], None], tell: Tell
    ) -> Future[CollectionSpec]:
        """Make a new collection *collection* of a snapshot, with an epoch of its own; the snapshot stays.

        All of the file is checked before anything becomes visible; *check*, called in the engine's thread, may raise
        what stands against its specification. Done when it is durable and answers calls, its graphs still to be built.
        Given up like ``create``. Raises CollectionExistsError; through the future InvalidSnapshotError,
        StoreUnavailableError.
        """

    def page(self, after: str, limit: int, collection: str = "") -> Sequence[Snapshot]:
        """Return up to *limit* snapshots whose names follow *after*, in order; of that *collection*, or of all.

        Damaged ones too. Ends and lengths of files are read, not contents.
        """

    def delete(self, name: str) -> None:
        """Delete a snapshot, durably. Who reads it reads on. Raises StoreUnavailableError."""

    def open(self, name: str) -> SnapshotReading:
        """Open its file to be read. Raises InvalidSnapshotError for one that is cut short."""

    def receive(self) -> SnapshotReceiving:
        """Begin to take a file that was made here or elsewhere. Raises StoreUnavailableError."""
