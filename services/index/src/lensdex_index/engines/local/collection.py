"""One collection: its store, its indexes, and who uses them, from opening until the last call has left.

How it is written to is ``writing``'s, how it is read ``reading``'s and ``searching``'s. Knows no SQL and no backend.
"""

import contextlib
import functools
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import structlog

from lensdex_index.changes import Changes
from lensdex_index.engines.local.fusing import Fusing
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.reading import Reading
from lensdex_index.engines.local.recall_audit import RecallAudit
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.recovering import graph_path, recover
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.saving import GraphSaving, SavePolicy
from lensdex_index.engines.local.searching import Searching
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.engines.local.writing import Write, Writing
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.filters import Filter
from lensdex_index.records import (
    Batch,
    CollectionSpec,
    CollectionStatistics,
    FusedAnswer,
    FusedSearch,
    Include,
    Search,
    SearchAnswer,
    StoredRecord,
    ViewStatistics,
    WriteOutcome,
)

_log = structlog.get_logger()

_CLOSE_SECONDS = 60.0
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
    ) -> None:
        self._spec, self._epoch, self._folder = spec, epoch, folder
        self._indexer, self._saver = indexer, saver
        self._use = threading.Condition()
        self._users = 1
        """Calls in hand, and one for the collection being open: who leaves last releases the files."""
        self._closed = self._released = False
        self._at_end: Callable[[], None] = lambda: None
        self._views: dict[str, ViewIndex] = {}
        self._records = RecordIndex(spec.fields)
        names = [view.name for view in spec.views]
        self._db = RecordsDb(folder / "records.db", spec.name, epoch, names, create=create, abandoned=abandoned)
        try:
            for view in spec.views:
                self._views[view.name] = ViewIndex(
                    view,
                    folder / f"{view.name}.rows",
                    hold_seconds=options.index_hold_seconds,
                    rebuild_fraction=options.rebuild_deleted_fraction,
                    min_tail=options.min_tail_vectors,
                    first_tail=options.first_tail_vectors,
                    adders=indexer.adders,
                )
            visible = recover(
                self._db,
                self._records,
                self._views,
                spec.name,
                epoch=epoch,
                folder=folder,
                observer=options.observer,
                abandoned=abandoned,
            )
            self._visibility = Visibility(visible)
        except BaseException:
            self._release()
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
        policy = SavePolicy(options.save_min_vectors, options.save_changed_fraction, options.save_idle_seconds)
        self._savings = {
            f"{spec.name}/{view}": GraphSaving(index, epoch, graph_path(folder, view), policy)
            for view, index in self._views.items()
        }
        for index in self._views.values():
            indexer.watch(index)
        for name, saving in self._savings.items():
            saver.watch(saving, name)

    @property
    def spec(self) -> CollectionSpec:
        return self._spec

    @property
    def epoch(self) -> bytes:
        return self._epoch

    def upsert(self, batch: Batch, *, deadline: float) -> Future[WriteOutcome]:
        ready = {name: self._views[name].ready(rows.vectors) for name, rows in batch.views.items()}
        return self._writing.submit(Write(batch, ready), deadline)

    def update(self, changes: Changes, *, deadline: float) -> Future[WriteOutcome]:
        ready = {name: self._views[name].ready(rows.vectors) for name, rows in changes.views.items()}
        return self._writing.submit(Write(changes=changes, ready=ready), deadline)

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

    def wait_visible(self, sequence: int) -> Future[None]:
        return self._visibility.wait(sequence)

    def statistics(self) -> CollectionStatistics:
        with self._in_use():
            visible = self._visibility.current
            views = [
                ViewStatistics(
                    name,
                    visible.num_vectors[name],
                    index.num_tail_vectors,
                    index.num_stray_vectors,
                    index.tail_bound.bound,
                )
                for name, index in self._views.items()
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
        for index in self._views.values():
            index.tail_bound.open_up()
        self._writing.close()
        self._recall_audit.close()
        for saving in self._savings.values():
            self._saver.forget(saving)
        for index in self._views.values():
            self._indexer.forget(index)
        self._visibility.fail()
        if save_until is not None:
            for name, saving in self._savings.items():
                self._saver.save_last(saving, name, save_until)
        self._leave()
        return self._visibility.current.num_records

    def close(self, save_until: float) -> None:
        """Retire, and wait a while until the calls in hand have released every file."""
        self.retire(save_until=save_until)
        with self._use:
            if not self._use.wait_for(lambda: self._released, _CLOSE_SECONDS):
                _log.error("collection still open under running calls", collection=self._spec.name, calls=self._users)

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
        for view, index in self._views.items():
            index.close(keep_rows=graph_path(self._folder, view).exists())
        self._db.close()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._use:
            if self._closed:
                raise CollectionNotFoundError(self._spec.name)
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
