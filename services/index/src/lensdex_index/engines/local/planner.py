"""How to search under a filter: scan what matches, or walk the graph and keep what matches. Knows counts and costs.

A walk keeps so many candidates, its *width*. Of a filter that has nothing to do with what the query looks for, about
``share × width`` of them match; but a filter may well have to do with it. So what came of a walk is looked at: where
too few match, the next walk is as wide as their part asks for, and as soon as a scan costs no more, it is scanned,
which finds all. A scan comes first where few match.
"""

import math
from dataclasses import dataclass
from typing import Final

SLACK: Final = 3.0
"""Times k that a walk should come across: a graph's recall falls toward the end of its candidates."""
ENOUGH: Final = 2.0
"""Times k that must have come, or the walk was not wide enough."""
WIDEST: Final = 0.25
"""Part of the graph that is walked at most: past it a scan of everything is as good."""
WORTH_TRYING: Final = 0.5
"""Part of a scan's cost that another walk may take after one in which too few matched: it may end in a scan as well."""
_GROWTH: Final = 2


@dataclass(frozen=True, slots=True)
class Costs:
    """What things take, in seconds or in any other unit."""

    row: float
    """Fetching and comparing one vector of many that match, in a scan."""
    candidate: float
    """One candidate of a walk's width."""


UNMEASURED: Final = Costs(row=1.0, candidate=10.0)
"""Until they are measured. Was 4 among 40,000 and 17 among 176,443 vectors of 2,048 dimensions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search under a filter goes by."""

    k: int
    """Neighbours each query wants."""
    ef: int
    """Width of a walk without a filter."""
    num_matching: int
    """Vectors of the graph that match and are seen."""
    num_covered: int
    """Vectors of the graph."""
    costs: Costs

    @property
    def wanted(self) -> int:
        """Return how many that match a walk must come across, where there are as many."""
        return min(math.ceil(ENOUGH * self.k), self.num_matching)

    def first(self) -> int | None:
        """Return the width of the first walk; None: scan."""
        return self._affordable(self._width(self.num_matching / max(1, self.num_covered)))

    def after(self, width: int, found: int) -> int | None:
        """Return the width of the next walk after one in which too few, *found*, matched; None: scan."""
        wider = max(_GROWTH * width, self._width(found / width))
        return self._affordable(wider, WORTH_TRYING)

    def _width(self, share: float) -> int:
        return self.ef + math.ceil(SLACK * self.k / share) if share else self.num_covered + 1

    def _affordable(self, width: int, part: float = 1.0) -> int | None:
        is_dearer = width * self.costs.candidate >= part * self.num_matching * self.costs.row
        return None if is_dearer or width > WIDEST * self.num_covered else width
