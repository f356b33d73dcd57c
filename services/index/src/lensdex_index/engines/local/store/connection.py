"""Opening a database the way a store of truth must be opened, and telling its failures in our own words."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lensdex_index.engines import open_files
from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.local.store.migrate import SchemaError, load_migrations, migrate
from lensdex_index.errors import CorruptedError, StoreUnavailableError

_BUSY_SECONDS = 10.0
_LOG_LIMIT_BYTES = 64 * 1024 * 1024
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_UNAVAILABLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED")


def connect(path: Path, kind: str, *, create: bool) -> sqlite3.Connection:
    """Return a writer's connection with the schema of *kind* up to date: WAL, a sync at every commit, foreign keys.

    Transactions are explicit. The connection may change threads; one thread at a time may use it. Raises
    FileNotFoundError when the file is absent and not to be created; otherwise what ``translated`` turns into ours.
    """
    if not create and not path.is_file():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)
    try:
        # Only an empty file takes this, so it must come before the first table and before WAL.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        _prepare(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT_BYTES}")
        migrate(connection, load_migrations(kind))
    except BaseException:
        connection.close()
        raise
    return connection


def connect_empty(path: Path, kind: str) -> sqlite3.Connection:
    """Return a connection to a new database with the schema of *kind*. Nothing is safe in it: it can be made again.

    No log and no syncs: a transaction that fails ruins it. Foreign keys are not enforced. Other databases may be
    attached by their URIs. The connection may change threads; one thread at a time may use it.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS, uri=True)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
        migrate(connection, load_migrations(kind))
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read. It may change threads; one thread at a time may use it."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)
    _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")


@contextlib.contextmanager
def translated(collection: str) -> Iterator[None]:
    """Turn failures of SQLite into CorruptedError or StoreUnavailableError; what is neither is a fault of ours.

    A statement that was told to end is RecoveryAbandonedError: only recovery's are.
    """
    try:
        yield
    except SchemaError as error:
        raise CorruptedError(collection, str(error)) from error
    except FileNotFoundError as error:
        raise CorruptedError(collection, "its database file is missing; restore it from a copy") from error
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name == "SQLITE_INTERRUPT":
            raise RecoveryAbandonedError from error
        if name.startswith(_CORRUPT):
            raise CorruptedError(collection, f"SQLite reports: {error}; restore its file from a copy") from error
        if name.startswith("SQLITE_CANTOPEN") and open_files.are_too_many():
            raise StoreUnavailableError(open_files.too_many()) from error
        if name.startswith(_UNAVAILABLE):
            raise StoreUnavailableError(str(error)) from error
        raise


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or roll all of it back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk rolls back by itself; there is nothing left to roll back then.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
