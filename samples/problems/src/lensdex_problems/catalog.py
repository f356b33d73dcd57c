"""All subjects in order, and which of their parts are held out.

The rule: of each concept the last task and the last wording in each language are held out, the others are for training;
sentence frames and drawing styles say it themselves. The split `demo` draws from everything.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast

from lensdex_problems.drawing.style import STYLES, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lensdex_problems.concept import Concept, Language, Subject, Task
    from lensdex_problems.wording import Frames

Split = Literal["train", "heldout", "demo"]
SPLITS: Final[tuple[Split, ...]] = ("train", "heldout", "demo")
Part = TypeVar("Part")

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


def _of_split(parts: Sequence[Part], split: Split) -> tuple[Part, ...]:
    if split == "demo":
        return tuple(parts)
    return tuple(parts[:-1]) if split == "train" else tuple(parts[-1:])


def tasks(concept: Concept, split: Split) -> tuple[Task, ...]:
    return _of_split(concept.tasks, split)


def wordings(concept: Concept, language: Language, split: Split) -> tuple[tuple[str, str], ...]:
    """Return the wordings of the givens with their names: `g0`, `g1`, ..."""
    named = [(f"g{place}", text) for place, text in enumerate(concept.given(language))]
    return _of_split(named, split)


def frames(choice: Frames, split: Split) -> tuple[tuple[str, str], ...]:
    named = choice.all()
    if split == "demo":
        return named
    return tuple(frame for frame in named if frame[0].startswith("h") == (split == "heldout"))


def styles(split: Split) -> tuple[Style, ...]:
    return tuple(style for style in STYLES if split == "demo" or style.held_out == (split == "heldout"))
