"""Training data: nothing of what is held out, the same for the same seed, sized as the embedder sizes it."""

import numpy as np
import pytest

from lensdex_nano.pool import PoolSize, Statement, _make_concept, concept_count, resize, training_item
from lensdex_problems import concepts, make_item
from lensdex_problems.catalog import styles, templates
from lensdex_problems.wording import ASK, WITH_FIGURE, WITHOUT_FIGURE

HELD_OUT_STYLES = {style.name for style in styles("heldout")}
HELD_OUT_FRAMES = [
    frame.replace("{given}", "").replace("{asked}", "").split("을(를)")[0].strip()
    for tables in (WITH_FIGURE, WITHOUT_FIGURE, *ASK.values())
    for table in tables.values()
    for frame in table.heldout
]


@pytest.mark.parametrize("place", range(0, concept_count(), 5))
def test_training_never_sees_what_is_held_out(place: int) -> None:
    """No held-out template, wording, sentence frame or drawing style is in any problem made for training."""
    _, concept = concepts()[place]
    held_out = {f"{concept.name}/{template.task.name}" for template in templates(concept, "heldout")}
    for turn in range(30):
        item = training_item(9, place, turn, language=("ko", "en")[turn % 2], drawn=turn % 4 < 2)
        assert item.metadata["concept"] == concept.name
        assert item.metadata["template"] not in held_out
        assert item.metadata["drawing_style"] not in HELD_OUT_STYLES
        assert [part[0] for part in str(item.metadata["paraphrase"]).split("-")] == ["t", "g", "t"]
        assert not [frame for frame in HELD_OUT_FRAMES if len(frame) > 12 and frame in item.text]


def test_the_same_seed_gives_the_same_pool() -> None:
    """A concept's problems depend on the seed and nothing else."""
    size = PoolSize(statements=8, drawings=2)
    one, two, other = (_make_concept((seed, 3, size)) for seed in (1, 1, 2))

    assert one.statements == two.statements != other.statements
    assert all(np.array_equal(a, b) for a, b in zip(one.drawings, two.drawings, strict=True))
    assert {statement.language for statement in one.statements} == {"ko", "en"}


@pytest.mark.parametrize(
    ("text", "situation", "question"),
    [
        ("A is 3.5 m. B moves. Find the speed. [3 points]", "A is 3.5 m. B moves.", "Find the speed. [3 points]"),
        ("반지름이 3이다. 넓이를 구하시오. [4점]", "반지름이 3이다.", "넓이를 구하시오. [4점]"),
        ("Only a question.", "", "Only a question."),
    ],
)
def test_a_statement_divides_before_its_question(text: str, situation: str, question: str) -> None:
    """The question is the last sentence, with the points it earns."""
    statement = Statement(text, "t", "en", "g0")
    assert (statement.situation, statement.question) == (situation, question)


def test_a_figure_is_sized_for_the_model() -> None:
    """A figure has at most 25 tokens of 32 by 32 pixels, in whole tokens."""
    item = next(item for item in (make_item(1, "train", place) for place in range(50)) if item.figure)
    picture = item.draw("full")
    assert picture is not None
    height, width, channels = resize(picture).shape
    assert height % 32 == width % 32 == 0
    assert 4 <= height * width // 1024 <= 25
    assert channels == 3
