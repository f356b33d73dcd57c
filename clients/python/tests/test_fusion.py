"""Several views searched at once: what is sent, what comes back, and which part of a query each view is asked for."""

from typing import Any

import numpy as np
import pytest

from lensdex_client import (
    DEFAULT_VIEW,
    MODALITY_VIEWS,
    Collection,
    Content,
    FusedView,
    FusionSource,
    Image,
    IndexClient,
    Item,
    Placement,
    Record,
    Retriever,
    SearchedView,
    SearchOptions,
    View,
    ViewNotFoundError,
    ViewVectors,
    aio,
)

ROWS = np.eye(3, 2, dtype=np.float32)
SOURCES = [FusionSource("default", ROWS[:1]), FusionSource("image", ROWS[1:2], weight=0.5)]


def fill(client: IndexClient) -> None:
    """Make a collection of three records, one of which has an image."""
    client.create_collection(Collection("c", [View(name, dimension=2) for name in ("default", "image")]))
    vectors = [ViewVectors(ROWS), ViewVectors(ROWS[1:2], view="image", record_indexes=[2])]
    client.upsert_records("c", [Record(id=name) for name in "abc"], vectors)


def test_hits_say_where_each_view_had_them(index: Any) -> None:
    """Weights and window are sent; a hit has the sum and its place in each view that had it."""
    with IndexClient(index.address) as client:
        fill(client)
        found = client.search_fused("c", SOURCES, k=2, window=50, rank_constant=7)
    (request,) = index.requests["SearchRecords"]

    assert [hit.record.id for hit in found.outcomes[0].unwrap()] == ["a", "c"]
    assert found.outcomes[0].unwrap()[1].placements == (Placement("default", 3, 0.0), Placement("image", 1, 1.0))
    assert found.views == (SearchedView("default", 0), SearchedView("image", 2))
    assert (request.fusion.window, request.fusion.rank_constant) == (50, 7)
    assert [source.weight for source in request.fusion.sources] == [1.0, 0.5]


def test_vectors_or_ids(index: Any) -> None:
    """Sources have vectors, all of them, or none has and records are searched for."""
    with IndexClient(index.address) as client:
        for sources, ids in ((SOURCES, ["a"]), ([SOURCES[0], FusionSource("image")], []), ([FusionSource()], [])):
            with pytest.raises(ValueError, match="exactly one of both"):
                client.search_fused("c", sources, ids=ids)


async def test_asyncio_fuses_alike(index: Any) -> None:
    """The asyncio face sends and reads the same."""
    with IndexClient(index.address) as client:
        fill(client)
        expected = client.search_fused("c", SOURCES, k=3).outcomes
    async with aio.IndexClient(index.address) as client:
        found = await client.search_fused("c", SOURCES, k=3)

    assert found.outcomes == expected


@pytest.fixture
def retriever(embedder: Any, index: Any) -> Any:
    """A retriever over records of text and picture, with a view for each."""
    with Retriever.connect(embedder.address, index.address) as connected:
        connected.ensure_collection("c", views=MODALITY_VIEWS)
        items = [Item(f"r{at}", Content(f"score=0.{at}", Image.from_bytes(b"PIC"))) for at in range(5)]
        assert all(outcome.error is None for outcome in connected.ingest("c", items))
        embedder.requests.clear()
        index.requests.clear()
        yield connected


FUSE = [FusedView(DEFAULT_VIEW), FusedView("text", 0.5), FusedView("image")]


def test_each_view_is_asked_for_the_part_it_shows(retriever: Retriever, embedder: Any, index: Any) -> None:
    """A query of text and picture is embedded whole, as text and as picture, in one call where one space is asked."""
    query = Content("score=0.3", Image.from_bytes(b"PIC"))
    answer = retriever.search("c", query, SearchOptions(k=3, fuse=FUSE))
    (embedded,), (searched,) = embedder.requests["Embed"], index.requests["SearchRecords"]

    assert [(list(content.texts), len(content.images)) for content in embedded.contents] == [
        (["score=0.3"], 1),
        (["score=0.3"], 0),
        ([], 1),
    ]
    assert [source.view for source in searched.fusion.sources] == ["default", "text", "image"]
    assert all(source.vectors.HasField("space") for source in searched.fusion.sources)
    assert [item.view for item in answer.views] == ["default", "text", "image"]
    assert answer.view == ""
    assert len(answer.hits) == 3
    assert [place.view for place in answer.hits[0].placements] == ["default", "text", "image"]


def test_a_view_of_another_modality_is_asked_for_the_whole_query(retriever: Retriever, embedder: Any) -> None:
    """A query without a picture is looked for in the view `image` as it is, as when that view is named alone."""
    retriever.search("c", Content("score=0.3"), SearchOptions(fuse=[FusedView("text"), FusedView("image")]))

    assert [list(content.texts) for content in embedder.requests["Embed"][0].contents] == [["score=0.3"]] * 2


def test_similar_fuses_without_embedding(retriever: Retriever, embedder: Any, index: Any) -> None:
    """Records like a record are looked for in several views by its id; no model is asked."""
    answer = retriever.similar("c", "r3", SearchOptions(k=2, fuse=FUSE))
    (searched,) = index.requests["SearchRecords"]

    assert list(searched.records.ids) == ["r3"]
    assert not any(source.HasField("vectors") for source in searched.fusion.sources)
    assert "r3" not in {hit.record.id for hit in answer.hits}
    assert embedder.requests["Embed"] == []


def test_reranking_keeps_the_placements(retriever: Retriever) -> None:
    """What is fused can be reranked, and still says where the views had it."""
    answer = retriever.search("c", Content("score=0.3"), SearchOptions(k=2, rerank=4, fuse=FUSE[:2]))

    assert answer.rerank is not None
    assert all(len(hit.placements) == 2 for hit in answer.hits)


def test_what_is_fused_can_be_blended(retriever: Retriever) -> None:
    """Sums of reciprocal ranks are scores like others: a heavy weight keeps their order, a light one does not."""
    query, fuse = Content("score=0.3"), FUSE[:2]
    scores = {hit.record.id: hit.score for hit in retriever.search("c", query, SearchOptions(k=4, fuse=fuse)).hits}
    heavy, light = (
        [
            hit.record.id
            for hit in retriever.search("c", query, SearchOptions(4, rerank=4, rerank_blend=w, fuse=fuse)).hits
        ]
        for w in (1e6, 1e-6)
    )

    # Records that two views rank the other way round have equal sums.
    assert [scores[record_id] for record_id in heavy] == sorted(scores.values(), reverse=True)
    assert light == sorted(heavy, reverse=True)


@pytest.mark.parametrize(
    "options",
    [
        SearchOptions(fuse=FUSE, view="text"),
        SearchOptions(fuse=FUSE[:1]),
        SearchOptions(fuse=[FUSE[0], FUSE[0]]),
        SearchOptions(fuse=FUSE, score_threshold=0.1),
    ],
)
def test_what_cannot_be_fused_is_told_before_anything_is_asked(
    retriever: Retriever, embedder: Any, options: SearchOptions
) -> None:
    """One view, one twice, one beside the view to search, or a threshold: a ValueError, and no call."""
    with pytest.raises(ValueError, match=r"view|threshold"):
        retriever.search("c", Content("a"), options)
    with pytest.raises(ValueError, match=r"view|threshold"):
        retriever.similar("c", "r1", options)

    assert embedder.requests["Embed"] == []


def test_an_unknown_view_is_told(retriever: Retriever) -> None:
    """A view the collection does not have is an error that lists those it has."""
    with pytest.raises(ViewNotFoundError, match="it has default,text,image"):
        retriever.search("c", Content("a"), SearchOptions(fuse=[FusedView("text"), FusedView("sound")]))
