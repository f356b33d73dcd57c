"""The milvus engine: a stateless front to an existing Milvus. Any number of processes may serve one prefix."""

import threading
from collections.abc import Mapping, Sequence
from math import inf

from lensdex_index.engine import CollectionHandle, Trait
from lensdex_index.engines.milvus.aliases import MilvusAliases
from lensdex_index.engines.milvus.backends import PARAMETERS
from lensdex_index.engines.milvus.catalog import MilvusCatalog
from lensdex_index.engines.milvus.collection import MilvusCollection
from lensdex_index.engines.milvus.connecting import Connection
from lensdex_index.engines.milvus.naming import Names
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.milvus.schema import MAX_FIELDS
from lensdex_index.engines.options import EngineOptions
from lensdex_index.engines.parameters import filled_in
from lensdex_index.errors import (
    AliasExistsError,
    CollectionExistsError,
    CollectionNotFoundError,
    DomainError,
    InvalidBackendError,
    StartError,
    TooManyItemsError,
)
from lensdex_index.records import Alias, BackendSpec, CollectionSpec


class MilvusEngine:
    """Keeps collections in Milvus. Implements CollectionEngine."""

    name = "milvus"
    traits = frozenset({Trait.DURABLE_WRITES, Trait.EXACT_SEARCH, Trait.READ_YOUR_WRITES})
    is_remote = True

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        chosen = options.default_backend
        if chosen not in PARAMETERS:
            raise StartError(f"unknown backend {chosen!r} of the engine milvus; known are {', '.join(PARAMETERS)}")
        self.backends: Sequence[str] = (chosen, *(name for name in PARAMETERS if name != chosen))
        self._lock = threading.Lock()
        self._abandoned = threading.Event()
        self._connection: Connection | None = None
        self._catalog: MilvusCatalog | None = None
        self._aliases: MilvusAliases | None = None
        self._epoch = b""
        self._open: dict[str, MilvusCollection] = {}
        """By name: only that the writes of this process to one collection stand in one line."""

    @property
    def snapshots(self) -> None:
        return None

    @property
    def epoch(self) -> bytes:
        return self._epoch

    def recover(self) -> None:
        self._connection = Connection(self._options.milvus, abandoned=self._abandoned.is_set)
        self._catalog = MilvusCatalog(self._connection, self._options.milvus)
        self._aliases = MilvusAliases(self._connection, Names(self._options.milvus.prefix), self._catalog)
        try:
            self._epoch = self._catalog.epoch()
            self._catalog.sweep()
        except DomainError as error:
            raise StartError(f"cannot use Milvus at {self._options.milvus.address}: {error}") from error

    def abandon_recovery(self) -> None:
        self._abandoned.set()

    def resolve_backend(self, name: str, parameters: Mapping[str, object], field: str) -> BackendSpec:
        name = name or self.backends[0]
        if name not in PARAMETERS:
            raise InvalidBackendError(name, ",".join(self.backends))
        return filled_in(name, parameters, PARAMETERS[name], field, max_ef=self._options.max_ef)

    def create(self, spec: CollectionSpec) -> CollectionHandle:
        if len(spec.fields) > MAX_FIELDS:
            raise TooManyItemsError("collection.indexed_fields", len(spec.fields), MAX_FIELDS)
        alias = self.alias(spec.name)
        if alias is not None:
            raise AliasExistsError(alias.name, alias.collection)
        try:
            return self._handle(*self._known.add(spec))
        except CollectionExistsError:
            alias = self.alias(spec.name)
            if alias is None:
                raise
            raise AliasExistsError(alias.name, alias.collection) from None

    def collection(self, name: str) -> CollectionHandle:
        try:
            return self._handle(*self._known.find(name))
        except CollectionNotFoundError:
            self._forget(name)
            raise

    def specs(self, after: str, limit: int) -> Sequence[CollectionSpec]:
        return self._known.entries(after, limit)

    def drop(self, name: str) -> int:
        handle = self.collection(name)
        assert isinstance(handle, MilvusCollection)
        num_records = handle.count()
        self._known.remove(handle.stored, lambda: self._pointers.refuse_if_named(handle.stored))
        self._forget(name)
        return num_records

    def set_alias(self, alias: Alias, expected: str | None = None) -> Alias | None:
        return self._pointers.put(alias, expected)

    def delete_alias(self, name: str) -> Alias:
        return self._pointers.remove(name)

    def alias(self, name: str) -> Alias | None:
        return self._pointers.get(name)

    def aliases(self, after: str, limit: int) -> Sequence[Alias]:
        return self._pointers.page(after, limit)

    def settle(self, timeout: float) -> bool:  # noqa: ARG002  the local engine's may take time
        """Return at once: Milvus indexes on its own, and what it has not indexed it searches all the same."""
        return True

    def close(self, save_until: float = inf) -> None:  # noqa: ARG002  there is nothing to save
        with self._lock:
            handles = list(self._open.values())
            self._open.clear()
        for handle in handles:
            handle.close()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._catalog = self._aliases = None

    @property
    def _known(self) -> MilvusCatalog:
        assert self._catalog is not None, "recover comes first"
        return self._catalog

    @property
    def _pointers(self) -> MilvusAliases:
        assert self._aliases is not None, "recover comes first"
        return self._aliases

    def _handle(self, stored: Stored, epoch: bytes) -> MilvusCollection:
        with self._lock:
            known = self._open.get(stored.spec.name)
            if known is not None and known.stored.anchor == stored.anchor:
                return known
            handle = MilvusCollection(stored, epoch, self._options.observer)
            self._open[stored.spec.name] = handle
        if known is not None:
            known.close()
        return handle

    def _forget(self, name: str) -> None:
        with self._lock:
            known = self._open.pop(name, None)
        if known is not None:
            known.close()
