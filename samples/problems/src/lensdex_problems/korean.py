"""Korean particles: choose the form that fits the sound before it.

Wordings write both forms, as Korean print does (`을(를)`, `은(는)`, `이(가)`, `과(와)`); `settle` keeps one.
It knows how digits, Latin letters and the units of measure used here are read aloud; it does not know grammar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK: Final = re.compile(r"(을\(를\)|은\(는\)|이\(가\)|과\(와\)|으로\(로\)|이\(라\)|이었\(였\)|이에\(에\))")
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "과(와)": ("과", "와"),
    "으로(로)": ("으로", "로"),
    "이(라)": ("이라", "라"),
    "이었(였)": ("이었", "였"),
    "이에(에)": ("이에", "에"),
}
_CLOSING: Final = " )]}’”\"'′²³"
# What a digit's or letter's Korean name ends in: "l" for the consonant rieul, "c" for another one; absent for a vowel.
_DIGIT_ENDS: Final = {"0": "c", "1": "l", "3": "c", "6": "c", "7": "l", "8": "l"}
_LETTER_ENDS: Final = {"l": "l", "m": "c", "n": "c", "r": "l"}
_UNIT_ENDS: Final = {
    "g": "c", "kg": "c", "mg": "c", "N": "c", "J": "l", "kJ": "l", "Ω": "c", "mol": "l", "h": "c", "K": "c", "T": "c",
    "cm": "", "mm": "", "m": "", "km": "", "L": "", "mL": "", "s": "", "min": "c", "Hz": "", "V": "", "A": "", "W": "",
    "M": "c", "hPa": "l", "C": "c", "nm": "", "F": "c",
}  # fmt: skip
_LAST_WORD: Final = re.compile(r"(?:(\d)\s?)?([A-Za-zΩμ/°]+)$")
_HANGUL_FIRST, _HANGUL_LAST, _RIEUL = 0xAC00, 0xD7A3, 8


def _end(before: str) -> str:
    """Return how the text sounds at its end: '' for a vowel, 'l' for rieul, 'c' for another consonant."""
    text = before.rstrip(_CLOSING)
    if not text:
        return ""
    last = text[-1]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        final = (ord(last) - _HANGUL_FIRST) % 28
        return "" if final == 0 else "l" if final == _RIEUL else "c"
    if last.isdigit():
        return _DIGIT_ENDS.get(last, "")
    word = _LAST_WORD.search(text)
    if word is not None and word[1] is not None and word[2].rsplit("/", 1)[-1] in _UNIT_ENDS:
        return _UNIT_ENDS[word[2].rsplit("/", 1)[-1]]
    return _LETTER_ENDS.get(last.lower(), "")


def settle(text: str) -> str:
    """Return the text with every double particle reduced to the one that fits."""
    parts = _MARK.split(text)
    settled = parts[0]
    for mark, following in zip(parts[1::2], parts[2::2], strict=True):
        consonant, vowel = _FORMS[mark]
        end = _end(settled)
        # Rieul counts as a vowel for this one particle: "서울로", not "서울으로".
        closed = end == "c" if mark == "으로(로)" else end != ""
        settled += (consonant if closed else vowel) + following
    return settled
