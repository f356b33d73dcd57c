"""Snapshots as callers ask for them: whether the engine has any, and what may become a collection here.

Knows no messages and no engine by name.
"""

from collections.abc import Sequence
from concurrent.futures import Future

from lensdex_index.catalog import Catalog
from lensdex_index.engine import Trait
from lensdex_index.errors import NotSupportedError
from lensdex_index.records import CollectionSpec
from lensdex_index.snapshots import Snapshot, SnapshotReading, SnapshotReceiving, Snapshots, Tell

_REMEDY = "copy what it stores with the store's own tools, or export the records"


class Archive:
    """The snapshots of a catalog's engine. Every method raises NotSupportedError where the engine has none."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def create(self, collection: str, tell: Tell) -> Future[Snapshot]:
        """Make a snapshot of *collection*. Raises CollectionNotFoundError, CorruptedError."""
        return self._snapshots.create(collection, tell)

    def restore(self, name: str, collection: str, tell: Tell) -> Future[CollectionSpec]:
        """Make the collection *collection* of a snapshot.

        Raises InvalidFieldError for its name, SnapshotNotFoundError, InvalidSnapshotError, CollectionExistsError.
        """
        snapshots = self._snapshots
        self._catalog.check_name(collection, "collection")
        return snapshots.restore(name, collection, self._catalog.check_spec, tell)

    def page(self, after: str, limit: int, collection: str) -> Sequence[Snapshot]:
        """Return up to *limit* snapshots whose names follow *after*, of that *collection* or of all."""
        return self._snapshots.page(after, limit, collection)

    def delete(self, name: str) -> None:
        """Delete a snapshot. Raises SnapshotNotFoundError, StoreUnavailableError."""
        self._snapshots.delete(name)

    def open(self, name: str) -> SnapshotReading:
        """Open a snapshot's file. Raises SnapshotNotFoundError, InvalidSnapshotError."""
        return self._snapshots.open(name)

    def receive(self) -> SnapshotReceiving:
        """Begin to take a snapshot's file. Raises StoreUnavailableError."""
        return self._snapshots.receive()

    @property
    def _snapshots(self) -> Snapshots:
        engine = self._catalog.engine
        if engine.snapshots is None:
            raise NotSupportedError(engine.name, Trait.SNAPSHOTS, _REMEDY)
        return engine.snapshots
