"""Filter messages → plain trees. A part that was left out is refused here; what the rest may ask is judged elsewhere.

Nesting is bounded by what protobuf reads at all, so walking a message cannot go deep.
"""

from typing import Any, Final

from lensdex.index.v1 import filter_pb2 as pb
from lensdex_index.checks import FILTER_PATH
from lensdex_index.errors import InvalidFilterError
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Instant, Not, OneOf, Prefix, Range, Value

_SECOND: Final = 1_000_000
_NANOSECONDS: Final = 1_000_000_000


def filter_of(holder: Any) -> Filter | None:
    """Return the field ``filter`` of *holder*, None where it was not sent. Raises InvalidFilterError."""
    return _node(holder.filter, FILTER_PATH) if holder.HasField("filter") else None


def _node(message: pb.Filter, path: str) -> Filter:  # noqa: PLR0911  one a kind
    match message.WhichOneof("node"):
        case "all_of":
            return AllOf(_parts(message.all_of, f"{path}.all_of"))
        case "any_of":
            return AnyOf(_parts(message.any_of, f"{path}.any_of"))
        case "negation":
            return Not(_node(message.negation, f"{path}.negation"))
        case "equals":
            return Equals(message.equals.field, _value(message.equals.value, f"{path}.equals.value"))
        case "one_of":
            values = enumerate(message.one_of.values)
            return OneOf(
                message.one_of.field, tuple(_value(value, f"{path}.one_of.values[{at}]") for at, value in values)
            )
        case "range":
            bounds = {
                name: _value(getattr(message.range, name), f"{path}.range.{name}")
                for name in ("gt", "gte", "lt", "lte")
                if message.range.HasField(name)
            }
            return Range(message.range.field, **bounds)
        case "exists":
            return Exists(message.exists.field)
        case "prefix":
            return Prefix(message.prefix.field, message.prefix.prefix)
        case _:
            raise InvalidFilterError(
                path, "says nothing, or what this version does not know; leave it out for no filter"
            )


def _parts(message: pb.FilterList, path: str) -> tuple[Filter, ...]:
    return tuple(_node(part, f"{path}.filters[{at}]") for at, part in enumerate(message.filters))


def _value(message: pb.FilterValue, path: str) -> Value:
    kind = message.WhichOneof("value")
    if kind is None:
        raise InvalidFilterError(path, "has no value; to match records without one, negate exists")
    if kind != "timestamp_value":
        plain: Value = getattr(message, kind)
        return plain
    nanoseconds = message.timestamp_value.nanos
    if not 0 <= nanoseconds < _NANOSECONDS:
        raise InvalidFilterError(path, f"nanos must be 0 to {_NANOSECONDS - 1}, is {nanoseconds}")
    return Instant(message.timestamp_value.seconds * _SECOND + nanoseconds // 1_000)
