"""Records ↔ rows of Milvus. Knows columns, not how rows are sent."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lensdex_index.engines.milvus import schema
from lensdex_index.filters import instant_of
from lensdex_index.records import FieldSpec, FieldType, Metadata, Vector

Row = dict[str, Any]

_TEXT_CHARACTERS: Final = schema.MAX_TEXT_BYTES // 4
"""Of one part: none has more than four bytes."""
_BASE64_CHARACTERS: Final = schema.MAX_TEXT_BYTES // 4 * 4

HEAD_COLUMNS: Final = (schema.ID, schema.VERSION, schema.VIEWS, schema.METADATA_BYTES, schema.CONTENT_BYTES)


@dataclass(frozen=True, slots=True)
class Head:
    """What is to be known of a record before it is read."""

    id: str
    version: int
    views: frozenset[str]
    """Beside `default`."""
    metadata_bytes: int
    content_bytes: int
    """-1: none is kept."""


def head_of(row: Mapping[str, Any]) -> Head:
    """Return what the head columns of an anchor's row say."""
    return Head(
        row[schema.ID],
        row[schema.VERSION],
        frozenset(row[schema.VIEWS]),
        row[schema.METADATA_BYTES],
        row[schema.CONTENT_BYTES],
    )


def text_of(metadata: Metadata) -> str:
    """Return *metadata* as they are kept and measured."""
    return json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))


def view_row(
    record_id: str, version: int, vector: Vector, fields: Sequence[FieldSpec], metadata: Mapping[str, object]
) -> Row:
    """Return a record's row in a further view."""
    row: Row = {schema.ID: record_id, schema.VERSION: version, schema.VECTOR: vector}
    for number, field in enumerate(fields):
        row[schema.column_of(number)] = entries(field, metadata.get(field.name))
    return row


def anchor_columns(metadata: Metadata, content: bytes | None, views: frozenset[str]) -> Row:
    """Return what a record's row in the anchor holds beside."""
    text = text_of(metadata)
    packed = base64.b64encode(content or b"").decode()
    return {
        schema.VIEWS: sorted(views),
        schema.METADATA: _parts(text, _TEXT_CHARACTERS),
        schema.METADATA_BYTES: len(text.encode()),
        schema.CONTENT: _parts(packed, _BASE64_CHARACTERS),
        schema.CONTENT_BYTES: -1 if content is None else len(content),
    }


def metadata_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of an anchor's row."""
    metadata: dict[str, Any] = json.loads("".join(row[schema.METADATA]))
    return metadata


def content_in(row: Mapping[str, Any]) -> bytes | None:
    """Return the content of an anchor's row that has its size beside."""
    return None if row[schema.CONTENT_BYTES] < 0 else base64.b64decode("".join(row[schema.CONTENT]))


def vector_in(row: Mapping[str, Any]) -> Vector:
    """Return the vector of a row, as it was sent."""
    return np.array(row[schema.VECTOR], dtype=np.float32)


def entries(field: FieldSpec, value: Any) -> list[Any]:
    """Return the different values that *value* is in its column."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    match field.type:
        case FieldType.INT64:
            values = [int(one) for one in values]
        case FieldType.DOUBLE:
            # Minus zero is zero, to filters too.
            values = [float(one) + 0.0 for one in values]
        case FieldType.TIMESTAMP:
            instants = (instant_of(one) for one in values)
            values = [one.microseconds for one in instants if one is not None]
    return list(dict.fromkeys(values))


def _parts(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
