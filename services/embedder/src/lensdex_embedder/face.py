"""What the faces do with a call before and after the work: limits, deadlines, errors of items, counting."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from lensdex.common.v1 import build_info_pb2
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import model_pb2
from lensdex_embedder.admission import Admission
from lensdex_embedder.errors import EmbedderError, InvalidFieldError, TooManyItemsError
from lensdex_embedder.estimate import Estimator
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.preparation import Timing
from lensdex_embedder.status import refuse
from lensdex_embedder.work import ModelFacts, Priority, RawContent
from lensdex_wire.errors import pack_refusal

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
        estimator: Estimator,
        limits: model_pb2.EmbedderLimits,
        build: build_info_pb2.BuildInfo,
        clock: Clock,
    ) -> None:
        self._role = role
        self._admission = admission
        self._metrics = metrics
        self._estimator = estimator
        self._limits = limits
        self._build = build
        self._clock = clock

    def _limits_with(self, facts: ModelFacts) -> model_pb2.EmbedderLimits:
        """Return the limits as the model in use narrows them."""
        limits = model_pb2.EmbedderLimits()
        limits.CopyFrom(self._limits)
        limits.min_image_tokens = facts.min_image_tokens
        limits.max_image_tokens = facts.max_image_tokens
        return limits

    def _admit(
        self, items: Sequence[RawContent], request: Message, *, shared: RawContent | None = None
    ) -> AbstractContextManager[None]:
        """Return permits for *items*, which came in *request*, and for what they share: the query of a reranking.

        Raises NotServingError, OverloadedError.
        """
        contents = items if shared is None else (*items, shared)
        return self._admission.admit(
            num_items=len(items),
            num_bytes=request.ByteSize(),
            estimate=lambda: sum(map(self._estimator.tokens, contents)),
        )

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

    def _observe(self, timing: Timing, priority: Priority = Priority.INTERACTIVE) -> None:
        self._metrics.items.labels(self._role, "").inc()
        self._metrics.queue_seconds.labels(self._role, priority).observe(timing.queue)
        self._metrics.preprocess_seconds.labels(self._role).observe(timing.preprocess)
