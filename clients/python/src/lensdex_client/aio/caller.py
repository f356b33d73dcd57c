"""Runs calls on one channel, awaiting each: deadlines, retries, request ids. Knows no service."""

# ruff: noqa: ASYNC109  A deadline travels to the server, which stops working for it; asyncio.timeout only stops waiting.

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import grpc

from lensdex_client.calls import Call, Method
from lensdex_client.channel import channel_options, checked_message_bytes
from lensdex_client.errors import LensdexError
from lensdex_client.refusals import error_of_rpc
from lensdex_client.retry import Attempts, Resumptions, Retry
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.request_id import METADATA_KEY, new_request_id

T = TypeVar("T")


class Caller:
    """One channel to one address, opened by the first call, in that call's event loop."""

    def __init__(
        self,
        target: str,
        *,
        timeout: float,
        retry: Retry,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.target = target
        self.max_message_bytes = checked_message_bytes(max_message_bytes)
        self._timeout = timeout
        self._retry = retry
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._channel: grpc.aio.Channel | None = None

    async def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        if self._channel is not None:
            await self._channel.close(None)

    async def run(
        self, call: Call[T], *, timeout: float | None = None, retry: Retry | None = None, request_id: str = ""
    ) -> T:
        """Send *call*, again where that is safe, and return its decoded answer. Raises LensdexError.

        *timeout* (seconds, all attempts together) and *retry* stand in for the caller's own. All attempts carry one
        request id, a fresh one where none is given. Cancelling the task cancels the call.
        """
        request_id = request_id or new_request_id()
        body = call.serialize(self.max_message_bytes)
        attempts = Attempts(
            retry or self._retry,
            timeout=self._timeout if timeout is None else timeout,
            idempotent=call.method.idempotent,
            clock=self._clock,
            jitter=self._jitter,
        )
        while True:
            try:
                response = await self._attempt(call, body, attempts.remaining(), request_id)
            except LensdexError as error:
                delay = attempts.delay_after(error)
                if delay is None:
                    raise
                await self._sleep(delay)
                continue
            return call.decoded(response, request_id)

    def stream(self, method: Method, messages: AsyncIterator[bytes], *, timeout: float | None, request_id: str) -> Any:
        """Begin a call of *method* that sends *messages*, and return it: an iterator over the answers' bytes.

        Iterating raises grpc.aio.AioRpcError. *messages* is read in a task of gRPC's, for as long as the call lasts.
        """
        send: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = self._opened().stream_stream(
            method.path, request_serializer=None, response_deserializer=None
        )
        return send(messages, timeout=timeout, metadata=((METADATA_KEY, request_id),))

    def answers(self, method: Method, request: bytes, *, timeout: float | None, request_id: str) -> Any:
        """Begin a call of *method* that is answered many times, and return it: an iterator over the answers' bytes.

        Iterating raises grpc.aio.AioRpcError.
        """
        send: grpc.aio.UnaryStreamMultiCallable[bytes, bytes] = self._opened().unary_stream(
            method.path, request_serializer=None, response_deserializer=None
        )
        return send(request, timeout=timeout, metadata=((METADATA_KEY, request_id),))

    async def send_all(
        self, method: Method, messages: AsyncIterator[bytes], *, timeout: float | None, request_id: str
    ) -> bytes:
        """Call *method*, which is sent *messages* and answers once; return the answer's bytes.

        Raises grpc.aio.AioRpcError. *messages* is read in a task of gRPC's.
        """
        send: grpc.aio.StreamUnaryMultiCallable[bytes, bytes] = self._opened().stream_unary(
            method.path, request_serializer=None, response_deserializer=None
        )
        response: bytes = await send(messages, timeout=timeout, metadata=((METADATA_KEY, request_id),))
        return response

    def resumptions(self, retry: Retry, timeout: float | None) -> Resumptions:
        """Return the policy of one stream, by this caller's clock."""
        return Resumptions(retry, timeout=timeout, clock=self._clock, jitter=self._jitter)

    async def sleep(self, seconds: float) -> None:
        """Wait before a stream goes on."""
        await self._sleep(seconds)

    def _opened(self) -> grpc.aio.Channel:
        if self._channel is None:
            self._channel = grpc.aio.insecure_channel(self.target, options=channel_options(self.max_message_bytes))
        return self._channel

    async def _attempt(self, call: Call[Any], body: bytes, timeout: float, request_id: str) -> bytes:
        send: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self._opened().unary_unary(
            call.method.path, request_serializer=None, response_deserializer=None
        )
        try:
            response: bytes = await send(body, timeout=timeout, metadata=((METADATA_KEY, request_id),))
        except grpc.aio.AioRpcError as error:
            raise error_of_rpc(error, target=self.target, request_id=request_id) from None
        return response
