"""Admission: permits are taken on arrival and given back with the answer; a full server refuses at once."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_embedder.admission import MAX_RETRY_SECONDS, MIN_RETRY_SECONDS, Admission
from lensdex_embedder.errors import NotServingError, OverloadedError
from lensdex_embedder.stopwatch import Stopwatch


def _admission(*, max_items: int = 10, clock: Callable[[], float] = time.monotonic) -> Admission:
    return Admission(
        max_items=max_items,
        max_bytes=1000,
        max_tokens=5000,
        max_streams=2,
        max_stream_items=3,
        max_stream_bytes=100,
        pending=Stopwatch(clock),
    )


def _serving(*, max_items: int = 10) -> Admission:
    admission = _admission(max_items=max_items)
    admission.state = "serving"
    return admission


def _admit(admission: Admission, items: int, size: int, tokens: int = 1) -> AbstractContextManager[None]:
    return admission.admit(num_items=items, num_bytes=size, estimate=lambda: tokens)


@pytest.mark.parametrize("state", ["starting", "draining"])
def test_refuses_unless_serving(state: str) -> None:
    """While starting or draining every call is refused, and told which of the two."""
    admission = _serving()
    admission.state = state
    with pytest.raises(NotServingError) as caught, _admit(admission, 1, 1):
        pytest.fail("admitted")
    assert caught.value.state == state


def test_starts_as_starting() -> None:
    """A process is starting until somebody says otherwise."""
    with pytest.raises(NotServingError, match="starting"):
        _admission().refuse_unless_serving()


@pytest.mark.parametrize(
    ("items", "size", "tokens", "resource", "maximum"),
    [
        (4, 1, 1, "pending items", 10),
        (1, 401, 1, "pending bytes", 1000),
        (1, 1, 2001, "pending tokens", 5000),
    ],
)
def test_refuses_what_exceeds_a_bound(items: int, size: int, tokens: int, resource: str, maximum: int) -> None:
    """A call that would exceed a bound is refused with the bound's name, its value and when to come back."""
    admission = _serving()
    with _admit(admission, 7, 600, 3000):
        with pytest.raises(OverloadedError) as caught, _admit(admission, items, size, tokens):
            pytest.fail("admitted")
        assert (admission.num_items, admission.num_bytes, admission.num_tokens) == (7, 600, 3000)
    assert (caught.value.resource, caught.value.maximum) == (resource, maximum)
    assert MIN_RETRY_SECONDS <= caught.value.retry_after <= MAX_RETRY_SECONDS


def test_bounds_are_inclusive() -> None:
    """Exactly as much as the bounds name is admitted."""
    admission = _serving()
    with _admit(admission, 7, 600), _admit(admission, 3, 400):
        assert (admission.num_items, admission.num_bytes) == (10, 1000)


def test_a_call_larger_than_a_bound_is_admitted_alone() -> None:
    """A call larger than a bound is admitted when nothing else is pending, so that none is refused for ever."""
    admission = _serving()
    with _admit(admission, 50, 5000), pytest.raises(OverloadedError):  # noqa: SIM117  the order counts
        with _admit(admission, 1, 1):
            pytest.fail("admitted")


def test_permits_come_back_when_the_call_fails() -> None:
    """A call that raises gives its permits back."""
    admission = _serving()
    with pytest.raises(ZeroDivisionError), _admit(admission, 3, 4):
        raise ZeroDivisionError
    assert (admission.num_items, admission.num_bytes, admission.num_tokens) == (0, 0, 0)


def test_what_is_refused_anyway_is_not_estimated() -> None:
    """Headers are read only for calls whose items and bytes fit: a refusal under overload costs nothing."""
    admission = _serving()

    def estimate() -> int:
        raise AssertionError("estimated")

    with _admit(admission, 10, 1), pytest.raises(OverloadedError, match="pending items"):
        admission.admit(num_items=1, num_bytes=1, estimate=estimate).__enter__()


def test_seconds_with_work_pending_are_counted() -> None:
    """The stopwatch runs from the first item accepted to the last one answered, over calls and streams alike."""
    now = [0.0]
    watch = Stopwatch(lambda: now[0])
    admission = Admission(
        max_items=9, max_bytes=9, max_tokens=9, max_streams=1, max_stream_items=9, max_stream_bytes=9, pending=watch
    )
    admission.state = "serving"
    now[0] = 5.0
    with _admit(admission, 2, 1):
        now[0] = 6.0
        assert watch.seconds() == 1.0
        stream = admission.open_stream()
        window = stream.__enter__()
        window.take(1)
    now[0] = 8.0
    assert watch.seconds() == 3.0
    window.give_back(1)
    now[0] = 20.0
    assert watch.seconds() == 3.0
    window.take(1)
    now[0] = 21.0
    stream.__exit__(None, None, None)
    now[0] = 30.0
    assert watch.seconds() == 4.0


def test_the_retry_hint_follows_the_pace() -> None:
    """The hint grows with the tokens that are pending and with the time a token takes, within its bounds."""
    admission = _serving(max_items=1000)
    assert admission.retry_after() == MIN_RETRY_SECONDS
    for _ in range(50):
        admission.observe(num_tokens=200, seconds=0.4)
    with _admit(admission, 1, 1, 1000):
        assert admission.retry_after() == pytest.approx(1.0, rel=0.05)
        with _admit(admission, 1, 1, 4000):
            assert admission.retry_after() == pytest.approx(MAX_RETRY_SECONDS, rel=0.05)


@given(calls=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 2000), st.booleans()), max_size=30))
def test_never_over_a_bound_with_company(calls: list[tuple[int, int, bool]]) -> None:
    """Whatever comes and goes, what is pending is the sum of what was admitted, and over a bound only when alone."""
    admission = _serving()
    pending: list[tuple[object, int, int]] = []
    for items, size, leaves in calls:
        if leaves and pending:
            manager, _, _ = pending.pop(0)
            manager.__exit__(None, None, None)  # type: ignore[attr-defined]
        manager = _admit(admission, items, size)
        try:
            manager.__enter__()
        except OverloadedError:
            assert pending
        else:
            pending.append((manager, items, size))
        assert admission.num_items == sum(item[1] for item in pending)
        assert admission.num_bytes == sum(item[2] for item in pending)
        assert len(pending) < 2 or (admission.num_items <= 10 and admission.num_bytes <= 1000)


def test_streams_have_a_budget_of_their_own() -> None:
    """Streams count only among themselves: with all places taken a stream is refused, and no call."""
    admission = _serving(max_items=1)
    with admission.open_stream() as one, admission.open_stream() as other:
        for window in (one, other):
            window.take(40)
            window.take(60)
        with pytest.raises(OverloadedError) as caught, admission.open_stream():
            pytest.fail("opened")
        assert (caught.value.resource, caught.value.maximum) == ("open streams", 2)
        assert (admission.num_streams, admission.num_stream_items, admission.num_stream_bytes) == (2, 4, 200)
        with _admit(admission, 1, 1000):
            pass
    assert (admission.num_streams, admission.num_stream_items, admission.num_stream_bytes) == (0, 0, 0)


@pytest.mark.parametrize(("sizes", "room"), [((1, 1), True), ((1, 1, 1), False), ((99,), True), ((500,), False)])
async def test_a_window_closes_at_its_bounds(sizes: tuple[int, ...], room: bool) -> None:  # noqa: FBT001  a case
    """A stream is read while it holds fewer items and bytes than its bounds, and again once an answer has left."""
    with _serving().open_stream() as window:
        for size in sizes:
            window.take(size)
        reading = asyncio.ensure_future(window.room())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert reading.done() == room
        window.give_back(sizes[0])
        await reading


@pytest.mark.parametrize("state", ["starting", "draining"])
def test_no_stream_is_opened_unless_serving(state: str) -> None:
    """While starting or draining streams are refused like calls; draining is announced to those that are open."""
    admission = _serving()
    admission.state = state
    with pytest.raises(NotServingError), admission.open_stream():
        pytest.fail("opened")
    assert admission.draining.is_set() == (state == "draining")
