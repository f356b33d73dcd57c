"""One collection: the store and the view indexes in step. Write order: reserve, commit, apply, publish, answer.

Room in the indexes is taken before the commit, so that nothing can fail after it; searches see a write from the
moment it is published, whole. Knows no SQL and no backend.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import structlog

from lensdex_index.engines.local.back_pressure import held_back
from lensdex_index.engines.local.committer import Committer, Job
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.recovering import graph_path, recover
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.saving import GraphSaving, SavePolicy
from lensdex_index.engines.local.searching import Searching
from lensdex_index.engines.local.store.records_db import Effect, RecordsDb, Writer
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.visibility import OUT_OF_STEP, Visibility, Visible
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import (
    CollectionNotFoundError,
    DomainError,
    StoreUnavailableError,
)
from lensdex_index.records import (
    Batch,
    CollectionSpec,
    CollectionStatistics,
    Include,
    Matrix,
    Search,
    SearchAnswer,
    StoredRecord,
    ViewStatistics,
    WriteOutcome,
)

_log = structlog.get_logger()

_CLOSE_SECONDS = 60.0
_Item = TypeVar("_Item")


_NO_RECORDS = Batch((), {})


@dataclass(frozen=True, slots=True)
class _Write:
    """A caller's write: records to put in, or ids to delete."""

    batch: Batch = _NO_RECORDS
    ready: Mapping[str, Matrix] = field(default_factory=dict)
    """The batch's vectors by view, as they are compared."""
    deleted: Sequence[str] = ()


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
        self._observer, self._indexer, self._saver = options.observer, indexer, saver
        self._use = threading.Condition()
        self._users = 1
        """Calls in hand, and one for the collection being open: who leaves last releases the files."""
        self._closed = self._released = False
        self._at_end: Callable[[], None] = lambda: None
        self._failed = False
        self._views: dict[str, ViewIndex] = {}
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
                )
            visible = recover(
                self._db,
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
        self._searching = Searching(spec.name, self._db, self._views, self._visibility)
        self._committer: Committer[_Write] = Committer(spec.name, self._commit)
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
        return self._committer.submit(_Write(batch, ready), len(batch.records), deadline)

    def delete(self, ids: Sequence[str], *, deadline: float) -> Future[WriteOutcome]:
        return self._committer.submit(_Write(deleted=ids), len(ids), deadline)

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        with self._in_use(), self._db.reading() as reader:
            for record_id in ids:
                yield reader.record(record_id, include, views)

    def scan(self, after: str, limit: int, include: Include, views: Sequence[str]) -> Generator[StoredRecord]:
        with self._in_use(), self._db.reading() as reader:
            yield from reader.scan(after, limit, include, views)

    def count(self) -> int:
        with self._in_use():
            return self._visibility.current.num_records

    def search(self, search: Search) -> SearchAnswer:
        with self._in_use():
            visible = self._visibility.current
        missing = visible.num_records - visible.num_vectors[search.view]
        return SearchAnswer(self._while_in_use(self._searching.answers(search)), missing)

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
        self._committer.close()
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

    # The writer's thread.

    def _commit(self, jobs: Sequence[Job[_Write]]) -> None:
        bounds = {name: index.tail_bound for name, index in self._views.items()}
        jobs = held_back(jobs, bounds, _num_vectors, self._observer.held_back)
        if not jobs:
            return
        begin = time.perf_counter()
        try:
            outcomes = self._write_and_apply(jobs)
        except DomainError as error:
            _fail(jobs, error)
        except Exception as error:  # noqa: BLE001  the callers hear of it, and the face logs it
            if len(jobs) > 1 and not self._failed:
                # One of them is at fault; its neighbours must not suffer.
                for job in jobs:
                    self._commit([job])
            else:
                _fail(jobs, error)
        else:
            self._observer.committed(time.perf_counter() - begin, len(jobs), sum(job.num_items for job in jobs))
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.future.set_result(outcome)
            self._indexer.wake()

    def _write_and_apply(self, jobs: Sequence[Job[_Write]]) -> list[WriteOutcome]:
        if self._failed:
            raise StoreUnavailableError(OUT_OF_STEP)
        with self._db.writing() as writer:
            effects = [_write(writer, job.work) for job in jobs]
            for name, index in self._views.items():
                index.reserve(sum(len(job.work.ready.get(name, ())) for job in jobs))
        try:
            outcomes, visible = self._apply(jobs, effects)
            self._visibility.publish(visible)
            for index in self._views.values():
                index.published(visible.sequence)
        except BaseException:
            # Committed, yet not in the indexes: only a restart brings both together again.
            self._failed = True
            self._visibility.fail()
            raise
        return outcomes

    def _apply(self, jobs: Sequence[Job[_Write]], effects: Sequence[Effect]) -> tuple[list[WriteOutcome], Visible]:
        before = self._visibility.current
        num_records, num_vectors = before.num_records, dict(before.num_vectors)
        outcomes = []
        for job, effect in zip(jobs, effects, strict=True):
            work, ended = job.work, np.array(effect.ended, dtype=np.int64)
            for name, index in self._views.items():
                num_vectors[name] -= index.retire(ended, effect.sequence)
            for name, ready in work.ready.items():
                labels = work.batch.views[name].indexes + effect.first_label
                self._views[name].append(labels, ready, effect.sequence)
                num_vectors[name] += len(labels)
            num_new = len(work.batch.records)
            num_records += num_new - len(ended)
            if work.deleted:
                outcomes.append(WriteOutcome(effect.sequence, num_deleted=len(ended)))
            else:
                outcomes.append(
                    WriteOutcome(effect.sequence, num_inserted=num_new - len(ended), num_replaced=len(ended))
                )
        return outcomes, Visible(effects[-1].sequence, num_records, num_vectors)


def _write(writer: Writer, work: _Write) -> Effect:
    return writer.delete(work.deleted) if work.deleted else writer.upsert(work.batch)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        # A graph that was being saved has got its name meanwhile.
        return 0


def _num_vectors(work: _Write, view: str) -> int:
    return len(work.ready.get(view, ()))


def _fail(jobs: Sequence[Job[_Write]], error: Exception) -> None:
    for job in jobs:
        job.future.set_exception(error)
