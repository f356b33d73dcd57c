from google.rpc import status_pb2 as _status_pb2
from lensdex.common.v1 import build_info_pb2 as _build_info_pb2
from lensdex.common.v1 import content_pb2 as _content_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as _embedder_service_pb2
from lensdex.embedder.v1 import model_pb2 as _model_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RerankRequest(_message.Message):
    __slots__ = ("query", "documents", "instruction", "truncation", "image_bounds")
    QUERY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BOUNDS_FIELD_NUMBER: _ClassVar[int]
    query: _content_pb2.Content
    documents: _containers.RepeatedCompositeFieldContainer[_content_pb2.Content]
    instruction: str
    truncation: _model_pb2.Truncation
    image_bounds: _model_pb2.ImageBounds
    def __init__(self, query: _Optional[_Union[_content_pb2.Content, _Mapping]] = ..., documents: _Optional[_Iterable[_Union[_content_pb2.Content, _Mapping]]] = ..., instruction: _Optional[str] = ..., truncation: _Optional[_Union[_model_pb2.Truncation, str]] = ..., image_bounds: _Optional[_Union[_model_pb2.ImageBounds, _Mapping]] = ...) -> None: ...

class RerankResponse(_message.Message):
    __slots__ = ("results", "timing")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[RerankResult]
    timing: _embedder_service_pb2.Timing
    def __init__(self, results: _Optional[_Iterable[_Union[RerankResult, _Mapping]]] = ..., timing: _Optional[_Union[_embedder_service_pb2.Timing, _Mapping]] = ...) -> None: ...

class RerankResult(_message.Message):
    __slots__ = ("relevance", "error")
    RELEVANCE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    relevance: Relevance
    error: _status_pb2.Status
    def __init__(self, relevance: _Optional[_Union[Relevance, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class Relevance(_message.Message):
    __slots__ = ("score", "rank", "num_tokens", "num_truncated_tokens")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    NUM_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NUM_TRUNCATED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    score: float
    rank: int
    num_tokens: int
    num_truncated_tokens: int
    def __init__(self, score: _Optional[float] = ..., rank: _Optional[int] = ..., num_tokens: _Optional[int] = ..., num_truncated_tokens: _Optional[int] = ...) -> None: ...

class GetRerankerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRerankerInfoResponse(_message.Message):
    __slots__ = ("model", "template_version", "default_instruction", "limits", "build", "self_test")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_VERSION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    BUILD_FIELD_NUMBER: _ClassVar[int]
    SELF_TEST_FIELD_NUMBER: _ClassVar[int]
    model: _model_pb2.ModelInfo
    template_version: str
    default_instruction: str
    limits: _model_pb2.EmbedderLimits
    build: _build_info_pb2.BuildInfo
    self_test: RerankingSelfTest
    def __init__(self, model: _Optional[_Union[_model_pb2.ModelInfo, _Mapping]] = ..., template_version: _Optional[str] = ..., default_instruction: _Optional[str] = ..., limits: _Optional[_Union[_model_pb2.EmbedderLimits, _Mapping]] = ..., build: _Optional[_Union[_build_info_pb2.BuildInfo, _Mapping]] = ..., self_test: _Optional[_Union[RerankingSelfTest, _Mapping]] = ...) -> None: ...

class RerankingSelfTest(_message.Message):
    __slots__ = ("num_probes", "worst_difference", "max_difference")
    NUM_PROBES_FIELD_NUMBER: _ClassVar[int]
    WORST_DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    MAX_DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    num_probes: int
    worst_difference: float
    max_difference: float
    def __init__(self, num_probes: _Optional[int] = ..., worst_difference: _Optional[float] = ..., max_difference: _Optional[float] = ...) -> None: ...
