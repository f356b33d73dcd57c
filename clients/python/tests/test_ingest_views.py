"""Which views an ingest fills: all the collection has, so that no record vanishes from the view a query asks."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lensdex_client import (
    DEFAULT_VIEWS,
    MODALITY_VIEWS,
    CollectionMismatchError,
    Content,
    Image,
    IngestOptions,
    Item,
    Pooling,
    Retriever,
    SpaceMismatchError,
    ViewPlan,
    aio,
)

ITEMS = [Item("both", Content("a", Image.from_bytes(b"PIC"))), Item("text", Content("b"))]


@pytest.fixture
def retriever(embedder: Any, index: Any) -> Iterator[Retriever]:
    """A retriever of empty services."""
    with Retriever.connect(embedder.address, index.address) as connected:
        yield connected


def sent(index: Any) -> list[set[str]]:
    """Return the views of every upsert."""
    return [{block.view for block in request.vectors} for request in index.requests["UpsertRecords"]]


def test_an_ingest_fills_the_views_the_collection_has(retriever: Retriever, index: Any) -> None:
    """Without views named, new and replaced records get every modality view of the collection."""
    retriever.ensure_collection("c", views=MODALITY_VIEWS)
    list(retriever.ingest("c", ITEMS))
    list(retriever.ingest("c", ITEMS, IngestOptions(replace=True)))

    assert sent(index) == [{"default", "text", "image"}] * 2


def test_an_ingest_fills_no_view_the_collection_lacks(retriever: Retriever, index: Any) -> None:
    """Without views named, a collection with some of the modality views gets those alone."""
    retriever.ensure_collection("c", views=[MODALITY_VIEWS[0], MODALITY_VIEWS[2]])
    list(retriever.ingest("c", ITEMS))

    assert sent(index) == [{"default", "image"}]


async def fill(embedder: Any, index: Any) -> None:
    """Ingest with the asyncio face."""
    async with aio.Retriever.connect(embedder.address, index.address) as retriever:
        await retriever.ensure_collection("c", views=MODALITY_VIEWS)
        await retriever.ensure_collection("c")
        assert [outcome.status async for outcome in retriever.ingest("c", ITEMS)] == ["stored", "stored"]


def test_the_asyncio_face_fills_them_too(embedder: Any, index: Any) -> None:
    """The asyncio face fills the collection's own views as well."""
    asyncio.run(fill(embedder, index))

    assert sent(index) == [{"default", "text", "image"}]


@pytest.mark.parametrize("replacing", [False, True])
def test_leaving_out_a_view_is_refused(retriever: Retriever, embedder: Any, index: Any, *, replacing: bool) -> None:
    """Named views that leave out some of the collection's are refused by name before anything is embedded."""
    retriever.ensure_collection("c", views=MODALITY_VIEWS)
    with pytest.raises(CollectionMismatchError, match="text, image") as caught:
        list(retriever.ingest("c", ITEMS, IngestOptions(views=DEFAULT_VIEWS, replace=replacing)))

    assert caught.value.metadata["views"] == "text,image"
    assert not embedder.requests["Embed"]


def test_a_view_nobody_explained_is_refused(retriever: Retriever, embedder: Any) -> None:
    """A view under another name cannot be filled without being told what it shows, and is named."""
    views = [ViewPlan("default"), ViewPlan("last", pooling=Pooling.LAST_TOKEN)]
    retriever.ensure_collection("c", views=views)
    with pytest.raises(CollectionMismatchError, match="last") as caught:
        list(retriever.ingest("c", ITEMS))
    told = [outcome.status for outcome in retriever.ingest("c", ITEMS, IngestOptions(views=views))]

    assert caught.value.metadata["views"] == "last"
    assert told == ["stored", "stored"]


def test_own_views_keep_their_pooling(retriever: Retriever, embedder: Any, index: Any) -> None:
    """A view is filled in the pooling it is bound to, and refused where the embedder no longer offers that."""
    retriever.ensure_collection("c", views=[replace(plan, pooling=Pooling.MEAN) for plan in MODALITY_VIEWS])
    list(retriever.ingest("c", ITEMS))
    poolings = [list(request.poolings) for request in embedder.requests["Embed"]]
    embedder.poolings = (Pooling.LAST_TOKEN,)
    with pytest.raises(SpaceMismatchError) as caught:
        list(retriever.ingest("c", ITEMS))

    assert poolings == [[2]]
    assert list(caught.value.differences) == ["pooling"]


def test_new_views_are_noticed(retriever: Retriever, embedder: Any, index: Any) -> None:
    """A collection made anew with modality views by somebody else is searched in them before long."""
    now = [0.0]
    retriever._known.clock = lambda: now[0]
    retriever.ensure_collection("c")
    before = retriever.search("c", "b").view
    with Retriever.connect(embedder.address, index.address) as other:
        other.index.delete_collection("c")
        other.ensure_collection("c", views=MODALITY_VIEWS)
    now[0] += 31.0

    assert (before, retriever.search("c", "b").view) == ("default", "text")
