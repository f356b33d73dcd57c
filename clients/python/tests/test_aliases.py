"""Aliases of collections: set, listed, deleted on both faces, and what they mean for the view of a query."""

from typing import Any

import pytest

from lensdex.common.v1 import embedding_space_pb2
from lensdex_client import (
    Alias,
    AliasChangedError,
    AliasNotFoundError,
    AliasSet,
    Collection,
    Content,
    Image,
    IndexClient,
    Pooling,
    Retriever,
    View,
    ViewPlan,
    aio,
)
from lensdex_client.views import choose_view

BOTH = Collection("c", [View(name, dimension=2) for name in ("default", "mean")])
MODAL = Collection("c", [View(name, dimension=2) for name in ("default", "mean", "image")])


def test_aliases_are_set_listed_and_deleted(index: Any) -> None:
    """An alias is made and moved, with what it named before; all are listed page by page; one is deleted."""
    with IndexClient(index.address) as client:
        for name in ("v1", "v2"):
            client.create_collection(Collection(name, [View("default", dimension=2)]))
        made = client.set_alias(Alias("live", "v1"), expected_collection="")
        moved = client.set_alias(Alias("live", "v2", "default"))
        client.set_alias(Alias("best", "v2"))
        with pytest.raises(AliasChangedError) as caught:
            client.set_alias(Alias("live", "v1"), expected_collection="v1")
        listed = list(client.aliases())
        details = client.get_collection("live")
        deleted = client.delete_alias("best")
        with pytest.raises(AliasNotFoundError):
            client.delete_alias("best")

    assert (made, moved.previous_collection) == (AliasSet(Alias("live", "v1"), ""), "v1")
    assert caught.value.metadata["actual"] == "v2"
    assert listed == [Alias("best", "v2"), Alias("live", "v2", "default")]
    assert (details.collection.name, details.alias) == ("v2", Alias("live", "v2", "default"))
    assert deleted == Alias("best", "v2")


async def test_asyncio_does_the_same(index: Any) -> None:
    """The asyncio face sets, lists and deletes aliases alike."""
    async with aio.IndexClient(index.address) as client:
        await client.create_collection(Collection("v1", [View("default", dimension=2)]))
        for name in ("a", "b"):
            await client.set_alias(Alias(name, "v1"))
        listed = [alias async for alias in client.aliases()]
        await client.delete_alias("a")
        left = await client.list_aliases()

    assert listed == [Alias("a", "v1"), Alias("b", "v1")]
    assert left.aliases == (Alias("b", "v1"),)


@pytest.mark.parametrize(
    ("collection", "query", "named", "expected"),
    [
        (BOTH, Content("a"), None, "mean"),
        (BOTH, Content("a"), "default", "default"),
        (MODAL, Content(images=Image.from_bytes(b"PIC")), None, "image"),
        (MODAL, Content("a", Image.from_bytes(b"PIC")), None, "mean"),
    ],
)
def test_an_aliass_view_stands_in_for_default(
    collection: Collection, query: Content, named: str | None, expected: str
) -> None:
    """An alias's default view is what is searched where neither the caller nor the modality says another."""
    assert choose_view(collection, query, named, "mean").name == expected


def test_a_retriever_searches_an_aliass_view(embedder: Any, index: Any) -> None:
    """A search through an alias embeds for its default view, and the answer names the collection itself."""
    with Retriever.connect(embedder.address, index.address) as retriever:
        retriever.ensure_collection("v1", views=[ViewPlan("default"), ViewPlan("mean", pooling=Pooling.MEAN)])
        retriever.index.set_alias(Alias("live", "v1", "mean"))
        answer = retriever.search("live", Content("score=1"))
        own = retriever.search("v1", Content("score=1"))

    assert (answer.collection, answer.view) == ("v1", "mean")
    assert (own.collection, own.view) == ("v1", "default")
    assert [list(request.poolings) for request in embedder.requests["Embed"]] == [
        [embedding_space_pb2.POOLING_MEAN],
        [embedding_space_pb2.POOLING_LAST_TOKEN],
    ]
