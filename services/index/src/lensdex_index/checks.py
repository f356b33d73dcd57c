"""What callers send, checked against the collection and the limits before any engine sees it.

All-or-nothing calls collect every violation; a search refuses single queries. Knows plain data only.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np

from lensdex_index.errors import (
    DefaultViewRequiredError,
    DimensionMismatchError,
    DomainError,
    DuplicateIdError,
    FieldTypeMismatchError,
    InvalidFieldError,
    InvalidIdError,
    NotFiniteVectorError,
    RecordTooLargeError,
    SpaceMismatchError,
    TooManyItemsError,
    ViewNotFoundError,
    ViolationsError,
    ZeroVectorError,
    out_of_range,
)
from lensdex_index.records import (
    DEFAULT_VIEW,
    Batch,
    CollectionSpec,
    FieldSpec,
    FieldType,
    Limits,
    Matrix,
    Metric,
    Record,
    ViewRows,
    ViewSpec,
)

_LARGEST_INT: Final = 2**53 - 1
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

SentSpace = Mapping[str, str]
"""An embedding space as sent: field names and values as text; missing ones are empty."""

_Violations = Iterator[tuple[str, DomainError]]


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record as sent, with the sizes of its serialised parts."""

    record: Record
    metadata_bytes: int
    content_bytes: int


@dataclass(frozen=True, slots=True)
class SentBlock:
    """A block of vectors as sent."""

    view: str
    space: SentSpace | None
    vectors: Matrix | DomainError
    """Or why its bytes could not be read."""
    indexes: Sequence[int]


@dataclass(slots=True)
class _Rows:
    views: dict[str, ViewRows] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Views whose block was refused: what their rows lack is no violation of its own."""


def check_count(name: str, count: int, maximum: int) -> None:
    """Raise InvalidFieldError for none, TooManyItemsError for too many."""
    if count < 1:
        raise out_of_range(name, count, 1, maximum)
    if count > maximum:
        raise TooManyItemsError(name, count, maximum)


def view_of(spec: CollectionSpec, name: str) -> ViewSpec:
    """Return the view of that name; empty means default. Raises ViewNotFoundError."""
    view = spec.view(name or DEFAULT_VIEW)
    if view is None:
        raise ViewNotFoundError(spec.name, name, ",".join(view.name for view in spec.views))
    return view


def check_space(view: ViewSpec, sent: SentSpace | None) -> None:
    """Raise SpaceMismatchError unless the view is bound to no space, or to the one *sent*."""
    if view.space is None:
        return
    actual = sent or {}
    pairs = {name: (value, actual.get(name, "")) for name, value in view.space.as_text().items()}
    differences = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if differences:
        raise SpaceMismatchError(view.name, differences)


def bad_rows(view: ViewSpec, vectors: Matrix, path: str) -> dict[int, DomainError]:
    """Return the rows that cannot be compared, and why. Shape (rows, dimension)."""
    bad: dict[int, DomainError] = {}
    finite = np.isfinite(vectors).all(axis=1)
    for row in np.flatnonzero(~finite).tolist():
        bad[row] = NotFiniteVectorError(path, row)
    if view.metric is Metric.COSINE:
        for row in np.flatnonzero(finite & ~vectors.any(axis=1)).tolist():
            bad[row] = ZeroVectorError(path, row)
    return bad


def check_ids(ids: Sequence[str], path: str, limits: Limits) -> None:
    """Raise ViolationsError for ids no record can have."""
    violations = [
        (f"{path}[{at}]", InvalidIdError(f"{path}[{at}]", limits.max_id_bytes))
        for at, record_id in enumerate(ids)
        if not _is_id(record_id, limits.max_id_bytes)
    ]
    if violations:
        raise ViolationsError(violations)


def check_upsert(
    spec: CollectionSpec, limits: Limits, records: Sequence[SentRecord], blocks: Sequence[SentBlock]
) -> Batch:
    """Return the batch to write. Raises ViolationsError with everything that is wrong."""
    check_count("records", len(records), limits.max_records)
    rows = _Rows()
    violations = list(_record_violations(spec, limits, records))
    for at, block in enumerate(blocks):
        violations += _block_violations(spec, len(records), block, f"vectors[{at}]", rows)
    violations += _missing_defaults(records, rows)
    if violations:
        raise ViolationsError(violations)
    return Batch([sent.record for sent in records], rows.views)


def _record_violations(spec: CollectionSpec, limits: Limits, records: Sequence[SentRecord]) -> _Violations:
    seen: set[str] = set()
    for at, sent in enumerate(records):
        record_id, path = sent.record.id, f"records[{at}]"
        if not _is_id(record_id, limits.max_id_bytes):
            yield f"{path}.id", InvalidIdError(f"{path}.id", limits.max_id_bytes)
        elif record_id in seen:
            yield f"{path}.id", DuplicateIdError(f"{path}.id", record_id)
        seen.add(record_id)
        if sent.metadata_bytes > limits.max_metadata_bytes:
            error = RecordTooLargeError(record_id, "metadata", sent.metadata_bytes, limits.max_metadata_bytes)
            yield f"{path}.metadata", error
        if sent.content_bytes > limits.max_content_bytes:
            error = RecordTooLargeError(record_id, "content", sent.content_bytes, limits.max_content_bytes)
            yield f"{path}.content", error
        for declared in spec.fields:
            actual = _other_type(declared, sent.record.metadata.get(declared.name))
            if actual is not None:
                expected = f"list of {declared.type}" if declared.is_list else str(declared.type)
                yield (
                    f"{path}.metadata.{declared.name}",
                    FieldTypeMismatchError(record_id, declared.name, expected, actual),
                )
        for name in sent.record.metadata.keys() - {declared.name for declared in spec.fields}:
            yield from _not_finite(sent.record.metadata[name], f"{path}.metadata.{name}")


def _block_violations(spec: CollectionSpec, num_records: int, block: SentBlock, path: str, rows: _Rows) -> _Violations:
    name = block.view or DEFAULT_VIEW
    try:
        view = view_of(spec, name)
        if name in rows.views or name in rows.broken:
            raise InvalidFieldError(f"{path}.view", "stands in an earlier block; one block per view", name)
        if isinstance(block.vectors, DomainError):
            raise block.vectors
        check_space(view, block.space)
        if block.vectors.shape[1] != view.dimension:
            raise DimensionMismatchError(name, view.dimension, block.vectors.shape[1])
        indexes = _row_indexes(block, len(block.vectors), num_records, path)
    except DomainError as error:
        rows.broken.add(name)
        yield getattr(error, "field", f"{path}.vectors"), error
        return
    for row, bad in bad_rows(view, block.vectors, f"{path}.vectors").items():
        yield f"{path}.vectors[{row}]", bad
    rows.views[name] = ViewRows(block.vectors, np.array(indexes, dtype=np.int64))


def _row_indexes(block: SentBlock, num_rows: int, num_records: int, path: str) -> Sequence[int]:
    field_path = f"{path}.record_indexes"
    if not block.indexes:
        if num_rows != num_records:
            raise InvalidFieldError(field_path, f"is empty, so there must be {num_records} rows, not {num_rows}")
        return range(num_rows)
    if len(block.indexes) != num_rows:
        raise InvalidFieldError(
            field_path, f"must have one entry for each of the {num_rows} rows, has {len(block.indexes)}"
        )
    if any(left >= right for left, right in zip(block.indexes, block.indexes[1:], strict=False)):
        raise InvalidFieldError(field_path, "must ascend, each record at most once")
    if block.indexes[-1] >= num_records:
        raise out_of_range(field_path, block.indexes[-1], 0, num_records - 1)
    return block.indexes


def _missing_defaults(records: Sequence[SentRecord], rows: _Rows) -> _Violations:
    if DEFAULT_VIEW in rows.broken:
        return
    has = rows.views.get(DEFAULT_VIEW)
    present = set() if has is None else set(has.indexes.tolist())
    for at, sent in enumerate(records):
        if at not in present:
            yield f"records[{at}]", DefaultViewRequiredError(sent.record.id)


def _is_id(record_id: str, maximum_bytes: int) -> bool:
    if not 1 <= len(record_id.encode()) <= maximum_bytes:
        return False
    return record_id.isprintable() or not any(unicodedata.category(character) == "Cc" for character in record_id)


def _not_finite(value: Any, path: str) -> _Violations:
    if isinstance(value, float) and not math.isfinite(value):
        yield path, InvalidFieldError(path, "must be finite", _type_name(value))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, f"{path}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{at}]")


def _other_type(declared: FieldSpec, value: Any) -> str | None:
    """Return what *value* is when it is not of the declared type, else None. Null is of every type."""
    if value is None:
        return None
    if not declared.is_list:
        return None if _is_of(declared.type, value) else _actual_type(declared.type, value)
    if not isinstance(value, list):
        return _type_name(value)
    other = next((item for item in value if not _is_of(declared.type, item)), declared)
    return None if other is declared else f"list with {_actual_type(declared.type, other)}"


def _is_of(wanted: FieldType, value: Any) -> bool:
    if wanted is FieldType.BOOL:
        return isinstance(value, bool)
    if wanted is FieldType.KEYWORD:
        return isinstance(value, str)
    if wanted is FieldType.TIMESTAMP:
        return isinstance(value, str) and _is_timestamp(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return wanted is FieldType.DOUBLE or (value == math.floor(value) and abs(value) <= _LARGEST_INT)


def _is_timestamp(text: str) -> bool:
    if not _TIMESTAMP.fullmatch(text):
        return False
    # RFC 3339 knows leap seconds, datetime does not.
    whole = text.upper().replace(":60", ":59", 1) if text[17:19] == "60" else text.upper()
    try:
        datetime.fromisoformat(whole)
    except ValueError:
        return False
    return True


def _actual_type(wanted: FieldType, value: Any) -> str:
    fraction = wanted is FieldType.INT64 and isinstance(value, float) and value % 1 != 0 and math.isfinite(value)
    return "a fraction" if fraction else _type_name(value)


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "NaN" if math.isnan(value) else "infinity" if math.isinf(value) else "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"
