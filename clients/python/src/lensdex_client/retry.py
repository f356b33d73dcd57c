"""When a failed call may be tried again, and after how long. Pure policy: it neither sleeps nor calls."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lensdex_client.errors import LensdexError, ResourceExhaustedError, ServiceUnavailableError


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to try again.

    Tried again are: a service that is unavailable, where repeating the call is safe; and a refusal that says when to
    come back (RESOURCE_EXHAUSTED with RetryInfo), for every call, since nothing was done. Nothing else.
    """

    attempts: int = 5
    """Attempts in all, the first included. 1: never try again."""
    total_seconds: float = 30.0
    """No attempt begins later than this after the first one; nor ever after the call's deadline."""
    initial_seconds: float = 0.1
    """Longest wait before the second attempt; it doubles with every further one."""
    max_seconds: float = 5.0
    """Longest wait the client itself chooses. A server that asks for more gets more."""

    def __post_init__(self) -> None:
        """Raise ValueError for numbers that make no sense."""
        if self.attempts < 1:
            raise ValueError(f"attempts must be at least 1, got {self.attempts}")
        if min(self.total_seconds, self.initial_seconds, self.max_seconds) < 0:
            raise ValueError("seconds must not be negative")

    @classmethod
    def none(cls) -> "Retry":
        """Return the policy that never tries again."""
        return cls(attempts=1)


PATIENT: Final = Retry(attempts=60, total_seconds=120.0)
"""A long run should survive a service that restarts, and queue where the embedder is full."""


class Attempts:
    """The attempts of one call: how much time is left, and how long to wait before the next one."""

    def __init__(
        self,
        retry: Retry,
        *,
        timeout: float,
        idempotent: bool,
        clock: Callable[[], float],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._retry = retry
        self._idempotent = idempotent
        self._clock = clock
        self._jitter = jitter
        self._start = clock()
        self._deadline = self._start + timeout
        self._made = 0

    def remaining(self) -> float:
        """Return the seconds until the call's deadline, at least 0."""
        return max(0.0, self._deadline - self._clock())

    def delay_after(self, error: LensdexError) -> float | None:
        """Return the seconds to wait before trying again after *error*; None: raise it."""
        self._made += 1
        if self._made >= self._retry.attempts or not self._may_repeat(error):
            return None
        ceiling = min(self._retry.max_seconds, self._retry.initial_seconds * 2.0 ** (self._made - 1))
        # Half fixed, half random: callers refused together do not come back together, and none comes back at once.
        delay = ceiling * (0.5 + 0.5 * self._jitter())
        if error.retry_after is not None:
            delay += error.retry_after
        begins = self._clock() + delay
        if begins >= self._deadline or begins > self._start + self._retry.total_seconds:
            return None
        return delay

    def _may_repeat(self, error: LensdexError) -> bool:
        if isinstance(error, ResourceExhaustedError):
            return error.retry_after is not None
        return isinstance(error, ServiceUnavailableError) and self._idempotent


class Resumptions:
    """The calls of one stream: as many attempts again after every answer, within one deadline."""

    def __init__(
        self,
        retry: Retry,
        *,
        timeout: float | None,
        clock: Callable[[], float],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._retry = retry
        self._clock = clock
        self._jitter = jitter
        self._deadline = math.inf if timeout is None else clock() + timeout
        self._attempts: Attempts | None = None

    def remaining(self) -> float | None:
        """Return the seconds until the deadline, at least 0; None: there is none."""
        return None if self._deadline == math.inf else max(0.0, self._deadline - self._clock())

    def progressed(self) -> None:
        """Note that an answer came: what went wrong before it counts no more."""
        self._attempts = None

    def delay_after(self, error: LensdexError) -> float | None:
        """Return the seconds to wait before going on after *error*; None: raise it."""
        if self._attempts is None:
            self._attempts = Attempts(
                self._retry,
                timeout=self._deadline - self._clock(),
                idempotent=True,
                clock=self._clock,
                jitter=self._jitter,
            )
        return self._attempts.delay_after(error)
