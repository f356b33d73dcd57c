"""What every call goes through: readiness, admission, deadline, request id, error mapping, one log line, metrics.

Knows gRPC's call context and no RPC in particular.
"""

import asyncio
import contextlib
import contextvars
import math
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
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
    def set_trailing_metadata(self, trailing_metadata: Any) -> None: ...
    async def send_initial_metadata(self, initial_metadata: Any) -> None: ...
    async def read(self) -> Any: ...
    async def write(self, message: Any) -> None: ...
    async def abort(self, code: grpc.StatusCode, details: str, trailing_metadata: Any) -> Any: ...


class Call:
    """One admitted call."""

    def __init__(
        self, executor: Executor, deadline: float, *, request_id: str, max_seconds: float, draining: asyncio.Event
    ) -> None:
        self._executor = executor
        self._max_seconds = max_seconds
        self.request_id = request_id
        self.deadline = deadline
        """Of ``time.monotonic``. A little before the caller's own, so that our answer comes first."""
        self.draining = draining
        """Set once the server drains: streams take nothing more then."""
        self.request_bytes = self.response_bytes = 0
        """Of all messages, for the log. Streams count their own."""

    def step_deadline(self) -> float:
        """Return until when one step of a stream may take that begins now: as long as a call without a deadline."""
        return min(self.deadline, time.monotonic() + self._max_seconds)

    async def blocking(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        """Run *work* in the pool; return its result. Not begun when the deadline has passed or the caller has gone."""
        # What ``run_in_executor`` does without the futures it chains: a tenth of what a search takes beside searching.
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[_Result] = loop.create_future()
        context = contextvars.copy_context()
        self._executor.submit(context.run, self._answer, loop, answered, work, *arguments)
        return await answered

    def afterwards(self, work: Callable[[], object]) -> None:
        """Have *work* done in the pool, whatever has become of the call. Nobody waits for it."""
        self._executor.submit(work)

    async def done(self, future: Future[_Result]) -> _Result:
        """Return the result of *future*. Raises DeadlineExceededError once the deadline has passed."""
        try:
            async with asyncio.timeout(max(0.0, self.deadline - time.monotonic())):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise DeadlineExceededError from None

    def _answer(
        self,
        loop: asyncio.AbstractEventLoop,
        answered: asyncio.Future[_Result],
        work: Callable[..., _Result],
        *arguments: object,
    ) -> None:
        """Do *work* in this thread and answer in the loop's."""
        if answered.cancelled():
            return
        try:
            result = self._in_time(work, *arguments)
        except BaseException as error:  # noqa: BLE001  whoever waits gets it
            loop.call_soon_threadsafe(_unless_cancelled, answered, answered.set_exception, error)
        else:
            loop.call_soon_threadsafe(_unless_cancelled, answered, answered.set_result, result)

    def _in_time(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        if time.monotonic() > self.deadline:
            raise DeadlineExceededError
        try:
            return work(*arguments)
        except StopIteration as error:
            # No future takes it: whoever waits would wait for good.
            raise RuntimeError("work in the pool ended with StopIteration") from error


def _unless_cancelled(answered: asyncio.Future[_Result], answer: Callable[[Any], None], value: object) -> None:
    if not answered.cancelled():
        answer(value)


class Calls:
    """The gate all calls pass. For one event loop."""

    def __init__(
        self, executor: Executor, metrics: Metrics, *, max_pending: int, max_streams: int, max_seconds: float
    ) -> None:
        self._executor = executor
        self._metrics = metrics
        self._max_pending = max_pending
        self._max_streams = max_streams
        self._max_seconds = max_seconds
        self._pending = self._streams = 0
        self._draining = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._state = State.STARTING
        metrics.serving.set(0)

    def enter(self, state: State) -> None:
        """Take calls, or no longer."""
        self._state = state
        self._metrics.serving.set(state is State.SERVING)
        if state is State.DRAINING:
            self._draining.set()

    async def idle(self) -> None:
        """Wait until no call is pending and no stream open."""
        await self._idle.wait()

    async def run(
        self,
        method: str,
        request: _Request,
        context: Context,
        work: Callable[[_Request, Call], Awaitable[_Response]],
    ) -> _Response:
        """Answer one call with what *work* returns, or with the refusal of what it raises."""

        async def answer(call: Call) -> _Response:
            call.request_bytes = request.ByteSize()
            with self._admitted():
                response = await work(request, call)
            call.response_bytes = response.ByteSize()
            return response

        return await self._answered(method, context, answer, otherwise=self._max_seconds)

    async def stream(self, method: str, context: Context, work: Callable[[Call], Awaitable[_Result]]) -> _Result:
        """Serve one stream: *work* reads and writes; what it raises ends the stream. No deadline but the caller's.

        What it returns is the answer of a stream that has one.
        """

        async def answer(call: Call) -> _Result:
            # So that its caller knows the id, and that it is taken, before anything is answered.
            await context.send_initial_metadata(((METADATA_KEY, call.request_id),))
            with self._admitted_stream():
                return await work(call)

        return await self._answered(method, context, answer, otherwise=math.inf)

    async def _answered(
        self, method: str, context: Context, answer: Callable[[Call], Awaitable[_Result]], *, otherwise: float
    ) -> _Result:
        """Return what *answer* does, or abort with the refusal of what it raises. *otherwise*: seconds without one."""
        begin = time.perf_counter()
        request_id = request_id_of(context.invocation_metadata() or ())
        structlog.contextvars.bind_contextvars(request_id=request_id, method=method)
        deadline = self._deadline(context, otherwise)
        call = Call(
            self._executor, deadline, request_id=request_id, max_seconds=self._max_seconds, draining=self._draining
        )
        context.set_trailing_metadata(((METADATA_KEY, request_id),))
        try:
            result = await answer(call)
        except DomainError as error:
            refusal = status.refusal_of(error)
        except asyncio.CancelledError:
            # Zero once the deadline has passed, None without one.
            is_late = context.time_remaining() == 0
            ended = status.refusal_of(DeadlineExceededError() if is_late else CallCancelledError())
            self._finish(method, begin, call, ended)
            raise
        except Exception:  # noqa: BLE001  whatever it is, the caller gets an answer and the log the trace
            incident = uuid.uuid4().hex
            _log.exception("incident", incident=incident)
            refusal = status.internal(incident)
        else:
            self._finish(method, begin, call, None)
            return result
        self._finish(method, begin, call, refusal)
        told = rpc_status.to_status(pack_refusal(refusal))
        await context.abort(told.code, told.details, (*told.trailing_metadata, (METADATA_KEY, request_id)))
        raise AssertionError("abort raises")

    @contextlib.contextmanager
    def _admitted(self) -> Iterator[None]:
        """Hold the place of a call. Raises NotServingError, OverloadedError."""
        self._refuse_unless_serving()
        if self._pending >= self._max_pending:
            raise OverloadedError("pending calls", self._max_pending)
        self._count(calls=1)
        try:
            yield
        finally:
            self._count(calls=-1)

    @contextlib.contextmanager
    def _admitted_stream(self) -> Iterator[None]:
        """Hold the place of a stream. Raises NotServingError, OverloadedError."""
        self._refuse_unless_serving()
        if self._streams >= self._max_streams:
            raise OverloadedError("open streams", self._max_streams)
        self._count(streams=1)
        try:
            yield
        finally:
            self._count(streams=-1)

    def _refuse_unless_serving(self) -> None:
        if self._state is not State.SERVING:
            raise NotServingError(self._state)

    def _count(self, *, calls: int = 0, streams: int = 0) -> None:
        self._pending += calls
        self._streams += streams
        if self._pending or self._streams:
            self._idle.clear()
        else:
            self._idle.set()
        self._metrics.pending_calls.set(self._pending)
        self._metrics.open_streams.set(self._streams)

    def _deadline(self, context: Context, otherwise: float) -> float:
        remaining = context.time_remaining()
        if remaining is None:
            remaining = otherwise
        return time.monotonic() + remaining - min(_MARGIN_SECONDS, _MARGIN_PART * remaining)

    def _finish(self, method: str, begin: float, call: Call, refusal: Refusal | None) -> None:
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
            request_bytes=call.request_bytes,
            response_bytes=call.response_bytes,
        )
        structlog.contextvars.unbind_contextvars("request_id", "method")
