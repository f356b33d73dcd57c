"""Embeds a stream of items, awaiting each answer, and goes on in a new call where one breaks.

The caller's items are read in a task of their own, so that answers come while the next item is awaited. It knows
``Unanswered`` and a caller; no message.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from lensdex_client.aio.caller import Caller
from lensdex_client.content import Content
from lensdex_client.errors import LensdexError, ServiceUnavailableError
from lensdex_client.outcome import Outcome
from lensdex_client.refusals import error_of_answer, error_of_rpc, refusal
from lensdex_client.retry import Resumptions
from lensdex_client.stream_calls import METHOD, Answer, Reader, pack_item
from lensdex_client.unanswered import Unanswered
from lensdex_wire.request_id import new_request_id

_LOST: Final = "Internal error from Core"
"""What gRPC's asyncio face says, in place of the reason, when the call ends while a message is being written."""

Items = Iterable[tuple[str, Content]] | AsyncIterable[tuple[str, Content]]


class Feed:
    """The caller's items between the task that reads them and the calls that send them."""

    def __init__(self, items: Items, *, max_message_bytes: int) -> None:
        self._items = items
        self._max_message_bytes = max_message_bytes
        self._changed = asyncio.Condition()
        self._unanswered = Unanswered()
        self._refused: deque[Answer] = deque()
        self._call = 0
        self._ended = False
        self._opened = asyncio.Event()
        self.failure: Exception | None = None
        """What the caller's iterator raised, or what was wrong with an id; nothing is read after it."""

    async def read(self) -> None:
        """Read items as far as there is room, until they end. Runs in a task."""
        try:
            async with aclosing(_each(self._items)) as items:
                await self._await_room()
                async for item_id, content in items:
                    self._unanswered.enter(item_id)
                    # In a thread: it may read pictures' files.
                    packed = await asyncio.to_thread(
                        pack_item, item_id, content, max_message_bytes=self._max_message_bytes
                    )
                    await self._take(item_id, packed)
                    await self._await_room()
        except Exception as error:  # noqa: BLE001  it is the caller's, and raised where the caller is
            self.failure = error
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def messages(self, options: bytes) -> AsyncIterator[bytes]:
        """Yield what a new call sends: *options*, all that is unanswered, then what comes. Ends when the items do."""
        self._call += 1
        call = self._call
        self._unanswered.send_again()
        self._opened = asyncio.Event()
        yield options
        # Written to while it is being refused, a call of gRPC's asyncio face forgets why.
        await self._opened.wait()
        while True:
            async with self._changed:
                self._changed.notify_all()  # the call before this one, if it still waits here, is over
                while (message := self._unanswered.next_to_send() if self._call == call else None) is None:
                    if self._ended or self._call != call:
                        return
                    await self._changed.wait()
            yield message

    def opened(self) -> None:
        """Let the call send items: the server has taken its options."""
        self._opened.set()

    async def answered(self, item_id: str) -> None:
        """Let go of an item. Raises ValueError when it was not asked for."""
        async with self._changed:
            self._unanswered.answered(item_id)
            self._changed.notify_all()

    def refused(self) -> Iterator[Answer]:
        """Yield items that could not be sent at all."""
        while self._refused:
            yield self._refused.popleft()

    @property
    def is_done(self) -> bool:
        """Whether the items have ended and all are answered."""
        return self._ended and not self._unanswered

    async def _await_room(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._unanswered.has_room)

    async def _take(self, item_id: str, packed: Outcome[bytes]) -> None:
        async with self._changed:
            if packed.ok:
                self._unanswered.hold(item_id, packed.unwrap())
            else:
                self._refused.append((item_id, Outcome(error=packed.error)))
            self._changed.notify_all()


async def embed_stream(
    caller: Caller, items: Items, options: bytes, resumptions: Resumptions
) -> AsyncGenerator[Answer]:
    """Yield an outcome for each of *items*, as it is ready. Raises LensdexError, and what *items* raises.

    All calls of the stream carry one request id.
    """
    feed = Feed(items, max_message_bytes=caller.max_message_bytes)
    reader = Reader(new_request_id())
    reading = asyncio.create_task(feed.read(), name="embed-stream")
    try:
        while not feed.is_done:
            try:
                async with aclosing(_answers(caller, feed, options, reader, resumptions.remaining())) as answers:
                    async for answer in answers:
                        resumptions.progressed()
                        yield answer
            except LensdexError as error:
                delay = resumptions.delay_after(error)
                if delay is None:
                    raise
                await caller.sleep(delay)
        for answer in feed.refused():
            yield answer
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    if feed.failure is not None:
        raise feed.failure


async def _answers(
    caller: Caller,
    feed: Feed,
    options: bytes,
    reader: Reader,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> AsyncGenerator[Answer]:
    """Yield the answers of one call, to its end. Raises LensdexError."""
    call: Any = caller.stream(METHOD, feed.messages(options), timeout=timeout, request_id=reader.request_id)
    try:
        async for body in call:
            answer = await _read(feed, reader, body)
            if answer is not None:
                yield answer
            for refused in feed.refused():
                yield refused
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.INTERNAL and error.details() == _LOST:
            message = f"the stream with {caller.target} broke off"
            raise ServiceUnavailableError(refusal(grpc.StatusCode.UNAVAILABLE, message), reader.request_id) from error
        raise error_of_rpc(error, target=caller.target, request_id=reader.request_id) from None
    finally:
        call.cancel()
    if not feed.is_done:
        unfinished = ValueError("the stream ended before all items were answered")
        raise error_of_answer(METHOD.path, unfinished, reader.request_id)


async def _read(feed: Feed, reader: Reader, body: bytes) -> Answer | None:
    try:
        answer = reader.read(body)
        if answer is None:
            feed.opened()
        else:
            await feed.answered(answer[0])
    except (ValueError, DecodeError) as error:
        raise error_of_answer(METHOD.path, error, reader.request_id) from error
    return answer


async def _each(items: Items) -> AsyncGenerator[tuple[str, Content]]:
    """Yield *items*, whichever kind of iterable they are."""
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
