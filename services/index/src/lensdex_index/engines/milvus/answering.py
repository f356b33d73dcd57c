"""From hits to answers: the records of several queries are read together, and an answer too large is refused alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lensdex_index.engines.milvus.codec import Head
from lensdex_index.engines.milvus.reading import PORTION_BYTES, Reading
from lensdex_index.errors import DomainError, ResponseTooLargeError
from lensdex_index.records import Found, Include, Placement, Record


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, not read yet."""

    head: Head
    score: float
    placements: Sequence[Placement] = ()


Outcome = Sequence[Hit] | DomainError
"""One query's hits, best first, or why it was refused."""


def answers(
    reading: Reading, each: Sequence[Outcome], include: Include, max_bytes: int
) -> Iterator[list[Found] | DomainError]:
    """Yield what is answered to each query. *max_bytes*: of one query's records."""
    waiting: list[Outcome] = []
    num_bytes = 0
    for outcome in each:
        size = 0 if isinstance(outcome, DomainError) else sum(_bytes(hit.head, include) for hit in outcome)
        if size > max_bytes:
            waiting.append(ResponseTooLargeError(max_bytes))
            continue
        if waiting and num_bytes + size > PORTION_BYTES:
            yield from _read(reading, waiting, include)
            waiting, num_bytes = [], 0
        waiting.append(outcome)
        num_bytes += size
    yield from _read(reading, waiting, include)


def _read(reading: Reading, each: Sequence[Outcome], include: Include) -> Iterator[list[Found] | DomainError]:
    heads = {hit.head.id: hit.head for outcome in each if not isinstance(outcome, DomainError) for hit in outcome}
    records: dict[str, Record] = {}
    for one in reading.records(list(heads.values()), include, ()):
        if one is not None:
            records[one.record.id] = one.record
    for outcome in each:
        if isinstance(outcome, DomainError):
            yield outcome
        else:
            # What was deleted meanwhile is left out.
            found = [hit for hit in outcome if hit.head.id in records]
            yield [Found(records[hit.head.id], hit.score, hit.placements) for hit in found]


def _bytes(head: Head, include: Include) -> int:
    own = head.metadata_bytes * include.metadata + max(0, head.content_bytes) * include.content
    return own + len(head.id.encode())
