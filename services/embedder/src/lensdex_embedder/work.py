"""What flows through the embedder, as plain data. Knows no model, no gRPC and no messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PIL import Image

from lensdex_wire.space import Pooling

Vector = npt.NDArray[np.float32]
"""One vector: float32, shape (dimension,)."""


class Modality(StrEnum):
    """A kind of input. Values are the contract's names."""

    TEXT = "MODALITY_TEXT"
    IMAGE = "MODALITY_IMAGE"


class Truncation(StrEnum):
    """What to do with a content over the model's length. Values are the contract's names."""

    REFUSE = "TRUNCATION_REFUSE"
    CUT_TEXT = "TRUNCATION_CUT_TEXT"


class Priority(StrEnum):
    """Who goes first at the engine. Values are metric labels."""

    INTERACTIVE = "interactive"
    """Somebody waits for the answer: every call but streams."""
    BULK = "bulk"
    """Streams."""


@dataclass(frozen=True, slots=True)
class Media:
    """An encoded picture: the bytes of its file, or where to find it. Exactly one is set."""

    data: bytes | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class RawContent:
    """A content as it arrived: nothing decoded yet."""

    texts: tuple[str, ...]
    media: tuple[Media, ...]

    @property
    def num_bytes(self) -> int:
        """Bytes it holds in memory."""
        return sum(len(text) for text in self.texts) + sum(len(item.data or b"") for item in self.media)


@dataclass(frozen=True, slots=True)
class Content:
    """A content with its pictures decoded: not empty, every picture within the limits."""

    texts: tuple[str, ...]
    images: tuple[Image.Image, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a content costs the model."""

    num_tokens: int
    """Tokens to process, template and image tokens included, after any truncation."""
    num_image_tokens: int
    num_truncated_tokens: int
    """Text tokens cut off; zero when nothing was."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which model answers and how it runs: provenance."""

    name: str
    revision: str
    weights_digest: str
    engine: str
    device: str
    dtype: str
    template_version: str
    default_instruction: str
    max_tokens: int
    max_image_tokens: int
    modalities: tuple[Modality, ...]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Vectors of one content, one per pooling, from one forward pass: float32, shape (hidden size,), not normalised."""

    vectors: Mapping[Pooling, Vector]
