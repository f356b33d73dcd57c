"""Splits: what is held out is never seen in training."""

from __future__ import annotations

import pytest

from lensdex_problems import concepts, make_item
from lensdex_problems.catalog import frames, styles, tasks, wordings
from lensdex_problems.wording import ASK, WITH_FIGURE, WITHOUT_FIGURE


def test_parts_are_divided() -> None:
    """Every task and wording of every concept is either for training or held out, and each side has some."""
    for _, concept in concepts():
        train, held = set(tasks(concept, "train")), set(tasks(concept, "heldout"))
        assert train
        assert held
        assert not train & held
        assert train | held == set(concept.tasks) == set(tasks(concept, "demo"))
        for language in ("ko", "en"):
            seen, unseen = set(wordings(concept, language, "train")), set(wordings(concept, language, "heldout"))
            assert seen
            assert unseen
            assert not seen & unseen
            assert seen | unseen == set(wordings(concept, language, "demo"))


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
    """In what is actually made, no template, wording or style of training turns up among the held out."""

    def seen(split: str) -> set[str | int]:
        items = (make_item(2, split, place) for place in range(3 * len(concepts())))  # type: ignore[arg-type]
        return {item.metadata[field] for item in items} - {""}

    assert seen("train")
    assert seen("heldout")
    assert not seen("train") & seen("heldout")


def test_paraphrases_of_both_splits_share_nothing() -> None:
    """No part of a held-out paraphrase is used in training."""
    count = 2 * len(concepts())
    for place in range(count):
        train, held = (make_item(2, split, place).metadata for split in ("train", "heldout"))
        for name, side in ((train, "t"), (held, "h")):
            lead, _, ask = str(name["paraphrase"]).split("-")
            assert lead[0] == ask[0] == side
