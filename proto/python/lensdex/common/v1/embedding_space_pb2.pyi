from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Pooling(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POOLING_UNSPECIFIED: _ClassVar[Pooling]
    POOLING_LAST_TOKEN: _ClassVar[Pooling]
    POOLING_MEAN: _ClassVar[Pooling]

class Normalization(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NORMALIZATION_UNSPECIFIED: _ClassVar[Normalization]
    NORMALIZATION_NONE: _ClassVar[Normalization]
    NORMALIZATION_L2: _ClassVar[Normalization]
POOLING_UNSPECIFIED: Pooling
POOLING_LAST_TOKEN: Pooling
POOLING_MEAN: Pooling
NORMALIZATION_UNSPECIFIED: Normalization
NORMALIZATION_NONE: Normalization
NORMALIZATION_L2: Normalization

class EmbeddingSpace(_message.Message):
    __slots__ = ("weights_digest", "template_version", "pooling", "dimension", "normalization")
    WEIGHTS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_VERSION_FIELD_NUMBER: _ClassVar[int]
    POOLING_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    NORMALIZATION_FIELD_NUMBER: _ClassVar[int]
    weights_digest: str
    template_version: str
    pooling: Pooling
    dimension: int
    normalization: Normalization
    def __init__(self, weights_digest: _Optional[str] = ..., template_version: _Optional[str] = ..., pooling: _Optional[_Union[Pooling, str]] = ..., dimension: _Optional[int] = ..., normalization: _Optional[_Union[Normalization, str]] = ...) -> None: ...
