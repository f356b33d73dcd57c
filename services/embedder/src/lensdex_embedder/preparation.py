"""The pool that decodes, resizes and tokenises: how an item gets from its bytes to the batcher and back.

Knows no gRPC, no messages and no model.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from lensdex_embedder.batcher import Batcher
from lensdex_embedder.contents import ContentOpener
from lensdex_embedder.engine import Prepared
from lensdex_embedder.errors import DeadlineExceededError, EmbedderError, EngineFailedError
from lensdex_embedder.work import Cost, Priority, RawContent

P = TypeVar("P", bound=Prepared)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of an item, or of a call's slowest items, went: seconds."""

    queue: float = 0.0
    preprocess: float = 0.0
    compute: float = 0.0
    batch_size: int = 0

    def slowest(self, other: "Timing") -> "Timing":
        """Return the larger of each part."""
        return Timing(
            max(self.queue, other.queue),
            max(self.preprocess, other.preprocess),
            max(self.compute, other.compute),
            max(self.batch_size, other.batch_size),
        )


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """An item's result."""

    output: T
    cost: Cost
    timing: Timing


@dataclass(frozen=True, slots=True)
class Fetch(Generic[T]):
    """Work that begins with fetching: *fetch* waits for others and returns what is left to do."""

    fetch: Callable[[], Callable[[], T]]


Task = Callable[[], T] | Fetch[T]


def task(
    opener: ContentOpener,
    raw: RawContent,
    work: Callable[[RawContent], T],
    *,
    until: float | None,
    within: str = "",
) -> Task[T]:
    """Return *work* on *raw*, fetching its remote media first where there are any, until *until* at the latest."""
    if not opener.is_remote(raw):
        return partial(work, raw)
    return Fetch(lambda: partial(work, opener.fetch(raw, within=within, until=until)))


class Preparation:
    """The pool that decodes, resizes and tokenises, ahead of the batcher. Lives on the event loop."""

    def __init__(
        self,
        executor: Executor,
        *,
        num_workers: int,
        max_prepared: int,
        clock: Callable[[], float],
        fetching: Executor | None = None,
        on_cpu_seconds: Callable[[float], None] | None = None,
    ) -> None:
        """At most *max_prepared* interactive items are decoded and not yet answered, and half as many of bulk: a
        decoded picture can take a thousand times the memory of its file.

        Bulk hands *executor*, which has *num_workers* threads, no more than they can begin at once, so that an
        interactive item never queues behind more than the bulk items that run already.

        What is fetched first is fetched in *fetching*, so that a slow host keeps nobody else's pictures waiting; it
        holds a slot all the while, because it holds memory. *on_cpu_seconds* is told, in a worker's thread, how much
        CPU time each item took.
        """
        self._on_cpu_seconds = on_cpu_seconds
        self._executor = executor
        self._fetching = fetching
        self._slots = {
            Priority.INTERACTIVE: asyncio.Semaphore(max_prepared),
            Priority.BULK: asyncio.Semaphore(max(1, max_prepared // 2)),
        }
        self._bulk_workers = asyncio.Semaphore(num_workers)
        self._clock = clock

    async def through(
        self, prepare: Task[P], batcher: Batcher[P, T], *, deadline: float | None, priority: Priority
    ) -> Done[T]:
        """Run *prepare* in the pool and its result through *batcher*. Raises what either raises."""
        arrived = self._clock()
        async with self._slot(prepare, deadline, priority) as prepared_by:
            started, prepared, finished = await prepared_by
            ran = await batcher.submit(prepared, cost=prepared.cost.num_tokens, deadline=deadline, priority=priority)
        timing = Timing(started - arrived + ran.queue_seconds, finished - started, ran.compute_seconds, ran.batch_size)
        return Done(ran.output, prepared.cost, timing)

    async def run(self, work: Task[T], *, deadline: float | None) -> T:
        """Run *work* in the pool. Raises what it raises, or DeadlineExceededError when it came too late to start."""
        async with self._slot(work, deadline, Priority.INTERACTIVE) as done_by:
            return (await done_by)[1]

    @contextlib.asynccontextmanager
    async def _slot(
        self, work: Task[T], deadline: float | None, priority: Priority
    ) -> AsyncIterator[asyncio.Future[tuple[float, T, float]]]:
        """Hold a slot while *work* runs in the pool and the block goes on.

        A caller who goes away cannot stop a thread: the slot is given back when the work has ended as well, so that
        work for nobody counts against the limit for as long as it holds memory.
        """
        slots = self._slots[priority]
        await slots.acquire()
        try:
            begun = self._clock()
            ready = await self._fetched(work) if isinstance(work, Fetch) else work
            running = await self._begin(self._timed(ready, deadline, self._clock() - begun), priority)
        except BaseException:
            slots.release()
            raise
        try:
            yield asyncio.wrap_future(running)
        finally:
            loop = asyncio.get_running_loop()
            if running.done():
                slots.release()
            else:
                running.add_done_callback(lambda _: _call_on(loop, slots.release))

    async def _begin(self, work: Callable[[], T], priority: Priority) -> Future[T]:
        """Hand *work* to the pool; bulk waits until it would not queue there behind other bulk."""
        if priority is Priority.INTERACTIVE:
            return self._executor.submit(work)
        await self._bulk_workers.acquire()
        loop = asyncio.get_running_loop()
        running = self._executor.submit(work)
        running.add_done_callback(lambda _: _call_on(loop, self._bulk_workers.release))
        return running

    async def _fetched(self, work: Fetch[T]) -> Callable[[], T]:
        def fetch() -> Callable[[], T]:
            try:
                return work.fetch()
            except EmbedderError:
                raise
            except Exception as error:
                raise EngineFailedError from error

        return await asyncio.get_running_loop().run_in_executor(self._fetching, fetch)

    def _timed(
        self, work: Callable[[], T], deadline: float | None, fetching_seconds: float
    ) -> Callable[[], tuple[float, T, float]]:
        """Return *work* with when it began and ended; fetching counts as part of it."""

        def timed() -> tuple[float, T, float]:
            started = self._clock()
            if deadline is not None and deadline <= started:
                raise DeadlineExceededError
            cpu_before = time.thread_time()
            try:
                return started - fetching_seconds, work(), self._clock()
            except EmbedderError:
                raise
            except Exception as error:  # whatever else befalls one item leaves its neighbours alone
                raise EngineFailedError from error
            finally:
                if self._on_cpu_seconds is not None:
                    self._on_cpu_seconds(time.thread_time() - cpu_before)

        return timed


def _call_on(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    """Call *work* on *loop* from another thread; a loop that has ended has nobody who waits."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(work)
