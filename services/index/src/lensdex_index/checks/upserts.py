"""Whether records and their vectors may be written together: all that is wrong with them is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from lensdex_index.checks.blocks import Rows, SentBlock, Violations, block_violations
from lensdex_index.checks.counts import check_count
from lensdex_index.checks.ids import is_id
from lensdex_index.checks.metadata import metadata_violations
from lensdex_index.errors import (
    DefaultViewRequiredError,
    DuplicateIdError,
    InvalidIdError,
    RecordTooLargeError,
    ViolationsError,
)
from lensdex_index.records import DEFAULT_VIEW, Batch, CollectionSpec, Limits, Record


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record as sent, with the sizes of its serialised parts."""

    record: Record
    metadata_bytes: int
    content_bytes: int


def check_upsert(
    spec: CollectionSpec, limits: Limits, records: Sequence[SentRecord], blocks: Sequence[SentBlock]
) -> Batch:
    """Return the batch to write. Raises ViolationsError with everything that is wrong."""
    check_count("records", len(records), limits.max_records)
    rows = Rows()
    violations = list(_record_violations(spec, limits, records))
    for at, block in enumerate(blocks):
        violations += block_violations(spec, len(records), block, f"vectors[{at}]", rows)
    violations += _missing_defaults(records, rows)
    if violations:
        raise ViolationsError(violations)
    return Batch([sent.record for sent in records], rows.views)


def _record_violations(spec: CollectionSpec, limits: Limits, records: Sequence[SentRecord]) -> Violations:
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
        yield from metadata_violations(spec, record_id, sent.record.metadata, f"{path}.metadata")


def _missing_defaults(records: Sequence[SentRecord], rows: Rows) -> Violations:
    if DEFAULT_VIEW in rows.broken:
        return
    has = rows.views.get(DEFAULT_VIEW)
    present = set() if has is None else set(has.indexes.tolist())
    for at, sent in enumerate(records):
        if at not in present:
            yield f"records[{at}]", DefaultViewRequiredError(sent.record.id)
