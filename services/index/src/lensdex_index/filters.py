"""A filter: a condition on the metadata of a record, as a tree of plain data. Knows no message, no array and no SQL.

A record has values in a field: none where it lacks the field, holds null or an empty list; else one, or those of its
list. A predicate is true of a record when at least one of its values satisfies it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

MAX_DEPTH: Final = 40
"""Deepest filter any limit may allow: its message nests twice as deep, and protobuf reads none that is 100 deep."""


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment."""

    microseconds: int
    """Since 1970-01-01T00:00:00Z."""


_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def instant_of(text: str) -> Instant | None:
    """Return the moment an RFC 3339 date and time names, None where *text* is none. What is finer is cut off."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    # RFC 3339 knows leap seconds, datetime does not: one is the second after it.
    leaps = text[17:19] == "60"
    try:
        moment = datetime.fromisoformat(text.upper().replace(":60", ":59", 1) if leaps else text.upper())
    except ValueError:
        return None
    return Instant((moment - _EPOCH) // _MICROSECOND + (1_000_000 if leaps else 0))


Value: TypeAlias = str | int | float | bool | Instant
"""A keyword, an int64, a double, a bool or a timestamp. A bool is never meant as a number."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every record that all of *parts* match; with none, every record."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Every record that at least one of *parts* matches; with none, no record."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Every record that *part* does not match, those without a value included."""

    part: "Filter"


@dataclass(frozen=True, slots=True)
class Equals:
    """A value that is this one."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is one of these; with none, no record."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A value within all bounds that are given, at least one. Numbers compare as mathematics does."""

    field: str
    gt: Value | None = None
    gte: Value | None = None
    lt: Value | None = None
    lte: Value | None = None

    def bounds(self) -> dict[str, Value]:
        """Return the bounds that are given, by name."""
        named = {"gt": self.gt, "gte": self.gte, "lt": self.lt, "lte": self.lte}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Exists:
    """Any value."""

    field: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A keyword that begins so."""

    field: str
    prefix: str


Predicate: TypeAlias = Equals | OneOf | Range | Exists | Prefix
"""A leaf: what is asked of one field."""

Filter: TypeAlias = AllOf | AnyOf | Not | Predicate


def parts_of(node: Filter) -> Sequence[Filter]:
    """Return the filters right below *node*."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def predicates(node: Filter) -> Iterator[Predicate]:
    """Yield the leaves that ask about a field."""
    if isinstance(node, AllOf | AnyOf | Not):
        for part in parts_of(node):
            yield from predicates(part)
    else:
        yield node


def fingerprint(node: Filter | None) -> str:
    """Return what tells *node* from another filter; empty for none."""
    return "" if node is None else hashlib.blake2b(repr(node).encode(), digest_size=16).hexdigest()
