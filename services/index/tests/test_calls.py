"""What every call goes through: work in the pool that ends oddly, and calls that end before it."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from index_testing import Server

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_index.faces import search
from lensdex_index.faces.calls import Call, Calls
from lensdex_wire.errors import Refusal


def call_on(pool: ThreadPoolExecutor) -> Call:
    """Return a call that has time."""
    far = time.monotonic() + 60
    return Call(pool, far, request_id="r", max_seconds=60, draining=asyncio.Event())


@pytest.mark.parametrize("error", [ValueError, StopIteration, SystemExit, asyncio.CancelledError, TimeoutError])
async def test_whatever_work_raises_its_caller_hears_of_it(error: type[BaseException]) -> None:
    """No error leaves the caller waiting; one that no future takes comes as another, with the first as its cause."""

    def work() -> None:
        raise error

    with ThreadPoolExecutor(1) as pool:
        async with asyncio.timeout(10):
            with pytest.raises((error, RuntimeError)) as caught:
                await call_on(pool).blocking(work)
    assert error in {type(caught.value), type(caught.value.__cause__)}


@pytest.mark.parametrize(("seconds", "reason"), [(0.3, "DEADLINE_EXCEEDED"), (None, "CANCELLED")])
async def test_a_call_that_ends_before_its_work_is_told_by_why(
    server: Server, monkeypatch: pytest.MonkeyPatch, seconds: float | None, reason: str
) -> None:
    """Log and metrics tell a caller whose deadline passed while the pool was at work from one that went."""
    go = threading.Event()
    monkeypatch.setattr(search, "answer", lambda *_: go.wait(20))
    ended: asyncio.Queue[Refusal | None] = asyncio.Queue()
    finish = Calls._finish

    def watched(self: Calls, method: str, begin: float, call: Call, refusal: Refusal | None) -> None:
        finish(self, method, begin, call, refusal)
        if method == "SearchRecords":
            ended.put_nowait(refusal)

    monkeypatch.setattr(Calls, "_finish", watched)
    await server.create()
    request = search.pb.SearchRecordsRequest(collection="things", k=1)
    searching = asyncio.ensure_future(server.records.SearchRecords(request, timeout=seconds))
    await asyncio.sleep(0.1)
    if seconds is None:
        searching.cancel()
    with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
        await searching
    refusal = await asyncio.wait_for(ended.get(), 10)
    go.set()

    assert refusal is not None
    assert ErrorReason.Name(refusal.reason).removeprefix("ERROR_REASON_") == reason
