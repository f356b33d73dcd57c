"""Whether records and their vectors may be written together: all that is wrong with them is told at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from lensdex_index.checks.blocks import Rows, SentBlock, Violations, block_violations
from lensdex_index.checks.counts import check_count
from lensdex_index.checks.ids import id_violations
from lensdex_index.checks.metadata import metadata_violations
from lensdex_index.checks.sizes import Sizes, size_violations
from lensdex_index.errors import (
    DefaultViewRequiredError,
    ViolationsError,
)
from lensdex_index.records import DEFAULT_VIEW, Batch, CollectionSpec, Limits, Record


@dataclass(frozen=True, slots=True)
class SentRecord(Sizes):
    """A record as sent."""

    record: Record


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
        yield from id_violations(record_id, seen, f"{path}.id", limits)
        yield from size_violations(record_id, sent, path, limits)
        yield from metadata_violations(spec, record_id, sent.record.metadata, f"{path}.metadata")


def _missing_defaults(records: Sequence[SentRecord], rows: Rows) -> Violations:
    if DEFAULT_VIEW in rows.broken:
        return
    has = rows.views.get(DEFAULT_VIEW)
    present = set() if has is None else set(has.indexes.tolist())
    for at, sent in enumerate(records):
        if at not in present:
            yield f"records[{at}]", DefaultViewRequiredError(sent.record.id)
