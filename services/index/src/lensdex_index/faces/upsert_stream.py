"""One upsert stream: read as far as its window allows, written in groups, answered in order, ended in good order.

It knows the order of messages and gRPC's stream; what may be written, ``upsert_items`` says. While one group is being
committed the next is checked, and all that comes meanwhile makes the one after it.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from google.rpc.status_pb2 import Status
from grpc import aio

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_index import checks, tokens
from lensdex_index.engine import CollectionHandle
from lensdex_index.errors import DomainError, InvalidFieldError, NotServingError
from lensdex_index.faces import encode
from lensdex_index.faces.calls import Call, Context
from lensdex_index.faces.upsert_items import Checked, Spaces, checked
from lensdex_index.faces.window import Window
from lensdex_index.metrics import Metrics
from lensdex_index.records import Limits, WriteOutcome
from lensdex_wire.errors import unpack_refusal

_GROUPS_AT_ONCE: Final = 2
"""Groups submitted and not yet answered: one in its commit, one ready for the next."""

_MAX_MESSAGE_ITEMS: Final = 1_000
"""Of one message, by the contract, so that no caller needs to ask for it."""


class _CallerGoneError(Exception):
    """An answer could not be written: there is nobody to read it."""


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A group on its way."""

    items: Sequence[pb.UpsertStreamItem]
    checked: Checked
    commit: Future[WriteOutcome] | None
    """None where every item was refused."""


class UpsertStream:
    """One call of UpsertStream."""

    def __init__(self, context: Context, call: Call, limits: Limits, metrics: Metrics) -> None:
        self._context, self._call, self._limits, self._metrics = context, call, limits, metrics
        self._window = Window(max_items=limits.max_stream_items, max_bytes=limits.max_stream_bytes)
        self._waiting: deque[pb.UpsertStreamItem] = deque()
        self._arrived = asyncio.Event()
        self._ended = False
        self._refusal: DomainError | None = None
        """Why nothing more is read, where that is not for the caller's half-close."""
        self._last_sequence = -1
        self._submitted: asyncio.Queue[_Submitted | None] = asyncio.Queue()
        self._room_to_submit = asyncio.Semaphore(_GROUPS_AT_ONCE)

    async def options(self) -> pb.UpsertStreamOptions:
        """Return the options in the first message. Raises InvalidFieldError when it has none, NotServingError."""
        reading = asyncio.ensure_future(self._context.read())
        draining = asyncio.ensure_future(self._call.draining.wait())
        try:
            await asyncio.wait({reading, draining}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise NotServingError("draining")
            message = reading.result()
        finally:
            reading.cancel()
            draining.cancel()
        if message is aio.EOF or message.WhichOneof("part") != "options":
            raise InvalidFieldError("options", "the first message of a stream holds its options, and it does not")
        self._call.request_bytes += message.ByteSize()
        options: pb.UpsertStreamOptions = message.options
        return options

    async def run(self, handle: CollectionHandle, spaces: Spaces) -> None:
        """Answer that the stream is open, then write and answer what comes, until the caller half-closes.

        Raises NotServingError when draining, and what is wrong with a message that breaks the rules, once all that was
        read before is answered. Raises at once what is no item's fault, and CancelledError when the caller has gone.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                opening = pb.UpsertStreamOpening(collection=handle.spec.name)
                await self._write(pb.UpsertStreamResponse(opening=opening))
                reading = tasks.create_task(self._read_all())
                draining = tasks.create_task(self._stop_when_draining(reading))
                answering = tasks.create_task(self._answer_all(handle))
                while group := await self._next_group():
                    await self._submit(handle, spaces, group)
                self._submitted.put_nowait(None)
                await answering
                draining.cancel()
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]  # the others were cancelled, or fail for the same reason
            raise asyncio.CancelledError if isinstance(first, _CallerGoneError) else first from None
        if self._refusal is not None:
            raise self._refusal

    # Reading.

    async def _read_all(self) -> None:
        try:
            while (message := await self._next_message()) is not None:
                self._take(message)
        except DomainError as error:
            self._refusal = error
        except asyncio.CancelledError:
            if not self._call.draining.is_set():
                raise
            self._refusal = NotServingError("draining")
        finally:
            self._ended = True
            self._arrived.set()

    async def _stop_when_draining(self, reading: asyncio.Task[None]) -> None:
        await self._call.draining.wait()
        reading.cancel()

    async def _next_message(self) -> pb.UpsertStreamRequest | None:
        await self._window.room()
        message = await self._context.read()
        return None if message is aio.EOF else message

    def _take(self, message: pb.UpsertStreamRequest) -> None:
        """Let the items of *message* be written. Raises InvalidFieldError, TooManyItemsError; then none of them is."""
        if message.WhichOneof("part") != "items":
            raise InvalidFieldError("items", "every message of a stream but the first holds items; this one does not")
        items = message.items.items
        checks.check_count("items.items", len(items), _MAX_MESSAGE_ITEMS)
        last = self._last_sequence
        for at, item in enumerate(items):
            if item.sequence <= last:
                path, problem = f"items.items[{at}].sequence", f"must be larger than the one before it, {last}"
                raise InvalidFieldError(path, problem, str(item.sequence), minimum=last + 1)
            last = item.sequence
        self._last_sequence = last
        self._window.take(len(items), sum(map(encode.size, items)))
        self._call.request_bytes += message.ByteSize()
        self._waiting.extend(items)
        self._arrived.set()

    # Writing.

    async def _next_group(self) -> list[pb.UpsertStreamItem]:
        """Return what waits, as far as one write may hold it; nothing at the end."""
        await self._room_to_submit.acquire()
        while not self._waiting and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        group: dict[str, pb.UpsertStreamItem] = {}
        while self._waiting and len(group) < self._limits.max_records:
            record_id = self._waiting[0].record.id
            if record_id in group:
                break  # It replaces what the same stream has just written: a later write.
            group[record_id] = self._waiting.popleft()
        return list(group.values())

    async def _submit(self, handle: CollectionHandle, spaces: Spaces, group: list[pb.UpsertStreamItem]) -> None:
        def check_and_submit() -> _Submitted:
            found = checked(handle.spec, self._limits, spaces, group)
            if found.batch is None:
                return _Submitted(group, found, None)
            return _Submitted(group, found, handle.upsert(found.batch, deadline=self._call.step_deadline()))

        self._submitted.put_nowait(await self._call.blocking(check_and_submit))

    # Answering.

    async def _answer_all(self, handle: CollectionHandle) -> None:
        while (submitted := await self._submitted.get()) is not None:
            token = ""
            if submitted.commit is not None:
                outcome = await asyncio.wrap_future(submitted.commit)
                token = tokens.pack_consistency(handle.epoch, outcome.sequence)
            # The next may be put together while this one is being answered.
            self._room_to_submit.release()
            for results in _portions(_results(submitted, self._metrics), self._limits.max_response_bytes // 2):
                message = pb.UpsertStreamResults(results=results, consistency_token=token)
                await self._write(pb.UpsertStreamResponse(results=message))
            self._window.give_back(len(submitted.items), sum(map(encode.size, submitted.items)))

    async def _write(self, message: pb.UpsertStreamResponse) -> None:
        self._call.response_bytes += message.ByteSize()
        try:
            await self._context.write(message)
        except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
            raise _CallerGoneError from error


def _results(submitted: _Submitted, metrics: Metrics) -> Iterator[pb.UpsertStreamResult]:
    for at, item in enumerate(submitted.items):
        error = submitted.checked.refused.get(at)
        if error is None:
            metrics.stream_items.labels("").inc()
            yield pb.UpsertStreamResult(sequence=item.sequence, upserted=pb.UpsertedItem())
        else:
            status = encode.error_status(error)
            metrics.stream_items.labels(_reason(status)).inc()
            yield pb.UpsertStreamResult(sequence=item.sequence, error=status)


def _reason(status: Status) -> str:
    return ErrorReason.Name(unpack_refusal(status).reason)


def _portions(results: Iterable[pb.UpsertStreamResult], max_bytes: int) -> Iterator[list[pb.UpsertStreamResult]]:
    """Yield *results* in lists of *max_bytes*, or of one that is larger."""
    portion: list[pb.UpsertStreamResult] = []
    num_bytes = 0
    for result in results:
        size = encode.size(result) + 8
        if portion and num_bytes + size > max_bytes:
            yield portion
            portion, num_bytes = [], 0
        portion.append(result)
        num_bytes += size
    yield portion
