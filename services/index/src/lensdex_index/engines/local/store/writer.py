"""Writing to a collection's database, within a transaction that is open. Knows SQL and nothing of indexes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

import numpy as np

from lensdex_index.changes import Changes
from lensdex_index.errors import DomainError, RecordNotFoundError, RecordTooLargeError, ViolationsError
from lensdex_index.records import Batch, Metadata, ViewRows

_IDS_PER_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write changed."""

    sequence: int
    first_label: int
    """Record i of the batch has the label first_label + i."""
    ended: Sequence[int]
    """Labels that no longer exist, ascending."""
    metadata: Sequence[Metadata] = ()
    """Of each record that was put in."""
    before: Sequence[int] = ()
    """Of an update: the label each record had, in the order of the changes."""


class Writer:
    """An open transaction."""

    def __init__(
        self, connection: Connection, name: str, views: Mapping[str, int], sequence: int, next_label: int
    ) -> None:
        self._connection = connection
        self._name = name
        self._views = views
        self.sequence = sequence
        self.next_label = next_label

    def upsert(self, batch: Batch) -> Effect:
        """Insert or replace the records of *batch*."""
        ended = self._end([record.id for record in batch.records])
        rows = [(record.id, _text(record.metadata), record.content) for record in batch.records]
        first = self._insert(rows)
        self._insert_vectors(first, batch.views)
        return self._effect(first, ended, metadata=[record.metadata for record in batch.records])

    def update(self, changes: Changes) -> Effect:
        """Give each changed record a new label, with what is left of it moved there.

        Raises ViolationsError, having changed nothing, for records that do not exist or whose metadata grow too large.
        """
        old = self._records([change.id for change in changes.each])
        violations: list[tuple[str, DomainError]] = []
        rows, merged, before = [], [], []
        for at, change in enumerate(changes.each):
            if change.id not in old:
                violations.append((f"updates[{at}].id", RecordNotFoundError(self._name, change.id)))
                continue
            label, metadata, content = old[change.id]
            merged.append(change.merged(json.loads(metadata)))
            text = _text(merged[-1])
            if len(text.encode()) > changes.max_metadata_bytes:
                error = RecordTooLargeError(change.id, "metadata", len(text.encode()), changes.max_metadata_bytes)
                violations.append((f"updates[{at}].metadata", error))
            rows.append((change.id, text, change.content_after(content)))
            before.append(label)
        if violations:
            raise ViolationsError(violations)
        self._take_away(changes, before)
        # Vectors change their label before their record is there; at the commit all is as it must be.
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        moves = ((new, label) for new, label in enumerate(before, start=self.next_label))
        self._connection.executemany("UPDATE vectors SET label = ? WHERE label = ?", moves)
        self._delete(before)
        first = self._insert(rows)
        self._insert_vectors(first, changes.views)
        return self._effect(first, sorted(before), metadata=merged, before=before)

    def delete(self, ids: Sequence[str]) -> Effect:
        """Delete the records of *ids* that exist."""
        return self._effect(self.next_label, self._end(ids))

    def end(self, labels: Sequence[int]) -> Effect:
        """Delete the records of *labels*, which exist and ascend."""
        self._delete(labels)
        return self._effect(self.next_label, labels)

    def _effect(
        self,
        first_label: int,
        ended: Sequence[int],
        *,
        metadata: Sequence[Metadata] = (),
        before: Sequence[int] = (),
    ) -> Effect:
        self.sequence += 1
        return Effect(self.sequence, first_label, ended, metadata, before)

    def _insert(self, rows: Sequence[tuple[str, str, bytes | None]]) -> int:
        """Insert records (id, metadata, content) under the next labels; return the first of these."""
        first = self.next_label
        self.next_label += len(rows)
        labelled = ((label, *row) for label, row in enumerate(rows, start=first))
        self._connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", labelled)
        return first

    def _insert_vectors(self, first: int, views: Mapping[str, ViewRows]) -> None:
        for view, rows in views.items():
            number = self._views[view]
            values = np.ascontiguousarray(rows.vectors, dtype="<f4")
            self._connection.executemany(
                "INSERT INTO vectors VALUES (?, ?, ?)",
                ((first + int(at), number, row.data) for at, row in zip(rows.indexes, values, strict=True)),
            )

    def _take_away(self, changes: Changes, labels: Sequence[int]) -> None:
        """Delete the vectors that *changes*, of the records of *labels*, replace or take away."""
        gone = [(labels[at], view) for view, rows in changes.views.items() for at in rows.indexes.tolist()]
        gone += [
            (label, view) for label, change in zip(labels, changes.each, strict=True) for view in change.removed_views
        ]
        self._connection.executemany(
            "DELETE FROM vectors WHERE label = ? AND view = ?", ((label, self._views[view]) for label, view in gone)
        )

    def _records(self, ids: Sequence[str]) -> dict[str, tuple[int, str, bytes | None]]:
        """Return label, metadata and content of those *ids* there are."""
        found: dict[str, tuple[int, str, bytes | None]] = {}
        for start in range(0, len(ids), _IDS_PER_STATEMENT):
            chunk = ids[start : start + _IDS_PER_STATEMENT]
            marks = ",".join("?" * len(chunk))
            rows = self._connection.execute(
                f"SELECT id, label, metadata, content FROM records WHERE id IN ({marks})",  # noqa: S608
                chunk,
            )
            found |= {record_id: (label, metadata, content) for record_id, label, metadata, content in rows}
        return found

    def _end(self, ids: Sequence[str]) -> list[int]:
        labels: list[int] = []
        for start in range(0, len(ids), _IDS_PER_STATEMENT):
            chunk = ids[start : start + _IDS_PER_STATEMENT]
            marks = ",".join("?" * len(chunk))
            found = self._connection.execute(f"SELECT label FROM records WHERE id IN ({marks})", chunk)  # noqa: S608
            labels += (label for (label,) in found)
        labels = sorted(set(labels))
        self._delete(labels)
        return labels

    def _delete(self, labels: Sequence[int]) -> None:
        self._connection.executemany("DELETE FROM records WHERE label = ?", ((label,) for label in labels))


def _text(metadata: Metadata) -> str:
    return json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
