"""The forward pass over sequences that begin alike: what they share is computed once. Knows no template and no score.

The shared tokens go through the model first and leave their keys and values; each sequence's other tokens continue from
them, at the positions they would have had. A picture advances positions by less than its tokens, so positions are found
for whole sequences and then cut, never counted from a number of tokens. A causal model's keys and values do not depend
on what follows: a sequence that shares only a part of the prefix uses that part.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache, Qwen3VLModel

from lensdex_embedder.engines.hf.grouping import group_by_length
from lensdex_embedder.engines.hf.sequences import IMAGE, Patches, TokenSequence


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens that have been through the model, and what they left."""

    sequence: TokenSequence
    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    """Keys and values of each layer, shape (1, key heads, tokens, head size)."""
    states: torch.Tensor
    """Hidden states after the final norm, shape (tokens, hidden size)."""


@dataclass(frozen=True, slots=True)
class Continued:
    """What came out for one sequence."""

    index: int
    """In the sequences that were given."""
    num_shared: int
    """How many of its first tokens are the prefix's."""
    states: torch.Tensor
    """Hidden states of its other tokens after the final norm, shape (tokens - num_shared, hidden size)."""


class PrefixForward:
    """Runs sequences that begin alike through a model. One thread at a time."""

    def __init__(self, model: Qwen3VLModel) -> None:
        self._model = model

    @torch.inference_mode()
    def read(self, sequence: TokenSequence) -> Prefix:
        """Return *sequence* as a prefix; all pictures of it are in *sequence*, whole."""
        cache = DynamicCache()
        states = self._language(
            sequence.ids[None],
            self._positions(sequence)[:, None],
            sequence.types[None] == IMAGE,
            sequence.patches,
            cache,
            mask=None,
        )
        layers: Any = cache.layers
        return Prefix(sequence, tuple((layer.keys, layer.values) for layer in layers), states[0])

    @torch.inference_mode()
    def continue_from(self, prefix: Prefix, sequences: Sequence[TokenSequence]) -> Iterator[Continued]:
        """Yield what comes out for each of *sequences*, in any order.

        Each has the prefix's pictures as its first ones, and shares at least the prefix's first token with it.
        """
        by_shared: dict[int, list[int]] = defaultdict(list)
        for index, sequence in enumerate(sequences):
            by_shared[num_shared(prefix.sequence, sequence)].append(index)
        for shared, indices in by_shared.items():
            pictures = len(prefix.sequence.patches) if shared > _last_picture(prefix.sequence) else 0
            for group in group_by_length([len(sequences[index].ids) - shared for index in indices]):
                chosen = [indices[place] for place in group]
                states = self._continue(prefix, [sequences[index] for index in chosen], shared, pictures)
                for row, index in enumerate(chosen):
                    yield Continued(index, shared, states[row, : len(sequences[index].ids) - shared])

    def _continue(self, prefix: Prefix, sequences: Sequence[TokenSequence], shared: int, pictures: int) -> torch.Tensor:
        ids = _padded([sequence.ids[shared:] for sequence in sequences])
        rows, width = ids.shape
        found = [self._positions(sequence)[:, shared:] for sequence in sequences]
        positions = torch.stack([_padded([row[axis] for row in found]) for axis in range(3)])
        is_image = _padded([sequence.types[shared:] for sequence in sequences]) == IMAGE
        cache = DynamicCache()
        for number, (keys, values) in enumerate(prefix.layers):
            cache.update(
                keys[:, :, :shared].expand(rows, -1, -1, -1), values[:, :, :shared].expand(rows, -1, -1, -1), number
            )
        # True is seen. Padding is on the right: no real token sees it.
        mask = torch.ones(width, shared + width, dtype=torch.bool, device=self._model.device).tril(shared)
        patches = tuple(item for sequence in sequences for item in sequence.patches[pictures:])
        return self._language(ids, positions, is_image, patches, cache, mask=mask.expand(rows, 1, -1, -1))

    def _positions(self, sequence: TokenSequence) -> torch.Tensor:
        """Return the positions of a whole sequence: int64, shape (3, tokens)."""
        find: Any = self._model.get_rope_index
        grids = torch.tensor([item.grid for item in sequence.patches]) if sequence.patches else None
        positions, _ = find(sequence.ids[None], sequence.types[None], grids)
        found: torch.Tensor = positions[:, 0]
        return found

    def _language(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        is_image: torch.Tensor,
        patches: Sequence[Patches],
        cache: DynamicCache,
        *,
        mask: torch.Tensor | None,
    ) -> torch.Tensor:
        """Return hidden states after the final norm, shape (rows, tokens, hidden size); *cache* grows by the tokens."""
        device = self._model.device
        embeddings = self._model.get_input_embeddings()(ids.to(device))
        pictured: dict[str, Any] = {}
        if patches:
            look: Any = self._model.get_image_features
            seen = look(
                torch.cat([item.values for item in patches]).to(device),
                torch.tensor([item.grid for item in patches]).to(device),
                return_dict=True,
            )
            places = is_image.to(device)
            features = torch.cat(list(seen.pooler_output)).to(embeddings.dtype)
            embeddings = embeddings.masked_scatter(places[..., None], features)
            deepstack = [
                torch.cat(list(layer)) if isinstance(layer, list | tuple) else layer
                for layer in seen.deepstack_features
            ]
            pictured = {"visual_pos_masks": places, "deepstack_visual_embeds": deepstack}
        output = self._model.language_model(
            inputs_embeds=embeddings,
            position_ids=positions.to(device),
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
            **pictured,
        )
        states: torch.Tensor = output.last_hidden_state
        return states


def num_shared(prefix: TokenSequence, sequence: TokenSequence) -> int:
    """Return how many leading tokens *sequence* has in common with *prefix*, leaving it at least one of its own."""
    most = min(len(prefix.ids), len(sequence.ids) - 1)
    alike = prefix.ids[:most] == sequence.ids[:most]
    return int(alike.to(torch.int8).cumprod(0).sum())


def _last_picture(sequence: TokenSequence) -> int:
    """Return the place of the last image token, -1 where there is none."""
    places = torch.nonzero(sequence.types == IMAGE)
    return int(places[-1, 0]) if len(places) else -1


def _padded(rows: Sequence[torch.Tensor]) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)
