"""One batch of an ingest from beginning to end: skip, read, embed, upsert. A plan; knows no channel and no other batch.

One bad item never stops the rest: what concerns an item becomes its outcome. What concerns the service (nobody there, a
deadline, another space) is raised and ends the ingest, which can be resumed.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import record_calls
from lensdex_client.content import Content
from lensdex_client.embed_batch import Vectors, embed_contents
from lensdex_client.errors import InvalidIdError, LensdexError
from lensdex_client.ingesting import IngestOutcome, Numbered, Target
from lensdex_client.media_loading import load_content
from lensdex_client.metadata_codec import pack_metadata
from lensdex_client.outcome import Outcome
from lensdex_client.plan import Plan, ask, do
from lensdex_client.record import Include, Record
from lensdex_client.refusals import refusal
from lensdex_client.upsert_batch import Ready, upsert_ready

_IDS_ALONE: Final = Include(metadata=False, content=False)


def ingest_batch(batch: Sequence[Numbered], target: Target) -> Plan[Sequence[IngestOutcome]]:
    """Return an outcome per item of *batch*, in order."""
    outcomes: dict[int, IngestOutcome] = {}
    alive: list[Numbered] = []
    for entry in batch:
        error = entry.error or _id_error(entry, target)
        if error is None:
            alive.append(entry)
        else:
            outcomes[entry.position] = entry.failed(error)
    if not target.options.replace:
        present = yield from _present(alive, target)
        for entry in alive:
            if entry.item.id in present:
                outcomes[entry.position] = IngestOutcome(entry.position, entry.item.id, "skipped")
        alive = [entry for entry in alive if entry.item.id not in present]
    loaded = yield from do(lambda: [_loaded(entry, target) for entry in alive])
    ready = yield from _embedded(loaded, target, outcomes)
    stored = yield from upsert_ready(ready, target)
    for numbered, error in zip([entry.numbered for entry in ready], stored, strict=True):
        outcomes[numbered.position] = (
            numbered.failed(error) if error else IngestOutcome(numbered.position, numbered.item.id, "stored")
        )
    return [outcomes[entry.position] for entry in batch]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An item whose pictures are in memory, or why they are not."""

    numbered: Numbered
    content: Outcome[Content]


def _id_error(entry: Numbered, target: Target) -> LensdexError | None:
    """Say what is wrong with the id: a read of a bad one would fail for the whole batch."""
    record_id = entry.item.id
    size = len(record_id.encode("utf-8", "surrogatepass"))
    bad = not record_id or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in record_id)
    if not bad and (not target.max_id_bytes or size <= target.max_id_bytes):
        return None
    message = f"the id {record_id!r:.80} is empty, has control characters or is over {target.max_id_bytes} bytes"
    return InvalidIdError(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            message,
            ErrorReason.ERROR_REASON_INVALID_ID,
            field=f"items[{entry.position}].id",
            maximum_bytes=str(target.max_id_bytes),
        )
    )


def _present(entries: Sequence[Numbered], target: Target) -> Plan[frozenset[str]]:
    """Return which of the ids have a record already."""
    present: set[str] = set()
    ids = [entry.item.id for entry in entries]
    for start in range(0, len(ids), target.max_records):
        asked = ids[start : start + target.max_records]
        call = record_calls.get_records(target.collection.name, asked, include=_IDS_ALONE)
        answer = yield from ask(call)
        present.update(record_id for record_id, found in zip(asked, answer.outcomes, strict=True) if found.ok)
    return frozenset(present)


def _loaded(entry: Numbered, target: Target) -> _Loaded:
    try:
        pack_metadata(entry.item.metadata)
    except LensdexError as error:
        return _Loaded(entry, Outcome(error=error))
    return _Loaded(entry, load_content(entry.item.content, target.media_root))


def _embedded(entries: Sequence[_Loaded], target: Target, outcomes: dict[int, IngestOutcome]) -> Plan[Sequence[Ready]]:
    """Embed what each view shows of each item; write the outcomes of those that cannot be."""
    # A text-only item looks the same in `default` and `text`: equal contents of one item are embedded once.
    wanted: list[Content] = []
    places: list[Mapping[str, int]] = []
    for entry in entries:
        views: dict[str, int] = {}
        if entry.content.ok:
            own: dict[Content, int] = {}
            for plan in target.views:
                part = plan.content_of(entry.content.unwrap())
                if part is not None:
                    if part not in own:
                        own[part] = len(wanted)
                        wanted.append(part)
                    views[plan.name] = own[part]
        places.append(views)
    vectors = yield from embed_contents(wanted, target)
    ready: list[Ready] = []
    for entry, chosen in zip(entries, places, strict=True):
        rows = {name: vectors[place] for name, place in chosen.items()}
        error = entry.content.error or next((row.error for row in rows.values() if row.error), None)
        if error is not None:
            outcomes[entry.numbered.position] = entry.numbered.failed(error)
        else:
            ready.append(_ready(entry, rows, target))
    return ready


def _ready(entry: _Loaded, rows: Mapping[str, Outcome[Vectors]], target: Target) -> Ready:
    item = entry.numbered.item
    content = entry.content.unwrap() if target.options.keep_content else Content()
    record = Record(id=item.id, metadata=item.metadata, content=content)
    vectors = {name: row.unwrap().of(target.poolings[name]) for name, row in rows.items()}
    return Ready(entry.numbered, record, vectors)
