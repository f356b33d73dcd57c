"""Collections as plain data: views, indexed fields, statistics. Knows no message and no channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lensdex_client.alias import Alias
from lensdex_client.embedding import BuildInfo
from lensdex_wire.space import Space

DEFAULT_VIEW: Final = "default"
"""The view every record has, made of all it has."""


class Metric(StrEnum):
    """How vectors are compared; every score is higher-is-better. Values are the contract's names."""

    COSINE = "METRIC_COSINE"
    DOT = "METRIC_DOT"
    EUCLIDEAN = "METRIC_EUCLIDEAN"


class FieldType(StrEnum):
    """The type of an indexed field. Values are the contract's names."""

    KEYWORD = "FIELD_TYPE_KEYWORD"
    INT64 = "FIELD_TYPE_INT64"
    DOUBLE = "FIELD_TYPE_DOUBLE"
    BOOL = "FIELD_TYPE_BOOL"
    TIMESTAMP = "FIELD_TYPE_TIMESTAMP"


@dataclass(frozen=True, slots=True)
class Backend:
    """What searches a view: an index backend by name, with the parameters that differ from its defaults."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """One vector per record. Exactly one of *space* and *dimension* is set."""

    name: str
    space: Space | None = None
    """The embedding space its vectors must be of."""
    dimension: int = 0
    """A bare dimension, which protects nothing."""
    metric: Metric = Metric.COSINE
    backend: Backend | None = None
    """None: the service's default."""

    @property
    def num_values(self) -> int:
        """The dimension of its vectors, however it is bound."""
        return self.space.dimension if self.space is not None else self.dimension


@dataclass(frozen=True, slots=True)
class IndexedField:
    """A metadata field whose type is declared; *many* means a list of that type."""

    name: str
    type: FieldType
    many: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of records that share views and indexed fields."""

    name: str
    views: Sequence[View]
    indexed_fields: Sequence[IndexedField] = ()
    create_time: datetime | None = None
    """UTC. Set by the service."""

    def view(self, name: str) -> View | None:
        """Return the view called *name*; None: it has none."""
        return next((view for view in self.views if view.name == name), None)


@dataclass(frozen=True, slots=True)
class ViewStatistics:
    """How much a view holds and how it is searched."""

    view: str
    num_vectors: int
    num_tail_vectors: int
    """Vectors not in the graph yet; they are searched exactly."""
    space_fingerprint: str
    """Empty for a bare dimension."""


@dataclass(frozen=True, slots=True)
class CollectionStatistics:
    """How much a collection holds, at one moment."""

    num_records: int
    sequence: int
    disk_bytes: int
    views: Sequence[ViewStatistics]


@dataclass(frozen=True, slots=True)
class CollectionDetails:
    """A collection with its statistics, and the engine that keeps it."""

    collection: Collection
    statistics: CollectionStatistics
    engine: str
    traits: Sequence[str]
    alias: Alias | None = None
    """The alias it was asked for by; None: its own name."""


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """One page of collections, in the order of their names."""

    collections: Sequence[Collection]
    next_page_token: str
    """Empty: this was the last page."""


class ReindexPhase(StrEnum):
    """What a reindexing is doing, in this order. Values are the contract's names, but for the last."""

    BUILDING = "PHASE_BUILDING"
    SAVING = "PHASE_SAVING"
    SWITCHING = "PHASE_SWITCHING"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class ReindexProgress:
    """How far a reindexing is. *num_vectors_done* never falls."""

    phase: ReindexPhase
    num_vectors_done: int
    """Vectors in the new graph."""
    num_vectors: int
    """Of how many; changes as records are written and deleted."""
    seconds_left: float | None
    """Estimated, of building; None: not known yet."""
    collection: Collection | None = None
    """The collection as it is then; of the last one alone."""


@dataclass(frozen=True, slots=True)
class IndexLimits:
    """What one call may ask of an index. Names are the contract's."""

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
    """Of UpsertStream, ExportRecords and Reindex together; zero where there are none."""
    max_stream_items: int
    max_stream_bytes: int


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The index's engine, backends (the default first), limits and versions."""

    engine: str
    backends: Sequence[str]
    limits: IndexLimits
    build: BuildInfo
