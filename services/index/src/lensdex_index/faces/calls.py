"""What every call goes through: readiness, admission, deadline, request id, error mapping, one log line, metrics.

Knows gRPC's call context and no RPC in particular.
"""

import asyncio
import contextvars
import functools
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

import grpc
import structlog
from google.protobuf.message import Message
from grpc_status import rpc_status

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_index import status
from lensdex_index.errors import (
    CallCancelledError,
    DeadlineExceededError,
    DomainError,
    NotServingError,
    OverloadedError,
)
from lensdex_index.metrics import Metrics
from lensdex_wire.errors import Refusal, pack_refusal
from lensdex_wire.request_id import METADATA_KEY, request_id_of

_log = structlog.get_logger()

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)
_Result = TypeVar("_Result")

_MARGIN_SECONDS: Final = 0.05
_MARGIN_PART: Final = 0.1


class State(StrEnum):
    """Whether calls are taken. Values are the contract's."""

    STARTING = "starting"
    SERVING = "serving"
    DRAINING = "draining"


class Context(Protocol):
    """The part of gRPC's call context that is used here."""

    def invocation_metadata(self) -> Any: ...
    def time_remaining(self) -> float | None: ...
    async def send_initial_metadata(self, initial_metadata: Any) -> None: ...
    async def abort(self, code: grpc.StatusCode, details: str, trailing_metadata: Any) -> Any: ...


class Call:
    """One admitted call."""

    def __init__(self, executor: Executor, deadline: float) -> None:
        self._executor = executor
        self.deadline = deadline
        """Of ``time.monotonic``. A little before the caller's own, so that our answer comes first."""

    async def blocking(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Run *work* in the pool; return its result. Not begun when the deadline has passed or the caller has gone."""
        context = contextvars.copy_context()
        guarded = functools.partial(context.run, self._run, work, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._executor, guarded)

    async def done(self, future: Future[_Result]) -> _Result:
        """Return the result of *future*. Raises DeadlineExceededError once the deadline has passed."""
        try:
            async with asyncio.timeout(max(0.0, self.deadline - time.monotonic())):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise DeadlineExceededError from None

    def _run(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        if time.monotonic() > self.deadline:
            raise DeadlineExceededError
        return work(*arguments)


class Calls:
    """The gate all calls pass. For one event loop."""

    def __init__(self, executor: Executor, metrics: Metrics, *, max_pending: int, max_seconds: float) -> None:
        self._executor = executor
        self._metrics = metrics
        self._max_pending = max_pending
        self._max_seconds = max_seconds
        self._pending = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._state = State.STARTING
        metrics.serving.set(0)

    def enter(self, state: State) -> None:
        """Take calls, or no longer."""
        self._state = state
        self._metrics.serving.set(state is State.SERVING)

    async def idle(self) -> None:
        """Wait until no call is pending."""
        await self._idle.wait()

    async def run(
        self,
        method: str,
        request: _Request,
        context: Context,
        work: Callable[[_Request, Call], Awaitable[_Response]],
    ) -> _Response:
        """Answer one call with what *work* returns, or with the refusal of what it raises."""
        begin = time.perf_counter()
        request_id = request_id_of(context.invocation_metadata() or ())
        structlog.contextvars.bind_contextvars(request_id=request_id, method=method)
        response: _Response | None = None
        refusal: Refusal | None = None
        try:
            await context.send_initial_metadata(((METADATA_KEY, request_id),))
            response = await self._admitted(request, context, work)
        except DomainError as error:
            refusal = status.refusal_of(error)
        except asyncio.CancelledError:
            gone = (context.time_remaining() or 1.0) > 0
            ended = status.refusal_of(CallCancelledError() if gone else DeadlineExceededError())
            self._finish(method, begin, request, None, ended)
            raise
        except Exception:  # noqa: BLE001  whatever it is, the caller gets an answer and the log the trace
            incident = uuid.uuid4().hex
            _log.exception("incident", incident=incident)
            refusal = status.internal(incident)
        self._finish(method, begin, request, response, refusal)
        if refusal is not None:
            answer = rpc_status.to_status(pack_refusal(refusal))
            await context.abort(answer.code, answer.details, answer.trailing_metadata)
        assert response is not None, "abort raises"
        return response

    async def _admitted(
        self, request: _Request, context: Context, work: Callable[[_Request, Call], Awaitable[_Response]]
    ) -> _Response:
        if self._state is not State.SERVING:
            raise NotServingError(self._state)
        if self._pending >= self._max_pending:
            raise OverloadedError("pending calls", self._max_pending)
        self._count(1)
        try:
            return await work(request, Call(self._executor, self._deadline(context)))
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._pending += change
        if self._pending:
            self._idle.clear()
        else:
            self._idle.set()
        self._metrics.pending_calls.set(self._pending)

    def _deadline(self, context: Context) -> float:
        remaining = context.time_remaining()
        if remaining is None:
            remaining = self._max_seconds
        return time.monotonic() + remaining - min(_MARGIN_SECONDS, _MARGIN_PART * remaining)

    def _finish(
        self, method: str, begin: float, request: Message, response: Message | None, refusal: Refusal | None
    ) -> None:
        seconds = time.perf_counter() - begin
        code = "OK" if refusal is None else refusal.code.name
        reason = "" if refusal is None else ErrorReason.Name(refusal.reason)
        self._metrics.calls.labels(method, code, reason).inc()
        self._metrics.call_seconds.labels(method).observe(seconds)
        _log.info(
            "call",
            code=code,
            reason=reason,
            duration_ms=round(1000 * seconds, 3),
            request_bytes=request.ByteSize(),
            response_bytes=0 if response is None else response.ByteSize(),
        )
        structlog.contextvars.unbind_contextvars("request_id", "method")
