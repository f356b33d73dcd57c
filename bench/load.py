"""Load on an embedder through gRPC: closed loops that keep it full, and open ones that do not wait for it.

An open loop sends at times drawn beforehand (Poisson), and measures each latency from when the call was due: a server
that stalls is not spared the calls that would have come meanwhile. Messages are serialised before the clock starts.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final

import grpc
import numpy as np
from grpc import aio

from lensdex.common.v1 import content_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import embedder_service_pb2_grpc
from lensdex_wire.limits import message_size_options

SERVICE: Final = "/lensdex.embedder.v1.EmbedderService/"


@dataclass(slots=True)
class Outcome:
    """What came of a load."""

    seconds: float = 0.0
    """From the first call's start to the last answer."""
    latencies: list[float] = field(default_factory=list)
    """Of calls that were answered, from when they were due."""
    refusals: list[float] = field(default_factory=list)
    """Latencies of calls refused for overload."""
    num_items: int = 0
    """Items embedded."""
    num_failed: int = 0
    """Items and calls that failed otherwise."""
    finished: list[float] = field(default_factory=list)
    """Seconds from the start at which each answered call ended."""

    @property
    def rate(self) -> float:
        """Items embedded a second."""
        return self.num_items / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, Any]:
        """Return it for a report; times in milliseconds."""
        return {
            "seconds": self.seconds,
            "items": self.num_items,
            "failed": self.num_failed,
            "items_per_second": self.rate,
            **{f"latency_p{p}_ms": _percentile(self.latencies, p) for p in (50, 90, 99)},
            "refused": len(self.refusals),
            **{f"refusal_p{p}_ms": _percentile(self.refusals, p) for p in (50, 99)},
        }


def _percentile(values: Sequence[float], place: int) -> float | None:
    return float(np.percentile(values, place)) * 1e3 if values else None


def channel(address: str) -> aio.Channel:
    """Return a channel of its own connection to *address*."""
    return aio.insecure_channel(address, options=[*message_size_options(), ("grpc.use_local_subchannel_pool", 1)])


async def stream(
    address: str, contents: Sequence[content_pb2.Content], *, stop: asyncio.Event | None = None
) -> Outcome:
    """Send *contents* over one stream, as fast as it takes them; once, or round and round until *stop*."""
    outcome = Outcome()

    async def messages() -> AsyncIterator[pb.EmbedStreamRequest]:
        yield pb.EmbedStreamRequest(options=pb.EmbedStreamOptions())
        for place, content in enumerate(contents if stop is None else cycle(contents)):
            if stop is not None and stop.is_set():
                return
            yield pb.EmbedStreamRequest(item=pb.EmbedStreamItem(id=str(place), content=content))

    async with channel(address) as to:
        started = time.perf_counter()
        async for answer in embedder_service_pb2_grpc.EmbedderServiceStub(to).EmbedStream(messages()):
            if answer.HasField("result"):
                outcome.num_items += answer.result.HasField("embedded")
                outcome.num_failed += answer.result.HasField("error")
                outcome.finished.append(time.perf_counter() - started)
        outcome.seconds = time.perf_counter() - started
    return outcome


async def closed(address: str, calls: Sequence[bytes], *, callers: int) -> Outcome:
    """Make *calls*, serialised EmbedRequests, with *callers* of them under way at any time."""
    outcome = Outcome()
    waiting = iter(calls)
    async with channel(address) as to:
        method = to.unary_unary(f"{SERVICE}Embed")
        started = time.perf_counter()

        async def caller() -> None:
            for call in waiting:
                await _call(method, call, time.perf_counter(), started, outcome)

        await asyncio.gather(*(caller() for _ in range(callers)))
        outcome.seconds = time.perf_counter() - started
    return outcome


async def open_loop(
    address: str, calls: Sequence[bytes], *, per_second: float, seconds: float, seed: int = 0
) -> Outcome:
    """Make *calls* in turn at *per_second* on average for *seconds*, and wait for all answers."""
    gaps = np.random.default_rng(seed).exponential(1 / per_second, size=max(2, int(per_second * seconds * 2)))
    due = np.cumsum(gaps)
    due = due[due < seconds]
    outcome = Outcome()
    async with channel(address) as to:
        method = to.unary_unary(f"{SERVICE}Embed")
        started = time.perf_counter()
        running = []
        for at, call in zip(due, cycle(calls), strict=False):
            pause = started + at - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            running.append(asyncio.ensure_future(_call(method, call, started + at, started, outcome)))
        await asyncio.gather(*running)
        outcome.seconds = time.perf_counter() - started
    return outcome


async def _call(method: Any, call: bytes, due: float, started: float, outcome: Outcome) -> None:
    """Make one call and note what came of it."""
    try:
        answer = pb.EmbedResponse.FromString(await method(call, timeout=600))
    except aio.AioRpcError as error:
        if error.code() in {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE}:
            outcome.refusals.append(time.perf_counter() - due)
        else:
            outcome.num_failed += 1
        return
    outcome.latencies.append(time.perf_counter() - due)
    outcome.finished.append(time.perf_counter() - started)
    embedded = sum(result.HasField("embedded") for result in answer.results)
    outcome.num_items += embedded
    outcome.num_failed += len(answer.results) - embedded
