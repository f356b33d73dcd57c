"""Client of the index for asyncio. It knows no embedder."""

# ruff: noqa: ASYNC109  A deadline travels to the server, which stops working for it; asyncio.timeout only stops waiting.

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from lensdex_client import alias_calls, collection_calls, fusion_calls, record_calls, snapshot_calls
from lensdex_client.aio.caller import Caller
from lensdex_client.aio.exporting import run_export
from lensdex_client.aio.reindexing import run_reindex
from lensdex_client.aio.snapshotting import run_download, run_upload, run_work
from lensdex_client.aio.streaming import run_stream
from lensdex_client.alias import Alias, AliasPage, AliasSet
from lensdex_client.collection import (
    Backend,
    Collection,
    CollectionDetails,
    CollectionPage,
    IndexInfo,
    ReindexProgress,
    View,
)
from lensdex_client.export_calls import Exporting
from lensdex_client.filters import Filter
from lensdex_client.fusion import FusionSource
from lensdex_client.index import EVERYTHING, METADATA
from lensdex_client.record import (
    Deleted,
    Exported,
    Include,
    Record,
    RecordPage,
    Records,
    RecordUpdate,
    SearchResults,
    Updated,
    Upserted,
    UpsertOutcome,
    Vector,
    ViewVectors,
)
from lensdex_client.reindex_calls import Reindexing
from lensdex_client.retry import PATIENT, Retry
from lensdex_client.snapshot import OnBytes, Snapshot, SnapshotPage, SnapshotProgress, no_matter
from lensdex_client.upsert_dialogue import UpsertDialogue
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.space import Space
from lensdex_wire.vectors import Matrix


class IndexClient:
    """Keeps records and finds the nearest ones. Close it, or use it as a context manager.

    Every method takes *timeout*, seconds for the whole call with its retries, and raises LensdexError.
    """

    def __init__(
        self,
        target: str,
        *,
        timeout: float = 30.0,
        retry: Retry | None = None,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        """*target*: ``host:port`` or ``dns:///name:port``. *max_message_bytes*: the service's. Raises ValueError."""
        self.caller = Caller(target, timeout=timeout, retry=retry or Retry(), max_message_bytes=max_message_bytes)

    async def info(self, *, timeout: float | None = None) -> IndexInfo:
        """Return the index's engine, backends, limits and versions."""
        return await self.caller.run(collection_calls.index_info(), timeout=timeout)

    async def create_collection(self, collection: Collection, *, timeout: float | None = None) -> Collection:
        """Create *collection* and return it with its defaults filled in. Not repeated when nobody answers."""
        return await self.caller.run(collection_calls.create_collection(collection), timeout=timeout)

    async def get_collection(self, name: str, *, timeout: float | None = None) -> CollectionDetails:
        """Return the collection *name* with statistics."""
        return await self.caller.run(collection_calls.get_collection(name), timeout=timeout)

    async def list_collections(
        self, *, page_size: int = 0, page_token: str = "", timeout: float | None = None
    ) -> CollectionPage:
        """Return one page of collections, in the order of their names."""
        call = collection_calls.list_collections(page_size=page_size, page_token=page_token)
        return await self.caller.run(call, timeout=timeout)

    async def collections(self, *, timeout: float | None = None) -> AsyncIterator[Collection]:
        """Yield all collections, page by page; *timeout* is for each page."""
        token = ""
        while True:
            page = await self.list_collections(page_token=token, timeout=timeout)
            for collection in page.collections:
                yield collection
            if not (token := page.next_page_token):
                return

    async def delete_collection(self, name: str, *, timeout: float | None = None) -> int:
        """Delete the collection *name*; return how many records went with it. Not repeated when nobody answers."""
        return await self.caller.run(collection_calls.delete_collection(name), timeout=timeout)

    async def set_alias(
        self, alias: Alias, *, expected_collection: str | None = None, timeout: float | None = None
    ) -> AliasSet:
        """Make *alias*, or move it in one step: a search finds the old collection or the new one.

        *expected_collection*: what it names so far (empty: nothing), else AliasChangedError; None: whatever. Not
        repeated when nobody answers.
        """
        call = alias_calls.set_alias(alias, expected_collection=expected_collection)
        return await self.caller.run(call, timeout=timeout)

    async def delete_alias(self, name: str, *, timeout: float | None = None) -> Alias:
        """Delete the alias *name*; return what it was. Not repeated when nobody answers."""
        return await self.caller.run(alias_calls.delete_alias(name), timeout=timeout)

    async def list_aliases(
        self, *, page_size: int = 0, page_token: str = "", timeout: float | None = None
    ) -> AliasPage:
        """Return one page of aliases, in the order of their names."""
        call = alias_calls.list_aliases(page_size=page_size, page_token=page_token)
        return await self.caller.run(call, timeout=timeout)

    async def aliases(self, *, timeout: float | None = None) -> AsyncIterator[Alias]:
        """Yield all aliases, page by page; *timeout* is for each page."""
        token = ""
        while True:
            page = await self.list_aliases(page_token=token, timeout=timeout)
            for alias in page.aliases:
                yield alias
            if not (token := page.next_page_token):
                return

    async def add_view(self, collection: str, view: View, *, timeout: float | None = None) -> Collection:
        """Add *view*, which no record has yet; return the collection. Not repeated when nobody answers."""
        return await self.caller.run(collection_calls.add_view(collection, view), timeout=timeout)

    async def drop_view(self, collection: str, view: str, *, timeout: float | None = None) -> Collection:
        """Drop *view* with its vectors; return the collection. Not repeated when nobody answers.

        A view added later under its name begins empty.
        """
        return await self.caller.run(collection_calls.drop_view(collection, view), timeout=timeout)

    def reindex(
        self, collection: str, view: str = "", backend: Backend | None = None, *, timeout: float | None = None
    ) -> AsyncGenerator[ReindexProgress]:
        """Have *view* searched by *backend*, or its graph built anew, while it serves; yield how far that is.

        *backend* None, or without a name: the one it has, with the parameters it has but for those given. The last one
        yielded has the collection: then the new graph answers. Closing the iterator before gives it up, and nothing
        has changed. *timeout*: seconds for all of it; None, unlike elsewhere: no bound. Not repeated.
        """
        return run_reindex(self.caller, Reindexing(collection, view, backend), timeout)

    def create_snapshot(self, collection: str, *, timeout: float | None = None) -> AsyncGenerator[SnapshotProgress]:
        """Write all that *collection* has at one moment to a file of the index; yield how far that is.

        Writes and searches go on. The last one yielded has the snapshot. Closing the iterator before gives it up, and
        nothing is left. *timeout*: seconds for all of it; None, unlike elsewhere: no bound. Not repeated.
        """
        return run_work(self.caller, snapshot_calls.create_snapshot(collection), timeout)

    def restore_snapshot(
        self, snapshot: str, collection: str, *, timeout: float | None = None
    ) -> AsyncGenerator[SnapshotProgress]:
        """Make the new collection *collection* of a snapshot; otherwise as ``create_snapshot``.

        The last one yielded has the collection. Its graphs are built after that; until then it is searched exactly.
        """
        return run_work(self.caller, snapshot_calls.restore_snapshot(snapshot, collection), timeout)

    async def list_snapshots(
        self, collection: str = "", *, page_size: int = 0, page_token: str = "", timeout: float | None = None
    ) -> SnapshotPage:
        """Return one page of the index's snapshots, of *collection* or of all, in the order of their names."""
        call = snapshot_calls.list_snapshots(collection=collection, page_size=page_size, page_token=page_token)
        return await self.caller.run(call, timeout=timeout)

    async def snapshots(self, collection: str = "", *, timeout: float | None = None) -> AsyncIterator[Snapshot]:
        """Yield all snapshots of *collection*, or all, page by page; *timeout* is for each page."""
        token = ""
        while True:
            page = await self.list_snapshots(collection, page_token=token, timeout=timeout)
            for snapshot in page.snapshots:
                yield snapshot
            if not (token := page.next_page_token):
                return

    async def delete_snapshot(self, snapshot: str, *, timeout: float | None = None) -> None:
        """Delete a snapshot; no collection changes. Not repeated when nobody answers."""
        await self.caller.run(snapshot_calls.delete_snapshot(snapshot), timeout=timeout)

    async def download_snapshot(
        self, snapshot: str, path: Path, *, on_bytes: OnBytes = no_matter, timeout: float | None = None
    ) -> Snapshot:
        """Write a snapshot's file to *path*, checked, whole or not at all; return what it is. Raises OSError too.

        *timeout*: seconds for all of it; None, unlike elsewhere: no bound. Not repeated.
        """
        return await run_download(self.caller, snapshot, path, on_bytes, timeout)

    async def upload_snapshot(
        self, path: Path, *, on_bytes: OnBytes = no_matter, timeout: float | None = None
    ) -> Snapshot:
        """Send a snapshot's file to the index, which checks it; return what it is there. Otherwise as downloading.

        A file that is there already is the same snapshot. *on_bytes* is called in another thread.
        """
        return await run_upload(self.caller, path, on_bytes, timeout)

    async def upsert_records(
        self,
        collection: str,
        records: Sequence[Record],
        vectors: Sequence[ViewVectors],
        *,
        timeout: float | None = None,
    ) -> Upserted:
        """Insert *records*, or replace them whole; all or nothing. Every record needs a row in the view ``default``.

        Raises OSError when a picture that is to be kept cannot be read.
        """
        return await self.caller.run(record_calls.upsert_records(collection, records, vectors), timeout=timeout)

    async def update_records(
        self,
        collection: str,
        updates: Sequence[RecordUpdate],
        vectors: Sequence[ViewVectors] = (),
        *,
        timeout: float | None = None,
    ) -> Updated:
        """Change parts of records that exist, all or nothing: what is not named stays, views that are not sent too.

        Rows of *vectors* belong to *updates* as they do to records. Raises OSError when a picture that is to be kept
        cannot be read, and RecordNotFoundError where a record does not exist; nothing is changed then.
        """
        return await self.caller.run(record_calls.update_records(collection, updates, vectors), timeout=timeout)

    def upsert_stream(
        self,
        collection: str,
        items: Iterable[tuple[Record, Mapping[str, Vector]]] | AsyncIterable[tuple[Record, Mapping[str, Vector]]],
        *,
        spaces: Mapping[str, Space] | None = None,
        retry: Retry | None = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[UpsertOutcome]:
        """Write each of *items*, a record with its vector in each view it has; yield what became of each.

        For any number of records. *spaces*: of the vectors, by view; required for views that are bound to one. A record
        replaces the one that has its id, whole. What is stored is answered in the order of *items*, once it is durable
        and visible; a record that the index refuses, or that cannot be sent, has its error in its own outcome. *items*
        are read in a task of their own no further ahead of the answers than 4,096 records or 64 MiB.

        When the server goes away, the stream goes on with what is unanswered as soon as one is there: *retry*, by
        default 60 attempts in 120 seconds, counts anew after every answer. *timeout*: seconds for the whole stream;
        None, unlike elsewhere: no bound. Raises LensdexError, and what *items* raises; what was answered before stands.
        Closing the iterator cancels the call: what was sent and not answered may or may not be stored.
        """
        dialogue = UpsertDialogue(collection, spaces or {})
        return run_stream(self.caller, items, dialogue, self.caller.resumptions(retry or PATIENT, timeout))

    async def delete_records(
        self,
        collection: str,
        ids: Sequence[str] = (),
        *,
        filter: Filter | None = None,
        timeout: float | None = None,
    ) -> Deleted:
        """Delete records by id, where ids without a record are skipped; or those that match *filter*, in one write.

        Raises ValueError for both. A filter must ask about a field.
        """
        return await self.caller.run(record_calls.delete_records(collection, ids, filter=filter), timeout=timeout)

    async def get_records(
        self,
        collection: str,
        ids: Sequence[str],
        *,
        include: Include = EVERYTHING,
        views: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Records:
        """Return an outcome per id, in order, and the vectors of *views*."""
        call = record_calls.get_records(collection, ids, include=include, views=views)
        return await self.caller.run(call, timeout=timeout)

    async def list_records(
        self,
        collection: str,
        *,
        page_size: int = 0,
        page_token: str = "",
        include: Include = EVERYTHING,
        views: Sequence[str] = (),
        filter: Filter | None = None,
        timeout: float | None = None,
    ) -> RecordPage:
        """Return one page of the records that match *filter*, or of all, in the order of their ids.

        A page token is good for the filter it was answered under.
        """
        call = record_calls.list_records(
            collection, page_size=page_size, page_token=page_token, include=include, views=views, filter=filter
        )
        return await self.caller.run(call, timeout=timeout)

    async def records(
        self,
        collection: str,
        *,
        include: Include = EVERYTHING,
        views: Sequence[str] = (),
        page_size: int = 0,
        filter: Filter | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[RecordPage]:
        """Yield all records that match *filter*, page by page; *timeout* is for each page."""
        token = ""
        while True:
            page = await self.list_records(
                collection,
                page_size=page_size,
                page_token=token,
                include=include,
                views=views,
                filter=filter,
                timeout=timeout,
            )
            yield page
            if not (token := page.next_page_token):
                return

    def export_records(
        self,
        collection: str,
        *,
        include: Include = EVERYTHING,
        views: Sequence[str] = (),
        filter: Filter | None = None,
        after: str = "",
        retry: Retry | None = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[Exported]:
        """Yield all records that match *filter*, or all, in the order of their ids, some at a time.

        Records written or deleted meanwhile may or may not appear; all others appear exactly once. *after*: go on
        behind that id. When the server goes away, it goes on behind what came: *retry*, by default 60 attempts in 120
        seconds, counts anew with every part. *timeout*: seconds for all of it; None, unlike elsewhere: no bound.
        """
        export = Exporting(collection, include, views, filter, after)
        return run_export(self.caller, export, self.caller.resumptions(retry or PATIENT, timeout))

    async def count_records(
        self, collection: str, *, filter: Filter | None = None, timeout: float | None = None
    ) -> int:
        """Return how many records match *filter*, or how many there are."""
        return await self.caller.run(record_calls.count_records(collection, filter=filter), timeout=timeout)

    async def search_records(
        self,
        collection: str,
        *,
        vectors: Matrix | None = None,
        space: Space | None = None,
        ids: Sequence[str] = (),
        k: int = 10,
        view: str = "",
        ef: int = 0,
        exact: bool = False,
        score_threshold: float | None = None,
        include: Include = METADATA,
        consistency_token: str = "",
        filter: Filter | None = None,
        timeout: float | None = None,
    ) -> SearchResults:
        """Find the records nearest to *vectors*, shape (queries, dimension), of *space*; or to the records *ids*.

        Exactly one of both; raises ValueError otherwise. *filter* says which records may be found, by any of the
        queries. Returns an outcome per query, in order.
        """
        call = record_calls.search_records(
            collection,
            vectors=vectors,
            space=space,
            ids=ids,
            k=k,
            view=view,
            ef=ef,
            exact=exact,
            score_threshold=score_threshold,
            include=include,
            consistency_token=consistency_token,
            filter=filter,
        )
        return await self.caller.run(call, timeout=timeout)

    async def search_fused(
        self,
        collection: str,
        sources: Sequence[FusionSource],
        *,
        ids: Sequence[str] = (),
        k: int = 10,
        window: int = 0,
        rank_constant: int = 0,
        ef: int = 0,
        exact: bool = False,
        include: Include = METADATA,
        consistency_token: str = "",
        filter: Filter | None = None,
        timeout: float | None = None,
    ) -> SearchResults:
        """Search several views at once, at one moment, and rank what they find together, by reciprocal rank.

        By the vectors of *sources*, or by the records *ids* and none; raises ValueError otherwise. *window*: how many
        of each view are ranked (0: 100), *rank_constant*: higher makes first ranks count for less (0: 60). Hits say
        where each view had them. Returns an outcome per query, in order.
        """
        call = fusion_calls.search_fused(
            collection,
            sources,
            ids=ids,
            k=k,
            window=window,
            rank_constant=rank_constant,
            ef=ef,
            exact=exact,
            include=include,
            consistency_token=consistency_token,
            filter=filter,
        )
        return await self.caller.run(call, timeout=timeout)

    async def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        await self.caller.close()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()
