"""One indexed field of all records: a value per record, or any number of them.

Records are numbered by their slot. One writer appends; readers ask about the first so many slots, which never change:
arrays are replaced when they grow, and an older one goes on showing the same entries.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np

from lensdex_index.engines.local.columns.encoding import Entries, Mask, encoding_of
from lensdex_index.filters import Exists, Predicate
from lensdex_index.records import FieldSpec

_FIRST: Final = 256


class Column(Protocol):
    """What a filter asks."""

    def reserve(self, values: Sequence[Any]) -> None:
        """Make room for *values*, so that appending them cannot fail for want of it."""

    def append(self, values: Sequence[Any]) -> None:
        """Add the field's values of the next records, as their metadata holds them; None where they have none."""

    def matching(self, predicate: Predicate, size: int) -> Mask:
        """Return which of the first *size* slots have a value that satisfies *predicate*, shape (size,)."""

    @property
    def num_bytes(self) -> int:
        """Return the bytes it takes, roughly."""


class SingleColumn:
    """At most one value per record: an entry for each slot, and whether it is one."""

    def __init__(self, field: FieldSpec) -> None:
        self._encoding = encoding_of(field.type)
        self._entries: Entries = np.empty(0, dtype=self._encoding.dtype)
        self._present: Mask = np.empty(0, dtype=np.bool_)
        self._size = 0

    def reserve(self, values: Sequence[Any]) -> None:
        self._entries = _grown(self._entries, self._size, len(values))
        self._present = _grown(self._present, self._size, len(values))

    def append(self, values: Sequence[Any]) -> None:
        self.reserve(values)
        end = self._size + len(values)
        present = np.array([value is not None for value in values], dtype=np.bool_)
        entries = np.zeros(len(values), dtype=self._entries.dtype)
        entries[present] = self._encoding.encode([value for value in values if value is not None])
        self._entries[self._size : end] = entries
        self._present[self._size : end] = present
        self._size = end

    def matching(self, predicate: Predicate, size: int) -> Mask:
        present = self._present[:size]
        if isinstance(predicate, Exists):
            return present.copy()
        found = self._encoding.satisfying(self._entries[:size], predicate)
        found &= present
        return found

    @property
    def num_bytes(self) -> int:
        return self._entries.nbytes + self._present.nbytes + self._encoding.num_bytes


class ListColumn:
    """Any number of values per record: an entry for each value, and the slot it belongs to, ascending."""

    def __init__(self, field: FieldSpec) -> None:
        self._encoding = encoding_of(field.type)
        self._entries: Entries = np.empty(0, dtype=self._encoding.dtype)
        self._owners = np.empty(0, dtype=np.int32)
        self._count = 0
        self._size = 0

    def reserve(self, values: Sequence[Any]) -> None:
        more = sum(len(items or ()) for items in values)
        self._entries = _grown(self._entries, self._count, more)
        self._owners = _grown(self._owners, self._count, more)

    def append(self, values: Sequence[Any]) -> None:
        self.reserve(values)
        lengths = np.array([len(items or ()) for items in values], dtype=np.int64)
        end = self._count + int(lengths.sum())
        self._entries[self._count : end] = self._encoding.encode([item for items in values for item in items or ()])
        self._owners[self._count : end] = self._size + np.repeat(np.arange(len(values), dtype=np.int32), lengths)
        # Told last: a reader who knows of a record's slot finds all of its entries.
        self._count = end
        self._size += len(values)

    def matching(self, predicate: Predicate, size: int) -> Mask:
        count = self._count
        owners = self._owners[:count]
        owners = owners[: int(np.searchsorted(owners, size))]
        if not isinstance(predicate, Exists):
            owners = owners[self._encoding.satisfying(self._entries[: len(owners)], predicate)]
        found = np.zeros(size, dtype=np.bool_)
        found[owners] = True
        return found

    @property
    def num_bytes(self) -> int:
        return self._entries.nbytes + self._owners.nbytes + self._encoding.num_bytes


def column_of(field: FieldSpec) -> Column:
    """Return an empty column."""
    return ListColumn(field) if field.is_list else SingleColumn(field)


def _grown(array: Entries, size: int, more: int) -> Entries:
    """Return *array* with room for *more* entries after the first *size*."""
    if size + more <= len(array):
        return array
    grown = np.empty(max(size + more, 2 * len(array), _FIRST), dtype=array.dtype)
    grown[:size] = array[:size]
    return grown
