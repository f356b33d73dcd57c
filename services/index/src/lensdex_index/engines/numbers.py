"""What filters ask of numbers, exactly: which values a type can hold, and the whole numbers within bounds."""

import math
from collections.abc import Sequence
from typing import Final

from lensdex_index.filters import Instant, Range, Value

INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1


def number_of(value: Value) -> int | float:
    """Return a number as it is, an instant as its microseconds."""
    if isinstance(value, Instant):
        return value.microseconds
    assert isinstance(value, int | float), "the checks let another type through"
    return value


def whole(values: Sequence[Value]) -> list[int]:
    """Return those of *values* that are int64s."""
    numbers = [number_of(value) for value in values]
    return [int(number) for number in numbers if number == int(number) and INT64_MIN <= number <= INT64_MAX]


def whole_bounds(predicate: Range) -> tuple[int, int]:
    """Return the first and the last whole number within the bounds."""
    low, high = INT64_MIN, INT64_MAX
    for name, bound in predicate.bounds().items():
        number = number_of(bound)
        match name:
            case "gt":
                low = max(low, math.floor(number) + 1)
            case "gte":
                low = max(low, math.ceil(number))
            case "lt":
                high = min(high, math.ceil(number) - 1)
            case _:
                high = min(high, math.floor(number))
    return low, high


def exact(values: Sequence[Value]) -> list[float]:
    """Return those of *values* that are doubles: whole numbers may lie between two of them."""
    numbers = [number_of(value) for value in values]
    return [float(number) for number in numbers if float(number) == number]
