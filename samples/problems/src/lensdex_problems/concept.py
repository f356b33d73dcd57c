"""What a subject file says: concepts with their tasks, and scenes that fill them with numbers.

Subject, unit, concept, template: each template is one task of one concept. These are plain data; how a text is put
together from them is in `wording.py`, which parts are held out in `catalog.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lensdex_problems.dice import Dice
    from lensdex_problems.drawing.figure import Figure

Kind = Literal["find", "explain", "choose"]
Language = Literal["ko", "en"]


class Pair(NamedTuple):
    """The same thing in Korean and in English."""

    ko: str
    en: str

    def __call__(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


Value = int | float | str | Pair


@dataclass(frozen=True)
class Scene:
    """One drawing of numbers: the values that wordings name, and the figure that shows them, if any.

    `listed` names the value that a figure can stand in for: the text may then say "see the figure" in its place. An
    `essential` figure is never left out, because the problem makes no sense without it.
    """

    values: Mapping[str, Value]
    figure: Figure | None = None
    listed: str = ""
    essential: bool = False


@dataclass(frozen=True)
class Task:
    """What is asked: a noun phrase in both languages, put into a sentence that fits its kind."""

    name: str
    kind: Kind
    asked: Pair


@dataclass(frozen=True)
class HeldOut:
    """A template that training never sees: a task together with wordings of the givens that no other template has."""

    task: Task
    ko: str
    en: str

    def given(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Concept:
    """A concept: how its numbers are drawn, how its givens are worded, and what is asked.

    For training, each task goes with each wording. What is held out are two templates or more, each with a task and
    wordings of its own, so that leaving one out of a corpus leaves nothing of its words behind.
    """

    name: str
    unit: str
    scene: Callable[[Dice], Scene]
    ko: tuple[str, ...]
    en: tuple[str, ...]
    tasks: tuple[Task, ...]
    held_out: tuple[HeldOut, ...]

    def given(self, language: Language) -> tuple[str, ...]:
        """Return the wordings for training."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Subject:
    """A subject: its display name, its units with theirs, and its concepts."""

    name: str
    title: Pair
    units: Mapping[str, Pair]
    concepts: tuple[Concept, ...]


def find(name: str, ko: str, en: str) -> Task:
    """Ask for a quantity: the phrase must fit "Find ..." and "...을(를) 구하시오"."""
    return Task(name, "find", Pair(ko, en))


def explain(name: str, ko: str, en: str) -> Task:
    """Ask for an account: the phrase must fit "Explain ..." and "...을(를) 설명하시오"."""
    return Task(name, "explain", Pair(ko, en))


def choose(name: str, ko: str, en: str) -> Task:
    """Ask for one of several: the phrase must fit "Identify ..." and "...을(를) 고르시오"."""
    return Task(name, "choose", Pair(ko, en))
