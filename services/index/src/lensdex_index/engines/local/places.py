"""Which record each vector of a view belongs to, so that what is known of records can be told of vectors.

Both are numbered by slots in the order of their labels, and a vector has its record's label. Where every record has the
view the numbers are the same; else they are looked up once and kept. Knows labels only.
"""

import threading

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.columns.encoding import Mask
from lensdex_index.engines.local.slots import Slots, Snapshot


class Places:
    """Of one view. For any thread."""

    def __init__(self, records: Slots) -> None:
        self._records = records
        self._lock = threading.Lock()
        self._same = 0
        """The first so many vectors have the number of their record."""
        self._places: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        """Of all vectors, once one has another: its record's slot, -1 where that is gone since before the start."""

    def spread(self, records: Mask, vectors: Snapshot) -> Mask:
        """Return which *vectors* belong to the *records* told of, shape (vectors.size,).

        Take the snapshot first and ask about records then: each vector's record is there before it.
        """
        size = vectors.size
        with self._lock:
            self._follow(vectors)
            places = self._places[:size]
        if not len(places):
            return records[:size]
        # The place after the last, which -1 is too, is nobody's.
        told = np.append(records, False)
        spread: Mask = told[places]
        return spread

    def _follow(self, vectors: Snapshot) -> None:
        known = max(self._same, len(self._places))
        if vectors.size <= known:
            return
        records, mine = self._records.snapshot(), vectors.labels[known : vectors.size]
        labels = records.labels[: records.size]
        if not len(self._places) and np.array_equal(labels[known : vectors.size], mine):
            self._same = vectors.size
            return
        at = np.searchsorted(labels, mine)
        there = at < records.size
        there[there] = labels[at[there]] == mine[there]
        before = self._places if len(self._places) else np.arange(known, dtype=np.int32)
        self._places = np.concatenate((before, np.where(there, at, -1).astype(np.int32)))
        self._same = 0
