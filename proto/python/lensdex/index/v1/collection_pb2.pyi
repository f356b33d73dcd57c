import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from lensdex.common.v1 import embedding_space_pb2 as _embedding_space_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Metric(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METRIC_UNSPECIFIED: _ClassVar[Metric]
    METRIC_COSINE: _ClassVar[Metric]
    METRIC_DOT: _ClassVar[Metric]
    METRIC_EUCLIDEAN: _ClassVar[Metric]

class FieldType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIELD_TYPE_UNSPECIFIED: _ClassVar[FieldType]
    FIELD_TYPE_KEYWORD: _ClassVar[FieldType]
    FIELD_TYPE_INT64: _ClassVar[FieldType]
    FIELD_TYPE_DOUBLE: _ClassVar[FieldType]
    FIELD_TYPE_BOOL: _ClassVar[FieldType]
    FIELD_TYPE_TIMESTAMP: _ClassVar[FieldType]
METRIC_UNSPECIFIED: Metric
METRIC_COSINE: Metric
METRIC_DOT: Metric
METRIC_EUCLIDEAN: Metric
FIELD_TYPE_UNSPECIFIED: FieldType
FIELD_TYPE_KEYWORD: FieldType
FIELD_TYPE_INT64: FieldType
FIELD_TYPE_DOUBLE: FieldType
FIELD_TYPE_BOOL: FieldType
FIELD_TYPE_TIMESTAMP: FieldType

class Collection(_message.Message):
    __slots__ = ("name", "views", "indexed_fields", "create_time")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    INDEXED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    name: str
    views: _containers.RepeatedCompositeFieldContainer[View]
    indexed_fields: _containers.RepeatedCompositeFieldContainer[IndexedField]
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., views: _Optional[_Iterable[_Union[View, _Mapping]]] = ..., indexed_fields: _Optional[_Iterable[_Union[IndexedField, _Mapping]]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class View(_message.Message):
    __slots__ = ("name", "space", "dimension", "metric", "backend")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    name: str
    space: _embedding_space_pb2.EmbeddingSpace
    dimension: int
    metric: Metric
    backend: Backend
    def __init__(self, name: _Optional[str] = ..., space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ..., dimension: _Optional[int] = ..., metric: _Optional[_Union[Metric, str]] = ..., backend: _Optional[_Union[Backend, _Mapping]] = ...) -> None: ...

class Backend(_message.Message):
    __slots__ = ("name", "parameters")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    name: str
    parameters: _struct_pb2.Struct
    def __init__(self, name: _Optional[str] = ..., parameters: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class IndexedField(_message.Message):
    __slots__ = ("name", "type", "list")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: FieldType
    list: bool
    def __init__(self, name: _Optional[str] = ..., type: _Optional[_Union[FieldType, str]] = ..., list: _Optional[bool] = ...) -> None: ...

class CollectionStatistics(_message.Message):
    __slots__ = ("num_records", "sequence", "disk_bytes", "views")
    NUM_RECORDS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DISK_BYTES_FIELD_NUMBER: _ClassVar[int]
    VIEWS_FIELD_NUMBER: _ClassVar[int]
    num_records: int
    sequence: int
    disk_bytes: int
    views: _containers.RepeatedCompositeFieldContainer[ViewStatistics]
    def __init__(self, num_records: _Optional[int] = ..., sequence: _Optional[int] = ..., disk_bytes: _Optional[int] = ..., views: _Optional[_Iterable[_Union[ViewStatistics, _Mapping]]] = ...) -> None: ...

class ViewStatistics(_message.Message):
    __slots__ = ("view", "num_vectors", "num_tail_vectors", "space_fingerprint")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    NUM_VECTORS_FIELD_NUMBER: _ClassVar[int]
    NUM_TAIL_VECTORS_FIELD_NUMBER: _ClassVar[int]
    SPACE_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    view: str
    num_vectors: int
    num_tail_vectors: int
    space_fingerprint: str
    def __init__(self, view: _Optional[str] = ..., num_vectors: _Optional[int] = ..., num_tail_vectors: _Optional[int] = ..., space_fingerprint: _Optional[str] = ...) -> None: ...
