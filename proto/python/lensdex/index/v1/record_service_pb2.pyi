import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.rpc import status_pb2 as _status_pb2
from lensdex.common.v1 import embedding_space_pb2 as _embedding_space_pb2
from lensdex.common.v1 import vectors_pb2 as _vectors_pb2
from lensdex.index.v1 import filter_pb2 as _filter_pb2
from lensdex.index.v1 import record_pb2 as _record_pb2
from lensdex.index.v1 import record_streams_pb2 as _record_streams_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UpsertRecordsRequest(_message.Message):
    __slots__ = ("collection", "records", "vectors")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    collection: str
    records: _containers.RepeatedCompositeFieldContainer[_record_pb2.Record]
    vectors: _containers.RepeatedCompositeFieldContainer[_record_pb2.ViewVectors]
    def __init__(self, collection: _Optional[str] = ..., records: _Optional[_Iterable[_Union[_record_pb2.Record, _Mapping]]] = ..., vectors: _Optional[_Iterable[_Union[_record_pb2.ViewVectors, _Mapping]]] = ...) -> None: ...

class UpsertRecordsResponse(_message.Message):
    __slots__ = ("num_inserted", "num_replaced", "consistency_token")
    NUM_INSERTED_FIELD_NUMBER: _ClassVar[int]
    NUM_REPLACED_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_TOKEN_FIELD_NUMBER: _ClassVar[int]
    num_inserted: int
    num_replaced: int
    consistency_token: str
    def __init__(self, num_inserted: _Optional[int] = ..., num_replaced: _Optional[int] = ..., consistency_token: _Optional[str] = ...) -> None: ...

class UpdateRecordsRequest(_message.Message):
    __slots__ = ("collection", "updates", "vectors")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    collection: str
    updates: _containers.RepeatedCompositeFieldContainer[_record_pb2.RecordUpdate]
    vectors: _containers.RepeatedCompositeFieldContainer[_record_pb2.ViewVectors]
    def __init__(self, collection: _Optional[str] = ..., updates: _Optional[_Iterable[_Union[_record_pb2.RecordUpdate, _Mapping]]] = ..., vectors: _Optional[_Iterable[_Union[_record_pb2.ViewVectors, _Mapping]]] = ...) -> None: ...

class UpdateRecordsResponse(_message.Message):
    __slots__ = ("num_updated", "consistency_token")
    NUM_UPDATED_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_TOKEN_FIELD_NUMBER: _ClassVar[int]
    num_updated: int
    consistency_token: str
    def __init__(self, num_updated: _Optional[int] = ..., consistency_token: _Optional[str] = ...) -> None: ...

class DeleteRecordsRequest(_message.Message):
    __slots__ = ("collection", "ids", "filter")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    collection: str
    ids: _containers.RepeatedScalarFieldContainer[str]
    filter: _filter_pb2.Filter
    def __init__(self, collection: _Optional[str] = ..., ids: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ...) -> None: ...

class DeleteRecordsResponse(_message.Message):
    __slots__ = ("num_deleted", "consistency_token")
    NUM_DELETED_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_TOKEN_FIELD_NUMBER: _ClassVar[int]
    num_deleted: int
    consistency_token: str
    def __init__(self, num_deleted: _Optional[int] = ..., consistency_token: _Optional[str] = ...) -> None: ...

class GetRecordsRequest(_message.Message):
    __slots__ = ("collection", "ids", "include", "views")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    collection: str
    ids: _containers.RepeatedScalarFieldContainer[str]
    include: _record_pb2.Include
    views: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, collection: _Optional[str] = ..., ids: _Optional[_Iterable[str]] = ..., include: _Optional[_Union[_record_pb2.Include, _Mapping]] = ..., views: _Optional[_Iterable[str]] = ...) -> None: ...

class GetRecordsResponse(_message.Message):
    __slots__ = ("results", "vectors")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[GetRecordResult]
    vectors: _containers.RepeatedCompositeFieldContainer[_record_pb2.ViewVectors]
    def __init__(self, results: _Optional[_Iterable[_Union[GetRecordResult, _Mapping]]] = ..., vectors: _Optional[_Iterable[_Union[_record_pb2.ViewVectors, _Mapping]]] = ...) -> None: ...

class GetRecordResult(_message.Message):
    __slots__ = ("record", "error")
    RECORD_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    record: _record_pb2.Record
    error: _status_pb2.Status
    def __init__(self, record: _Optional[_Union[_record_pb2.Record, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class ListRecordsRequest(_message.Message):
    __slots__ = ("collection", "page_size", "page_token", "include", "views", "filter")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    collection: str
    page_size: int
    page_token: str
    include: _record_pb2.Include
    views: _containers.RepeatedScalarFieldContainer[str]
    filter: _filter_pb2.Filter
    def __init__(self, collection: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., include: _Optional[_Union[_record_pb2.Include, _Mapping]] = ..., views: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ...) -> None: ...

class ListRecordsResponse(_message.Message):
    __slots__ = ("records", "vectors", "next_page_token")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[_record_pb2.Record]
    vectors: _containers.RepeatedCompositeFieldContainer[_record_pb2.ViewVectors]
    next_page_token: str
    def __init__(self, records: _Optional[_Iterable[_Union[_record_pb2.Record, _Mapping]]] = ..., vectors: _Optional[_Iterable[_Union[_record_pb2.ViewVectors, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CountRecordsRequest(_message.Message):
    __slots__ = ("collection", "filter")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    collection: str
    filter: _filter_pb2.Filter
    def __init__(self, collection: _Optional[str] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ...) -> None: ...

class CountRecordsResponse(_message.Message):
    __slots__ = ("num_records",)
    NUM_RECORDS_FIELD_NUMBER: _ClassVar[int]
    num_records: int
    def __init__(self, num_records: _Optional[int] = ...) -> None: ...

class SearchRecordsRequest(_message.Message):
    __slots__ = ("collection", "view", "vectors", "records", "k", "ef", "exact", "score_threshold", "include", "consistency_token", "filter", "fusion")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    EF_FIELD_NUMBER: _ClassVar[int]
    EXACT_FIELD_NUMBER: _ClassVar[int]
    SCORE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FUSION_FIELD_NUMBER: _ClassVar[int]
    collection: str
    view: str
    vectors: VectorQueries
    records: RecordQueries
    k: int
    ef: int
    exact: bool
    score_threshold: float
    include: _record_pb2.Include
    consistency_token: str
    filter: _filter_pb2.Filter
    fusion: Fusion
    def __init__(self, collection: _Optional[str] = ..., view: _Optional[str] = ..., vectors: _Optional[_Union[VectorQueries, _Mapping]] = ..., records: _Optional[_Union[RecordQueries, _Mapping]] = ..., k: _Optional[int] = ..., ef: _Optional[int] = ..., exact: _Optional[bool] = ..., score_threshold: _Optional[float] = ..., include: _Optional[_Union[_record_pb2.Include, _Mapping]] = ..., consistency_token: _Optional[str] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ..., fusion: _Optional[_Union[Fusion, _Mapping]] = ...) -> None: ...

class Fusion(_message.Message):
    __slots__ = ("sources", "window", "rank_constant")
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    RANK_CONSTANT_FIELD_NUMBER: _ClassVar[int]
    sources: _containers.RepeatedCompositeFieldContainer[FusionSource]
    window: int
    rank_constant: int
    def __init__(self, sources: _Optional[_Iterable[_Union[FusionSource, _Mapping]]] = ..., window: _Optional[int] = ..., rank_constant: _Optional[int] = ...) -> None: ...

class FusionSource(_message.Message):
    __slots__ = ("view", "vectors", "weight")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    view: str
    vectors: VectorQueries
    weight: float
    def __init__(self, view: _Optional[str] = ..., vectors: _Optional[_Union[VectorQueries, _Mapping]] = ..., weight: _Optional[float] = ...) -> None: ...

class VectorQueries(_message.Message):
    __slots__ = ("space", "vectors")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    space: _embedding_space_pb2.EmbeddingSpace
    vectors: _vectors_pb2.Vectors
    def __init__(self, space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ..., vectors: _Optional[_Union[_vectors_pb2.Vectors, _Mapping]] = ...) -> None: ...

class RecordQueries(_message.Message):
    __slots__ = ("ids",)
    IDS_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SearchRecordsResponse(_message.Message):
    __slots__ = ("results", "view", "num_records_without_view", "search_time", "collection", "views")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    NUM_RECORDS_WITHOUT_VIEW_FIELD_NUMBER: _ClassVar[int]
    SEARCH_TIME_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SearchResult]
    view: str
    num_records_without_view: int
    search_time: _duration_pb2.Duration
    collection: str
    views: _containers.RepeatedCompositeFieldContainer[SearchedView]
    def __init__(self, results: _Optional[_Iterable[_Union[SearchResult, _Mapping]]] = ..., view: _Optional[str] = ..., num_records_without_view: _Optional[int] = ..., search_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., collection: _Optional[str] = ..., views: _Optional[_Iterable[_Union[SearchedView, _Mapping]]] = ...) -> None: ...

class SearchedView(_message.Message):
    __slots__ = ("view", "num_records_without_view")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    NUM_RECORDS_WITHOUT_VIEW_FIELD_NUMBER: _ClassVar[int]
    view: str
    num_records_without_view: int
    def __init__(self, view: _Optional[str] = ..., num_records_without_view: _Optional[int] = ...) -> None: ...

class SearchResult(_message.Message):
    __slots__ = ("hits", "error")
    HITS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    hits: Hits
    error: _status_pb2.Status
    def __init__(self, hits: _Optional[_Union[Hits, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class Hits(_message.Message):
    __slots__ = ("hits",)
    HITS_FIELD_NUMBER: _ClassVar[int]
    hits: _containers.RepeatedCompositeFieldContainer[Hit]
    def __init__(self, hits: _Optional[_Iterable[_Union[Hit, _Mapping]]] = ...) -> None: ...

class Hit(_message.Message):
    __slots__ = ("record", "score", "placements")
    RECORD_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    PLACEMENTS_FIELD_NUMBER: _ClassVar[int]
    record: _record_pb2.Record
    score: float
    placements: _containers.RepeatedCompositeFieldContainer[Placement]
    def __init__(self, record: _Optional[_Union[_record_pb2.Record, _Mapping]] = ..., score: _Optional[float] = ..., placements: _Optional[_Iterable[_Union[Placement, _Mapping]]] = ...) -> None: ...

class Placement(_message.Message):
    __slots__ = ("view", "rank", "score")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    view: str
    rank: int
    score: float
    def __init__(self, view: _Optional[str] = ..., rank: _Optional[int] = ..., score: _Optional[float] = ...) -> None: ...
