"""Whether records and their vectors may be written together: all that is wrong with them is told at once."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lensdex_index.checks.counts import check_count
from lensdex_index.checks.fields import other_type, type_name
from lensdex_index.checks.ids import is_id
from lensdex_index.checks.vectors import SentSpace, bad_rows, check_space, view_of
from lensdex_index.errors import (
    DefaultViewRequiredError,
    DimensionMismatchError,
    DomainError,
    DuplicateIdError,
    FieldTypeMismatchError,
    InvalidFieldError,
    InvalidIdError,
    RecordTooLargeError,
    ViolationsError,
    out_of_range,
)
from lensdex_index.records import DEFAULT_VIEW, Batch, CollectionSpec, Limits, Matrix, Record, ViewRows

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
        if not is_id(record_id, limits.max_id_bytes):
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
            actual = other_type(declared, sent.record.metadata.get(declared.name))
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


def _not_finite(value: Any, path: str) -> _Violations:
    if isinstance(value, float) and not math.isfinite(value):
        yield path, InvalidFieldError(path, "must be finite", type_name(value))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, f"{path}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{at}]")
