"""From examples to tensors, through the template and the processors of the checkpoint, as serving does it.

Padding is on the right, as in serving. Knows no weights and no loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lensdex_embedder.engines.hf.model import load_processor
from lensdex_embedder.engines.hf.template import embedding_conversation, render, reranking_conversation
from lensdex_nano.examples import Example
from lensdex_nano.geometry import MERGE_SIZE
from lensdex_nano.pool import Drawing


@dataclass(frozen=True, slots=True)
class Inputs:
    """A padded batch: the arguments of the model's forward pass, and where each row's last token is."""

    arguments: dict[str, torch.Tensor]
    last: torch.Tensor
    """int64, shape (rows,)."""


class InputBuilder:
    """Builds batches with the processors of a checkpoint folder; its weights need not be there."""

    def __init__(self, folder: Path) -> None:
        processor = load_processor(folder)
        self._processor = processor
        self._tokenizer: Any = processor.tokenizer
        self._image_processor: Any = processor.image_processor
        self._image_token = str(getattr(processor, "image_token", "<|image_pad|>"))
        self._image_token_id = int(self._tokenizer.convert_tokens_to_ids(self._image_token))
        vocabulary = self._tokenizer.get_vocab()
        self.yes = int(vocabulary["yes"])
        self.no = int(vocabulary["no"])

    def embedding(self, examples: Sequence[Example]) -> Inputs:
        """Return the batch of *examples* in the embedding template, with the default instruction."""
        conversations = [
            embedding_conversation(texts=_texts(example), num_images=_images(example), instruction="")
            for example in examples
        ]
        return self._build(conversations, [[example.drawing] for example in examples])

    def reranking(self, pairs: Sequence[tuple[Example, Example]]) -> Inputs:
        """Return the batch of (query, document) *pairs* in the reranking template, with the default instruction."""
        conversations = [
            reranking_conversation(
                query_texts=_texts(query),
                query_images=_images(query),
                document_texts=_texts(document),
                document_images=_images(document),
                instruction="",
            )
            for query, document in pairs
        ]
        return self._build(conversations, [[query.drawing, document.drawing] for query, document in pairs])

    def _build(self, conversations: Sequence[Any], drawings: Sequence[Sequence[Drawing | None]]) -> Inputs:
        drawn = [[drawing for drawing in row if drawing is not None] for row in drawings]
        flat = [drawing for row in drawn for drawing in row]
        patches, grids = self._patch(flat) if flat else (None, [])
        counts = iter([grid[0] * grid[1] * grid[2] // MERGE_SIZE**2 for grid in grids])
        rendered = []
        for conversation, row in zip(conversations, drawn, strict=True):
            text = render(self._processor, conversation)
            for _ in row:
                text = text.replace(self._image_token, "\0" * next(counts), 1)
            rendered.append(text.replace("\0", self._image_token))
        rows = self._tokenizer(rendered, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        longest = max(len(row) for row in rows)
        ids = torch.zeros(len(rows), longest, dtype=torch.int64)
        mask = torch.zeros(len(rows), longest, dtype=torch.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        arguments = {
            "input_ids": ids,
            "attention_mask": mask,
            "mm_token_type_ids": (ids == self._image_token_id).to(torch.int32),
        }
        if patches is not None:
            arguments["pixel_values"] = patches
            arguments["image_grid_thw"] = torch.tensor(grids)
        return Inputs(arguments, mask.sum(dim=1) - 1)

    def _patch(self, drawings: Sequence[Drawing]) -> tuple[torch.Tensor, list[list[int]]]:
        images = [torch.from_numpy(drawing).permute(2, 0, 1) for drawing in drawings]
        output = self._image_processor(images=images, do_resize=False, return_tensors="pt")
        return output["pixel_values"], output["image_grid_thw"].tolist()


def _texts(example: Example) -> tuple[str, ...]:
    return (example.text,) if example.text else ()


def _images(example: Example) -> int:
    return int(example.drawing is not None)
