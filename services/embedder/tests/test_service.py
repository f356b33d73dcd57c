"""The services as a caller sees them, over a real server on a free port: every call and every refusal."""

import asyncio
import io
import threading
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
import pytest
import structlog
from embedder_testing import clip, http_serving, sends
from google.rpc.status_pb2 import Status
from grpc import aio
from PIL import Image

from lensdex.common.v1 import content_pb2
from lensdex.common.v1.embedding_space_pb2 import NORMALIZATION_L2, POOLING_LAST_TOKEN, POOLING_MEAN
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.common.v1.vectors_pb2 import VECTOR_ENCODING_FLOAT16, VECTOR_ENCODING_FLOAT32
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder import clips
from lensdex_embedder.addresses import Host
from lensdex_embedder.pictures import FORMATS
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.space_codec import unpack_space
from lensdex_wire.vectors import unpack_vectors

Reason = ErrorReason
INVALID = grpc.StatusCode.INVALID_ARGUMENT


def _error(status: Status) -> Refusal:
    refusal = unpack_refusal(status)
    assert refusal.message
    return refusal


def _vectors(response: pb.EmbedResponse, block: int = 0) -> Any:
    return unpack_vectors(response.blocks[block].vectors)


# What calls answer.


async def test_embed(serving: Any, text: Any, image: Any, picture: Any) -> None:
    """Embed answers one result per content, in order, with rows of unit length, costs, the space and the time."""
    server = await serving()
    mixed = content_pb2.Content(texts=["a"], images=image(picture()).images)
    response = await server.embedder.Embed(pb.EmbedRequest(contents=[text("one two"), image(picture()), mixed]))
    assert [result.embedded.row for result in response.results] == [0, 1, 2]
    assert [result.embedded.num_tokens for result in response.results] == [10, 24, 25]
    assert all(result.embedded.num_truncated_tokens == 0 for result in response.results)
    (block,) = response.blocks
    assert (block.vectors.count, block.vectors.dimension, block.vectors.encoding) == (3, 128, VECTOR_ENCODING_FLOAT32)
    assert (block.space.pooling, block.space.dimension) == (POOLING_LAST_TOKEN, 128)
    assert block.space.normalization == NORMALIZATION_L2
    np.testing.assert_allclose(np.linalg.norm(_vectors(response), axis=1), 1, atol=1e-6)
    assert 1 <= response.timing.batch_size <= 3
    for part in (response.timing.queue_time, response.timing.preprocess_time, response.timing.compute_time):
        assert 0 <= part.ToMilliseconds() < 10_000


async def test_embed_poolings(serving: Any, text: Any) -> None:
    """Several poolings come in the order asked for, each block with its own space; unspecified is the default."""
    server = await serving(default_pooling="mean")
    contents = [text("a b c"), text("d")]
    ask = server.embedder.Embed
    both = await ask(pb.EmbedRequest(contents=contents, poolings=[POOLING_LAST_TOKEN, POOLING_MEAN]))
    assert [block.space.pooling for block in both.blocks] == [POOLING_LAST_TOKEN, POOLING_MEAN]
    assert not np.allclose(_vectors(both, 0), _vectors(both, 1))
    for poolings in ([], [0]):
        default = await ask(pb.EmbedRequest(contents=contents, poolings=poolings))
        assert [block.space.pooling for block in default.blocks] == [POOLING_MEAN]
        np.testing.assert_array_equal(_vectors(default), _vectors(both, 1))


@pytest.mark.parametrize("dimension", [64, 65, 127, 128])
async def test_embed_dimension(serving: Any, text: Any, dimension: int) -> None:
    """A smaller dimension is the beginning of the whole vector, renormalised, and its space says so."""
    server = await serving()
    contents = [text("a b c"), text("d e")]
    whole = _vectors(await server.embedder.Embed(pb.EmbedRequest(contents=contents)))
    response = await server.embedder.Embed(pb.EmbedRequest(contents=contents, dimension=dimension))
    cut = whole[:, :dimension] / np.linalg.norm(whole[:, :dimension], axis=1, keepdims=True)
    assert response.blocks[0].vectors.dimension == response.blocks[0].space.dimension == dimension
    np.testing.assert_allclose(_vectors(response), cut, atol=1e-6)


async def test_embed_float16(serving: Any, text: Any) -> None:
    """On request vectors take half the bytes and agree to three digits; their space is the same."""
    server = await serving()
    whole = await server.embedder.Embed(pb.EmbedRequest(contents=[text("a b c")]))
    half = await server.embedder.Embed(pb.EmbedRequest(contents=[text("a b c")], encoding=VECTOR_ENCODING_FLOAT16))
    assert half.blocks[0].vectors.encoding == VECTOR_ENCODING_FLOAT16
    assert len(half.blocks[0].vectors.data) * 2 == len(whole.blocks[0].vectors.data)
    assert half.blocks[0].space == whole.blocks[0].space
    np.testing.assert_allclose(_vectors(half), _vectors(whole), atol=1e-3)


async def test_embed_instruction(serving: Any, text: Any) -> None:
    """Another instruction gives other vectors in the same space; a blank one is the default."""
    server = await serving()

    async def ask(instruction: str) -> Any:
        return await server.embedder.Embed(pb.EmbedRequest(contents=[text("a b c")], instruction=instruction))

    default, other, blank = await ask(""), await ask("find proofs"), await ask("  \n")
    assert default.blocks[0].space == other.blocks[0].space
    assert not np.allclose(_vectors(default), _vectors(other))
    np.testing.assert_array_equal(_vectors(default), _vectors(blank))


async def test_embed_is_idempotent(serving: Any, text: Any) -> None:
    """The same call gives the same vectors, whatever came in between."""
    server = await serving()
    first = await server.embedder.Embed(pb.EmbedRequest(contents=[text("a"), text("b")]))
    await server.embedder.Embed(pb.EmbedRequest(contents=[text("x")] * 7))
    again = await server.embedder.Embed(pb.EmbedRequest(contents=[text("b"), text("a")]))
    np.testing.assert_array_equal(_vectors(first), _vectors(again)[::-1])


async def test_embedder_info(serving: Any) -> None:
    """GetEmbedderInfo reports spaces with fingerprints, default first, the limits in use, the model and versions."""
    server = await serving(
        embedding_model="some/model",
        default_pooling="mean",
        max_contents=17,
        max_images=3,
        max_image_pixels=5000,
        max_aspect_ratio=50,
        max_image_bytes=2048,
        max_message_bytes=2_000_000,
        max_pending_items=99,
        max_pending_bytes=1_048_576,
        max_pending_tokens=4321,
        max_text_bytes=2345,
        max_embedding_tokens=333,
        max_streams=5,
        max_stream_items=6,
        max_stream_bytes=777,
        max_videos=2,
        max_video_frames=9,
        max_video_bytes=4096,
        max_video_seconds=12.5,
    )
    info = await server.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest())
    assert [item.space.pooling for item in info.spaces] == [POOLING_MEAN, POOLING_LAST_TOKEN]
    for item in info.spaces:
        assert item.fingerprint == unpack_space(item.space).fingerprint()
        assert item.space.dimension == info.max_dimension == 128
    assert info.min_dimension == 64
    assert info.limits == model_pb2.EmbedderLimits(
        max_contents=17,
        max_tokens=333,
        max_images=3,
        max_image_pixels=5000,
        max_aspect_ratio=50,
        max_media_bytes=2048,
        max_message_bytes=2_000_000,
        max_pending_items=99,
        max_pending_bytes=1_048_576,
        max_image_tokens=16,
        max_streams=5,
        max_stream_items=6,
        max_stream_bytes=777,
        max_videos=2,
        max_video_frames=8,
        max_video_bytes=4096,
        max_video_seconds=12.5,
        min_image_tokens=1,
        max_pending_tokens=4321,
        max_text_bytes=2345,
    )
    assert (info.model.name, info.model.engine, info.model.device) == ("some/model", "fake", "cpu")
    assert info.model.weights_digest == info.spaces[0].space.weights_digest
    assert list(info.model.modalities) == [
        model_pb2.MODALITY_TEXT,
        model_pb2.MODALITY_IMAGE,
        model_pb2.MODALITY_VIDEO,
    ]
    assert info.default_instruction
    assert info.build.version
    assert "numpy" in info.build.libraries


async def test_embed_answers_in_the_reported_space(serving: Any, text: Any) -> None:
    """The spaces of the info call are those of the vectors."""
    server = await serving()
    info = await server.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest())
    response = await server.embedder.Embed(
        pb.EmbedRequest(contents=[text("a")], poolings=[item.space.pooling for item in info.spaces])
    )
    assert [block.space for block in response.blocks] == [item.space for item in info.spaces]


async def test_count_tokens(serving: Any, text: Any, image: Any, picture: Any) -> None:
    """CountTokens counts what Embed would spend, refuses what it would, and counts what is too long."""
    server = await serving(max_embedding_tokens=30)
    contents = [text("a b"), image(picture()), text("a " * 50), content_pb2.Content(), image(b"bad"), text("a " * 22)]
    response = await server.embedder.CountTokens(pb.CountTokensRequest(contents=contents))
    counts = [(r.count.num_tokens, r.count.num_image_tokens, r.count.too_long) for r in response.results]
    assert counts[:3] == [(10, 0, False), (24, 16, False), (58, 0, True)]
    assert counts[5] == (30, 0, False)
    assert [result.WhichOneof("outcome") for result in response.results][3:5] == ["error", "error"]
    assert _error(response.results[3].error).reason == Reason.ERROR_REASON_EMPTY_CONTENT
    assert _error(response.results[4].error).reason == Reason.ERROR_REASON_INVALID_MEDIA
    embedded = await server.embedder.Embed(pb.EmbedRequest(contents=contents[:2]))
    assert [result.embedded.num_tokens for result in embedded.results] == [10, 24]


async def test_count_tokens_runs_nothing(serving: Any, gated: Any, text: Any) -> None:
    """CountTokens does not run the model: it answers while the engine is held."""
    engine = gated()
    server = await serving(engine=engine)
    engine.gate.clear()
    response = await server.embedder.CountTokens(pb.CountTokensRequest(contents=[text("a")]))
    assert response.results[0].count.num_tokens == 9
    assert engine.ran() == []


async def test_count_tokens_counts_the_instruction(serving: Any, text: Any) -> None:
    """The instruction is part of the cost."""
    server = await serving()

    async def ask(instruction: str) -> int:
        request = pb.CountTokensRequest(contents=[text("a")], instruction=instruction)
        response = await server.embedder.CountTokens(request)
        return int(response.results[0].count.num_tokens)

    assert await ask("three more words") == await ask("") + 3


async def test_rerank(serving: Any, text: Any) -> None:
    """Rerank answers one result per document in order, scores from 0 to 1, ranks that follow; ties keep order."""
    server = await serving()
    documents = [text("cat"), text("dog"), text("cat"), text("cat dog"), text("dog")]
    response = await server.reranker.Rerank(reranker_pb.RerankRequest(query=text("dog"), documents=documents))
    relevances = [result.relevance for result in response.results]
    assert [item.rank for item in relevances] == [4, 1, 5, 3, 2]
    assert all(0 <= item.score <= 1 for item in relevances)
    assert relevances[1].score == relevances[4].score > relevances[3].score > relevances[0].score
    assert [item.num_tokens for item in relevances] == [18, 18, 18, 19, 18]
    assert response.timing.batch_size >= 1


async def test_rerank_ranks_only_what_was_scored(serving: Any, text: Any, image: Any) -> None:
    """A bad document has its own status and no rank; the ranks of the others have no gap."""
    server = await serving()
    documents = [text("cat"), content_pb2.Content(), text("dog"), image(b"bad")]
    response = await server.reranker.Rerank(reranker_pb.RerankRequest(query=text("dog"), documents=documents))
    assert [result.WhichOneof("outcome") for result in response.results] == ["relevance", "error"] * 2
    assert [response.results[index].relevance.rank for index in (0, 2)] == [2, 1]
    assert _error(response.results[1].error).reason == Reason.ERROR_REASON_EMPTY_CONTENT
    assert _error(response.results[3].error).reason == Reason.ERROR_REASON_INVALID_MEDIA


async def test_reranker_info(serving: Any) -> None:
    """GetRerankerInfo reports the model, the template, the default instruction, its own limits and versions."""
    server = await serving(max_reranking_tokens=444, max_contents=5)
    info = await server.reranker.GetRerankerInfo(reranker_pb.GetRerankerInfoRequest())
    assert (info.model.name, info.model.engine) == ("two", "fake")
    assert (info.limits.max_tokens, info.limits.max_contents) == (444, 5)
    assert info.template_version
    assert info.default_instruction
    assert info.build.version


# What is refused for one content and leaves its neighbours alone.


def _content(**fields: Any) -> content_pb2.Content:
    return content_pb2.Content(**fields)


def _uri(uri: str) -> content_pb2.Content:
    return _content(images=[content_pb2.Media(uri=uri)])


BAD_CONTENTS: list[tuple[str, Callable[[Any], content_pb2.Content], grpc.StatusCode, int, dict[str, Any]]] = [
    ("nothing", lambda p: _content(), INVALID, Reason.ERROR_REASON_EMPTY_CONTENT, {}),
    ("empty texts", lambda p: _content(texts=["", ""]), INVALID, Reason.ERROR_REASON_EMPTY_CONTENT, {}),
    (
        "no source",
        lambda p: _content(images=[content_pb2.Media()]),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {"media": "images[0]", "detail": None},
    ),
    (
        "no bytes",
        lambda p: _content(images=[content_pb2.Media(data=b"")]),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {"media": "images[0]", "detail": None},
    ),
    (
        "no picture",
        lambda p: _content(texts=["a"], images=[content_pb2.Media(data=p()), content_pb2.Media(data=b"hello")]),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {"media": "images[1]", "detail": f"it is in none of the formats {', '.join(FORMATS)}"},
    ),
    (
        "truncated JPEG",
        lambda p: _content(images=[content_pb2.Media(data=p(400, 400, kind="JPEG")[:-500])]),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {"media": "images[0]", "detail": None},
    ),
    (
        "too many bytes",
        lambda p: _content(images=[content_pb2.Media(data=bytes(20_000))]),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {
            "media": "images[0]",
            "detail": "its file takes 20000 bytes; at most 10000",
            "bytes": "20000",
            "maximum": "10000",
        },
    ),
    (
        "too many pixels",
        lambda p: _content(images=[content_pb2.Media(data=p(2000, 1001, mode="1"))]),
        INVALID,
        Reason.ERROR_REASON_IMAGE_TOO_LARGE,
        {"media": "images[0]", "width": "2000", "height": "1001", "pixels": "2002000", "maximum": "2000000"},
    ),
    (
        "too long a side",
        lambda p: _content(images=[content_pb2.Media(data=p(603, 2))]),
        INVALID,
        Reason.ERROR_REASON_ASPECT_RATIO_TOO_LARGE,
        {"media": "images[0]", "ratio": "301.5", "maximum": "200"},
    ),
    (
        "http",
        lambda p: _uri("http://127.0.0.1:1/a.png"),
        grpc.StatusCode.PERMISSION_DENIED,
        Reason.ERROR_REASON_MEDIA_NOT_ALLOWED,
        {"media": "images[0]", "scheme": "http"},
    ),
    (
        "outside the root",
        lambda p: _uri("file:///etc/passwd"),
        grpc.StatusCode.PERMISSION_DENIED,
        Reason.ERROR_REASON_MEDIA_NOT_ALLOWED,
        {"media": "images[0]", "scheme": "file"},
    ),
    (
        "missing file",
        lambda p: _uri("file://ROOT/none.png"),
        grpc.StatusCode.NOT_FOUND,
        Reason.ERROR_REASON_MEDIA_NOT_FOUND,
        {"media": "images[0]"},
    ),
    (
        "a URI that is none",
        lambda p: _uri("file://["),
        INVALID,
        Reason.ERROR_REASON_INVALID_MEDIA,
        {"media": "images[0]", "detail": None},
    ),
    (
        "too long",
        lambda p: _content(texts=["a " * 300]),
        INVALID,
        Reason.ERROR_REASON_CONTENT_TOO_LONG,
        {"tokens": None, "maximum": "200", "remedy": None},
    ),
    (
        "too many images",
        lambda p: _content(images=[content_pb2.Media(data=p())] * 3),
        INVALID,
        Reason.ERROR_REASON_INVALID_FIELD,
        {"field": "images", "value": "3", "maximum": "2"},
    ),
]
LIMITS = {
    "max_image_bytes": 10_000,
    "max_image_pixels": 2_000_000,
    "max_images": 2,
    "max_embedding_tokens": 200,
    "max_reranking_tokens": 200,
}


def _check(
    refusal: Refusal, code: grpc.StatusCode, reason: int, metadata: dict[str, Any], message: str | None = None
) -> None:
    assert (refusal.code, refusal.reason) == (code, reason)
    assert set(refusal.metadata) == set(metadata), "the metadata keys the contract names"
    for key, value in metadata.items():
        assert refusal.metadata[key] if value is None else refusal.metadata[key] == value
    assert refusal.retry_after is None


@pytest.mark.parametrize(
    ("make", "code", "reason", "metadata"), [row[1:] for row in BAD_CONTENTS], ids=[row[0] for row in BAD_CONTENTS]
)
async def test_a_bad_content_spoils_nobody(  # noqa: PLR0917  fixtures
    serving: Any,
    text: Any,
    picture: Any,
    refused: Any,
    tmp_path: Any,
    make: Callable[[Any], content_pb2.Content],
    code: grpc.StatusCode,
    reason: int,
    metadata: dict[str, Any],
) -> None:
    """A bad content has its own code, reason and facts, its neighbours their results; as a query it fails the call."""
    server = await serving(media_roots=(tmp_path,), **LIMITS)
    bad = make(picture)
    for media in bad.images:
        if media.uri:
            media.uri = media.uri.replace("ROOT", str(tmp_path))
    contents = [text("good"), bad, text("fine")]
    embedded = await server.embedder.Embed(pb.EmbedRequest(contents=contents))
    assert [result.WhichOneof("outcome") for result in embedded.results] == ["embedded", "error", "embedded"]
    assert [embedded.results[index].embedded.row for index in (0, 2)] == [0, 1]
    assert embedded.blocks[0].vectors.count == 2
    _check(_error(embedded.results[1].error), code, reason, metadata)
    alone = await server.embedder.Embed(pb.EmbedRequest(contents=[text("good"), text("fine")]))
    np.testing.assert_array_equal(_vectors(embedded), _vectors(alone))

    counted = await server.embedder.CountTokens(pb.CountTokensRequest(contents=contents))
    assert [counted.results[index].count.num_tokens for index in (0, 2)] == [9, 9]
    if reason != Reason.ERROR_REASON_CONTENT_TOO_LONG:
        _check(_error(counted.results[1].error), code, reason, metadata)

    scored = await server.reranker.Rerank(reranker_pb.RerankRequest(query=text("good"), documents=contents))
    assert [scored.results[index].relevance.rank for index in (0, 2)] == [1, 2]
    _check(_error(scored.results[1].error), code, reason, metadata)

    if reason != Reason.ERROR_REASON_CONTENT_TOO_LONG:
        query = reranker_pb.RerankRequest(query=bad, documents=[text("good")])
        _check(await refused(server.reranker.Rerank(query)), code, reason, _within_query(metadata))


def _within_query(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return the facts as a query's: what is wrong is named within it."""
    return {key: f"query.{value}" if key == "media" or value == "images" else value for key, value in metadata.items()}


async def test_all_contents_bad(serving: Any) -> None:
    """A call of which no content can be embedded succeeds, with an empty block that says its dimension."""
    server = await serving()
    response = await server.embedder.Embed(pb.EmbedRequest(contents=[_content(), _content()]))
    assert [result.WhichOneof("outcome") for result in response.results] == ["error", "error"]
    assert (response.blocks[0].vectors.count, response.blocks[0].vectors.dimension) == (0, 128)


async def test_a_one_pixel_image_is_embedded(serving: Any, embedding_engine: Any, image: Any, picture: Any) -> None:
    """An image of one pixel is valid: the real model's preprocessing scales it up to its least number of tokens."""
    server = await serving(engine=embedding_engine, reranking_model="")
    request = pb.CountTokensRequest(contents=[image(picture(1, 1))])
    counted = (await server.embedder.CountTokens(request)).results[0].count
    assert counted.num_image_tokens == 4
    response = await server.embedder.Embed(pb.EmbedRequest(contents=request.contents))
    assert response.results[0].embedded.num_tokens == counted.num_tokens


@pytest.mark.parametrize("truncation", [0, model_pb2.TRUNCATION_REFUSE])
async def test_long_text_is_refused_unless_cutting_is_allowed(serving: Any, text: Any, truncation: Any) -> None:
    """A text over the model's length is refused unless truncation is asked for; unspecified refuses."""
    server = await serving(max_embedding_tokens=50)
    request = pb.EmbedRequest(contents=[text("a " * 42), text("a " * 43)], truncation=truncation)
    fits, long = (await server.embedder.Embed(request)).results
    assert fits.embedded.num_tokens == 50
    _check(
        _error(long.error),
        INVALID,
        Reason.ERROR_REASON_CONTENT_TOO_LONG,
        {"tokens": "51", "maximum": "50", "remedy": None},
    )


async def test_long_text_is_cut_where_allowed(serving: Any, text: Any, golden: Any, open_hf: Any) -> None:
    """Where cutting is allowed the real model is given its length, and what was cut is what was over it."""
    server = await serving(engine=open_hf(golden.checkpoint, max_tokens=64), reranking_model="")
    contents = [text("area " * 200), text("short")]
    counts = (await server.embedder.CountTokens(pb.CountTokensRequest(contents=contents))).results
    assert [result.count.too_long for result in counts] == [True, False]
    request = pb.EmbedRequest(contents=contents, truncation=model_pb2.TRUNCATION_CUT_TEXT)
    long, short = (await server.embedder.Embed(request)).results
    assert long.embedded.num_tokens == 64
    assert long.embedded.num_truncated_tokens == counts[0].count.num_tokens - 64
    assert short.embedded.num_truncated_tokens == 0


async def test_media_alone_over_the_length_is_refused_either_way(
    serving: Any, image: Any, picture: Any, golden: Any, open_hf: Any
) -> None:
    """Only text is cut: images that alone exceed the model's length are refused even where truncation is allowed."""
    server = await serving(engine=open_hf(golden.checkpoint, max_tokens=64), reranking_model="")
    content = image(picture(400, 400))
    content.texts.append("and some text")
    request = pb.EmbedRequest(contents=[content], truncation=model_pb2.TRUNCATION_CUT_TEXT)
    refusal = _error((await server.embedder.Embed(request)).results[0].error)
    assert refusal.reason == Reason.ERROR_REASON_CONTENT_TOO_LONG
    assert "images" in refusal.metadata["remedy"]


@pytest.mark.parametrize("sign", ["<|image_pad|>", "<|video_pad|>"])
async def test_the_models_own_sign_for_media_is_refused(
    serving: Any, embedding_engine: Any, text: Any, sign: str
) -> None:
    """A text with the model's placeholder for media is refused for itself alone: it would be taken for a picture."""
    server = await serving(engine=embedding_engine, reranking_model="")
    contents = [text("fine"), text(f"an {sign} inside")]
    fine, bad = (await server.embedder.Embed(pb.EmbedRequest(contents=contents))).results
    assert fine.embedded.num_tokens > 0
    _check(_error(bad.error), INVALID, Reason.ERROR_REASON_INVALID_FIELD, {"field": "texts", "value": sign})


async def test_other_special_tokens_are_text(serving: Any, embedding_engine: Any, text: Any) -> None:
    """Other signs of the template inside a text are embedded as the published code does, and break nothing."""
    server = await serving(engine=embedding_engine, reranking_model="")
    contents = [text("<|im_end|>\n<|im_start|>system\nhello"), text("<|vision_start|><|vision_end|>"), text("\0\x01 ")]
    results = (await server.embedder.Embed(pb.EmbedRequest(contents=contents))).results
    assert all(result.embedded.num_tokens > 0 for result in results)


# What is refused for the whole call.


async def test_no_contents(serving: Any, text: Any, refused: Any) -> None:
    """A call without contents or documents is refused with the field and its minimum."""
    server = await serving()
    for call, field in (
        (server.embedder.Embed(pb.EmbedRequest()), "contents"),
        (server.embedder.CountTokens(pb.CountTokensRequest()), "contents"),
        (server.reranker.Rerank(reranker_pb.RerankRequest(query=text("a"))), "documents"),
    ):
        metadata = {"field": field, "value": "0", "minimum": "1"}
        _check(await refused(call), INVALID, Reason.ERROR_REASON_INVALID_FIELD, metadata)


async def test_too_many_contents(serving: Any, text: Any, refused: Any) -> None:
    """More contents than the limit are refused with count and limit; exactly the limit is answered."""
    server = await serving(max_contents=3)
    four = [text("a")] * 4
    for call, field in (
        (server.embedder.Embed(pb.EmbedRequest(contents=four)), "contents"),
        (server.embedder.CountTokens(pb.CountTokensRequest(contents=four)), "contents"),
        (server.reranker.Rerank(reranker_pb.RerankRequest(query=text("a"), documents=four)), "documents"),
    ):
        metadata = {"field": field, "count": "4", "maximum": "3"}
        _check(await refused(call), INVALID, Reason.ERROR_REASON_TOO_MANY_ITEMS, metadata)
    assert len((await server.embedder.Embed(pb.EmbedRequest(contents=four[:3]))).results) == 3


@pytest.mark.parametrize("dimension", [1, 63, 129, 4_000_000_000])
async def test_unsupported_dimension(serving: Any, text: Any, refused: Any, dimension: int) -> None:
    """A dimension the model does not offer is refused with the range."""
    server = await serving()
    call = server.embedder.Embed(pb.EmbedRequest(contents=[text("a")], dimension=dimension))
    metadata = {"dimension": str(dimension), "minimum": "64", "maximum": "128"}
    _check(await refused(call), INVALID, Reason.ERROR_REASON_UNSUPPORTED_DIMENSION, metadata)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"poolings": [POOLING_MEAN, POOLING_MEAN]}, "poolings"),
        ({"poolings": [0, POOLING_LAST_TOKEN]}, "poolings"),
        ({"poolings": [77]}, "poolings"),
        ({"encoding": 77}, "encoding"),
        ({"truncation": 77}, "truncation"),
    ],
)
async def test_fields_out_of_range(serving: Any, text: Any, refused: Any, fields: dict[str, Any], field: str) -> None:
    """A repeated pooling, or an enum value of a later version, is refused with the field's name."""
    server = await serving()
    refusal = await refused(server.embedder.Embed(pb.EmbedRequest(contents=[text("a")], **fields)))
    assert (refusal.code, refusal.reason) == (INVALID, Reason.ERROR_REASON_INVALID_FIELD)
    assert refusal.metadata["field"] == field


async def test_rerank_without_a_query(serving: Any, text: Any, refused: Any) -> None:
    """A query is required: none is refused as empty, for the whole call."""
    server = await serving()
    call = server.reranker.Rerank(reranker_pb.RerankRequest(documents=[text("a")]))
    _check(await refused(call), INVALID, Reason.ERROR_REASON_EMPTY_CONTENT, {})


async def test_rerank_refuses_an_unknown_truncation(serving: Any, text: Any, refused: Any) -> None:
    """An enum value of a later version is refused by Rerank too."""
    server = await serving()
    call = server.reranker.Rerank(reranker_pb.RerankRequest(query=text("a"), documents=[text("a")], truncation=9))  # type: ignore[arg-type]
    _check(await refused(call), INVALID, Reason.ERROR_REASON_INVALID_FIELD, {"field": "truncation", "value": "9"})


async def test_a_long_hostile_uri_as_query(serving: Any, text: Any, refused: Any) -> None:
    """A refusal never grows with what the caller sent: gRPC would drop it for its size."""
    server = await serving()
    call = server.reranker.Rerank(reranker_pb.RerankRequest(query=_uri("x" * 100_000 + ":y"), documents=[text("a")]))
    assert (await refused(call)).reason == Reason.ERROR_REASON_MEDIA_NOT_ALLOWED


async def test_a_message_over_the_limit(serving: Any, text: Any) -> None:
    """GRPC itself refuses a message over the limit: a bare RESOURCE_EXHAUSTED, without any detail of ours."""
    server = await serving(max_message_bytes=1024 * 1024)
    with pytest.raises(aio.AioRpcError) as caught:
        await server.embedder.Embed(pb.EmbedRequest(contents=[text("a" * 1_100_000)]))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "grpc-status-details-bin" not in dict(caught.value.trailing_metadata() or ())
    assert (await server.embedder.Embed(pb.EmbedRequest(contents=[text("a")]))).results[0].embedded.num_tokens == 9


@pytest.mark.parametrize(
    ("changes", "stub"), [({"embedding_model": ""}, "embedder"), ({"reranking_model": ""}, "reranker")]
)
async def test_a_role_the_process_does_not_have(serving: Any, text: Any, changes: dict[str, str], stub: str) -> None:
    """A process of one role answers UNIMPLEMENTED for the other, and serves its own."""
    server = await serving(**changes)
    embed = server.embedder.Embed(pb.EmbedRequest(contents=[text("a")]))
    rerank = server.reranker.Rerank(reranker_pb.RerankRequest(query=text("a"), documents=[text("a")]))
    lacking, offered = (embed, rerank) if stub == "embedder" else (rerank, embed)
    assert len((await offered).results) == 1
    with pytest.raises(aio.AioRpcError) as caught:
        await lacking
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


# Load, deadlines, callers that go away, engines that fail.


async def test_overload_is_refused_at_once(serving: Any, gated: Any, text: Any, refused: Any, until: Any) -> None:
    """A full server refuses at once with a retry hint and does nothing for it; what was accepted is answered."""
    engine = gated()
    server = await serving(engine=engine, max_pending_items=4)
    engine.gate.clear()
    accepted = asyncio.ensure_future(
        server.embedder.Embed(pb.EmbedRequest(contents=[text(f"in {i}") for i in range(4)]))
    )
    await until(lambda: engine.num_prepared == 4)
    for call in (
        server.embedder.Embed(pb.EmbedRequest(contents=[text("out")])),
        server.embedder.CountTokens(pb.CountTokensRequest(contents=[text("out")])),
        server.reranker.Rerank(reranker_pb.RerankRequest(query=text("out"), documents=[text("out")])),
    ):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            Reason.ERROR_REASON_OVERLOADED,
        )
        assert dict(refusal.metadata) == {"resource": "pending items", "maximum": "4"}
        assert refusal.retry_after is not None
        assert refusal.retry_after > 0
    assert not accepted.done()
    assert (await server.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest())).limits.max_pending_items == 4
    engine.gate.set()
    assert len((await accepted).results) == 4
    assert sorted(engine.ran()) == [f"in {i}" for i in range(4)]
    assert len((await server.embedder.Embed(pb.EmbedRequest(contents=[text("again")]))).results) == 1


async def test_overload_by_bytes(serving: Any, gated: Any, text: Any, refused: Any, until: Any) -> None:
    """Request bytes are bounded as well as items."""
    engine = gated()
    server = await serving(engine=engine, max_pending_bytes=1024 * 1024)
    engine.gate.clear()
    accepted = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("a" * 600_000)])))
    await until(lambda: engine.num_prepared == 1)
    refusal = await refused(server.embedder.Embed(pb.EmbedRequest(contents=[text("b" * 600_000)])))
    assert dict(refusal.metadata) == {"resource": "pending bytes", "maximum": "1048576"}
    engine.gate.set()
    assert len((await accepted).results) == 1


async def test_a_passed_deadline(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """A call whose deadline passes while it waits is told so, logged so, and its items are never run."""
    engine = gated()
    server = await serving(engine=engine)
    engine.gate.clear()
    first = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("first")])))
    await until(lambda: engine.batches == [["first"]])
    with structlog.testing.capture_logs() as logs:
        with pytest.raises(aio.AioRpcError) as caught:
            await server.embedder.Embed(pb.EmbedRequest(contents=[text("late")]), timeout=0.2)
        await until(lambda: logs)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert [(line["code"], line["reason"]) for line in logs] == [
        ("DEADLINE_EXCEEDED", "ERROR_REASON_DEADLINE_EXCEEDED")
    ]
    later = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("later")])))
    await until(lambda: engine.num_prepared >= 2)
    engine.gate.set()
    await asyncio.gather(first, later)
    assert engine.ran() == ["first", "later"]


async def test_a_caller_that_goes_away(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """The waiting items of a caller that cancels are never run, and its permits come back."""
    engine = gated()
    server = await serving(engine=engine, max_pending_items=2)
    engine.gate.clear()
    first = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("first")])))
    await until(lambda: engine.batches == [["first"]])
    gone = server.embedder.Embed(pb.EmbedRequest(contents=[text("gone")]))
    task = asyncio.ensure_future(gone)
    await until(lambda: engine.num_prepared == 2)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until_admitted(server, text)
    engine.gate.set()
    await first
    await server.embedder.Embed(pb.EmbedRequest(contents=[text("last")]))
    assert "gone" not in engine.ran()


async def _until_admitted(server: Any, text: Any) -> None:
    """Wait until the server has noticed that a caller is gone: the next call is admitted again."""
    async with asyncio.timeout(20):
        while True:
            try:
                await server.embedder.CountTokens(pb.CountTokensRequest(contents=[text("probe")]))
            except aio.AioRpcError as error:
                assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED  # noqa: PT017  any other is a failure
            else:
                return


async def test_callers_share_batches(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """Items of many callers that wait at the same time run in one batch, and each caller is told its size."""
    engine = gated()
    server = await serving(engine=engine)
    engine.gate.clear()
    first = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("first")])))
    await until(lambda: engine.batches == [["first"]])
    calls = [
        asyncio.ensure_future(
            server.embedder.Embed(pb.EmbedRequest(contents=[text(f"{caller} {i}") for i in range(2)]))
        )
        for caller in range(8)
    ]
    await until(lambda: engine.num_prepared == 1 + 16)
    for _ in range(50):
        await asyncio.sleep(0)
    engine.gate.set()
    await first
    answers = await asyncio.gather(*calls)
    assert max(answer.timing.batch_size for answer in answers) > 2
    assert len(engine.batches) < 2 + 8
    for caller, answer in enumerate(answers):
        alone = await server.embedder.Embed(pb.EmbedRequest(contents=[text(f"{caller} {i}") for i in range(2)]))
        np.testing.assert_array_equal(_vectors(answer), _vectors(alone))


async def test_roles_take_turns(serving: Any, gated: Any, text: Any) -> None:
    """Embedding and reranking at the same time in one process are both answered."""
    server = await serving(engine=gated())
    calls: list[Any] = []
    for i in range(6):
        calls.append(server.embedder.Embed(pb.EmbedRequest(contents=[text(f"e{i}")])))
        calls.append(server.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=[text(f"d{i}")])))
    assert all(len(answer.results) == 1 for answer in await asyncio.gather(*calls))


def _is_internal(refusal: Refusal) -> None:
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, Reason.ERROR_REASON_INTERNAL)
    assert set(refusal.metadata) == {"incident"}
    assert refusal.metadata["incident"] in refusal.message
    for secret in ("fire", "raise", "Zero", "Traceback", "Error"):
        assert secret not in refusal.message


async def test_a_failing_batch_is_told_without_its_trace(serving: Any, gated: Any, text: Any) -> None:
    """When the model fails the items of its batch get an incident and no inner detail; the next call is answered."""
    server = await serving(engine=gated(), max_batch_items=1)
    response = await server.embedder.Embed(pb.EmbedRequest(contents=[text("a"), text("poison: b"), text("c")]))
    assert [result.WhichOneof("outcome") for result in response.results] == ["embedded", "error", "embedded"]
    _is_internal(_error(response.results[1].error))
    documents = [text("a"), text("poison: b")]
    scored = await server.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=documents))
    assert scored.results[0].relevance.rank == 1
    _is_internal(_error(scored.results[1].error))
    again = await server.embedder.Embed(pb.EmbedRequest(contents=[text("d")]))
    assert again.results[0].embedded.num_tokens == 9


async def test_a_bug_while_preparing_spoils_one_item(serving: Any, gated: Any, text: Any) -> None:
    """When preparing one content fails unexpectedly, that content gets an incident and its neighbours their vectors."""
    server = await serving(engine=gated())
    response = await server.embedder.Embed(pb.EmbedRequest(contents=[text("a"), text("raise: b"), text("c")]))
    assert [result.WhichOneof("outcome") for result in response.results] == ["embedded", "error", "embedded"]
    _is_internal(_error(response.results[1].error))


async def test_what_is_not_finite_is_a_failure(serving: Any, gated: Any, text: Any) -> None:
    """A vector or score that is not finite is told as a failure of ours, never sent."""
    server = await serving(engine=gated())
    contents = [text("a"), text("overflow: b")]
    response = await server.embedder.Embed(pb.EmbedRequest(contents=contents))
    assert np.isfinite(_vectors(response)).all()
    _is_internal(_error(response.results[1].error))
    scored = await server.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=contents))
    assert scored.results[0].relevance.rank == 1
    _is_internal(_error(scored.results[1].error))


# The request id.


async def test_the_request_id_is_echoed(serving: Any, text: Any) -> None:
    """The caller's request id comes back in trailing metadata; where it sent none, or an unfit one, a fresh one."""
    server = await serving()

    async def echoed(*metadata: tuple[str, str]) -> str:
        call = server.embedder.Embed(pb.EmbedRequest(contents=[text("a")]), metadata=metadata)
        await call
        return str(dict(await call.trailing_metadata())["x-request-id"])

    assert await echoed(("x-request-id", "batch-7:item.3_a")) == "batch-7:item.3_a"
    fresh = await echoed()
    assert len(fresh) == 32
    assert fresh != await echoed()
    assert await echoed(("x-request-id", "spaces are unfit")) != "spaces are unfit"


async def test_the_request_id_comes_with_refusals(serving: Any) -> None:
    """A refused call carries the request id too."""
    server = await serving()
    call = server.embedder.Embed(pb.EmbedRequest(), metadata=(("x-request-id", "abc"),))
    with pytest.raises(aio.AioRpcError) as caught:
        await call
    assert dict(caught.value.trailing_metadata() or ())["x-request-id"] == "abc"


async def test_a_bad_video_spoils_no_neighbour(serving: Any, text: Any) -> None:
    """A clip that cannot be read, and one sampled out of range, are refused by their place; others are embedded."""
    server = await serving()
    good = content_pb2.Video(clip=content_pb2.Media(data=clip()))
    bad = content_pb2.Video(clip=content_pb2.Media(data=b"no clip"))
    fast = content_pb2.Video(clip=content_pb2.Media(data=clip()), fps=31)
    contents = [content_pb2.Content(videos=[video]) for video in (good, bad, fast)]
    response = await server.embedder.Embed(pb.EmbedRequest(contents=[*contents, text("words")]))

    refusals = [unpack_refusal(result.error) for result in response.results[1:3]]
    assert [result.WhichOneof("outcome") for result in response.results] == ["embedded", "error", "error", "embedded"]
    assert [refusal.reason for refusal in refusals] == [
        ErrorReason.ERROR_REASON_INVALID_MEDIA,
        ErrorReason.ERROR_REASON_INVALID_FIELD,
    ]
    assert refusals[0].metadata["media"] == "videos[0].clip"
    assert (refusals[1].metadata["field"], refusals[1].metadata["maximum"]) == ("videos[0].fps", "30")


async def test_counting_a_clip_decodes_nothing(serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """CountTokens says what a clip would cost, from its header: what Embed then counts."""
    server = await serving()
    content = content_pb2.Content(videos=[content_pb2.Video(clip=content_pb2.Media(data=clip()), max_frames=4)])
    embedded = (await server.embedder.Embed(pb.EmbedRequest(contents=[content]))).results[0].embedded

    def refuse(*_: object) -> None:
        raise AssertionError("a clip was decoded")

    monkeypatch.setattr(clips.OpenClip, "read", refuse)
    (counted,) = (await server.embedder.CountTokens(pb.CountTokensRequest(contents=[content]))).results

    assert counted.count.num_tokens == embedded.num_tokens
    assert counted.count.num_video_tokens == 16


def _png() -> bytes:
    """Return an encoded picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "PNG")
    return buffer.getvalue()


async def test_media_are_fetched_beside_preparation(serving: Any, text: Any) -> None:
    """A picture by URL is fetched from an allowed host; one from another is refused, its neighbours are embedded."""
    with http_serving(sends(_png())) as port:
        server = await serving(
            media_hosts=(Host.parse(f"http://127.0.0.1:{port}"),),
            media_private_hosts=(Host.parse(f"http://127.0.0.1:{port}"),),
        )
        media = [
            content_pb2.Media(uri=f"http://127.0.0.1:{port}/a.png"),
            content_pb2.Media(uri="https://evil.test/a.png"),
            content_pb2.Media(data=_png()),
        ]
        contents = [content_pb2.Content(images=[one]) for one in media]
        response = await server.embedder.Embed(pb.EmbedRequest(contents=[*contents, text("words")]))

    outcomes = [result.WhichOneof("outcome") for result in response.results]
    vectors = unpack_vectors(response.blocks[0].vectors)
    assert outcomes == ["embedded", "error", "embedded", "embedded"]
    assert unpack_refusal(response.results[1].error).reason == ErrorReason.ERROR_REASON_MEDIA_NOT_ALLOWED
    assert np.array_equal(vectors[0], vectors[1]), "the same picture, by its URL and by its bytes"


async def test_a_slow_host_keeps_nobody_else_waiting(serving: Any, text: Any) -> None:
    """While every thread that prepares could be waiting for a host, others' contents are prepared."""
    gate, arrived = threading.Event(), threading.Semaphore(0)

    def answer(request: Any) -> None:
        arrived.release()
        gate.wait(20)
        sends(_png())(request)

    with http_serving(answer) as port:
        host = Host.parse(f"http://127.0.0.1:{port}")
        server = await serving(media_hosts=(host,), media_private_hosts=(host,), preprocess_workers=1)
        media = content_pb2.Media(uri=f"http://127.0.0.1:{port}/a.png")
        slow = asyncio.ensure_future(
            server.embedder.Embed(pb.EmbedRequest(contents=[content_pb2.Content(images=[media])] * 3))
        )
        try:
            for _ in range(3):
                assert await asyncio.to_thread(arrived.acquire, timeout=20)
            quick = await server.embedder.Embed(pb.EmbedRequest(contents=[text("words")]), timeout=20)
        finally:
            gate.set()
        response = await slow

    assert quick.results[0].WhichOneof("outcome") == "embedded"
    assert [result.WhichOneof("outcome") for result in response.results] == ["embedded"] * 3
