"""Random messages against a real server: only documented statuses, and never a fault of ours."""

import asyncio
from itertools import pairwise
from typing import Any

import grpc
from grpc import aio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lensdex.common.v1 import content_pb2
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.vectors import unpack_vectors

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
ITEM_REASONS = {
    ErrorReason.ERROR_REASON_EMPTY_CONTENT,
    ErrorReason.ERROR_REASON_INVALID_MEDIA,
    ErrorReason.ERROR_REASON_IMAGE_TOO_LARGE,
    ErrorReason.ERROR_REASON_ASPECT_RATIO_TOO_LARGE,
    ErrorReason.ERROR_REASON_MEDIA_NOT_ALLOWED,
    ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND,
    ErrorReason.ERROR_REASON_CONTENT_TOO_LONG,
    ErrorReason.ERROR_REASON_INVALID_FIELD,  # too many images, the model's own sign for media
}
CALL_REASONS = {
    ErrorReason.ERROR_REASON_INVALID_FIELD,
    ErrorReason.ERROR_REASON_TOO_MANY_ITEMS,
    ErrorReason.ERROR_REASON_UNSUPPORTED_DIMENSION,
}

texts = st.text(max_size=30) | st.sampled_from(["<|image_pad|>", "\n", "word " * 60, "\0"])
uris = st.text(max_size=20) | st.sampled_from(["file:///etc/passwd", "http://[", "file:///%00", "file://[", "data:,x"])
media = st.one_of(
    st.builds(content_pb2.Media),
    st.builds(
        content_pb2.Media, data=st.binary(max_size=60) | st.binary(max_size=20).map(lambda tail: PNG[:40] + tail)
    ),
    st.builds(content_pb2.Media, data=st.just(PNG)),
    st.builds(content_pb2.Media, uri=uris),
)
contents = st.builds(content_pb2.Content, texts=st.lists(texts, max_size=3), images=st.lists(media, max_size=4))
enums = st.integers(-1, 4)
embeds = st.builds(
    pb.EmbedRequest,
    contents=st.lists(contents, max_size=6),
    instruction=texts,
    dimension=st.sampled_from([0, 64, 100, 128]) | st.integers(0, 2**32 - 1),
    poolings=st.lists(st.integers(0, 3), max_size=3),
    encoding=enums,
    truncation=enums,
)
counts = st.builds(pb.CountTokensRequest, contents=st.lists(contents, max_size=6), instruction=texts)
reranks = st.builds(
    reranker_pb.RerankRequest,
    query=contents,
    documents=st.lists(contents, max_size=6),
    instruction=texts,
    truncation=enums,
)


def _check_item(status: Any) -> None:
    refusal = unpack_refusal(status)
    assert refusal.reason in ITEM_REASONS
    assert refusal.message


def _check_embed(request: pb.EmbedRequest, response: pb.EmbedResponse) -> None:
    assert len(response.results) == len(request.contents)
    rows = [result.embedded.row for result in response.results if result.HasField("embedded")]
    assert rows == list(range(len(rows)))
    assert len(response.blocks) == max(1, len(request.poolings))
    for block in response.blocks:
        vectors = unpack_vectors(block.vectors)
        assert vectors.shape == (len(rows), request.dimension or 128)
        assert ((vectors**2).sum(axis=1) > 0.99).all()


def _check_rerank(request: reranker_pb.RerankRequest, response: reranker_pb.RerankResponse) -> None:
    assert len(response.results) == len(request.documents)
    scored = [result.relevance for result in response.results if result.HasField("relevance")]
    assert sorted(item.rank for item in scored) == list(range(1, len(scored) + 1))
    by_rank = sorted(scored, key=lambda item: item.rank)
    assert all(better.score >= worse.score for better, worse in pairwise(by_rank))


async def test_random_requests(serving: Any, refusal_of: Any) -> None:
    """Whatever is asked, a call answers every item or fails with a documented reason; never INTERNAL, never UNKNOWN."""
    server = await serving(max_contents=5, max_images=3, max_embedding_tokens=60, max_reranking_tokens=90)
    loop = asyncio.get_running_loop()

    async def ask(request: Any) -> None:
        methods = {
            pb.EmbedRequest: server.embedder.Embed,
            pb.CountTokensRequest: server.embedder.CountTokens,
            reranker_pb.RerankRequest: server.reranker.Rerank,
        }
        is_rerank = isinstance(request, reranker_pb.RerankRequest)
        try:
            response = await methods[type(request)](request, timeout=20)
        except aio.AioRpcError as error:
            refusal = refusal_of(error)
            assert refusal.code not in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}
            assert refusal.reason in (CALL_REASONS | ITEM_REASONS if is_rerank else CALL_REASONS)
            return
        for result in response.results:
            if result.HasField("error"):
                _check_item(result.error)
        if isinstance(request, pb.EmbedRequest):
            _check_embed(request, response)
        elif is_rerank:
            _check_rerank(request, response)

    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(request=embeds | counts | reranks)
    def check(request: Any) -> None:
        asyncio.run_coroutine_threadsafe(ask(request), loop).result(30)

    await asyncio.to_thread(check)
