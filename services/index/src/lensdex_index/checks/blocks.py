"""Whether blocks of vectors may be written: their views, spaces, dimensions, values, and whose they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from lensdex_index.checks.vectors import SentSpace, bad_rows, check_space, view_of
from lensdex_index.errors import DimensionMismatchError, DomainError, InvalidFieldError, out_of_range
from lensdex_index.records import DEFAULT_VIEW, CollectionSpec, Matrix, ViewRows

Violations = Iterator[tuple[str, DomainError]]
"""Request field paths, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class SentBlock:
    """A block of vectors as sent."""

    view: str
    space: SentSpace | None
    vectors: Matrix | DomainError
    """Or why its bytes could not be read."""
    indexes: Sequence[int]


@dataclass(slots=True)
class Rows:
    """The rows of the blocks read so far."""

    views: dict[str, ViewRows] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Views whose block was refused: what their rows lack is no violation of its own."""


def block_violations(spec: CollectionSpec, num_records: int, block: SentBlock, path: str, rows: Rows) -> Violations:
    """Read one block into *rows*; yield what is wrong with it."""
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
    rows.views[name] = ViewRows(block.vectors, np.array(indexes, dtype=np.int64), view.number)


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
