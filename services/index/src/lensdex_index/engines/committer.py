"""Group commit: the writes of many callers become durable with one sync. Knows neither SQL nor indexes.

Callers queue jobs; one thread takes all that wait and hands them on together. The thread starts with the first job
and ends after a while without any, so that idle collections cost nothing.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from lensdex_index.errors import CollectionNotFoundError, DeadlineExceededError, StoreUnavailableError
from lensdex_index.records import WriteOutcome

_Work = TypeVar("_Work")

_MOST_ITEMS: Final = 8_192
"""Records in one commit; a single larger job goes alone."""
_IDLE_SECONDS: Final = 10.0


@dataclass(slots=True)
class Job(Generic[_Work]):
    """One caller's write."""

    work: _Work
    num_items: int
    deadline: float
    """Of ``time.monotonic``: not begun after it."""
    future: Future[WriteOutcome] = field(default_factory=Future)


class Committer(Generic[_Work]):
    """Queues jobs and passes them on in groups, in order. *commit* answers every future of its group, come what may."""

    def __init__(
        self,
        name: str,
        commit: Callable[[Sequence[Job[_Work]]], None],
        *,
        idle: Callable[[], bool] = lambda: False,
    ) -> None:
        """*idle* is called, again and again while it answers true, when no job waits: each call must be short."""
        self._name = name
        self._idle = idle
        self._commit = commit
        self._condition = threading.Condition()
        self._waiting: deque[Job[_Work]] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, work: _Work, num_items: int, deadline: float) -> Future[WriteOutcome]:
        """Queue a write. Raises CollectionNotFoundError after ``close``, StoreUnavailableError."""
        job = Job(work, num_items, deadline)
        with self._condition:
            if self._closed:
                raise CollectionNotFoundError(self._name)
            self._waiting.append(job)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=f"lensdex-writer-{self._name}", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:
                    self._waiting.pop()
                    raise StoreUnavailableError(f"no thread to write in: {error}") from error
                self._thread = thread
            else:
                self._condition.notify()
        return job.future

    def close(self) -> None:
        """Take no more, finish what is queued."""
        with self._condition:
            self._closed = True
            thread = self._thread
            self._condition.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            begun = [job for job in group if _begin(job)]
            if begun:
                self._commit(begun)
            while not self._waiting and not self._closed and self._idle():
                pass

    def _next_group(self) -> list[Job[_Work]]:
        with self._condition:
            self._condition.wait_for(lambda: self._waiting or self._closed, _IDLE_SECONDS)
            if not self._waiting:
                self._thread = None
                return []
            group = [self._waiting.popleft()]
            items = group[0].num_items
            while self._waiting and items + self._waiting[0].num_items <= _MOST_ITEMS:
                items += self._waiting[0].num_items
                group.append(self._waiting.popleft())
            return group


def _begin(job: Job[_Work]) -> bool:
    if not job.future.set_running_or_notify_cancel():
        return False
    if time.monotonic() > job.deadline:
        job.future.set_exception(DeadlineExceededError())
        return False
    return True
