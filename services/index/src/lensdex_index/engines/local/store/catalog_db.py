"""``catalog.db``: which collections there are, what they are, and whether one is half made or half deleted."""

import json
import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from lensdex_index.engines.local.store.connection import connect, transaction, translated
from lensdex_index.engines.spec_codec import pack_spec, unpack_spec
from lensdex_index.errors import CollectionExistsError
from lensdex_index.records import CollectionSpec


@dataclass(frozen=True, slots=True)
class Entry:
    """One collection as the catalog has it."""

    epoch: bytes
    spec: CollectionSpec
    state: str
    """``creating``, ``ready`` or ``deleting``."""


class CatalogDb:
    """The catalog. Thread-safe: one connection behind a lock; calls are rare and short."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        with translated("(catalog)"):
            self._connection = connect(path, "catalog", create=True)
            try:
                self.epoch = self._read_epoch()
            except BaseException:
                self._connection.close()
                raise

    def entries(self) -> list[Entry]:
        """Return all collections in the order of their names."""
        with self._lock, translated("(catalog)"):
            rows = self._connection.execute("SELECT epoch, spec, state FROM collections ORDER BY name").fetchall()
        return [Entry(epoch, unpack_spec(json.loads(spec)), state) for epoch, spec, state in rows]

    def add(self, epoch: bytes, spec: CollectionSpec) -> None:
        """Note a collection as ``creating``. Raises CollectionExistsError."""
        with self._lock, translated(spec.name), transaction(self._connection):
            try:
                self._connection.execute(
                    "INSERT INTO collections VALUES (?, ?, ?, 'creating')",
                    (spec.name, epoch, json.dumps(pack_spec(spec))),
                )
            except sqlite3.IntegrityError as error:
                raise CollectionExistsError(spec.name) from error

    def set_state(self, epoch: bytes, state: str) -> None:
        """Note another state. Durable when it returns."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            self._connection.execute("UPDATE collections SET state = ? WHERE epoch = ?", (state, epoch))

    def set_spec(self, epoch: bytes, spec: CollectionSpec) -> None:
        """Note what a collection has become. Durable when it returns."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            text = json.dumps(pack_spec(spec))
            self._connection.execute("UPDATE collections SET spec = ? WHERE epoch = ?", (text, epoch))

    def bury(self, epoch: bytes) -> None:
        """Note a collection as ``deleting`` and free its name. Durable when it returns."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            self._connection.execute(
                # No collection's name can look like this.
                "UPDATE collections SET state = 'deleting', name = '/deleted/' || hex(epoch) WHERE epoch = ?",
                (epoch,),
            )

    def remove(self, epoch: bytes) -> None:
        """Forget a collection."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            self._connection.execute("DELETE FROM collections WHERE epoch = ?", (epoch,))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def _read_epoch(self) -> bytes:
        with transaction(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO catalog VALUES (1, ?)", (os.urandom(16),))
        (epoch,) = self._connection.execute("SELECT epoch FROM catalog").fetchone()
        return bytes(epoch)
