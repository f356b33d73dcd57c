"""``catalog.db``: which collections there are, what they are, whether one is half made or half deleted; aliases."""

import json
import os
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lensdex_index.engines.local.store.connection import connect, transaction, translated
from lensdex_index.errors import CollectionExistsError
from lensdex_index.records import Alias, BackendSpec, CollectionSpec, FieldSpec, FieldType, Metric, ViewSpec
from lensdex_wire.space import Normalization, Pooling, Space


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
        return [Entry(epoch, _unpack_spec(json.loads(spec)), state) for epoch, spec, state in rows]

    def add(self, epoch: bytes, spec: CollectionSpec) -> None:
        """Note a collection as ``creating``. Raises CollectionExistsError."""
        with self._lock, translated(spec.name), transaction(self._connection):
            try:
                self._connection.execute(
                    "INSERT INTO collections VALUES (?, ?, ?, 'creating')",
                    (spec.name, epoch, json.dumps(_pack_spec(spec))),
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
            text = json.dumps(_pack_spec(spec))
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

    def aliases(self) -> list[Alias]:
        """Return all aliases in the order of their names."""
        with self._lock, translated("(catalog)"):
            rows = self._connection.execute(
                "SELECT name, collection, default_view FROM aliases ORDER BY name"
            ).fetchall()
        return [Alias(*row) for row in rows]

    def put_alias(self, alias: Alias) -> None:
        """Note an alias in place of the one of its name. Durable when it returns."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", (alias.name, alias.collection, alias.default_view)
            )

    def remove_alias(self, name: str) -> None:
        """Forget an alias. Durable when it returns."""
        with self._lock, translated("(catalog)"), transaction(self._connection):
            self._connection.execute("DELETE FROM aliases WHERE name = ?", (name,))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def _read_epoch(self) -> bytes:
        with transaction(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO catalog VALUES (1, ?)", (os.urandom(16),))
        (epoch,) = self._connection.execute("SELECT epoch FROM catalog").fetchone()
        return bytes(epoch)


def _pack_spec(spec: CollectionSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "create_time": spec.create_time.isoformat(),
        "fields": [{"name": field.name, "type": field.type.value, "is_list": field.is_list} for field in spec.fields],
        "views": [
            {
                "name": view.name,
                "dimension": view.dimension,
                "space": None if view.space is None else view.space.as_text(),
                "metric": view.metric.value,
                "backend": {"name": view.backend.name, "parameters": dict(view.backend.parameters)},
                "number": view.number,
                "build": view.build,
            }
            for view in spec.views
        ],
    }


def _unpack_spec(packed: Mapping[str, Any]) -> CollectionSpec:
    return CollectionSpec(
        name=packed["name"],
        create_time=datetime.fromisoformat(packed["create_time"]),
        fields=[FieldSpec(field["name"], FieldType(field["type"]), field["is_list"]) for field in packed["fields"]],
        views=[
            ViewSpec(
                name=view["name"],
                dimension=view["dimension"],
                space=None if view["space"] is None else _unpack_space(view["space"]),
                metric=Metric(view["metric"]),
                backend=BackendSpec(view["backend"]["name"], view["backend"]["parameters"]),
                number=view.get("number", 0),
                build=view.get("build", 0),
            )
            for view in packed["views"]
        ],
    )


def _unpack_space(packed: Mapping[str, str]) -> Space:
    return Space(
        weights_digest=packed["weights_digest"],
        template_version=packed["template_version"],
        pooling=Pooling(packed["pooling"]),
        dimension=int(packed["dimension"]),
        normalization=Normalization(packed["normalization"]),
    )
