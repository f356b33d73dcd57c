"""Attention within sequences that lie end to end in one row. Knows shapes and layouts; no model, no weights.

On CUDA one kernel takes all sequences of a row; elsewhere sequences of equal shape share a call.
"""

import inspect
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch.nn import functional

from lensdex_embedder.engines.hf.packing import Layout
from lensdex_embedder.engines.hf.placing import placed

Earlier = Sequence[tuple[torch.Tensor, torch.Tensor] | None]
"""Per sequence the keys and values of earlier tokens, shape (at least those tokens, key heads, head size), or None."""

Attend = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, Earlier], torch.Tensor]
"""Queries (tokens, heads, head size), keys and values (tokens, key heads, head size) of a row, and what is earlier;
returns shape (tokens, heads, head size)."""


def attention_over(layout: Layout, *, causal: bool, device: torch.device, dtype: torch.dtype) -> Attend:
    """Return attention for rows of *layout*, made once for all layers.

    With *causal* a token sees itself and what is before it, the earlier tokens included; without, there must be none
    earlier, and it sees its whole sequence.
    """
    varlen = _varlen() if device.type == "cuda" and dtype in {torch.float16, torch.bfloat16} else None
    if varlen is not None:
        return _Kernel(varlen, layout, causal=causal, device=device)
    return _Grouped(layout, causal=causal, device=device)


@dataclass(frozen=True, slots=True)
class _Shape:
    length: int
    shared: int


class _Grouped:
    """Scaled dot-product attention over groups of sequences of equal shape."""

    def __init__(self, layout: Layout, *, causal: bool, device: torch.device) -> None:
        self._causal = causal
        self._starts = layout.starts
        groups: dict[_Shape, list[int]] = defaultdict(list)
        for index, (length, shared) in enumerate(zip(layout.lengths, layout.shared, strict=True)):
            groups[_Shape(length, shared)].append(index)
        self._groups = list(groups.items())
        self._masks = {
            shape: torch.ones(shape.length, shape.shared + shape.length, dtype=torch.bool, device=device).tril(
                shape.shared
            )
            for shape in groups
            if shape.shared > shape.length
        }

    def __call__(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, earlier: Earlier
    ) -> torch.Tensor:
        out = torch.empty_like(queries)
        repeats = queries.shape[1] // keys.shape[1]
        for shape, members in self._groups:
            stretches = [slice(self._starts[index], self._starts[index] + shape.length) for index in members]
            query, key, value = (_stacked(tensor, stretches) for tensor in (queries, keys, values))
            if shape.shared:
                key, value = (
                    torch.cat(
                        [torch.stack([_first(earlier[index], part, shape.shared) for index in members]), own], dim=1
                    )
                    for part, own in enumerate((key, value))
                )
            mask = self._masks.get(shape)
            skipped = shape.shared if mask is None else 0
            if skipped:
                # Queries for the earlier tokens too, whose answers are dropped: a square needs no mask, and what lies
                # above its diagonal is not computed.
                query = torch.cat([query.new_zeros(len(members), skipped, *query.shape[2:]), query], dim=1)
            answer = functional.scaled_dot_product_attention(
                query.transpose(1, 2),
                _heads(key, repeats),
                _heads(value, repeats),
                attn_mask=mask,
                is_causal=self._causal and mask is None,
            ).transpose(1, 2)[:, skipped:]
            for row, stretch in enumerate(stretches):
                out[stretch] = answer[row]
        return out


class _Kernel:
    """PyTorch's attention over sequences of unlike lengths, on CUDA, in 16 bits."""

    def __init__(
        self, varlen: Callable[..., torch.Tensor], layout: Layout, *, causal: bool, device: torch.device
    ) -> None:
        self._varlen = varlen
        takes = inspect.signature(varlen).parameters
        self._shared = layout.shared
        whole = [length + shared for length, shared in zip(layout.lengths, layout.shared, strict=True)]
        self._starts = layout.starts
        self._lengths = layout.lengths
        self._bounds = tuple(
            placed(torch.tensor(np.cumsum([0, *lengths]), dtype=torch.int32), device)
            for lengths in (layout.lengths, whole)
        )
        self._longest = (max(layout.lengths), max(whole))
        self._gathering: tuple[list[int], torch.Tensor] | None = None
        self._repeats_heads = "enable_gqa" not in takes
        self._options: dict[str, Any] = {} if self._repeats_heads else {"enable_gqa": True}
        # torch 2.10 says is_causal, later ones a window; both align the last query with the last key.
        if causal:
            self._options |= {"window_size": (-1, 0)} if "window_size" in takes else {"is_causal": True}

    def __call__(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, earlier: Earlier
    ) -> torch.Tensor:
        if any(self._shared):
            keys, values = (self._joined(own, part, earlier) for part, own in enumerate((keys, values)))
        if self._repeats_heads:
            repeats = queries.shape[1] // keys.shape[1]
            keys, values = (tensor.repeat_interleave(repeats, dim=1) for tensor in (keys, values))
        return self._varlen(
            queries.contiguous(), keys.contiguous(), values.contiguous(), *self._bounds, *self._longest, **self._options
        )

    def _joined(self, own: torch.Tensor, part: int, earlier: Earlier) -> torch.Tensor:
        """Return the keys (part 0) or values (part 1) of all sequences, what is earlier before what is their own."""
        if self._gathering is None:
            self._gathering = self._plan(earlier)
        firsts, places = self._gathering
        pieces = [kept[part] for kept in (earlier[first] for first in firsts) if kept is not None]
        return torch.cat([*pieces, own])[places]

    def _plan(self, earlier: Earlier) -> tuple[list[int], torch.Tensor]:
        """Return the first sequence with each different beginning, and where in those and the row each token is.

        Sequences share beginnings in all layers alike, so this is done for the first and holds for the others.
        """
        firsts: list[int] = []
        starts: dict[int, int] = {}
        end = 0
        for index, kept in enumerate(earlier):
            if kept is not None and self._shared[index] and id(kept[0]) not in starts:
                firsts.append(index)
                starts[id(kept[0])] = end
                end += len(kept[0])
        places = []
        for kept, shared, start, length in zip(earlier, self._shared, self._starts, self._lengths, strict=True):
            if kept is not None and shared:
                begin = starts[id(kept[0])]
                places.append(np.arange(begin, begin + shared))
            places.append(np.arange(end + start, end + start + length))
        return firsts, placed(torch.from_numpy(np.concatenate(places)), self._bounds[0].device)


def _first(earlier: tuple[torch.Tensor, torch.Tensor] | None, part: int, count: int) -> torch.Tensor:
    """Return the keys (part 0) or values (part 1) of the first *count* earlier tokens."""
    assert earlier is not None, "earlier tokens without keys and values. This is a bug."
    return earlier[part][:count]


def _varlen() -> Callable[..., torch.Tensor] | None:
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    kernel: Any = varlen_attn
    return cast("Callable[..., torch.Tensor]", kernel)


def _stacked(tensor: torch.Tensor, stretches: list[slice]) -> torch.Tensor:
    """Return the stretches, shape (stretches, tokens, heads, head size); one alone is not copied."""
    if len(stretches) == 1:
        return tensor[stretches[0]][None]
    return torch.stack([tensor[stretch] for stretch in stretches])


def _heads(tensor: torch.Tensor, repeats: int) -> torch.Tensor:
    """Return keys or values with a head for each query head, shape (rows, heads, tokens, head size)."""
    return tensor.repeat_interleave(repeats, dim=2).transpose(1, 2) if repeats > 1 else tensor.transpose(1, 2)
