"""CreateSnapshot and RestoreSnapshot: progress as it comes, then what was made. Knows the contract and the archive.

Only the newest progress is kept for a caller that reads slowly: nothing waits for it but the answer.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from grpc import aio

from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_index.archive import Archive
from lensdex_index.errors import NotServingError
from lensdex_index.faces import encode
from lensdex_index.faces.calls import Call, Context
from lensdex_index.records import CollectionSpec
from lensdex_index.snapshots import Snapshot, SnapshotProgress, Tell

_T = TypeVar("_T")
_Message = pb.CreateSnapshotResponse | pb.RestoreSnapshotResponse


class _Newest:
    """The newest word of the engine's thread, for one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: list[SnapshotProgress] = []
        self.came = asyncio.Event()

    def tell(self, progress: SnapshotProgress) -> None:
        """Hear of progress; from any thread."""
        self._loop.call_soon_threadsafe(self._put, progress)

    def take(self) -> list[pb.SnapshotProgress]:
        """Return what was told since, the newest of each phase."""
        told, self._told = self._told, []
        self.came.clear()
        newest = {progress.phase: progress for progress in told}
        return [pb.SnapshotProgress(phase=one.phase.value, part_done=one.part_done) for one in newest.values()]

    def _put(self, progress: SnapshotProgress) -> None:
        self._told.append(progress)
        self.came.set()


async def create(archive: Archive, request: pb.CreateSnapshotRequest, context: Context, call: Call) -> None:
    """Answer one call. Its end, whatever brings it about, gives up what is not done yet."""

    def begin(tell: Tell) -> Future[Snapshot]:
        return archive.create(request.collection, tell)

    made = await _follow(begin, lambda progress: pb.CreateSnapshotResponse(progress=progress), context, call)
    await _send(pb.CreateSnapshotResponse(snapshot=encode.snapshot(made)), context, call)


async def restore(archive: Archive, request: pb.RestoreSnapshotRequest, context: Context, call: Call) -> None:
    """Answer one call, in the same way."""

    def begin(tell: Tell) -> Future[CollectionSpec]:
        return archive.restore(request.snapshot, request.collection, tell)

    spec = await _follow(begin, lambda progress: pb.RestoreSnapshotResponse(progress=progress), context, call)
    await _send(pb.RestoreSnapshotResponse(collection=encode.collection(spec)), context, call)


async def _follow(
    begin: Callable[[Tell], Future[_T]],
    message: Callable[[pb.SnapshotProgress], _Message],
    context: Context,
    call: Call,
) -> _T:
    """Begin a work, write its progress and return its outcome. Raises NotServingError when draining."""
    newest = _Newest()
    begun = await call.blocking(begin, newest.tell)
    done = asyncio.ensure_future(call.done(begun))
    draining = asyncio.ensure_future(call.draining.wait())
    try:
        while not done.done():
            came = asyncio.ensure_future(newest.came.wait())
            await asyncio.wait({done, draining, came}, return_when=asyncio.FIRST_COMPLETED)
            came.cancel()
            if draining.done() and not done.done():
                raise NotServingError("draining")
            for progress in newest.take():
                await _send(message(progress), context, call)
        return await done
    finally:
        begun.cancel()
        done.cancel()
        draining.cancel()


async def _send(message: _Message, context: Context, call: Call) -> None:
    call.response_bytes += message.ByteSize()
    try:
        await context.write(message)
    except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
        raise asyncio.CancelledError from error
