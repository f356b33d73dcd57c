import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.rpc import status_pb2 as _status_pb2
from lensdex.common.v1 import build_info_pb2 as _build_info_pb2
from lensdex.common.v1 import content_pb2 as _content_pb2
from lensdex.common.v1 import embedding_space_pb2 as _embedding_space_pb2
from lensdex.common.v1 import vectors_pb2 as _vectors_pb2
from lensdex.embedder.v1 import model_pb2 as _model_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EmbedRequest(_message.Message):
    __slots__ = ("contents", "instruction", "dimension", "poolings", "encoding", "truncation", "image_bounds")
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    POOLINGS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BOUNDS_FIELD_NUMBER: _ClassVar[int]
    contents: _containers.RepeatedCompositeFieldContainer[_content_pb2.Content]
    instruction: str
    dimension: int
    poolings: _containers.RepeatedScalarFieldContainer[_embedding_space_pb2.Pooling]
    encoding: _vectors_pb2.VectorEncoding
    truncation: _model_pb2.Truncation
    image_bounds: _model_pb2.ImageBounds
    def __init__(self, contents: _Optional[_Iterable[_Union[_content_pb2.Content, _Mapping]]] = ..., instruction: _Optional[str] = ..., dimension: _Optional[int] = ..., poolings: _Optional[_Iterable[_Union[_embedding_space_pb2.Pooling, str]]] = ..., encoding: _Optional[_Union[_vectors_pb2.VectorEncoding, str]] = ..., truncation: _Optional[_Union[_model_pb2.Truncation, str]] = ..., image_bounds: _Optional[_Union[_model_pb2.ImageBounds, _Mapping]] = ...) -> None: ...

class EmbedResponse(_message.Message):
    __slots__ = ("results", "blocks", "timing")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[EmbedResult]
    blocks: _containers.RepeatedCompositeFieldContainer[EmbeddingBlock]
    timing: Timing
    def __init__(self, results: _Optional[_Iterable[_Union[EmbedResult, _Mapping]]] = ..., blocks: _Optional[_Iterable[_Union[EmbeddingBlock, _Mapping]]] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ...) -> None: ...

class EmbedResult(_message.Message):
    __slots__ = ("embedded", "error")
    EMBEDDED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    embedded: EmbeddedContent
    error: _status_pb2.Status
    def __init__(self, embedded: _Optional[_Union[EmbeddedContent, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class EmbeddedContent(_message.Message):
    __slots__ = ("row", "num_tokens", "num_truncated_tokens")
    ROW_FIELD_NUMBER: _ClassVar[int]
    NUM_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NUM_TRUNCATED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    row: int
    num_tokens: int
    num_truncated_tokens: int
    def __init__(self, row: _Optional[int] = ..., num_tokens: _Optional[int] = ..., num_truncated_tokens: _Optional[int] = ...) -> None: ...

class EmbeddingBlock(_message.Message):
    __slots__ = ("space", "vectors")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    space: _embedding_space_pb2.EmbeddingSpace
    vectors: _vectors_pb2.Vectors
    def __init__(self, space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ..., vectors: _Optional[_Union[_vectors_pb2.Vectors, _Mapping]] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ("queue_time", "preprocess_time", "compute_time", "batch_size")
    QUEUE_TIME_FIELD_NUMBER: _ClassVar[int]
    PREPROCESS_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_TIME_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    queue_time: _duration_pb2.Duration
    preprocess_time: _duration_pb2.Duration
    compute_time: _duration_pb2.Duration
    batch_size: int
    def __init__(self, queue_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., preprocess_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., compute_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., batch_size: _Optional[int] = ...) -> None: ...

class EmbedStreamRequest(_message.Message):
    __slots__ = ("options", "item")
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    options: EmbedStreamOptions
    item: EmbedStreamItem
    def __init__(self, options: _Optional[_Union[EmbedStreamOptions, _Mapping]] = ..., item: _Optional[_Union[EmbedStreamItem, _Mapping]] = ...) -> None: ...

class EmbedStreamOptions(_message.Message):
    __slots__ = ("instruction", "dimension", "poolings", "encoding", "truncation", "image_bounds")
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    POOLINGS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BOUNDS_FIELD_NUMBER: _ClassVar[int]
    instruction: str
    dimension: int
    poolings: _containers.RepeatedScalarFieldContainer[_embedding_space_pb2.Pooling]
    encoding: _vectors_pb2.VectorEncoding
    truncation: _model_pb2.Truncation
    image_bounds: _model_pb2.ImageBounds
    def __init__(self, instruction: _Optional[str] = ..., dimension: _Optional[int] = ..., poolings: _Optional[_Iterable[_Union[_embedding_space_pb2.Pooling, str]]] = ..., encoding: _Optional[_Union[_vectors_pb2.VectorEncoding, str]] = ..., truncation: _Optional[_Union[_model_pb2.Truncation, str]] = ..., image_bounds: _Optional[_Union[_model_pb2.ImageBounds, _Mapping]] = ...) -> None: ...

class EmbedStreamItem(_message.Message):
    __slots__ = ("id", "content")
    ID_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    content: _content_pb2.Content
    def __init__(self, id: _Optional[str] = ..., content: _Optional[_Union[_content_pb2.Content, _Mapping]] = ...) -> None: ...

class EmbedStreamResponse(_message.Message):
    __slots__ = ("opening", "result")
    OPENING_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    opening: EmbedStreamOpening
    result: EmbedStreamResult
    def __init__(self, opening: _Optional[_Union[EmbedStreamOpening, _Mapping]] = ..., result: _Optional[_Union[EmbedStreamResult, _Mapping]] = ...) -> None: ...

class EmbedStreamOpening(_message.Message):
    __slots__ = ("spaces",)
    SPACES_FIELD_NUMBER: _ClassVar[int]
    spaces: _containers.RepeatedCompositeFieldContainer[_embedding_space_pb2.EmbeddingSpace]
    def __init__(self, spaces: _Optional[_Iterable[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]]] = ...) -> None: ...

class EmbedStreamResult(_message.Message):
    __slots__ = ("id", "embedded", "error")
    ID_FIELD_NUMBER: _ClassVar[int]
    EMBEDDED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    id: str
    embedded: EmbeddedItem
    error: _status_pb2.Status
    def __init__(self, id: _Optional[str] = ..., embedded: _Optional[_Union[EmbeddedItem, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class EmbeddedItem(_message.Message):
    __slots__ = ("vectors", "num_tokens", "num_truncated_tokens", "timing")
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    NUM_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NUM_TRUNCATED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    vectors: _vectors_pb2.Vectors
    num_tokens: int
    num_truncated_tokens: int
    timing: Timing
    def __init__(self, vectors: _Optional[_Union[_vectors_pb2.Vectors, _Mapping]] = ..., num_tokens: _Optional[int] = ..., num_truncated_tokens: _Optional[int] = ..., timing: _Optional[_Union[Timing, _Mapping]] = ...) -> None: ...

class CountTokensRequest(_message.Message):
    __slots__ = ("contents", "instruction", "image_bounds")
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BOUNDS_FIELD_NUMBER: _ClassVar[int]
    contents: _containers.RepeatedCompositeFieldContainer[_content_pb2.Content]
    instruction: str
    image_bounds: _model_pb2.ImageBounds
    def __init__(self, contents: _Optional[_Iterable[_Union[_content_pb2.Content, _Mapping]]] = ..., instruction: _Optional[str] = ..., image_bounds: _Optional[_Union[_model_pb2.ImageBounds, _Mapping]] = ...) -> None: ...

class CountTokensResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[CountTokensResult]
    def __init__(self, results: _Optional[_Iterable[_Union[CountTokensResult, _Mapping]]] = ...) -> None: ...

class CountTokensResult(_message.Message):
    __slots__ = ("count", "error")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    count: TokenCount
    error: _status_pb2.Status
    def __init__(self, count: _Optional[_Union[TokenCount, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class TokenCount(_message.Message):
    __slots__ = ("num_tokens", "num_image_tokens", "too_long", "num_video_tokens")
    NUM_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NUM_IMAGE_TOKENS_FIELD_NUMBER: _ClassVar[int]
    TOO_LONG_FIELD_NUMBER: _ClassVar[int]
    NUM_VIDEO_TOKENS_FIELD_NUMBER: _ClassVar[int]
    num_tokens: int
    num_image_tokens: int
    too_long: bool
    num_video_tokens: int
    def __init__(self, num_tokens: _Optional[int] = ..., num_image_tokens: _Optional[int] = ..., too_long: _Optional[bool] = ..., num_video_tokens: _Optional[int] = ...) -> None: ...

class GetEmbedderInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetEmbedderInfoResponse(_message.Message):
    __slots__ = ("spaces", "model", "min_dimension", "max_dimension", "default_instruction", "limits", "build", "self_test")
    SPACES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    MIN_DIMENSION_FIELD_NUMBER: _ClassVar[int]
    MAX_DIMENSION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    BUILD_FIELD_NUMBER: _ClassVar[int]
    SELF_TEST_FIELD_NUMBER: _ClassVar[int]
    spaces: _containers.RepeatedCompositeFieldContainer[EmbedderSpace]
    model: _model_pb2.ModelInfo
    min_dimension: int
    max_dimension: int
    default_instruction: str
    limits: _model_pb2.EmbedderLimits
    build: _build_info_pb2.BuildInfo
    self_test: EmbeddingSelfTest
    def __init__(self, spaces: _Optional[_Iterable[_Union[EmbedderSpace, _Mapping]]] = ..., model: _Optional[_Union[_model_pb2.ModelInfo, _Mapping]] = ..., min_dimension: _Optional[int] = ..., max_dimension: _Optional[int] = ..., default_instruction: _Optional[str] = ..., limits: _Optional[_Union[_model_pb2.EmbedderLimits, _Mapping]] = ..., build: _Optional[_Union[_build_info_pb2.BuildInfo, _Mapping]] = ..., self_test: _Optional[_Union[EmbeddingSelfTest, _Mapping]] = ...) -> None: ...

class EmbeddingSelfTest(_message.Message):
    __slots__ = ("num_probes", "worst_cosine", "min_cosine")
    NUM_PROBES_FIELD_NUMBER: _ClassVar[int]
    WORST_COSINE_FIELD_NUMBER: _ClassVar[int]
    MIN_COSINE_FIELD_NUMBER: _ClassVar[int]
    num_probes: int
    worst_cosine: float
    min_cosine: float
    def __init__(self, num_probes: _Optional[int] = ..., worst_cosine: _Optional[float] = ..., min_cosine: _Optional[float] = ...) -> None: ...

class EmbedderSpace(_message.Message):
    __slots__ = ("space", "fingerprint")
    SPACE_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    space: _embedding_space_pb2.EmbeddingSpace
    fingerprint: str
    def __init__(self, space: _Optional[_Union[_embedding_space_pb2.EmbeddingSpace, _Mapping]] = ..., fingerprint: _Optional[str] = ...) -> None: ...
