"""Records of a collection by id, in order of ids, and how many there are.

What is to be read is asked for first (`heads`, which sees every write), then read in portions of bounded size. A row
that is older than its head, as another replica of Milvus' may have it, is asked for once more.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

from lensdex_index.engines.milvus import expressions, schema
from lensdex_index.engines.milvus.codec import HEAD_COLUMNS, Head, content_in, head_of, metadata_in, vector_in
from lensdex_index.engines.milvus.connecting import EVENTUAL, STRONG
from lensdex_index.engines.milvus.place import PAGE_ROWS, Stored
from lensdex_index.filters import Filter
from lensdex_index.records import DEFAULT_VIEW, Include, Record, StoredRecord, Vector

PORTION_BYTES: Final = 16 * 1024 * 1024
"""Of what is read or written at a time; Milvus takes and gives messages of 64 MB."""
_IDS_BYTES: Final = 256 * 1024
"""Of ids within one expression."""
_NOTHING: Final = Include(metadata=False, content=False)


class Reading:
    """Reads of one collection. Thread-safe."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        """Yield the record of each id, in order, None where there is none."""
        for some in id_portions(ids):
            heads = self.heads(some)
            found = self.records(list(heads.values()), include, views)
            records = {record.record.id: record for record in found if record is not None}
            # *found* follows the order of *heads*; ids may come twice.
            yield from (records.get(record_id) for record_id in some)

    def scan(
        self, after: str, limit: int, include: Include, views: Sequence[str], chosen: Filter | None
    ) -> Generator[StoredRecord]:
        """Yield up to *limit* records that match and whose ids follow *after*, in order."""
        asked = expressions.expression(chosen, self._stored.spec.fields)
        for rows in self._stored.pages(self._stored.anchor, asked, HEAD_COLUMNS, min(limit, PAGE_ROWS), after):
            for record in self.records([head_of(row) for row in rows], include, views):
                if record is not None:
                    yield record
                    limit -= 1
                if not limit:
                    return

    def count(self, chosen: Filter | None) -> int:
        """Return the number of records that match."""
        return self._stored.count(self._stored.anchor, expressions.expression(chosen, self._stored.spec.fields))

    def count_with(self, view: str, chosen: Filter | None = None) -> int:
        """Return the number of records that match and have the view."""
        asked = expressions.expression(chosen, self._stored.spec.fields)
        return self._stored.count(self._stored.anchor, expressions.both(_having(view), asked))

    def heads(self, ids: Sequence[str]) -> dict[str, Head]:
        """Return those *ids* there are, with what is to be known of them."""
        found: dict[str, Head] = {}
        for some in id_portions(ids):
            rows = self._stored.rows(self._stored.anchor, expressions.ids_in(some), HEAD_COLUMNS, len(some))
            found |= {row[schema.ID]: head_of(row) for row in rows}
        return {record_id: found[record_id] for record_id in ids if record_id in found}

    def records(self, heads: Sequence[Head], include: Include, views: Sequence[str]) -> Iterator[StoredRecord | None]:
        """Yield the record of each head, in order, None where it has gone meanwhile."""
        for some in self.portions(heads, include, views):
            yield from self._read(some, include, views)

    def portions(self, heads: Sequence[Head], include: Include, views: Sequence[str]) -> Iterator[list[Head]]:
        """Yield *heads* in portions of bounded size."""
        vectors = sum(4 * view.dimension for view in self._stored.spec.views if view.name in views)
        portion: list[Head] = []
        num_bytes = 0
        for head in heads:
            size = len(head.id.encode()) + vectors
            size += head.metadata_bytes * include.metadata + max(0, head.content_bytes) * include.content
            if portion and (num_bytes + size > PORTION_BYTES or len(portion) == PAGE_ROWS):
                yield portion
                portion, num_bytes = [], 0
            portion.append(head)
            num_bytes += size
        if portion:
            yield portion

    def _read(self, heads: Sequence[Head], include: Include, views: Sequence[str]) -> Iterator[StoredRecord | None]:
        columns = []
        if include.metadata:
            columns.append(schema.METADATA)
        if include.content:
            columns += [schema.CONTENT, schema.CONTENT_BYTES]
        if DEFAULT_VIEW in views:
            columns.append(schema.VECTOR)
        rows = self._rows(self._stored.anchor, heads, columns) if columns else None
        vectors: dict[str, dict[str, Vector]] = {head.id: {} for head in heads}
        for view in views:
            if view == DEFAULT_VIEW:
                found = rows or {}
            else:
                having = [head for head in heads if view in head.views]
                found = self._rows(self._stored.of_view(view), having, [schema.VECTOR])
            for record_id, row in found.items():
                vectors[record_id][view] = vector_in(row)
        for head in heads:
            if rows is not None and head.id not in rows:
                yield None
                continue
            metadata = metadata_in(rows[head.id]) if rows and include.metadata else {}
            content = content_in(rows[head.id]) if rows and include.content else None
            yield StoredRecord(Record(head.id, metadata, content), vectors[head.id])

    def _rows(self, collection: str, heads: Sequence[Head], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the rows of *heads* that there are, none older than its head."""
        versions = {head.id: head.version for head in heads}
        found: dict[str, dict[str, Any]] = {}
        for consistency in (EVENTUAL, STRONG):
            late = [
                one for one, version in versions.items() if one not in found or found[one][schema.VERSION] != version
            ]
            for some in id_portions(late):
                for record_id in some:
                    found.pop(record_id, None)
                asked = [schema.ID, schema.VERSION, *columns]
                rows = self._stored.rows(collection, expressions.ids_in(some), asked, len(some), consistency)
                found |= {row[schema.ID]: row for row in rows}
        return found


def id_portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """Yield *ids* in portions that fit an expression."""
    portion: list[str] = []
    num_bytes = 0
    for record_id in ids:
        size = len(record_id.encode()) + 4
        if portion and (num_bytes + size > _IDS_BYTES or len(portion) == PAGE_ROWS):
            yield portion
            portion, num_bytes = [], 0
        portion.append(record_id)
        num_bytes += size
    if portion:
        yield portion


def _having(view: str) -> str:
    return "" if view == DEFAULT_VIEW else expressions.has_view(view)
