"""Training problems, kept ready: texts of every concept in both languages, and drawn figures as arrays.

All come from the generator's split `train`; nothing held out can be reached from here. Knows no model and no tokens.
"""

import io
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from qwen_vl_utils import vision_process

from lensdex_nano.geometry import MAX_PIXELS, MIN_PIXELS, PATCH_SIZE
from lensdex_problems import catalog
from lensdex_problems.item import Item, compose

SPLIT: Final = "train"
_SENTENCE_END: Final = re.compile(r"[.?] ")
LANGUAGES: Final = ("ko", "en")
Drawing = npt.NDArray[np.uint8]
"""A figure resized as serving resizes it, shape (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class Kinship:
    """What decides how related two problems are."""

    concept: int
    unit: int
    subject: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The words of a problem, and which task it asks."""

    text: str
    template: str
    language: str
    wording: str
    """The name of the wording of its givens; several templates of a concept may share it."""

    @property
    def situation(self) -> str:
        """Everything before the question."""
        return self.text[: _question_start(self.text)].rstrip()

    @property
    def question(self) -> str:
        """What is asked: the last sentence, with the points it earns."""
        return self.text[_question_start(self.text) :]


@dataclass(frozen=True, slots=True)
class Concept:
    """All there is of one concept; `drawings` is empty for those that have no figure."""

    kinship: Kinship
    statements: tuple[Statement, ...]
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class PoolSize:
    """How many of each are kept for a concept."""

    statements: int = 240
    drawings: int = 64


def concept_count() -> int:
    """Return how many concepts the generator has."""
    return len(catalog.concepts())


def make_pool(seed: int, size: PoolSize, *, workers: int) -> Iterator[Concept]:
    """Yield every concept of the generator with *size* problems of its own, the same for the same seed.

    Drawing takes about 15 ms of a core a figure.
    """
    with ProcessPoolExecutor(max_workers=workers) as executor:
        yield from executor.map(_make_concept, [(seed, place, size) for place in range(concept_count())])


def training_item(seed: int, concept: int, place: int, *, language: str, drawn: bool) -> Item:
    """Return one problem of the split for training."""
    return compose(seed, SPLIT, place, concept_place=concept, language="ko" if language == "ko" else "en", drawn=drawn)


def resize(picture: bytes) -> Drawing:
    """Return the picture's pixels as the embedder would hand them to the nano model."""
    with Image.open(io.BytesIO(picture)) as image:
        resized = vision_process.fetch_image(
            {"image": image.convert("RGB"), "min_pixels": MIN_PIXELS, "max_pixels": MAX_PIXELS},
            image_patch_size=PATCH_SIZE,
        )
    return np.array(resized, dtype=np.uint8)


def _question_start(text: str) -> int:
    """The generator puts the question last, as one sentence, and the points after it in brackets."""
    end = len(text.rstrip()) if not text.rstrip().endswith("]") else text.rindex("[")
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, end - 2)]
    return ends[-1] if ends else 0


def _make_concept(order: tuple[int, int, PoolSize]) -> Concept:
    seed, place, size = order
    subject, concept = catalog.concepts()[place]
    statements = []
    drawings = []
    first = place << 20
    for turn in range(size.statements):
        item = training_item(seed, place, first + turn, language=LANGUAGES[turn % 2], drawn=turn % 4 < 2)
        _, wording, _ = str(item.metadata["paraphrase"]).split("-")
        statements.append(Statement(item.text, str(item.metadata["template"]), str(item.metadata["language"]), wording))
    for turn in range(size.drawings):
        picture = training_item(seed, place, first + size.statements + turn, language="en", drawn=True).draw("full")
        if picture is None:
            break
        drawings.append(resize(picture))
    kinship = Kinship(place, zlib.crc32(f"{subject.name}/{concept.unit}".encode()), zlib.crc32(subject.name.encode()))
    return Concept(kinship, tuple(statements), tuple(drawings))
