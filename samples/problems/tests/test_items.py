"""Items: sensible whatever the seed."""

from __future__ import annotations

import io
import math
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lensdex_problems import concepts, make_item, subjects
from lensdex_problems.catalog import SPLITS
from lensdex_problems.dice import Dice
from lensdex_problems.drawing.figure import render
from lensdex_problems.drawing.polygon import Polygon
from lensdex_problems.drawing.style import STYLES
from lensdex_problems.item import compose
from lensdex_problems.korean import settle

SEEDS = st.integers(0, 2**40)
PLACES = st.integers(0, 200_000)
HANGUL = re.compile(r"[가-힣]")


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.sampled_from(SPLITS), PLACES)
def test_every_item_is_whole(seed: int, split: str, place: int) -> None:
    """Any place of any corpus gives a text in its language without loose ends, and a figure that shows something."""
    item = make_item(seed, split, place)  # type: ignore[arg-type]
    assert len(item.text) > 30
    assert not re.search(r"[{}]|\((?:를|는|가|와|로)\)|  |None|\bnan\b", item.text), item.text
    assert bool(HANGUL.search(item.text)) == (item.metadata["language"] == "ko"), item.text
    assert 1 <= int(item.metadata["difficulty"]) <= 5
    assert item.metadata["has_figure"] == (item.figure is not None)
    png = item.draw("small")
    assert (png is None) == (item.image_path is None)
    if png:
        image = Image.open(io.BytesIO(png))
        assert 96 <= min(image.size) <= max(image.size) <= 224
        assert len(image.convert("L").getcolors() or range(99)) > 2


@pytest.mark.parametrize("place", range(len(concepts())))
def test_every_concept_draws_and_speaks(place: int) -> None:
    """Each concept works in both languages and its figure in a style of its own, at both scales."""
    for language in ("ko", "en"):
        item = compose(5, "demo", place, concept_place=place, language=language, drawn=True)
        assert bool(HANGUL.search(item.text)) == (language == "ko"), item.text
    if item.figure:
        png = render(item.figure, STYLES[place % len(STYLES)], Dice("test", place), "full")
        image = Image.open(io.BytesIO(png))
        assert 220 <= min(image.size) <= max(image.size) <= 900


def test_enough_variety() -> None:
    """There are at least 12 subjects and 120 concepts, with distinct names and wordings."""
    assert len(subjects()) >= 12
    names = [concept.name for _, concept in concepts()]
    assert len(names) == len(set(names)) >= 120
    for subject, concept in concepts():
        assert concept.unit in subject.units
        assert len({task.name for task in concept.tasks}) == len(concept.tasks) >= 1
        assert len(set(concept.ko)) == len(concept.ko) >= 2
        assert len(set(concept.en)) == len(concept.en) >= 2


def test_every_block_holds_every_concept_once() -> None:
    """The first items, as many as there are concepts, have one concept each."""
    count = len(concepts())
    assert len({make_item(8, "train", place).metadata["concept"] for place in range(count)}) == count


@pytest.mark.parametrize("split", SPLITS)
def test_seven_in_ten_have_a_figure(split: str) -> None:
    """About 70 % of items are drawn."""
    share = sum(bool(make_item(1, split, place).metadata["has_figure"]) for place in range(1500)) / 1500  # type: ignore[arg-type]
    assert 0.64 < share < 0.78


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_triangles_close(seed: int) -> None:
    """Sides given in the text obey the triangle inequality and are those of the figure."""
    place = next(number for number, (_, concept) in enumerate(concepts()) if concept.name == "law-of-cosines")
    figure = compose(seed, "demo", 0, concept_place=place, drawn=True).figure
    assert isinstance(figure, Polygon)
    c, a, b = (int(side) for side in figure.sides)
    assert a < b + c
    assert b < a + c
    assert c < a + b
    drawn = [math.dist(one, other) for one, other in pairwise([*figure.corners, figure.corners[0]])]
    assert drawn == pytest.approx([c, a, b], abs=0.01)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("값 3을(를)", "값 3을"),
        ("값 2을(를)", "값 2를"),
        ("점 M은(는)", "점 M은"),
        ("점 P은(는)", "점 P는"),
        ("5 cm이(가)", "5 cm가"),
        ("5 kg이(가)", "5 kg이"),
        ("f(x)과(와)", "f(x)와"),
        ("10으로(로)", "10으로"),
        ("7으로(로)", "7로"),
        ("병렬으로(로)", "병렬로"),
        ("넓이을(를)", "넓이를"),
        ("3 Ω과(와)", "3 Ω과"),
    ],
)
def test_particles_follow_the_sound(written: str, right: str) -> None:
    """A particle takes the form that fits how the word, number or unit before it is read."""
    assert settle(written) == right
