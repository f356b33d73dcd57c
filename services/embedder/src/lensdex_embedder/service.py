"""The faces: EmbedderService and RerankerService.

Message → work → message; policy is below, gRPC's details beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import embedder_service_pb2_grpc, reranker_service_pb2_grpc
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder.embeddings import MIN_DIMENSION, cut_and_normalise
from lensdex_embedder.errors import UnsupportedDimensionError
from lensdex_embedder.face import Context, Face
from lensdex_embedder.item_stream import ItemStream
from lensdex_embedder.messages import (
    pack_model,
    pack_timing,
    unpack_content,
    unpack_contents,
    unpack_encoding,
    unpack_image_bounds,
    unpack_poolings,
    unpack_truncation,
)
from lensdex_embedder.pipeline import EmbeddingPipeline, RerankingPipeline, total_timing
from lensdex_embedder.preparation import Done
from lensdex_embedder.self_test import SelfTest
from lensdex_embedder.work import Cost, ImageBounds, Pooled, Priority, Truncation
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

if TYPE_CHECKING:
    from lensdex.common.v1 import vectors_pb2


@dataclass(frozen=True, slots=True)
class EmbedOptions:
    """How contents are embedded, checked against what the model offers."""

    instruction: str
    dimension: int
    poolings: Sequence[Pooling]
    encoding: "vectors_pb2.VectorEncoding"
    truncation: Truncation
    image_bounds: ImageBounds

    def pack(self, rows: npt.NDArray[np.float32]) -> "vectors_pb2.Vectors":
        """Return pooled *rows*, shape (count, hidden size), as the vectors asked for."""
        return pack_vectors(cut_and_normalise(rows, self.dimension), self.encoding)


class EmbedderFace(Face, embedder_service_pb2_grpc.EmbedderServiceServicer):
    """EmbedderService over an embedding pipeline."""

    def __init__(self, *, default_pooling: Pooling, **face: Any) -> None:
        """*face* is what Face takes."""
        super().__init__(role="embedding", **face)
        self._default_pooling = default_pooling
        self._opened: EmbeddingPipeline[Any] | None = None
        self._self_test = pb.EmbeddingSelfTest()

    def open(self, pipeline: EmbeddingPipeline[Any], tested: SelfTest) -> None:
        """Answer calls from now on; before, they are refused as starting."""
        self._opened = pipeline
        self._self_test = pb.EmbeddingSelfTest(
            num_probes=tested.num_probes, worst_cosine=tested.worst, min_cosine=tested.bound
        )

    @property
    def _pipeline(self) -> EmbeddingPipeline[Any]:
        self._admission.refuse_unless_serving()
        assert self._opened is not None, "serving without a pipeline. This is a bug."
        return self._opened

    async def Embed(self, request: pb.EmbedRequest, context: Context) -> pb.EmbedResponse:
        """Embed contents; each has its own outcome."""
        pipeline = self._pipeline  # asked for once: draining begins while calls run, and they are finished
        self._check_count("contents", len(request.contents))
        options = self._options(pipeline, request)
        contents = unpack_contents(request.contents, options.image_bounds)
        with self._admit(contents, request):
            outcomes = await pipeline.embed(
                contents,
                instruction=options.instruction,
                truncation=options.truncation,
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
        for pooling in options.poolings:
            rows = np.zeros((len(pooled), pipeline.engine.hidden_size), np.float32)
            for row, item in enumerate(pooled):
                rows[row] = item.vectors[pooling]
            space = pack_space(_space(pipeline, pooling, options.dimension))
            blocks.append(pb.EmbeddingBlock(space=space, vectors=options.pack(rows)))
        return pb.EmbedResponse(results=results, blocks=blocks, timing=pack_timing(total_timing(outcomes)))

    async def EmbedStream(self, requests: object, context: Context) -> None:
        """Embed items at bulk priority, each answered as it is ready."""
        pipeline = self._pipeline
        with self._admission.open_stream() as window:
            stream = ItemStream(context, window=window, draining=self._admission.draining)
            options = self._options(pipeline, await stream.options())
            deadline = self._deadline(context)

            async def answer(item: pb.EmbedStreamItem) -> pb.EmbedStreamResult:
                (outcome,) = await pipeline.embed(
                    [unpack_content(item.content, options.image_bounds)],
                    instruction=options.instruction,
                    truncation=options.truncation,
                    deadline=deadline,
                    priority=Priority.BULK,
                )
                if not isinstance(outcome, Done):
                    return pb.EmbedStreamResult(id=item.id, error=self._pack_error(outcome))
                self._observe(outcome.timing, Priority.BULK)
                embedded = pb.EmbeddedItem(
                    vectors=options.pack(np.stack([outcome.output.vectors[own] for own in options.poolings])),
                    num_tokens=outcome.cost.num_tokens,
                    num_truncated_tokens=outcome.cost.num_truncated_tokens,
                    timing=pack_timing(outcome.timing),
                )
                return pb.EmbedStreamResult(id=item.id, embedded=embedded)

            spaces = [pack_space(_space(pipeline, pooling, options.dimension)) for pooling in options.poolings]
            await stream.run(pb.EmbedStreamOpening(spaces=spaces), answer)

    def _options(
        self, pipeline: EmbeddingPipeline[Any], message: pb.EmbedRequest | pb.EmbedStreamOptions
    ) -> EmbedOptions:
        """Return the options in *message*. Raises InvalidFieldError, UnsupportedDimensionError."""
        smallest, largest = _dimensions(pipeline)
        dimension = message.dimension or largest
        if not smallest <= dimension <= largest:
            raise UnsupportedDimensionError(dimension, minimum=smallest, maximum=largest)
        return EmbedOptions(
            instruction=message.instruction,
            dimension=dimension,
            poolings=unpack_poolings(message.poolings, default=self._default_pooling),
            truncation=unpack_truncation(message.truncation),
            encoding=unpack_encoding(message.encoding),
            image_bounds=unpack_image_bounds(message.image_bounds, pipeline.engine.facts),
        )

    async def CountTokens(self, request: pb.CountTokensRequest, context: Context) -> pb.CountTokensResponse:
        """Count tokens; each content has its own outcome."""
        pipeline = self._pipeline
        self._check_count("contents", len(request.contents))
        contents = unpack_contents(request.contents, unpack_image_bounds(request.image_bounds, pipeline.engine.facts))
        with self._admit(contents, request):
            outcomes = await pipeline.count(contents, instruction=request.instruction, deadline=self._deadline(context))
        results = []
        for outcome in outcomes:
            if isinstance(outcome, Cost):
                count = pb.TokenCount(
                    num_tokens=outcome.num_tokens,
                    num_image_tokens=outcome.num_image_tokens,
                    num_video_tokens=outcome.num_video_tokens,
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
            self_test=self._self_test,
        )


class RerankerFace(Face, reranker_service_pb2_grpc.RerankerServiceServicer):
    """RerankerService over a reranking pipeline."""

    def __init__(self, **face: Any) -> None:
        """*face* is what Face takes."""
        super().__init__(role="reranking", **face)
        self._opened: RerankingPipeline[Any, Any] | None = None
        self._self_test = reranker_pb.RerankingSelfTest()

    def open(self, pipeline: RerankingPipeline[Any, Any], tested: SelfTest) -> None:
        """Answer calls from now on; before, they are refused as starting."""
        self._opened = pipeline
        self._self_test = reranker_pb.RerankingSelfTest(
            num_probes=tested.num_probes, worst_difference=tested.worst, max_difference=tested.bound
        )

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
        bounds = unpack_image_bounds(request.image_bounds, pipeline.engine.facts)
        query, documents = unpack_content(request.query, bounds), unpack_contents(request.documents, bounds)
        with self._admit(documents, request, shared=query):
            outcomes = await pipeline.rerank(
                query,
                documents,
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
            self_test=self._self_test,
        )


def _dimensions(pipeline: EmbeddingPipeline[Any]) -> tuple[int, int]:
    """Return the smallest and the largest dimension on offer."""
    largest = pipeline.engine.hidden_size
    return min(MIN_DIMENSION, largest), largest


def _space(pipeline: EmbeddingPipeline[Any], pooling: Pooling, dimension: int) -> Space:
    """Return the space of vectors of that pooling, cut to that dimension."""
    facts = pipeline.engine.facts
    return Space(facts.weights_digest, facts.template_version, pooling, dimension, Normalization.L2)
