"""The local engine: a data folder, its catalog, and the collections open in it. One process at a time.

Layout: ``lock``, ``catalog.db``, ``collections/EPOCH/records.db`` (the truth), ``collections/EPOCH/VIEW.rows`` and
``collections/EPOCH/VIEW.graph`` (derived; a view added later is ``VIEW.NUMBER`` there), ``snapshots/NAME.snapshot``.
"""

import contextlib
import fcntl
import math
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from lensdex_index.engine import CollectionHandle, Trait
from lensdex_index.engines import open_files
from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.local.alias_book import AliasBook
from lensdex_index.engines.local.backends import KNOWN_BACKENDS, backend_class
from lensdex_index.engines.local.collection import LocalCollection
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.snapshot_folder import sync_folder
from lensdex_index.engines.local.snapshotting import LocalSnapshots
from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.engines.options import EngineOptions
from lensdex_index.engines.parameters import filled_in
from lensdex_index.errors import (
    AliasExistsError,
    CollectionExistsError,
    CollectionNotFoundError,
    CorruptedError,
    DomainError,
    InvalidBackendError,
    StartError,
    StoreUnavailableError,
)
from lensdex_index.records import Alias, BackendSpec, CollectionSpec
from lensdex_index.snapshots import Snapshots

_log = structlog.get_logger()

_LEAVING_SECONDS: Final = 1.0
"""A process that was killed is gone at once; a child it had just forked has its files for a moment longer."""


class LocalEngine:
    """Keeps collections in files of one folder. Implements CollectionEngine."""

    name = "local"
    traits = frozenset(Trait)
    is_remote = False

    def __init__(self, options: EngineOptions) -> None:
        if options.default_backend not in KNOWN_BACKENDS:
            raise StartError(f"unknown backend {options.default_backend!r}; known are {', '.join(KNOWN_BACKENDS)}")
        try:
            backend_class(options.default_backend)
        except InvalidBackendError as error:
            raise StartError(str(error)) from error
        self._options = options
        others = [name for name in KNOWN_BACKENDS if name != options.default_backend]
        self.backends: Sequence[str] = (options.default_backend, *others)
        self._lock = threading.RLock()
        self._abandoned = threading.Event()
        self._open: dict[str, LocalCollection] = {}
        self._failed: dict[str, CorruptedError] = {}
        self._folders: dict[str, bytes] = {}
        self._catalog: CatalogDb | None = None
        self._aliases: AliasBook | None = None
        self._indexer: Indexer | None = None
        self._saver: Saver | None = None
        self._lock_file: int | None = None
        self._snapshots = LocalSnapshots(options.data_dir / "snapshots", self)

    @property
    def snapshots(self) -> Snapshots:
        return self._snapshots

    @property
    def epoch(self) -> bytes:
        return self._db.epoch

    def recover(self) -> None:
        try:
            (self._options.data_dir / "collections").mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._snapshots.sweep()
        except OSError as error:
            raise StartError(f"cannot use data folder {self._options.data_dir}: {error.strerror}") from error
        self._open_catalog()
        self._indexer = Indexer(self._options.num_threads)
        self._saver = Saver(self._options.observer)
        for entry in self._db.entries():
            if self._abandoned.is_set():
                raise RecoveryAbandonedError
            if entry.state != "ready":
                # The process died in the middle of making or deleting it; nobody was told that it exists.
                self._sweep(entry.epoch)
                continue
            self._folders[entry.spec.name] = entry.epoch
            try:
                self._open[entry.spec.name] = self._open_collection(entry.spec, entry.epoch, create=False)
            except DomainError as error:
                _log.exception("collection not served", collection=entry.spec.name)
                detail = error.detail if isinstance(error, CorruptedError | StoreUnavailableError) else str(error)
                self._failed[entry.spec.name] = CorruptedError(entry.spec.name, detail)

    def abandon_recovery(self) -> None:
        self._abandoned.set()

    def resolve_backend(self, name: str, parameters: Mapping[str, object], field: str) -> BackendSpec:
        name = name or self.backends[0]
        if name not in KNOWN_BACKENDS:
            raise InvalidBackendError(name, ",".join(self.backends))
        return filled_in(name, parameters, backend_class(name).PARAMETERS, field, max_ef=self._options.max_ef)

    def create(self, spec: CollectionSpec) -> CollectionHandle:
        epoch = secrets.token_bytes(16)
        with self._lock:
            self._refuse_alias(spec.name)
            self._db.add(epoch, spec)
            try:
                self._make_folder(epoch)
                collection = self._open_collection(spec, epoch, create=True)
                self._db.set_state(epoch, "ready")
            except BaseException as error:
                with contextlib.suppress(DomainError):
                    self._db.bury(epoch)
                self._sweep(epoch)
                if isinstance(error, OSError):
                    raise StoreUnavailableError(open_files.reason(error)) from error
                raise
            self._folders[spec.name] = epoch
            self._open[spec.name] = collection
        return collection

    def install(
        self,
        spec: CollectionSpec,
        fill: Callable[[Path, bytes], None],
        *,
        abandoned: Callable[[], bool],
        commit: Callable[[], None],
    ) -> LocalCollection:
        """Make a collection of the database that *fill* writes to a path for an epoch, or nothing at all.

        Blocks for long, and nobody else meanwhile. *commit* is called before it becomes visible; it, and *fill*, may
        raise. Raises CollectionExistsError, CorruptedError, StoreUnavailableError; RecoveryAbandonedError once
        *abandoned* answers so.
        """
        epoch = secrets.token_bytes(16)
        self._db.add(epoch, spec)
        collection = None
        try:
            self._make_folder(epoch)
            fill(self._folder(epoch) / "records.db", epoch)
            sync_folder(self._folder(epoch))
            collection = self._open_collection(spec, epoch, create=False, abandoned=abandoned)
            commit()
            with self._lock:
                # It may have been given meanwhile.
                self._refuse_alias(spec.name)
                self._db.set_state(epoch, "ready")
                self._folders[spec.name] = epoch
                self._open[spec.name] = collection
        except BaseException as error:
            with contextlib.suppress(DomainError):
                self._db.bury(epoch)
            if collection is None:
                self._sweep(epoch)
            else:
                collection.retire(lambda: self._sweep(epoch))
            if isinstance(error, OSError):
                raise StoreUnavailableError(open_files.reason(error)) from error
            raise
        return collection

    def refuse_taken(self, name: str) -> None:
        """Raise CollectionExistsError, AliasExistsError where the name is another's, or will be."""
        self._refuse_alias(name)
        if any(entry.spec.name == name for entry in self._db.entries() if entry.state != "deleting"):
            raise CollectionExistsError(name)

    def _refuse_alias(self, name: str) -> None:
        alias = self._book.get(name)
        if alias is not None:
            raise AliasExistsError(alias.name, alias.collection)

    def collection(self, name: str) -> CollectionHandle:
        return self.open_collection(name)

    def open_collection(self, name: str) -> LocalCollection:
        """Return an open collection. Raises CollectionNotFoundError, CorruptedError."""
        collection = self._open.get(name)
        if collection is not None:
            return collection
        failed = self._failed.get(name)
        raise CorruptedError(name, failed.detail) if failed is not None else CollectionNotFoundError(name)

    def specs(self, after: str, limit: int) -> Sequence[CollectionSpec]:
        # A collection knows of a dropped view before the catalog does.
        open_now = {name: collection.spec for name, collection in self._open.copy().items()}
        entries = (entry for entry in self._db.entries() if entry.state == "ready" and entry.spec.name > after)
        ready = (open_now.get(entry.spec.name, entry.spec) for entry in entries)
        return [spec for _, spec in zip(range(limit), ready, strict=False)]

    def drop(self, name: str) -> int:
        with self._lock:
            if name not in self._folders:
                raise CollectionNotFoundError(name)
            self._book.refuse_if_named(name)
            epoch = self._folders[name]
            self._db.bury(epoch)
            del self._folders[name]
            self._failed.pop(name, None)
            collection = self._open.pop(name, None)
        # Not under the lock: queued writes are finished first, and whoever reads may read on.
        if collection is None:
            self._sweep(epoch)
            return 0
        return collection.retire(lambda: self._sweep(epoch))

    def set_alias(self, alias: Alias, expected: str | None = None) -> Alias | None:
        with self._lock:
            if alias.name in self._folders:
                raise CollectionExistsError(alias.name)
            if alias.collection not in self._folders:
                raise CollectionNotFoundError(alias.collection)
            return self._book.put(alias, expected)

    def delete_alias(self, name: str) -> Alias:
        with self._lock:
            return self._book.remove(name)

    def alias(self, name: str) -> Alias | None:
        return self._book.get(name)

    def aliases(self, after: str, limit: int) -> Sequence[Alias]:
        return self._book.page(after, limit)

    def _sweep(self, epoch: bytes) -> None:
        """Remove what a buried collection has left. What fails is done at the next start."""
        shutil.rmtree(self._folder(epoch), ignore_errors=True)
        with self._lock:
            if self._catalog is None or self._folder(epoch).exists():
                return
            with contextlib.suppress(DomainError):
                self._catalog.remove(epoch)

    def settle(self, timeout: float) -> bool:
        """Wait until every graph has all it should have; return whether that came within *timeout* seconds."""
        assert self._indexer is not None, "recover comes first"
        return self._indexer.settle(timeout)

    def close(self, save_until: float = math.inf) -> None:
        self._snapshots.close()
        with self._lock:
            collections = list(self._open.values())
            self._open.clear()
        for collection in collections:
            collection.close(save_until)
        if self._saver is not None:
            self._saver.close()
        if self._indexer is not None:
            self._indexer.close()
        with self._lock:
            if self._catalog is not None:
                self._catalog.close()
            if self._lock_file is not None:
                os.close(self._lock_file)
            self._indexer = self._saver = self._catalog = self._lock_file = None

    @property
    def _db(self) -> CatalogDb:
        assert self._catalog is not None, "recover comes first"
        return self._catalog

    @property
    def _book(self) -> AliasBook:
        assert self._aliases is not None, "recover comes first"
        return self._aliases

    def _folder(self, epoch: bytes) -> Path:
        return self._options.data_dir / "collections" / epoch.hex()

    def _make_folder(self, epoch: bytes) -> None:
        folder = self._folder(epoch)
        folder.mkdir()
        # A folder's name is durable only once its parent is synced; SQLite syncs what is inside.
        sync_folder(folder.parent)

    def _open_collection(
        self, spec: CollectionSpec, epoch: bytes, *, create: bool, abandoned: Callable[[], bool] | None = None
    ) -> LocalCollection:
        assert self._indexer is not None, "recover comes first"
        assert self._saver is not None, "recover comes first"
        return LocalCollection(
            spec,
            epoch,
            self._folder(epoch),
            self._options,
            self._indexer,
            saver=self._saver,
            create=create,
            abandoned=abandoned or self._abandoned.is_set,
            save_spec=lambda changed: self._db.set_spec(epoch, changed),
        )

    def _open_catalog(self) -> None:
        path = self._options.data_dir / "catalog.db"
        folders = [
            item for item in (self._options.data_dir / "collections").iterdir() if (item / "records.db").exists()
        ]
        if folders and not path.exists():
            raise StartError(
                f"{path} is missing though {len(folders)} collections lie beside it: restore it from a copy, or name "
                "another data folder"
            )
        try:
            self._catalog = CatalogDb(path)
            self._catalog.entries()
            self._aliases = AliasBook(self._catalog)
        except DomainError as error:
            detail = error.detail if isinstance(error, CorruptedError | StoreUnavailableError) else str(error)
            raise StartError(f"cannot use {path}: {detail}") from error

    def _take_lock(self) -> None:
        self._lock_file = os.open(self._options.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._lock_file)
        except BlockingIOError as error:
            holder = os.pread(self._lock_file, 32, 0).decode(errors="replace").strip() or "unknown"
            raise StartError(
                f"data folder {self._options.data_dir} is in use by another index process (pid {holder}): "
                "stop it first, or name another folder"
            ) from error
        os.ftruncate(self._lock_file, 0)
        os.pwrite(self._lock_file, f"{os.getpid()}\n".encode(), 0)


def _lock(file: int) -> None:
    """Take the lock; wait a little for who is just leaving. Raises BlockingIOError."""
    end = time.monotonic() + _LEAVING_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(_LEAVING_SECONDS / 20)
        else:
            return
