"""Retries: only where safe, with growing waits, never past the deadline; under a clock of the test's own."""

import asyncio
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_client import aio, collection_calls
from lensdex_client.aio.caller import Caller as AsyncCaller
from lensdex_client.caller import Caller
from lensdex_client.collection import Collection, View
from lensdex_client.errors import (
    InvalidRequestError,
    LensdexError,
    OverloadedError,
    ResourceExhaustedError,
    ServiceUnavailableError,
)
from lensdex_client.refusals import error_of_refusal
from lensdex_client.retry import Attempts, Resumptions, Retry
from lensdex_wire.errors import Refusal


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


def failure(code: grpc.StatusCode, retry_after: float | None = None) -> LensdexError:
    """Return a bare failure."""
    return error_of_refusal(Refusal(code=code, reason=0, message="x", retry_after=retry_after))  # type: ignore[arg-type]


UNAVAILABLE = failure(grpc.StatusCode.UNAVAILABLE)
FULL = failure(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after=2.0)


def attempts(retry: Retry, clock: Clock, *, timeout: float = 60.0, idempotent: bool = True) -> Attempts:
    """Return attempts without randomness."""
    return Attempts(retry, timeout=timeout, idempotent=idempotent, clock=clock, jitter=lambda: 1.0)


def test_waits_double_up_to_their_maximum() -> None:
    """The wait doubles with every attempt and stops growing at ``max_seconds``."""
    run = attempts(Retry(attempts=6, initial_seconds=0.1, max_seconds=0.5), Clock())

    assert [run.delay_after(UNAVAILABLE) for _ in range(6)] == [0.1, 0.2, 0.4, 0.5, 0.5, None]


def test_none_never_repeats() -> None:
    """``Retry.none()`` gives up at once."""
    assert attempts(Retry.none(), Clock()).delay_after(UNAVAILABLE) is None


def test_unavailable_repeats_only_what_is_idempotent() -> None:
    """A call that may have arrived is not sent again unless that is harmless."""
    assert attempts(Retry(), Clock(), idempotent=False).delay_after(UNAVAILABLE) is None


def test_a_full_server_is_asked_again_after_its_own_delay() -> None:
    """A refusal with RetryInfo is repeated for every call, and not before the server's delay."""
    delay = attempts(Retry(), Clock(), idempotent=False).delay_after(FULL)

    assert delay is not None
    assert delay >= 2.0


def test_exhaustion_without_a_hint_is_final() -> None:
    """RESOURCE_EXHAUSTED without RetryInfo is not repeated."""
    assert attempts(Retry(), Clock()).delay_after(failure(grpc.StatusCode.RESOURCE_EXHAUSTED)) is None


@pytest.mark.parametrize(
    "code",
    sorted(set(grpc.StatusCode) - {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE}, key=lambda code: code.name),
)
def test_other_codes_are_final(code: grpc.StatusCode) -> None:
    """Nothing but UNAVAILABLE and a hinted RESOURCE_EXHAUSTED is repeated."""
    assert attempts(Retry(), Clock()).delay_after(failure(code)) is None


def test_no_attempt_begins_after_the_deadline() -> None:
    """A wait that would end after the call's deadline is not begun."""
    assert attempts(Retry(), Clock(), timeout=1.0).delay_after(FULL) is None


def test_no_attempt_begins_after_the_total_time() -> None:
    """Retrying ends after ``total_seconds``, however many attempts are left."""
    clock = Clock()
    run = attempts(Retry(attempts=100, total_seconds=5.0), clock)
    while (delay := run.delay_after(FULL)) is not None:
        clock.sleep(delay)

    assert 100.0 < clock.now <= 105.0


def test_a_stream_has_its_attempts_anew_after_every_answer() -> None:
    """What went wrong before an answer does not count after it; without one, attempts and total time are bounded."""
    clock = Clock()
    run = Resumptions(
        Retry(attempts=3, initial_seconds=1.0, total_seconds=50), timeout=None, clock=clock, jitter=lambda: 1.0
    )
    assert run.remaining() is None
    assert [run.delay_after(UNAVAILABLE) for _ in range(2)] == [1.0, 2.0]
    run.progressed()
    clock.now += 1000
    assert [run.delay_after(UNAVAILABLE) for _ in range(3)] == [1.0, 2.0, None]
    assert run.delay_after(failure(grpc.StatusCode.INTERNAL)) is None


def test_a_stream_has_one_deadline() -> None:
    """Going on does not move the deadline of a stream."""
    clock = Clock()
    run = Resumptions(Retry(), timeout=10.0, clock=clock)
    clock.now += 4
    assert run.remaining() == 6.0
    clock.now += 5.95
    run.progressed()
    assert run.delay_after(FULL) is None
    clock.now += 5
    assert run.remaining() == 0.0


@given(
    st.floats(0.1, 100), st.floats(0, 100), st.floats(0, 10), st.floats(0, 10), st.integers(1, 20), st.floats(0, 0.999)
)
def test_bounds_hold_for_every_policy(  # noqa: PLR0917
    timeout: float, total: float, initial: float, longest: float, count: int, jitter: float
) -> None:
    """Whatever the policy: no more attempts than allowed, none begun after deadline or total time."""
    clock = Clock()
    policy = Retry(attempts=count, total_seconds=total, initial_seconds=initial, max_seconds=longest)
    run = Attempts(policy, timeout=timeout, idempotent=True, clock=clock, jitter=lambda: jitter)
    made = 1
    while (delay := run.delay_after(UNAVAILABLE)) is not None:
        clock.sleep(delay)
        made += 1

        assert run.remaining() > 0
    assert made <= count
    assert clock.now - 100.0 <= min(timeout, total) + 1e-6


@pytest.mark.parametrize("bad", [{"attempts": 0}, {"total_seconds": -1.0}, {"initial_seconds": -1.0}])
def test_senseless_policies_are_refused(bad: dict[str, float]) -> None:
    """A policy without any attempt or with negative times is a ValueError."""
    with pytest.raises(ValueError, match="must"):
        Retry(**bad)  # type: ignore[arg-type]


def caller(address: str, clock: Clock, retry: Retry | None = None) -> Caller:
    """Return a caller under *clock*."""
    return Caller(address, timeout=30.0, retry=retry or Retry(), clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)


def test_a_call_is_repeated_under_one_request_id(index: Any) -> None:
    """All attempts of one call carry the same request id; the answer of the last one is returned."""
    clock = Clock()
    index.failures["GetIndexInfo"] = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAVAILABLE]
    with_channel = caller(index.address, clock)

    info = with_channel.run(collection_calls.index_info())
    with_channel.close()

    assert info.engine == "scripted"
    assert len(index.request_ids) == 3
    assert len(set(index.request_ids)) == 1
    assert clock.slept == [0.1, 0.2]


def test_the_servers_delay_is_honoured(index: Any) -> None:
    """A full server that names a delay is asked again after it, and not sooner."""
    clock = Clock()
    full = Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, 30, "full", retry_after=1.5)  # type: ignore[arg-type]
    index.failures["CreateCollection"] = [full]
    with_channel = caller(index.address, clock)

    with_channel.run(collection_calls.create_collection(Collection("c", [View("default", dimension=4)])))
    with_channel.close()

    assert clock.slept == [1.6]


def test_a_creation_is_not_repeated_when_nobody_answers(index: Any) -> None:
    """CreateCollection that meets UNAVAILABLE fails at once: it may have happened."""
    clock = Clock()
    index.failures["CreateCollection"] = [grpc.StatusCode.UNAVAILABLE]
    with_channel = caller(index.address, clock)

    with pytest.raises(ServiceUnavailableError):
        with_channel.run(collection_calls.create_collection(Collection("c", [View("default", dimension=4)])))
    with_channel.close()

    assert clock.slept == []


def test_overload_without_patience_is_told(index: Any) -> None:
    """With retries switched off the refusal reaches the caller with its delay."""
    full = Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, 30, "full", retry_after=1.5)  # type: ignore[arg-type]
    index.failures["GetIndexInfo"] = [full]
    with_channel = caller(index.address, Clock(), Retry.none())

    with pytest.raises(OverloadedError) as caught:
        with_channel.run(collection_calls.index_info())
    with_channel.close()

    assert caught.value.retry_after == 1.5
    assert isinstance(caught.value, ResourceExhaustedError)
    assert not isinstance(caught.value, InvalidRequestError)


async def test_asyncio_repeats_alike(index: Any) -> None:
    """The asyncio face repeats by the same rules, awaiting its waits."""
    clock = Clock()
    index.failures["GetIndexInfo"] = [grpc.StatusCode.UNAVAILABLE]
    with_channel = AsyncCaller(
        index.address, timeout=30.0, retry=Retry(), clock=clock, sleep=clock.sleep_async, jitter=lambda: 1.0
    )

    info = await with_channel.run(collection_calls.index_info())
    await with_channel.close()

    assert info.engine == "scripted"
    assert clock.slept == [0.1]


async def test_cancelling_the_task_cancels_the_call(index: Any, eventually: Any) -> None:
    """A cancelled task raises CancelledError, and nothing is sent again."""
    index.before["GetIndexInfo"] = lambda _: asyncio.run(asyncio.sleep(0.3))
    async with aio.IndexClient(index.address) as client:
        task = asyncio.create_task(client.info())
        await asyncio.to_thread(eventually, lambda: bool(index.requests["GetIndexInfo"]))
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(index.requests["GetIndexInfo"]) == 1
