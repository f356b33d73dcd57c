"""Records of a collection by id, in order of ids, and how many there are. Knows the store's readers and the columns."""

from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np

from lensdex_index.engines.local.columns.encoding import Mask
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.store.records_db import Reader, RecordsDb
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.filters import Filter
from lensdex_index.records import Include, Labels, StoredRecord

_FEW: Final = 4_096
"""So many matching records are put in order themselves; more are met soon enough on the way through all ids."""
_IDS_PER_CHUNK: Final = 1_024


class Reading:
    """Reads of one collection."""

    def __init__(self, db: RecordsDb, records: RecordIndex, visibility: Visibility) -> None:
        self._db, self._records, self._visibility = db, records, visibility

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        """Yield the record of each id, in order, None where there is none."""
        with self._db.reading() as reader:
            for record_id in ids:
                yield reader.record(record_id, include, views)

    def scan(
        self, after: str, limit: int, include: Include, views: Sequence[str], chosen: Filter | None
    ) -> Generator[StoredRecord]:
        """Yield up to *limit* records that match and whose ids follow *after*, in order."""
        with self._db.reading() as reader:
            if chosen is None:
                yield from reader.scan(after, limit, include, views)
                return
            sequence = reader.sequence()
            self._visibility.reached(sequence)
            labels = self._records.labels(chosen, sequence)
            for label in islice(self._in_order(reader, labels, after), limit):
                yield reader.stored(label, include, views)

    def count(self, chosen: Filter | None) -> int:
        """Return the number of records that match."""
        visible = self._visibility.current
        return visible.num_records if chosen is None else len(self._records.labels(chosen, visible.sequence))

    def _in_order(self, reader: Reader, labels: Labels, after: str) -> Iterator[int]:
        """Yield those of *labels* whose ids follow *after*, in the order of ids."""
        if len(labels) <= _FEW:
            # Code points order as UTF-8 bytes do.
            ids = sorted((record_id, label) for label, record_id in reader.ids(labels.tolist()).items())
            yield from (label for record_id, label in ids if record_id > after)
            return
        rest = reader.labels_after(after)
        while chunk := list(islice(rest, _IDS_PER_CHUNK)):
            following = np.array([label for _, label in chunk], dtype=np.int64)
            yield from following[_among(following, labels)].tolist()


def _among(some: Labels, labels: Labels) -> Mask:
    """Return which of *some* are among *labels*, which ascend and are not empty."""
    at = np.minimum(np.searchsorted(labels, some), len(labels) - 1)
    found: Mask = labels[at] == some
    return found
