"""Which collections there are, in Milvus' own catalog: no other state, so that all replicas see the same.

A collection is an anchor, whose description says what it is, and a Milvus collection for each further view. It exists
once an alias of its name points at the anchor: setting and dropping an alias is one step in Milvus, and an alias that
is taken is refused, whoever asks. What has no alias is half made or half deleted.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from lensdex_index.engines.milvus import schema
from lensdex_index.engines.milvus.backends import METRICS, index_of
from lensdex_index.engines.milvus.connecting import STRONG, Connection
from lensdex_index.engines.milvus.failures import AliasTakenError
from lensdex_index.engines.milvus.naming import Names
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.options import MilvusOptions
from lensdex_index.engines.spec_codec import pack_spec, unpack_spec
from lensdex_index.errors import (
    CollectionExistsError,
    CollectionNotFoundError,
    DomainError,
    StoreUnavailableError,
)
from lensdex_index.records import DEFAULT_VIEW, CollectionSpec, FieldType, ViewSpec

_log = structlog.get_logger()

_LOADING_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_LEFT_OVER_SECONDS: Final = 3_600.0
"""What has had no alias for so long is not being made any more."""
_OURS: Final = "(catalog)"


class MilvusCatalog:
    """The catalog under one prefix of one database. Thread-safe."""

    def __init__(self, connection: Connection, options: MilvusOptions) -> None:
        self._connection, self._options = connection, options
        self._names = Names(options.prefix)

    def epoch(self) -> bytes:
        """Return the bytes drawn when the catalog was made; make it where there is none."""
        name = self._names.epoch
        try:
            return self._held_epoch()
        except CollectionNotFoundError:
            drawn = schema.empty_schema(secrets.token_hex(16))
        try:
            self._connection.call("create_collection", name, of=_OURS, schema=drawn, num_shards=1)
        except StoreUnavailableError as error:
            # Another replica may have been first: then its own counts.
            try:
                return self._held_epoch()
            except CollectionNotFoundError:
                raise error from None
        return self._held_epoch()

    def _held_epoch(self) -> bytes:
        return bytes.fromhex(self._describe(self._names.epoch, _OURS)["description"])

    def find(self, name: str) -> tuple[Stored, bytes]:
        """Return the collection of that name, which is no alias, and its epoch. Raises CollectionNotFoundError."""
        described = self.described(name)
        if not self._is_of(described["collection_name"], name):
            raise CollectionNotFoundError(name)
        return self._unpacked(described)

    def exists(self, name: str) -> bool:
        """Return whether there is a collection of that name."""
        try:
            return self._is_of(self.described(name)["collection_name"], name)
        except CollectionNotFoundError:
            return False

    def described(self, name: str) -> dict[str, Any]:
        """Return what Milvus says of the target of a collection's name or an alias. Raises CollectionNotFoundError."""
        return self._describe(self._names.alias(name), name)

    def pointers(self, anchor: str | None = None) -> Iterator[tuple[str, list[str]]]:
        """Yield the Milvus collections, all or those of one collection, with the names that point at each."""
        for name in self._listed():
            place = self._names.place(name)
            if place is None or anchor not in {None, place.anchor}:
                continue
            try:
                aliases = self._describe(name, _OURS)["aliases"]
            except CollectionNotFoundError:
                continue  # Deleted meanwhile.
            yield name, [own for own in map(self._names.aliased, aliases) if own is not None]

    def entries(self, after: str, limit: int) -> list[CollectionSpec]:
        """Return up to *limit* collections whose names follow *after*, in order."""
        found = []
        for name, anchor in sorted(self._anchors()):
            if name <= after:
                continue
            try:
                described = self._describe(anchor, name)
            except CollectionNotFoundError:
                continue  # Deleted meanwhile.
            if self._names.alias(name) in described["aliases"]:
                found.append(self._unpacked(described)[0].spec)
            if len(found) == limit:
                break
        return found

    def add(self, spec: CollectionSpec) -> tuple[Stored, bytes]:
        """Make an empty collection, loaded. Raises CollectionExistsError, StoreUnavailableError."""
        epoch = secrets.token_bytes(16)
        stored = Stored(
            self._connection, self._names, _bounded(spec), self._names.anchor(spec.name, secrets.token_hex(8))
        )
        description = json.dumps({"epoch": epoch.hex(), "spec": pack_spec(spec)}, ensure_ascii=False)
        try:
            for view in spec.views:
                self._make(stored, view, description)
            self._wait_loaded(stored)
            self._point(stored)
        except BaseException:
            self._clear_away(stored)
            raise
        return stored, epoch

    def remove(self, stored: Stored, refuse: Callable[[], None]) -> None:
        """Delete a collection: gone when its alias is. What of it stays is cleared away at a later start.

        *refuse* raises where it may not be deleted; it is asked before and, for who changes that meanwhile, after.
        """
        refuse()
        self._connection.call("drop_alias", self._names.alias(stored.spec.name), of=stored.spec.name)
        try:
            refuse()
        except DomainError:
            self._point(stored)
            raise
        self._clear_away(stored)

    def sweep(self) -> None:
        """Clear away what was left half made or half deleted some time ago."""
        places = {name: self._names.place(name) for name in self._listed()}
        for name, place in places.items():
            if place is None or (place.view is not None and place.anchor in places):
                continue
            try:
                described = self._describe(name, _OURS)
                age = time.time() - (int(described["created_timestamp"]) >> 18) / 1_000
                if not described["aliases"] and age > _LEFT_OVER_SECONDS:
                    self._connection.call("drop_collection", name, of=_OURS)
            except CollectionNotFoundError:
                continue

    def _make(self, stored: Stored, view: ViewSpec, description: str) -> None:
        name, of = stored.of_view(view.name), stored.spec.name
        fields = list(stored.spec.fields)
        if view.name == DEFAULT_VIEW:
            columns = schema.anchor_schema(fields, view.dimension, description)
        else:
            columns = schema.view_schema(fields, view.dimension)
        shards = self._options.shards
        call = self._connection.call
        call("create_collection", name, of=of, schema=columns, num_shards=shards, consistency_level=STRONG)
        index = self._connection.index(schema.VECTOR, METRICS[view.metric], index_of(view.backend))
        call("create_index", name, index, of=of, sync=False)
        call("load_collection", name, of=of, _async=True, replica_number=self._options.replicas)

    def _wait_loaded(self, stored: Stored) -> None:
        until = time.monotonic() + _LOADING_SECONDS
        for view in stored.spec.views:
            while not self._connection.is_loaded(stored.of_view(view.name), of=stored.spec.name):
                if time.monotonic() > until:
                    raise StoreUnavailableError("Milvus does not load the new collection", "the store is not available")
                time.sleep(_POLL_SECONDS)

    def _point(self, stored: Stored) -> None:
        try:
            alias = self._names.alias(stored.spec.name)
            self._connection.call("create_alias", stored.anchor, alias, of=stored.spec.name)
        except AliasTakenError:
            raise CollectionExistsError(stored.spec.name) from None

    def _is_of(self, target: str, name: str) -> bool:
        place = self._names.place(target)
        return place is not None and place.view is None and self._names.name(place.anchor) == name

    def _clear_away(self, stored: Stored) -> None:
        # The anchor goes last: what has one is not taken for left over.
        marker = self._names.view(stored.anchor, DEFAULT_VIEW)
        for name in [marker, *map(stored.of_view, stored.further_views), stored.anchor]:
            try:
                self._connection.call("drop_collection", name, of=stored.spec.name)
            except DomainError as error:
                _log.warning("left over in milvus", milvus_collection=name, error=str(error))

    def _describe(self, name: str, of: str) -> dict[str, Any]:
        return dict(self._connection.call("describe_collection", name, of=of))

    def _listed(self) -> Sequence[str]:
        return list(self._connection.call("list_collections", of=_OURS))

    def _anchors(self) -> list[tuple[str, str]]:
        """Return name and anchor of every collection, those half made among them."""
        places = filter(None, map(self._names.place, self._listed()))
        return [(self._names.name(place.anchor), place.anchor) for place in places if place.view is None]

    def _unpacked(self, described: dict[str, Any]) -> tuple[Stored, bytes]:
        held = json.loads(described["description"])
        spec = _bounded(unpack_spec(held["spec"]))
        return Stored(self._connection, self._names, spec, described["collection_name"]), bytes.fromhex(held["epoch"])


def _bounded(spec: CollectionSpec) -> CollectionSpec:
    """Return *spec* with what Milvus' columns can hold of each field."""
    fields = [
        replace(
            field,
            max_values=schema.MAX_LIST_VALUES if field.is_list else 0,
            max_value_bytes=schema.MAX_TEXT_BYTES if field.type is FieldType.KEYWORD else 0,
        )
        for field in spec.fields
    ]
    return replace(spec, fields=fields)
