"""Sequences laid end to end in one row, without padding: who sits where, and what each may look at. Knows no weights.

Every layer but attention treats tokens one by one, so a row of many sequences costs what its tokens cost. Attention is
told by the layout which tokens belong together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from lensdex_embedder.engines.hf.sequences import TEXT, TokenSequence

if TYPE_CHECKING:
    from lensdex_embedder.engines.hf.prefix import Prefix


@dataclass(frozen=True, slots=True)
class Span:
    """A sequence's own tokens in a row: all of them, or those after the ones it shares with a prefix."""

    sequence: TokenSequence
    prefix: "Prefix | None" = None
    num_shared: int = 0
    """How many of its first tokens are the prefix's; zero without one."""

    @property
    def num_tokens(self) -> int:
        """Tokens of its own."""
        return len(self.sequence.ids) - self.num_shared


@dataclass(frozen=True, slots=True)
class Layout:
    """Which stretches of a row are sequences, and how many earlier tokens each has elsewhere. All int, on the host."""

    lengths: tuple[int, ...]
    """Tokens in the row, per sequence, in order."""
    shared: tuple[int, ...]
    """Earlier tokens, per sequence."""

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each sequence begins in the row."""
        return tuple(int(start) for start in np.cumsum((0, *self.lengths))[:-1])


def split(lengths: Sequence[int], *, max_tokens: int) -> Iterator[list[int]]:
    """Yield indices of sequences that go in one row, in order: at most *max_tokens* together, or one longer one."""
    row: list[int] = []
    total = 0
    for index, length in enumerate(lengths):
        if row and total + length > max_tokens:
            yield row
            row, total = [], 0
        row.append(index)
        total += length
    if row:
        yield row


def positions(sequence: TokenSequence, *, merge_size: int) -> torch.Tensor:
    """Return the positions of a whole sequence in time, height and width: int64, shape (3, tokens).

    Text advances all three by one a token. The tokens of a picture, or of one step in time of a clip, share the time
    they begin at and count rows and columns from there; what follows begins after the longer side. Pictures are in the
    order in which their tokens appear.
    """
    types = sequence.types.numpy()
    edges = np.flatnonzero(np.diff(types)) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), len(types)]
    found = np.empty((3, len(types)), dtype=np.int64)
    frames = ((height, width) for time, height, width in (item.grid for item in sequence.patches) for _ in range(time))
    position = 0
    for start, end in zip(starts, ends, strict=True):
        if types[start] == TEXT:
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
