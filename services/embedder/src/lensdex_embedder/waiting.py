"""The two lines before an engine, interactive and bulk, and who is next. It knows cost and priority; no time, no tasks.

Interactive items go first. While both lines wait, every interactive item that is taken earns bulk a credit of its cost;
once the credit is three times the first bulk item's cost, that item is next. So bulk gets a quarter of the work, and
a bulk item sees at most three times the cost of the bulk up to and with itself go by, and one interactive item more.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from lensdex_embedder.work import Priority

E = TypeVar("E")

_INTERACTIVE_PER_BULK: Final = 3

BULK_SHARE: Final = 1 / (1 + _INTERACTIVE_PER_BULK)
"""The part of the work, by cost, that bulk gets at least while both lines wait."""


class Waiting(Generic[E]):
    """Entries that wait for a batch. Within a line, first come, first served."""

    def __init__(self, *, cost: Callable[[E], int], is_wanted: Callable[[E], bool]) -> None:
        """*is_wanted* is asked when an entry is first in its line; one that is not wanted is dropped."""
        self._cost = cost
        self._is_wanted = is_wanted
        self._lines: dict[Priority, deque[E]] = {priority: deque() for priority in Priority}
        self._credit = 0

    def __len__(self) -> int:
        """Return how many wait, some of which may no longer be wanted."""
        return sum(map(len, self._lines.values()))

    def count(self, priority: Priority) -> int:
        """Return how many wait in the line of *priority*."""
        return len(self._lines[priority])

    def add(self, entry: E, priority: Priority) -> None:
        """Put *entry* at the end of its line."""
        self._lines[priority].append(entry)

    def drain(self) -> list[E]:
        """Take everything, wanted or not."""
        entries = [entry for line in self._lines.values() for entry in line]
        for line in self._lines.values():
            line.clear()
        return entries

    def fills(self, *, max_items: int, max_cost: int) -> bool:
        """Whether as many wait as a batch can hold, those no longer wanted included."""
        count, cost = 0, 0
        for line in self._lines.values():
            for entry in line:
                count, cost = count + 1, cost + self._cost(entry)
                if count >= max_items or cost >= max_cost:
                    return True
        return False

    def take_interactive(self, *, max_items: int, max_cost: int) -> list[E]:
        """Take a batch of interactive items alone, while bulk has the engine: nobody earns a credit."""
        line = self._lines[Priority.INTERACTIVE]
        batch: list[E] = []
        cost = 0
        while line and len(batch) < max_items:
            if self._is_wanted(line[0]):
                cost += self._cost(line[0])
                if batch and cost > max_cost:
                    break
                batch.append(line[0])
            line.popleft()
        return batch

    def take(self, *, max_items: int, max_cost: int) -> list[E]:
        """Take the next batch: at most *max_items*, and more than one only while their cost stays within *max_cost*.

        Bulk without credit is taken only into a batch without interactive items: it would make somebody wait for it.
        Nothing overtakes an item that does not fit. Empty when nobody wanted waits.
        """
        batch: list[E] = []
        cost = 0
        interactive = False
        while len(batch) < max_items:
            priority = self._next(bulk_may_fill=not interactive)
            if priority is None:
                break
            line = self._lines[priority]
            if batch and cost + self._cost(line[0]) > max_cost:
                break
            entry = line.popleft()
            self._account(entry, priority)
            interactive = interactive or priority is Priority.INTERACTIVE
            cost += self._cost(entry)
            batch.append(entry)
        return batch

    def _next(self, *, bulk_may_fill: bool) -> Priority | None:
        """Return whose turn it is."""
        for line in self._lines.values():
            while line and not self._is_wanted(line[0]):
                line.popleft()
        interactive, bulk = self._lines[Priority.INTERACTIVE], self._lines[Priority.BULK]
        if not bulk:
            self._credit = 0  # nobody to earn it; saved up, it would hold up those who come later
            return Priority.INTERACTIVE if interactive else None
        if self._credit >= self._price(bulk[0]):
            return Priority.BULK
        if interactive:
            return Priority.INTERACTIVE
        return Priority.BULK if bulk_may_fill else None

    def _account(self, entry: E, priority: Priority) -> None:
        if priority is Priority.BULK:
            self._credit = max(0, self._credit - self._price(entry))
        elif self._lines[Priority.BULK]:
            self._credit += max(1, self._cost(entry))

    def _price(self, entry: E) -> int:
        return _INTERACTIVE_PER_BULK * max(1, self._cost(entry))
