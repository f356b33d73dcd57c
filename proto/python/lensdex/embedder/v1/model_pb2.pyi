from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Modality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODALITY_UNSPECIFIED: _ClassVar[Modality]
    MODALITY_TEXT: _ClassVar[Modality]
    MODALITY_IMAGE: _ClassVar[Modality]
    MODALITY_VIDEO: _ClassVar[Modality]

class Truncation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRUNCATION_UNSPECIFIED: _ClassVar[Truncation]
    TRUNCATION_REFUSE: _ClassVar[Truncation]
    TRUNCATION_CUT_TEXT: _ClassVar[Truncation]
MODALITY_UNSPECIFIED: Modality
MODALITY_TEXT: Modality
MODALITY_IMAGE: Modality
MODALITY_VIDEO: Modality
TRUNCATION_UNSPECIFIED: Truncation
TRUNCATION_REFUSE: Truncation
TRUNCATION_CUT_TEXT: Truncation

class ModelInfo(_message.Message):
    __slots__ = ("name", "revision", "weights_digest", "engine", "device", "dtype", "modalities")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    MODALITIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: str
    weights_digest: str
    engine: str
    device: str
    dtype: str
    modalities: _containers.RepeatedScalarFieldContainer[Modality]
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[str] = ..., weights_digest: _Optional[str] = ..., engine: _Optional[str] = ..., device: _Optional[str] = ..., dtype: _Optional[str] = ..., modalities: _Optional[_Iterable[_Union[Modality, str]]] = ...) -> None: ...

class EmbedderLimits(_message.Message):
    __slots__ = ("max_contents", "max_tokens", "max_images", "max_image_pixels", "max_aspect_ratio", "max_media_bytes", "max_message_bytes", "max_pending_items", "max_pending_bytes", "max_image_tokens", "max_streams", "max_stream_items", "max_stream_bytes", "max_videos", "max_video_frames", "max_video_bytes", "max_video_seconds", "min_image_tokens", "max_pending_tokens", "max_text_bytes")
    MAX_CONTENTS_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGES_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_PIXELS_FIELD_NUMBER: _ClassVar[int]
    MAX_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_MEDIA_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_PENDING_ITEMS_FIELD_NUMBER: _ClassVar[int]
    MAX_PENDING_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAMS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_ITEMS_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_VIDEOS_FIELD_NUMBER: _ClassVar[int]
    MAX_VIDEO_FRAMES_FIELD_NUMBER: _ClassVar[int]
    MAX_VIDEO_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_VIDEO_SECONDS_FIELD_NUMBER: _ClassVar[int]
    MIN_IMAGE_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_PENDING_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_TEXT_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_contents: int
    max_tokens: int
    max_images: int
    max_image_pixels: int
    max_aspect_ratio: int
    max_media_bytes: int
    max_message_bytes: int
    max_pending_items: int
    max_pending_bytes: int
    max_image_tokens: int
    max_streams: int
    max_stream_items: int
    max_stream_bytes: int
    max_videos: int
    max_video_frames: int
    max_video_bytes: int
    max_video_seconds: float
    min_image_tokens: int
    max_pending_tokens: int
    max_text_bytes: int
    def __init__(self, max_contents: _Optional[int] = ..., max_tokens: _Optional[int] = ..., max_images: _Optional[int] = ..., max_image_pixels: _Optional[int] = ..., max_aspect_ratio: _Optional[int] = ..., max_media_bytes: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_pending_items: _Optional[int] = ..., max_pending_bytes: _Optional[int] = ..., max_image_tokens: _Optional[int] = ..., max_streams: _Optional[int] = ..., max_stream_items: _Optional[int] = ..., max_stream_bytes: _Optional[int] = ..., max_videos: _Optional[int] = ..., max_video_frames: _Optional[int] = ..., max_video_bytes: _Optional[int] = ..., max_video_seconds: _Optional[float] = ..., min_image_tokens: _Optional[int] = ..., max_pending_tokens: _Optional[int] = ..., max_text_bytes: _Optional[int] = ...) -> None: ...

class ImageBounds(_message.Message):
    __slots__ = ("min_tokens", "max_tokens")
    MIN_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    min_tokens: int
    max_tokens: int
    def __init__(self, min_tokens: _Optional[int] = ..., max_tokens: _Optional[int] = ...) -> None: ...
