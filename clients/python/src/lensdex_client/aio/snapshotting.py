"""Makes, restores, fetches and sends snapshots, awaiting each message. Not repeated where it breaks.

Knows a caller and files; no message.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc

from lensdex_client.aio.caller import Caller
from lensdex_client.file_chunks import FileChunks
from lensdex_client.refusals import error_of_rpc
from lensdex_client.snapshot import OnBytes, Snapshot, SnapshotProgress
from lensdex_client.snapshot_calls import CHUNK_BYTES, DOWNLOAD, UPLOAD, Downloading, Work, pack_chunk, unpack_uploaded
from lensdex_client.whole_file import WholeFile
from lensdex_wire.request_id import new_request_id


async def run_work(
    caller: Caller,
    work: Work,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> AsyncGenerator[SnapshotProgress]:
    """Yield progress, to the end. Raises LensdexError. Closing the iterator cancels the call."""
    request = work.message.SerializeToString()
    call: Any = caller.answers(work.method, request, timeout=timeout, request_id=work.request_id)
    try:
        async for body in call:
            yield work.read(body)
    except grpc.aio.AioRpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=work.request_id) from None
    finally:
        call.cancel()
    work.check_ended()


async def run_download(
    caller: Caller,
    name: str,
    path: Path,
    on_bytes: OnBytes,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> Snapshot:
    """Write a snapshot to *path*, whole or not at all; return it. Raises LensdexError, OSError."""
    downloading = Downloading(name)
    request_id = downloading.request_id
    call: Any = caller.answers(DOWNLOAD, downloading.request, timeout=timeout, request_id=request_id)
    try:
        # One thread at a time touches the file: each step is awaited.
        with WholeFile(path) as file:
            async for body in call:
                await asyncio.to_thread(file.write, downloading.read(body))
                if downloading.snapshot is not None:
                    on_bytes(downloading.num_bytes, downloading.snapshot.num_bytes)
            snapshot = downloading.ended()
            await asyncio.to_thread(file.keep)
    except grpc.aio.AioRpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=request_id) from None
    finally:
        call.cancel()
    return snapshot


async def run_upload(
    caller: Caller,
    path: Path,
    on_bytes: OnBytes,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> Snapshot:
    """Send the file at *path*; return the snapshot it is. Raises LensdexError, OSError."""
    request_id = new_request_id()
    with closing(FileChunks(path, CHUNK_BYTES, on_bytes)) as chunks:
        messages = _messages(chunks)
        try:
            body = await caller.send_all(UPLOAD, messages, timeout=timeout, request_id=request_id)
        except grpc.aio.AioRpcError as error:
            if chunks.error is not None:
                raise chunks.error from None
            raise error_of_rpc(error, target=caller.target, request_id=request_id) from None
    if chunks.error is not None:
        raise chunks.error
    return unpack_uploaded(body, request_id)


async def _messages(chunks: FileChunks) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(chunks.next):
        yield pack_chunk(chunk)
