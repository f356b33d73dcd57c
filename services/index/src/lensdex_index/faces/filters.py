"""A request's filter: message → plain tree, checked. Large ones take a while: to be called in the pool.

Nesting is bounded by what protobuf reads at all, so walking a message cannot go deep.
"""

from typing import Any, Final

from lensdex.index.v1 import filter_pb2 as pb
from lensdex_index.checks import FILTER_PATH, check_filter
from lensdex_index.errors import InvalidFilterError
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Instant, Not, OneOf, Prefix, Range, Value
from lensdex_index.records import CollectionSpec, Limits

_SECOND: Final = 1_000_000
_NANOSECONDS: Final = 1_000_000_000


def filter_of(request: Any, spec: CollectionSpec, limits: Limits) -> Filter | None:
    """Return the field ``filter`` of *request*, None where it was not sent. Raises what ``check_filter`` does."""
    if not request.HasField("filter"):
        return None
    chosen = _node(request.filter, FILTER_PATH)
    check_filter(spec, limits, chosen)
    return chosen


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
