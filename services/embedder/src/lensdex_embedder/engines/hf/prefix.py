"""Tokens that several sequences begin with, computed once: what they left, and a cache of it. Knows no template and no
score.

A sequence continues from a prefix's keys and values, at the positions it would have had. A picture advances positions
by less than its tokens, so positions are found for whole sequences and then cut, never counted from a number of tokens.
A causal model's keys and values do not depend on what follows: a sequence that shares only a part of the prefix uses
that part.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from lensdex_embedder.engines.hf.packing import Span
from lensdex_embedder.engines.hf.sequences import TokenSequence

Layers = list[tuple[torch.Tensor, torch.Tensor]]
"""Keys and values of each layer, shape (tokens, key heads, head size)."""

MAX_CACHED_TOKENS: Final = 4096
"""Tokens of all cached prefixes together: 470 MB with the 2B model in bfloat16."""
MAX_KNOWN: Final = 1024
"""Beginnings that were met once and are remembered, in case they are met again."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens that have been through the model, and what they left."""

    sequence: TokenSequence
    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    """Keys and values of each layer, shape (tokens, key heads, head size)."""
    total: torch.Tensor
    """Sum of the hidden states after the final norm: float32, shape (hidden size,)."""


class SystemTurns:
    """The system turns of embedded sequences: one an instruction, which is read when it is met the second time.

    A system turn met once costs nothing but its digest; from then on its tokens are computed no more while it stays
    among the lately used. Not thread-safe.
    """

    def __init__(self, read: Callable[[TokenSequence], Prefix], *, max_tokens: int = MAX_CACHED_TOKENS) -> None:
        """*read* makes a prefix; all that are kept have at most *max_tokens* together."""
        self._read = read
        self._max_tokens = max_tokens
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._prefixes: OrderedDict[bytes, Prefix] = OrderedDict()
        self._num_tokens = 0

    def spans(self, batch: Sequence[TokenSequence]) -> list[Span]:
        """Return each sequence of *batch* as a span, after its system turn where that is kept or worth keeping."""
        keys = [self._key(sequence) for sequence in batch]
        spans = []
        for sequence, key in zip(batch, keys, strict=True):
            prefix = None if key is None else self._prefix(sequence, key, wanted=keys.count(key) > 1)
            spans.append(Span(sequence) if prefix is None else Span(sequence, prefix, len(prefix.sequence.ids)))
        return spans

    def _key(self, sequence: TokenSequence) -> bytes | None:
        length = sequence.num_system_tokens
        return sequence.ids[:length].numpy().tobytes() if 0 < length <= self._max_tokens else None

    def _prefix(self, sequence: TokenSequence, key: bytes, *, wanted: bool) -> Prefix | None:
        kept = self._prefixes.get(key)
        if kept is not None:
            self._prefixes.move_to_end(key)
            return kept
        if not wanted and key not in self._known:
            self._known[key] = None
            if len(self._known) > MAX_KNOWN:
                self._known.popitem(last=False)
            return None
        self._known.pop(key, None)
        length = sequence.num_system_tokens
        own = TokenSequence(
            sequence.ids[:length], sequence.types[:length], (), sequence.positions[:, :length], length, sequence.cost
        )
        while self._num_tokens + length > self._max_tokens:
            _, dropped = self._prefixes.popitem(last=False)
            self._num_tokens -= len(dropped.sequence.ids)
        prefix = self._prefixes[key] = self._read(own)
        self._num_tokens += length
        return prefix


def num_shared(prefix: TokenSequence, sequence: TokenSequence) -> int:
    """Return how many leading tokens *sequence* has in common with *prefix*, leaving it at least one of its own."""
    most = min(len(prefix.ids), len(sequence.ids) - 1)
    alike = prefix.ids[:most] == sequence.ids[:most]
    return int(alike.to(torch.int8).cumprod(0).sum())
