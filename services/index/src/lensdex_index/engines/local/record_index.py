"""The records of a collection as filters see them: a slot per version of a record, and a column per indexed field.

A record's values never change under its slot, so what matches can be asked at any time, and which of it is seen depends
on the sequence alone, as with vectors. Columns are derived: they are filled anew from the store at every start. One
writer, any number of readers. Knows no vectors and no SQL.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lensdex_index.engines.local.columns.column import column_of
from lensdex_index.engines.local.columns.encoding import Mask
from lensdex_index.engines.local.slots import Slots
from lensdex_index.filters import AllOf, AnyOf, Filter, Not
from lensdex_index.records import FieldSpec, Labels


class RecordIndex:
    """Finds records by their metadata, at a sequence."""

    def __init__(self, fields: Sequence[FieldSpec]) -> None:
        self.slots = Slots()
        self._columns = {field.name: column_of(field) for field in fields}

    @property
    def has_fields(self) -> bool:
        """Return whether metadata matters at all."""
        return bool(self._columns)

    @property
    def num_bytes(self) -> int:
        """Return the bytes its columns take, roughly."""
        return sum(column.num_bytes for column in self._columns.values())

    # The writer's side: one thread at a time.

    def reserve(self, metadata: Sequence[Mapping[str, Any]]) -> None:
        """Make room for the records with that *metadata*."""
        self.slots.reserve(len(metadata))
        for name, column in self._columns.items():
            column.reserve([item.get(name) for item in metadata])

    def append(self, labels: Labels, metadata: Sequence[Mapping[str, Any]], sequence: int) -> None:
        """Add records under labels that ascend above all before; seen from *sequence* on."""
        for name, column in self._columns.items():
            column.append([item.get(name) for item in metadata])
        # Told last: whoever knows of the slots finds them in every column.
        self.slots.append(labels, sequence)

    def retire(self, labels: Labels, sequence: int) -> None:
        """End the records of *labels*, from *sequence* on."""
        self.slots.died[self.slots.find(labels)] = sequence

    # Asking: any thread.

    def matching(self, chosen: Filter) -> Mask:
        """Return which slots match, seen or not, shape (slots,). Slots that come later are not told of."""
        return self._matching(chosen, self.slots.size)

    def labels(self, chosen: Filter, sequence: int) -> Labels:
        """Return the labels of the records that match and are seen at *sequence*, ascending."""
        found = np.flatnonzero(self.matching(chosen))
        slots = self.slots.snapshot()
        seen: Labels = slots.labels[found[slots.visible_at(found, sequence)]]
        return seen

    def _matching(self, chosen: Filter, size: int) -> Mask:
        match chosen:
            case AllOf(parts):
                found = np.ones(size, dtype=np.bool_)
                for part in parts:
                    found &= self._matching(part, size)
                return found
            case AnyOf(parts):
                found = np.zeros(size, dtype=np.bool_)
                for part in parts:
                    found |= self._matching(part, size)
                return found
            case Not(part):
                return ~self._matching(part, size)
            case _:
                return self._columns[chosen.field].matching(chosen, size)
