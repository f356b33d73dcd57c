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


@dataclass(frozen=True, slots=True)
class ListInputs:
    """Lists of pairs as tokens; each list's pairs begin with the same query."""

    rows: tuple[tuple[int, ...], ...]
    """The tokens of each pair, list after list."""
    owners: tuple[int, ...]
    """The list of each row."""
    shared: tuple[int, ...]
    """For each list, how many leading tokens its rows share; no document's picture is among them."""
    query_pictures: tuple[tuple[int, ...], ...]
    """For each list, the places in `grids` of the pictures in its query: one or none."""
    document_pictures: tuple[tuple[int, ...], ...]
    """For each row, those of its document."""
    patches: torch.Tensor | None
    grids: tuple[tuple[int, int, int], ...]
    image_token: int


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
        self._vision_start = int(vocabulary["<|vision_start|>"])
        self.yes = int(vocabulary["yes"])
        self.no = int(vocabulary["no"])

    def embedding(self, examples: Sequence[Example]) -> Inputs:
        """Return the batch of *examples* in the embedding template, with the default instruction."""
        conversations = [
            embedding_conversation(texts=_texts(example), num_images=_images(example), instruction="")
            for example in examples
        ]
        return self._build(conversations, [[example.drawing] for example in examples])

    def reranking(self, lists: Sequence[tuple[Example, Sequence[Example]]]) -> ListInputs:
        """Return queries with their documents in the reranking template, with the default instruction."""
        drawings: list[Drawing] = []

        def placed(example: Example) -> tuple[int, ...]:
            if example.drawing is None:
                return ()
            drawings.append(example.drawing)
            return (len(drawings) - 1,)

        query_pictures = tuple(placed(query) for query, _ in lists)
        document_pictures = tuple(placed(document) for _, documents in lists for document in documents)
        patches, grids = self._patch(drawings) if drawings else (None, [])
        pairs = [(place, query, document) for place, (query, documents) in enumerate(lists) for document in documents]
        pictures = [query_pictures[pair[0]] + own for pair, own in zip(pairs, document_pictures, strict=True)]
        rows = self._tokens([_pair(query, document) for _, query, document in pairs], pictures, grids)
        owners = tuple(pair[0] for pair in pairs)
        shared = tuple(
            self._shared([row for row, owner in zip(rows, owners, strict=True) if owner == place], len(pictured))
            for place, pictured in enumerate(query_pictures)
        )
        return ListInputs(
            tuple(map(tuple, rows)), owners, shared, query_pictures, document_pictures, patches,
            tuple((grid[0], grid[1], grid[2]) for grid in grids), self._image_token_id,
        )  # fmt: skip

    def _build(self, conversations: Sequence[Any], drawings: Sequence[Sequence[Drawing | None]]) -> Inputs:
        flat = [drawing for row in drawings for drawing in row if drawing is not None]
        patches, grids = self._patch(flat) if flat else (None, [])
        places = iter(range(len(flat)))
        pictures = [[next(places) for drawing in row if drawing is not None] for row in drawings]
        rows = self._tokens(conversations, pictures, grids)
        ids = padded(rows)
        arguments = {"input_ids": ids, "mm_token_type_ids": (ids == self._image_token_id).to(torch.int32)}
        if patches is not None:
            arguments["pixel_values"] = patches
            arguments["image_grid_thw"] = torch.tensor(grids)
        return Inputs(arguments, torch.tensor([len(row) - 1 for row in rows]))

    def _tokens(
        self, conversations: Sequence[Any], pictures: Sequence[Sequence[int]], grids: Sequence[Sequence[int]]
    ) -> list[list[int]]:
        rendered = []
        for conversation, row in zip(conversations, pictures, strict=True):
            text = render(self._processor, conversation)
            for place in row:
                frames, height, width = grids[place]
                text = text.replace(self._image_token, "\0" * (frames * height * width // MERGE_SIZE**2), 1)
            rendered.append(text.replace("\0", self._image_token))
        rows: list[list[int]] = self._tokenizer(rendered, add_special_tokens=False, return_attention_mask=False)[
            "input_ids"
        ]
        return rows

    def _shared(self, rows: Sequence[Sequence[int]], pictures: int) -> int:
        """Return the length of the longest common prefix, short of the last token and of picture number *pictures*."""
        first = rows[0]
        starts = [place for place, token in enumerate(first) if token == self._vision_start]
        most = min([len(row) - 1 for row in rows] + starts[pictures : pictures + 1])
        return next((place for place in range(most) if any(row[place] != first[place] for row in rows)), most)

    def _patch(self, drawings: Sequence[Drawing]) -> tuple[torch.Tensor, list[list[int]]]:
        images = [torch.from_numpy(drawing).permute(2, 0, 1) for drawing in drawings]
        output = self._image_processor(images=images, do_resize=False, return_tensors="pt")
        return output["pixel_values"], output["image_grid_thw"].tolist()


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return the rows in one tensor, zeros on the right: int64, shape (rows, longest)."""
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def _pair(query: Example, document: Example) -> Any:
    return reranking_conversation(
        query_texts=_texts(query),
        query_images=_images(query),
        document_texts=_texts(document),
        document_images=_images(document),
        instruction="",
    )


def _texts(example: Example) -> tuple[str, ...]:
    return (example.text,) if example.text else ()


def _images(example: Example) -> int:
    return int(example.drawing is not None)
