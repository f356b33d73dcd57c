"""Seam two: what an index backend promises. It finds vectors by label; it knows no records, ids, views or files.

A label is the row of the vector in the view's row source, so a backend need not keep the values it can gather. Vectors
come ready to compare: under cosine they have unit length. Searches of one backend may run together, and beside what
prepares; adding, removing and reserving need it alone. The view index above holds the lock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from lensdex_index.engines.local.backends.image import Imaged
from lensdex_index.engines.local.scan import Mask
from lensdex_index.records import Labels, Matrix, Metric, Scores


class Trait(StrEnum):
    """What a backend may promise beside the protocol."""

    EXACT = "exact"
    """Finds the true nearest, always."""
    CONCURRENT_ADDS = "concurrent_adds"
    """Takes vectors from several threads at once, once it has one."""
    FULL_PRECISION = "full_precision"
    """Compares vectors as they are: its scores are the view's to within the rounding of single precision."""


class Hits(NamedTuple):
    """Labels and scores per query, best first. A query that found fewer than k is padded with label -1."""

    labels: Labels
    """int64, shape (queries, k); wider where a backend answers what ties with the k-th too."""
    scores: Scores
    """float32, as many; higher is better; near the view's scores, re-scored by who needs them equal."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole-number parameter: its default and its range, both ends included."""

    default: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class BackendOptions:
    """What a backend is opened with."""

    metric: Metric
    dimension: int
    parameters: Mapping[str, int]
    """All of the backend's parameters."""
    rows: Callable[[], Matrix]
    """Answers the view's vectors as they are now: row = label, shape (capacity, dimension). Added rows never change."""


class SearchOnly(Protocol):
    """The reading half."""

    def __len__(self) -> int:
        """Return the number of vectors that can be found."""

    def search(self, queries: Matrix, k: int, *, ef: int, allowed: Mask | None = None) -> Hits:
        """Find up to *k* nearest labels per query, k ≥ 1; an approximate backend keeps max(k, *ef*) candidates.

        Removed labels are never answered. Fewer than k, padded, when there are fewer, or when it can find no more.
        *allowed*, shape (labels,), tells of every label that was added whether it may be answered. Of an approximate
        backend's candidates those are: none that it met and did not keep, for of those it may have met the wrong ones.
        So fewer than k say that its candidates held no more, and that more of them are wanted.
        """


class Backend(SearchOnly, Imaged, Protocol):
    """The whole. There are no defaults to inherit: each backend says all of it."""

    traits: frozenset[Trait]

    def prepare(self, num_vectors: int) -> None:
        """Do beforehand what of ``reserve`` takes long and changes nothing; ``reserve`` is to follow, and nothing else.

        Searches may run meanwhile. It may be left out: then ``reserve`` or ``add`` takes that long.
        """

    def reserve(self, num_vectors: int) -> object:
        """Make room for *num_vectors* vectors in all, removed ones included. Never shrinks.

        Return what it has replaced, or None: it may be large, and is better let go of when searches may run again.
        """

    def add(self, labels: Labels, vectors: Matrix) -> None:
        """Add vectors under labels that were never used before; room must have been reserved. Empty is allowed."""

    def remove(self, labels: Labels) -> None:
        """Make added labels unfindable, for good. Empty is allowed."""
