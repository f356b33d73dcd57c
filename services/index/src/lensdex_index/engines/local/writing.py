"""A collection's writes. Order: reserve, commit, apply, publish, answer.

Room in the indexes is taken before the commit, so that nothing can fail after it; searches see a write from the moment
it is published, whole. Knows no SQL and no backend.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import inf
from typing import Final

import numpy as np
import structlog

from lensdex_index.changes import Changes
from lensdex_index.engines.committer import Committer, Job
from lensdex_index.engines.local.back_pressure import held_back
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.local.store.writer import Effect, Writer
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.views import Views
from lensdex_index.engines.local.visibility import OUT_OF_STEP, Visibility, Visible
from lensdex_index.engines.options import Observer
from lensdex_index.errors import DomainError, StoreUnavailableError, ViewNotFoundError, ViolationsError
from lensdex_index.filters import Filter
from lensdex_index.records import Batch, Labels, Matrix, ViewRows, WriteOutcome

_log = structlog.get_logger()

_NO_RECORDS: Final = Batch((), {})
_NONE: Final[Labels] = np.empty(0, dtype=np.int64)
_NO_ROWS: Final[Matrix] = np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Write:
    """A caller's write: records to put in, changes to records, ids to delete, or a filter whose records to delete."""

    batch: Batch = _NO_RECORDS
    ready: Mapping[str, Matrix] = field(default_factory=dict)
    """The batch's vectors by view, as they are compared."""
    deleted: Sequence[str] = ()
    matching: Filter | None = None
    changes: Changes | None = None
    """Its vectors are in *ready* as well."""
    task: Callable[[], None] | None = None
    """Something else to do in its turn, alone."""

    @property
    def num_items(self) -> int:
        """Return the records or ids it names."""
        return max(1, len(self.batch.records), len(self.deleted), len(self.changes.each) if self.changes else 0)

    @property
    def views(self) -> Mapping[str, ViewRows]:
        """Return the vectors it brings, as sent."""
        return self.batch.views if self.changes is None else self.changes.views

    def num_vectors(self, view: str) -> int:
        """Return how many vectors it brings to *view*, at most: a changed record takes along those it has."""
        return len(self.ready.get(view, ())) if self.changes is None else len(self.changes.each)


class Writing:
    """Commits the writes of one collection and applies them, in a thread of its own."""

    def __init__(
        self,
        name: str,
        db: RecordsDb,
        records: RecordIndex,
        views: Views,
        visibility: Visibility,
        *,
        observer: Observer,
        committed: Callable[[], None],
    ) -> None:
        """*committed* is called after every commit: there may be something to index."""
        self._db, self._records, self._views, self._visibility = db, records, views, visibility
        self._observer, self._committed = observer, committed
        self._failed = False
        self._committer: Committer[Write] = Committer(name, self._commit_all, idle=self._reclaim)

    def submit(self, write: Write, deadline: float) -> Future[WriteOutcome]:
        """Queue a write. Raises CollectionNotFoundError after ``close``."""
        return self._committer.submit(write, write.num_items, deadline)

    def tidy(self) -> None:
        """Go on giving back space, where that was cut off by the end of the process."""
        self.submit(Write(task=lambda: None), inf)

    def close(self) -> None:
        """Take no more, finish what is queued."""
        self._committer.close()

    # The writer's thread.

    def _reclaim(self) -> bool:
        """Give some of what deleted records took back to the file system; return whether there is more."""
        try:
            return not self._failed and self._db.reclaim()
        except Exception as error:  # noqa: BLE001  nobody waits for it, and the writer's thread must outlive it
            # A store in trouble says so to the next writer.
            _log.warning("space not reclaimed", error=str(error))
            return False

    def _commit_all(self, jobs: Sequence[Job[Write]]) -> None:
        for together in _apart(jobs):
            task = together[0].work.task
            if task is None:
                self._commit(together)
            else:
                self._do(together[0], task)

    def _do(self, job: Job[Write], task: Callable[[], None]) -> None:
        if self._failed:
            _fail([job], StoreUnavailableError(OUT_OF_STEP))
            return
        try:
            task()
        except Exception as error:  # noqa: BLE001  the caller hears of it, and the face logs it
            _fail([job], error)
        else:
            job.future.set_result(WriteOutcome(self._visibility.current.sequence))

    def _commit(self, jobs: Sequence[Job[Write]]) -> None:
        bounds = {name: index.tail_bound for name, index in self._views.indexes.items()}
        jobs = held_back(jobs, bounds, Write.num_vectors, self._observer.held_back)
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
                if isinstance(outcome, DomainError):
                    job.future.set_exception(outcome)
                else:
                    job.future.set_result(outcome)
            self._committed()

    def _write_and_apply(self, jobs: Sequence[Job[Write]]) -> list[WriteOutcome | DomainError]:
        """Return what each job did, or why it was refused; the others are not affected."""
        if self._failed:
            raise StoreUnavailableError(OUT_OF_STEP)
        views = self._views.indexes
        with self._db.writing() as writer:
            effects = [self._written(writer, job.work) for job in jobs]
            self._records.reserve(
                [item for effect in effects if isinstance(effect, Effect) for item in effect.metadata]
            )
            for name, index in views.items():
                index.reserve(sum(job.work.num_vectors(name) for job in jobs))
        done = [effect for effect in effects if isinstance(effect, Effect)]
        if done:
            try:
                visible = self._apply(jobs, effects, done[-1].sequence)
                self._visibility.publish(visible)
                for index in views.values():
                    index.published(visible.sequence)
            except BaseException:
                # Committed, yet not in the indexes: only a restart brings both together again.
                self._failed = True
                self._visibility.fail()
                raise
        return [effect if isinstance(effect, DomainError) else _outcome(effect) for effect in effects]

    def _written(self, writer: Writer, work: Write) -> Effect | DomainError:
        try:
            self._check_views(work)
            if work.changes is not None:
                return writer.update(work.changes)
        except (ViewNotFoundError, ViolationsError) as error:
            return error
        if work.matching is not None:
            # It goes alone: all that was written before is in the columns.
            labels = self._records.labels(work.matching, self._visibility.current.sequence)
            return writer.end(labels.tolist())
        return writer.delete(work.deleted) if work.deleted else writer.upsert(work.batch)

    def _check_views(self, work: Write) -> None:
        """Raise ViewNotFoundError where a view of *work* was dropped since it was checked."""
        for name, rows in work.views.items():
            self._views.find(name, rows.view_number)
        for name in set().union(*(change.removed_views for change in work.changes.each)) if work.changes else ():
            self._views.find(name)

    def _apply(self, jobs: Sequence[Job[Write]], effects: Sequence[Effect | DomainError], sequence: int) -> Visible:
        before = self._visibility.current
        num_records, num_vectors = before.num_records, dict(before.num_vectors)
        for job, effect in zip(jobs, effects, strict=True):
            if isinstance(effect, DomainError):
                continue
            ended = np.array(effect.ended, dtype=np.int64)
            num_new = len(effect.metadata)
            # Records come before their vectors, so that whoever knows of a vector finds its record.
            self._records.retire(ended, effect.sequence)
            self._records.append(np.arange(num_new) + effect.first_label, effect.metadata, effect.sequence)
            for name, index in self._views.indexes.items():
                places, ready = _vectors(job.work, effect, name, index)
                num_vectors[name] += len(places) - index.retire(ended, effect.sequence)
                if len(places):
                    index.append(places + effect.first_label, ready, effect.sequence)
            num_records += num_new - len(ended)
        return Visible(sequence, num_records, num_vectors)


def _vectors(work: Write, effect: Effect, view: str, index: ViewIndex) -> tuple[Labels, Matrix]:
    """Return the vectors that a write puts into *view*, and which of its records each belongs to, ascending."""
    changes = work.changes
    if changes is None:
        rows = work.batch.views.get(view)
        return (_NONE, _NO_ROWS) if rows is None else (rows.indexes, work.ready[view])
    sent = changes.views.get(view)
    own = _NONE if sent is None else sent.indexes
    stays = np.array([view not in change.removed_views for change in changes.each], dtype=np.bool_)
    stays[own] = False
    places = np.flatnonzero(stays)
    has, kept = index.held(np.array(effect.before, dtype=np.int64)[places])
    places = places[has]
    if not len(own):
        return places, kept
    together = np.concatenate((places, own))
    order = np.argsort(together)
    return together[order], np.concatenate((kept, work.ready[view]))[order]


def _outcome(effect: Effect) -> WriteOutcome:
    num_new, num_ended = len(effect.metadata), len(effect.ended)
    if num_new:
        return WriteOutcome(effect.sequence, num_inserted=num_new - num_ended, num_replaced=num_ended)
    return WriteOutcome(effect.sequence, num_deleted=num_ended)


def _apart(jobs: Sequence[Job[Write]]) -> Iterator[Sequence[Job[Write]]]:
    """Yield *jobs* in order, in groups that may share a commit: what a filter matches is asked of what is applied.

    A task goes alone too.
    """
    together: list[Job[Write]] = []
    for job in jobs:
        if job.work.matching is None and job.work.task is None:
            together.append(job)
            continue
        if together:
            yield together
        yield [job]
        together = []
    if together:
        yield together


def _fail(jobs: Sequence[Job[Write]], error: Exception) -> None:
    for job in jobs:
        job.future.set_exception(error)
