"""Calls of EmbedderService and RerankerService: requests from plain data, plain data from answers. Pure, no channel."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Protocol, TypeVar, cast

from google.rpc.status_pb2 import Status

from lensdex.common.v1 import build_info_pb2, vectors_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_client import embedding as data
from lensdex_client.calls import Call, method
from lensdex_client.content import Content
from lensdex_client.content_codec import pack_content
from lensdex_client.outcome import Outcome
from lensdex_client.refusals import error_of_status
from lensdex_wire.space import Pooling
from lensdex_wire.space_codec import pack_pooling, unpack_space
from lensdex_wire.vectors import unpack_vectors

M = TypeVar("M")
T = TypeVar("T")


def embed(
    contents: Sequence[Content],
    *,
    instruction: str = "",
    dimension: int = 0,
    poolings: Sequence[Pooling] = (),
    encoding: data.Encoding = data.Encoding.FLOAT32,
    truncation: data.Truncation = data.Truncation.REFUSE,
    image_bounds: data.ImageBounds = data.NO_BOUNDS,
) -> Call[data.Embeddings]:
    """Return the call that embeds *contents*. Raises OSError when a picture's file cannot be read."""
    request = pb.EmbedRequest(
        contents=[pack_content(content) for content in contents],
        instruction=instruction,
        dimension=dimension,
        poolings=[pack_pooling(pooling) for pooling in poolings],
        encoding=cast("vectors_pb2.VectorEncoding", vectors_pb2.VectorEncoding.Value(encoding.value)),
        truncation=_truncation(truncation),
        image_bounds=_image_bounds(image_bounds),
    )
    return Call(method("EmbedderService/Embed"), request, _embeddings)


def count_tokens(
    contents: Sequence[Content], *, instruction: str = "", image_bounds: data.ImageBounds = data.NO_BOUNDS
) -> Call[Sequence[Outcome[data.TokenCount]]]:
    """Return the call that counts the tokens of *contents*. Raises OSError."""
    request = pb.CountTokensRequest(
        contents=[pack_content(content) for content in contents],
        instruction=instruction,
        image_bounds=_image_bounds(image_bounds),
    )
    return Call(method("EmbedderService/CountTokens"), request, _token_counts)


def embedder_info() -> Call[data.EmbedderInfo]:
    """Return the call that asks for the embedder's spaces, limits and versions."""
    return Call(method("EmbedderService/GetEmbedderInfo"), pb.GetEmbedderInfoRequest(), _embedder_info)


def rerank(
    query: Content,
    documents: Sequence[Content],
    *,
    instruction: str = "",
    truncation: data.Truncation = data.Truncation.REFUSE,
    image_bounds: data.ImageBounds = data.NO_BOUNDS,
) -> Call[data.Relevances]:
    """Return the call that scores *documents* against *query*. Raises OSError."""
    request = reranker_pb.RerankRequest(
        query=pack_content(query),
        documents=[pack_content(document) for document in documents],
        instruction=instruction,
        truncation=_truncation(truncation),
        image_bounds=_image_bounds(image_bounds),
    )
    return Call(method("RerankerService/Rerank"), request, _relevances)


def reranker_info() -> Call[data.RerankerInfo]:
    """Return the call that asks for the reranker's limits and versions."""
    return Call(method("RerankerService/GetRerankerInfo"), reranker_pb.GetRerankerInfoRequest(), _reranker_info)


def _truncation(truncation: data.Truncation) -> model_pb2.Truncation:
    return cast("model_pb2.Truncation", model_pb2.Truncation.Value(truncation.value))


def _image_bounds(bounds: data.ImageBounds) -> model_pb2.ImageBounds | None:
    if bounds == data.NO_BOUNDS:
        return None
    return model_pb2.ImageBounds(min_tokens=bounds.min_tokens, max_tokens=bounds.max_tokens)


class _ItemResult(Protocol):
    """What every per-item result message of the contracts has."""

    @property
    def error(self) -> Status: ...

    def HasField(self, field_name: Any) -> bool: ...  # noqa: N802  protobuf's own name


def outcome_of(result: _ItemResult, decode: Callable[[M], T], value: M, request_id: str) -> Outcome[T]:
    """Return the outcome in *result*: its error, else its *value*, decoded."""
    if result.HasField("error"):
        return Outcome(error=error_of_status(result.error, request_id))
    return Outcome(decode(value))


def _embeddings(response: pb.EmbedResponse, request_id: str) -> data.Embeddings:
    blocks = tuple(
        data.EmbeddingBlock(space=unpack_space(block.space), vectors=unpack_vectors(block.vectors))
        for block in response.blocks
    )
    outcomes = tuple(outcome_of(item, _embedded, item.embedded, request_id) for item in response.results)
    num_rows = sum(outcome.ok for outcome in outcomes)
    for block in blocks:
        if len(block.vectors) != num_rows:
            raise ValueError(f"{num_rows} contents were embedded, {len(block.vectors)} vectors came")
    if any(outcome.ok and outcome.unwrap().row >= num_rows for outcome in outcomes):
        raise ValueError("a content's row lies outside its block")
    return data.Embeddings(outcomes=outcomes, blocks=blocks, timing=timing_of(response.timing))


def _embedded(message: pb.EmbeddedContent) -> data.EmbeddedContent:
    return data.EmbeddedContent(
        row=message.row, num_tokens=message.num_tokens, num_truncated_tokens=message.num_truncated_tokens
    )


def _token_counts(response: pb.CountTokensResponse, request_id: str) -> Sequence[Outcome[data.TokenCount]]:
    return tuple(outcome_of(item, _token_count, item.count, request_id) for item in response.results)


def _token_count(message: pb.TokenCount) -> data.TokenCount:
    return data.TokenCount(
        num_tokens=message.num_tokens,
        num_image_tokens=message.num_image_tokens,
        too_long=message.too_long,
        num_video_tokens=message.num_video_tokens,
    )


def _relevances(response: reranker_pb.RerankResponse, request_id: str) -> data.Relevances:
    outcomes = tuple(outcome_of(item, _relevance, item.relevance, request_id) for item in response.results)
    return data.Relevances(outcomes=outcomes, timing=timing_of(response.timing))


def _relevance(message: reranker_pb.Relevance) -> data.Relevance:
    return data.Relevance(
        score=message.score,
        rank=message.rank,
        num_tokens=message.num_tokens,
        num_truncated_tokens=message.num_truncated_tokens,
    )


def timing_of(message: pb.Timing) -> data.Timing:
    """Return where the time went."""
    return data.Timing(
        queue=message.queue_time.ToNanoseconds() / 1e9,
        preprocess=message.preprocess_time.ToNanoseconds() / 1e9,
        compute=message.compute_time.ToNanoseconds() / 1e9,
        batch_size=message.batch_size,
    )


def _embedder_info(response: pb.GetEmbedderInfoResponse, _: str) -> data.EmbedderInfo:
    spaces = tuple(data.EmbedderSpace(unpack_space(item.space), item.fingerprint) for item in response.spaces)
    if not spaces:
        raise ValueError("the embedder reports no space")
    tested = response.self_test
    return data.EmbedderInfo(
        spaces=spaces,
        model=_model(response.model),
        min_dimension=response.min_dimension,
        max_dimension=response.max_dimension,
        default_instruction=response.default_instruction,
        limits=_limits(response.limits),
        build=build_of(response.build),
        self_test=_tested(tested.num_probes, tested.worst_cosine, tested.min_cosine),
    )


def _reranker_info(response: reranker_pb.GetRerankerInfoResponse, _: str) -> data.RerankerInfo:
    tested = response.self_test
    return data.RerankerInfo(
        model=_model(response.model),
        template_version=response.template_version,
        default_instruction=response.default_instruction,
        limits=_limits(response.limits),
        build=build_of(response.build),
        self_test=_tested(tested.num_probes, tested.worst_difference, tested.max_difference),
    )


def _tested(num_probes: int, worst: float, bound: float) -> data.SelfTest | None:
    return data.SelfTest(num_probes, worst, bound) if num_probes else None


def _model(message: model_pb2.ModelInfo) -> data.ModelInfo:
    known = model_pb2.Modality.values()
    names = [model_pb2.Modality.Name(value) for value in message.modalities if value in known]
    return data.ModelInfo(
        name=message.name,
        revision=message.revision,
        weights_digest=message.weights_digest,
        engine=message.engine,
        device=message.device,
        dtype=message.dtype,
        modalities=tuple(name.removeprefix("MODALITY_").lower() for name in names),
    )


def _limits(message: model_pb2.EmbedderLimits) -> data.EmbedderLimits:
    # Field for field the same names: a limit the contract gains shows up here as soon as the data class has it.
    return data.EmbedderLimits(**{field.name: getattr(message, field.name) for field in fields(data.EmbedderLimits)})


def build_of(message: build_info_pb2.BuildInfo) -> data.BuildInfo:
    """Return which code answers."""
    return data.BuildInfo(version=message.version, libraries=dict(message.libraries))
