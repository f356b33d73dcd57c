"""From rendered text and media to what the model reads: token ids, patches, and what was cut. Knows no weights.

Text is tokenised whole: a text that begins with a newline merges with the template before it, so tokenising in pieces
would give other tokens than the models were trained on.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from qwen_vl_utils import vision_process
from transformers import PreTrainedTokenizerBase, ProcessorMixin

from lensdex_embedder.engines.hf.patches import Outline, Patches, colours_of, cut_picture
from lensdex_embedder.engines.hf.positions import TEXT, positions
from lensdex_embedder.engines.hf.template import Conversation, embedding_conversation, render
from lensdex_embedder.engines.hf.videos import cut, frames_of, sample
from lensdex_embedder.errors import ContentTooLongError, InvalidFieldError
from lensdex_embedder.work import Content, Cost, ImageBounds, Truncation, Video

IMAGE, VIDEO = 1, 2
"""Types of tokens that are not TEXT, as transformers numbers them."""

_VISION_START, _VISION_END = "<|vision_start|>", "<|vision_end|>"

CUT_REMEDY: Final = "Shorten its text, or allow truncation."
MEDIA_REMEDY: Final = (
    "Only the end of a text can be cut, and cutting it does not suffice: give fewer or smaller images or videos."
)


@dataclass(frozen=True, slots=True)
class TokenSequence:
    """One model input, on the host."""

    ids: torch.Tensor
    """int64, shape (tokens,)."""
    types: torch.Tensor
    """int32, shape (tokens,): TEXT, IMAGE or VIDEO."""
    patches: tuple[Patches, ...]
    """In the order in which their tokens appear."""
    positions: torch.Tensor
    """Of its tokens in time, height and width: int64, shape (3, tokens)."""
    num_system_tokens: int
    """Leading tokens that are the system turn and the sign and name of the next one; zero without one."""
    cost: Cost


class SequenceBuilder:
    """Builds token sequences with one checkpoint's processor. Thread-safe."""

    def __init__(
        self,
        processor: ProcessorMixin,
        *,
        max_tokens: int,
        min_image_tokens: int,
        max_image_tokens: int,
        pin_memory: bool = False,
    ) -> None:
        """*max_tokens* bounds a sequence; the image bounds are the operator's, in tokens an image.

        With *pin_memory* pictures lie where a CUDA device can fetch them while the host goes on.

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
        self.min_image_tokens = min(min_image_tokens, self.max_image_tokens)
        self._pixels_per_token = pixels_per_token
        self._video_processor: Any = processor.video_processor
        self._image_token = str(getattr(processor, "image_token", "<|image_pad|>"))
        self._video_token = str(getattr(processor, "video_token", "<|video_pad|>"))
        self._reserved = (self._image_token, self._video_token)
        self._image_token_id = int(tokenizer.convert_tokens_to_ids(self._image_token))  # type: ignore[arg-type]  # one token, one id
        self._video_token_id = int(tokenizer.convert_tokens_to_ids(self._video_token))  # type: ignore[arg-type]  # as above
        video = f"{_VISION_START}{self._video_token}{_VISION_END}"
        self._placeholders = re.compile(f"{re.escape(video)}|{re.escape(self._image_token)}")
        rendered = render(processor, embedding_conversation(texts=("text",), num_images=0, instruction=""))
        self._tail = self._tokenise(rendered[rendered.rindex("<|im_end|>") :])
        self.max_tokens = max_tokens
        self._pin_memory = pin_memory
        self.colours = colours_of(self._image_processor)

    def refuse_reserved(self, field: str, texts: tuple[str, ...]) -> None:
        """Raise InvalidFieldError when a text holds the model's own placeholder for media."""
        for text in texts:
            for token in self._reserved:
                if token in text:
                    raise InvalidFieldError(
                        field, f"{field} contains {token}, the model's own sign for media; remove it.", value=token
                    )

    def patch(self, image: Image.Image, bounds: ImageBounds) -> Patches:
        """Return *image* resized within the bounds and cut into patches, exactly as the published code does."""
        least, most = self._pixels(bounds)
        resized = vision_process.fetch_image(
            {"image": image, "min_pixels": least, "max_pixels": most},
            image_patch_size=self._patch_size,
        )
        patches = cut_picture(np.asarray(resized), patch_size=self._patch_size, merge_size=self._merge_size)
        width, height = (side // self._patch_size for side in resized.size)
        digest = hashlib.sha256(patches.data)
        digest.update(repr(resized.size).encode())
        values = torch.from_numpy(patches)
        if self._pin_memory:
            values = values.pin_memory()
        return Patches(values, (1, height, width), Outline(height * width // self._merge_size**2), digest.digest())

    def patch_video(self, video: Video) -> Patches:
        """Return *video* sampled, resized and cut as the published code does. Raises InvalidMediaError."""
        factor = self._patch_size * self._merge_size
        sampling = sample(video, factor=factor)
        values = cut(
            self._normalised(frames_of(video, sampling, factor=factor)),
            patch_size=self._patch_size,
            merge_size=self._merge_size,
        )
        grid = (len(sampling.times), sampling.height // self._patch_size, sampling.width // self._patch_size)
        return Patches(values, grid, Outline(grid[1] * grid[2] // self._merge_size**2, sampling.times))

    def patches(self, content: Content) -> tuple[Patches, ...]:
        """Return the media of *content* in the order of the template: videos, then images."""
        images = (self.patch(image, content.image_bounds) for image in content.images)
        return (*map(self.patch_video, content.videos), *images)

    def outlines(self, content: Content) -> list[Outline]:
        """Return what would stand for the media of *content*, from headers alone."""
        factor = self._patch_size * self._merge_size
        samplings = [sample(video, factor=factor) for video in content.videos]
        videos = [Outline(one.height * one.width // factor**2, one.times) for one in samplings]
        return [*videos, *(Outline(self.image_tokens(*image.size, content.image_bounds)) for image in content.images)]

    def image_tokens(self, width: int, height: int, bounds: ImageBounds) -> int:
        """Return the tokens a picture of that size becomes, without resizing it."""
        least, most = self._pixels(bounds)
        factor = self._patch_size * self._merge_size
        resized_height, resized_width = vision_process.smart_resize(
            height, width, factor=factor, min_pixels=least, max_pixels=most
        )
        return int(resized_height) * int(resized_width) // factor**2

    def count(self, conversation: Conversation, outlines: Sequence[Outline]) -> Cost:
        """Return the untruncated cost of *conversation* whose media have these *outlines*, in order."""
        return _cost(len(self._ids(conversation, outlines)), outlines)

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
        outlines = [item.outline for item in patches]
        ids = self._ids(conversation, outlines)
        num_truncated = len(ids) - self.max_tokens
        if num_truncated > 0:
            if truncation is not Truncation.CUT_TEXT:
                raise ContentTooLongError(tokens=len(ids), maximum=self.max_tokens, remedy=CUT_REMEDY)
            needed = len(self._ids(shortest, outlines))
            if needed >= self.max_tokens:
                raise ContentTooLongError(tokens=len(ids), maximum=self.max_tokens, remedy=MEDIA_REMEDY)
            ids = ids[: self.max_tokens - len(self._tail)] + self._tail
        return self._sequence(ids, patches, num_truncated=max(0, num_truncated))

    def beginning(self, conversations: Sequence[Conversation], patches: tuple[Patches, ...]) -> TokenSequence:
        """Return the tokens that all *conversations*, each with exactly these media, begin with."""
        outlines = [item.outline for item in patches]
        rows = [self._ids(one, outlines) for one in conversations]
        length = next((place for place, column in enumerate(zip(*rows, strict=False)) if len(set(column)) > 1), 0)
        return self._sequence(rows[0][:length], patches, num_truncated=0)

    def _pixels(self, bounds: ImageBounds) -> tuple[int, int]:
        """Return the pixels a picture is scaled to at least and at most."""
        least = (bounds.min_tokens or self.min_image_tokens) * self._pixels_per_token
        return least, (bounds.max_tokens or self.max_image_tokens) * self._pixels_per_token

    def _normalised(self, frames: torch.Tensor) -> torch.Tensor:
        """Return *frames*, 0 to 255, shape (frames, 3, height, width), as the model was trained to read colours."""
        settings = self._video_processor
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (settings.image_mean, settings.image_std))
        normalised: torch.Tensor = (frames * settings.rescale_factor - mean) / std
        return normalised

    def _sequence(self, ids: list[int], patches: tuple[Patches, ...], *, num_truncated: int) -> TokenSequence:
        tokens = torch.tensor(ids, dtype=torch.int64)
        types = IMAGE * (tokens == self._image_token_id) + VIDEO * (tokens == self._video_token_id)
        cost = _cost(len(ids), [item.outline for item in patches], num_truncated=num_truncated)
        places = positions(types, (item.grid for item in patches), merge_size=self._merge_size)
        return TokenSequence(tokens, types.to(torch.int32), patches, places, _num_system_tokens(tokens, types), cost)

    def _ids(self, conversation: Conversation, outlines: Sequence[Outline]) -> list[int]:
        return self._tokenise(self._expand(render(self._processor, conversation), outlines))

    def _expand(self, rendered: str, outlines: Sequence[Outline]) -> str:
        """Replace each placeholder by what stands for its picture or video.

        A video's signs for beginning and end go as well: each of its steps in time has its own, after its time. (The
        processor of transformers 5 keeps the outer pair; the one the models were published with does not.)
        """
        pieces = self._placeholders.split(rendered)
        assert len(pieces) == len(outlines) + 1, "placeholders and media disagree. This is a bug."
        expanded = [pieces[0]]
        for outline, piece in zip(outlines, pieces[1:], strict=True):
            expanded += [self._standing_for(outline), piece]
        return "".join(expanded)

    def _standing_for(self, outline: Outline) -> str:
        if outline.times is None:
            return self._image_token * outline.num_tokens
        step = f"{_VISION_START}{self._video_token * outline.num_tokens}{_VISION_END}"
        return "".join(f"<{time:.1f} seconds>{step}" for time in outline.times)

    def _tokenise(self, text: str) -> list[int]:
        ids = self._tokenizer(text, add_special_tokens=False, return_attention_mask=False)["input_ids"]
        assert isinstance(ids, list)
        return ids


def _num_system_tokens(ids: torch.Tensor, types: torch.Tensor) -> int:
    """Return how many leading tokens are the system turn and the sign and name of the next one; zero without one.

    A turn begins with the sequence's first token. The name is a token of its own: what follows it, a newline, may merge
    with a content that begins with one.
    """
    signs = torch.nonzero(ids == ids[0])[:2, 0]
    if len(signs) < 2:
        return 0
    length = int(signs[1]) + 2
    return length if length < len(ids) and not bool((types[:length] != TEXT).any()) else 0


def _cost(num_tokens: int, outlines: Sequence[Outline], *, num_truncated: int = 0) -> Cost:
    return Cost(
        num_tokens=num_tokens,
        num_image_tokens=sum(one.num_media_tokens for one in outlines if one.times is None),
        num_truncated_tokens=num_truncated,
        num_video_tokens=sum(one.num_media_tokens for one in outlines if one.times is not None),
    )
