"""Filters → messages. What no server can read, or no field can hold, is refused before it is sent."""

from datetime import UTC, datetime
from typing import Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.index.v1 import filter_pb2 as pb
from lensdex_client.errors import InvalidFilterError
from lensdex_client.filters import AllOf, AnyOf, Equals, Exists, Filter, Not, OneOf, Prefix, Range, Value
from lensdex_client.refusals import refusal

_MOST_DEPTH: Final = 40
"""No server allows more: protobuf reads no message that is nested 100 deep, and a level takes two."""
_LARGEST_INT: Final = 2**63 - 1


def pack_filter(node: Filter | None) -> pb.Filter | None:
    """Return *node* as a message, None for none.

    Raises InvalidFilterError for what is too deep, a whole number beyond 64 bits, or a time without an offset.
    """
    return None if node is None else _node(node, 1)


def _node(node: Filter, depth: int) -> pb.Filter:
    if depth > _MOST_DEPTH:
        raise _invalid(f"is more than {_MOST_DEPTH} levels deep; flatten it", maximum=str(_MOST_DEPTH))
    match node:
        case AllOf(parts):
            message = pb.Filter(all_of=pb.FilterList(filters=[_node(part, depth + 1) for part in parts]))
        case AnyOf(parts):
            message = pb.Filter(any_of=pb.FilterList(filters=[_node(part, depth + 1) for part in parts]))
        case Not(part):
            message = pb.Filter(negation=_node(part, depth + 1))
        case Equals(field, value):
            message = pb.Filter(equals=pb.Equals(field=field, value=_value(value)))
        case OneOf(field, values):
            message = pb.Filter(one_of=pb.OneOf(field=field, values=[_value(value) for value in values]))
        case Range(field, gt, gte, lt, lte):
            bounds = {"gt": gt, "gte": gte, "lt": lt, "lte": lte}
            given = {name: _value(bound) for name, bound in bounds.items() if bound is not None}
            message = pb.Filter(range=pb.Range(field=field, **given))
        case Exists(field):
            message = pb.Filter(exists=pb.Exists(field=field))
        case Prefix(field, prefix):
            message = pb.Filter(prefix=pb.Prefix(field=field, prefix=prefix))
        case _:
            raise TypeError(f"{node!r:.80} is no filter; compare a Field")
    return message


def _value(value: Value) -> pb.FilterValue:
    match value:
        case bool():
            return pb.FilterValue(bool_value=value)
        case str():
            return pb.FilterValue(keyword_value=value)
        case int() if -_LARGEST_INT - 1 <= value <= _LARGEST_INT:
            return pb.FilterValue(int64_value=value)
        case int():
            raise _invalid(f"{value} has more than 64 bits")
        case float():
            return pb.FilterValue(double_value=value)
        case datetime() if value.tzinfo is None:
            raise _invalid(f"{value} says no offset, so it names no moment; give it a tzinfo")
        case datetime():
            moment = Timestamp()
            moment.FromDatetime(value.astimezone(UTC))
            return pb.FilterValue(timestamp_value=moment)
        case _:
            raise TypeError(f"{value!r:.80} cannot be compared with; give a str, int, float, bool or datetime")


def _invalid(problem: str, **facts: str) -> InvalidFilterError:
    return InvalidFilterError(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            f"filter: {problem}",
            ErrorReason.ERROR_REASON_INVALID_FILTER,
            field="filter",
            **facts,
        )
    )
