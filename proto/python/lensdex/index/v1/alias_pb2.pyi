from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Alias(_message.Message):
    __slots__ = ("name", "collection", "default_view")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VIEW_FIELD_NUMBER: _ClassVar[int]
    name: str
    collection: str
    default_view: str
    def __init__(self, name: _Optional[str] = ..., collection: _Optional[str] = ..., default_view: _Optional[str] = ...) -> None: ...
