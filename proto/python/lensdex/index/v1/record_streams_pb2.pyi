from google.rpc import status_pb2 as _status_pb2
from lensdex.common.v1 import embedding_space_pb2 as _embedding_space_pb2
from lensdex.common.v1 import vectors_pb2 as _vectors_pb2
from lensdex.index.v1 import filter_pb2 as _filter_pb2
from lensdex.index.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UpsertStreamRequest(_message.Message):
    __slots__ = ("options", "items")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    options: UpsertStreamOptions
    items: UpsertStreamItems
    def __init__(self, options: _Optional[_Union[UpsertStreamOptions, _Mapping]] = ..., items: _Optional[_Union[UpsertStreamItems, _Mapping]] = ...) -> None: ...

class UpsertStreamOptions(_message.Message):
    __slots__ = ("collection", "views")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    collection: str
    views: _containers.RepeatedCompositeFieldContainer[UpsertStreamView]
    def __init__(self, collection: _Optional[str] = ..., views: _Optional[_Iterable[_Union[UpsertStreamView, _Mapping]]] = ...) -> None: ...

class UpsertStreamView(_message.Message):
    __slots__ = ("view", "space")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    view: str
    space: _embedding_space_pb2.EmbeddingSpace
    def __init__(self, view: _Optional[str] = ..., space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ...) -> None: ...

class UpsertStreamItems(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[UpsertStreamItem]
    def __init__(self, items: _Optional[_Iterable[_Union[UpsertStreamItem, _Mapping]]] = ...) -> None: ...

class UpsertStreamItem(_message.Message):
    __slots__ = ("sequence", "record", "vectors")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    record: _record_pb2.Record
    vectors: _containers.RepeatedCompositeFieldContainer[UpsertStreamVector]
    def __init__(self, sequence: _Optional[int] = ..., record: _Optional[_Union[_record_pb2.Record, _Mapping]] = ..., vectors: _Optional[_Iterable[_Union[UpsertStreamVector, _Mapping]]] = ...) -> None: ...

class UpsertStreamVector(_message.Message):
    __slots__ = ("view", "vector")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    view: str
    vector: _vectors_pb2.Vectors
    def __init__(self, view: _Optional[str] = ..., vector: _Optional[_Union[_vectors_pb2.Vectors, _Mapping]] = ...) -> None: ...

class UpsertStreamResponse(_message.Message):
    __slots__ = ("opening", "results")
    OPENING_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    opening: UpsertStreamOpening
    results: UpsertStreamResults
    def __init__(self, opening: _Optional[_Union[UpsertStreamOpening, _Mapping]] = ..., results: _Optional[_Union[UpsertStreamResults, _Mapping]] = ...) -> None: ...

class UpsertStreamOpening(_message.Message):
    __slots__ = ("collection",)
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    collection: str
    def __init__(self, collection: _Optional[str] = ...) -> None: ...

class UpsertStreamResults(_message.Message):
    __slots__ = ("results", "consistency_token")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    CONSISTENCY_TOKEN_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[UpsertStreamResult]
    consistency_token: str
    def __init__(self, results: _Optional[_Iterable[_Union[UpsertStreamResult, _Mapping]]] = ..., consistency_token: _Optional[str] = ...) -> None: ...

class UpsertStreamResult(_message.Message):
    __slots__ = ("sequence", "upserted", "error")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    UPSERTED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    upserted: UpsertedItem
    error: _status_pb2.Status
    def __init__(self, sequence: _Optional[int] = ..., upserted: _Optional[_Union[UpsertedItem, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class UpsertedItem(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ExportRecordsRequest(_message.Message):
    __slots__ = ("collection", "include", "views", "filter", "after")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    collection: str
    include: _record_pb2.Include
    views: _containers.RepeatedScalarFieldContainer[str]
    filter: _filter_pb2.Filter
    after: str
    def __init__(self, collection: _Optional[str] = ..., include: _Optional[_Union[_record_pb2.Include, _Mapping]] = ..., views: _Optional[_Iterable[str]] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ..., after: _Optional[str] = ...) -> None: ...

class ExportRecordsResponse(_message.Message):
    __slots__ = ("records", "vectors", "collection")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[_record_pb2.Record]
    vectors: _containers.RepeatedCompositeFieldContainer[_record_pb2.ViewVectors]
    collection: str
    def __init__(self, records: _Optional[_Iterable[_Union[_record_pb2.Record, _Mapping]]] = ..., vectors: _Optional[_Iterable[_Union[_record_pb2.ViewVectors, _Mapping]]] = ..., collection: _Optional[str] = ...) -> None: ...
