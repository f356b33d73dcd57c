"""The Milvus collections a collection is made of, and the columns in them.

The anchor holds a row for each record: its metadata, content and vector in `default`. Each further view has a Milvus
collection of its own, for Milvus 2.3 takes one vector a row; filters are answered in each, so fields stand in all.
"""

from typing import Any, Final

from pymilvus import CollectionSchema, DataType, FieldSchema

from lensdex_index.records import FieldSpec, FieldType

MAX_TEXT_BYTES: Final = 65_535
"""Of one text in Milvus."""
MAX_PARTS: Final = 4_096
"""Of one array in Milvus."""
MAX_LIST_VALUES: Final = 64
"""Of one indexed field. Milvus asks whether an array contains a value; for a range each place is asked by itself."""
MAX_ID_BYTES: Final = 4_096
MAX_FIELDS: Final = 56
"""Indexed fields of a collection: Milvus takes 64 columns, of which eight are the record's own."""

ID: Final = "id"
VERSION: Final = "version"
"""Drawn anew at every write of a record, the same in all its rows: tells a row that is behind."""
VECTOR: Final = "vector"
VIEWS: Final = "views"
"""Further views the record has. What a view holds beside is left over and no part of the record."""
METADATA: Final = "metadata"
METADATA_BYTES: Final = "metadata_bytes"
CONTENT: Final = "content"
CONTENT_BYTES: Final = "content_bytes"
"""Bytes; -1: none is kept."""

_TYPES: Final = {
    FieldType.KEYWORD: DataType.VARCHAR,
    FieldType.INT64: DataType.INT64,
    FieldType.DOUBLE: DataType.DOUBLE,
    FieldType.BOOL: DataType.BOOL,
    FieldType.TIMESTAMP: DataType.INT64,
}


def column_of(number: int) -> str:
    """Return the column of the indexed field of that number: fields' own names may be anything."""
    return f"f{number}"


def anchor_schema(fields: list[FieldSpec], dimension: int, description: str) -> Any:
    """Return the schema of the anchor."""
    own = [
        _texts(VIEWS, 64),
        _texts(METADATA, MAX_PARTS),
        FieldSchema(METADATA_BYTES, DataType.INT64),
        _texts(CONTENT, MAX_PARTS),
        FieldSchema(CONTENT_BYTES, DataType.INT64),
    ]
    return CollectionSchema([*_shared(fields, dimension), *own], description=description)


def view_schema(fields: list[FieldSpec], dimension: int) -> Any:
    """Return the schema of a further view."""
    return CollectionSchema(_shared(fields, dimension))


def empty_schema(description: str) -> Any:
    """Return the schema of a collection that holds nothing but its description."""
    key = FieldSchema(ID, DataType.VARCHAR, is_primary=True, max_length=8)
    return CollectionSchema([key, FieldSchema(VECTOR, DataType.FLOAT_VECTOR, dim=2)], description=description)


def _shared(fields: list[FieldSpec], dimension: int) -> list[Any]:
    columns = [_column(column_of(number), field) for number, field in enumerate(fields)]
    return [
        FieldSchema(ID, DataType.VARCHAR, is_primary=True, max_length=MAX_ID_BYTES),
        FieldSchema(VERSION, DataType.INT64),
        FieldSchema(VECTOR, DataType.FLOAT_VECTOR, dim=dimension),
        *columns,
    ]


def _column(name: str, field: FieldSpec) -> Any:
    # One value is an array of one: none is then an empty one, which no value of its own could stand for.
    capacity = MAX_LIST_VALUES if field.is_list else 1
    if field.type is FieldType.KEYWORD:
        return _texts(name, capacity)
    return FieldSchema(name, DataType.ARRAY, element_type=_TYPES[field.type], max_capacity=capacity)


def _texts(name: str, capacity: int) -> Any:
    return FieldSchema(
        name, DataType.ARRAY, element_type=DataType.VARCHAR, max_length=MAX_TEXT_BYTES, max_capacity=capacity
    )
