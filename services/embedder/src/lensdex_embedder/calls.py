"""What every call has in common: request id, log line, metrics, and errors told in the contract's terms.

It knows gRPC and the table of errors; nothing of what a call does.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import grpc
import structlog
from google.protobuf.message import Message
from grpc import aio

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.status import refuse
from lensdex_wire.errors import pack_refusal
from lensdex_wire.request_id import METADATA_KEY, request_id_of

STATUS_DETAILS_KEY: Final = "grpc-status-details-bin"
OUR_PREFIX: Final = "/lensdex."

_log = structlog.get_logger(__name__)

Context: TypeAlias = "aio.ServicerContext[Any, Any]"
Behaviour = Callable[[Any, Context], Awaitable[Any]]


class CallInterceptor(aio.ServerInterceptor):
    """Wraps every call of ours, single or a stream both ways. Health and reflection pass through untouched."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._num_running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def idle(self) -> None:
        """Return once no call runs."""
        await self._idle.wait()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the method's handler, wrapped."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or not method.startswith(OUR_PREFIX):
            return handler
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(
                self._wrap(method, handler.stream_stream),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._wrap(method, handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _wrap(self, method: str, behaviour: Behaviour) -> Behaviour:
        name = method.removeprefix("/")

        async def wrapped(request: Any, context: Context) -> Any:
            """*request* is the message, or the iterator over a stream's."""
            started = time.monotonic()
            self._num_running += 1
            self._idle.clear()
            request_id = request_id_of(context.invocation_metadata() or ())
            structlog.contextvars.clear_contextvars()
            structlog.contextvars.bind_contextvars(request_id=request_id, method=name)
            code, reason = "CANCELLED", ErrorReason.Name(ErrorReason.ERROR_REASON_CANCELLED)
            context.set_trailing_metadata(((METADATA_KEY, request_id),))
            try:
                if not isinstance(request, Message):
                    # A stream: its caller should know the id, and that it is taken, before anything is answered.
                    await context.send_initial_metadata(((METADATA_KEY, request_id),))
                response = await behaviour(request, context)
                code, reason = "OK", ""
            except asyncio.CancelledError:
                remaining: float | None = context.time_remaining()
                if remaining is not None and remaining <= 0:  # gRPC cancels the handler for both
                    code, reason = "DEADLINE_EXCEEDED", ErrorReason.Name(ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED)
                raise
            except Exception as error:  # noqa: BLE001  every failure leaves as a status with a reason; refuse() logs the unknown
                refusal = refuse(error)
                code, reason = refusal.code.name, ErrorReason.Name(refusal.reason)
                details = pack_refusal(refusal).SerializeToString()
                trailing = ((STATUS_DETAILS_KEY, details), (METADATA_KEY, request_id))
                await context.abort(refusal.code, refusal.message, trailing)
            else:
                return response
            finally:
                seconds = time.monotonic() - started
                self._metrics.calls.labels(name, code, reason).inc()
                self._metrics.call_seconds.labels(name).observe(seconds)
                size = {"request_bytes": request.ByteSize()} if isinstance(request, Message) else {}
                _log.info("call", code=code, reason=reason, duration_ms=round(seconds * 1e3, 2), **size)
                self._num_running -= 1
                if self._num_running == 0:
                    self._idle.set()

        return wrapped
