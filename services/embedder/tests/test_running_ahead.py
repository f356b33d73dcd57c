"""Batches begun while another runs: on a device that computes by itself, so that it goes from one to the next."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from lensdex_embedder.batcher import Batcher, BatchReport, Ran
from lensdex_embedder.errors import EngineFailedError, NotServingError


class Device(Executor):
    """Begins at once, in the caller's thread; what was begun ends when it is told to, in order."""

    def __init__(self) -> None:
        self.begun: list[list[str]] = []
        self.ends: list[threading.Event] = []
        self.fails: set[str] = set()
        """Items whose batches fail: those of a digit when they are begun, others when their outputs are fetched."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args))
        except Exception as error:  # noqa: BLE001  an executor hands on whatever is raised
            future.set_exception(error)
        return future

    def begin(self, batch: Sequence[str]) -> Callable[[], list[str]]:
        self.begun.append(list(batch))
        bad = self.fails & set(batch)
        if any(item.isdigit() for item in bad):
            raise RuntimeError("out of memory")
        end = threading.Event()
        self.ends.append(end)

        def fetch() -> list[str]:
            assert end.wait(20)
            if bad:
                raise RuntimeError("an illegal access")
            return [item.upper() for item in batch]

        return fetch


class Scene:
    """A batcher of texts in pairs on such a device."""

    def __init__(self, fetching: Executor) -> None:
        self.now = 0.0
        self.device = Device()
        self.reports: list[BatchReport] = []
        self.reported = asyncio.Event()
        self.batcher: Batcher[str, str] = Batcher(
            self.device.begin,
            executor=self.device,
            fetching=fetching,
            max_items=2,
            max_cost=100,
            clock=lambda: self.now,
            on_batch=self._heard,
        )
        self.tasks: list[asyncio.Task[Ran[str]]] = []

    def _heard(self, report: BatchReport) -> None:
        self.reports.append(report)
        self.reported.set()

    async def submit(self, *items: str) -> list[asyncio.Task[Ran[str]]]:
        made = [asyncio.create_task(self.batcher.submit(item, cost=1)) for item in items]
        self.tasks += made
        for _ in range(6):
            await asyncio.sleep(0)
        return made

    async def end(self, place: int) -> None:
        """Let the batch begun as number *place* end, and wait until it is answered."""
        self.reported.clear()
        self.device.ends[place].set()
        await self.reported.wait()
        for _ in range(6):
            await asyncio.sleep(0)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A scene; it ends with the test."""
    with ThreadPoolExecutor(1) as fetching:
        it = Scene(fetching)
        yield it
        closing = asyncio.create_task(it.batcher.close())
        while not closing.done():
            for end in it.device.ends:
                end.set()
            await asyncio.sleep(0.001)
        await asyncio.gather(*it.tasks, return_exceptions=True)


async def test_a_full_batch_is_begun_while_another_runs(scene: Scene) -> None:
    """As soon as a whole batch waits it is begun, though another runs; and never a third."""
    await scene.submit("a")
    await scene.submit("b", "c", "d", "e")
    assert scene.device.begun == [["a"], ["b", "c"]]
    await scene.end(0)
    assert scene.device.begun == [["a"], ["b", "c"], ["d", "e"]]


async def test_a_batch_that_could_grow_waits(scene: Scene) -> None:
    """What does not fill a batch waits until the device is free, and takes along what came meanwhile."""
    await scene.submit("a")
    await scene.submit("b")
    assert scene.device.begun == [["a"]]
    await scene.end(0)
    assert scene.device.begun == [["a"], ["b"]]


async def test_everybody_gets_their_own_answer(scene: Scene) -> None:
    """Answers belong to their items, whichever batch they were in."""
    tasks = await scene.submit("a", "b", "c", "d", "e")
    for place in range(3):
        await scene.end(place)
    assert [(await task).output for task in tasks] == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize("bad", ["x", "1"])
async def test_a_failing_batch_is_halved_beside_another(scene: Scene, bad: str) -> None:
    """Where a batch fails, when it is begun or when it is fetched, only what fails alone fails."""
    scene.device.fails = {bad}
    tasks = await scene.submit("a", bad, "c", "d")
    while not all(task.done() for task in tasks):
        for end in scene.device.ends:
            end.set()
        await asyncio.sleep(0.001)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(outcomes[1], EngineFailedError)
    assert [outcome.output for outcome in outcomes if isinstance(outcome, Ran)] == ["A", "C", "D"]


async def test_time_is_charged_once(scene: Scene) -> None:
    """A batch begun while another ran is charged from when that one ended: batches' seconds add up to the clock's."""
    await scene.submit("a", "b", "c", "d")
    scene.now = 3.0
    await scene.end(0)
    scene.now = 5.0
    await scene.end(1)
    assert [report.compute_seconds for report in scene.reports] == [3.0, 2.0]


async def test_closing_waits_for_what_runs_and_refuses_the_rest(scene: Scene) -> None:
    """On closing both batches that run are answered, and what waits is refused."""
    tasks = await scene.submit("a", "b", "c", "d", "e")
    closing = asyncio.create_task(scene.batcher.close())
    await asyncio.sleep(0)
    assert not closing.done()
    for end in scene.device.ends:
        end.set()
    await closing
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome.output for outcome in outcomes if isinstance(outcome, Ran)] == ["A", "B", "C", "D"]
    assert isinstance(outcomes[4], NotServingError)
