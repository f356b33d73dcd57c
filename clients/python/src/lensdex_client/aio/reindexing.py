"""Runs a reindexing, awaiting each message. Not repeated where it breaks. Knows a caller, no message."""

from collections.abc import AsyncGenerator
from typing import Any

import grpc

from lensdex_client.aio.caller import Caller
from lensdex_client.collection import ReindexProgress
from lensdex_client.refusals import error_of_rpc
from lensdex_client.reindex_calls import METHOD, Reindexing


async def run_reindex(
    caller: Caller,
    reindexing: Reindexing,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> AsyncGenerator[ReindexProgress]:
    """Yield progress, to the end. Raises LensdexError. Closing the iterator cancels the call."""
    call: Any = caller.answers(METHOD, reindexing.request(), timeout=timeout, request_id=reindexing.request_id)
    try:
        async for body in call:
            yield reindexing.read(body)
    except grpc.aio.AioRpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=reindexing.request_id) from None
    finally:
        call.cancel()
    reindexing.check_ended()
