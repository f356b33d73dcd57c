"""Whether a value is of an indexed field's declared type, and what it is instead. Knows one value at a time."""

import math
from typing import Any, Final

from lensdex_index.filters import instant_of
from lensdex_index.records import FieldSpec, FieldType

_LARGEST_INT: Final = 2**53 - 1


def other_type(declared: FieldSpec, value: Any) -> str | None:
    """Return what *value* is when it is not of the declared type, else None. Null is of every type."""
    if value is None:
        return None
    if not declared.is_list:
        return None if _is_of(declared.type, value) else _actual_type(declared.type, value)
    if not isinstance(value, list):
        return type_name(value)
    other = next((item for item in value if not _is_of(declared.type, item)), declared)
    return None if other is declared else f"list with {_actual_type(declared.type, other)}"


def _is_of(wanted: FieldType, value: Any) -> bool:
    if wanted is FieldType.BOOL:
        return isinstance(value, bool)
    if wanted is FieldType.KEYWORD:
        return isinstance(value, str)
    if wanted is FieldType.TIMESTAMP:
        return isinstance(value, str) and instant_of(value) is not None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return wanted is FieldType.DOUBLE or (value == math.floor(value) and abs(value) <= _LARGEST_INT)


def _actual_type(wanted: FieldType, value: Any) -> str:
    fraction = wanted is FieldType.INT64 and isinstance(value, float) and value % 1 != 0 and math.isfinite(value)
    return "a fraction" if fraction else type_name(value)


def type_name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "NaN" if math.isnan(value) else "infinity" if math.isinf(value) else "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"
