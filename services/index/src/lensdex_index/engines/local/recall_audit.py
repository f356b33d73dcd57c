"""Recall as callers see it: a sample of live queries is searched once more, exactly, and the answers are compared.

What is measured beforehand, on data made up or of last year, says little of the queries of today. Each exact search
reads the whole view, so that only few are checked, in one thread, and what comes while enough are waiting is not. Knows
answers; no graph, no records, no metrics.
"""

import random
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import structlog

from lensdex_index.errors import DomainError
from lensdex_index.records import Labels, Scores

_log = structlog.get_logger()

_MOST_WAITING: Final = 4
_IDLE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """One query that was answered."""

    view: str
    k: int
    scores: Scores
    """Of the answer, float32, shape (hits,), best first."""
    again: Callable[[], tuple[Labels, Scores]]
    """Searches exactly, as of the moment of the answer."""


class RecallAudit:
    """Of one collection. ``close`` ends its thread."""

    def __init__(
        self,
        fraction: float,
        *,
        tell: Callable[[str, int, int], None],
        while_open: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """*fraction* of the queries are checked; *tell* hears of each: the view, how many were found, of how many.

        Checks are made inside *while_open*, which may refuse with a DomainError.
        """
        self._fraction, self._tell, self._while_open = fraction, tell, while_open
        self._random = random.Random()  # noqa: S311  a sample, no secret
        self._condition = threading.Condition()
        self._waiting: deque[Check] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    def wants_one(self) -> bool:
        """Return whether the query at hand is one of those to be checked."""
        return self._fraction > 0 and self._random.random() < self._fraction

    def offer(self, check: Check) -> None:
        """Have *check* made some time, unless enough are waiting."""
        with self._condition:
            if self._closed or len(self._waiting) >= _MOST_WAITING:
                return
            self._waiting.append(check)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="lensdex-recall-audit", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:
                    # The system gives no more threads: that is no matter of the search at hand.
                    self._waiting.clear()
                    _log.warning("recall not checked", view=check.view, error=str(error))
                else:
                    self._thread = thread
            else:
                self._condition.notify()

    def close(self) -> None:
        """Make no more checks; wait for the one in hand. Closing twice is allowed."""
        with self._condition:
            self._closed = True
            self._waiting.clear()
            thread = self._thread
            self._condition.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (check := self._next()) is not None:
            try:
                with self._while_open():
                    _, exact = check.again()
                self._tell(check.view, *compared(check.scores, exact, check.k))
            except DomainError:
                # Dropped meanwhile, the collection or the view.
                continue
            except Exception:  # noqa: BLE001  nobody waits for it, and the next check must not miss its thread
                _log.exception("recall not checked", view=check.view)

    def _next(self) -> Check | None:
        with self._condition:
            self._condition.wait_for(lambda: self._waiting or self._closed, _IDLE_SECONDS)
            if not self._waiting:
                self._thread = None
                return None
            return self._waiting.popleft()


def compared(answered: Scores, exact: Scores, k: int) -> tuple[int, int]:
    """Return how many of the *k* nearest the answer holds, and how many there are. Both best first.

    By scores: of several that tie with the last any will do.
    """
    wanted = min(k, len(exact))
    if not wanted:
        return 0, 0
    return min(wanted, int((answered[:k] >= exact[wanted - 1]).sum())), wanted
