"""The faces: EmbedderService and RerankerService.

Message → work → message; policy is below, gRPC's details beside it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from google.rpc.status_pb2 import Status

from lensdex.common.v1 import build_info_pb2
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import embedder_service_pb2_grpc, model_pb2, reranker_service_pb2_grpc
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder.admission import Admission
from lensdex_embedder.embeddings import MIN_DIMENSION, cut_and_normalise
from lensdex_embedder.errors import EmbedderError, InvalidFieldError, TooManyItemsError, UnsupportedDimensionError
from lensdex_embedder.messages import (
    pack_model,
    pack_timing,
    unpack_content,
    unpack_contents,
    unpack_encoding,
    unpack_poolings,
    unpack_truncation,
)
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.pipeline import Done, EmbeddingPipeline, RerankingPipeline, Timing, total_timing
from lensdex_embedder.status import refuse
from lensdex_embedder.work import Cost, ModelFacts, Pooled
from lensdex_wire.errors import pack_refusal
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

if TYPE_CHECKING:
    from grpc import aio

Context: TypeAlias = "aio.ServicerContext[Any, Any]"
Clock = Callable[[], float]


class Face:
    """What both faces do with a call before and after the work."""

    def __init__(
        self,
        *,
        role: str,
        admission: Admission,
        metrics: Metrics,
        limits: model_pb2.EmbedderLimits,
        build: build_info_pb2.BuildInfo,
        clock: Clock,
    ) -> None:
        self._role = role
        self._admission = admission
        self._metrics = metrics
        self._limits = limits
        self._build = build
        self._clock = clock

    def _limits_with(self, facts: ModelFacts) -> model_pb2.EmbedderLimits:
        """Return the limits as the model in use narrows them."""
        limits = model_pb2.EmbedderLimits()
        limits.CopyFrom(self._limits)
        limits.max_image_tokens = facts.max_image_tokens
        return limits

    def _check_count(self, field: str, count: int) -> None:
        if count < 1:
            raise InvalidFieldError(field, f"{field} is empty; give at least one.", value="0", minimum=1)
        if count > self._limits.max_contents:
            raise TooManyItemsError(field, count=count, maximum=self._limits.max_contents)

    def _deadline(self, context: Context) -> float | None:
        remaining: float | None = context.time_remaining()
        # The type says float; without a deadline it is None.
        return None if remaining is None else self._clock() + remaining

    def _pack_error(self, error: EmbedderError) -> Status:
        refusal = refuse(error)
        self._metrics.items.labels(self._role, ErrorReason.Name(refusal.reason)).inc()
        return pack_refusal(refusal)

    def _observe(self, timing: Timing) -> None:
        self._metrics.items.labels(self._role, "").inc()
        self._metrics.queue_seconds.labels(self._role).observe(timing.queue)
        self._metrics.preprocess_seconds.labels(self._role).observe(timing.preprocess)


class EmbedderFace(Face, embedder_service_pb2_grpc.EmbedderServiceServicer):
    """EmbedderService over an embedding pipeline."""

    def __init__(self, *, default_pooling: Pooling, **face: Any) -> None:
        """*face* is what Face takes."""
        super().__init__(role="embedding", **face)
        self._default_pooling = default_pooling
        self._opened: EmbeddingPipeline[Any] | None = None

    def open(self, pipeline: EmbeddingPipeline[Any]) -> None:
        """Answer calls from now on; before, they are refused as starting."""
        self._opened = pipeline

    @property
    def _pipeline(self) -> EmbeddingPipeline[Any]:
        self._admission.refuse_unless_serving()
        assert self._opened is not None, "serving without a pipeline. This is a bug."
        return self._opened

    async def Embed(self, request: pb.EmbedRequest, context: Context) -> pb.EmbedResponse:
        """Embed contents; each has its own outcome."""
        pipeline = self._pipeline  # asked for once: draining begins while calls run, and they are finished
        smallest, largest = _dimensions(pipeline)
        self._check_count("contents", len(request.contents))
        dimension = request.dimension or largest
        if not smallest <= dimension <= largest:
            raise UnsupportedDimensionError(dimension, minimum=smallest, maximum=largest)
        poolings = unpack_poolings(request.poolings, default=self._default_pooling)
        truncation = unpack_truncation(request.truncation)
        encoding = unpack_encoding(request.encoding)
        with self._admission.admit(num_items=len(request.contents), num_bytes=request.ByteSize()):
            outcomes = await pipeline.embed(
                unpack_contents(request.contents),
                instruction=request.instruction,
                truncation=truncation,
                deadline=self._deadline(context),
            )
        results: list[pb.EmbedResult] = []
        pooled: list[Pooled] = []
        for outcome in outcomes:
            if isinstance(outcome, Done):
                self._observe(outcome.timing)
                embedded = pb.EmbeddedContent(
                    row=len(pooled),
                    num_tokens=outcome.cost.num_tokens,
                    num_truncated_tokens=outcome.cost.num_truncated_tokens,
                )
                pooled.append(outcome.output)
                results.append(pb.EmbedResult(embedded=embedded))
            else:
                results.append(pb.EmbedResult(error=self._pack_error(outcome)))
        blocks = []
        for pooling in poolings:
            rows = np.zeros((len(pooled), largest), np.float32)
            for row, item in enumerate(pooled):
                rows[row] = item.vectors[pooling]
            vectors = pack_vectors(cut_and_normalise(rows, dimension), encoding)
            blocks.append(pb.EmbeddingBlock(space=pack_space(_space(pipeline, pooling, dimension)), vectors=vectors))
        return pb.EmbedResponse(results=results, blocks=blocks, timing=pack_timing(total_timing(outcomes)))

    async def CountTokens(self, request: pb.CountTokensRequest, context: Context) -> pb.CountTokensResponse:
        """Count tokens; each content has its own outcome."""
        pipeline = self._pipeline
        self._check_count("contents", len(request.contents))
        with self._admission.admit(num_items=len(request.contents), num_bytes=request.ByteSize()):
            outcomes = await pipeline.count(
                unpack_contents(request.contents), instruction=request.instruction, deadline=self._deadline(context)
            )
        results = []
        for outcome in outcomes:
            if isinstance(outcome, Cost):
                count = pb.TokenCount(
                    num_tokens=outcome.num_tokens,
                    num_image_tokens=outcome.num_image_tokens,
                    too_long=outcome.num_tokens > pipeline.engine.facts.max_tokens,
                )
                results.append(pb.CountTokensResult(count=count))
            else:
                results.append(pb.CountTokensResult(error=self._pack_error(outcome)))
        return pb.CountTokensResponse(results=results)

    async def GetEmbedderInfo(self, request: pb.GetEmbedderInfoRequest, context: Context) -> pb.GetEmbedderInfoResponse:
        """Report spaces, limits, model and versions."""
        pipeline = self._pipeline
        smallest, largest = _dimensions(pipeline)
        ordered = sorted(Pooling, key=lambda pooling: pooling is not self._default_pooling)
        spaces = [_space(pipeline, pooling, largest) for pooling in ordered]
        facts = pipeline.engine.facts
        return pb.GetEmbedderInfoResponse(
            spaces=[pb.EmbedderSpace(space=pack_space(space), fingerprint=space.fingerprint()) for space in spaces],
            model=pack_model(facts),
            min_dimension=smallest,
            max_dimension=largest,
            default_instruction=facts.default_instruction,
            limits=self._limits_with(facts),
            build=self._build,
        )


class RerankerFace(Face, reranker_service_pb2_grpc.RerankerServiceServicer):
    """RerankerService over a reranking pipeline."""

    def __init__(self, **face: Any) -> None:
        """*face* is what Face takes."""
        super().__init__(role="reranking", **face)
        self._opened: RerankingPipeline[Any, Any] | None = None

    def open(self, pipeline: RerankingPipeline[Any, Any]) -> None:
        """Answer calls from now on; before, they are refused as starting."""
        self._opened = pipeline

    @property
    def _pipeline(self) -> RerankingPipeline[Any, Any]:
        self._admission.refuse_unless_serving()
        assert self._opened is not None, "serving without a pipeline. This is a bug."
        return self._opened

    async def Rerank(self, request: reranker_pb.RerankRequest, context: Context) -> reranker_pb.RerankResponse:
        """Score documents against one query; each document has its own outcome."""
        pipeline = self._pipeline
        self._check_count("documents", len(request.documents))
        truncation = unpack_truncation(request.truncation)
        with self._admission.admit(num_items=len(request.documents), num_bytes=request.ByteSize()):
            outcomes = await pipeline.rerank(
                unpack_content(request.query),
                unpack_contents(request.documents),
                instruction=request.instruction,
                truncation=truncation,
                deadline=self._deadline(context),
            )
        scores = {i: outcome.output for i, outcome in enumerate(outcomes) if isinstance(outcome, Done)}
        best_first = sorted(scores, key=lambda i: (-scores[i], i))
        ranks = {i: rank for rank, i in enumerate(best_first, start=1)}
        results = []
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, Done):
                self._observe(outcome.timing)
                relevance = reranker_pb.Relevance(
                    score=outcome.output,
                    rank=ranks[index],
                    num_tokens=outcome.cost.num_tokens,
                    num_truncated_tokens=outcome.cost.num_truncated_tokens,
                )
                results.append(reranker_pb.RerankResult(relevance=relevance))
            else:
                results.append(reranker_pb.RerankResult(error=self._pack_error(outcome)))
        return reranker_pb.RerankResponse(results=results, timing=pack_timing(total_timing(outcomes)))

    async def GetRerankerInfo(
        self, request: reranker_pb.GetRerankerInfoRequest, context: Context
    ) -> reranker_pb.GetRerankerInfoResponse:
        """Report limits, model and versions."""
        facts = self._pipeline.engine.facts
        return reranker_pb.GetRerankerInfoResponse(
            model=pack_model(facts),
            template_version=facts.template_version,
            default_instruction=facts.default_instruction,
            limits=self._limits_with(facts),
            build=self._build,
        )


def _dimensions(pipeline: EmbeddingPipeline[Any]) -> tuple[int, int]:
    """Return the smallest and the largest dimension on offer."""
    largest = pipeline.engine.hidden_size
    return min(MIN_DIMENSION, largest), largest


def _space(pipeline: EmbeddingPipeline[Any], pooling: Pooling, dimension: int) -> Space:
    """Return the space of vectors of that pooling, cut to that dimension."""
    facts = pipeline.engine.facts
    return Space(facts.weights_digest, facts.template_version, pooling, dimension, Normalization.L2)
