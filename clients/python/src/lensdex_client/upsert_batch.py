"""Stores the records of one batch; where the index refuses all for the sake of some, stores the rest. A plan.

UpsertRecords is all or nothing and lists its violations; this turns it into an outcome per record. Knows no embedder.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_client import record_calls
from lensdex_client.calls import Call
from lensdex_client.errors import (
    DimensionMismatchError,
    InvalidRequestError,
    InvalidVectorsError,
    LensdexError,
    MessageTooLargeError,
)
from lensdex_client.ingesting import Numbered, Target
from lensdex_client.plan import Plan, ask, do
from lensdex_client.record import Record, Upserted, ViewVectors
from lensdex_client.refusals import error_of_refusal
from lensdex_wire.errors import Refusal, Violation
from lensdex_wire.limits import GRPC_OVERHEAD_BYTES
from lensdex_wire.space import Space

_RECORD: Final = re.compile(r"records\[(\d+)\]")


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A record with its vector in each view it has: view → (space, float32 of shape (dimension,))."""

    numbered: Numbered
    record: Record
    vectors: Mapping[str, tuple[Space, npt.NDArray[np.float32]]]


Errors = Sequence[LensdexError | None]
"""One per record, in order; None: it is stored."""


def upsert_ready(entries: Sequence[Ready], target: Target) -> Plan[Errors]:
    """Store *entries* in as many calls as the limits need. Raises what concerns the service and no record."""
    errors: list[LensdexError | None] = []
    for start in range(0, len(entries), target.max_records):
        errors += yield from _upsert(entries[start : start + target.max_records], target)
    return errors


def _upsert(entries: Sequence[Ready], target: Target) -> Plan[Errors]:
    if not entries:
        return []
    try:
        call = yield from do(lambda: _call(entries, target))
        call.check_size(target.max_upsert_bytes - GRPC_OVERHEAD_BYTES)
        yield from ask(call)
    except MessageTooLargeError as error:
        return [error] if len(entries) == 1 else (yield from _halves(entries, target))
    except (DimensionMismatchError, InvalidVectorsError):
        raise  # These concern the view, and so every record.
    except InvalidRequestError as error:
        blamed = _blamed(error, len(entries))
        if len(entries) == 1:
            return [blamed.get(0, error)]
        if not blamed:
            return (yield from _halves(entries, target))
        rest = [entry for place, entry in enumerate(entries) if place not in blamed]
        stored = iter((yield from _upsert(rest, target)))
        return [blamed[place] if place in blamed else next(stored) for place in range(len(entries))]
    return [None] * len(entries)


def _halves(entries: Sequence[Ready], target: Target) -> Plan[Errors]:
    half = len(entries) // 2
    first = yield from _upsert(entries[:half], target)
    second = yield from _upsert(entries[half:], target)
    return [*first, *second]


def _call(entries: Sequence[Ready], target: Target) -> Call[Upserted]:
    blocks = []
    for plan in target.views:
        rows = [place for place, entry in enumerate(entries) if plan.name in entry.vectors]
        if rows:
            pairs = [entries[place].vectors[plan.name] for place in rows]
            vectors = np.stack([vector for _, vector in pairs])
            blocks.append(ViewVectors(vectors=vectors, view=plan.name, space=pairs[0][0], record_indexes=rows))
    return record_calls.upsert_records(target.collection.name, [entry.record for entry in entries], blocks)


def _blamed(error: InvalidRequestError, count: int) -> Mapping[int, LensdexError]:
    """Return the records the violations name, each with an error of its own."""
    blamed: dict[int, LensdexError] = {}
    for violation in error.violations:
        named = _RECORD.match(violation.field)
        if named and int(named[1]) < count:
            blamed.setdefault(int(named[1]), _own(error, violation))
    return blamed


def _own(error: InvalidRequestError, violation: Violation) -> LensdexError:
    return error_of_refusal(
        Refusal(
            code=error.code,
            reason=violation.reason,
            message=violation.description,
            metadata={"field": violation.field},
        ),
        error.request_id,
    )
