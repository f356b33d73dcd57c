"""What an engine is opened with. Plain data; knows no settings object and no metrics library."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class Observer(Protocol):
    """Hears what an engine does. Called from the engine's threads; must be quick and must not raise."""

    def committed(self, seconds: float, num_writes: int, num_records: int) -> None:
        """Hear that one commit made *num_writes* calls' writes durable, holding *num_records* records or deletions."""

    def held_back(self, seconds: float) -> None:
        """Hear that writers waited *seconds* for room in a tail."""

    def graph_looked_for(self, outcome: str) -> None:
        """Hear what became of a view's saved graph at the start."""

    def graph_saved(self, seconds: float) -> None:
        """Hear that a view's graph was saved, in *seconds*."""

    def graph_not_saved(self) -> None:
        """Hear that saving a view's graph failed."""

    def recall_checked(self, collection: str, view: str, num_found: int, num_nearest: int) -> None:
        """Hear that a live query's answer held *num_found* of the *num_nearest* it should have."""


class SilentObserver:
    """Hears and forgets."""

    def committed(self, seconds: float, num_writes: int, num_records: int) -> None:
        """Do nothing."""

    def held_back(self, seconds: float) -> None:
        """Do nothing."""

    def graph_looked_for(self, outcome: str) -> None:
        """Do nothing."""

    def graph_saved(self, seconds: float) -> None:
        """Do nothing."""

    def graph_not_saved(self) -> None:
        """Do nothing."""

    def recall_checked(self, collection: str, view: str, num_found: int, num_nearest: int) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Options of every engine; each takes what concerns it."""

    data_dir: Path
    default_backend: str = "hnsw"
    max_ef: int = 4096
    index_hold_seconds: float = 0.004
    """How long background indexing may keep searches of a view waiting at a time."""
    rebuild_deleted_fraction: float = 0.3
    """A graph is rebuilt once this part of its vectors is deleted."""
    min_tail_vectors: int = 1_000
    """Vectors that may wait to be indexed without holding writers back, whatever is measured."""
    first_tail_vectors: int = 5_000
    """A view's first vectors, which hold no writer back."""
    num_threads: int = 1
    """Threads that add to a graph while searches of it wait."""
    recall_audit_fraction: float = 0.0
    """Part of the queries that is searched once more, exactly, to learn what recall they get."""
    save_min_vectors: int = 1_000
    """Graphs of fewer vectors are not saved."""
    save_changed_fraction: float = 0.25
    """A graph is saved once this part of it has changed."""
    save_idle_seconds: float = 30.0
    """Or once nothing has changed for so long, if anything has."""
    observer: Observer = field(default_factory=SilentObserver)
