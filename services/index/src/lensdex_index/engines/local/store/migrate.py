"""Numbered migrations: each applied once, in one transaction with its own record, never edited afterwards.

Knows SQL files beside it and one open connection; nothing of what the tables mean.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

_RECORD_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL
) STRICT
"""


class SchemaError(Exception):
    """A database this code must not touch: newer than it, of another kind, or made by an edited migration."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the digest that is stored when it is applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load_migrations(kind: str) -> Sequence[Migration]:
    """Return the migrations of *kind* (a folder's name), in order. They are numbered from 1 without gaps."""
    folder = resources.files(__package__) / "migrations" / kind
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    found = [Migration(int(item.name[:4]), item.name, item.read_text(encoding="utf-8")) for item in files]
    assert [migration.number for migration in found] == list(range(1, len(found) + 1)), (
        f"a gap in {kind}: this is a bug"
    )
    return found


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> int:
    """Apply what is missing, in order; return how many were applied.

    Raises SchemaError before changing anything when the database holds a migration this code does not know, one whose
    text has changed since it was applied, or tables but no record of migrations.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and "migrations" not in tables:
        raise SchemaError(f"it has tables ({', '.join(sorted(tables))}) that no migration made: not a Lensdex database")
    connection.execute(_RECORD_TABLE)
    applied = connection.execute("SELECT number, name, sha256 FROM migrations ORDER BY number").fetchall()
    for number, name, sha256 in applied:
        if number > len(migrations):
            raise SchemaError(f"its schema ({name}) is newer than this version knows: run the newer version")
        if migrations[number - 1].sha256 != sha256:
            raise SchemaError(f"migration {name} was edited after it had been applied here: restore its original text")
    pending = migrations[len(applied) :]
    for migration in pending:
        _apply(connection, migration)
    return len(pending)


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(migration.sql):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO migrations VALUES (?, ?, ?, ?)",
            (migration.number, migration.name, migration.sha256, datetime.now(UTC).isoformat()),
        )
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _statements(sql: str) -> Iterator[str]:
    """Split at statement ends. Not executescript: it commits whatever transaction is open."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    assert not statement.strip(), "a migration ends in half a statement: this is a bug"
