"""Runs a reindexing, waiting for each message. Not repeated where it breaks. Knows a caller, no message."""

from collections.abc import Generator
from typing import Any

import grpc

from lensdex_client.caller import Caller
from lensdex_client.collection import ReindexProgress
from lensdex_client.refusals import error_of_rpc
from lensdex_client.reindex_calls import METHOD, Reindexing


def run_reindex(caller: Caller, reindexing: Reindexing, timeout: float | None) -> Generator[ReindexProgress]:
    """Yield progress, to the end. Raises LensdexError. Closing the iterator cancels the call."""
    call: Any = caller.answers(METHOD, reindexing.request(), timeout=timeout, request_id=reindexing.request_id)
    try:
        for body in call:
            yield reindexing.read(body)
    except grpc.RpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=reindexing.request_id) from None
    finally:
        call.cancel()
    reindexing.check_ended()
