"""Sequences laid end to end in one row, without padding: who sits where, and what each may look at. Knows no weights.

Every layer but attention treats tokens one by one, so a row of many sequences costs what its tokens cost. Attention is
told by the layout which tokens belong together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lensdex_embedder.engines.hf.sequences import TokenSequence

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
