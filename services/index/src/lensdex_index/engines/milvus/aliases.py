"""Aliases of collections, as aliases in Milvus: moved there in one step, and seen by every replica with its next call.

They share Milvus' names with collections, so that none can have the name of the other. One that has a default view
points at that view's Milvus collection instead of the anchor; for `default`, at an empty one that stands for it.
"""

import threading
from collections.abc import Sequence
from typing import Final

from lensdex_index.engines.milvus import schema
from lensdex_index.engines.milvus.catalog import MilvusCatalog
from lensdex_index.engines.milvus.connecting import Connection
from lensdex_index.engines.milvus.failures import AliasTakenError
from lensdex_index.engines.milvus.naming import Names
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.errors import (
    AliasChangedError,
    AliasNotFoundError,
    CollectionExistsError,
    CollectionHasAliasesError,
    CollectionNotFoundError,
    StoreUnavailableError,
)
from lensdex_index.records import DEFAULT_VIEW, Alias

_LISTED: Final = 5
_ATTEMPTS: Final = 3


class MilvusAliases:
    """The aliases under one prefix. Thread-safe: the writes of this process stand in line, those of others do not."""

    def __init__(self, connection: Connection, names: Names, catalog: MilvusCatalog) -> None:
        self._connection, self._names, self._catalog = connection, names, catalog
        self._lock = threading.Lock()

    def get(self, name: str) -> Alias | None:
        """Return the alias of that name as it is now; None for a collection's own name too."""
        try:
            target = self._catalog.described(name)["collection_name"]
        except CollectionNotFoundError:
            return None
        return self._alias(name, target)

    def page(self, after: str, limit: int) -> Sequence[Alias]:
        """Return up to *limit* aliases whose names follow *after*, in order."""
        found = {}
        for target, own in self._catalog.pointers():
            for name in own:
                alias = self._alias(name, target)
                if alias is not None and name > after:
                    found[name] = alias
        return [found[name] for name in sorted(found)[:limit]]

    def put(self, alias: Alias, expected: str | None) -> Alias | None:
        """Make or replace an alias; return the one before. Raises as the engine's ``set_alias``."""
        with self._lock:
            for _ in range(_ATTEMPTS):
                before = self.get(alias.name)
                if before is None and self._catalog.exists(alias.name):
                    raise CollectionExistsError(alias.name)
                stored, _ = self._catalog.find(alias.collection)
                actual = "" if before is None else before.collection
                if expected is not None and expected != actual:
                    raise AliasChangedError(alias.name, expected, actual)
                try:
                    self._point(alias, stored, is_new=before is None)
                except (AliasTakenError, AliasNotFoundError):
                    continue  # Another replica was quicker: see what there is now.
                self._confirm(alias, stored)
                return before
        raise StoreUnavailableError("others change the alias all the time", "the alias was not set")

    def remove(self, name: str) -> Alias:
        """Delete an alias; return it. Raises AliasNotFoundError."""
        with self._lock:
            alias = self.get(name)
            if alias is None:
                raise AliasNotFoundError(name)
            self._connection.call("drop_alias", self._names.alias(name), of=name)
            return alias

    def refuse_if_named(self, stored: Stored) -> None:
        """Raise CollectionHasAliasesError when an alias names that collection."""
        names = sorted(
            name
            for target, own in self._catalog.pointers(stored.anchor)
            for name in own
            if self._alias(name, target) is not None
        )
        if names:
            more = ",…" if len(names) > _LISTED else ""
            raise CollectionHasAliasesError(stored.spec.name, ",".join(names[:_LISTED]) + more)

    def _alias(self, name: str, target: str) -> Alias | None:
        place = self._names.place(target)
        if place is None or self._names.name(place.anchor) == name:
            return None
        return Alias(name, self._names.name(place.anchor), place.view or "")

    def _point(self, alias: Alias, stored: Stored, *, is_new: bool) -> None:
        target = stored.anchor
        if alias.default_view:
            target = self._names.view(stored.anchor, alias.default_view)
        if alias.default_view == DEFAULT_VIEW:
            # Made when it is first needed; to make it again changes nothing.
            marker = schema.empty_schema("")
            self._connection.call("create_collection", target, of=alias.collection, schema=marker, num_shards=1)
        method = "create_alias" if is_new else "alter_alias"
        self._connection.call(method, target, self._names.alias(alias.name), of=alias.collection)

    def _confirm(self, alias: Alias, stored: Stored) -> None:
        """Undo it where the collection was deleted at the same time."""
        try:
            if self._catalog.find(alias.collection)[0].anchor == stored.anchor:
                return
        except CollectionNotFoundError:
            pass
        self._connection.call("drop_alias", self._names.alias(alias.name), of=alias.name)
        raise CollectionNotFoundError(alias.collection)
