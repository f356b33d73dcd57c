"""The forward pass: token sequences to final hidden states. Knows no template, no pooling, no tokeniser.

Sequences lie end to end in one row: nothing is padded, and a result depends on what else is in the batch by rounding
alone. Layers are known by their names in a checkpoint, which are the published ones.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch

from lensdex_embedder.engines.hf.attention import attention_over
from lensdex_embedder.engines.hf.elementwise import elementwise_on
from lensdex_embedder.engines.hf.packing import Layout, Span, split
from lensdex_embedder.engines.hf.patches import Colours
from lensdex_embedder.engines.hf.picture_cache import PictureCache
from lensdex_embedder.engines.hf.placing import placed
from lensdex_embedder.engines.hf.positions import TEXT
from lensdex_embedder.engines.hf.prefix import Layers, Prefix
from lensdex_embedder.engines.hf.sequences import TokenSequence
from lensdex_embedder.engines.hf.vision import Seen, VisionTower

if TYPE_CHECKING:
    from transformers import Qwen3VLModel

ROW_TOKENS: Final = {"cpu": 2048, "cuda": 65536}
"""Tokens in one row at most, by kind of device."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came out for some sequences that lay in one row."""

    indexes: tuple[int, ...]
    """In the sequences that were given, in order."""
    lengths: tuple[int, ...]
    """How many states each has: of all its tokens but the first ones that are its prefix's, or of the last alone."""
    states: torch.Tensor
    """Hidden states after the final norm, shape (sum of lengths, hidden size)."""


class Forward:
    """Runs batches through a model. One thread at a time."""

    def __init__(
        self, model: "Qwen3VLModel", *, colours: Colours, max_cached_image_bytes: int, pause: Callable[[], None]
    ) -> None:
        """*max_cached_image_bytes*: of the device's memory, for what the vision tower made of the latest pictures.

        *pause* is called between layers, and may run other sequences through this object meanwhile.
        """
        self._pause = pause
        self.device: torch.device = model.device
        self.dtype: torch.dtype = model.dtype
        self._text: Any = model.language_model
        self._elementwise = elementwise_on(self.device)
        self._vision = VisionTower(
            model.visual,
            colours=colours,
            elementwise=self._elementwise,
            device=self.device,
            dtype=self.dtype,
            pause=pause,
        )
        self.pictures = PictureCache(max_cached_image_bytes)
        config = self._text.config
        self._head_size = int(config.head_dim)
        self._max_tokens = ROW_TOKENS.get(self.device.type, ROW_TOKENS["cpu"])

    @torch.inference_mode()
    def read(self, sequence: TokenSequence) -> Prefix:
        """Return *sequence* as a prefix; all pictures of it are in *sequence*, whole."""
        layers: Layers = []
        states = self._row([Span(sequence)], keep=layers)
        return Prefix(sequence, tuple(layers), states.float().sum(dim=0))

    @torch.inference_mode()
    def run(self, spans: Sequence[Span], *, last_only: bool = False) -> Iterator[Row]:
        """Yield what comes out for *spans*, row by row, in order; with *last_only* the last tokens' states alone."""
        for row in split([span.num_tokens for span in spans], max_tokens=self._max_tokens):
            chosen = [spans[index] for index in row]
            states = self._row(chosen, last_only=last_only)
            yield Row(tuple(row), tuple(1 if last_only else span.num_tokens for span in chosen), states)

    def _row(self, spans: Sequence[Span], *, keep: Layers | None = None, last_only: bool = False) -> torch.Tensor:
        """Return the final states of *spans* in one row, shape (tokens, hidden size).

        Keys and values of each layer are appended to *keep*.
        """
        text = self._text
        layout = Layout(tuple(span.num_tokens for span in spans), tuple(span.num_shared for span in spans))
        attend = attention_over(layout, causal=True, device=self.device, dtype=self.dtype)
        ids = torch.cat([span.sequence.ids[span.num_shared :] for span in spans])
        states = text.embed_tokens(placed(ids, self.device))
        places, seen = self._pictures(spans)
        if seen is not None:
            states[places] = seen.features
        cosines, sines = self._angles(spans, states)
        last = placed(torch.tensor(layout.lengths).cumsum(0) - 1, self.device) if last_only else None
        for number, layer in enumerate(text.layers):
            self._pause()
            earlier = [None if span.prefix is None else span.prefix.layers[number] for span in spans]
            queries, keys, values = self._projected(layer, self._normed(layer.input_layernorm, states), cosines, sines)
            if keep is not None:
                keep.append((keys, values))
            mixed = attend(queries, keys, values, earlier).flatten(1)
            if last is not None and number == len(text.layers) - 1:  # what follows treats tokens one by one
                states, mixed = states[last], mixed[last]
            norm, mlp = layer.post_attention_layernorm, layer.mlp
            states, normed = self._elementwise.added_and_normed(
                states, layer.self_attn.o_proj(mixed), norm.weight, norm.variance_epsilon
            )
            states = states + mlp.down_proj(self._elementwise.gated(mlp.gate_proj(normed), mlp.up_proj(normed)))
            if seen is not None and number < len(seen.deepstack):
                states[places] += seen.deepstack[number]
        return self._normed(text.norm, states)

    def _normed(self, norm: Any, states: torch.Tensor) -> torch.Tensor:
        return self._elementwise.normed(states, norm.weight, norm.variance_epsilon)

    def _projected(
        self, layer: Any, states: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return queries, keys and values, each of shape (tokens, heads, head size)."""
        attention = layer.self_attn
        shape = (len(states), -1, self._head_size)
        queries, keys = attention.q_proj(states).view(shape), attention.k_proj(states).view(shape)
        norms = attention.q_norm, attention.k_norm
        queries, keys = self._elementwise.turned(
            (queries, keys), (norms[0].weight, norms[1].weight), norms[0].variance_epsilon, (cosines, sines)
        )
        return queries, keys, attention.v_proj(states).view(shape)

    def _angles(self, spans: Sequence[Span], states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return cosines and sines of the positions of a row's tokens, shape (tokens, 1, head size)."""
        found = [span.sequence.positions[:, span.num_shared :] for span in spans]
        cosines, sines = self._text.rotary_emb(states, placed(torch.cat(found, dim=1)[:, None], self.device))
        return cosines[0][:, None], sines[0][:, None]

    def _pictures(self, spans: Sequence[Span]) -> tuple[torch.Tensor | None, Seen | None]:
        """Return the places of picture tokens in the row, and what they show."""
        own = [item for span in spans for item in span.sequence.patches[_num_pictures_shared(span) :]]
        if not own:
            return None, None
        types = torch.cat([span.sequence.types[span.num_shared :] for span in spans])
        return placed(torch.nonzero(types != TEXT)[:, 0], self.device), self.pictures.look(own, self._vision.look)


def _num_pictures_shared(span: Span) -> int:
    """Return how many of the sequence's first pictures lie in what it shares."""
    if span.prefix is None:
        return 0
    pictures = span.prefix.sequence.patches
    if not pictures:
        return 0
    taken = torch.nonzero(span.prefix.sequence.types != TEXT)
    return len(pictures) if span.num_shared > int(taken[-1, 0]) else 0
