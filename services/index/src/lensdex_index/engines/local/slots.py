"""Which slot holds which label, and from which write to which it can be seen. Knows no vectors.

One writer; readers take a snapshot of the arrays. Arrays are replaced when they grow, and what an old array misses then
concerns only later sequences than its readers look at.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from lensdex_index.records import Labels

ALIVE: Final = np.iinfo(np.int64).max
"""The death of what has not died."""

_FIRST = 256


class Snapshot(NamedTuple):
    """The arrays at one moment. All int64; valid up to *size*."""

    labels: Labels
    born: Labels
    died: Labels
    size: int

    def visible(self, start: int, end: int, sequence: int) -> npt.NDArray[np.bool_]:
        """Return which slots of ``start:end`` are seen at *sequence*, shape (end - start,)."""
        return (self.born[start:end] <= sequence) & (self.died[start:end] > sequence)

    def visible_at(self, slots: Labels, sequence: int) -> npt.NDArray[np.bool_]:
        """Return which of *slots* are seen at *sequence*, shape (slots,)."""
        seen: npt.NDArray[np.bool_] = (self.born[slots] <= sequence) & (self.died[slots] > sequence)
        return seen


class Slots:
    """Slots in the order of their labels."""

    def __init__(self) -> None:
        self.labels = np.empty(0, dtype=np.int64)
        self.born = np.empty(0, dtype=np.int64)
        self.died = np.empty(0, dtype=np.int64)
        self.size = 0

    def snapshot(self) -> Snapshot:
        """Return the arrays as they are now. Size is read first: arrays only ever grow past it."""
        size = self.size
        return Snapshot(self.labels, self.born, self.died, size)

    def reserve(self, count: int) -> None:
        """Make room for *count* more."""
        needed = self.size + count
        if needed <= len(self.labels):
            return
        capacity = max(needed, 2 * len(self.labels), _FIRST)
        # Sizes must never be ahead of any array a reader may pick up.
        self.died = _copied(self.died, capacity, self.size)
        self.born = _copied(self.born, capacity, self.size)
        self.labels = _copied(self.labels, capacity, self.size)

    def append(self, labels: Labels, sequence: int) -> None:
        """Add slots for *labels*, which ascend and are above all before. Room must have been reserved."""
        end = self.size + len(labels)
        self.labels[self.size : end] = labels
        self.born[self.size : end] = sequence
        self.died[self.size : end] = ALIVE
        self.size = end

    def restore(self, labels: Labels, alive: npt.NDArray[np.bool_], sequence: int) -> None:
        """Fill empty slots with *labels*, which ascend; those not *alive* are seen at no sequence."""
        self.reserve(len(labels))
        self.append(labels, sequence)
        self.died[: self.size][~alive] = 0

    def find(self, labels: Labels) -> Labels:
        """Return the slots of those *labels* that have one, ascending where *labels* ascend."""
        now = self.snapshot()
        at = np.searchsorted(now.labels[: now.size], labels)
        inside = at < now.size
        at, wanted = at[inside], labels[inside]
        slots: Labels = at[now.labels[at] == wanted].astype(np.int64)
        return slots

    def slot_of(self, label: int) -> int:
        """Return the slot of *label*, -1 where there is none."""
        if label < 0:
            return -1
        found = self.find(np.array([label], dtype=np.int64))
        return int(found[0]) if len(found) else -1


def _copied(array: Labels, capacity: int, size: int) -> Labels:
    grown = np.empty(capacity, dtype=np.int64)
    grown[:size] = array[:size]
    return grown
