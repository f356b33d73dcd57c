"""The vision tower over pictures of any sizes, laid end to end without padding. Knows its layers by their names in a
checkpoint, which are the published ones; no text, no tokens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import torch
from torch.nn import functional

from lensdex_embedder.engines.hf.attention import attention_over
from lensdex_embedder.engines.hf.elementwise import Elementwise
from lensdex_embedder.engines.hf.packing import Layout
from lensdex_embedder.engines.hf.patches import Colours, Patches
from lensdex_embedder.engines.hf.placing import placed

_TABLES = 64
"""Sizes of pictures whose tables are kept: at most 2 MB each."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the text model reads of some pictures, one row a token, in the order of their tokens."""

    features: torch.Tensor
    """Shape (tokens, hidden size of the text model)."""
    deepstack: tuple[torch.Tensor, ...]
    """What is added after the text model's first layers, one for each: the same shape."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """What depends on a grid's height and width alone, in the order of its patches."""

    corners: torch.Tensor
    """The four learned positions around each patch: int64, shape (4, patches)."""
    weights: torch.Tensor
    """Their weights: float32, shape (4, patches)."""
    cosines: torch.Tensor
    """float32, shape (patches, head size)."""
    sines: torch.Tensor


class VisionTower:
    """Pictures to features, a batch at a time."""

    def __init__(
        self,
        tower: Any,
        *,
        colours: Colours,
        elementwise: Elementwise,
        device: torch.device,
        dtype: torch.dtype,
        pause: Callable[[], None],
    ) -> None:
        """*pause* is called between layers. *tower* is transformers' module of the checkpoint's ``visual`` weights."""
        self._tower = tower
        self._elementwise = elementwise
        self._mean, self._deviation = (
            torch.tensor(values, dtype=torch.float32, device=device) for values in (colours.mean, colours.deviation)
        )
        self._pause = pause
        self._device = device
        self._dtype = dtype
        config = tower.config
        self.merge_size = int(config.spatial_merge_size)
        self._num_heads = int(config.num_heads)
        self._head_size = int(config.hidden_size) // self._num_heads
        self._frames_a_step = int(config.temporal_patch_size)
        self._side = int(config.num_position_embeddings**0.5)
        self._deepstack_layers = [int(layer) for layer in config.deepstack_visual_indexes]
        self._tables = lru_cache(maxsize=_TABLES)(self._make_tables)

    def look(self, pictures: Sequence[Patches]) -> Seen:
        """Return what the text model reads of *pictures*, at least one, each step in time of a clip by itself."""
        tower = self._tower
        frames = [(height, width) for time, height, width in (item.grid for item in pictures) for _ in range(time)]
        tables = [self._tables(height, width) for height, width in frames]
        layout = Layout(tuple(height * width for height, width in frames), (0,) * len(frames))
        attend = attention_over(layout, causal=False, device=self._device, dtype=self._dtype)
        cosines = torch.cat([table.cosines for table in tables])[:, None]
        sines = torch.cat([table.sines for table in tables])[:, None]
        kernel = tower.patch_embed.proj
        states = functional.linear(self._colours(pictures), kernel.weight.flatten(1), kernel.bias)
        states = states + self._positions(tables).to(self._dtype)
        deepstack = []
        for number, block in enumerate(tower.blocks):
            self._pause()
            states = states + self._attention(block, states, attend, cosines, sines)
            states = states + block.mlp(block.norm2(states))
            if number in self._deepstack_layers:
                deepstack.append(tower.deepstack_merger_list[self._deepstack_layers.index(number)](states))
        return Seen(tower.merger(states), tuple(deepstack))

    def _attention(
        self, block: Any, states: torch.Tensor, attend: Any, cosines: torch.Tensor, sines: torch.Tensor
    ) -> torch.Tensor:
        projected = block.attn.qkv(block.norm1(states)).view(len(states), 3, self._num_heads, self._head_size)
        queries, keys, values = projected.unbind(1)
        turned = [self._elementwise.turned_widely(part, cosines, sines) for part in (queries, keys)]
        out: torch.Tensor = block.attn.proj(attend(turned[0], turned[1], values, ()).flatten(1))
        return out

    def _colours(self, pictures: Sequence[Patches]) -> torch.Tensor:
        """Return all patches as the tower was trained to read them, shape (patches, patch values), on the device."""
        runs = groupby((item.values for item in pictures), key=lambda values: values.dtype)
        return torch.cat(
            [
                self._normalised(torch.cat([placed(one, self._device) for one in values]))
                if dtype == torch.uint8
                else torch.cat([placed(one, self._device) for one in values]).to(self._dtype)
                for dtype, values in runs
            ]
        )

    def _normalised(self, values: torch.Tensor) -> torch.Tensor:
        """Return pictures' pixels with mean zero and deviation one, each twice, as the two frames of a step."""
        # As transformers does it: mean and deviation are brought to the range of the pixels, not the pixels to theirs.
        mean, deviation = self._mean[:, None, None], self._deviation[:, None, None]
        once = values.view(len(values), len(mean), 1, -1).float().sub(mean).div_(deviation).to(self._dtype)
        return once.expand(-1, -1, self._frames_a_step, -1).reshape(len(values), -1)

    def _positions(self, tables: Sequence[_Tables]) -> torch.Tensor:
        """Return the learned positions of all patches, interpolated to each picture's grid: float32."""
        corners = torch.cat([table.corners for table in tables], dim=1)
        weights = torch.cat([table.weights for table in tables], dim=1)
        learned: torch.Tensor = self._tower.pos_embed.weight
        total = learned[corners[0]].float() * weights[0][:, None]
        for corner in range(1, 4):
            total += learned[corners[corner]].float() * weights[corner][:, None]
        return total

    def _make_tables(self, height: int, width: int) -> _Tables:
        below_y, above_y, part_y = self._between(height)
        below_x, above_x, part_x = self._between(width)
        corners = torch.stack(
            [y[:, None] * self._side + x[None] for y in (below_y, above_y) for x in (below_x, above_x)]
        )
        weights = torch.stack([y[:, None] * x[None] for y in (1 - part_y, part_y) for x in (1 - part_x, part_x)])
        quarter = self._head_size // 4
        frequencies = 1.0 / (10_000.0 ** (torch.arange(quarter, dtype=torch.float32) / quarter))
        rows = torch.arange(height)[:, None].expand(height, width)
        columns = torch.arange(width)[None].expand(height, width)
        places = torch.stack([self._merged(rows), self._merged(columns)]).float()
        angles = torch.cat([places[axis][:, None] * frequencies for axis in (0, 1)] * 2, dim=1)
        return _Tables(
            corners=placed(torch.stack([self._merged(corner) for corner in corners]), self._device),
            weights=placed(torch.stack([self._merged(weight) for weight in weights]), self._device),
            cosines=placed(angles.cos(), self._device),
            sines=placed(angles.sin(), self._device),
        )

    def _between(self, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return, along a side of *size* patches, the learned positions below and above each, and how far it is."""
        exact = torch.linspace(0, self._side - 1, size, dtype=torch.float32)
        below = exact.long()
        return below, (below + 1).clamp(max=self._side - 1), exact - below

    def _merged(self, grid: torch.Tensor) -> torch.Tensor:
        """Return the values of a grid in the order of patches: those that become one token are neighbours."""
        height, width = grid.shape
        size = self.merge_size
        return grid.reshape(height // size, size, width // size, size).permute(0, 2, 1, 3).flatten()
