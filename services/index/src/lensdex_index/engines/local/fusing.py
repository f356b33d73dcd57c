"""A search of several views at one moment: each is searched under one snapshot, and the rankings are fused.

Knows the store's readers; how a view is searched is ``searching``'s.
"""

from collections.abc import Generator, Sequence
from typing import Final

from lensdex_index.engines.local.searching import Hits, Searching
from lensdex_index.engines.local.store.records_db import Reader, RecordsDb
from lensdex_index.engines.local.visibility import Visibility
from lensdex_index.errors import DomainError, ResponseTooLargeError, ViewMissingError
from lensdex_index.fusion import Ranked, fuse
from lensdex_index.records import Found, FusedSearch, Record

_ATTEMPTS: Final = 3


class Fusing:
    """Fused searches of one collection."""

    def __init__(self, db: RecordsDb, visibility: Visibility, searching: Searching) -> None:
        self._db, self._visibility, self._searching = db, visibility, searching

    def answers(self, fused: FusedSearch) -> Generator[list[Found] | DomainError]:
        """Search when first asked; yield each query's outcome, in order. Exhaust or close it."""
        for attempt in range(_ATTEMPTS):
            with self._db.reading() as reader:
                sequence = reader.sequence()
                self._visibility.reached(sequence)
                sources = []
                for search in fused.searches:
                    # The last attempt scans: that can be asked about any moment.
                    exact = search.exact or attempt == _ATTEMPTS - 1
                    hits = self._searching.hits(reader, search, sequence, exact=exact)
                    if hits is None:
                        break
                    sources.append(hits)
                if len(sources) < len(fused.searches):
                    continue
                for outcomes in zip(*sources, strict=True):
                    yield _outcome(reader, fused, outcomes)
                return


def _outcome(reader: Reader, fused: FusedSearch, outcomes: Sequence[Hits | DomainError]) -> list[Found] | DomainError:
    """Return one query's hits. *outcomes*: of each view; a record that lacks one is searched for in the others."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    other = [error for error in errors if not isinstance(error, ViewMissingError)]
    if other or len(errors) == len(outcomes):
        return (other or errors)[0]
    labels: dict[str, int] = {}
    rankings = [
        [] if isinstance(outcome, DomainError) else _ranked(reader, outcome, search.k, labels)
        for search, outcome in zip(fused.searches, outcomes, strict=True)
    ]
    best = fuse(rankings, weights=fused.weights, constant=fused.constant, k=fused.k)
    records: dict[str, Record] = {}
    num_bytes = 0
    for _, record, size in reader.by_labels([labels[item.id] for item in best], fused.include):
        num_bytes += size
        if num_bytes > fused.max_bytes:
            return ResponseTooLargeError(fused.max_bytes)
        records[record.id] = record
    return [Found(records[item.id], item.score, item.placements) for item in best]


def _ranked(reader: Reader, hits: Hits, k: int, labels: dict[str, int]) -> list[Ranked]:
    """Return the best *k*, equal scores in the order of ids; note the label of each id in *labels*."""
    ids = reader.ids(hits[0].tolist())
    scored = zip(hits[0].tolist(), hits[1].tolist(), strict=True)
    ranked = sorted((-score, ids[label], label) for label, score in scored)[:k]
    labels.update((record_id, label) for _, record_id, label in ranked)
    return [Ranked(record_id, -negative) for negative, record_id, _ in ranked]
