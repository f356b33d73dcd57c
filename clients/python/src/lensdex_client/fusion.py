"""Several views searched at once, as plain data. Knows no message and no channel."""

from dataclasses import dataclass

from lensdex_client.collection import DEFAULT_VIEW
from lensdex_wire.space import Space
from lensdex_wire.vectors import Matrix


@dataclass(frozen=True, slots=True)
class FusionSource:
    """One view to search."""

    view: str = DEFAULT_VIEW
    vectors: Matrix | None = None
    """Shape (queries, dimension), as many queries in every source; None where records are searched for."""
    space: Space | None = None
    """Of the vectors; required for a view that is bound to one."""
    weight: float = 1.0
    """How much its ranks count; above zero."""


@dataclass(frozen=True, slots=True)
class FusedView:
    """A view to search together with others, as a retriever is told: it embeds the query for each."""

    name: str
    weight: float = 1.0
    """How much its ranks count; above zero."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one of several views had a record."""

    view: str
    rank: int
    """1 is the nearest."""
    score: float
    """The view's metric says what it means."""


@dataclass(frozen=True, slots=True)
class SearchedView:
    """One of several views that were searched."""

    view: str
    num_records_without_view: int
