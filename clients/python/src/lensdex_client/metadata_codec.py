"""Metadata: JSON-like dictionaries ↔ ``google.protobuf.Struct``, refusing what a Struct would silently change."""

import math
from collections.abc import Mapping
from typing import Any, Final

import grpc
from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client.errors import InvalidFieldError
from lensdex_client.refusals import refusal

MAX_EXACT_INTEGER: Final = 2**53 - 1
"""A Struct has only doubles: larger whole numbers would come back as others."""


def pack_metadata(metadata: Mapping[Any, Any], field: str = "metadata") -> Struct:
    """Return *metadata* as a Struct.

    Values are None, bool, int, float, str, and lists and dictionaries of them. Raises InvalidFieldError, naming *field*
    and the key, for anything else: NaN and infinity, whole numbers beyond ±(2^53 - 1), and keys that are no text.
    """
    return Struct(fields={_key(key, field): _pack(value, f"{field}.{key}") for key, value in metadata.items()})


def unpack_metadata(message: Struct) -> dict[str, Any]:
    """Return *message* as a dictionary. Whole numbers come back as int."""
    return {key: _unpack(value) for key, value in message.fields.items()}


def is_unicode(text: str) -> bool:
    """Whether *text* can be sent: JSON may smuggle in halves of characters that UTF-8 has no bytes for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pack(value: object, field: str) -> Value:
    match value:
        case None:
            return Value(null_value=NULL_VALUE)
        case bool():
            return Value(bool_value=value)
        case int() | float() if _is_exact(value):
            return Value(number_value=value)
        case str() if is_unicode(value):
            return Value(string_value=value)
        case Mapping():
            return Value(struct_value=pack_metadata(value, field))
        case list() | tuple():
            items = [_pack(item, f"{field}[{index}]") for index, item in enumerate(value)]
            return Value(list_value=ListValue(values=items))
    raise _invalid(field, f"{field}: {value!r:.80} cannot be kept as metadata")


def _is_exact(number: object) -> bool:
    if isinstance(number, int):
        return abs(number) <= MAX_EXACT_INTEGER
    return isinstance(number, float) and math.isfinite(number)


def _unpack(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) <= MAX_EXACT_INTEGER else number
        case "string_value":
            return value.string_value
        case "struct_value":
            return unpack_metadata(value.struct_value)
        case "list_value":
            return [_unpack(item) for item in value.list_value.values]
        case _:
            return None


def _key(key: object, field: str) -> str:
    if not isinstance(key, str) or not is_unicode(key):
        raise _invalid(field, f"{field}: the key {key!r:.80} is no text")
    return key


def _invalid(field: str, message: str) -> InvalidFieldError:
    return InvalidFieldError(
        refusal(grpc.StatusCode.INVALID_ARGUMENT, message, ErrorReason.ERROR_REASON_INVALID_FIELD, field=field)
    )
