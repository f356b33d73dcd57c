"""The preparation pool: what is decoded and not yet answered is bounded, also for callers who have gone."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from lensdex_embedder.batcher import Batcher
from lensdex_embedder.engines.fake import FakeEngine
from lensdex_embedder.errors import DeadlineExceededError
from lensdex_embedder.preparation import Preparation
from lensdex_embedder.work import Content, Pooled, Priority, Truncation


@contextlib.asynccontextmanager
async def preparation(*, max_prepared: int) -> AsyncIterator[Preparation]:
    """Yield a pool of two threads."""
    with ThreadPoolExecutor(2) as pool:
        yield Preparation(pool, num_workers=2, max_prepared=max_prepared, clock=time.monotonic)


async def test_work_for_nobody_counts_until_it_ends() -> None:
    """A caller who goes away while its item is prepared gives its slot back when the thread has ended, not before."""
    begun, gate = threading.Event(), threading.Event()

    def decode() -> str:
        begun.set()
        gate.wait(20)
        return "decoded"

    async with preparation(max_prepared=1) as pool:
        gone = asyncio.create_task(pool.run(decode, deadline=None))
        await asyncio.to_thread(begun.wait, 20)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        next_one = asyncio.create_task(pool.run(lambda: "next", deadline=None))
        for _ in range(20):
            await asyncio.sleep(0)

        assert not next_one.done()

        gate.set()
        assert await asyncio.wait_for(next_one, 20) == "next"


async def test_an_item_that_never_started_gives_its_slot_back_at_once() -> None:
    """A caller who goes away before a thread took its item frees the slot: the item is never prepared."""
    gate = threading.Event()
    prepared: list[str] = []
    async with preparation(max_prepared=3) as pool:
        busy = [asyncio.create_task(pool.run(lambda: gate.wait(20), deadline=None)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(pool.run(lambda: prepared.append("gone"), deadline=None))
        for _ in range(5):
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        after = asyncio.create_task(pool.run(lambda: "after", deadline=None))
        gate.set()

        assert await asyncio.wait_for(after, 20) == "after"
        assert all(await asyncio.gather(*busy))
        assert prepared == []


async def test_work_that_comes_too_late_is_not_begun() -> None:
    """An item whose deadline passed while it waited for a thread is not prepared."""
    begun: list[str] = []
    async with preparation(max_prepared=1) as pool:
        with pytest.raises(DeadlineExceededError):
            await pool.run(lambda: begun.append("late"), deadline=time.monotonic() - 1)

    assert begun == []


async def test_bulk_leaves_the_pool_and_the_slots_to_interactive_items() -> None:
    """However much bulk waits to be prepared, an interactive item is begun as soon as a thread is free."""
    gate = threading.Event()
    begun: list[str] = []
    engine = FakeEngine(max_tokens=100)

    def prepare(name: str) -> Any:
        begun.append(name)
        assert gate.wait(20)
        return engine.prepare(Content((name,), ()), instruction="", truncation=Truncation.REFUSE)

    async with preparation(max_prepared=12) as pool:
        with ThreadPoolExecutor(1) as device:
            batcher: Batcher[Any, Pooled] = Batcher(
                engine.embed, executor=device, max_items=4, max_cost=100, clock=time.monotonic
            )

            def start(name: str, priority: Priority) -> asyncio.Task[Any]:
                work = pool.through(partial(prepare, name), batcher, deadline=None, priority=priority)
                return asyncio.create_task(work)

            bulk = [start(f"bulk {index}", Priority.BULK) for index in range(20)]
            for _ in range(20):
                await asyncio.sleep(0)
            interactive = start("interactive", Priority.INTERACTIVE)
            for _ in range(20):
                await asyncio.sleep(0)
            held = pool._slots[Priority.BULK]
            assert held.locked()
            gate.set()
            await asyncio.wait_for(asyncio.gather(interactive, *bulk), 20)
            assert begun.index("interactive") == 2
            assert held._value == 6
            await batcher.close()
