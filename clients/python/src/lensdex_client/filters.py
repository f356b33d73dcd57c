"""Filters: conditions on the metadata of records, put together with operators. Knows no message and no channel.

    (Field("grade") >= 3) & Field("tags").is_in(["algebra", "geometry"]) & ~Field("retired").exists()

Only fields that the collection declares as indexed can be asked about. A record whose metadata lacks the field, holds
null or an empty list has no value: every predicate is false of it, so its negation is true. A list field matches when
any of its values does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, TypeAlias

Value: TypeAlias = str | int | float | bool | datetime
"""A keyword, an int64, a double, a bool, or a timestamp, which must say its offset."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition. Combine with ``&``, ``|`` and ``~``."""

    def __and__(self, other: "Filter") -> "Filter":
        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: "Filter") -> "Filter":
        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def __invert__(self) -> "Filter":
        return Not(self)

    def __bool__(self) -> NoReturn:
        """Raise TypeError: ``and``, ``or``, ``not`` and chained comparisons would silently drop a part."""
        raise TypeError("combine filters with &, | and ~, each side in parentheses; for a range use between")


@dataclass(frozen=True, slots=True)
class AllOf(Filter):
    """Every record that all of *parts* match; without any, every record."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Filter):
    """Every record that at least one of *parts* matches; without any, no record."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not(Filter):
    """Every record that *part* does not match."""

    part: Filter


@dataclass(frozen=True, slots=True)
class Equals(Filter):
    """Has this value."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf(Filter):
    """Has one of these values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range(Filter):
    """Has a value within these bounds."""

    field: str
    gt: Value | None = None
    gte: Value | None = None
    lt: Value | None = None
    lte: Value | None = None


@dataclass(frozen=True, slots=True)
class Exists(Filter):
    """Has any value."""

    field: str


@dataclass(frozen=True, slots=True)
class Prefix(Filter):
    """Has a keyword that begins so."""

    field: str
    prefix: str


class Field:
    """An indexed field, to be compared."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, value: Value) -> Filter:  # type: ignore[override]  # A filter, not an answer.
        return Equals(self.name, value)

    def __ne__(self, value: Value) -> Filter:  # type: ignore[override]  # As above.
        return Not(Equals(self.name, value))

    __hash__ = None  # type: ignore[assignment]  # What compares to filters cannot be found in a set.

    def __gt__(self, value: Value) -> Filter:
        return Range(self.name, gt=value)

    def __ge__(self, value: Value) -> Filter:
        return Range(self.name, gte=value)

    def __lt__(self, value: Value) -> Filter:
        return Range(self.name, lt=value)

    def __le__(self, value: Value) -> Filter:
        return Range(self.name, lte=value)

    def is_in(self, values: Iterable[Value]) -> Filter:
        """Has one of *values*; without any, no record has."""
        return OneOf(self.name, tuple(values))

    def between(self, low: Value, high: Value) -> Filter:
        """Has a value from *low* to *high*, both included."""
        return Range(self.name, gte=low, lte=high)

    def prefix(self, text: str) -> Filter:
        """Has a keyword that begins with *text*."""
        return Prefix(self.name, text)

    def exists(self) -> Filter:
        """Has any value."""
        return Exists(self.name)


def all_of(*parts: Filter) -> Filter:
    """Return the filter that matches where all of *parts* do; without any, everywhere."""
    return AllOf(parts)


def any_of(*parts: Filter) -> Filter:
    """Return the filter that matches where at least one of *parts* does; without any, nowhere."""
    return AnyOf(parts)


def _parts(node: Filter, kind: type[AllOf] | type[AnyOf]) -> tuple[Filter, ...]:
    """Return the parts of one of that *kind*, else itself: long chains stay flat."""
    return node.parts if isinstance(node, kind) else (node,)
