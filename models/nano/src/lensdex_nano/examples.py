"""What a training step sees: views of problems (text, image, both), roughened so that no single word decides.

Knows no tokens and no model. Randomness comes only from the generator that is passed in, so that a step is the same
after an interruption.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lensdex_nano.pool import Concept, Drawing, Kinship

View = Literal["text", "image", "text+image"]
_VIEWS: Final[tuple[View, ...]] = ("text", "image", "text+image")
# Pictures are the hardest to learn from scratch.
_SHARES: Final = (0.33, 0.40, 0.27)


@dataclass(frozen=True, slots=True)
class Example:
    """One input: its parts, and what decides its relevance to others."""

    text: str
    drawing: Drawing | None
    kinship: Kinship
    template: str


def draw_examples(concepts: Sequence[Concept], places: Sequence[int], random: np.random.Generator) -> list[Example]:
    """Return one example for each of the places in *concepts*, in order."""
    return [_draw(concepts[place], random) for place in places]


def _draw(concept: Concept, random: np.random.Generator) -> Example:
    view: View = _VIEWS[int(random.choice(3, p=_SHARES))] if concept.drawings else "text"
    statement = concept.statements[int(random.integers(len(concept.statements)))]
    text = "" if view == "image" else roughen(statement.text, random)
    drawing = None
    if view != "text":
        drawing = recolour(concept.drawings[int(random.integers(len(concept.drawings)))], random)
    return Example(text, drawing, concept.kinship, statement.template if text else "")


def roughen(text: str, random: np.random.Generator) -> str:
    """Return the text whole, with words missing, or a short span of it as somebody might type it."""
    lot = random.random()
    if lot < 0.4:
        return text
    return thin(text, random) if lot < 0.8 else excerpt(text, random)


def thin(text: str, random: np.random.Generator) -> str:
    """Return the text without some of its words, 5 to 45 % of them."""
    words = text.split(" ")
    keep = random.random(len(words)) >= random.uniform(0.05, 0.45)
    return " ".join(word for word, kept in zip(words, keep, strict=True) if kept) or text


def excerpt(text: str, random: np.random.Generator, *, least: int = 3) -> str:
    """Return *least* to 12 words of the text that stand together."""
    words = text.split(" ")
    length = min(len(words), int(random.integers(least, 13)))
    start = int(random.integers(len(words) - length + 1))
    return " ".join(words[start : start + length])


def recolour(drawing: Drawing, random: np.random.Generator) -> Drawing:
    """Return the drawing in other inks: light and dark swapped, colours mixed, paler, speckled. The lines stay."""
    values = drawing.astype(np.float32) / 255
    if random.random() < 0.25:
        values = 1 - values
    if random.random() < 0.5:
        values = values[..., random.permutation(3)]
    if random.random() < 0.6:
        low, high = random.uniform(0, 0.3, 3), random.uniform(0.7, 1, 3)
        values = low + values * (high - low)
    if random.random() < 0.3:
        values = values + random.normal(0, random.uniform(0.01, 0.06), values.shape[:2])[..., None]
    if random.random() < 0.3:
        values = np.roll(values, random.integers(-6, 7, 2), axis=(0, 1))
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)
