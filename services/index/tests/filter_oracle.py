"""What filters mean, in plain Python: metadata and a tree in, yes or no out. And random ones of both to try it on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Instant, Not, OneOf, Prefix, Range, Value
from lensdex_index.records import FieldSpec, FieldType

FIELDS = [
    *(FieldSpec(str(kind)[11:].lower(), kind, is_list=False) for kind in FieldType),
    *(FieldSpec(f"{str(kind)[11:].lower()}s", kind, is_list=True) for kind in FieldType),
]
"""One field of each type, and one list of each."""

_SECOND = 1_000_000
_HOUR = 3_600 * _SECOND


def _at(*parts: int) -> int:
    return int((datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)) * _SECOND


_WORDS = ["", "a", "ab", "abc", "b", "가", "가나", "\U0010ffff", "a\U0010ffff", "A"]
_WHOLE = [0, 1, -1, 2, 7, 2**53 - 1, -(2**53 - 1)]
_NUMBERS = [0.0, -0.0, 0.5, 1.0, 1.5, -1.5, 7.0, 1e300, -1e300, 5e-324, 2.0**53, 0.1]
_TIMES = {
    "1970-01-01T00:00:00Z": 0,
    "1970-01-01T09:00:00+09:00": 0,
    "2024-02-29T12:00:00.000001Z": _at(2024, 2, 29, 12) + 1,
    "2024-02-29T12:00:00.0000019Z": _at(2024, 2, 29, 12) + 1,
    "2024-02-29t12:00:00.000002z": _at(2024, 2, 29, 12) + 2,
    "1969-12-31T23:59:59.9999999Z": -1,
    "2016-12-31T23:59:60Z": _at(2017, 1, 1),
    "2017-01-01T00:00:00Z": _at(2017, 1, 1),
    "0001-01-01T00:00:00+09:00": _at(1, 1, 1) - 9 * _HOUR,
    "9999-12-31T23:59:59.999999-09:00": _at(9999, 12, 31, 23, 59, 59) + 999_999 + 9 * _HOUR,
}
"""Texts and their microseconds since 1970: what is finer is cut off, a leap second is the second after it."""

_OUTSIDE = [2**53, 2**53 + 1, 2**63 - 1, -(2**63)]


def matches(metadata: Mapping[str, Any], node: Filter) -> bool:  # noqa: PLR0911  one a kind
    """Return whether a record with that *metadata* matches."""
    match node:
        case AllOf(parts):
            return all(matches(metadata, part) for part in parts)
        case AnyOf(parts):
            return any(matches(metadata, part) for part in parts)
        case Not(part):
            return not matches(metadata, part)
        case Equals(field, value):
            return any(_plain(own) == _plain(value) for own in _values(metadata, field))
        case OneOf(field, values):
            return any(_plain(own) == _plain(value) for own in _values(metadata, field) for value in values)
        case Range():
            return any(_within(_plain(own), node) for own in _values(metadata, node.field))
        case Exists(field):
            return bool(_values(metadata, field))
        case Prefix(field, prefix):
            return any(own.startswith(prefix) for own in _values(metadata, field))


def _values(metadata: Mapping[str, Any], field: str) -> list[Any]:
    value = metadata.get(field)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [Instant(_TIMES[one]) for one in values] if field.startswith("timestamp") else values


def _plain(value: Value) -> object:
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int | float):
        return Fraction(value)
    return value


def _within(own: Any, node: Range) -> bool:
    bounds = {name: _plain(value) for name, value in node.bounds().items()}
    return (
        ("gt" not in bounds or own > bounds["gt"])
        and ("gte" not in bounds or own >= bounds["gte"])
        and ("lt" not in bounds or own < bounds["lt"])
        and ("lte" not in bounds or own <= bounds["lte"])
    )


def _stored(kind: FieldType) -> st.SearchStrategy[Any]:
    return {
        FieldType.KEYWORD: st.sampled_from(_WORDS) | st.text("ab", max_size=3),
        FieldType.INT64: st.sampled_from([float(number) for number in _WHOLE]) | st.integers(-3, 9).map(float),
        FieldType.DOUBLE: st.sampled_from(_NUMBERS) | st.floats(-3, 9),
        FieldType.BOOL: st.booleans(),
        FieldType.TIMESTAMP: st.sampled_from(list(_TIMES)),
    }[kind]


def _asked(kind: FieldType) -> st.SearchStrategy[Value]:
    numbers = (
        st.sampled_from([*_WHOLE, *_NUMBERS, *_OUTSIDE]) | st.integers(-3, 9) | st.floats(-3, 9) | st.just(float(2**60))
    )
    instants = st.sampled_from(list(_TIMES.values())).map(Instant)
    return {
        FieldType.KEYWORD: st.sampled_from(_WORDS) | st.text("ab", max_size=3),
        FieldType.INT64: numbers,
        FieldType.DOUBLE: numbers,
        FieldType.BOOL: st.booleans(),
        FieldType.TIMESTAMP: instants | instants.map(lambda one: Instant(one.microseconds + 1)),
    }[kind]


def metadata() -> st.SearchStrategy[dict[str, Any]]:
    """Draw a record's metadata: any of the fields, missing, null or with values, and a key that is not declared."""
    own = {
        field.name: st.none() | (st.lists(_stored(field.type), max_size=3) if field.is_list else _stored(field.type))
        for field in FIELDS
    }
    return st.fixed_dictionaries({}, optional=own | {"other": st.just("x")})


@st.composite
def _leaf(draw: st.DrawFn) -> Filter:
    field = draw(st.sampled_from(FIELDS))
    asked = _asked(field.type)
    kinds = ["equals", "one_of", "exists"]
    kinds += {FieldType.KEYWORD: ["prefix"], FieldType.BOOL: []}.get(field.type, ["range"] * 3)
    match draw(st.sampled_from(kinds)):
        case "equals":
            return Equals(field.name, draw(asked))
        case "one_of":
            return OneOf(field.name, tuple(draw(st.lists(asked, max_size=12))))
        case "exists":
            return Exists(field.name)
        case "prefix":
            return Prefix(field.name, draw(asked))
        case _:
            names = draw(st.lists(st.sampled_from(["gt", "gte", "lt", "lte"]), min_size=1, max_size=3, unique=True))
            return Range(field.name, **{name: draw(asked) for name in names})


def filters() -> st.SearchStrategy[Filter]:
    """Draw a tree over those fields."""
    return st.recursive(
        _leaf(),
        lambda parts: (
            parts.map(Not)
            | st.lists(parts, max_size=3).map(lambda some: AllOf(tuple(some)))
            | st.lists(parts, max_size=3).map(lambda some: AnyOf(tuple(some)))
        ),
        max_leaves=6,
    )
