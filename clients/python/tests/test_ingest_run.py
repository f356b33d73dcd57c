"""Ingest as a run: lazy, overlapping, patient; ended midway it can be resumed."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import grpc
import pytest

from lensdex_client import (
    MODALITY_VIEWS,
    CollectionNotFoundError,
    Content,
    IngestOptions,
    IngestOutcome,
    Item,
    Progress,
    Retriever,
    SpaceMismatchError,
    aio,
)
from lensdex_client.batching import batched


@pytest.fixture
def retriever(embedder: Any, index: Any) -> Iterator[Retriever]:
    """A retriever with an empty collection ``c`` that has all modality views."""
    with Retriever.connect(embedder.address, index.address) as connected:
        connected.ensure_collection("c", views=MODALITY_VIEWS)
        yield connected


def items(count: int) -> list[Item]:
    """Return items with a text each."""
    return [Item(f"i{number:03}", Content(f"text {number}"), {"n": number}) for number in range(count)]


def ingest(retriever: Retriever, what: Sequence[Item], **options: Any) -> list[IngestOutcome]:
    """Ingest all of *what*."""
    return list(retriever.ingest("c", what, IngestOptions(**options)))


def statuses(outcomes: Sequence[IngestOutcome]) -> list[str]:
    """Return what became of each item."""
    return [outcome.status for outcome in outcomes]


def test_an_ended_run_is_resumed(retriever: Retriever, index: Any) -> None:
    """A run that is closed midway leaves whole batches; running it again stores the rest and nothing twice."""
    run = retriever.ingest("c", items(60), IngestOptions(batch_items=5, concurrency=2))
    for _ in range(12):
        next(run)
    run.close()
    left = dict(index.records)

    outcomes = ingest(retriever, items(60), batch_items=5)

    # The index finishes a batch it has begun to store although nobody waits for it any more.
    assert 10 <= len(left) <= statuses(outcomes).count("skipped") < 60
    assert len(index.records) == 60


def test_closing_cancels_what_is_under_way(retriever: Retriever, embedder: Any) -> None:
    """Closing a run waits for no answer that would take long, and leaves no thread behind."""
    release = threading.Event()
    embedder.before["Embed"] = lambda request: release.wait(20) if "text 9" in str(request) else None
    run = retriever.ingest("c", items(20), IngestOptions(batch_items=1, concurrency=3))
    for _ in range(5):
        next(run)
    started = time.monotonic()
    run.close()
    took = time.monotonic() - started
    release.set()

    assert took < 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lensdex-ingest")]


def test_input_is_read_no_further_than_needed(retriever: Retriever) -> None:
    """Items are read lazily: what is not under way is not in memory."""
    read = 0

    def counted() -> Iterator[Item]:
        nonlocal read
        for item in items(1000):
            read += 1
            yield item

    run = retriever.ingest("c", counted(), IngestOptions(batch_items=10, concurrency=2))
    next(run)
    run.close()

    assert read <= 31


def test_embedding_goes_on_while_the_index_stores(retriever: Retriever, embedder: Any, index: Any) -> None:
    """While one batch is being stored, the next is being embedded."""
    overlapped = threading.Event()
    storing = threading.Event()

    def store(_: Any) -> None:
        storing.set()
        overlapped.wait(5)

    def embed(_: Any) -> None:
        if storing.is_set():
            overlapped.set()

    index.before["UpsertRecords"] = store
    embedder.before["Embed"] = embed
    ingest(retriever, items(12), batch_items=2, concurrency=2)

    assert overlapped.is_set()


def test_a_service_that_is_gone_ends_the_run(retriever: Retriever, embedder: Any, refusals: Any) -> None:
    """What concerns the service and no item is raised, not repeated for every item."""
    embedder.failures["Embed"] = [refusals(grpc.StatusCode.FAILED_PRECONDITION, 15)] * 3

    with pytest.raises(SpaceMismatchError):
        ingest(retriever, items(5))


def test_everything_is_checked_before_anything_is_embedded(retriever: Retriever, embedder: Any) -> None:
    """Another model, or no such collection, is told before the first item is read."""
    embedder.weights = "b"
    with pytest.raises(SpaceMismatchError):
        ingest(retriever, items(3))
    with pytest.raises(CollectionNotFoundError):
        next(retriever.ingest("nope", items(3)))

    assert not embedder.requests["Embed"]


def test_a_full_embedder_is_waited_for(retriever: Retriever, embedder: Any, refusals: Any) -> None:
    """An overloaded embedder delays the run and fails nothing."""
    full = refusals(grpc.StatusCode.RESOURCE_EXHAUSTED, 30)
    embedder.failures["Embed"] = [type(full)(full.code, full.reason, "full", retry_after=0.01)] * 2

    assert set(statuses(ingest(retriever, items(5)))) == {"stored"}


def test_progress_is_reported_after_every_batch(retriever: Retriever) -> None:
    """The progress callback sees the totals grow batch by batch."""
    seen: list[Progress] = []
    what = items(5)
    what[1] = Item("x", Content("bad"))
    list(retriever.ingest("c", what, IngestOptions(batch_items=2), progress=seen.append))

    assert seen == [Progress(2, 1, 0, 1), Progress(4, 3, 0, 1), Progress(5, 4, 0, 1)]


def test_batches_are_cut_by_number_and_bytes() -> None:
    """A batch ends before it exceeds either bound; an item over the bound stands alone."""
    sizes = [1, 1, 1, 5, 9, 1, 1]

    assert list(batched(sizes, lambda size: size, max_items=2, max_bytes=6)) == [(1, 1), (1, 5), (9,), (1, 1)]


async def test_asyncio_ingests_alike(embedder: Any, index: Any) -> None:
    """The asyncio face stores, fails, skips and can be closed midway by the same rules."""
    what = items(20)
    what[4] = Item("x", Content("bad"))
    async with aio.Retriever.connect(embedder.address, index.address) as retriever:
        await retriever.ensure_collection("c")
        run = retriever.ingest("c", what, IngestOptions(batch_items=3, concurrency=2))
        first = [await anext(run) for _ in range(4)]
        await run.aclose()
        seen: list[Progress] = []
        rest = [outcome async for outcome in retriever.ingest("c", what, progress=seen.append)]

    assert set(statuses(first)) == {"stored"}
    assert statuses(rest).count("failed") == 1
    assert len(index.records) == 19
    assert seen[-1].done == 20
