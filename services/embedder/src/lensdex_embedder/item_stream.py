"""One stream of items: read as far as its window allows, answered as each is ready, ended in good order.

It knows the order of messages and gRPC's stream; what an answer is, it is told. Every item that was read is answered,
unless the caller has gone or the deadline has passed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, TypeVar

from grpc import aio

from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex_embedder.errors import (
    DuplicateIdError,
    EmbedderError,
    InvalidFieldError,
    InvalidIdError,
    NotServingError,
)
from lensdex_embedder.window import Window

T = TypeVar("T")

MAX_ID_BYTES: Final = 512
"""Bytes of an item's id, as the contract says."""

Context: TypeAlias = "aio.ServicerContext[Any, Any]"
Answer = Callable[[pb.EmbedStreamItem], Awaitable[pb.EmbedStreamResult]]


class _CallerGoneError(Exception):
    """An answer could not be written: there is nobody to read it."""


class ItemStream:
    """One call of EmbedStream."""

    def __init__(self, context: Context, *, window: Window, draining: asyncio.Event) -> None:
        """*window* bounds what is read ahead; once *draining* is set nothing more is read."""
        self._context = context
        self._window = window
        self._draining = draining
        self._unanswered: set[str] = set()
        self._writing = asyncio.Lock()

    async def options(self) -> pb.EmbedStreamOptions:
        """Return the options in the first message. Raises InvalidFieldError when it has none, NotServingError."""
        message = await self._unless_draining(self._context.read())
        if message is aio.EOF or message.WhichOneof("part") != "options":
            raise InvalidFieldError("options", "the first message of a stream holds its options, and it does not.")
        options: pb.EmbedStreamOptions = message.options
        return options

    async def run(self, opening: pb.EmbedStreamOpening, answer: Answer) -> None:
        """Write *opening*, then the *answer* of each item as it is ready, until the caller half-closes.

        Raises NotServingError when draining, and InvalidFieldError for a message that breaks the rules, once all that
        was read before is answered. Raises at once what *answer* raises, and CancelledError when the caller has gone.
        """
        refusal: EmbedderError | None = None
        try:
            async with asyncio.TaskGroup() as answers:
                try:
                    await self._write(pb.EmbedStreamResponse(opening=opening))
                    while (item := await self._next()) is not None:
                        answers.create_task(self._answered(item, answer))
                except EmbedderError as error:
                    refusal = error
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]  # the others were cancelled, or fail for the same reason
            raise asyncio.CancelledError if isinstance(first, _CallerGoneError) else first from None
        if refusal is not None:
            raise refusal

    async def _next(self) -> pb.EmbedStreamItem | None:
        """Return the next item, counted in the window; None at the end."""
        await self._unless_draining(self._window.room())
        message = await self._unless_draining(self._context.read())
        if message is aio.EOF:
            return None
        if message.WhichOneof("part") != "item":
            raise InvalidFieldError("item", "every message of a stream but the first holds an item; this one does not.")
        item: pb.EmbedStreamItem = message.item
        num_bytes = len(item.id.encode())
        if not 1 <= num_bytes <= MAX_ID_BYTES:
            raise InvalidIdError(num_bytes=num_bytes, maximum=MAX_ID_BYTES)
        if item.id in self._unanswered:
            raise DuplicateIdError(item.id)
        self._unanswered.add(item.id)
        self._window.take(item.ByteSize())
        return item

    async def _answered(self, item: pb.EmbedStreamItem, answer: Answer) -> None:
        result = await answer(item)
        # Before it is written: the caller may use the id again as soon as the answer is there.
        self._unanswered.discard(item.id)
        await self._write(pb.EmbedStreamResponse(result=result))
        self._window.give_back(item.ByteSize())

    async def _write(self, message: pb.EmbedStreamResponse) -> None:
        """Write *message*, after those that are being written."""
        async with self._writing:
            try:
                await self._context.write(message)
            except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
                raise _CallerGoneError from error

    async def _unless_draining(self, work: Awaitable[T]) -> T:
        """Await *work*. Raises NotServingError as soon as the server drains."""
        working, draining = asyncio.ensure_future(work), asyncio.ensure_future(self._draining.wait())
        try:
            await asyncio.wait({working, draining}, return_when=asyncio.FIRST_COMPLETED)
            if draining.done():
                raise NotServingError("draining")
            return working.result()
        finally:
            working.cancel()
            draining.cancel()
