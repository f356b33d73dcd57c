"""Seam one: what a collection engine promises. It keeps records (ids, views, metadata, content) and answers searches.

Callers have checked what they pass. All methods are thread-safe and block, save for futures. No gRPC, no messages.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from enum import StrEnum
from math import inf
from typing import Protocol

from lensdex_index.changes import Changes
from lensdex_index.filters import Filter
from lensdex_index.progress import Progress
from lensdex_index.records import (
    Alias,
    BackendSpec,
    Batch,
    CollectionSpec,
    CollectionStatistics,
    FusedAnswer,
    FusedSearch,
    Include,
    Search,
    SearchAnswer,
    StoredRecord,
    ViewSpec,
    WriteOutcome,
)
from lensdex_index.snapshots import Snapshots


class Trait(StrEnum):
    """What an engine may promise. Values are the contract's, which says what each means."""

    ALL_MAGNITUDES = "all_magnitudes"
    ATOMIC_BATCHES = "atomic_batches"
    CONSISTENCY_TOKENS = "consistency_tokens"
    DURABLE_WRITES = "durable_writes"
    EXACT_SEARCH = "exact_search"
    ISOLATED_READS = "isolated_reads"
    ORDERED_TIES = "ordered_ties"
    READ_YOUR_WRITES = "read_your_writes"
    REINDEX = "reindex"
    SERIAL_WRITES = "serial_writes"
    SNAPSHOTS = "snapshots"
    VIEW_CHANGES = "view_changes"


class CollectionHandle(Protocol):
    """One open collection. After it was dropped every method raises CollectionNotFoundError."""

    @property
    def spec(self) -> CollectionSpec: ...

    @property
    def epoch(self) -> bytes:
        """16 random bytes drawn when it was created: another collection, another epoch. Secret: it signs tokens."""

    def upsert(self, batch: Batch, *, deadline: float) -> Future[WriteOutcome]:
        """Insert or replace the records, all or nothing; done when durable and visible to the next search.

        Not begun after *deadline* (of ``time.monotonic``: DeadlineExceededError) or once the future is cancelled.
        Raises StoreUnavailableError, through the future, when the store takes no writes.
        """

    def update(self, changes: Changes, *, deadline: float) -> Future[WriteOutcome]:
        """Change parts of records that exist, all or nothing; ``num_replaced`` counts them. Otherwise as ``upsert``.

        Raises ViolationsError, through the future, for records that do not exist (RecordNotFoundError) or whose merged
        metadata are too large (RecordTooLargeError), by their field paths in the request.
        """

    def delete(self, ids: Sequence[str], *, deadline: float) -> Future[WriteOutcome]:
        """Delete the records that exist, all or nothing; otherwise as ``upsert``."""

    def delete_matching(self, chosen: Filter, *, deadline: float) -> Future[WriteOutcome]:
        """Delete the records that match when it is their turn, all or nothing; otherwise as ``upsert``."""

    def get(self, ids: Sequence[str], include: Include, views: Sequence[str]) -> Generator[StoredRecord | None]:
        """Yield the record of each id, in order, None where there is none. One snapshot; exhaust or close it."""

    def scan(
        self, after: str, limit: int, include: Include, views: Sequence[str], chosen: Filter | None = None
    ) -> Generator[StoredRecord]:
        """Yield up to *limit* matching records whose ids follow *after* by UTF-8 bytes. Exhaust or close it."""

    def count(self, chosen: Filter | None = None) -> int:
        """Return the number of records that match, exactly."""

    def search(self, search: Search) -> SearchAnswer:
        """Find the nearest records. Sees every write that was done when it began."""

    def search_fused(self, fused: FusedSearch) -> FusedAnswer:
        """Search several views and fuse them by reciprocal rank (``fusion.fuse``), all as of one moment.

        A query that is a record is searched for in the views it has; ViewMissingError where it has none of them.
        """

    def add_view(self, view: ViewSpec, *, max_views: int, deadline: float) -> Future[WriteOutcome]:
        """Add a view that no record has yet, in its turn among the writes; done when durable and in ``spec``.

        Raises ViewExistsError, and TooManyItemsError past *max_views*, through the future; otherwise as ``upsert``.
        """

    def drop_view(self, name: str, *, deadline: float) -> Future[WriteOutcome]:
        """Drop a view with its vectors; otherwise as ``add_view``. Not ``default``.

        A write, search or read that names it is refused from then on (ViewNotFoundError, through the future), one that
        was checked against it too. A view added later under its name is another one. Space is given back by and by.
        """

    def reindex(self, view: str, backend: BackendSpec, tell: Callable[[Progress], None]) -> Future[WriteOutcome]:
        """Have a view searched by another backend, resolved, or build its graph anew; searches and writes go on.

        Done when ``spec`` has it, durably, and searches use it. Cancelling the future before that gives it up. *tell*
        hears of progress, from a thread of the engine's; it must be quick. Raises ViewNotFoundError, and
        ReindexRunningError where one of that view is under way.
        """

    def wait_visible(self, sequence: int) -> Future[None]:
        """Return a future that is done once searches see the write of that sequence; cancel it to stop waiting."""

    def statistics(self) -> CollectionStatistics:
        """Return how much it holds."""


class CollectionEngine(Protocol):
    """Keeps collections. ``recover`` comes first, ``close`` last; closing twice is allowed."""

    name: str
    traits: frozenset[Trait]
    backends: Sequence[str]
    """Backends a view may name, the default first."""
    is_remote: bool
    """Whether calls wait for another process: even looking a collection up then blocks."""

    @property
    def epoch(self) -> bytes:
        """16 random bytes drawn when the engine's catalog was made. Secret: it signs tokens."""

    @property
    def snapshots(self) -> Snapshots | None:
        """Its snapshots; None where it lacks that trait."""

    def recover(self) -> None:
        """Open what is stored. Raises StartError when nothing can be served; a collection that fails is kept aside."""

    def abandon_recovery(self) -> None:
        """Make ``recover`` end soon, with RecoveryAbandonedError; ``close`` is still due. From any thread."""

    def resolve_backend(self, name: str, parameters: dict[str, object], field: str) -> BackendSpec:
        """Return the backend (empty name: the default) with every parameter filled in.

        Raises InvalidBackendError, or InvalidFieldError with *field* as the path of the parameters.
        """

    def create(self, spec: CollectionSpec) -> CollectionHandle:
        """Make an empty collection, durably.

        Raises CollectionExistsError, AliasExistsError where an alias has the name, StoreUnavailableError.
        """

    def collection(self, name: str) -> CollectionHandle:
        """Return an open collection. Raises CollectionNotFoundError, CorruptedError."""

    def specs(self, after: str, limit: int) -> Sequence[CollectionSpec]:
        """Return up to *limit* collections whose names follow *after*, in order; those that failed their check too."""

    def drop(self, name: str) -> int:
        """Delete a collection, durably; return its number of records. Its files go with the last call in it.

        Raises CollectionNotFoundError, and CollectionHasAliasesError where an alias names it.
        """

    def set_alias(self, alias: Alias, expected: str | None = None) -> Alias | None:
        """Make or replace an alias, durably and in one step; return the one before.

        At every moment whoever asks ``alias`` gets the old one or the new one, whole. Its name is no collection's, and
        its collection exists: neither this call nor ``create`` or ``drop`` beside it ever leaves it otherwise. Raises
        CollectionExistsError, CollectionNotFoundError, StoreUnavailableError; and AliasChangedError unless *expected*
        is None or the collection it names so far (empty: there is none): compared and written as one.
        """

    def delete_alias(self, name: str) -> Alias:
        """Delete an alias, durably; return it. Raises AliasNotFoundError, StoreUnavailableError."""

    def alias(self, name: str) -> Alias | None:
        """Return the alias of that name as it is now. Asked for by every call that names no collection: be quick."""

    def aliases(self, after: str, limit: int) -> Sequence[Alias]:
        """Return up to *limit* aliases whose names follow *after*, in order."""

    def close(self, save_until: float = inf) -> None:
        """Finish writes in hand, save until *save_until* (``time.monotonic``) what speeds a start up, release all."""
