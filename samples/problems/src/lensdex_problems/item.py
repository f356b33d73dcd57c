"""One problem from its seed, split and number, without making the others.

Every block of as many items as there are concepts holds each concept once, in an order of its own, so that small
corpora are even as well. Knows nothing of files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lensdex_problems import catalog, wording
from lensdex_problems.dice import Dice
from lensdex_problems.drawing.figure import Figure, Scale, describe, render
from lensdex_problems.korean import settle
from lensdex_problems.notation import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lensdex_problems.catalog import Split
    from lensdex_problems.concept import Language, Scene, Value
    from lensdex_problems.drawing.style import Style

GENERATOR: Final = "lensdex-problems"
# Raised whenever the same seed gives another corpus.
GENERATOR_VERSION: Final = 2
_KOREAN_SHARE: Final = 0.7
# Some concepts have no figure at all; of the others this share shows theirs, which makes seven in ten over all.
_FIGURE_SHARE: Final = 0.745

Metadata = dict[str, str | int | bool]


@dataclass(frozen=True)
class Item:
    """A problem: its line without the image, and what is needed to draw the figure."""

    id: str
    title: str
    text: str
    metadata: Metadata
    figure: Figure | None
    style: Style
    dice: Dice

    @property
    def image_path(self) -> str | None:
        """Where its figure goes below the corpus folder: a thousand to a folder."""
        return f"figures/{self.id[1:-3]}/{self.id}.png" if self.figure else None

    def draw(self, scale: Scale = "full") -> bytes | None:
        """Return the figure as a PNG file, or None when the problem has none."""
        return render(self.figure, self.style, self.dice.fork("drawing"), scale) if self.figure else None

    def line(self) -> str:
        """Return the line of `problems.jsonl`, without the line break."""
        record: dict[str, object] = {"id": self.id, "title": self.title, "text": self.text}
        if self.image_path:
            record["image"] = self.image_path
        record["metadata"] = self.metadata
        return json.dumps(record, ensure_ascii=False, sort_keys=False, separators=(",", ":"))

    def drawing_parameters(self) -> str:
        """Return what is drawn, as canonical text that does not depend on the version of Pillow."""
        described = describe(self.figure) if self.figure else None
        return json.dumps(described, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=8)
def _order(seed: int, split: Split, block: int) -> tuple[int, ...]:
    return tuple(Dice(GENERATOR_VERSION, seed, split, "order", block).shuffled(range(len(catalog.concepts()))))


def make_item(seed: int, split: Split, place: int) -> Item:
    """Return the item at that place of the corpus with that seed and split."""
    block, offset = divmod(place, len(catalog.concepts()))
    return compose(seed, split, place, concept_place=_order(seed, split, block)[offset])


def compose(
    seed: int,
    split: Split,
    place: int,
    *,
    concept_place: int,
    language: Language | None = None,
    drawn: bool | None = None,
) -> Item:
    """Return an item of a chosen concept; language and figure may be prescribed, else they are drawn by lot.

    An essential figure is there whatever is prescribed.
    """
    dice = Dice(GENERATOR_VERSION, seed, split, "item", place)
    choices = dice.fork("wording")
    subject, concept = catalog.concepts()[concept_place]
    template = choices.pick(catalog.templates(concept, split))
    task = template.task
    lot: Language = "ko" if choices.chance(_KOREAN_SHARE) else "en"
    spoken: Language = language or lot
    scene = concept.scene(dice.fork("scene"))
    lucky = choices.chance(_FIGURE_SHARE)
    figure = scene.figure if scene.essential or (lucky if drawn is None else drawn) else None
    style = choices.pick(catalog.styles(split))
    given_name, given = choices.pick(template.given(spoken))
    leads = (wording.WITH_FIGURE if figure else wording.WITHOUT_FIGURE)[spoken]
    lead_name, lead = choices.pick(catalog.frames(leads, split))
    ask_name, ask = choices.pick(catalog.frames(wording.ASK[task.kind][spoken], split))
    harder = [template.task for template in catalog.templates(concept, "demo")].index(task)
    difficulty = min(5, max(1, 2 + harder + choices.whole(-1, 1)))
    values = _spoken(scene, spoken, hidden=figure is not None and choices.chance(0.5))
    text = f"{lead.replace('{given}', given)} {ask.replace('{asked}', task.asked(spoken))}".format_map(values)
    if choices.chance(0.4):
        text += " " + wording.POINTS[spoken].format(points=difficulty + 1)
    text = settle(text) if spoken == "ko" else text
    metadata: Metadata = {
        "subject": subject.name,
        "unit": f"{subject.name}/{concept.unit}",
        "concept": concept.name,
        "template": f"{concept.name}/{task.name}",
        "language": spoken,
        "difficulty": difficulty,
        "has_figure": figure is not None,
        "drawing_style": style.name if figure else "",
        "paraphrase": f"{lead_name}-{given_name}-{ask_name}",
    }
    title = f"{subject.title(spoken)} · {subject.units[concept.unit](spoken)} {choices.whole(1, 40)}"
    return Item(f"p{place:06d}", title, text, metadata, figure, style, dice)


def _spoken(scene: Scene, language: Language, *, hidden: bool) -> Mapping[str, str]:
    spoken = {name: _written(value, language) for name, value in scene.values.items()}
    if hidden and scene.listed:
        spoken[scene.listed] = wording.SHOWN[language]
    return spoken


def _written(value: Value, language: Language) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return number(value)
    return value(language)
