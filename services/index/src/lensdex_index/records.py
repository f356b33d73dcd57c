"""Plain data that travels between the faces, the catalog and the engines.

Knows numpy and embedding spaces; no gRPC, no messages, no SQL.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lensdex_index.errors import DomainError
from lensdex_index.filters import Filter
from lensdex_wire.space import Space

DEFAULT_VIEW: Final = "default"
"""The view every record has."""

Matrix = npt.NDArray[np.float32]
"""Vectors: float32, shape (count, dimension), C-contiguous."""

Vector = npt.NDArray[np.float32]
"""One vector: float32, shape (dimension,)."""

Labels = npt.NDArray[np.int64]
"""Integer names of vectors: int64, shape (count,)."""

Scores = npt.NDArray[np.float32]
"""Higher is better: float32, shape (count,)."""

Metadata = Mapping[str, Any]
"""What JSON can hold: None, bool, float, str, lists and string-keyed mappings of these."""


class Metric(StrEnum):
    """How vectors are compared; every score is higher-is-better. Values are the contract's names."""

    COSINE = "METRIC_COSINE"
    DOT = "METRIC_DOT"
    EUCLIDEAN = "METRIC_EUCLIDEAN"


class FieldType(StrEnum):
    """Type of an indexed metadata field. Values are the contract's names."""

    KEYWORD = "FIELD_TYPE_KEYWORD"
    INT64 = "FIELD_TYPE_INT64"
    DOUBLE = "FIELD_TYPE_DOUBLE"
    BOOL = "FIELD_TYPE_BOOL"
    TIMESTAMP = "FIELD_TYPE_TIMESTAMP"


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """Which backend searches a view, and how it is set."""

    name: str
    parameters: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """One vector per record: what it is, how it is compared, what searches it."""

    name: str
    dimension: int
    space: Space | None
    """None: a bare dimension, which protects nothing."""
    metric: Metric
    backend: BackendSpec
    number: int = 0
    """Tells it from views of its name before and after it; 0: it came with the collection."""
    build: int = 0
    """One more with every reindexing: tells its graph from those before."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A metadata field whose type is declared."""

    name: str
    type: FieldType
    is_list: bool


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """What a collection is: name, views (`default` first) and indexed fields (in the order declared)."""

    name: str
    views: Sequence[ViewSpec]
    fields: Sequence[FieldSpec]
    create_time: datetime
    """Aware, UTC."""

    def view(self, name: str) -> ViewSpec | None:
        """Return the view of that name, or None."""
        return next((view for view in self.views if view.name == name), None)


@dataclass(frozen=True, slots=True)
class Alias:
    """A further name of a collection."""

    name: str
    collection: str
    """The collection's own name."""
    default_view: str
    """What a search through the alias takes that names no view; empty: `default`."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that can be found."""

    id: str
    metadata: Metadata
    content: bytes | None
    """A serialised Content, opaque here; None where none is kept or none was asked for."""


@dataclass(frozen=True, slots=True)
class ViewRows:
    """Vectors of one view for some records of a batch."""

    vectors: Matrix
    """Shape (rows, dimension), as sent."""
    indexes: Labels
    """Shape (rows,): which record of the batch each row belongs to; ascending, each once."""
    view_number: int | None = None
    """Of the view they were checked against; None: whichever has the name."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to write together, all or nothing, already checked against the collection."""

    records: Sequence[Record]
    views: Mapping[str, ViewRows]


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What a write did."""

    sequence: int
    num_inserted: int = 0
    num_replaced: int = 0
    num_deleted: int = 0


@dataclass(frozen=True, slots=True)
class Include:
    """What to read beside ids."""

    metadata: bool
    content: bool


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as read, with the original vectors of the views asked for; views it lacks are absent."""

    record: Record
    vectors: Mapping[str, Vector]


@dataclass(frozen=True, slots=True)
class Search:
    """One search of one view, already checked against the collection."""

    view: str
    queries: Matrix | Sequence[str]
    """Shape (queries, dimension), finite, not zero under cosine; or ids of records, which never find themselves."""
    k: int
    ef: int | None
    """Candidates an approximate backend keeps; None: the view's own."""
    exact: bool
    threshold: float | None
    """Lowest score to answer; None: any."""
    include: Include
    max_bytes: int
    """Metadata and content of one query's hits together; a query that exceeds it gets ResponseTooLargeError."""
    filter: Filter | None = None
    """Which records may be found, checked against the collection; None: any."""
    view_number: int | None = None
    """Of the view it was checked against; None: whichever has the name."""


@dataclass(frozen=True, slots=True)
class FusedSearch:
    """One search of several views at one moment, already checked against the collection."""

    searches: Sequence[Search]
    """One a view, with as many queries each, else alike; their k is how many hits of each are fused."""
    weights: Sequence[float]
    """One a view; above zero."""
    constant: int
    """Of reciprocal rank fusion."""
    k: int
    include: Include
    max_bytes: int
    """Of one query's hits together, as in Search."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one of several views had a record."""

    source: int
    """Its place among the searches."""
    rank: int
    """1 is the nearest."""
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """A hit."""

    record: Record
    score: float
    placements: Sequence[Placement] = ()
    """Of a fused search, in the order of its searches; a view that did not have it is absent."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a search found. The generator holds resources: exhaust or close it."""

    outcomes: Generator[list[Found] | DomainError]
    """One per query, in order: hits, best first, equal scores in the order of ids; or why it was refused."""
    num_records_without_view: int
    """Of those that match the filter."""


@dataclass(frozen=True, slots=True)
class FusedAnswer:
    """What a fused search found; otherwise as SearchAnswer."""

    outcomes: Generator[list[Found] | DomainError]
    nums_records_without_view: Sequence[int]
    """One a search."""


@dataclass(frozen=True, slots=True)
class ViewStatistics:
    """How much a view holds."""

    view: str
    num_vectors: int
    num_tail_vectors: int
    num_stray_vectors: int = 0
    """Vectors the index has and does not find by itself: searched exactly, as the tail is."""
    max_tail_vectors: int = 0
    """Tail past which writers wait."""


@dataclass(frozen=True, slots=True)
class CollectionStatistics:
    """How much a collection holds, at one moment."""

    num_records: int
    sequence: int
    disk_bytes: int
    views: Sequence[ViewStatistics]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may ask for. Names and units are those of the contract's IndexLimits."""

    max_records: int
    max_queries: int
    max_k: int
    max_ef: int
    max_id_bytes: int
    max_metadata_bytes: int
    max_content_bytes: int
    max_dimension: int
    max_views: int
    max_message_bytes: int
    max_response_bytes: int
    max_page_size: int
    max_pending_calls: int
    max_filter_depth: int
    max_filter_nodes: int
    max_filter_values: int
    max_streams: int
    max_stream_items: int
    max_stream_bytes: int
