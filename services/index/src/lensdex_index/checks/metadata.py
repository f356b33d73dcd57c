"""Whether metadata may be kept: declared fields have their type, and numbers are finite."""

import math
from collections.abc import Mapping
from typing import Any

from lensdex_index.checks.blocks import Violations
from lensdex_index.checks.fields import other_type, type_name
from lensdex_index.errors import FieldTypeMismatchError, InvalidFieldError
from lensdex_index.records import CollectionSpec, FieldSpec, Metadata


def metadata_violations(spec: CollectionSpec, record_id: str, metadata: Metadata, path: str) -> Violations:
    """Yield what is wrong with a record's *metadata*, which stand at *path*."""
    for declared in spec.fields:
        actual = other_type(declared, metadata.get(declared.name))
        if actual is not None:
            expected = f"list of {declared.type}" if declared.is_list else str(declared.type)
            yield (
                f"{path}.{declared.name}",
                FieldTypeMismatchError(record_id, declared.name, expected, actual),
            )
        else:
            yield from _over_bounds(declared, metadata.get(declared.name), f"{path}.{declared.name}")
    for name in metadata.keys() - {declared.name for declared in spec.fields}:
        yield from _not_finite(metadata[name], f"{path}.{name}")


def _over_bounds(declared: FieldSpec, value: Any, path: str) -> Violations:
    values = value if isinstance(value, list) else [value]
    if declared.max_values and len(values) > declared.max_values:
        problem = f"holds {len(values)} values, at most {declared.max_values} in an indexed field with this engine"
        yield path, InvalidFieldError(path, problem, str(len(values)), 0, declared.max_values)
    if declared.max_value_bytes:
        longest = max((len(one.encode()) for one in values if isinstance(one, str)), default=0)
        if longest > declared.max_value_bytes:
            problem = f"has a value of {longest} bytes, at most {declared.max_value_bytes} with this engine"
            yield path, InvalidFieldError(path, problem, str(longest), 0, declared.max_value_bytes)


def _not_finite(value: Any, path: str) -> Violations:
    if isinstance(value, float) and not math.isfinite(value):
        yield path, InvalidFieldError(path, "must be finite", type_name(value))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, f"{path}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{at}]")
