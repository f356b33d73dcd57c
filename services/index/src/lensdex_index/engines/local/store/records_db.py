"""A collection's database: records, vectors as they were sent, the sequence of the last write.

Knows SQL and nothing of indexes: it hands out labels, and says which labels a write made and which it ended.
"""

import contextlib
import json
import sqlite3
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection

import numpy as np

from lensdex_index.engines.local.store.connection import connect, connect_reader, transaction, translated
from lensdex_index.engines.local.store.views_table import ViewsTable
from lensdex_index.engines.local.store.writer import Writer
from lensdex_index.errors import CorruptedError, ViewNotFoundError
from lensdex_index.records import Include, Labels, Matrix, Metadata, Record, StoredRecord, Vector, ViewSpec

_IDS_PER_STATEMENT = 500
_ROWS_PER_CHUNK = 1024
_MIN_UNUSED_PAGES = 1024
"""4 MB: less than this is left for the writes to come."""
_PAGES_PER_STEP = 256
"""A few milliseconds' work, in a commit of its own."""
_BETWEEN_RECORDS = ",\n"
_MOST_PARSED_AT_ONCE = 64 * 1024
"""Characters: a millisecond's work."""
_STEPS_PER_QUESTION = 10_000
"""SQLite's steps between two questions whether to go on: well below a second."""


class RecordsDb:
    """One database. Writing is for one thread at a time; reading is for any, also meanwhile."""

    def __init__(
        self,
        path: Path,
        name: str,
        epoch: bytes,
        views: Sequence[ViewSpec],
        *,
        create: bool,
        abandoned: Callable[[], bool],
    ) -> None:
        """*views*: the catalog's. Those that are left of them, after a crash, are ``views``."""
        self.path = path
        self._name = name
        self._idle: deque[Connection] = deque()
        with translated(name):
            self._writer = connect(path, "records", create=create)
            self._table = ViewsTable(self._writer, name)
            try:
                if create:
                    self._initialise(epoch, [view.name for view in views])
                # The check reads the whole file; it asks now and then whether it should go on.
                self._writer.set_progress_handler(abandoned, _STEPS_PER_QUESTION)
                self._check(epoch)
                self._writer.set_progress_handler(None, 0)
                self.views = self._table.agree(views)
                self._sequence, self._next_label = self._writer.execute(
                    "SELECT sequence, next_label FROM collection"
                ).fetchone()
            except BaseException:
                self._writer.close()
                raise

    @property
    def sequence(self) -> int:
        """Sequence of the last committed write."""
        return int(self._sequence)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writer]:
        """Open a transaction; it is committed and synced at the end, or rolled back whole."""
        with translated(self._name):
            writer = Writer(self._writer, self._name, self._table.numbers, self._sequence, self._next_label)
            with transaction(self._writer):
                yield writer
                self._writer.execute(
                    "UPDATE collection SET sequence = ?, next_label = ?", (writer.sequence, writer.next_label)
                )
            self._sequence, self._next_label = writer.sequence, writer.next_label

    def add_view(self, name: str) -> int:
        """Make a view, durably; return its number. The writer's thread."""
        with translated(self._name):
            return self._table.add(name)

    def drop_view(self, name: str) -> None:
        """Drop a view, durably; ``reclaim`` takes its vectors out of the file. The writer's thread."""
        with translated(self._name):
            self._table.drop(name)

    @property
    def is_swept(self) -> bool:
        """Return whether no dropped view has a vector in the file."""
        return self._table.is_swept

    def reclaim(self) -> bool:
        """Delete some vectors of dropped views, or cut some unused pages off the file, if they are worth it.

        Return whether there is more to do. The writer's thread.

        The file is shorter once the log has been folded into it, which comes with later writes or at the end.
        """
        with translated(self._name):
            if self._table.sweep():
                return True
            (unused,) = self._writer.execute("PRAGMA freelist_count").fetchone()
            if unused < _MIN_UNUSED_PAGES:
                return False
            # It is a statement of many rows: each step frees a page.
            self._writer.execute(f"PRAGMA incremental_vacuum({_PAGES_PER_STEP})").fetchall()
            (left,) = self._writer.execute("PRAGMA freelist_count").fetchone()
            if left < _MIN_UNUSED_PAGES:
                self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                return False
            return bool(left < unused)

    @contextlib.contextmanager
    def reading(self) -> Iterator["Reader"]:
        """Open a snapshot."""
        with translated(self._name):
            connection = self._idle.pop() if self._idle else connect_reader(self.path)
            try:
                connection.execute("BEGIN")
                yield Reader(connection, self._name, self._table.numbers)
            finally:
                connection.execute("ROLLBACK")
                self._idle.append(connection)

    @contextlib.contextmanager
    def glancing(self) -> Iterator["Reader"]:
        """Give a reader without a snapshot: each statement sees what is committed when it begins. Costs less."""
        with translated(self._name):
            connection = self._idle.pop() if self._idle else connect_reader(self.path)
            try:
                yield Reader(connection, self._name, self._table.numbers)
            finally:
                self._idle.append(connection)

    def labels(self, view: str) -> Labels:
        """Return the labels that have a vector in *view*, ascending."""
        with self.reading() as reader:
            found = reader.connection.execute(
                "SELECT label FROM vectors WHERE view = ? ORDER BY label", (reader.number(view),)
            )
            return np.fromiter((label for (label,) in found), dtype=np.int64)

    def load(self, after: Mapping[str, int]) -> Generator[tuple[str, Labels, Matrix]]:
        """Yield the vectors whose labels follow the view's of *after*, in chunks; labels of one view ascend throughout.

        Raises CorruptedError when a stored vector's length is not that of its neighbours.
        """
        with self.reading() as reader:
            for view, number in self._table.numbers.items():
                rows = reader.connection.execute(
                    "SELECT label, data FROM vectors WHERE view = ? AND label > ? ORDER BY label", (number, after[view])
                )
                while chunk := rows.fetchmany(_ROWS_PER_CHUNK):
                    labels = np.fromiter((label for label, _ in chunk), dtype=np.int64, count=len(chunk))
                    flat = np.frombuffer(b"".join(data for _, data in chunk), dtype="<f4")
                    if len({len(data) for _, data in chunk}) != 1:
                        raise CorruptedError(self._name, f"stored vectors of view {view} differ in length")
                    yield view, labels, flat.reshape(len(chunk), -1)

    def records(self, *, metadata: bool) -> Generator[tuple[Labels, Sequence[Metadata]]]:
        """Yield the labels of all records, ascending, in chunks, and the metadata of each; empty unless asked for."""
        with self.reading() as reader:
            column = "metadata" if metadata else "'{}'"
            rows = reader.connection.execute(f"SELECT label, {column} FROM records ORDER BY label")  # noqa: S608
            while chunk := rows.fetchmany(_ROWS_PER_CHUNK):
                labels = np.fromiter((label for label, _ in chunk), dtype=np.int64, count=len(chunk))
                yield labels, [json.loads(text) if metadata else {} for _, text in chunk]

    def close(self) -> None:
        """Fold the log into the file and release it. Nobody may be reading or writing."""
        while self._idle:
            self._idle.pop().close()
        self._writer.close()

    def _initialise(self, epoch: bytes, views: Sequence[str]) -> None:
        with transaction(self._writer):
            self._writer.execute("INSERT INTO collection VALUES (1, ?, 0, 1)", (epoch,))
            self._table.initialise(views)

    def _check(self, epoch: bytes) -> None:
        (problem,) = self._writer.execute("PRAGMA quick_check(1)").fetchone()
        if problem != "ok":
            raise CorruptedError(self._name, f"its database fails its check: {problem}; restore it from a copy")
        row = self._writer.execute("SELECT epoch FROM collection").fetchone()
        if row is None or bytes(row[0]) != epoch:
            raise CorruptedError(self._name, "its database file belongs to another collection; restore its own")


class Reader:
    """An open snapshot."""

    def __init__(self, connection: Connection, name: str, view_numbers: Mapping[str, int]) -> None:
        self.connection = connection
        self._name = name
        self._view_numbers = view_numbers

    def count(self) -> int:
        """Return the number of records."""
        (count,) = self.connection.execute("SELECT count(*) FROM records").fetchone()
        return int(count)

    def label(self, record_id: str) -> int | None:
        """Return the record's label, None where there is no such record."""
        row = self.connection.execute("SELECT label FROM records WHERE id = ?", (record_id,)).fetchone()
        return None if row is None else int(row[0])

    def record(self, record_id: str, include: Include, views: Sequence[str]) -> StoredRecord | None:
        """Return the record, None where there is none."""
        row = self.connection.execute(f"{_select(include)} WHERE id = ?", (record_id,)).fetchone()
        return None if row is None else self._stored(row, views)

    def number(self, view: str) -> int:
        """Return the number of *view*. Raises ViewNotFoundError."""
        number = self._view_numbers.get(view)
        if number is None:
            raise ViewNotFoundError(self._name, view, ",".join(self._view_numbers))
        return number

    def sequence(self) -> int:
        """Return the sequence of the last write in this snapshot."""
        (sequence,) = self.connection.execute("SELECT sequence FROM collection").fetchone()
        return int(sequence)

    def vector(self, label: int, view: str) -> Vector | None:
        """Return the record's vector as it was sent, None where it lacks the view."""
        key = label, self.number(view)
        row = self.connection.execute("SELECT data FROM vectors WHERE label = ? AND view = ?", key).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype="<f4")

    def by_labels(self, labels: Sequence[int], include: Include) -> Generator[tuple[int, Record, int]]:
        """Yield those *labels* there are, each with its record and the bytes read of it; in any order."""
        for start in range(0, len(labels), _IDS_PER_STATEMENT):
            chunk = labels[start : start + _IDS_PER_STATEMENT]
            marks = ",".join("?" * len(chunk))
            for row in self.connection.execute(f"{_select(include)} WHERE label IN ({marks})", chunk):
                yield row[0], _record(row), len(row[1]) + len(row[2] or "") + len(row[3] or b"")

    def together(
        self, labels: Sequence[int], include: Include, *, most_bytes: int
    ) -> dict[int, tuple[Record, int]] | None:
        """Return those *labels* there are, each with its record and the bytes read of it: all of one moment.

        At most some hundreds of labels; content is not read. It is one row to SQLite: the interpreter is given up once,
        not for every record, which matters where several searches compete for it. None: *most_bytes* do not hold it.
        """
        marks = ",".join("?" * len(labels))
        metadata = "metadata" if include.metadata else "'{}'"
        # Neither SQLite's JSON nor ours holds a line's end but to end a record's.
        statement = (
            f"SELECT group_concat(json_array(label, id, length(id) + length({metadata})) || ',' || {metadata}, ?) "  # noqa: S608
            f"FROM records WHERE label IN ({marks})"
        )
        usual = self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most_bytes)
        try:
            (text,) = self.connection.execute(statement, (_BETWEEN_RECORDS, *labels)).fetchone()
        except sqlite3.DataError:
            return None
        finally:
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, usual)
        # Reading much at once would hold the interpreter, and with it all other calls, for as long as that takes.
        pieces = [text or ""] if len(text or "") <= _MOST_PARSED_AT_ONCE else text.split(_BETWEEN_RECORDS)
        parts = (part for piece in pieces for part in json.loads(f"[{piece}]"))
        return {
            label: (Record(record_id, plain, None), num_bytes)
            for (label, record_id, num_bytes), plain in zip(parts, parts, strict=True)
        }

    def ids(self, labels: Sequence[int]) -> dict[int, str]:
        """Return the ids of those *labels* there are."""
        ids: dict[int, str] = {}
        for start in range(0, len(labels), _IDS_PER_STATEMENT):
            chunk = labels[start : start + _IDS_PER_STATEMENT]
            marks = ",".join("?" * len(chunk))
            ids.update(self.connection.execute(f"SELECT label, id FROM records WHERE label IN ({marks})", chunk))  # noqa: S608
        return ids

    def scan(self, after: str, limit: int, include: Include, views: Sequence[str]) -> Generator[StoredRecord]:
        """Yield up to *limit* records whose ids follow *after*, in order."""
        rows = self.connection.execute(f"{_select(include)} WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
        for row in rows:
            yield self._stored(row, views)

    def labels_after(self, after: str) -> Generator[tuple[str, int]]:
        """Yield the ids that follow *after*, in order, and their labels. Reads the index of ids alone."""
        yield from self.connection.execute("SELECT id, label FROM records WHERE id > ? ORDER BY id", (after,))

    def stored(self, label: int, include: Include, views: Sequence[str]) -> StoredRecord:
        """Return the record with that label, which exists."""
        row = self.connection.execute(f"{_select(include)} WHERE label = ?", (label,)).fetchone()
        return self._stored(row, views)

    def _stored(self, row: tuple[int, str, str | None, bytes | None], views: Sequence[str]) -> StoredRecord:
        vectors: dict[str, Vector] = {}
        if views:
            wanted = {self.number(view): view for view in views}
            found = self.connection.execute("SELECT view, data FROM vectors WHERE label = ?", (row[0],))
            vectors = {wanted[number]: np.frombuffer(data, dtype="<f4") for number, data in found if number in wanted}
        return StoredRecord(_record(row), vectors)


def _select(include: Include) -> str:
    metadata = "metadata" if include.metadata else "NULL"
    content = "content" if include.content else "NULL"
    return f"SELECT label, id, {metadata}, {content} FROM records"  # noqa: S608  constants only


def _record(row: tuple[int, str, str | None, bytes | None]) -> Record:
    _, record_id, metadata, content = row
    return Record(record_id, {} if metadata is None else json.loads(metadata), content)
