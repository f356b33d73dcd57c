"""One collection: its store, its indexes, and who uses them, from opening until the last call has left.

How it is written to is ``writing``'s, how it is read ``reading``'s and ``searching``'s. Knows no SQL and no backend.
"""

import contextlib
import functools
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TypeVar

import structlog

from lensdex_index.changes import Changes
from lensdex_index.engines.local.fusing import Fusing
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.reading import Reading
from lensdex_index.engines.local.recall_audit import RecallAudit
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.recovering import recover
from lensdex_index.engines.local.reindexing import Reindexing
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.searching import Searching
from lensdex_index.engines.local.store.copying import Copy
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.local.view_changes import ViewChanges
from lensdex_index.engines.local.view_opening import ViewOpening
from lensdex_index.engines.local.views import OpenView, Views, remove_files_of_others
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.engines.local.writing import Write, Writing
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.filters import Filter
from lensdex_index.progress import Progress
from lensdex_index.records import (
    BackendSpec,
    Batch,
    CollectionSpec,
    CollectionStatistics,
    FusedAnswer,
    FusedSearch,
    Include,
    Matrix,
    Search,
    SearchAnswer,
    StoredRecord,
    ViewRows,
    ViewSpec,
    ViewStatistics,
    WriteOutcome,
)

_log = structlog.get_logger()

_CLOSE_SECONDS = 60.0
_CHECK_SECONDS = 0.1
_Item = TypeVar("_Item")


class LocalCollection:
    """An open collection of the local engine. Implements CollectionHandle."""

    def __init__(
        self,
        spec: CollectionSpec,
        epoch: bytes,
        folder: Path,
        options: EngineOptions,
        indexer: Indexer,
        *,
        saver: Saver,
        create: bool,
        abandoned: Callable[[], bool],
        save_spec: Callable[[CollectionSpec], None],
    ) -> None:
        """*save_spec* makes what the collection has become durable in the catalog."""
        self._epoch, self._folder = epoch, folder
        self._use = threading.Condition()
        self._users = 1
        """Calls in hand, and one for the collection being open: who leaves last releases the files."""
        self._closed = self._released = False
        self._at_end: Callable[[], None] = lambda: None
        self._views = Views(spec.name)
        self._records = RecordIndex(spec.fields)
        self._opening = ViewOpening(spec.name, epoch, folder, options, self._records, indexer=indexer, saver=saver)
        self._db = RecordsDb(folder / "records.db", spec.name, epoch, spec.views, create=create, abandoned=abandoned)
        indexes = {}
        try:
            if len(self._db.views) < len(spec.views):
                spec = replace(spec, views=self._db.views)
                save_spec(spec)
            remove_files_of_others(folder, spec.views)
            for view in spec.views:
                indexes[view.name] = self._opening.index(view)
            visible = recover(
                self._db,
                self._records,
                indexes,
                spec.name,
                epoch=epoch,
                folder=folder,
                observer=options.observer,
                abandoned=abandoned,
            )
            self._visibility = Visibility(visible)
        except BaseException:
            for index in indexes.values():
                self._opening.close(index)
            self._db.close()
            raise
        self._reading = Reading(self._db, self._records, self._visibility)
        self._recall_audit = RecallAudit(
            options.recall_audit_fraction,
            tell=functools.partial(options.observer.recall_checked, spec.name),
            while_open=self._in_use,
        )
        self._searching = Searching(
            spec.name, self._db, self._records, self._views, self._visibility, audit=self._recall_audit
        )
        self._fusing = Fusing(self._db, self._visibility, self._searching)
        self._writing = Writing(
            spec.name,
            self._db,
            self._records,
            self._views,
            self._visibility,
            observer=options.observer,
            committed=indexer.wake,
        )
        self._changes = ViewChanges(
            spec,
            self._db,
            self._views,
            self._visibility,
            save_spec=save_spec,
            opening=lambda view: self._opening.opened(self._opening.index(view)),
            dropped=self._let_go,
        )
        self._reindexing = Reindexing(spec.name, self._views, self._changes, self._writing, self._opening)
        for index in indexes.values():
            self._views.put(self._opening.opened(index))
        if not self._db.is_swept:
            self._writing.tidy()

    @property
    def spec(self) -> CollectionSpec:
        return self._changes.spec

    @property
    def epoch(self) -> bytes:
        return self._epoch

    def upsert(self, batch: Batch, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(batch, self._ready(batch.views)), deadline)

    def update(self, changes: Changes, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(changes=changes, ready=self._ready(changes.views)), deadline)

    def delete(self, ids: Sequence[str], *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(deleted=ids), deadline)

    def delete_matching(self, chosen: Filter, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(matching=chosen), deadline)

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        return self._while_in_use(self._reading.get(ids, include, views))

    def scan(
        self, after: str, limit: int, include: Include, views: Sequence[str], chosen: Filter | None = None
    ) -> Generator[StoredRecord]:
        return self._while_in_use(self._reading.scan(after, limit, include, views, chosen))

    def count(self, chosen: Filter | None = None) -> int:
        with self._in_use():
            return self._reading.count(chosen)

    def search(self, search: Search) -> SearchAnswer:
        with self._in_use():
            missing = self._searching.num_without_view(search)
        return SearchAnswer(self._while_in_use(self._searching.answers(search)), missing)

    def search_fused(self, fused: FusedSearch) -> FusedAnswer:
        with self._in_use():
            missing = [self._searching.num_without_view(search) for search in fused.searches]
        return FusedAnswer(self._while_in_use(self._fusing.answers(fused)), missing)

    def add_view(self, view: ViewSpec, *, max_views: int, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(task=lambda: self._changes.add(view, max_views)), deadline)

    def drop_view(self, name: str, *, deadline: float) -> Future[WriteOutcome]:
        return self._writing.submit(Write(task=lambda: self._changes.drop(name)), deadline)

    def reindex(self, view: str, backend: BackendSpec, tell: Callable[[Progress], None]) -> Future[WriteOutcome]:
        with self._in_use():
            return self._reindexing.begin(view, backend, tell)

    @contextlib.contextmanager
    def copying(self, target: Path, check: Callable[[], None]) -> Iterator[tuple[Copy, CollectionSpec]]:
        """Mark this moment, in its turn among the writes; give the copy of it, to be run, and what it is a copy of.

        *check* is called while the turn is waited for; what it raises ends that. Raises StoreUnavailableError.
        """
        specs: list[CollectionSpec] = []
        with self._in_use(), contextlib.closing(Copy(self._db.path, target, self.spec.name)) as copy:

            def mark() -> None:
                copy.begin()
                specs.append(self.spec)

            marked = self._writing.submit(Write(task=mark), inf)
            try:
                while not wait((marked,), _CHECK_SECONDS).done:
                    check()
            except BaseException:
                if not marked.cancel():
                    wait((marked,))
                raise
            marked.result()
            yield copy, specs[0]

    def wait_visible(self, sequence: int) -> Future[None]:
        return self._visibility.wait(sequence)

    def statistics(self) -> CollectionStatistics:
        with self._in_use():
            visible = self._visibility.current
            views = [
                ViewStatistics(
                    name,
                    visible.num_vectors.get(name, 0),
                    index.num_tail_vectors,
                    index.num_stray_vectors,
                    index.tail_bound.bound,
                )
                for name, index in self._views.indexes.items()
            ]
            disk_bytes = sum(_size(file) for file in self._folder.iterdir())
        return CollectionStatistics(visible.num_records, visible.sequence, disk_bytes, views)

    def retire(self, at_end: Callable[[], None] = lambda: None, *, save_until: float | None = None) -> int:
        """Take no more calls and finish queued writes; return how many records it has. Doing so twice is allowed.

        Graphs are saved if that can be done until *save_until* of ``time.monotonic``. Files are released by the last
        call that uses them, or here when there is none; *at_end* is called then.
        """
        with self._use:
            if self._closed:
                return self._visibility.current.num_records
            self._closed, self._at_end = True, at_end
        for index in self._views.indexes.values():
            index.tail_bound.open_up()
        self._reindexing.close()
        self._writing.close()
        self._recall_audit.close()
        for view in self._views.all.values():
            self._opening.forget(view)
        self._visibility.fail()
        if save_until is not None:
            for view in self._views.all.values():
                self._opening.save_last(view, save_until)
        self._leave()
        return self._visibility.current.num_records

    def close(self, save_until: float) -> None:
        """Retire, and wait a while until the calls in hand have released every file."""
        self.retire(save_until=save_until)
        with self._use:
            if not self._use.wait_for(lambda: self._released, _CLOSE_SECONDS):
                _log.error("collection still open under running calls", collection=self.spec.name, calls=self._users)

    def _ready(self, views: Mapping[str, ViewRows]) -> Mapping[str, Matrix]:
        indexes = {name: self._views.find(name, rows.view_number).index for name, rows in views.items()}
        return {name: indexes[name].ready(rows.vectors) for name, rows in views.items()}

    def _let_go(self, view: OpenView) -> None:
        """Remove what is left of a dropped view, once nobody works on it. Not in the writer's thread: that may take."""
        with self._use:
            self._users += 1

        def remove() -> None:
            try:
                self._opening.remove(view)
            finally:
                self._leave()

        try:
            threading.Thread(target=remove, name="lensdex-dropped-view", daemon=True).start()
        except RuntimeError:
            # The system gives no more threads. Then it takes here what it takes.
            remove()

    def _leave(self) -> None:
        with self._use:
            self._users -= 1
            if self._users:
                return
        try:
            self._release()
            self._at_end()
        finally:
            with self._use:
                self._released = True
                self._use.notify_all()

    def _release(self) -> None:
        for index in self._views.indexes.values():
            self._opening.close(index)
        self._db.close()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._use:
            if self._closed:
                raise CollectionNotFoundError(self.spec.name)
            self._users += 1
        try:
            yield
        finally:
            self._leave()

    def _while_in_use(self, items: Generator[_Item]) -> Generator[_Item]:
        with self._in_use(), contextlib.closing(items):
            yield from items


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        # A graph that was being saved has got its name meanwhile.
        return 0
