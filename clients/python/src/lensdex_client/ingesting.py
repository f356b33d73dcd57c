"""What an ingest is given, told and checked against before its first batch. ``ingest_batch`` does the work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import collection_calls, embedder_calls
from lensdex_client.batching import batched
from lensdex_client.collection import DEFAULT_VIEW, Collection
from lensdex_client.content import Content
from lensdex_client.embedding import EmbedderInfo, Truncation
from lensdex_client.errors import DuplicateIdError, LensdexError
from lensdex_client.known import Known
from lensdex_client.media_root import MediaRoot
from lensdex_client.plan import Plan, ask
from lensdex_client.refusals import refusal
from lensdex_client.views import ViewPlan, check_complete, check_space, own_plans, space_of, view_not_found
from lensdex_wire.space import Pooling


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to make findable."""

    id: str
    content: Content
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    """What became of one item."""

    position: int
    """Its place among the items, from 0."""
    id: str
    status: Literal["stored", "skipped", "failed"]
    """``skipped``: a record with this id was there already."""
    error: LensdexError | None = None
    """Why it failed; None otherwise."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest has come, in items."""

    done: int = 0
    stored: int = 0
    skipped: int = 0
    failed: int = 0

    def after(self, outcomes: Iterable[IngestOutcome]) -> "Progress":
        """Return the progress once *outcomes* are counted."""
        statuses = [outcome.status for outcome in outcomes]
        return Progress(
            done=self.done + len(statuses),
            stored=self.stored + statuses.count("stored"),
            skipped=self.skipped + statuses.count("skipped"),
            failed=self.failed + statuses.count("failed"),
        )


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How items are stored."""

    views: Sequence[ViewPlan] | None = None
    """None: ``default``, and ``text`` and ``image`` where the collection has them. Every view it has must be filled."""
    replace: bool = False
    """Embed and store items again although records with their ids exist; otherwise they are skipped."""
    keep_content: bool = True
    """Keep texts and pictures (by URI where they have one) beside the vectors: reranking and showing need them."""
    instruction: str = ""
    """Empty: the embedder's default."""
    truncation: Truncation = Truncation.REFUSE
    batch_items: int = 64
    """Items in one batch, at most."""
    batch_bytes: int = 16 * 1024 * 1024
    """Bytes of one batch's texts and pictures, at most, unless one item has more; batches under way are in memory."""
    concurrency: int = 3
    """Batches under way at once: while one is stored, the next is embedded."""
    timeout: float = 300.0
    """Seconds for each call, retries included."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where items go: a collection whose views fit the embedder, and what both services take in one call."""

    collection: Collection
    options: IngestOptions
    views: Sequence[ViewPlan]
    dimension: int
    poolings: Mapping[str, Pooling]
    """By view."""
    max_contents: int
    max_embed_bytes: int
    max_records: int
    max_upsert_bytes: int
    max_id_bytes: int
    media_root: MediaRoot | None


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item with its place in the input."""

    position: int
    item: Item
    error: LensdexError | None = None
    """Set where the item is refused before anything is done with it."""

    def failed(self, error: LensdexError) -> IngestOutcome:
        """Return the outcome of failing with *error*."""
        return IngestOutcome(position=self.position, id=self.item.id, status="failed", error=error)


def batches_of(items: Iterable[Item], options: IngestOptions) -> Iterator[Sequence[Numbered]]:
    """Number *items* and cut them into batches, as lazily as they are read."""
    return batched(
        _numbered(items),
        lambda entry: entry.item.content.num_bytes(),
        max_items=options.batch_items,
        max_bytes=options.batch_bytes,
    )


def _numbered(items: Iterable[Item]) -> Iterator[Numbered]:
    """Number *items*, marking every id that came before: the second would silently replace the first."""
    seen: set[str] = set()
    for position, item in enumerate(items):
        yield Numbered(position, item, _duplicate(position, item.id) if item.id in seen else None)
        seen.add(item.id)


def _duplicate(position: int, item_id: str) -> DuplicateIdError:
    return DuplicateIdError(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            f"the id {item_id} came before in this input",
            ErrorReason.ERROR_REASON_DUPLICATE_ID,
            field=f"items[{position}].id",
            id=item_id,
        )
    )


def prepare(name: str, options: IngestOptions, known: Known, media_root: MediaRoot | None) -> Plan[Target]:
    """Check, before anything is embedded, that the collection *name* takes what the embedder makes.

    Raises CollectionNotFoundError, ViewNotFoundError, SpaceMismatchError, and CollectionMismatchError when the
    collection has views that the records would lack.
    """
    known.forget(name)
    collection = yield from known.collection(name)
    embedder = yield from ask(embedder_calls.embedder_info())
    index = yield from ask(collection_calls.index_info())
    plans = own_plans(collection, embedder) if options.views is None else options.views
    _check_views(collection, plans, embedder)
    default = collection.view(DEFAULT_VIEW)
    assert default is not None
    return Target(
        collection=collection,
        options=options,
        views=plans,
        dimension=default.num_values,
        poolings={plan.name: space_of(embedder, plan).pooling for plan in plans},
        max_contents=max(1, embedder.limits.max_contents),
        max_embed_bytes=known.max_bytes("EmbedderService", embedder.limits.max_message_bytes),
        max_records=max(1, index.limits.max_records),
        max_upsert_bytes=known.max_bytes("RecordService", index.limits.max_message_bytes),
        max_id_bytes=index.limits.max_id_bytes,
        media_root=media_root,
    )


def _check_views(collection: Collection, plans: Sequence[ViewPlan], embedder: EmbedderInfo) -> None:
    default = collection.view(DEFAULT_VIEW)
    if default is None:
        raise view_not_found(collection, DEFAULT_VIEW)
    for plan in plans:
        view = collection.view(plan.name)
        if view is None:
            raise view_not_found(collection, plan.name)
        check_space(view, space_of(embedder, plan, default.num_values), collection=collection.name)
    check_complete(collection, plans)
