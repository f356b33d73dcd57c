"""Runs an export, awaiting each message, and goes on in a new call where one breaks. Knows a caller, no message."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import grpc

from lensdex_client.aio.caller import Caller
from lensdex_client.errors import LensdexError
from lensdex_client.export_calls import METHOD, Exporting
from lensdex_client.record import Exported
from lensdex_client.refusals import error_of_rpc
from lensdex_client.retry import Resumptions


async def run_export(caller: Caller, export: Exporting, resumptions: Resumptions) -> AsyncGenerator[Exported]:
    """Yield all of *export*, part by part. Raises LensdexError."""
    while True:
        try:
            async with aclosing(_parts(caller, export, resumptions.remaining())) as parts:
                async for part in parts:
                    resumptions.progressed()
                    yield part
        except LensdexError as error:
            delay = resumptions.delay_after(error)
            if delay is None:
                raise
            await caller.sleep(delay)
        else:
            return


async def _parts(
    caller: Caller,
    export: Exporting,
    timeout: float | None,  # noqa: ASYNC109  it travels to the server
) -> AsyncGenerator[Exported]:
    call: Any = caller.answers(METHOD, export.request(), timeout=timeout, request_id=export.request_id)
    try:
        async for body in call:
            yield export.read(body)
    except grpc.aio.AioRpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=export.request_id) from None
    finally:
        call.cancel()
