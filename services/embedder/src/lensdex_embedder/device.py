"""The one thread that runs models, and how a batch nobody waits for lets one pass that somebody waits for.

Jobs run one at a time, in the order they came. A patient one pauses between layers; urgent ones that came meanwhile run
there and then, inside it. It knows threads and a clock; no batches, no models.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

URGENT_PER_PATIENT: Final = 3
"""Seconds of urgent jobs that may pass in each second of a patient one: it keeps a quarter of the time at least."""


@dataclass(slots=True)
class _Job:
    run: Callable[[], Any]
    future: Future[Any]
    is_urgent: bool


class Device(Executor):
    """An executor of one thread. What is submitted is urgent; what is submitted to ``patient`` is not."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="device")
        self._lock = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._num_urgent = 0
        self._patient_since: float | None = None
        """When the patient job that runs began; None while none runs, and while others pass it."""
        self._passed_now = 0.0
        """Seconds in which others passed the patient job that runs."""
        self.passed_seconds = 0.0
        """Seconds, of all patient jobs, in which others passed them."""
        self.patient: Executor = _Patient(self)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run *fn* when the thread is free, or a patient job pauses."""
        return self.enqueue(lambda: fn(*args, **kwargs), is_urgent=True)

    def enqueue(self, run: Callable[[], Any], *, is_urgent: bool) -> Future[Any]:
        """Return the future of *run*."""
        job = _Job(run, Future(), is_urgent)
        with self._lock:
            self._jobs.append(job)
            self._num_urgent += is_urgent
        self._thread.submit(self._run_next)
        return job.future

    def pause(self) -> None:
        """Let urgent jobs pass, if any wait, and as far as the running job's share allows. Called by running jobs."""
        if self._num_urgent and self._patient_since is not None:
            self._let_pass(self._patient_since)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as its base
        """Stop; see Executor."""
        if cancel_futures:
            with self._lock:
                jobs, self._num_urgent = list(self._jobs), 0
                self._jobs.clear()
            for job in jobs:
                job.future.cancel()
        self._thread.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _run_next(self) -> None:
        with self._lock:
            if not self._jobs:
                return  # it passed another one
            job = self._jobs.popleft()
            self._num_urgent -= job.is_urgent
        if not job.is_urgent:
            self._patient_since, self._passed_now = self._clock(), 0.0
        try:
            _run(job)
        finally:
            self._patient_since = None

    def _let_pass(self, since: float) -> None:
        while job := self._next_urgent(since):
            self._patient_since = None
            started = self._clock()
            _run(job)
            seconds = self._clock() - started
            self._passed_now += seconds
            self.passed_seconds += seconds
            self._patient_since = since

    def _next_urgent(self, since: float) -> _Job | None:
        own = self._clock() - since - self._passed_now
        if self._passed_now > URGENT_PER_PATIENT * own:
            return None
        with self._lock:
            job = next((job for job in self._jobs if job.is_urgent), None)
            if job is not None:
                self._jobs.remove(job)
                self._num_urgent -= 1
        return job


class _Patient(Executor):
    """What is submitted here may be passed."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._device.enqueue(lambda: fn(*args, **kwargs), is_urgent=False)


def _run(job: _Job) -> None:
    if not job.future.set_running_or_notify_cancel():
        return
    try:
        result = job.run()
    except BaseException as error:  # noqa: BLE001  whoever waits is told, whatever it is
        job.future.set_exception(error)
    else:
        job.future.set_result(result)
