"""Urgent jobs pass a patient one where it pauses, within their share; nothing else overtakes anything."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from lensdex_embedder.device import URGENT_PER_PATIENT, Device


class Clock:
    """A clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def spend(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


@pytest.fixture
def device(clock: Clock) -> Iterator[Device]:
    """A device that ends with the test."""
    made = Device(clock=clock)
    yield made
    made.shutdown(wait=True, cancel_futures=True)


class Held:
    """A patient job that pauses whenever the test says so."""

    def __init__(self, device: Device, clock: Clock, *, seconds: float = 1.0) -> None:
        self._device, self._clock, self._seconds = device, clock, seconds
        self._steps = threading.Semaphore(0)
        self._done = threading.Semaphore(0)
        self._ending = False
        self.future: Future[Any] = device.patient.submit(self._run)

    def _run(self) -> str:
        self._done.release()
        while True:
            assert self._steps.acquire(timeout=20)
            if self._ending:
                return "patient"
            self._clock.spend(self._seconds)
            self._device.pause()
            self._done.release()

    def begun(self) -> "Held":
        """Wait until it runs."""
        assert self._done.acquire(timeout=20)
        return self

    def step(self) -> None:
        """Let it work for its seconds and pause once."""
        self._steps.release()
        assert self._done.acquire(timeout=20)

    def end(self) -> None:
        """Let it end."""
        self._ending = True
        self._steps.release()
        assert self.future.result(20) == "patient"


def test_jobs_run_in_the_order_they_came(device: Device) -> None:
    """Without a pause nothing overtakes anything, urgent or not."""
    ran: list[int] = []
    futures = [(device.patient if i % 2 else device).submit(ran.append, i) for i in range(20)]
    for future in futures:
        future.result(20)
    assert ran == list(range(20))


def test_urgent_jobs_pass_at_a_pause(device: Device, clock: Clock) -> None:
    """An urgent job that comes while a patient one runs is run at its next pause, patient ones after it."""
    held = Held(device, clock).begun()
    other = device.patient.submit(lambda: "other")
    urgent = device.submit(lambda: "urgent")
    assert not urgent.done()
    held.step()
    assert urgent.result(0) == "urgent"
    assert not other.done()
    held.end()
    assert other.result(20) == "other"


def test_the_patient_one_keeps_a_quarter(device: Device, clock: Clock) -> None:
    """Urgent jobs pass while they took at most three times the patient one's own seconds, whatever still waits."""
    held = Held(device, clock, seconds=1.0).begun()
    urgent = [device.submit(clock.spend, 1.0) for _ in range(20)]
    passed = []
    for _ in range(4):
        held.step()
        passed.append(sum(future.done() for future in urgent))
    assert passed == [4, 7, 10, 13]  # one more than the share at first: it is looked at before, not after
    assert passed[-1] <= URGENT_PER_PATIENT * 4 + 1
    assert device.passed_seconds == 13.0
    held.end()
    assert urgent[-1].result(20) is None


def test_nobody_passes_an_urgent_job(device: Device) -> None:
    """A pause of an urgent job, also of one that passes a patient one, lets nobody pass."""
    order: list[str] = []
    gate = threading.Event()

    def urgent() -> None:
        order.append("first begins")
        assert gate.wait(20)
        device.pause()
        order.append("first ends")

    first = device.submit(urgent)
    second = device.submit(order.append, "second")
    gate.set()
    first.result(20)
    second.result(20)
    assert order == ["first begins", "first ends", "second"]


def test_what_raises_harms_nobody_else(device: Device, clock: Clock) -> None:
    """An urgent job that raises inside a patient one fails alone."""

    def fail() -> None:
        raise ZeroDivisionError

    held = Held(device, clock).begun()
    failing = device.submit(fail)
    held.step()
    with pytest.raises(ZeroDivisionError):
        failing.result(0)
    held.end()


def test_a_cancelled_job_is_not_run(device: Device, clock: Clock) -> None:
    """A job cancelled while it waits is dropped, at a pause as elsewhere."""
    ran: list[str] = []
    held = Held(device, clock).begun()
    assert device.submit(ran.append, "urgent").cancel()
    assert device.patient.submit(ran.append, "patient").cancel()
    held.step()
    held.end()
    device.submit(lambda: None).result(20)
    assert ran == []


def test_shutting_down_cancels_what_waits(clock: Clock) -> None:
    """After a shutdown that cancels, what waits is cancelled and what runs ends."""
    device = Device(clock=clock)
    held = Held(device, clock).begun()
    waiting: list[Future[Any]] = [device.submit(print), device.patient.submit(print)]
    device.shutdown(wait=False, cancel_futures=True)
    for future in waiting:
        with pytest.raises(CancelledError):
            future.result(0)
    held.end()


def test_pausing_without_a_job_is_nothing(device: Device) -> None:
    """A pause outside any job, as while models load, does nothing."""
    device.pause()
    pause: Callable[[], None] = device.pause
    assert device.submit(pause).result(20) is None
