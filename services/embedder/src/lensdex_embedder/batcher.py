"""The batcher: gathers items of all callers into batches. It knows deadlines, and cost and priority only by name; no
torch, no gRPC, no text.

A batch is cut when the engine is free, never by a timer: while one batch runs, the next gathers, already prepared.
Under light load an item runs at once and alone; under heavy load batches fill up by themselves. Who is next is decided
in ``waiting``. When the engine fails on a batch (out of memory, say), the batch is halved and run again, down to single
items. Deadlines, and whether the caller is still there, are looked at when a batch is cut and before each half.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lensdex_embedder.errors import DeadlineExceededError, EngineFailedError, NotServingError
from lensdex_embedder.waiting import Waiting
from lensdex_embedder.work import Priority

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Ran(Generic[Out]):
    """An item's result, and how it came about."""

    output: Out
    queue_seconds: float
    compute_seconds: float
    batch_size: int


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What one batch was like, for metrics and admission."""

    num_items: int
    cost: int
    compute_seconds: float
    failed: bool


@dataclass(slots=True)
class _Entry(Generic[In, Out]):
    item: In
    cost: int
    priority: Priority
    deadline: float | None
    arrived: float
    future: asyncio.Future[Ran[Out]]


class Batcher(Generic[In, Out]):
    """Interactive first, with a share for bulk, in batches of bounded cost. Every item is answered exactly once."""

    def __init__(
        self,
        run: Callable[[Sequence[In]], Any],
        *,
        executor: Executor,
        fetching: Executor | None = None,
        patient: Executor | None = None,
        passed: Callable[[], float] = float,
        max_items: int,
        max_cost: int,
        clock: Callable[[], float],
        on_batch: Callable[[BatchReport], None] | None = None,
    ) -> None:
        """*run* is called in *executor*, one batch at a time, and returns one output per input, in order.

        While a batch of bulk alone runs in *patient*, batches of interactive items run in *executor*, which may let
        them pass it; *passed* gives the seconds in which they did so far, which are not counted as the bulk's own.
        Without *patient* one batch runs at a time.

        With *fetching*, *run* returns before the outputs are there: it returns a function that waits for them, which is
        called in that executor. Meanwhile one further batch is begun if enough items wait to fill it, so that the
        device goes from one to the next. A batch that could still grow waits for the device to be free.

        A batch holds at most *max_items*, and more than one only while their cost stays within *max_cost*. *clock*
        gives seconds, and deadlines are times of that clock.
        """
        self._run = run
        self._executor = executor
        self._fetching = fetching
        self._begun: set[asyncio.Task[None]] = set()
        self._free_since = clock()
        """When the device was done with the latest batch that is done."""
        self._patient = patient
        self._passed = passed
        self._max_items = max_items
        self._max_cost = max_cost
        self._clock = clock
        self._on_batch = on_batch
        self._waiting: Waiting[_Entry[In, Out]] = Waiting(cost=lambda entry: entry.cost, is_wanted=self._is_wanted)
        self._arrival = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._closed = False

    def num_waiting(self, priority: Priority) -> int:
        """Return how many items of *priority* wait for a batch."""
        return self._waiting.count(priority)

    async def submit(
        self, item: In, *, cost: int, deadline: float | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> Ran[Out]:
        """Return the result of *item* once a batch with it has run.

        Raises DeadlineExceededError when its deadline passes before it is run, EngineFailedError when the engine raises
        on it alone, NotServingError after ``close``. When the caller is cancelled the item is dropped before it is run.
        """
        if self._closed:
            raise NotServingError("draining")
        if self._loop_task is None:
            self._loop_task = asyncio.create_task(self._loop(), name="batcher")
        entry = _Entry(item, cost, priority, deadline, self._clock(), asyncio.get_running_loop().create_future())
        self._waiting.add(entry, priority)
        self._arrival.set()
        return await entry.future

    async def close(self) -> None:
        """Finish what runs, fail what waits, and stop. Idempotent."""
        self._closed = True
        self._arrival.set()
        if self._loop_task is not None:
            await asyncio.shield(self._loop_task)  # a closer that gives up must not take the items with it

    async def _loop(self) -> None:
        while True:
            if self._closed:
                self._refuse_waiting()
                if self._begun:
                    await asyncio.wait(self._begun)
                return
            if len(self._begun) > 1:  # whoever comes now waits for one of them anyway
                await asyncio.wait(self._begun, return_when=asyncio.FIRST_COMPLETED)
                continue
            batch = self._next_batch()
            if not batch:
                await self._arrival_or_end(*self._begun)
            elif self._fetching:
                self._begin(batch)
            elif self._patient and all(entry.priority is Priority.BULK for entry in batch):
                await self._run_patiently(batch, self._patient)
            else:
                await self._run_batch(batch)

    def _next_batch(self) -> list[_Entry[In, Out]]:
        """Take the next batch; beside one that runs, only a full one. Empty when nothing is to be begun now."""
        bounds = {"max_items": self._max_items, "max_cost": self._max_cost}
        return [] if self._begun and not self._waiting.fills(**bounds) else self._waiting.take(**bounds)

    def _begin(self, batch: list[_Entry[In, Out]]) -> None:
        """Run *batch* in a task of its own."""
        task = asyncio.create_task(self._run_batch(batch), name="batch")
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def _arrival_or_end(self, *running: asyncio.Task[None]) -> None:
        """Wait until an item comes or a batch that runs is done."""
        self._arrival.clear()
        arrival = asyncio.ensure_future(self._arrival.wait())
        await asyncio.wait({arrival, *running}, return_when=asyncio.FIRST_COMPLETED)
        arrival.cancel()

    async def _run_patiently(self, batch: list[_Entry[In, Out]], patient: Executor) -> None:
        """Run *batch*, and beside it the interactive items that come meanwhile."""
        running = asyncio.create_task(self._run_batch(batch, patient), name="bulk batch")
        while not running.done() and not self._closed:
            ahead = self._waiting.take_interactive(max_items=self._max_items, max_cost=self._max_cost)
            if ahead:
                await self._run_batch(ahead)
            else:
                await self._arrival_or_end(running)
        await running

    def _refuse_waiting(self) -> None:
        for entry in self._waiting.drain():
            if self._is_wanted(entry):
                entry.future.set_exception(NotServingError("draining"))

    async def _run_batch(self, batch: list[_Entry[In, Out]], patient: Executor | None = None) -> None:
        """Run *batch* and answer its items; halve it when the engine fails, so that only what fails alone fails."""
        started, passed = self._clock(), self._passed()
        outputs, failure = await self._computed(batch, patient or self._executor)
        ended = self._clock()
        # One that was begun while another ran is not charged with the other's time.
        seconds = ended - (started if self._fetching is None else max(started, self._free_since))
        self._free_since = ended
        if patient is not None:
            seconds = max(0.0, seconds - (self._passed() - passed))
        self._report(BatchReport(len(batch), sum(entry.cost for entry in batch), seconds, failure is not None))
        if failure is None:
            for entry, output in zip(batch, outputs, strict=True):
                if not entry.future.done():
                    entry.future.set_result(Ran(output, started - entry.arrived, seconds, len(batch)))
        elif len(batch) > 1:
            for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
                wanted = [entry for entry in half if self._is_wanted(entry)]
                if wanted:
                    await self._run_batch(wanted, patient)
        elif not batch[0].future.done():
            told = EngineFailedError()
            told.__cause__ = failure
            batch[0].future.set_exception(told)

    async def _computed(
        self, batch: list[_Entry[In, Out]], executor: Executor
    ) -> tuple[Sequence[Out], Exception | None]:
        """Return the outputs of *batch*, or why there are none."""
        try:
            loop = asyncio.get_running_loop()
            outputs = await loop.run_in_executor(executor, self._run, [entry.item for entry in batch])
            if self._fetching is not None:
                outputs = await loop.run_in_executor(self._fetching, outputs)
            if len(outputs) != len(batch):
                raise RuntimeError(f"the engine answered {len(outputs)} of {len(batch)} items. This is a bug.")  # noqa: TRY301  as if the engine had
        except Exception as error:  # noqa: BLE001  whatever the engine raises is the batch's answer; the loop goes on
            return (), error
        return outputs, None

    def _is_wanted(self, entry: _Entry[In, Out]) -> bool:
        """Whether somebody still waits for it; one whose deadline has passed is answered so."""
        if entry.future.done():
            return False
        if entry.deadline is not None and entry.deadline <= self._clock():
            entry.future.set_exception(DeadlineExceededError())
            return False
        return True

    def _report(self, report: BatchReport) -> None:
        """Tell the observer; one that raises must not stop the loop, and must not go unheard."""
        if self._on_batch is None:
            return
        try:
            self._on_batch(report)
        except Exception as error:  # noqa: BLE001  as the docstring says
            asyncio.get_running_loop().call_exception_handler({"message": "on_batch raised", "exception": error})
