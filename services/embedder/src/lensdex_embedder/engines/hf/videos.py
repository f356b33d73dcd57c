"""A video as the published code samples and sizes it: which frames are looked at, when they are, how large they become.

Knows no template, no tokens and no weights. Source: the script published with Qwen3-VL-Embedding and qwen-vl-utils'
`fetch_video`. A list of frames is thinned evenly, and its frames stand half a second apart; a clip is sampled at a
rate. The bound on all tokens of a video, which the script sets for lists alone, holds for clips as well: without it a
long one would exceed the model's length.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from PIL import Image
from qwen_vl_utils import vision_process
from torchvision import transforms  # type: ignore[import-untyped]  # untyped there

from lensdex_embedder.work import MAX_VIDEO_TOKENS, Video

_LISTED_RATE: Final = 2.0
"""Frames a second that a list of frames is taken for."""
_FRAMES_A_STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Sampling:
    """What of a video is looked at."""

    places: tuple[int, ...]
    """Places of frames in the video, ascending, an even number; a list's last one may repeat."""
    times: tuple[float, ...]
    """Seconds from the beginning to the middle of each step of two frames."""
    height: int
    """Of a frame after resizing, in pixels."""
    width: int


def sample(video: Video, *, factor: int) -> Sampling:
    """Return the sampling of *video*, from its header alone. *factor*: pixels a token has a side."""
    if isinstance(video.source, tuple):
        count = len(video.source)
        places = np.linspace(0, count - 1, min(count, video.max_frames), dtype=int).tolist()
        places += places[-1:] * (len(places) % _FRAMES_A_STEP)
        seconds = [number / _LISTED_RATE for number in range(len(places))]
        width, height = video.source[0].size
        # Each frame goes through the code for pictures first, which is given the token's side for a patch's.
        height, width = vision_process.smart_resize(
            height,
            width,
            factor=2 * factor,
            min_pixels=vision_process.IMAGE_MIN_TOKEN_NUM * (2 * factor) ** 2,
            max_pixels=vision_process.IMAGE_MAX_TOKEN_NUM * (2 * factor) ** 2,
        )
    else:
        clip = video.source
        asked = {"fps": video.fps, "max_frames": video.max_frames}
        count = vision_process.smart_nframes(asked, total_frames=clip.num_frames, video_fps=clip.rate)
        places = torch.linspace(0, clip.num_frames - 1, count).round().long().tolist()
        seconds = [place / clip.rate for place in places]
        width, height = clip.size
    height, width = _resized(height, width, len(places), factor)
    times = tuple((first + second) / 2 for first, second in zip(seconds[::2], seconds[1::2], strict=True))
    return Sampling(tuple(places), times, height, width)


def frames_of(video: Video, sampling: Sampling, *, factor: int) -> torch.Tensor:
    """Return the frames looked at: float32 from 0 to 255, shape (frames, 3, height, width).

    One decoded frame of a clip is in memory at a time. Raises InvalidMediaError when a clip cannot be decoded.
    """
    if not isinstance(video.source, tuple):
        return torch.stack([_frame(picture, sampling) for picture in video.source.read(sampling.places)])
    wanted = {
        place: _frame(vision_process.fetch_image({"image": video.source[place]}, image_patch_size=factor), sampling)
        for place in sorted(set(sampling.places))
    }
    return torch.stack([wanted[place] for place in sampling.places])


def cut(frames: torch.Tensor, *, patch_size: int, merge_size: int) -> torch.Tensor:
    """Return *frames*, float32 of shape (even number of frames, 3, height, width), in patches of two frames each.

    Shape (patches, 3 × 2 × patch × patch); patches that become one token lie together. Source: transformers'
    `Qwen3VLVideoProcessor`, which does the same after a warning about resizing, for which it is not used.
    """
    count, channels, height, width = frames.shape
    side = patch_size * merge_size
    split = frames.view(
        count // _FRAMES_A_STEP, _FRAMES_A_STEP, channels,
        height // side, merge_size, patch_size, width // side, merge_size, patch_size,
    )  # fmt: skip
    return split.permute(0, 3, 6, 4, 7, 2, 1, 5, 8).reshape(-1, channels * _FRAMES_A_STEP * patch_size**2)


def _frame(picture: Image.Image, sampling: Sampling) -> torch.Tensor:
    pixels = torch.from_numpy(np.array(picture).transpose(2, 0, 1))
    resized = transforms.functional.resize(
        pixels, [sampling.height, sampling.width], interpolation=transforms.InterpolationMode.BICUBIC, antialias=True
    )
    assert isinstance(resized, torch.Tensor)
    return resized.float()


def _resized(height: int, width: int, num_frames: int, factor: int) -> tuple[int, int]:
    """Return height and width as `fetch_video` resizes them."""
    least = vision_process.VIDEO_MIN_TOKEN_NUM * factor**2
    share = MAX_VIDEO_TOKENS * factor**2 / num_frames * _FRAMES_A_STEP
    most = max(min(vision_process.VIDEO_MAX_TOKEN_NUM * factor**2, share), int(least * 1.05))
    new_height, new_width = vision_process.smart_resize(height, width, factor=factor, min_pixels=least, max_pixels=most)
    return int(new_height), int(new_width)
