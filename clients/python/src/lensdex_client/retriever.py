"""The one place that knows both services: make a collection, ingest into it, search it. The face that waits."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from lensdex_client.answer import SearchAnswer
from lensdex_client.caller import Cancellation
from lensdex_client.calls import Call, by_service
from lensdex_client.collection import Backend, Collection, IndexedField
from lensdex_client.content import Content
from lensdex_client.embedder import EmbedderClient, RerankerClient
from lensdex_client.ensuring import ensure_collection
from lensdex_client.index import IndexClient
from lensdex_client.ingest_batch import ingest_batch
from lensdex_client.ingesting import (
    IngestOptions,
    IngestOutcome,
    Item,
    Numbered,
    Progress,
    Target,
    batches_of,
    prepare,
)
from lensdex_client.known import Known
from lensdex_client.media_file import Image
from lensdex_client.media_root import MediaRoot
from lensdex_client.plan import Plan, run_plan
from lensdex_client.retry import PATIENT, Retry
from lensdex_client.searching import Searcher, SearchOptions
from lensdex_client.views import ViewPlan
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.request_id import new_request_id

T = TypeVar("T")


class Retriever:
    """Embeds, stores, searches and reranks. Thread-safe; closing it closes its clients. Methods raise LensdexError."""

    def __init__(
        self,
        embedder: EmbedderClient,
        index: IndexClient,
        reranker: RerankerClient | None = None,
        *,
        media_root: MediaRoot | Path | str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Without *reranker*, reranking is asked of the embedder's address. *media_root*: where kept URIs lead."""
        self.embedder = embedder
        self.index = index
        self.reranker = reranker
        root = media_root if media_root is None or isinstance(media_root, MediaRoot) else MediaRoot(media_root)
        self._callers = by_service(
            embedder=embedder.caller,
            reranker=embedder.caller if reranker is None else reranker.caller,
            index=index.caller,
        )
        self._known = Known({service: caller.max_message_bytes for service, caller in self._callers.items()})
        self._media_root = root
        self._searcher = Searcher(self._known, root, clock)

    @classmethod
    def connect(
        cls,
        embedder: str = "127.0.0.1:50051",
        index: str = "127.0.0.1:50052",
        reranker: str | None = None,
        *,
        timeout: float = 60.0,
        retry: Retry | None = None,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        media_root: MediaRoot | Path | str | None = None,
    ) -> Self:
        """Return a retriever with clients of its own for these addresses; *timeout* in seconds, for each call.

        *max_message_bytes* of one message, either way: raise it where the services' own was raised. Raises ValueError.
        """
        return cls(
            EmbedderClient(embedder, timeout=timeout, retry=retry, max_message_bytes=max_message_bytes),
            IndexClient(index, timeout=timeout, retry=retry, max_message_bytes=max_message_bytes),
            None
            if reranker is None
            else RerankerClient(reranker, timeout=timeout, retry=retry, max_message_bytes=max_message_bytes),
            media_root=media_root,
        )

    def ensure_collection(
        self,
        name: str,
        *,
        views: Sequence[ViewPlan] | None = None,
        fields: Sequence[IndexedField] = (),
        backend: Backend | None = None,
        dimension: int = 0,
    ) -> Collection:
        """Return the collection *name*, created with *views* bound to the embedder's spaces if it did not exist.

        Without *views*, a new one has ``default`` alone, and an existing one is checked with the views it has.
        Raises SpaceMismatchError when a view of an existing one is bound to another space, naming the fields that
        differ; ViewNotFoundError or CollectionMismatchError when it lacks a view or declares a field otherwise.
        *backend* counts for a new collection only; *dimension* zero means the model's own.
        """
        plan = ensure_collection(name, self._known, views=views, fields=fields, backend=backend, dimension=dimension)
        return self._run(plan, new_request_id())

    def ingest(
        self,
        collection: str,
        items: Iterable[Item],
        options: IngestOptions | None = None,
        *,
        progress: Callable[[Progress], None] | None = None,
    ) -> Generator[IngestOutcome, None, None]:
        """Embed and store *items*; yield an outcome for each, in their order.

        Lazy: nothing happens before the first ``next``, items are read as they are needed, and a few batches are under
        way at once. One bad item never stops the rest. Closing the iterator (or an interrupt) cancels what is under
        way; batches that were stored stay stored, and ingesting the same items again skips them. *progress* is called
        after every batch. Raises what concerns the service or the whole collection, e.g. SpaceMismatchError, before or
        between items.
        """
        options = options or IngestOptions()
        target = self._run(prepare(collection, options, self._known, self._media_root), new_request_id())
        done = Progress()
        # Closed explicitly: an abandoned inner generator would end its threads whenever it is collected.
        with closing(self._pipeline(batches_of(items, options), target)) as pipeline:
            for outcomes in pipeline:
                done = done.after(outcomes)
                if progress is not None:
                    progress(done)
                yield from outcomes

    def search(
        self, collection: str, query: Content | Image | str, options: SearchOptions | None = None
    ) -> SearchAnswer:
        """Embed *query* (a text, a picture, or several of both), search *collection*, rerank the best if asked to.

        Which view is searched: see ``choose_view``; the answer names it, and how many records lack it.
        """
        request_id = new_request_id()
        answer = self._run(self._searcher.search(collection, Content.of(query), options or SearchOptions()), request_id)
        return replace(answer, request_id=request_id)

    def similar(self, collection: str, record_id: str, options: SearchOptions | None = None) -> SearchAnswer:
        """Find records like the record *record_id*, which never finds itself."""
        request_id = new_request_id()
        answer = self._run(self._searcher.similar(collection, record_id, options or SearchOptions()), request_id)
        return replace(answer, request_id=request_id)

    def close(self) -> None:
        """Close the clients; calls under way are cancelled."""
        self.embedder.close()
        self.index.close()
        if self.reranker is not None:
            self.reranker.close()

    def __enter__(self) -> Self:
        """Return the retriever itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _run(self, plan: Plan[T], request_id: str) -> T:
        return run_plan(plan, lambda call: self._callers[call.method.service].run(call, request_id=request_id))

    def _pipeline(
        self, batches: Iterable[Sequence[Numbered]], target: Target
    ) -> Generator[Sequence[IngestOutcome], None, None]:
        """Keep a few batches under way; yield their outcomes in order."""
        cancellation = Cancellation()
        pool = ThreadPoolExecutor(target.options.concurrency, thread_name_prefix="lensdex-ingest")
        under_way: deque[Future[Sequence[IngestOutcome]]] = deque()
        try:
            for batch in batches:
                under_way.append(pool.submit(self._ingest_batch, batch, target, cancellation))
                if len(under_way) >= target.options.concurrency:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            cancellation.cancel()
            pool.shutdown(wait=True, cancel_futures=True)

    def _ingest_batch(
        self, batch: Sequence[Numbered], target: Target, cancellation: Cancellation
    ) -> Sequence[IngestOutcome]:
        request_id = new_request_id()
        timeout = target.options.timeout

        def send(call: Call[Any]) -> Any:
            return self._callers[call.method.service].run(
                call, timeout=timeout, retry=PATIENT, request_id=request_id, cancellation=cancellation
            )

        return run_plan(ingest_batch(batch, target), send)
