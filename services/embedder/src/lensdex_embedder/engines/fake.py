"""A deterministic engine without torch, for tests of everything around the model. Not for production: it understands
nothing.

It promises: equal contents give equal vectors; contents that share words, or whose pictures or videos look alike, give
near ones; an instruction changes the vector; a vector does not depend on its batch; relevance grows with what two
contents share.
"""

import hashlib
import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from lensdex_embedder.errors import ContentTooLongError
from lensdex_embedder.work import Content, Cost, ImageCounts, Modality, ModelFacts, Pooled, Truncation, Vector, Video
from lensdex_wire.space import Pooling

HIDDEN_SIZE = 128
_WORDS = re.compile(r"\w+")
_TEMPLATE_TOKENS = 8
_TOKENS_PER_IMAGE = 16
_TOKENS_PER_FRAME = 4


@dataclass(frozen=True, slots=True)
class FakeInput:
    """A prepared content: its features and its cost."""

    features: Vector
    instruction: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class FakePair:
    """A prepared pair."""

    score: float
    cost: Cost


class FakeEngine:
    """An EmbeddingEngine and a RerankingEngine at once."""

    def __init__(self, *, max_tokens: int, name: str = "fake") -> None:
        self._facts = ModelFacts(
            name=name,
            revision="",
            weights_digest=f"sha256:{hashlib.sha256(name.encode()).hexdigest()}",
            engine="fake",
            device="cpu",
            dtype="float32",
            template_version="fake/1",
            default_instruction="Represent the user's input.",
            max_tokens=max_tokens,
            min_image_tokens=1,
            max_image_tokens=_TOKENS_PER_IMAGE,
            modalities=(Modality.TEXT, Modality.IMAGE, Modality.VIDEO),
        )

    @property
    def facts(self) -> ModelFacts:
        """The engine's facts; weights_digest follows from the name."""
        return self._facts

    @property
    def images(self) -> ImageCounts:
        """Nothing is looked at twice or kept."""
        return ImageCounts(0, 0)

    @property
    def hidden_size(self) -> int:
        """Length of a pooled vector."""
        return HIDDEN_SIZE

    def prepare(self, content: Content, *, instruction: str, truncation: Truncation) -> FakeInput:
        """Return the features of *content*. Raises ContentTooLongError as a real engine would."""
        cost = self._fit(self.count(content, instruction=instruction), truncation)
        return FakeInput(_features(content), instruction.strip(), cost)

    def count(self, content: Content, *, instruction: str) -> Cost:
        """Return eight tokens for the template, one per word, sixteen per image, four per frame that is looked at."""
        words = sum(len(_WORDS.findall(text)) for text in (*content.texts, instruction))
        image_tokens = (content.image_bounds.max_tokens or _TOKENS_PER_IMAGE) * len(content.images)
        video_tokens = _TOKENS_PER_FRAME * sum(len(_places(video)) for video in content.videos)
        num_tokens = _TEMPLATE_TOKENS + words + image_tokens + video_tokens
        return Cost(num_tokens, image_tokens, 0, video_tokens)

    runs_ahead = False
    """All is done when ``begin`` returns."""

    def begin(self, batch: Sequence[Any]) -> Callable[[], Any]:
        """Return what gives the results of *batch*, of inputs or of pairs."""
        results: Any = self.score(batch) if isinstance(batch[0], FakePair) else self.embed(batch)
        return lambda: results

    def embed(self, batch: Sequence[FakeInput]) -> list[Pooled]:
        """Return features, shifted a little by the instruction; the two poolings differ."""
        results = []
        for item in batch:
            shift = _hashed([item.instruction], weight=0.1) if item.instruction else np.zeros(HIDDEN_SIZE, np.float32)
            last = item.features + shift
            results.append(Pooled({Pooling.LAST_TOKEN: last, Pooling.MEAN: np.roll(last, 1)}))
        return results

    def prepare_query(self, query: Content, *, instruction: str) -> FakeInput:
        """Return the features of *query*."""
        return FakeInput(_features(query), instruction, self.count(query, instruction=instruction))

    def prepare_pair(self, query: FakeInput, document: Content, *, truncation: Truncation) -> FakePair:
        """Return the pair's relevance: the logistic of a scaled cosine."""
        count = self.count(document, instruction="")
        both = Cost(
            count.num_tokens + query.cost.num_tokens,
            count.num_image_tokens + query.cost.num_image_tokens,
            0,
            count.num_video_tokens + query.cost.num_video_tokens,
        )
        cost = self._fit(both, truncation)
        features = _features(document)
        cosine = float(query.features @ features / (np.linalg.norm(query.features) * np.linalg.norm(features) + 1e-12))
        return FakePair(1 / (1 + math.exp(-6 * (cosine - 0.5))), cost)

    def score(self, batch: Sequence[FakePair]) -> list[float]:
        """Return the pairs' relevance."""
        return [item.score for item in batch]

    def _fit(self, cost: Cost, truncation: Truncation) -> Cost:
        excess = cost.num_tokens - self._facts.max_tokens
        if excess <= 0:
            return cost
        media_tokens = cost.num_image_tokens + cost.num_video_tokens
        if truncation is Truncation.REFUSE or media_tokens + _TEMPLATE_TOKENS >= self._facts.max_tokens:
            raise ContentTooLongError(
                tokens=cost.num_tokens, maximum=self._facts.max_tokens, remedy="Shorten its text."
            )
        return Cost(self._facts.max_tokens, cost.num_image_tokens, excess, cost.num_video_tokens)


def _features(content: Content) -> Vector:
    features = _hashed([word.lower() for text in content.texts for word in _WORDS.findall(text)])
    frames = [frame for video in content.videos for frame in _frames(video)]
    for image in (*content.images, *frames):
        thumbnail = np.asarray(image.convert("RGB").resize((4, 4)), dtype=np.float32).ravel() / 255 - 0.5
        features[: thumbnail.size] += thumbnail
    # Nothing is a zero vector, which cosine could not take; the first value is part of every cut.
    features[0] += 0.01
    return features


def _places(video: Video) -> list[int]:
    """Return the places of the frames that are looked at, evenly, at most the video's maximum."""
    count = len(video.source) if isinstance(video.source, tuple) else video.source.num_frames
    return sorted(set(np.linspace(0, count - 1, min(count, video.max_frames), dtype=int).tolist()))


def _frames(video: Video) -> Iterator[Image.Image]:
    if isinstance(video.source, tuple):
        yield from (video.source[place] for place in _places(video))
    else:
        yield from video.source.read(_places(video))


def _hashed(words: list[str], *, weight: float = 1.0) -> Vector:
    """Return one signed bucket per word: the hashing trick."""
    features = np.zeros(HIDDEN_SIZE, np.float32)
    for word in words:
        code = zlib.crc32(word.encode())
        features[code % HIDDEN_SIZE] += weight if code & 0x80000000 else -weight
    return features
