"""Runs calls on one channel, waiting for each: deadlines, retries, request ids. Knows no service."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import grpc

from lensdex_client.calls import Call, Method
from lensdex_client.channel import channel_options, checked_message_bytes
from lensdex_client.errors import CallCancelledError, LensdexError
from lensdex_client.refusals import error_of_rpc, refusal
from lensdex_client.retry import Attempts, Resumptions, Retry
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.request_id import METADATA_KEY, new_request_id

T = TypeVar("T")


class Cancellation:
    """Ends calls from another thread: those under way, and all that would follow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._futures: set[Any] = set()
        self.event = threading.Event()

    def cancel(self) -> None:
        """Cancel every call that was given this object, now and later. Thread-safe."""
        with self._lock:
            self.event.set()
            futures = list(self._futures)
        for future in futures:
            future.cancel()

    def _add(self, future: Any) -> None:
        with self._lock:
            self._futures.add(future)
            late = self.event.is_set()
        if late:
            future.cancel()

    def _discard(self, future: Any) -> None:
        with self._lock:
            self._futures.discard(future)


class Caller:
    """One channel to one address. Thread-safe."""

    def __init__(
        self,
        target: str,
        *,
        timeout: float,
        retry: Retry,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.target = target
        self.max_message_bytes = checked_message_bytes(max_message_bytes)
        self._timeout = timeout
        self._retry = retry
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._channel = grpc.insecure_channel(target, options=channel_options(self.max_message_bytes))

    def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        self._channel.close()

    def run(
        self,
        call: Call[T],
        *,
        timeout: float | None = None,
        retry: Retry | None = None,
        request_id: str = "",
        cancellation: Cancellation | None = None,
    ) -> T:
        """Send *call*, again where that is safe, and return its decoded answer. Raises LensdexError.

        *timeout* (seconds, all attempts together) and *retry* stand in for the caller's own. All attempts carry one
        request id, a fresh one where none is given.
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
        cancellation = cancellation or Cancellation()
        while True:
            try:
                response = self._attempt(call, body, attempts.remaining(), request_id, cancellation)
            except LensdexError as error:
                delay = attempts.delay_after(error)
                if delay is None:
                    raise
                # Waiting on the event, not asleep: a cancelled ingest ends at once.
                (self._sleep or cancellation.event.wait)(delay)
                continue
            return call.decoded(response, request_id)

    def stream(self, method: Method, messages: Iterator[bytes], *, timeout: float | None, request_id: str) -> Any:
        """Begin a call of *method* that sends *messages*, and return it: an iterator over the answers' bytes.

        Iterating raises grpc.RpcError. *messages* is read in a thread of gRPC's, and for as long as the call lasts.
        """
        send: grpc.StreamStreamMultiCallable[bytes, bytes] = self._channel.stream_stream(
            method.path, request_serializer=None, response_deserializer=None
        )
        return send(messages, timeout=timeout, metadata=((METADATA_KEY, request_id),))

    def answers(self, method: Method, request: bytes, *, timeout: float | None, request_id: str) -> Any:
        """Begin a call of *method* that is answered many times, and return it: an iterator over the answers' bytes.

        Iterating raises grpc.RpcError.
        """
        send: grpc.UnaryStreamMultiCallable[bytes, bytes] = self._channel.unary_stream(
            method.path, request_serializer=None, response_deserializer=None
        )
        return send(request, timeout=timeout, metadata=((METADATA_KEY, request_id),))

    def send_all(self, method: Method, messages: Iterator[bytes], *, timeout: float | None, request_id: str) -> bytes:
        """Call *method*, which is sent *messages* and answers once; return the answer's bytes. Raises grpc.RpcError.

        *messages* is read in a thread of gRPC's.
        """
        send: grpc.StreamUnaryMultiCallable[bytes, bytes] = self._channel.stream_unary(
            method.path, request_serializer=None, response_deserializer=None
        )
        response: bytes = send(messages, timeout=timeout, metadata=((METADATA_KEY, request_id),))
        return response

    def resumptions(self, retry: Retry, timeout: float | None) -> Resumptions:
        """Return the policy of one stream, by this caller's clock."""
        return Resumptions(retry, timeout=timeout, clock=self._clock, jitter=self._jitter)

    def sleep(self, seconds: float) -> None:
        """Wait before a stream goes on."""
        (self._sleep or time.sleep)(seconds)

    def _attempt(
        self, call: Call[Any], body: bytes, timeout: float, request_id: str, cancellation: Cancellation
    ) -> bytes:
        send: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(
            call.method.path, request_serializer=None, response_deserializer=None
        )
        future = send.future(body, timeout=timeout, metadata=((METADATA_KEY, request_id),))
        cancellation._add(future)  # noqa: SLF001  two halves of one mechanism
        try:
            response: bytes = future.result()
        except grpc.FutureCancelledError:
            raise CallCancelledError(refusal(grpc.StatusCode.CANCELLED, "the call was cancelled"), request_id) from None
        except grpc.RpcError as error:
            raise error_of_rpc(error, target=self.target, request_id=request_id) from None
        finally:
            cancellation._discard(future)  # noqa: SLF001  two halves of one mechanism
        return response
