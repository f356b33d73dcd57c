"""The forward pass while learning: examples to hidden states, in groups of like length. Knows no loss.

Padding is on the right and attention is causal, so no mask is needed: the last real token sees nothing of it. Written
with `eager` attention: on a CPU its backward pass took half the time of `sdpa`'s at these lengths.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
import torch
from transformers import Qwen3VLForConditionalGeneration, Qwen3VLModel

from lensdex_nano.inputs import Inputs

Member = TypeVar("Member")
_GROUPS: Final = 3


def prepare_to_learn(model: Qwen3VLForConditionalGeneration) -> None:
    """Choose the attention that learns fastest here; the weights are the same for any."""
    model.model.language_model.config._attn_implementation = "eager"  # noqa: SLF001  no public way after loading
    model.model.visual.config._attn_implementation = "eager"  # noqa: SLF001


def last_states(
    model: Qwen3VLModel,
    members: Sequence[Member],
    build: Callable[[Sequence[Member]], Inputs],
    length: Callable[[Member], int],
) -> torch.Tensor:
    """Return the final hidden state of each member's last token, in order: float32, shape (members, hidden size).

    *length* estimates a member's tokens; groups of like length waste less on padding. Matrix products run in bfloat16.
    """
    order = sorted(range(len(members)), key=lambda place: length(members[place]))
    states = []
    for group in np.array_split(np.array(order), min(_GROUPS, len(order))):
        inputs = build([members[place] for place in group])
        arguments = {name: tensor.to(model.device) for name, tensor in inputs.arguments.items()}
        with torch.autocast(model.device.type, dtype=torch.bfloat16):
            hidden = model(**arguments, use_cache=False).last_hidden_state
        states.append(hidden[torch.arange(len(group)), inputs.last].float())
    back = torch.empty(len(order), dtype=torch.int64)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(states)[back]
