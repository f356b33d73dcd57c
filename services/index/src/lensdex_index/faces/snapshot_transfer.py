"""DownloadSnapshot and UploadSnapshot: a file in chunks. Knows the contract and the archive.

One chunk is held at a time; gRPC holds back whoever is faster than the disk.
"""

import asyncio
import contextlib
from typing import Final, Literal

from grpc import aio

from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_index.archive import Archive
from lensdex_index.errors import InvalidFieldError, NotServingError
from lensdex_index.faces import encode
from lensdex_index.faces.calls import Call, Context

_CHUNK_BYTES: Final = 1024 * 1024
_MAX_CHUNK_BYTES: Final = 4 * 1024 * 1024
"""By the contract, so that no caller needs to ask for it."""


async def download(archive: Archive, request: pb.DownloadSnapshotRequest, context: Context, call: Call) -> None:
    """Answer one call. Raises NotServingError between two chunks when draining."""
    with contextlib.closing(await call.blocking(archive.open, request.snapshot)) as file:
        message = pb.DownloadSnapshotResponse(snapshot=encode.snapshot(file.snapshot))
        while True:
            if call.draining.is_set():
                raise NotServingError("draining")
            call.response_bytes += message.ByteSize()
            try:
                await context.write(message)
            except (aio.InternalError, aio.UsageError) as error:  # what gRPC raises a moment before it cancels us
                raise asyncio.CancelledError from error
            chunk = await call.blocking(file.read, _CHUNK_BYTES)
            if not chunk:
                return
            message = pb.DownloadSnapshotResponse(chunk=chunk)


async def upload(archive: Archive, context: Context, call: Call) -> pb.UploadSnapshotResponse:
    """Answer one call. Its end, whatever brings it about, removes what is not whole."""
    receiving = await call.blocking(archive.receive)
    draining = asyncio.ensure_future(call.draining.wait())
    try:
        while (message := await _next(context, draining)) is not None:
            call.request_bytes += message.ByteSize()
            if not 1 <= len(message.chunk) <= _MAX_CHUNK_BYTES:
                problem = f"must have 1 to {_MAX_CHUNK_BYTES} bytes"
                raise InvalidFieldError("chunk", problem, str(len(message.chunk)), 1, _MAX_CHUNK_BYTES)
            await call.blocking(receiving.write, message.chunk)
        response = pb.UploadSnapshotResponse(snapshot=encode.snapshot(await call.blocking(receiving.finish)))
        call.response_bytes += response.ByteSize()
        return response
    finally:
        draining.cancel()
        # Removing a large file takes a while, and one of its chunks may still be in hand.
        call.afterwards(receiving.close)


async def _next(context: Context, draining: asyncio.Task[Literal[True]]) -> pb.UploadSnapshotRequest | None:
    """Return the next message, None at the caller's half-close. Raises NotServingError when draining."""
    reading = asyncio.ensure_future(context.read())
    try:
        await asyncio.wait({reading, draining}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            raise NotServingError("draining")
        message = reading.result()
    finally:
        reading.cancel()
    return None if message is aio.EOF else message
