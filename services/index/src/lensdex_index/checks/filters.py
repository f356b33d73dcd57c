"""Whether a filter is within the limits and asks the collection's indexed fields what their types know.

The first thing wrong is told, by its path: `filter.all_of.filters[1].range.gte`.
"""

import math
from collections.abc import Iterator
from typing import Final

from lensdex_index.errors import FieldNotIndexedError, FilterTypeMismatchError, InvalidFilterError
from lensdex_index.filters import (
    AllOf,
    AnyOf,
    Equals,
    Exists,
    Filter,
    Instant,
    Not,
    OneOf,
    Predicate,
    Prefix,
    Range,
    Value,
    parts_of,
    predicates,
)
from lensdex_index.records import CollectionSpec, FieldSpec, FieldType, Limits

FILTER_PATH: Final = "filter"
"""Where a filter stands in every request that takes one."""

_KNOWN_CHARACTERS: Final = 1_000
_FIRST_INSTANT: Final = -62_135_596_800_000_000
_LAST_INSTANT: Final = 253_402_300_799_999_999
_RANGED: Final = (FieldType.INT64, FieldType.DOUBLE, FieldType.TIMESTAMP)


def check_filter(spec: CollectionSpec, limits: Limits, node: Filter) -> None:
    """Raise InvalidFilterError, FieldNotIndexedError or FilterTypeMismatchError for what may not be asked."""
    _check_limits(limits, node)
    for path, predicate in _leaves(node, FILTER_PATH):
        _check_predicate(spec, path, predicate)


def check_deletable(node: Filter) -> None:
    """Raise InvalidFilterError for a filter that asks about no field: it would delete nothing or everything."""
    if not any(True for _ in predicates(node)):
        raise InvalidFilterError(
            FILTER_PATH, "asks about no field, so it could only match everything; delete the collection to do that"
        )


def _check_limits(limits: Limits, node: Filter) -> None:
    depth, level, num_nodes, num_values = 0, [node], 0, 0
    while level:
        depth, num_nodes = depth + 1, num_nodes + len(level)
        num_values += sum(_num_values(one) for one in level)
        level = [part for one in level for part in parts_of(one)]
    for what, count, maximum, remedy in (
        ("levels", depth, limits.max_filter_depth, "flatten it"),
        ("filters", num_nodes, limits.max_filter_nodes, "ask about many values of one field with one_of"),
        ("values", num_values, limits.max_filter_values, "keep a field that says what they have in common"),
    ):
        if count > maximum:
            problem = f"has {count} {what}, at most {maximum}; {remedy}"
            raise InvalidFilterError(FILTER_PATH, problem, count=count, maximum=maximum)


def _num_values(node: Filter) -> int:
    match node:
        case Equals() | Prefix():
            return 1
        case OneOf(_, values):
            return len(values)
        case Range():
            return len(node.bounds())
        case _:
            return 0


def _leaves(node: Filter, path: str) -> Iterator[tuple[str, Predicate]]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            name = "all_of" if isinstance(node, AllOf) else "any_of"
            for at, part in enumerate(parts):
                yield from _leaves(part, f"{path}.{name}.filters[{at}]")
        case Not(part):
            yield from _leaves(part, f"{path}.negation")
        case Equals():
            yield f"{path}.equals", node
        case OneOf():
            yield f"{path}.one_of", node
        case Range():
            yield f"{path}.range", node
        case Exists():
            yield f"{path}.exists", node
        case Prefix():
            yield f"{path}.prefix", node


def _check_predicate(spec: CollectionSpec, path: str, node: Predicate) -> None:
    declared = next((field for field in spec.fields if field.name == node.field), None)
    if declared is None:
        raise FieldNotIndexedError(f"{path}.field", spec.name, node.field, _known(spec))
    match node:
        case Equals(_, value):
            _check_value(f"{path}.value", declared, value)
        case OneOf(_, values):
            for at, value in enumerate(values):
                _check_value(f"{path}.values[{at}]", declared, value)
        case Range():
            if declared.type not in _RANGED:
                problem = f"{declared.type} has no order to filter by; range takes int64, double and timestamp fields"
                raise InvalidFilterError(path, problem, key=declared.name)
            if not node.bounds():
                raise InvalidFilterError(path, "has no bound; give one, or ask with exists", key=declared.name)
            for name, value in node.bounds().items():
                _check_value(f"{path}.{name}", declared, value)
        case Prefix() if declared.type is not FieldType.KEYWORD:
            raise InvalidFilterError(path, f"{declared.type} has no prefix; keyword fields have", key=declared.name)
        case _:
            pass


def _check_value(path: str, declared: FieldSpec, value: Value) -> None:
    actual = _type_of(value)
    fits = {
        FieldType.KEYWORD: ("keyword",),
        FieldType.BOOL: ("bool",),
        FieldType.TIMESTAMP: ("timestamp",),
    }.get(declared.type, ("int64", "double"))
    if actual not in fits:
        raise FilterTypeMismatchError(path, declared.name, str(declared.type), actual)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidFilterError(path, f"must be finite, is {value}; leave a bound out for none", key=declared.name)
    if isinstance(value, Instant) and not _FIRST_INSTANT <= value.microseconds <= _LAST_INSTANT:
        raise InvalidFilterError(path, "must lie in the years 1 to 9999", key=declared.name)


def _type_of(value: Value) -> str:
    match value:
        case bool():
            return "bool"
        case str():
            return "keyword"
        case int():
            return "int64"
        case float():
            return "double"
        case _:
            return "timestamp"


def _known(spec: CollectionSpec) -> str:
    names = ",".join(field.name for field in spec.fields)
    return names if len(names) <= _KNOWN_CHARACTERS else names[:_KNOWN_CHARACTERS].rpartition(",")[0] + ",…"
