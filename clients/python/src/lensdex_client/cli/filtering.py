"""``--filter``: conditions as words, read by the types of the collection's fields. Knows no command."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from lensdex_client.collection import FieldType, IndexedField
from lensdex_client.filters import AllOf, Field, Filter, Value
from lensdex_client.retriever import Retriever

_CONDITION: Final = re.compile(r"(?P<name>.+?)(?P<operator>\^=|!=|>=|<=|=|>|<)(?P<value>.*)", re.DOTALL)

_COMPARED: Final[Mapping[str, Callable[[Field, Value], Filter]]] = {
    "=": lambda field, value: field == value,
    "!=": lambda field, value: field != value,
    ">": lambda field, value: field > value,
    ">=": lambda field, value: field >= value,
    "<": lambda field, value: field < value,
    "<=": lambda field, value: field <= value,
    "^=": lambda field, value: field.prefix(str(value)),
}


def add_filter(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--filter",
        metavar="CONDITION",
        action="append",
        default=[],
        help="only records of which this is true: NAME=VALUE, !=, <, <=, >, >=, ^= (begins with), NAME (has any "
        "value), !NAME (has none); repeat it for several, which must all be true",
    )


def filter_of(arguments: argparse.Namespace, retriever: Retriever) -> Filter | None:
    """Return what ``--filter`` says; None where it was not given. Raises ValueError for what cannot be read."""
    if not arguments.filter:
        return None
    fields = retriever.index.get_collection(arguments.collection).collection.indexed_fields
    return AllOf(tuple(_condition(text, fields) for text in arguments.filter))


def _condition(text: str, fields: Sequence[IndexedField]) -> Filter:
    found = _CONDITION.fullmatch(text)
    if found is None:
        name = text.removeprefix("!")
        exists = Field(_declared(name, fields).name).exists()
        return ~exists if text.startswith("!") else exists
    declared = _declared(found["name"].strip(), fields)
    return _COMPARED[found["operator"]](Field(declared.name), _value(found["value"].strip(), declared))


def _declared(name: str, fields: Sequence[IndexedField]) -> IndexedField:
    for field in fields:
        if field.name == name:
            return field
    known = ", ".join(field.name for field in fields) or "none"
    raise ValueError(f"--filter: the collection has no indexed field {name!r}; it has {known}")


def _value(text: str, declared: IndexedField) -> Value:
    kind = declared.type.value.removeprefix("FIELD_TYPE_").lower()
    try:
        match declared.type:
            case FieldType.INT64 | FieldType.DOUBLE:
                return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
            case FieldType.BOOL:
                return {"true": True, "false": False}[text.lower()]
            case FieldType.TIMESTAMP:
                return datetime.fromisoformat(text)
            case FieldType.KEYWORD:
                return text
    except (ValueError, KeyError):
        raise ValueError(f"--filter: {declared.name} is declared as {kind}, and {text!r} is none") from None
