"""Reindex: progress as it comes, then the collection. Knows the contract and the catalog.

Only the newest progress is kept for a caller that reads slowly: nothing waits for it but the answer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

from google.protobuf import duration_pb2
from grpc import aio

from lensdex.index.v1 import collection_service_pb2 as pb
from lensdex_index.catalog import Catalog
from lensdex_index.errors import NotServingError
from lensdex_index.faces import decode, encode
from lensdex_index.faces.calls import Call, Context
from lensdex_index.faces.reaching import looked_up
from lensdex_index.progress import Progress
from lensdex_index.records import WriteOutcome

_NANOSECONDS: Final = 1_000_000_000


class _Newest:
    """The newest word of the engine's thread, for one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: list[Progress] = []
        self.came = asyncio.Event()

    def tell(self, progress: Progress) -> None:
        """Hear of progress; from any thread."""
        self._loop.call_soon_threadsafe(self._put, progress)

    def take(self) -> list[Progress]:
        """Return what was told since, the newest of each phase."""
        told, self._told = self._told, []
        self.came.clear()
        return list({progress.phase: progress for progress in told}.values())

    def _put(self, progress: Progress) -> None:
        self._told.append(progress)
        self.came.set()


class _Begun:
    """What was begun in the pool: whoever asked for it may have gone before it was."""

    def __init__(self) -> None:
        self._futures: list[Future[WriteOutcome]] = []
        self._is_given_up = False

    def note(self, begin: Callable[..., Future[WriteOutcome]], *arguments: object) -> Future[WriteOutcome]:
        """Begin; in the pool."""
        future = begin(*arguments)
        self._futures.append(future)
        # Whichever of both comes last sees the other.
        if self._is_given_up:
            future.cancel()
        return future

    def give_up(self) -> None:
        """Give up what is not done, and what is begun from now on."""
        self._is_given_up = True
        for future in self._futures:
            future.cancel()


async def run(catalog: Catalog, request: pb.ReindexRequest, context: Context, call: Call) -> None:
    """Answer one call. Its end, whatever brings it about, gives up what is not done yet."""
    handle = (await looked_up(catalog, call, request.collection)).handle
    newest = _Newest()
    begun = _Begun()
    parameters = decode.plain_struct(request.backend.parameters)
    waiting: list[asyncio.Future[Any]] = []
    try:
        # By its own name: what an alias names may be another collection by now.
        future = await call.blocking(
            begun.note, catalog.reindex, handle.spec.name, request.view, request.backend.name, parameters, newest.tell
        )
        done = asyncio.ensure_future(call.done(future))
        draining = asyncio.ensure_future(call.draining.wait())
        waiting += done, draining
        while not done.done():
            came = asyncio.ensure_future(newest.came.wait())
            await asyncio.wait({done, draining, came}, return_when=asyncio.FIRST_COMPLETED)
            came.cancel()
            if draining.done() and not done.done():
                raise NotServingError("draining")
            await _write(newest, context, call)
        await done
        await _write(newest, context, call)
        await _send(pb.ReindexResponse(collection=encode.collection(handle.spec)), context, call)
    finally:
        begun.give_up()
        for task in waiting:
            task.cancel()


async def _write(newest: _Newest, context: Context, call: Call) -> None:
    for progress in newest.take():
        message = pb.ReindexProgress(
            phase=progress.phase.value,
            num_vectors_done=progress.num_vectors_done,
            num_vectors=progress.num_vectors,
        )
        if progress.seconds_left is not None:
            left = duration_pb2.Duration()
            left.FromNanoseconds(int(_NANOSECONDS * progress.seconds_left))
            message.time_left.CopyFrom(left)
        await _send(pb.ReindexResponse(progress=message), context, call)


async def _send(message: pb.ReindexResponse, context: Context, call: Call) -> None:
    call.response_bytes += message.ByteSize()
    try:
        await context.write(message)
    except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
        raise asyncio.CancelledError from error
