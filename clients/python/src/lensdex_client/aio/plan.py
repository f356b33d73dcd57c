"""Drives plans in an event loop; see ``lensdex_client.plan``. It knows no channel."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from lensdex_client.calls import Call
from lensdex_client.plan import Local, Plan

T = TypeVar("T")


async def run_plan(plan: Plan[T], send: Callable[[Call[Any]], Awaitable[Any]]) -> T:
    """Drive *plan* to its end, awaiting its calls through *send*, and return its result."""
    try:
        step = next(plan)
        while True:
            try:
                result = await (asyncio.to_thread(step.work) if isinstance(step, Local) else send(step))
            except Exception as error:  # noqa: BLE001  the plan decides what it can go on from
                step = plan.throw(error)
            else:
                step = plan.send(result)
    except StopIteration as stop:
        value: T = stop.value
        return value
