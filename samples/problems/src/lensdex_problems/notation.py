"""How numbers and formulas are written in a text. Knows neither the language of the text nor the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def number(value: float) -> str:
    """Write a number with at most two decimals and none that say nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def raised(value: int) -> str:
    return str(value).translate(_RAISED)


def formula(text: str) -> str:
    """Write a chemical formula with its digits lowered: H2O becomes H₂O."""
    return text.translate(_LOWERED)


def signed(value: float) -> str:
    """Write a term that follows another: `+ 3` or `- 3`."""
    return f"{'-' if value < 0 else '+'} {number(abs(value))}"


def polynomial(coefficients: Sequence[int], variable: str = "x") -> str:
    """Write a polynomial, highest power first, leaving out what is zero."""
    degree = len(coefficients) - 1
    written = ""
    for power, coefficient in zip(range(degree, -1, -1), coefficients, strict=True):
        if coefficient == 0:
            continue
        size = abs(coefficient)
        head = "" if size == 1 and power > 0 else str(size)
        tail = "" if power == 0 else variable if power == 1 else variable + raised(power)
        if written:
            written += f" {'-' if coefficient < 0 else '+'} {head}{tail}"
        else:
            written = f"{'-' if coefficient < 0 else ''}{head}{tail}"
    return written or "0"


def series(values: Sequence[float | str]) -> str:
    return ", ".join(value if isinstance(value, str) else number(value) for value in values)


def pairs(keys: Sequence[str], values: Sequence[float]) -> str:
    """Write a small table in a line: `A 3, B 5`."""
    return ", ".join(f"{key} {number(value)}" for key, value in zip(keys, values, strict=True))
