"""Tokens and scores of BM25."""

import math

import numpy as np
import pytest

from lensdex_nano.evaluation.bm25 import K1, B, Bm25System, tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The Lens", ["the", "lens"]),
        ("볼록렌즈", ["볼록", "록렌", "렌즈"]),
        ("빛이 물", ["빛이", "물"]),
        ("길이 12cm인 선분", ["길이", "12cm", "인", "선분"]),
        ("x+x = 3.5", ["x", "x", "3", "5"]),
        ("Café", ["café"]),
        ("렌즈", ["렌즈"]),
        ("∫ ≠ ÷", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    """Latin words and digits in lower case, Hangul in overlapping pairs or alone; signs are passed over."""
    assert tokenise(text) == tokens


def test_scores_are_lucenes_bm25() -> None:
    """A term scores idf × tf / (tf + k1 × (1 - b + b × length / mean length)), as in Lucene."""
    system = Bm25System(["lens lens light", "light wave sound tone", "map"], ["lens"])
    scores = system.scores([0], "text")
    assert scores is not None
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    norm = K1 * (1 - B + B * 3 / (8 / 3))
    assert scores[0, 0] == pytest.approx(idf * 2 / (2 + norm), rel=1e-5)
    assert np.isneginf(scores[0, 1:]).all()


def test_unknown_words_find_nothing() -> None:
    """A query whose words are in no document, or that has signs only, has no answers, but it can be asked."""
    system = Bm25System(["lens", "light"], ["zebra", "∫"])
    scores = system.scores([0, 1], "default")
    assert scores is not None
    assert np.isneginf(scores).all()


def test_images_cannot_be_asked() -> None:
    """There is no answer to queries without a text, nor in the image view."""
    system = Bm25System(["lens"], ["", "lens"])
    assert system.scores([0], "default") is None
    assert system.scores([1], "image") is None
    assert system.scores([1], "default") is not None
