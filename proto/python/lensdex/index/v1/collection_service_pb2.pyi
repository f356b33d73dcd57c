import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from lensdex.common.v1 import build_info_pb2 as _build_info_pb2
from lensdex.index.v1 import alias_pb2 as _alias_pb2
from lensdex.index.v1 import collection_pb2 as _collection_pb2
from lensdex.index.v1 import snapshots_pb2 as _snapshots_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateCollectionRequest(_message.Message):
    __slots__ = ("collection",)
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    collection: _collection_pb2.Collection
    def __init__(self, collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ...) -> None: ...

class CreateCollectionResponse(_message.Message):
    __slots__ = ("collection",)
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    collection: _collection_pb2.Collection
    def __init__(self, collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ...) -> None: ...

class GetCollectionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetCollectionResponse(_message.Message):
    __slots__ = ("collection", "statistics", "engine", "traits", "alias")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    TRAITS_FIELD_NUMBER: _ClassVar[int]
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    collection: _collection_pb2.Collection
    statistics: _collection_pb2.CollectionStatistics
    engine: str
    traits: _containers.RepeatedScalarFieldContainer[str]
    alias: _alias_pb2.Alias
    def __init__(self, collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ..., statistics: _Optional[_Union[_collection_pb2.CollectionStatistics, _Mapping]] = ..., engine: _Optional[str] = ..., traits: _Optional[_Iterable[str]] = ..., alias: _Optional[_Union[_alias_pb2.Alias, _Mapping]] = ...) -> None: ...

class ListCollectionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCollectionsResponse(_message.Message):
    __slots__ = ("collections", "next_page_token")
    COLLECTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    collections: _containers.RepeatedCompositeFieldContainer[_collection_pb2.Collection]
    next_page_token: str
    def __init__(self, collections: _Optional[_Iterable[_Union[_collection_pb2.Collection, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DeleteCollectionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteCollectionResponse(_message.Message):
    __slots__ = ("num_records",)
    NUM_RECORDS_FIELD_NUMBER: _ClassVar[int]
    num_records: int
    def __init__(self, num_records: _Optional[int] = ...) -> None: ...

class GetIndexInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetIndexInfoResponse(_message.Message):
    __slots__ = ("engine", "backends", "limits", "build")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    BACKENDS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    BUILD_FIELD_NUMBER: _ClassVar[int]
    engine: str
    backends: _containers.RepeatedScalarFieldContainer[str]
    limits: IndexLimits
    build: _build_info_pb2.BuildInfo
    def __init__(self, engine: _Optional[str] = ..., backends: _Optional[_Iterable[str]] = ..., limits: _Optional[_Union[IndexLimits, _Mapping]] = ..., build: _Optional[_Union[_build_info_pb2.BuildInfo, _Mapping]] = ...) -> None: ...

class SetAliasRequest(_message.Message):
    __slots__ = ("alias", "expected_collection")
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_COLLECTION_FIELD_NUMBER: _ClassVar[int]
    alias: _alias_pb2.Alias
    expected_collection: str
    def __init__(self, alias: _Optional[_Union[_alias_pb2.Alias, _Mapping]] = ..., expected_collection: _Optional[str] = ...) -> None: ...

class SetAliasResponse(_message.Message):
    __slots__ = ("alias", "previous_collection")
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_COLLECTION_FIELD_NUMBER: _ClassVar[int]
    alias: _alias_pb2.Alias
    previous_collection: str
    def __init__(self, alias: _Optional[_Union[_alias_pb2.Alias, _Mapping]] = ..., previous_collection: _Optional[str] = ...) -> None: ...

class DeleteAliasRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteAliasResponse(_message.Message):
    __slots__ = ("alias",)
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    alias: _alias_pb2.Alias
    def __init__(self, alias: _Optional[_Union[_alias_pb2.Alias, _Mapping]] = ...) -> None: ...

class ListAliasesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAliasesResponse(_message.Message):
    __slots__ = ("aliases", "next_page_token")
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    aliases: _containers.RepeatedCompositeFieldContainer[_alias_pb2.Alias]
    next_page_token: str
    def __init__(self, aliases: _Optional[_Iterable[_Union[_alias_pb2.Alias, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class IndexLimits(_message.Message):
    __slots__ = ("max_records", "max_queries", "max_k", "max_ef", "max_id_bytes", "max_metadata_bytes", "max_content_bytes", "max_dimension", "max_views", "max_message_bytes", "max_response_bytes", "max_page_size", "max_pending_calls", "max_filter_depth", "max_filter_nodes", "max_filter_values", "max_streams", "max_stream_items", "max_stream_bytes")
    MAX_RECORDS_FIELD_NUMBER: _ClassVar[int]
    MAX_QUERIES_FIELD_NUMBER: _ClassVar[int]
    MAX_K_FIELD_NUMBER: _ClassVar[int]
    MAX_EF_FIELD_NUMBER: _ClassVar[int]
    MAX_ID_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_METADATA_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_CONTENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_DIMENSION_FIELD_NUMBER: _ClassVar[int]
    MAX_VIEWS_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RESPONSE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_PENDING_CALLS_FIELD_NUMBER: _ClassVar[int]
    MAX_FILTER_DEPTH_FIELD_NUMBER: _ClassVar[int]
    MAX_FILTER_NODES_FIELD_NUMBER: _ClassVar[int]
    MAX_FILTER_VALUES_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAMS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_ITEMS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_BYTES_FIELD_NUMBER: _ClassVar[int]
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
    def __init__(self, max_records: _Optional[int] = ..., max_queries: _Optional[int] = ..., max_k: _Optional[int] = ..., max_ef: _Optional[int] = ..., max_id_bytes: _Optional[int] = ..., max_metadata_bytes: _Optional[int] = ..., max_content_bytes: _Optional[int] = ..., max_dimension: _Optional[int] = ..., max_views: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_response_bytes: _Optional[int] = ..., max_page_size: _Optional[int] = ..., max_pending_calls: _Optional[int] = ..., max_filter_depth: _Optional[int] = ..., max_filter_nodes: _Optional[int] = ..., max_filter_values: _Optional[int] = ..., max_streams: _Optional[int] = ..., max_stream_items: _Optional[int] = ..., max_stream_bytes: _Optional[int] = ...) -> None: ...

class AddViewRequest(_message.Message):
    __slots__ = ("collection", "view")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    collection: str
    view: _collection_pb2.View
    def __init__(self, collection: _Optional[str] = ..., view: _Optional[_Union[_collection_pb2.View, _Mapping]] = ...) -> None: ...

class AddViewResponse(_message.Message):
    __slots__ = ("collection",)
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    collection: _collection_pb2.Collection
    def __init__(self, collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ...) -> None: ...

class DropViewRequest(_message.Message):
    __slots__ = ("collection", "view")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    collection: str
    view: str
    def __init__(self, collection: _Optional[str] = ..., view: _Optional[str] = ...) -> None: ...

class DropViewResponse(_message.Message):
    __slots__ = ("collection",)
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    collection: _collection_pb2.Collection
    def __init__(self, collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ...) -> None: ...

class ReindexRequest(_message.Message):
    __slots__ = ("collection", "view", "backend")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    collection: str
    view: str
    backend: _collection_pb2.Backend
    def __init__(self, collection: _Optional[str] = ..., view: _Optional[str] = ..., backend: _Optional[_Union[_collection_pb2.Backend, _Mapping]] = ...) -> None: ...

class ReindexResponse(_message.Message):
    __slots__ = ("progress", "collection")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    progress: ReindexProgress
    collection: _collection_pb2.Collection
    def __init__(self, progress: _Optional[_Union[ReindexProgress, _Mapping]] = ..., collection: _Optional[_Union[_collection_pb2.Collection, _Mapping]] = ...) -> None: ...

class ReindexProgress(_message.Message):
    __slots__ = ("phase", "num_vectors_done", "num_vectors", "time_left")
    class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PHASE_UNSPECIFIED: _ClassVar[ReindexProgress.Phase]
        PHASE_BUILDING: _ClassVar[ReindexProgress.Phase]
        PHASE_SAVING: _ClassVar[ReindexProgress.Phase]
        PHASE_SWITCHING: _ClassVar[ReindexProgress.Phase]
    PHASE_UNSPECIFIED: ReindexProgress.Phase
    PHASE_BUILDING: ReindexProgress.Phase
    PHASE_SAVING: ReindexProgress.Phase
    PHASE_SWITCHING: ReindexProgress.Phase
    PHASE_FIELD_NUMBER: _ClassVar[int]
    NUM_VECTORS_DONE_FIELD_NUMBER: _ClassVar[int]
    NUM_VECTORS_FIELD_NUMBER: _ClassVar[int]
    TIME_LEFT_FIELD_NUMBER: _ClassVar[int]
    phase: ReindexProgress.Phase
    num_vectors_done: int
    num_vectors: int
    time_left: _duration_pb2.Duration
    def __init__(self, phase: _Optional[_Union[ReindexProgress.Phase, str]] = ..., num_vectors_done: _Optional[int] = ..., num_vectors: _Optional[int] = ..., time_left: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
