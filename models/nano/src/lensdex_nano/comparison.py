"""The reranker's last layer, which compares: how it starts, and how its attention is taught where to look.

A small model on few pairs does not find out by itself how to compare: with grades alone it knew the concepts of query
and document after some hundred steps (from classifiers on its states), and still could not say whether they were the
same. So most heads of a layer of its own are taught directly: the last token looks back at the query's end when the two
match, and at the first token of all when they do not. The checkpoint is an ordinary one. Knows no lists and no grades.
"""

from typing import Any, Final

import torch
from torch import nn
from transformers import Qwen3VLForConditionalGeneration

from lensdex_nano.geometry import TEXT

CONCEPT_HEADS: Final = (0, 1)
"""Taught to look back when the concepts match. They share the first key head."""
QUESTION_HEADS: Final = (3, 4)
"""Taught to look back when the questions match too. They share the second."""
_SLOW: Final = 10
"""The first rotary frequency slow enough that a query and a document apart still match: 0.003 a token and less."""
_SHARPNESS: Final = 3.0
_OUTPUT_SCALE: Final = 0.3
_LEAST_ATTENTION: Final = 1e-4


@torch.no_grad()
def add_comparing_layer(
    reranker: Qwen3VLForConditionalGeneration, embedder: Qwen3VLForConditionalGeneration, *, seed: int
) -> None:
    """Start *reranker* from the weights of *embedder*, which has one text layer less.

    The new layer's queries and keys read the state alike, in slowly turning dimensions only: equal states attract.
    """
    reranker.load_state_dict(embedder.state_dict(), strict=False)
    random = torch.Generator().manual_seed(seed)
    layer: Any = reranker.model.language_model.layers[-1]
    attention = layer.self_attn
    size, heads, keys, width = (
        TEXT["head_dim"], TEXT["num_attention_heads"], TEXT["num_key_value_heads"], TEXT["hidden_size"]
    )  # fmt: skip
    # Rotary dimension i turns together with i + size/2 (Su et al. 2021, in the published layout of halves).
    slow = [*range(_SLOW, size // 2), *range(size // 2 + _SLOW, size)]
    reading = torch.zeros(keys, size, width)
    reading[:, slow] = torch.randn(keys, len(slow), width, generator=random) / width**0.5
    attention.k_proj.weight.copy_(reading.reshape(keys * size, width))
    attention.q_proj.weight.copy_(reading.repeat_interleave(heads // keys, dim=0).reshape(heads * size, width))
    attention.q_norm.weight.fill_(_SHARPNESS)
    attention.o_proj.weight.mul_(_OUTPUT_SCALE)
    nn.init.zeros_(layer.mlp.down_proj.weight)


def comparison_loss(attention: torch.Tensor, same: torch.Tensor, *, heads: tuple[int, ...]) -> torch.Tensor:
    """Return how far the *heads* look from where they should; pairs that match count as much as those that do not.

    *attention*: shape (pairs, all heads, 2), to the query's end and to the first token. *same*: float, shape (pairs,):
    1 for a match, 0 for none, NaN where it cannot be known.
    """
    missed = -(attention[:, list(heads)] + _LEAST_ATTENTION).log().mean(dim=1)
    match, none = same == 1, same == 0
    losses = [missed[match, 0], missed[none, 1]]
    return torch.stack([loss.sum() / max(1, len(loss)) for loss in losses]).sum()
