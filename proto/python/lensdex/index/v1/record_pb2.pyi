from google.protobuf import struct_pb2 as _struct_pb2
from lensdex.common.v1 import content_pb2 as _content_pb2
from lensdex.common.v1 import embedding_space_pb2 as _embedding_space_pb2
from lensdex.common.v1 import vectors_pb2 as _vectors_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Record(_message.Message):
    __slots__ = ("id", "metadata", "content")
    ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    metadata: _struct_pb2.Struct
    content: _content_pb2.Content
    def __init__(self, id: _Optional[str] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., content: _Optional[_Union[_content_pb2.Content, _Mapping]] = ...) -> None: ...

class RecordUpdate(_message.Message):
    __slots__ = ("id", "metadata", "content", "remove_content", "remove_views")
    ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    REMOVE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    REMOVE_VIEWS_FIELD_NUMBER: _ClassVar[int]
    id: str
    metadata: _struct_pb2.Struct
    content: _content_pb2.Content
    remove_content: bool
    remove_views: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., content: _Optional[_Union[_content_pb2.Content, _Mapping]] = ..., remove_content: _Optional[bool] = ..., remove_views: _Optional[_Iterable[str]] = ...) -> None: ...

class ViewVectors(_message.Message):
    __slots__ = ("view", "space", "vectors", "record_indexes")
    VIEW_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    RECORD_INDEXES_FIELD_NUMBER: _ClassVar[int]
    view: str
    space: _embedding_space_pb2.EmbeddingSpace
    vectors: _vectors_pb2.Vectors
    record_indexes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, view: _Optional[str] = ..., space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ..., vectors: _Optional[_Union[_vectors_pb2.Vectors, _Mapping]] = ..., record_indexes: _Optional[_Iterable[int]] = ...) -> None: ...

class Include(_message.Message):
    __slots__ = ("metadata", "content")
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    metadata: bool
    content: bool
    def __init__(self, metadata: _Optional[bool] = ..., content: _Optional[bool] = ...) -> None: ...
