"""The sentences around a problem: how it is introduced and how its question is put, in two languages.

Each frame belongs to training or is held out, by the tuple it stands in. Knows nothing of any subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lensdex_problems.concept import Kind, Language


@dataclass(frozen=True)
class Frames:
    """Sentences with one place to fill, some for training and some held out."""

    train: tuple[str, ...]
    heldout: tuple[str, ...]

    def all(self) -> tuple[tuple[str, str], ...]:
        """Return every frame with its name: `t0`, `t1`, ... for training, `h0`, ... held out."""
        train = tuple((f"t{place}", frame) for place, frame in enumerate(self.train))
        return train + tuple((f"h{place}", frame) for place, frame in enumerate(self.heldout))


SHOWN: Final[Mapping[Language, str]] = {"ko": "그림 참조", "en": "see the figure"}
POINTS: Final[Mapping[Language, str]] = {"ko": "[{points}점]", "en": "[{points} points]"}

WITH_FIGURE: Final[Mapping[Language, Frames]] = {
    "ko": Frames(
        train=("{given}", "그림을 보고 물음에 답하시오. {given}", "{given} 이를 그림으로 나타내면 다음과 같다."),
        heldout=("다음 자료를 참고하여 문제를 해결해 보자. {given}", "{given} 오른쪽 그림은 이 상황을 나타낸다."),
    ),
    "en": Frames(
        train=(
            "{given}",
            "Look at the figure and answer the question. {given}",
            "{given} The figure shows the situation.",
        ),
        heldout=("Use the picture provided. {given}", "{given} A drawing of this is given alongside."),
    ),
}
WITHOUT_FIGURE: Final[Mapping[Language, Frames]] = {
    "ko": Frames(
        train=("{given}", "다음을 읽고 물음에 답하시오. {given}", "다음 조건이 주어졌다. {given}"),
        heldout=("아래 글을 잘 읽고 문제를 풀어 보자. {given}",),
    ),
    "en": Frames(
        train=(
            "{given}",
            "Read the following and answer the question. {given}",
            "Suppose the following holds. {given}",
        ),
        heldout=("Think carefully about this situation. {given}",),
    ),
}
ASK: Final[Mapping[Kind, Mapping[Language, Frames]]] = {
    "find": {
        "ko": Frames(
            train=(
                "{asked}을(를) 구하시오.",
                "이때 {asked}을(를) 구하여라.",
                "{asked}을(를) 구하고 풀이 과정을 쓰시오.",
                "주어진 조건을 이용하여 {asked}을(를) 구하시오.",
            ),
            heldout=("그렇다면 {asked}은(는) 무엇인가?", "{asked}을(를) 단계별로 구해 보자."),
        ),
        "en": Frames(
            train=(
                "Find {asked}.",
                "Determine {asked}.",
                "Work out {asked}, showing your steps.",
                "Obtain {asked} from this.",
            ),
            heldout=("Calculate {asked} step by step.", "State {asked} and justify your answer."),
        ),
    },
    "explain": {
        "ko": Frames(
            train=("{asked}을(를) 설명하시오.", "{asked}을(를) 서술하시오.", "{asked}을(를) 근거를 들어 설명하시오."),
            heldout=("{asked}에 대하여 논술해 보자.", "{asked}을(를) 두세 문장으로 정리하시오."),
        ),
        "en": Frames(
            train=("Explain {asked}.", "Describe {asked}.", "Explain {asked}, giving reasons."),
            heldout=("Discuss {asked} in a few sentences.", "Give a short account of {asked}."),
        ),
    },
    "choose": {
        "ko": Frames(
            train=("{asked}을(를) 고르시오.", "{asked}을(를) 찾아 쓰시오.", "{asked}을(를) 고르고 그 이유를 쓰시오."),
            heldout=("{asked}은(는) 어느 것인가?", "{asked}을(를) 골라 보자."),
        ),
        "en": Frames(
            train=("Identify {asked}.", "Choose {asked}.", "Name {asked} and give a reason."),
            heldout=("Point out {asked}.", "Decide on {asked}."),
        ),
    },
}
