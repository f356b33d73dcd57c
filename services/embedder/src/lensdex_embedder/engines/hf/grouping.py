"""Which sequences are padded together. Knows only lengths."""

from collections.abc import Sequence
from typing import Final

MAX_PADDING: Final = 0.15
"""Largest share of padding in a sub-batch; beyond it, a further forward pass costs less."""


def group_by_length(lengths: Sequence[int], *, max_padding: float = MAX_PADDING) -> list[list[int]]:
    """Return indices grouped so that within a group at most *max_padding* of the padded tokens are padding."""
    groups: list[list[int]] = []
    current: list[int] = []
    total = 0
    for index in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        longest = lengths[current[0]] if current else lengths[index]
        padded = longest * (len(current) + 1)
        if current and 1 - (total + lengths[index]) / padded > max_padding:
            groups.append(current)
            current, total = [], 0
        current.append(index)
        total += lengths[index]
    if current:
        groups.append(current)
    return groups
