"""Runs a stream of items, awaiting each answer, and goes on in a new call where one breaks.

The caller's items are read in a task of their own, so that answers come while the next item is awaited. It knows
``Unanswered`` and a caller; what is said, a dialogue knows.
"""

import asyncio
import functools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final, Generic, TypeVar

import grpc
from google.protobuf.message import DecodeError

from lensdex_client.aio.caller import Caller
from lensdex_client.dialogue import Dialogue
from lensdex_client.errors import LensdexError, ServiceUnavailableError
from lensdex_client.refusals import error_of_answer, error_of_rpc, refusal
from lensdex_client.retry import Resumptions
from lensdex_client.unanswered import Unanswered

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")

_LOST: Final = "Internal error from Core"
"""What gRPC's asyncio face says, in place of the reason, when the call ends while a message is being written."""


class Feed(Generic[ItemT, AnswerT]):
    """The caller's items between the task that reads them and the calls that send them."""

    def __init__(
        self,
        items: Iterable[ItemT] | AsyncIterable[ItemT],
        dialogue: Dialogue[ItemT, AnswerT],
        *,
        max_message_bytes: int,
    ) -> None:
        self._items = items
        self._dialogue = dialogue
        self._max_message_bytes = max_message_bytes
        self._changed = asyncio.Condition()
        self._unanswered = Unanswered(max_items=dialogue.max_items)
        self._refused: deque[AnswerT] = deque()
        self._call = 0
        self._ended = False
        self._opened = asyncio.Event()
        self.failure: Exception | None = None
        """What the caller's iterator raised, or what the dialogue did about an item; nothing is read after it."""

    async def read(self) -> None:
        """Read items as far as there is room, until they end. Runs in a task."""
        try:
            async with aclosing(_each(self._items)) as items:
                await self._await_room()
                async for item in items:
                    await self._take(item)
                    await self._await_room()
        except Exception as error:  # noqa: BLE001  it is the caller's, and raised where the caller is
            self.failure = error
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def messages(self) -> AsyncIterator[bytes]:
        """Yield what a new call sends: the options, all that is unanswered, then what comes. Ends when the items do."""
        self._call += 1
        call = self._call
        self._unanswered.send_again()
        self._opened = asyncio.Event()
        yield self._dialogue.options
        # Written to while it is being refused, a call of gRPC's asyncio face forgets why.
        await self._opened.wait()
        while True:
            async with self._changed:
                self._changed.notify_all()  # the call before this one, if it still waits here, is over
                while (message := self._next_to_send() if self._call == call else None) is None:
                    if self._ended or self._call != call:
                        return
                    await self._changed.wait()
            yield message

    def opened(self) -> None:
        """Let the call send items: the server has taken its options."""
        self._opened.set()

    async def answered(self, keys: Iterable[str]) -> None:
        """Let go of items. Raises ValueError when one was not asked for."""
        async with self._changed:
            for key in keys:
                self._unanswered.answered(key)
            self._changed.notify_all()

    def refused(self) -> Iterator[AnswerT]:
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

    def _next_to_send(self) -> bytes | None:
        return self._unanswered.next_to_send(self._dialogue.max_joined_items)

    async def _take(self, item: ItemT) -> None:
        key = self._dialogue.key(item)
        if self._dialogue.may_block(item):
            pack = functools.partial(self._dialogue.pack, key, item, max_message_bytes=self._max_message_bytes)
            packed = await asyncio.to_thread(pack)
        else:
            packed = self._dialogue.pack(key, item, max_message_bytes=self._max_message_bytes)
        async with self._changed:
            if packed.ok:
                self._unanswered.hold(key, packed.unwrap())
            else:
                self._refused.append(self._dialogue.refused(key, packed))
            self._changed.notify_all()


async def run_stream(
    caller: Caller,
    items: Iterable[ItemT] | AsyncIterable[ItemT],
    dialogue: Dialogue[ItemT, AnswerT],
    resumptions: Resumptions,
) -> AsyncGenerator[AnswerT]:
    """Yield an answer for each of *items*, as it is ready. Raises LensdexError, and what *items* raises."""
    feed = Feed(items, dialogue, max_message_bytes=caller.max_message_bytes)
    reading = asyncio.create_task(feed.read(), name="lensdex-stream")
    try:
        while not feed.is_done:
            try:
                async with aclosing(_answers(caller, feed, dialogue, resumptions.remaining())) as answers:
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
    feed: Feed[ItemT, AnswerT],
    dialogue: Dialogue[ItemT, AnswerT],
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> AsyncGenerator[AnswerT]:
    """Yield the answers of one call, to its end. Raises LensdexError."""
    method, request_id = dialogue.method, dialogue.request_id
    call: Any = caller.stream(method, feed.messages(), timeout=timeout, request_id=request_id)
    try:
        async for body in call:
            for answer in await _read(feed, dialogue, body):
                yield answer
            for refused in feed.refused():
                yield refused
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.INTERNAL and error.details() == _LOST:
            message = f"the stream with {caller.target} broke off"
            raise ServiceUnavailableError(refusal(grpc.StatusCode.UNAVAILABLE, message), request_id) from error
        raise error_of_rpc(error, target=caller.target, request_id=request_id) from None
    finally:
        call.cancel()
    if not feed.is_done:
        unfinished = ValueError("the stream ended before all items were answered")
        raise error_of_answer(method.path, unfinished, request_id)


async def _read(feed: Feed[ItemT, AnswerT], dialogue: Dialogue[ItemT, AnswerT], body: bytes) -> list[AnswerT]:
    try:
        answers = dialogue.read(body)
        if answers is None:
            feed.opened()
            return []
        await feed.answered(key for key, _ in answers)
    except (ValueError, DecodeError) as error:
        raise error_of_answer(dialogue.method.path, error, dialogue.request_id) from error
    return [answer for _, answer in answers]


async def _each(items: Iterable[ItemT] | AsyncIterable[ItemT]) -> AsyncGenerator[ItemT]:
    """Yield *items*, whichever kind of iterable they are."""
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
