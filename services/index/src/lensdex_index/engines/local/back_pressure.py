"""Holding writers back until the tails have room for what they bring. Knows how much each brings, and by when.

A writer waits as long as its deadline allows, and is refused just before that ends: an answer has to reach its caller,
and a call that was refused was not begun.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from lensdex_index.engines.committer import Job
from lensdex_index.engines.local.tail_bound import TailBound
from lensdex_index.errors import OverloadedError

_Work = TypeVar("_Work")

_ANSWER_SECONDS: Final = 0.1
_NOTICED_SECONDS: Final = 0.001
"""Less than this is the asking, not the waiting."""


def held_back(
    jobs: Sequence[Job[_Work]],
    bounds: Mapping[str, TailBound],
    count: Callable[[_Work, str], int],
    waited: Callable[[float], None],
) -> Sequence[Job[_Work]]:
    """Wait until there is room for *jobs* in every view; return those whose time was not up before. Others are refused.

    *count* answers how many vectors a job's work brings to a view; *waited* hears of seconds, if there were any.
    """
    begin = time.monotonic()
    while jobs:
        until = min(job.deadline for job in jobs) - _ANSWER_SECONDS
        full = next(
            (
                bound
                for view, bound in bounds.items()
                if not bound.wait(sum(count(job.work, view) for job in jobs), until)
            ),
            None,
        )
        if full is None:
            break
        late = [job for job in jobs if job.deadline - _ANSWER_SECONDS <= until]
        for job in late:
            job.future.set_exception(OverloadedError("vectors waiting to be indexed", full.bound))
        jobs = [job for job in jobs if job not in late]
    seconds = time.monotonic() - begin
    if seconds > _NOTICED_SECONDS:
        waited(seconds)
    return jobs
