"""What a call may ask for and what it may cost: bounds of images, of texts, and of tokens that are pending."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder.engines import EngineOptions, open_embedding_engine
from lensdex_embedder.work import Content, ImageBounds, Truncation
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.space import Pooling

SMALL = model_pb2.ImageBounds(max_tokens=5)


async def test_image_bounds_of_a_call(serving: Any, image: Any, picture: Any) -> None:
    """A call's image bounds hold for its own images, in every method that reads images."""
    server = await serving()
    content = image(picture())
    counts = [
        (await server.embedder.CountTokens(pb.CountTokensRequest(contents=[content], image_bounds=bounds)))
        .results[0]
        .count.num_image_tokens
        for bounds in (None, SMALL)
    ]
    assert counts == [16, 5]
    answer = await server.embedder.Embed(pb.EmbedRequest(contents=[content], image_bounds=SMALL))
    assert answer.results[0].embedded.num_tokens == 8 + 5
    request = reranker_pb.RerankRequest(query=content, documents=[content], image_bounds=SMALL)
    assert (await server.reranker.Rerank(request)).results[0].relevance.num_tokens == 2 * (8 + 5)

    async def messages() -> AsyncIterator[pb.EmbedStreamRequest]:
        yield pb.EmbedStreamRequest(options=pb.EmbedStreamOptions(image_bounds=SMALL))
        yield pb.EmbedStreamRequest(item=pb.EmbedStreamItem(id="a", content=content))

    answers = [message async for message in server.embedder.EmbedStream(messages())]
    assert answers[1].result.embedded.num_tokens == 8 + 5


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        ({"max_tokens": 17}, "image_bounds.max_tokens"),
        ({"min_tokens": 17}, "image_bounds.min_tokens"),
        ({"min_tokens": 9, "max_tokens": 8}, "image_bounds.min_tokens"),
    ],
)
async def test_image_bounds_beyond_the_servers(
    serving: Any, refused: Any, text: Any, bounds: dict[str, int], field: str
) -> None:
    """Bounds outside the server's own, or that cross, fail the call with the field and what is allowed."""
    server = await serving()
    asked = model_pb2.ImageBounds(**bounds)
    contents = [text("a")]
    for call in (
        server.embedder.Embed(pb.EmbedRequest(contents=contents, image_bounds=asked)),
        server.embedder.CountTokens(pb.CountTokensRequest(contents=contents, image_bounds=asked)),
        server.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=contents, image_bounds=asked)),
    ):
        refusal = await refused(call)
        assert refusal.reason == ErrorReason.ERROR_REASON_INVALID_FIELD
        assert field in refusal.message


def test_a_calls_bounds_are_worth_a_servers(embedding_engine: Any, golden: Any) -> None:
    """Bounds of a call give the very vectors of a server whose own bounds they are."""
    narrow = open_embedding_engine(
        "hf",
        EngineOptions(str(golden.checkpoint), "", "cpu", "float32", 8192, min_image_tokens=16, max_image_tokens=24),
    )
    large = next(content for content in map(golden.content, golden.cases["embed"]) if content.images)
    tiny = Content(("tiny",), (large.images[0].resize((40, 40)),))
    for content in (large, tiny):
        bounded = Content(content.texts, content.images, (), ImageBounds(16, 24))
        asked = embedding_engine.prepare(bounded, instruction="", truncation=Truncation.REFUSE)
        own = narrow.prepare(content, instruction="", truncation=Truncation.REFUSE)
        free = embedding_engine.prepare(content, instruction="", truncation=Truncation.REFUSE)
        assert asked.cost == own.cost == embedding_engine.count(bounded, instruction="")
        assert asked.cost.num_image_tokens != free.cost.num_image_tokens
        vectors = [
            engine.embed([one])[0].vectors[Pooling.LAST_TOKEN]
            for engine, one in ((embedding_engine, asked), (narrow, own))
        ]
        np.testing.assert_array_equal(*vectors)


async def test_a_text_that_nobody_should_tokenise(serving: Any, text: Any) -> None:
    """A text of more bytes than max_text_bytes is refused with the bound, truncation or not; its neighbours are not."""
    server = await serving(max_text_bytes=1024)
    contents = [text("가" * 341), text("가" * 342)]
    request = pb.EmbedRequest(contents=contents, truncation=model_pb2.TRUNCATION_CUT_TEXT)
    fits, over = (await server.embedder.Embed(request)).results
    assert fits.HasField("embedded")
    refusal = unpack_refusal(over.error)
    assert refusal.reason == ErrorReason.ERROR_REASON_INVALID_FIELD
    assert "1026" in refusal.message
    assert "1024" in refusal.message


async def test_tokens_pending_are_bounded(serving: Any, gated: Any, refused: Any, text: Any, until: Any) -> None:
    """A call whose estimated tokens do not fit beside what is pending is refused at once, with a hint."""
    engine = gated()
    server = await serving(engine=engine, max_pending_tokens=150)
    engine.gate.clear()
    first = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("a " * 100)])))
    await until(lambda: engine.num_prepared == 1)
    refusal = await refused(server.embedder.Embed(pb.EmbedRequest(contents=[text("b " * 100)])))
    assert dict(refusal.metadata) == {"resource": "pending tokens", "maximum": "150"}
    assert refusal.retry_after is not None
    engine.gate.set()
    assert len((await first).results) == 1


async def test_a_query_is_pending_with_its_documents(
    serving: Any, gated: Any, refused: Any, text: Any, until: Any
) -> None:
    """The tokens of a reranking are its documents' and, once, its query's."""
    engine = gated()
    server = await serving(engine=engine, reranker=engine, max_pending_tokens=150)
    engine.gate.clear()
    asked = reranker_pb.RerankRequest(query=text("a " * 100), documents=[text("b")])
    first = asyncio.ensure_future(server.reranker.Rerank(asked))
    await until(lambda: engine.num_prepared == 1)
    refusal = await refused(server.embedder.Embed(pb.EmbedRequest(contents=[text("b " * 100)])))
    assert refusal.metadata["resource"] == "pending tokens"
    engine.gate.set()
    assert len((await first).results) == 1
