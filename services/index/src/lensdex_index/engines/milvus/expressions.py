"""Filters as Milvus' boolean expressions, with the same meaning. Pure text.

Every field is an array, of one value or several, and empty where a record has none. A place past an array's end
satisfies no comparison, so that ``not`` is the plain complement. Long chains are written as balanced trees: Milvus
reads its plans with a bound on how deep they nest.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from lensdex_index.engines.milvus import schema
from lensdex_index.engines.numbers import INT64_MAX, INT64_MIN, exact, number_of, whole, whole_bounds
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Not, OneOf, Predicate, Prefix, Range, Value
from lensdex_index.records import FieldSpec, FieldType

NOTHING: Final = f"{schema.ID} in []"
"""Matches no record."""
EVERYTHING: Final = f"not ({NOTHING})"

_LARGEST_DOUBLE: Final = 1.7976931348623157e308
_FIRST_SURROGATE, _AFTER_SURROGATES, _LAST_CHARACTER = 0xD800, 0xE000, 0x10FFFF


def expression(node: Filter | None, fields: Sequence[FieldSpec]) -> str:
    """Return what *node* is to Milvus; empty for no filter."""
    return "" if node is None else _of(node, fields)


def both(one: str, other: str) -> str:
    """Return what both match; an empty one matches all."""
    return f"({one}) and ({other})" if one and other else one or other


def ids_in(ids: Iterable[str]) -> str:
    """Return what matches the records of those ids."""
    return f"{schema.ID} in [{', '.join(map(quoted, ids))}]"


def after(record_id: str) -> str:
    """Return what matches the records whose ids follow *record_id* by UTF-8 bytes."""
    return f"{schema.ID} > {quoted(record_id)}"


def has_view(view: str) -> str:
    """Return what matches the records in the anchor that have that further view."""
    return f"array_contains({schema.VIEWS}, {quoted(view)})"


def quoted(text: str) -> str:
    """Return *text* as a literal."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\x{ord(character):02x}" if ord(character) < 0x20 or ord(character) == 0x7F else character


def _of(node: Filter, fields: Sequence[FieldSpec]) -> str:
    match node:
        case AllOf():
            parts = [_of(part, fields) for part in _flat(node)]
            return _joined("and", parts) if parts else EVERYTHING
        case AnyOf():
            parts = [_of(part, fields) for part in _flat(node)]
            return _joined("or", parts) if parts else NOTHING
        case Not(Not(part)):
            return _of(part, fields)
        case Not(part):
            return f"not ({_of(part, fields)})"
        case _:
            number = next(at for at, field in enumerate(fields) if field.name == node.field)
            return _predicate(node, fields[number], schema.column_of(number))


def _flat(node: AllOf | AnyOf) -> list[Filter]:
    """Return the parts of *node*, with those of the same kind among them taken apart."""
    parts: list[Filter] = []
    for part in node.parts:
        parts += _flat(part) if isinstance(part, type(node)) else [part]
    return parts


def _joined(word: str, parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_joined(word, parts[:half])}) {word} ({_joined(word, parts[half:])})"


def _predicate(node: Predicate, field: FieldSpec, column: str) -> str:  # noqa: PLR0911  one a kind
    match node:
        case Equals(_, value):
            return _contains(column, _literals(field, [value]))
        case OneOf(_, values):
            return _contains(column, _literals(field, values))
        case Exists():
            return _anything(field, column)
        case Prefix(_, prefix):
            low, high = prefix, _following(prefix)
            return _within(field, column, quoted(low), None if high is None else quoted(high), below=True)
        case Range() if field.type is FieldType.DOUBLE:
            return _between_doubles(node, field, column)
        case Range():
            first, last = whole_bounds(node)
            if first > last:
                return NOTHING
            # Milvus cannot read the lowest int64; what is stored is a double's whole number or a moment.
            return _within(field, column, str(max(first, INT64_MIN + 1)), str(min(last, INT64_MAX)))


def _literals(field: FieldSpec, values: Sequence[Value]) -> list[str]:
    """Return those of *values* that the field can hold, each once."""
    match field.type:
        case FieldType.KEYWORD:
            found = [quoted(str(value)) for value in values]
        case FieldType.BOOL:
            found = [str(bool(value)).lower() for value in values]
        case FieldType.DOUBLE:
            found = [repr(number + 0.0) for number in exact(values)]
        case _:
            found = [str(number) for number in whole(values) if number > INT64_MIN]
    return list(dict.fromkeys(found))


def _contains(column: str, literals: Sequence[str]) -> str:
    if not literals:
        return NOTHING
    if len(literals) == 1:
        return f"array_contains({column}, {literals[0]})"
    return f"array_contains_any({column}, [{', '.join(literals)}])"


def _anything(field: FieldSpec, column: str) -> str:
    match field.type:
        case FieldType.KEYWORD:
            return f'{column}[0] >= ""'
        case FieldType.BOOL:
            return f"array_contains_any({column}, [true, false])"
        case FieldType.DOUBLE:
            return f"{column}[0] >= {-_LARGEST_DOUBLE!r}"
        case _:
            return f"{column}[0] >= {INT64_MIN + 1}"


def _within(field: FieldSpec, column: str, low: str, high: str | None, *, below: bool = False) -> str:
    """Return what has a value from *low* to *high*: to below it, or both inclusive."""
    places = range(schema.MAX_LIST_VALUES if field.is_list else 1)
    upper = "<" if below else "<="
    if high is None:
        return _joined("or", [f"{column}[{at}] >= {low}" for at in places])
    return _joined("or", [f"({column}[{at}] >= {low}) and ({column}[{at}] {upper} {high})" for at in places])


def _between_doubles(node: Range, field: FieldSpec, column: str) -> str:
    low, high = -_LARGEST_DOUBLE, _LARGEST_DOUBLE
    for name, bound in node.bounds().items():
        number = number_of(bound)
        near = float(number)
        # A bound that is no double is moved to the next one within.
        match name:
            case "gt":
                low = max(low, near if near > number else math.nextafter(near, math.inf))
            case "gte":
                low = max(low, near if near >= number else math.nextafter(near, math.inf))
            case "lt":
                high = min(high, near if near < number else math.nextafter(near, -math.inf))
            case _:
                high = min(high, near if near <= number else math.nextafter(near, -math.inf))
    if low > high or math.isinf(low) or math.isinf(high):
        return NOTHING
    return _within(field, column, repr(low + 0.0), repr(high + 0.0))


def _following(prefix: str) -> str | None:
    """Return the first text after all that begin with *prefix*; None where there is none."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1])
        if code < _LAST_CHARACTER:
            above = _AFTER_SURROGATES if code + 1 == _FIRST_SURROGATE else code + 1
            return prefix[: end - 1] + chr(above)
    return None
