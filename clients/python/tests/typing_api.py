"""How callers use the library, for the type checker alone: ``test_typing`` runs mypy in strict mode over it."""

from collections.abc import Sequence
from typing import assert_type

from lensdex_client import (
    MODALITY_VIEWS,
    Collection,
    Content,
    EmbeddedItem,
    EmbedderClient,
    Embeddings,
    Exported,
    Field,
    Filter,
    Hit,
    Image,
    IndexClient,
    IngestOptions,
    Item,
    LensdexError,
    MediaRoot,
    Outcome,
    Pooling,
    RankedHit,
    Record,
    Relevances,
    RerankerClient,
    RerankReport,
    Retriever,
    Retry,
    SearchAnswer,
    SearchOptions,
    Space,
    SpaceMismatchError,
    UpsertOutcome,
    aio,
)
from lensdex_wire.vectors import Matrix


def waiting() -> None:
    """The face that waits."""
    with EmbedderClient("a", timeout=1, retry=Retry.none()) as embedder, IndexClient("b") as index:
        answer = embedder.embed([Content("a"), Content(images=[Image.from_path("p")])], poolings=[Pooling.MEAN])
        assert_type(answer, Embeddings)
        assert_type(answer.vectors(), Matrix)
        assert_type(answer.block().space, Space)
        for name, outcome in embedder.embed_stream([("a", Content("a"))], retry=Retry.none()):
            assert_type(name, str)
            assert_type(outcome, Outcome[EmbeddedItem])
        found = index.search_records("c", vectors=answer.vectors(), space=answer.block().space, k=3)
        assert_type(found.outcomes, Sequence[Outcome[Sequence[Hit]]])
        chosen = (Field("a") == 1) & ~Field("b").is_in(["c"]) | (Field("d") > 0.5)
        assert_type(chosen, Filter)
        assert_type(index.count_records("c", filter=chosen), int)
        assert_type(index.get_records("c", ["a"]).outcomes[0].unwrap(), Record)
        for written in index.upsert_stream("c", [(Record("a"), {"default": answer.vectors()[0]})]):
            assert_type(written, UpsertOutcome)
        for part in index.export_records("c", views=["default"], filter=chosen):
            assert_type(part, Exported)
    with RerankerClient("a") as reranker:
        assert_type(reranker.rerank(Content("q"), [Content("d")]), Relevances)


def retrieving() -> None:
    """The whole way."""
    with Retriever.connect("a", "b", media_root=MediaRoot(".")) as retriever:
        assert_type(retriever.ensure_collection("c", views=MODALITY_VIEWS), Collection)
        for outcome in retriever.ingest("c", [Item("a", Content("a"))], IngestOptions(replace=True)):
            assert_type(outcome.error, LensdexError | None)
        answer = retriever.search("c", Content("a"), SearchOptions(k=3, rerank=10))
        assert_type(answer, SearchAnswer)
        assert_type(answer.hits, Sequence[RankedHit])
        assert_type(answer.rerank, RerankReport | None)


async def awaiting() -> None:
    """The asyncio face."""
    async with aio.Retriever.connect("a", "b") as retriever:
        assert_type(await retriever.search("c", Content("a")), SearchAnswer)
        async for outcome in retriever.ingest("c", [Item("a", Content("a"))]):
            assert_type(outcome.id, str)
    async with aio.IndexClient("a") as index:
        async for part in index.export_records("c", views=["default"]):
            async for written in index.upsert_stream("d", [(part.records[0], {"default": part.vectors[0].vectors[0]})]):
                assert_type(written.error, LensdexError | None)
    async with aio.EmbedderClient("a") as embedder:
        assert_type((await embedder.embed([Content("a")])).vectors(), Matrix)
        async for _, answer in embedder.embed_stream([("a", Content("a"))]):
            assert_type(answer.unwrap().vectors, Matrix)


def failing(error: SpaceMismatchError) -> None:
    """Errors."""
    assert_type(dict(error.differences), dict[str, tuple[str, str]])
    assert_type(error.retry_after, float | None)
