"""Whether metadata may be kept: declared fields have their type, and numbers are finite."""

import math
from collections.abc import Mapping
from typing import Any

from lensdex_index.checks.blocks import Violations
from lensdex_index.checks.fields import other_type, type_name
from lensdex_index.errors import FieldTypeMismatchError, InvalidFieldError
from lensdex_index.records import CollectionSpec, Metadata


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
    for name in metadata.keys() - {declared.name for declared in spec.fields}:
        yield from _not_finite(metadata[name], f"{path}.{name}")


def _not_finite(value: Any, path: str) -> Violations:
    if isinstance(value, float) and not math.isfinite(value):
        yield path, InvalidFieldError(path, "must be finite", type_name(value))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _not_finite(item, f"{path}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{at}]")
