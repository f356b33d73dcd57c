"""A collection's writes, one after the other, each as far as Milvus keeps its promises.

A record is what the anchor has: its row is written after those in further views and deleted before them. What a write
that failed in between leaves over is no part of any record, and a repetition of the write clears it away.
"""

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from lensdex_index.changes import Change, Changes
from lensdex_index.engines.committer import Committer, Job
from lensdex_index.engines.milvus import expressions, schema
from lensdex_index.engines.milvus.codec import HEAD_COLUMNS, Head, Row, anchor_columns, head_of, text_of, view_row
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.milvus.reading import PORTION_BYTES, Reading, id_portions
from lensdex_index.engines.options import Observer
from lensdex_index.errors import DomainError, RecordNotFoundError, RecordTooLargeError, ViolationsError
from lensdex_index.filters import Filter
from lensdex_index.records import DEFAULT_VIEW, Batch, Include, Record, StoredRecord, Vector, ViewRows, WriteOutcome

_METADATA: Final = Include(metadata=True, content=False)
_ALL: Final = Include(metadata=True, content=True)
_NO_RECORDS: Final = Batch((), {})


@dataclass(frozen=True, slots=True)
class Write:
    """A caller's write: records to put in, changes to records, ids to delete, or a filter whose records to delete."""

    batch: Batch = _NO_RECORDS
    changes: Changes | None = None
    deleted: Sequence[str] = ()
    matching: Filter | None = None

    @property
    def num_items(self) -> int:
        """Return the records or ids it names."""
        return max(1, len(self.batch.records), len(self.deleted), len(self.changes.each) if self.changes else 0)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A record with all its vectors."""

    record: Record
    vectors: Mapping[str, Vector] = field(default_factory=dict)


class Writing:
    """Writes to one collection, in a thread of its own."""

    def __init__(self, stored: Stored, reading: Reading, observer: Observer) -> None:
        self._stored, self._reading, self._observer = stored, reading, observer
        self._clock = _Clock()
        self._committer: Committer[Write] = Committer(stored.spec.name, self._commit_all)

    def submit(self, write: Write, deadline: float) -> Future[WriteOutcome]:
        """Queue a write. Raises CollectionNotFoundError after ``close``."""
        return self._committer.submit(write, write.num_items, deadline)

    def close(self) -> None:
        """Take no more, finish what is queued."""
        self._committer.close()

    # The writer's thread.

    def _commit_all(self, jobs: Sequence[Job[Write]]) -> None:
        for together in _apart(jobs):
            self._commit(together)

    def _commit(self, jobs: Sequence[Job[Write]]) -> None:
        begin = time.perf_counter()
        try:
            outcomes = self._written([job.work for job in jobs])
        except Exception as error:  # noqa: BLE001  the callers hear of it, and the face logs it
            if len(jobs) > 1 and not isinstance(error, DomainError):
                # One of them is at fault; its neighbours must not suffer.
                for job in jobs:
                    self._commit([job])
                return
            for job in jobs:
                job.future.set_exception(error)
            return
        self._observer.committed(time.perf_counter() - begin, len(jobs), sum(job.num_items for job in jobs))
        for job, outcome in zip(jobs, outcomes, strict=True):
            job.future.set_result(outcome)

    def _written(self, writes: Sequence[Write]) -> list[WriteOutcome]:
        first = writes[0]
        if first.changes is not None:
            return [self._update(first.changes)]
        if first.matching is not None:
            return [self._delete_matching(first.matching)]
        if first.deleted:
            return [self._delete(first.deleted)]
        return self._upsert([write.batch for write in writes])

    def _upsert(self, batches: Sequence[Batch]) -> list[WriteOutcome]:
        before = self._reading.heads([record.id for batch in batches for record in batch.records])
        self._put([one for batch in batches for one in _wholes(batch)], before)
        outcomes = []
        for batch in batches:
            replaced = sum(record.id in before for record in batch.records)
            inserted = len(batch.records) - replaced
            outcomes.append(WriteOutcome(self._clock.next(), num_inserted=inserted, num_replaced=replaced))
        return outcomes

    def _update(self, changes: Changes) -> WriteOutcome:
        heads = self._reading.heads([change.id for change in changes.each])
        self._check(changes, heads)
        by_id = {change.id: (at, change) for at, change in enumerate(changes.each)}
        views = [view.name for view in self._stored.spec.views]
        num_replaced = 0
        for portion in self._reading.portions(list(heads.values()), _ALL, views):
            records = self._reading.records(portion, _ALL, views)
            found = [one for one in records if one is not None]
            self._put([_changed(one, *by_id[one.record.id], changes.views) for one in found], heads)
            num_replaced += len(found)
        return WriteOutcome(self._clock.next(), num_replaced=num_replaced)

    def _check(self, changes: Changes, heads: Mapping[str, Head]) -> None:
        """Raise ViolationsError for records that do not exist or whose metadata grow too large."""
        violations: list[tuple[str, DomainError]] = []
        records = self._reading.records(list(heads.values()), _METADATA, ())
        metadata = {one.record.id: one.record.metadata for one in records if one is not None}
        for at, change in enumerate(changes.each):
            if change.id not in metadata:
                violations.append((f"updates[{at}].id", RecordNotFoundError(self._stored.spec.name, change.id)))
                continue
            size = len(text_of(change.merged(metadata[change.id])).encode())
            if size > changes.max_metadata_bytes:
                error = RecordTooLargeError(change.id, "metadata", size, changes.max_metadata_bytes)
                violations.append((f"updates[{at}].metadata", error))
        if violations:
            raise ViolationsError(violations)

    def _delete(self, ids: Sequence[str]) -> WriteOutcome:
        heads = self._reading.heads(list(dict.fromkeys(ids)))
        self._remove(list(heads.values()))
        return WriteOutcome(self._clock.next(), num_deleted=len(heads))

    def _delete_matching(self, chosen: Filter) -> WriteOutcome:
        asked = expressions.expression(chosen, self._stored.spec.fields)
        num_deleted = 0
        for rows in self._stored.pages(self._stored.anchor, asked, HEAD_COLUMNS):
            self._remove([head_of(row) for row in rows])
            num_deleted += len(rows)
        return WriteOutcome(self._clock.next(), num_deleted=num_deleted)

    # Rows.

    def _put(self, wholes: Sequence[_Whole], before: Mapping[str, Head]) -> None:
        """Write records in place of what there was of them."""
        version = secrets.randbits(62)
        fields = self._stored.spec.fields
        for view in self._stored.further_views:
            having = [one for one in wholes if view in one.vectors]
            self._send(
                self._stored.of_view(view),
                (view_row(one.record.id, version, one.vectors[view], fields, one.record.metadata) for one in having),
            )
        self._send(self._stored.anchor, (self._anchor_row(one, version) for one in wholes))
        for view in self._stored.further_views:
            gone = [
                one.record.id
                for one in wholes
                if one.record.id in before and view in before[one.record.id].views and view not in one.vectors
            ]
            self._take(self._stored.of_view(view), gone)

    def _anchor_row(self, one: _Whole, version: int) -> Row:
        fields, record = self._stored.spec.fields, one.record
        views = frozenset(one.vectors) - {DEFAULT_VIEW}
        row = view_row(record.id, version, one.vectors[DEFAULT_VIEW], fields, record.metadata)
        return row | anchor_columns(record.metadata, record.content, views)

    def _remove(self, heads: Sequence[Head]) -> None:
        self._take(self._stored.anchor, [head.id for head in heads])
        for view in self._stored.further_views:
            self._take(self._stored.of_view(view), [head.id for head in heads if view in head.views])

    def _send(self, collection: str, rows: Iterable[Row]) -> None:
        for portion in _portions(rows):
            self._stored.call("upsert", collection, portion)

    def _take(self, collection: str, ids: Sequence[str]) -> None:
        for some in id_portions(ids):
            self._stored.call("delete", collection, filter=expressions.ids_in(some))


class _Clock:
    """Numbers that rise from write to write, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        """Return microseconds since 1970, or one more than the last."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000)
            return self._last


def _apart(jobs: Sequence[Job[Write]]) -> Iterator[Sequence[Job[Write]]]:
    """Yield *jobs* in order; upserts that follow each other and share no record go together."""
    together: list[Job[Write]] = []
    ids: set[str] = set()
    for job in jobs:
        own = {record.id for record in job.work.batch.records}
        if together and (not own or own & ids):
            yield together
            together, ids = [], set()
        if own:
            together.append(job)
            ids |= own
        else:
            yield [job]
    if together:
        yield together


def _wholes(batch: Batch) -> list[_Whole]:
    vectors: list[dict[str, Vector]] = [{} for _ in batch.records]
    for view, rows in batch.views.items():
        for at, vector in zip(rows.indexes.tolist(), rows.vectors, strict=True):
            vectors[at][view] = vector
    return [_Whole(record, own) for record, own in zip(batch.records, vectors, strict=True)]


def _changed(before: StoredRecord, at: int, change: Change, views: Mapping[str, ViewRows]) -> _Whole:
    vectors = {view: vector for view, vector in before.vectors.items() if view not in change.removed_views}
    for view, rows in views.items():
        for place in (rows.indexes == at).nonzero()[0].tolist():
            vectors[view] = rows.vectors[place]
    record = before.record
    content = change.content_after(record.content)
    return _Whole(Record(record.id, change.merged(record.metadata), content), vectors)


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    portion: list[Row] = []
    num_bytes = 0
    for row in rows:
        size = _size(row)
        if portion and num_bytes + size > PORTION_BYTES:
            yield portion
            portion, num_bytes = [], 0
        portion.append(row)
        num_bytes += size
    if portion:
        yield portion


def _size(row: Row) -> int:
    """Return the bytes of a row in a message, roughly: metadata stand in it twice, as text and in fields."""
    content = 4 * max(0, row.get(schema.CONTENT_BYTES, 0)) // 3
    return int(4 * len(row[schema.VECTOR]) + 2 * row.get(schema.METADATA_BYTES, 4_096) + content + 1_024)
