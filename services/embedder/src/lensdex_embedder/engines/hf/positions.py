"""Where each token of a sequence is, in time, height and width (M-RoPE). Knows types and grids; no weights."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import torch

TEXT: Final = 0
"""The type of a token that stands for no picture or video, as transformers numbers them."""


def positions(types: torch.Tensor, grids: Iterable[tuple[int, int, int]], *, merge_size: int) -> torch.Tensor:
    """Return the positions of a whole sequence in time, height and width: int64, shape (3, tokens).

    *types*, shape (tokens,), is TEXT where there is text; *grids* are the patches of its pictures and videos in time,
    height and width.

    Text advances all three by one a token. The tokens of a picture, or of one step in time of a clip, share the time
    they begin at and count rows and columns from there; what follows begins after the longer side. Pictures are in the
    order in which their tokens appear.
    """
    kinds = types.numpy()
    edges = np.flatnonzero(np.diff(kinds)) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), len(kinds)]
    found = np.empty((3, len(kinds)), dtype=np.int64)
    frames = ((height, width) for time, height, width in grids for _ in range(time))
    position = 0
    for start, end in zip(starts, ends, strict=True):
        if kinds[start] == TEXT:
            found[:, start:end] = position + np.arange(end - start)
            position += end - start
            continue
        height, width = (side // merge_size for side in next(frames))
        assert height * width == end - start, "a picture and its tokens disagree. This is a bug."
        found[0, start:end] = position
        found[1, start:end] = position + np.arange(height).repeat(width)
        found[2, start:end] = position + np.tile(np.arange(width), height)
        position += max(height, width)
    return torch.from_numpy(found)
