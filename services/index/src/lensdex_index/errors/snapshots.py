"""What is wrong with a snapshot, or with asking an engine for one."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class SnapshotNotFoundError(FactsError):
    """No such snapshot, or no name that one could have."""

    snapshot: str

    def __str__(self) -> str:
        return f"there is no snapshot {shown(self.snapshot)!r}"


@dataclass(eq=False)
class InvalidSnapshotError(FactsError):
    """A snapshot's file is none, is cut short or changed, of another version, or cannot be restored here."""

    snapshot: str
    """Its name; empty for one that is being uploaded."""
    detail: str

    def __str__(self) -> str:
        return f"snapshot {shown(self.snapshot)!r}: {self.detail}" if self.snapshot else f"snapshot: {self.detail}"


@dataclass(eq=False)
class NotSupportedError(FactsError):
    """The engine that keeps the collections does not do that."""

    engine: str
    trait: str
    remedy: str

    def __str__(self) -> str:
        return f"the engine {self.engine} lacks {self.trait}: {self.remedy}"
