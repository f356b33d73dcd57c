"""From rendered text and pictures to what the model reads: token ids, patches, and what was cut. Knows no weights.

Text is tokenised whole: a text that begins with a newline merges with the template before it, so tokenising in pieces
would give other tokens than the models were trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from PIL import Image
from qwen_vl_utils import vision_process
from transformers import PreTrainedTokenizerBase, ProcessorMixin

from lensdex_embedder.engines.hf.template import Conversation, embedding_conversation, render
from lensdex_embedder.errors import ContentTooLongError, InvalidFieldError
from lensdex_embedder.work import Cost, Truncation

TEXT, IMAGE = 0, 1
"""Token types, as transformers numbers them."""

CUT_REMEDY: Final = "Shorten its text, or allow truncation."
MEDIA_REMEDY: Final = (
    "Only the end of a text can be cut, and cutting it does not suffice: give fewer or smaller images."
)


@dataclass(frozen=True, slots=True)
class Patches:
    """A picture as the vision tower reads it."""

    values: torch.Tensor
    """float32, shape (patches, channels × temporal patch × patch × patch)."""
    grid: tuple[int, int, int]
    """Patches in time, height and width; height and width are even."""
    num_tokens: int
    """Tokens it becomes: patches divided by the square of the merge size."""


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """One model input, on the host."""

    ids: torch.Tensor
    """int64, shape (tokens,)."""
    types: torch.Tensor
    """int32, shape (tokens,): TEXT or IMAGE."""
    patches: tuple[Patches, ...]
    cost: Cost


class SequenceBuilder:
    """Builds token sequences with one checkpoint's processor. Thread-safe."""

    def __init__(
        self, processor: ProcessorMixin, *, max_tokens: int, min_image_tokens: int, max_image_tokens: int
    ) -> None:
        """*max_tokens* bounds a sequence; the image bounds are the operator's, in tokens an image.

        A checkpoint trained on smaller pictures says so in its `preprocessor_config.json` (`size.longest_edge`, a
        number of pixels) and narrows the bounds. The published ones allow far more than the published recipe uses.
        """
        self._processor = processor
        tokenizer = processor.tokenizer
        assert isinstance(tokenizer, PreTrainedTokenizerBase)
        self._tokenizer = tokenizer
        self._image_processor: Any = processor.image_processor
        self._patch_size = int(self._image_processor.patch_size)
        self._merge_size = int(self._image_processor.merge_size)
        pixels_per_token = (self._patch_size * self._merge_size) ** 2
        trained = int(self._image_processor.size["longest_edge"]) // pixels_per_token
        self.max_image_tokens = max(1, min(max_image_tokens, trained))
        self._max_pixels = self.max_image_tokens * pixels_per_token
        self._min_pixels = min(min_image_tokens, self.max_image_tokens) * pixels_per_token
        self._image_token = str(getattr(processor, "image_token", "<|image_pad|>"))
        self._reserved = (self._image_token, str(getattr(processor, "video_token", "<|video_pad|>")))
        self._image_token_id = int(tokenizer.convert_tokens_to_ids(self._image_token))  # type: ignore[arg-type]  # one token, one id
        rendered = render(processor, embedding_conversation(texts=("text",), num_images=0, instruction=""))
        self._tail = self._tokenise(rendered[rendered.rindex("<|im_end|>") :])
        self.max_tokens = max_tokens

    def refuse_reserved(self, field: str, texts: tuple[str, ...]) -> None:
        """Raise InvalidFieldError when a text holds the model's own placeholder for media."""
        for text in texts:
            for token in self._reserved:
                if token in text:
                    raise InvalidFieldError(
                        field, f"{field} contains {token}, the model's own sign for media; remove it.", value=token
                    )

    def patch(self, image: Image.Image) -> Patches:
        """Return *image* resized within the pixel bounds and cut into patches, exactly as the published code does."""
        resized = vision_process.fetch_image(
            {"image": image, "min_pixels": self._min_pixels, "max_pixels": self._max_pixels},
            image_patch_size=self._patch_size,
        )
        output = self._image_processor(images=[resized], do_resize=False, return_tensors="pt")
        time, height, width = (int(value) for value in output["image_grid_thw"][0])
        values = output["pixel_values"]
        assert isinstance(values, torch.Tensor)
        return Patches(values, (time, height, width), time * height * width // self._merge_size**2)

    def image_tokens(self, width: int, height: int) -> int:
        """Return the tokens a picture of that size becomes, without resizing it."""
        factor = self._patch_size * self._merge_size
        resized_height, resized_width = vision_process.smart_resize(
            height, width, factor=factor, min_pixels=self._min_pixels, max_pixels=self._max_pixels
        )
        return int(resized_height) * int(resized_width) // factor**2

    def count(self, conversation: Conversation, image_tokens: list[int]) -> Cost:
        """Return the untruncated cost of *conversation* whose pictures become *image_tokens*."""
        ids = self._tokenise(self._expand(render(self._processor, conversation), image_tokens))
        return Cost(num_tokens=len(ids), num_image_tokens=sum(image_tokens), num_truncated_tokens=0)

    def build(
        self,
        conversation: Conversation,
        shortest: Conversation,
        patches: tuple[Patches, ...],
        *,
        truncation: Truncation,
    ) -> TokenSequence:
        """Return the model input of *conversation*; *shortest* is the same without the text that may be cut.

        The end of the text is cut and the template's own tail kept, because the tail holds the pooled token. Raises
        ContentTooLongError when the input is over max_tokens and cutting is not allowed or does not suffice.
        """
        image_tokens = [item.num_tokens for item in patches]
        ids = self._tokenise(self._expand(render(self._processor, conversation), image_tokens))
        num_truncated = len(ids) - self.max_tokens
        if num_truncated > 0:
            if truncation is not Truncation.CUT_TEXT:
                raise ContentTooLongError(tokens=len(ids), maximum=self.max_tokens, remedy=CUT_REMEDY)
            needed = len(self._tokenise(self._expand(render(self._processor, shortest), image_tokens)))
            if needed >= self.max_tokens:
                raise ContentTooLongError(tokens=len(ids), maximum=self.max_tokens, remedy=MEDIA_REMEDY)
            ids = ids[: self.max_tokens - len(self._tail)] + self._tail
        tokens = torch.tensor(ids, dtype=torch.int64)
        types = (tokens == self._image_token_id).to(torch.int32)
        cost = Cost(num_tokens=len(ids), num_image_tokens=sum(image_tokens), num_truncated_tokens=max(0, num_truncated))
        return TokenSequence(tokens, types, patches, cost)

    def beginning(self, conversations: Sequence[Conversation], patches: tuple[Patches, ...]) -> TokenSequence:
        """Return the tokens that all *conversations*, each with exactly these pictures, begin with."""
        image_tokens = [item.num_tokens for item in patches]
        rows = [self._tokenise(self._expand(render(self._processor, one), image_tokens)) for one in conversations]
        length = next((place for place, column in enumerate(zip(*rows, strict=False)) if len(set(column)) > 1), 0)
        tokens = torch.tensor(rows[0][:length], dtype=torch.int64)
        types = (tokens == self._image_token_id).to(torch.int32)
        return TokenSequence(tokens, types, patches, Cost(length, sum(image_tokens), 0))

    def _expand(self, rendered: str, image_tokens: list[int]) -> str:
        """Replace each image placeholder by as many as the image has tokens."""
        pieces = rendered.split(self._image_token)
        assert len(pieces) == len(image_tokens) + 1, "placeholders and images disagree. This is a bug."
        expanded = [pieces[0]]
        for count, piece in zip(image_tokens, pieces[1:], strict=True):
            expanded += [self._image_token * count, piece]
        return "".join(expanded)

    def _tokenise(self, text: str) -> list[int]:
        ids = self._tokenizer(text, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        assert isinstance(ids, list)
        return ids
