"""The batcher under a clock of the test's own: bounds, order, what is dropped, and one answer for every item."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lensdex_embedder.batcher import Batcher, BatchReport, Ran
from lensdex_embedder.errors import DeadlineExceededError, EmbedderError, EngineFailedError, NotServingError
from lensdex_embedder.work import Priority


class Clock:
    """A clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Stage(Executor):
    """An executor that runs a batch when the test says so, in the event loop's own thread."""

    def __init__(self, batches: list[list[Any]]) -> None:
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self.batches = batches

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        assert not self.waiting, "two batches at once"
        self.waiting.append((future, fn, args))
        self.batches.append(list(args[0]))
        return future

    def finish(self) -> None:
        future, function, arguments = self.waiting.pop()
        try:
            future.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001  an executor hands on whatever is raised
            future.set_exception(error)


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(6):
        await asyncio.sleep(0)


class Scene:
    """A batcher of texts whose engine answers in upper case."""

    def __init__(
        self, *, run: Callable[[Sequence[str]], Sequence[str]] | None = None, passing: bool = False, **bounds: int
    ) -> None:
        self.clock = Clock()
        self.stage = Stage([])
        self.patient = Stage(self.stage.batches)
        """Where bulk runs when interactive items may pass it."""
        self.passed = 0.0
        self.reports: list[BatchReport] = []
        self.batcher: Batcher[str, str] = Batcher(
            run or (lambda batch: [item.upper() for item in batch]),
            executor=self.stage,
            patient=self.patient if passing else None,
            passed=lambda: self.passed,
            max_items=bounds.get("max_items", 4),
            max_cost=bounds.get("max_cost", 100),
            clock=self.clock,
            on_batch=self.reports.append,
        )
        self.tasks: list[asyncio.Task[Ran[str]]] = []

    def submit(
        self,
        item: str,
        *,
        cost: int = 1,
        deadline: float | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> asyncio.Task[Ran[str]]:
        task = asyncio.create_task(self.batcher.submit(item, cost=cost, deadline=deadline, priority=priority))
        self.tasks.append(task)
        return task

    async def hold(self) -> None:
        """Keep the engine busy with a first item."""
        self.submit("first")
        await settle()
        assert self.stage.batches == [["first"]]

    async def next(self) -> list[str]:
        """Finish the running batch; return what is cut next."""
        before = len(self.stage.batches)
        self.stage.finish()
        await settle()
        return self.stage.batches[before] if len(self.stage.batches) > before else []

    async def end(self) -> None:
        """Run all that waits, and stop."""
        while self.stage.waiting or self.patient.waiting:
            (self.stage if self.stage.waiting else self.patient).finish()
            await settle()
        await self.batcher.close()


@pytest.fixture
async def scene() -> AsyncIterator[Callable[..., Scene]]:
    """Make scenes; each ends with the test."""
    made: list[Scene] = []

    def make(**arguments: Any) -> Scene:
        made.append(Scene(**arguments))
        return made[-1]

    yield make
    for one in made:
        await one.end()
        await asyncio.gather(*one.tasks, return_exceptions=True)


async def test_runs_at_once_when_the_engine_is_free(scene: Any) -> None:
    """An item that arrives at an idle engine runs at once and alone: no timer gathers company for it."""
    it = scene()
    task = it.submit("a")
    await settle()
    assert it.stage.batches == [["a"]]
    await it.next()
    assert (await task).output == "A"


async def test_gathers_while_the_engine_is_busy(scene: Any) -> None:
    """What arrives while a batch runs is cut into the next one when the engine is free, not before."""
    it = scene()
    await it.hold()
    for item in "bcd":
        it.submit(item)
        await settle()
    assert it.stage.batches == [["first"]]
    assert it.batcher.num_waiting(Priority.INTERACTIVE) == 3
    assert await it.next() == ["b", "c", "d"]
    assert it.batcher.num_waiting(Priority.INTERACTIVE) == 0


async def test_never_more_items_than_allowed(scene: Any) -> None:
    """A batch holds at most max_items; the rest waits for the next, first come first served."""
    it = scene(max_items=2)
    await it.hold()
    for item in "abcde":
        it.submit(item)
    await settle()
    assert [await it.next(), await it.next(), await it.next()] == [["a", "b"], ["c", "d"], ["e"]]


async def test_never_more_cost_than_allowed(scene: Any) -> None:
    """A batch of several items stays within max_cost, inclusive; nothing overtakes what does not fit."""
    it = scene(max_cost=10)
    await it.hold()
    for item, cost in (("a", 6), ("b", 4), ("c", 5), ("d", 6), ("e", 1)):
        it.submit(item, cost=cost)
    await settle()
    assert [await it.next(), await it.next(), await it.next()] == [["a", "b"], ["c"], ["d", "e"]]


async def test_an_item_above_the_bound_runs_alone(scene: Any) -> None:
    """An item that costs more than a batch may still runs, alone: it is never refused for ever."""
    it = scene(max_cost=10)
    await it.hold()
    for item, cost in (("a", 1), ("huge", 500), ("b", 1)):
        it.submit(item, cost=cost)
    await settle()
    assert [await it.next(), await it.next(), await it.next()] == [["a"], ["huge"], ["b"]]


async def test_expired_items_are_not_run(scene: Any) -> None:
    """An item whose deadline has passed when its batch is cut is told so and never run; the others are."""
    it = scene()
    await it.hold()
    late, exact, early = (it.submit(name, deadline=at) for name, at in (("late", 100.5), ("exact", 101), ("ok", 101.1)))
    await settle()
    it.clock.now = 101.0
    assert await it.next() == ["ok"]
    for task in (late, exact):
        with pytest.raises(DeadlineExceededError):
            await task
    await it.next()
    assert (await early).output == "OK"


async def test_expired_items_count_for_nothing(scene: Any) -> None:
    """Expired items take no room in the batch they are dropped from."""
    it = scene(max_items=2, max_cost=2)
    await it.hold()
    for name in ("x", "y", "z"):
        it.submit(name, deadline=100.5)
    it.submit("a")
    it.submit("b")
    await settle()
    it.clock.now = 101.0
    assert await it.next() == ["a", "b"]


async def test_items_of_gone_callers_are_not_run(scene: Any) -> None:
    """An item whose caller was cancelled while it waited is dropped before it is batched."""
    it = scene()
    await it.hold()
    gone, stays = it.submit("gone"), it.submit("stays")
    await settle()
    gone.cancel()
    await settle()
    assert await it.next() == ["stays"]
    await it.next()
    assert (await stays).output == "STAYS"


async def test_a_caller_gone_while_its_batch_runs_harms_nobody(scene: Any) -> None:
    """Cancelling a caller whose batch already runs leaves the batch and its neighbours alone."""
    it = scene()
    await it.hold()
    gone, stays = it.submit("gone"), it.submit("stays")
    await settle()
    assert await it.next() == ["gone", "stays"]
    gone.cancel()
    await settle()
    await it.next()
    assert (await stays).output == "STAYS"


async def test_interactive_items_go_before_bulk(scene: Any) -> None:
    """An interactive item is in the next batch, however much bulk came before it; bulk has the batches it leaves."""
    it = scene(max_items=2)
    await it.hold()
    for item in "wxyz":
        it.submit(item, priority=Priority.BULK)
    await settle()
    it.submit("a")
    await settle()
    assert it.batcher.num_waiting(Priority.BULK) == 4
    assert [await it.next(), await it.next(), await it.next()] == [["a"], ["w", "x"], ["y", "z"]]


async def test_bulk_progresses_under_interactive_load(scene: Any) -> None:
    """With interactive items always waiting, a bulk item runs after three of its cost."""
    it = scene(max_items=1)
    await it.hold()
    it.submit("x", priority=Priority.BULK)
    for item in "abcdef":
        it.submit(item)
    await settle()
    assert [await it.next() for _ in range(5)] == [["a"], ["b"], ["c"], ["x"], ["d"]]


async def test_bulk_items_expire_and_leave_like_others(scene: Any) -> None:
    """Deadlines and callers that go away count for bulk as for interactive items, and earn nothing."""
    it = scene(max_items=1)
    await it.hold()
    late = it.submit("late", priority=Priority.BULK, deadline=100.5)
    gone = it.submit("gone", priority=Priority.BULK)
    stays = it.submit("stays", priority=Priority.BULK)
    await settle()
    gone.cancel()
    it.clock.now = 101.0
    assert await it.next() == ["stays"]
    with pytest.raises(DeadlineExceededError):
        await late
    await it.next()
    assert (await stays).output == "STAYS"


def _fails(batch: Sequence[str]) -> Sequence[str]:
    if "bad" in batch:
        raise MemoryError("out of memory")
    return [item.upper() for item in batch]


async def test_only_what_fails_alone_fails(scene: Any) -> None:
    """When the engine raises on a batch it is halved and run again: one bad item fails, with the cause, nobody else."""
    it = scene(run=_fails)
    await it.hold()
    tasks = [it.submit(name) for name in ("fine", "bad", "neighbour", "later")]
    await settle()
    ran = [await it.next() for _ in range(6)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert ran == [
        ["fine", "bad", "neighbour", "later"],
        ["fine", "bad"],
        ["fine"],
        ["bad"],
        ["neighbour", "later"],
        [],
    ]
    assert isinstance(outcomes[1], EngineFailedError)
    assert isinstance(outcomes[1].__cause__, MemoryError)
    assert [outcome.output for outcome in (outcomes[0], *outcomes[2:])] == ["FINE", "NEIGHBOUR", "LATER"]
    assert [report.failed for report in it.reports] == [False, True, True, False, True, False]


async def test_a_halved_batch_is_not_run_for_those_who_left(scene: Any) -> None:
    """When a failed batch is run again, items whose caller has gone or whose deadline has passed are left out."""
    it = scene(run=_fails)
    await it.hold()
    bad, leaves, expires = it.submit("bad"), it.submit("leaves"), it.submit("expires", deadline=110.0)
    await settle()
    assert await it.next() == ["bad", "leaves", "expires"]
    leaves.cancel()
    it.clock.now = 120.0

    assert await it.next() == ["bad"]
    assert await it.next() == []
    with pytest.raises(EngineFailedError):
        await bad
    with pytest.raises(DeadlineExceededError):
        await expires


async def test_an_observer_that_raises_stops_nothing(scene: Any) -> None:
    """When the observer of batches raises, items are answered all the same, and the loop's handler hears of it."""
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    it = scene()
    it.batcher._on_batch = lambda report: 1 / 0  # type: ignore[func-returns-value]
    tasks = [it.submit("a")]
    await settle()
    await it.next()
    tasks.append(it.submit("b"))
    await settle()
    await it.next()

    assert [(await task).output for task in tasks] == ["A", "B"]
    assert [type(context["exception"]) for context in heard] == [ZeroDivisionError, ZeroDivisionError]


@pytest.mark.parametrize("answer", [[], ["A", "B"], None], ids=["none", "more", "no-sequence"])
async def test_a_wrong_number_of_outputs_is_a_failure(scene: Any, answer: Any) -> None:
    """An engine that answers another number of items than it was given fails the batch; nobody gets a stranger's."""
    it = scene(run=lambda batch: answer if batch == ["a"] else [item.upper() for item in batch])
    task = it.submit("a")
    await settle()
    await it.next()
    with pytest.raises(EngineFailedError):
        await task
    after = it.submit("after")
    await settle()
    await it.next()
    assert (await after).output == "AFTER"


async def test_close_finishes_what_runs_and_fails_what_waits(scene: Any) -> None:
    """Closing lets the running batch finish, refuses what waits as draining, and returns when that is done."""
    it = scene(max_items=1)
    await it.hold()
    waits = it.submit("waits")
    await settle()
    closing = asyncio.create_task(it.batcher.close())
    await settle()
    assert not closing.done()
    assert await it.next() == []
    await closing
    assert (await it.tasks[0]).output == "FIRST"
    with pytest.raises(NotServingError) as caught:
        await waits
    assert caught.value.state == "draining"


async def test_close_refuses_what_comes_after(scene: Any) -> None:
    """After close nothing is accepted; closing twice, or before anything came, is fine."""
    it = scene()
    await it.batcher.close()
    await it.batcher.close()
    with pytest.raises(NotServingError):
        await it.submit("late")


async def test_results_say_how_they_came_about(scene: Any) -> None:
    """A result tells the time waited, the time computed and the size of its batch, by the given clock."""
    it = scene()
    await it.hold()
    a, b = it.submit("a", cost=3), it.submit("b", cost=4)
    await settle()
    it.clock.now = 102.0
    await it.next()
    it.clock.now = 102.5
    await it.next()
    assert await a == Ran("A", 2.0, 0.5, 2)
    assert await b == Ran("B", 2.0, 0.5, 2)
    assert it.reports[1] == BatchReport(2, 7, 0.5, failed=False)


async def test_interactive_items_pass_bulk_that_runs(scene: Any) -> None:
    """While a batch of bulk runs, interactive items are cut and run beside it; bulk that comes meanwhile waits."""
    it = scene(passing=True, max_items=2)
    it.submit("bulk", priority=Priority.BULK)
    await settle()
    assert [item for _, _, (items,) in it.patient.waiting for item in items] == ["bulk"]
    for name in ("a", "b", "c"):
        it.submit(name)
    it.submit("more bulk", priority=Priority.BULK)
    await settle()
    assert it.stage.batches == [["bulk"], ["a", "b"]]
    it.stage.finish()
    await settle()
    it.stage.finish()
    await settle()
    assert it.stage.batches == [["bulk"], ["a", "b"], ["c"]]
    assert [task.done() for task in it.tasks] == [False, True, True, True, False]
    it.patient.finish()
    await settle()
    assert it.stage.batches[3:] == [["more bulk"]]


async def test_time_of_those_who_passed_is_not_bulks(scene: Any) -> None:
    """The compute time of bulk leaves out what passed it, and that of what passed does not."""
    it = scene(passing=True)
    bulk = it.submit("bulk", priority=Priority.BULK)
    await settle()
    quick = it.submit("quick")
    await settle()
    it.clock.now += 1.0
    it.passed += 1.0
    it.stage.finish()
    await settle()
    it.clock.now += 4.0
    it.patient.finish()
    await settle()
    assert (quick.result().compute_seconds, bulk.result().compute_seconds) == (1.0, 4.0)


async def test_mixed_batches_are_passed_by_nobody(scene: Any) -> None:
    """A batch that holds an interactive item, and bulk by its credit, runs where nobody passes it."""
    it = scene(passing=True, max_items=8)
    await it.hold()
    it.submit("bulk", priority=Priority.BULK)
    for number in range(4):
        it.submit(f"i{number}")
    batch = await it.next()
    assert "bulk" in batch
    assert not it.patient.waiting


async def test_closing_while_bulk_is_passed(scene: Any) -> None:
    """After ``close`` nothing passes any more: what runs is finished, what waits is refused."""
    it = scene(passing=True)
    bulk = it.submit("bulk", priority=Priority.BULK)
    await settle()
    closing = asyncio.create_task(it.batcher.close())
    await settle()
    with pytest.raises(NotServingError):
        await it.batcher.submit("late", cost=1)
    it.patient.finish()
    await closing
    assert bulk.result().output == "BULK"


async def test_runs_in_a_thread_of_its_own() -> None:
    """The engine runs in the executor's thread, so that the event loop goes on meanwhile."""
    released, names = threading.Event(), []

    def run(batch: Sequence[str]) -> Sequence[str]:
        assert released.wait(10), "the event loop was blocked"
        names.append(threading.current_thread().name)
        return batch

    with ThreadPoolExecutor(1, thread_name_prefix="device") as executor:
        batcher: Batcher[str, str] = Batcher(run, executor=executor, max_items=1, max_cost=1, clock=Clock())
        task = asyncio.create_task(batcher.submit("a", cost=1))
        await settle()
        released.set()
        assert (await task).output == "a"
        await batcher.close()
    assert names[0].startswith("device")


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("submit"), st.integers(0, 12), st.sampled_from([None, 1.0, 3.0]), st.sampled_from(list(Priority))
        ),
        st.tuples(st.just("submit"), st.integers(0, 12), st.just(None), st.sampled_from(list(Priority))),
        st.tuples(st.just("finish")),
        st.tuples(st.just("finish bulk")),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
        st.tuples(st.just("tick")),
        st.tuples(st.just("close")),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, failing=st.sets(st.integers(0, 12), max_size=3), max_items=st.integers(1, 5), passing=st.booleans())
def test_exactly_one_answer_for_every_item(
    steps: list[Any], failing: set[int], max_items: int, *, passing: bool
) -> None:
    """Whatever comes, in whatever order and priority: each item is answered once; each line runs in order, in bounds,
    and again only in a half.
    """
    asyncio.run(_random_schedule(steps, failing, max_items, passing=passing))


async def _random_schedule(steps: list[Any], failing: set[int], max_items: int, *, passing: bool) -> None:
    def run(batch: Sequence[str]) -> Sequence[str]:
        if any(int(item) in failing for item in batch):
            raise RuntimeError("told to fail")
        return [f"answer to {item}" for item in batch]

    it = Scene(run=run, passing=passing, max_items=max_items, max_cost=20)
    costs: list[int] = []
    cancelled: set[int] = set()
    for step in steps:
        if step[0] == "submit":
            deadline = None if step[2] is None else it.clock.now + step[2]
            it.submit(str(len(costs)), cost=step[1], deadline=deadline, priority=step[3])
            costs.append(step[1])
        elif step[0] == "finish" and it.stage.waiting:
            it.stage.finish()
        elif step[0] == "finish bulk" and it.patient.waiting:
            it.patient.finish()
        elif step[0] == "cancel" and step[1] < len(it.tasks) and it.tasks[step[1]].cancel():
            cancelled.add(step[1])
        elif step[0] == "tick":
            it.clock.now += 1.0
        elif step[0] == "close":
            it.tasks.append(asyncio.create_task(it.batcher.close()))  # type: ignore[arg-type]  # awaited below
            costs.append(0)
        await settle()
    await it.end()
    outcomes = await asyncio.gather(*it.tasks, return_exceptions=True)
    _check_schedule(it, costs, cancelled, failing, max_items, outcomes)
    _check_order(it, [step for step in steps if step[0] in {"submit", "close"}])


def _check_order(it: Scene, entered: list[Any]) -> None:
    ran = dict.fromkeys(int(item) for batch in it.stage.batches for item in batch)
    for priority in Priority:
        own = [item for item in ran if entered[item][3] is priority]
        assert own == sorted(own), "first come, first served"


def _check_schedule(  # noqa: PLR0917  what a schedule leaves behind
    it: Scene, costs: list[int], cancelled: set[int], failing: set[int], max_items: int, outcomes: list[Any]
) -> None:
    batches = [[int(item) for item in batch] for batch in it.stage.batches]
    ran = list(dict.fromkeys(item for batch in batches for item in batch))
    for at, batch in enumerate(batches):
        assert 1 <= len(batch) <= max_items
        assert len(batch) == 1 or sum(costs[item] for item in batch) <= 20
        for item in batch:
            before = [earlier for earlier in batches[:at] if item in earlier]
            assert not before or (len(before[-1]) > len(batch) and failing & set(before[-1])), "again only in a half"
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, Ran):
            assert outcome.output == f"answer to {index}"
            assert index in ran
        elif isinstance(outcome, asyncio.CancelledError):
            assert index in cancelled
        elif isinstance(outcome, EngineFailedError):
            assert index in failing
            assert index in ran
        else:
            assert outcome is None or isinstance(outcome, EmbedderError)
            assert outcome is None or index not in ran or isinstance(outcome, DeadlineExceededError)
