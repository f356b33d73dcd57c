"""Copying a collection's database as it is at one moment, to a file of its own; and making one a collection's again.

Rows are copied, not pages: what was deleted, and what views had that were dropped, does not come along, nor does the
epoch, which is a secret. Knows SQL and nothing of indexes.
"""

import contextlib
import os
import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

from lensdex_index.engines.local.store.connection import connect, connect_empty, transaction, translated
from lensdex_index.errors import CorruptedError
from lensdex_index.records import ViewSpec

_ROWS_PER_STEP: Final = 128
"""Some ten milliseconds of large vectors: how long it takes to notice that nobody wants the copy any more."""
_BYTES_PER_SYNC: Final = 32 * 1024 * 1024
"""Written out as it goes, so that writers' commits never wait for all of it at once."""
_UNREADABLE: Final = """
SELECT 1 FROM records
WHERE CASE WHEN json_valid(metadata) THEN json_type(metadata) END IS NOT 'object' LIMIT 1
"""
_NO_EPOCH: Final = bytes(16)


class Copy:
    """One copy: ``begin`` marks the moment, ``run`` copies it, ``close`` lets go. One thread at a time."""

    def __init__(self, source: Path, target: Path, name: str) -> None:
        """*target* must not exist. Raises StoreUnavailableError."""
        self._source, self._target, self._name = source, target, name
        with translated(name), contextlib.ExitStack() as undo:
            # The schema is what this version's migrations make, with their record.
            self._connection = connect_empty(target, "records")
            undo.callback(self._connection.close)
            self._connection.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?mode=ro",))
            undo.pop_all()

    def begin(self) -> None:
        """Mark the moment: what is committed by now is what is copied. Takes no time worth mentioning."""
        with translated(self._name):
            self._connection.execute("BEGIN")
            self.sequence, self._next_label = self._connection.execute(
                "SELECT sequence, next_label FROM source.collection"
            ).fetchone()

    def run(self, views: Sequence[ViewSpec]) -> Generator[float]:
        """Copy the records with their vectors in *views*, those of that moment; yield the part done, 0 to 1.

        The log of the source is kept as long as this takes. Raises StoreUnavailableError, CorruptedError.
        """
        descriptor = os.open(self._target, os.O_RDONLY)
        try:
            with translated(self._name):
                numbers = self._begin_copy(views)
                marks = ",".join("?" * len(numbers))
                last = synced = 0
                while (reached := self._reached(last)) is not None:
                    bounds = (last, reached)
                    self._connection.execute(
                        "INSERT INTO main.records SELECT * FROM source.records "
                        "WHERE label > ? AND label <= ? ORDER BY label",
                        bounds,
                    )
                    self._connection.execute(
                        "INSERT INTO main.vectors SELECT * FROM source.vectors "  # noqa: S608  marks only
                        f"WHERE label > ? AND label <= ? AND view IN ({marks}) ORDER BY label, view",
                        (*bounds, *numbers),
                    )
                    last = reached
                    if os.fstat(descriptor).st_size - synced > _BYTES_PER_SYNC:
                        os.fdatasync(descriptor)
                        synced = os.fstat(descriptor).st_size
                    yield min(1.0, reached / max(1, self._next_label))
                (self.num_records,) = self._connection.execute("SELECT count(*) FROM main.records").fetchone()
                self._connection.execute("COMMIT")
        finally:
            # Closing it drops the locks that SQLite has on the file; nobody else knows of it.
            os.close(descriptor)

    def close(self) -> None:
        """Let go of both files. Doing so twice is allowed."""
        self._connection.close()

    def _begin_copy(self, views: Sequence[ViewSpec]) -> list[int]:
        """Write what stands before the records; return the views' numbers."""
        row = (_NO_EPOCH, self.sequence, self._next_label)
        self._connection.execute("INSERT INTO main.collection VALUES (1, ?, ?, ?)", row)
        found = dict(self._connection.execute("SELECT name, number FROM source.views"))
        numbers = [found[view.name] for view in views]
        names = [view.name for view in views]
        self._connection.executemany("INSERT INTO main.views VALUES (?, ?)", zip(numbers, names, strict=True))
        return numbers

    def _reached(self, after: int) -> int | None:
        (reached,) = self._connection.execute(
            "SELECT max(label) FROM (SELECT label FROM source.records WHERE label > ? ORDER BY label LIMIT ?)",
            (after, _ROWS_PER_STEP),
        ).fetchone()
        return None if reached is None else int(reached)


def adopt(path: Path, name: str, epoch: bytes) -> tuple[int, int]:
    """Make the copy at *path* the database of the collection of that *epoch*; return its sequence and records.

    Raises StoreUnavailableError; CorruptedError for what no copy can be: whoever made the file may mean harm.
    """
    with translated(name):
        connection = connect(path, "records", create=False)
        try:
            _check_schema(connection, name)
            with transaction(connection):
                changed = connection.execute("UPDATE collection SET epoch = ?", (epoch,)).rowcount
                if changed != 1:
                    raise CorruptedError(name, "its database does not say what it is")
            if connection.execute(_UNREADABLE).fetchone() is not None:
                raise CorruptedError(name, "its database has a record whose metadata cannot be read")
            (sequence,) = connection.execute("SELECT sequence FROM collection").fetchone()
            (num_records,) = connection.execute("SELECT count(*) FROM records").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
    return int(sequence), int(num_records)


def _check_schema(connection: sqlite3.Connection, name: str) -> None:
    """Raise CorruptedError where there is anything that our migrations do not make: a trigger, say."""
    with contextlib.closing(connect_empty(Path(":memory:"), "records")) as ours:
        if _schema(connection) != _schema(ours):
            raise CorruptedError(name, "its database has another schema than Lensdex makes")


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    return set(connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema"))
