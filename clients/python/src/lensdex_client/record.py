"""Records, and what is found among them, as plain data. Knows no message and no channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lensdex_client.collection import DEFAULT_VIEW
from lensdex_client.content import Content
from lensdex_client.errors import LensdexError
from lensdex_client.fusion import Placement, SearchedView
from lensdex_client.outcome import Outcome
from lensdex_wire.space import Space
from lensdex_wire.vectors import Matrix

Vector = npt.NDArray[np.float32]
"""One vector: float32, shape (dimension,)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that can be found: an id, and what is kept beside its vectors."""

    id: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    content: Content = field(default_factory=Content)


@dataclass(frozen=True, slots=True, eq=False)
class ViewVectors:
    """Vectors of one view, for some of the records they travel with."""

    vectors: Matrix
    """float32, shape (rows, dimension)."""
    view: str = DEFAULT_VIEW
    space: Space | None = None
    """Required for a view that is bound to one."""
    record_indexes: Sequence[int] = ()
    """Which record each row belongs to, ascending. Empty: row i belongs to record i."""


@dataclass(frozen=True, slots=True)
class Include:
    """What to answer beside ids."""

    metadata: bool = True
    content: bool = False


@dataclass(frozen=True, slots=True)
class RecordUpdate:
    """Changes to one record that exists; what is not named stays."""

    id: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Keys to set; a key with None is taken away."""
    content: Content | None = None
    """Put in the place of the old one. None: that stays."""
    remove_content: bool = False
    remove_views: Sequence[str] = ()
    """Views to take away; never ``default``."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did, and the token that makes a search wait until it sees it."""

    num_updated: int
    consistency_token: str


@dataclass(frozen=True, slots=True)
class Upserted:
    """What a write did, and the token that makes a search wait until it sees it."""

    num_inserted: int
    num_replaced: int
    consistency_token: str


@dataclass(frozen=True, slots=True)
class UpsertOutcome:
    """What became of one record of a stream."""

    position: int
    """Its place among the records, from 0."""
    id: str
    consistency_token: str = ""
    """Makes a search wait until it sees this record and all before it. Empty where it failed."""
    error: LensdexError | None = None
    """Why it is not stored; None: it is, durably, and the next search sees it."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """A part of an export: records in the order of their ids, and the vectors of the views asked for."""

    records: Sequence[Record]
    vectors: Sequence[ViewVectors]


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion did, and the token that makes a search wait until it sees it."""

    num_deleted: int
    consistency_token: str


@dataclass(frozen=True, slots=True)
class Records:
    """Records by id: an outcome per id in request order, and the vectors asked for."""

    outcomes: Sequence[Outcome[Record]]
    vectors: Sequence[ViewVectors]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of records, in the order of their ids."""

    records: Sequence[Record]
    vectors: Sequence[ViewVectors]
    next_page_token: str
    """Empty: this was the last page."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found."""

    record: Record
    score: float
    """Higher is better; the view's metric says what it means. Where several were fused, the sum over them."""
    placements: Sequence[Placement] = ()
    """Where several views were fused: those that had it, in the order they were named."""


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to one call of ``search_records``: an outcome per query, in request order."""

    outcomes: Sequence[Outcome[Sequence[Hit]]]
    view: str
    """Empty where several were searched."""
    num_records_without_view: int
    """Records that have no vector in that view, and so could not be found; zero where several were searched."""
    search_seconds: float
    collection: str = ""
    """The collection that was searched: its own name where an alias was named."""
    views: Sequence[SearchedView] = ()
    """Where several were searched."""
