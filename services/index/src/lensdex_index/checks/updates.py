"""Whether records may be changed so: all that can be known without them is told at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lensdex_index.changes import Change, Changes
from lensdex_index.checks.blocks import Rows, SentBlock, Violations, block_violations
from lensdex_index.checks.counts import check_count
from lensdex_index.checks.ids import id_violations
from lensdex_index.checks.metadata import metadata_violations
from lensdex_index.checks.sizes import Sizes, size_violations
from lensdex_index.errors import (
    InvalidFieldError,
    ViewNotFoundError,
    ViolationsError,
)
from lensdex_index.records import DEFAULT_VIEW, CollectionSpec, Limits


@dataclass(frozen=True, slots=True)
class SentChange(Sizes):
    """Changes of one record as sent."""

    change: Change
    removed_views: Sequence[str]


def check_update(
    spec: CollectionSpec, limits: Limits, sent: Sequence[SentChange], blocks: Sequence[SentBlock]
) -> Changes:
    """Return the changes to write. Raises ViolationsError with everything that is wrong."""
    check_count("updates", len(sent), limits.max_records)
    rows = Rows()
    violations = list(_record_violations(spec, limits, sent))
    for at, block in enumerate(blocks):
        violations += block_violations(spec, len(sent), block, f"vectors[{at}]", rows)
    violations += _contradictions(sent, rows)
    if violations:
        raise ViolationsError(violations)
    return Changes([one.change for one in sent], rows.views, limits.max_metadata_bytes)


def _record_violations(spec: CollectionSpec, limits: Limits, sent: Sequence[SentChange]) -> Violations:
    seen: set[str] = set()
    for at, one in enumerate(sent):
        record_id, path = one.change.id, f"updates[{at}]"
        yield from id_violations(record_id, seen, f"{path}.id", limits)
        yield from size_violations(record_id, one, path, limits)
        if one.change.removes_content and one.change.content is not None:
            yield f"{path}.remove_content", InvalidFieldError(f"{path}.remove_content", "stands beside content")
        yield from metadata_violations(spec, record_id, one.change.metadata, f"{path}.metadata")
        yield from _view_violations(spec, one.removed_views, f"{path}.remove_views")


def _view_violations(spec: CollectionSpec, names: Sequence[str], path: str) -> Violations:
    known = {view.name for view in spec.views}
    for name, count in Counter(names).items():
        if name == DEFAULT_VIEW:
            yield path, InvalidFieldError(path, "every record has the view default; delete the record instead", name)
        elif name not in known:
            yield path, ViewNotFoundError(spec.name, name, ",".join(view.name for view in spec.views))
        elif count > 1:
            yield path, InvalidFieldError(path, "names a view twice", name)


def _contradictions(sent: Sequence[SentChange], rows: Rows) -> Violations:
    for view, block in rows.views.items():
        for at in block.indexes.tolist():
            if view in sent[at].change.removed_views:
                path = f"updates[{at}].remove_views"
                yield path, InvalidFieldError(path, "names a view that the call gives the record as well", view)
