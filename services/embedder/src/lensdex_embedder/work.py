"""What flows through the embedder, as plain data. Knows no model, no gRPC and no messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

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
    VIDEO = "MODALITY_VIDEO"


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
    """An encoded picture or clip: the bytes of its file, or where to find it. Exactly one is set."""

    data: bytes | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class RawVideo:
    """A video as it arrived: a clip's file or encoded frames, and how to sample it."""

    clip: Media | None
    frames: tuple[Media, ...]
    fps: float
    """Frames a second to look at of a clip; zero for the recipe's."""
    max_frames: int
    """Frames to look at, at most; zero for the server's."""

    @property
    def files(self) -> tuple[Media, ...]:
        """All encoded files it consists of."""
        return self.frames if self.clip is None else (self.clip, *self.frames)


@dataclass(frozen=True, slots=True)
class ImageBounds:
    """Tokens a picture is scaled to at least and at most; zero where the server's own bound holds."""

    min_tokens: int = 0
    max_tokens: int = 0


@dataclass(frozen=True, slots=True)
class RawContent:
    """A content as it arrived: nothing decoded yet."""

    texts: tuple[str, ...]
    media: tuple[Media, ...]
    """Its images."""
    videos: tuple[RawVideo, ...] = ()
    image_bounds: ImageBounds = ImageBounds()

    @property
    def num_text_bytes(self) -> int:
        """Bytes of its texts in UTF-8."""
        return sum(len(text.encode("utf-8", "surrogatepass")) for text in self.texts)


MAX_VIDEO_TOKENS: Final = 7680
"""Tokens of one video: ten steps in time of the largest frames. The recipe's for lists of frames; ours for clips."""


class Clip(Protocol):
    """A moving picture of which the header was read; frames are decoded when they are asked for."""

    @property
    def num_frames(self) -> int:
        """Frames in all, at least one."""

    @property
    def rate(self) -> float:
        """Frames a second, above zero."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a frame in pixels."""

    def read(self, places: Sequence[int]) -> Iterator[Image.Image]:
        """Decode and yield the frames at *places*, which ascend, one in memory at a time. Raises InvalidMediaError."""


@dataclass(frozen=True, slots=True)
class Video:
    """A video within the limits: a clip, or decoded frames of one size."""

    source: Clip | tuple[Image.Image, ...]
    fps: float
    """Frames a second to look at of a clip."""
    max_frames: int
    """Frames to look at, at most; even."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content with its pictures decoded: not empty, every picture within the limits."""

    texts: tuple[str, ...]
    images: tuple[Image.Image, ...]
    videos: tuple[Video, ...] = ()
    image_bounds: ImageBounds = ImageBounds()
    """Within the server's own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a content costs the model."""

    num_tokens: int
    """Tokens to process, template and image tokens included, after any truncation."""
    num_image_tokens: int
    num_truncated_tokens: int
    """Text tokens cut off; zero when nothing was."""
    num_video_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """Images a model was given so far."""

    num_computed: int
    """Those it looked at."""
    num_reused: int
    """Those it had looked at lately, or that were in the same batch before."""


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
    min_image_tokens: int
    max_image_tokens: int
    modalities: tuple[Modality, ...]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Vectors of one content, one per pooling, from one forward pass: float32, shape (hidden size,), not normalised."""

    vectors: Mapping[Pooling, Vector]
