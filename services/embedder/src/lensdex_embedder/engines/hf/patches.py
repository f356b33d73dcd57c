"""Pictures and videos as the vision tower reads them, and how a picture is cut. Knows no tokens' ids and no weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outline:
    """What stands for a picture or a video among the tokens."""

    num_tokens: int
    """Tokens of a picture, or of each step in time of a video."""
    times: tuple[float, ...] | None = None
    """Seconds of a video's steps; None for a picture."""

    @property
    def num_media_tokens(self) -> int:
        """Tokens in all, times not counted."""
        return self.num_tokens * (1 if self.times is None else len(self.times))


@dataclass(frozen=True, slots=True)
class Colours:
    """What pixels of a picture, 0 to 255, are brought to: mean zero and deviation one, by channel."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Patches:
    """A picture or a video as the vision tower reads it."""

    values: torch.Tensor
    """Of a picture its pixels as they are: uint8, shape (patches, channels × patch × patch), pinned where that speeds
    the way to the device. Of a video, whose steps in time are two frames, as the tower reads them: float32, shape
    (patches, channels × 2 × patch × patch)."""
    grid: tuple[int, int, int]
    """Patches in time, height and width; height and width are even."""
    outline: Outline
    """Tokens it becomes: patches divided by the square of the merge size."""
    digest: bytes = b""
    """Of a picture's pixels after resizing and its size: equal for equal pictures alone. Empty for a video."""


def cut_picture(pixels: Pixels, *, patch_size: int, merge_size: int) -> Pixels:
    """Return *pixels*, shape (height, width, channels), in patches: shape (patches, channels × patch × patch).

    Patches that become one token lie together. Source: transformers' `Qwen2VLImageProcessor`, whose patches are these
    as normalised floats, each twice. NumPy's copy runs in one thread: many of these run at a time.
    """
    height, width, channels = pixels.shape
    side = patch_size * merge_size
    split = pixels.reshape(height // side, merge_size, patch_size, width // side, merge_size, patch_size, channels)
    return np.ascontiguousarray(split.transpose(0, 3, 1, 4, 6, 2, 5)).reshape(-1, channels * patch_size**2)


def colours_of(settings: Any) -> Colours:
    """Return what an image processor's settings say of colours, for pixels of 0 to 255."""
    scale = 1.0 / settings.rescale_factor
    return Colours(*(tuple(value * scale for value in values) for values in (settings.image_mean, settings.image_std)))
