"""Splits: what is held out is never seen in training."""

from __future__ import annotations

import difflib

import pytest

from lensdex_problems import concepts, make_item
from lensdex_problems.catalog import frames, styles, templates
from lensdex_problems.wording import ASK, WITH_FIGURE, WITHOUT_FIGURE

# Above this share of matching characters two sentences are the same one with a word exchanged.
NEAR = 0.9


def test_templates_are_divided() -> None:
    """Every concept has something to train on and two held-out templates or more, whose tasks have other names."""
    for _, concept in concepts():
        train, held = templates(concept, "train"), templates(concept, "heldout")
        assert train
        assert len(held) >= 2, concept.name
        names = [template.task.name for template in train + held]
        assert len(set(names)) == len(names), concept.name
        assert templates(concept, "demo") == train + held


def test_each_held_out_template_has_words_of_its_own() -> None:
    """Leaving one held-out template out of a corpus leaves none of its wordings or questions behind."""
    for _, concept in concepts():
        held = templates(concept, "heldout")
        for language in ("ko", "en"):
            words = [text for template in held for _, text in template.given(language)]
            words += [template.task.asked(language) for template in held]
            assert len(set(words)) == len(words), concept.name


def test_no_wording_of_training_is_near_a_held_out_one() -> None:
    """No wording and no question of training is a held-out one with a word exchanged."""
    for _, concept in concepts():
        for language in ("ko", "en"):
            for held in templates(concept, "heldout"):
                given = held.given(language)[0][1]
                for seen in concept.given(language):
                    assert difflib.SequenceMatcher(None, given, seen).ratio() < NEAR, (concept.name, given, seen)
                for task in concept.tasks:
                    asked = (held.task.asked(language), task.asked(language))
                    assert asked[0] != asked[1], (concept.name, asked)


def test_frames_and_styles_are_divided() -> None:
    """Every sentence frame and drawing style is on one side, and there are at least eight styles."""
    tables = [
        *WITH_FIGURE.values(),
        *WITHOUT_FIGURE.values(),
        *(asks for kind in ASK.values() for asks in kind.values()),
    ]
    for table in tables:
        assert table.train
        assert table.heldout
        assert not set(table.train) & set(table.heldout)
        assert set(frames(table, "train")) | set(frames(table, "heldout")) == set(frames(table, "demo"))
    assert not set(styles("train")) & set(styles("heldout"))
    assert len(styles("demo")) == len(styles("train")) + len(styles("heldout")) >= 8


@pytest.mark.parametrize("field", ["template", "drawing_style"])
def test_items_of_both_splits_share_nothing(field: str) -> None:
    """In what is actually made, no template or style of training turns up among the held out."""

    def seen(split: str) -> set[str | int]:
        items = (make_item(2, split, place) for place in range(3 * len(concepts())))  # type: ignore[arg-type]
        return {item.metadata[field] for item in items} - {""}

    assert seen("train")
    assert seen("heldout")
    assert not seen("train") & seen("heldout")


def test_paraphrases_of_both_splits_share_nothing() -> None:
    """No frame and no wording of a held-out paraphrase is used in training."""
    count = 2 * len(concepts())
    for place in range(count):
        train, held = (make_item(2, split, place).metadata for split in ("train", "heldout"))
        for name, sides in ((train, "tgt"), (held, "hhh")):
            assert "".join(part[0] for part in str(name["paraphrase"]).split("-")) == sides
