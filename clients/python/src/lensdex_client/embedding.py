"""What the embedder and the reranker answer, as plain data. Knows no message and no channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lensdex_client.outcome import Outcome
from lensdex_wire.space import Pooling, Space
from lensdex_wire.vectors import Matrix

Vector = npt.NDArray[np.float32]
"""One vector: float32, shape (dimension,)."""


class Truncation(StrEnum):
    """What to do with a content over the model's length. Values are the contract's names."""

    REFUSE = "TRUNCATION_REFUSE"
    CUT_TEXT = "TRUNCATION_CUT_TEXT"


@dataclass(frozen=True, slots=True)
class ImageBounds:
    """Tokens of 32 × 32 pixels that an image is scaled to, within the server's own bounds, which zero stands for.

    Fewer cost less and show the model less: vectors change, their space does not.
    """

    min_tokens: int = 0
    max_tokens: int = 0


NO_BOUNDS = ImageBounds()
"""The server's own."""


class Encoding(StrEnum):
    """How vectors travel. Values are the contract's names."""

    FLOAT32 = "VECTOR_ENCODING_FLOAT32"
    FLOAT16 = "VECTOR_ENCODING_FLOAT16"


@dataclass(frozen=True, slots=True)
class Timing:
    """Where a call's time went in the service, in seconds, for the slowest of its items in each part."""

    queue: float
    preprocess: float
    compute: float
    batch_size: int


@dataclass(frozen=True, slots=True)
class EmbeddedContent:
    """Where a content's vectors are and what it cost."""

    row: int
    """Row of this content in every block."""
    num_tokens: int
    num_truncated_tokens: int
    """Text tokens that were cut. Zero: none."""


@dataclass(frozen=True, slots=True)
class EmbeddingBlock:
    """The vectors of one pooling."""

    space: Space
    vectors: Matrix
    """float32, shape (contents that were embedded, dimension); may be read-only."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The answer to one call of ``embed``: an outcome per content, vectors in blocks."""

    outcomes: Sequence[Outcome[EmbeddedContent]]
    """One per content, in request order."""
    blocks: Sequence[EmbeddingBlock]
    """One per pooling, in the order asked for."""
    timing: Timing

    def block(self, pooling: Pooling | None = None) -> EmbeddingBlock:
        """Return the block of *pooling*; None: the first. Raises KeyError when it was not asked for."""
        for block in self.blocks:
            if pooling is None or block.space.pooling is pooling:
                return block
        raise KeyError(f"no vectors of {pooling or 'any pooling'} in this answer")

    def vectors(self, pooling: Pooling | None = None) -> Matrix:
        """Return all vectors, float32, shape (contents, dimension), in request order.

        Raises the first item's error when a content was not embedded: use ``outcomes`` to go on without it.
        """
        rows = [outcome.unwrap().row for outcome in self.outcomes]
        return self.block(pooling).vectors[rows]


@dataclass(frozen=True, slots=True)
class EmbeddedItem:
    """The vectors of one item of a stream, and what they cost."""

    spaces: Sequence[Space]
    """One per pooling, in the order asked for."""
    vectors: Matrix
    """float32, shape (spaces, dimension), a row for each space; may be read-only."""
    num_tokens: int
    num_truncated_tokens: int
    """Text tokens that were cut. Zero: none."""
    timing: Timing

    def vector(self, pooling: Pooling | None = None) -> Vector:
        """Return the vector of *pooling*; None: the first. Raises KeyError when it was not asked for."""
        for space, vector in zip(self.spaces, self.vectors, strict=True):
            if pooling is None or space.pooling is pooling:
                found: Vector = vector
                return found
        raise KeyError(f"no vector of {pooling or 'any pooling'} in this answer")


@dataclass(frozen=True, slots=True)
class TokenCount:
    """What a content would cost."""

    num_tokens: int
    num_image_tokens: int
    too_long: bool
    num_video_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Relevance:
    """How well one document answers the query."""

    score: float
    """0 to 1, higher is better."""
    rank: int
    """Among the call's scored documents; 1 is best."""
    num_tokens: int
    num_truncated_tokens: int


@dataclass(frozen=True, slots=True)
class Relevances:
    """The answer to one call of ``rerank``: an outcome per document, in request order."""

    outcomes: Sequence[Outcome[Relevance]]
    timing: Timing


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model answers and how it runs."""

    name: str
    revision: str
    weights_digest: str
    engine: str
    device: str
    dtype: str
    modalities: Sequence[str]
    """``text``, ``image``, ``video``."""


@dataclass(frozen=True, slots=True)
class EmbedderLimits:
    """What one call may ask of an embedder or reranker. Names are the contract's."""

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
    """Of EmbedStream; zero where there is none."""
    max_stream_items: int
    max_stream_bytes: int
    max_videos: int
    """In one content; zero where none are taken."""
    max_video_frames: int
    max_video_bytes: int
    max_video_seconds: float
    min_image_tokens: int
    max_pending_tokens: int
    max_text_bytes: int


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How the model's self-test went before it served: probes computed alone and in batches."""

    num_probes: int
    worst: float
    """Of an embedder the lowest cosine between vectors of one probe, of a reranker the largest difference of scores."""
    bound: float
    """What it had to reach, or not to exceed."""


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """Which code answers."""

    version: str
    libraries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EmbedderSpace:
    """A space vectors come in, with the fingerprint the service reports for it."""

    space: Space
    fingerprint: str


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """The embedder's spaces (default pooling first), model, limits and versions."""

    spaces: Sequence[EmbedderSpace]
    model: ModelInfo
    min_dimension: int
    max_dimension: int
    default_instruction: str
    limits: EmbedderLimits
    build: BuildInfo
    self_test: SelfTest | None
    """None where the service is older than the test."""


@dataclass(frozen=True, slots=True)
class RerankerInfo:
    """The reranker's model, limits and versions."""

    model: ModelInfo
    template_version: str
    default_instruction: str
    limits: EmbedderLimits
    build: BuildInfo
    self_test: SelfTest | None
    """None where the service is older than the test."""
