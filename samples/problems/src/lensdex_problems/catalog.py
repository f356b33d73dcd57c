"""All subjects in order, and which of their parts are held out.

Concepts, sentence frames and drawing styles say themselves what is held out. The split `demo` draws from everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, cast

from lensdex_problems.drawing.style import STYLES, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lensdex_problems.concept import Concept, Language, Subject, Task
    from lensdex_problems.wording import Frames

Split = Literal["train", "heldout", "demo"]
SPLITS: Final[tuple[Split, ...]] = ("train", "heldout", "demo")

_MODULES: Final = (
    "geometry",
    "algebra",
    "calculus",
    "statistics",
    "mechanics",
    "electricity",
    "waves",
    "chemistry",
    "biology",
    "earth",
    "geography",
    "economics",
    "society",
    "language",
)


@lru_cache(maxsize=1)
def subjects() -> tuple[Subject, ...]:
    """Return every subject; the order is part of what a seed means."""
    found = (import_module(f"lensdex_problems.subjects.{name}").SUBJECT for name in _MODULES)
    return tuple(cast("Subject", subject) for subject in found)


@lru_cache(maxsize=1)
def concepts() -> tuple[tuple[Subject, Concept], ...]:
    """Return every concept with its subject, in order."""
    return tuple((subject, concept) for subject in subjects() for concept in subject.concepts)


@dataclass(frozen=True)
class Template:
    """One task with the wordings of the givens it may stand with, in both languages, by name."""

    task: Task
    ko: tuple[tuple[str, str], ...]
    en: tuple[tuple[str, str], ...]

    def given(self, language: Language) -> tuple[tuple[str, str], ...]:
        return self.ko if language == "ko" else self.en


@cache
def templates(concept: Concept, split: Split) -> tuple[Template, ...]:
    """Return the templates of a concept: those for training share `g0`, `g1`, ..., each held out has its own `h0`."""
    shared = (_named("g", concept.ko), _named("g", concept.en))
    train = tuple(Template(task, *shared) for task in concept.tasks)
    held_out = tuple(
        Template(template.task, ((f"h{place}", template.ko),), ((f"h{place}", template.en),))
        for place, template in enumerate(concept.held_out)
    )
    return {"train": train, "heldout": held_out, "demo": train + held_out}[split]


def _named(prefix: str, wordings: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{prefix}{place}", text) for place, text in enumerate(wordings))


def frames(choice: Frames, split: Split) -> tuple[tuple[str, str], ...]:
    named = choice.all()
    if split == "demo":
        return named
    return tuple(frame for frame in named if frame[0].startswith("h") == (split == "heldout"))


def styles(split: Split) -> tuple[Style, ...]:
    return tuple(style for style in STYLES if split == "demo" or style.held_out == (split == "heldout"))
