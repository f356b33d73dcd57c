"""Work that spans several calls, written once for both faces: a plan yields steps and is sent their results.

A plan is a generator; ``run_plan`` and ``aio.plan.run_plan`` drive it. It knows no channel, thread or event loop.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from lensdex_client.calls import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Local(Generic[T]):
    """Work that may block on local files: the asyncio face does it in a thread."""

    work: Callable[[], T]


Step: TypeAlias = Call[Any] | Local[Any]
Plan: TypeAlias = Generator[Step, Any, T]


def ask(call: Call[T]) -> Plan[T]:
    """Send *call* and return its answer; its LensdexError is raised here."""
    answer: T = yield call
    return answer


def do(work: Callable[[], T]) -> Plan[T]:
    """Do *work* where it may block, and return its result; what it raises is raised here."""
    result: T = yield Local(work)
    return result


def run_plan(plan: Plan[T], send: Callable[[Call[Any]], Any]) -> T:
    """Drive *plan* to its end, sending its calls with *send*, and return its result."""
    try:
        step = next(plan)
        while True:
            try:
                result = step.work() if isinstance(step, Local) else send(step)
            except Exception as error:  # noqa: BLE001  the plan decides what it can go on from
                step = plan.throw(error)
            else:
                step = plan.send(result)
    except StopIteration as stop:
        value: T = stop.value
        return value
