"""Messages → plain data. What cannot be read becomes an error or a None; whether it is allowed is judged elsewhere."""

from collections.abc import Sequence
from typing import Any

from google.protobuf import struct_pb2

from lensdex.common.v1 import embedding_space_pb2, vectors_pb2
from lensdex.index.v1 import alias_pb2, collection_pb2, record_pb2
from lensdex_index.catalog import Proposal, ProposedField, ProposedView
from lensdex_index.changes import Change
from lensdex_index.checks import SentBlock, SentChange, SentRecord, SentSpace
from lensdex_index.errors import DomainError, InvalidVectorsError
from lensdex_index.records import Alias, FieldType, Include, Matrix, Metric, Record
from lensdex_wire import space_codec, vectors


def proposal(message: collection_pb2.Collection) -> Proposal:
    """Return a collection to create."""
    views = [proposed_view(view) for view in message.views]
    fields = [ProposedField(field.name, _field_type(field.type), field.list) for field in message.indexed_fields]
    return Proposal(message.name, views, fields)


def alias(message: alias_pb2.Alias) -> Alias:
    """Return an alias as sent."""
    return Alias(message.name, message.collection, message.default_view)


def records(messages: Sequence[record_pb2.Record]) -> list[SentRecord]:
    """Return records to write."""
    return [_record(message) for message in messages]


def changes(messages: Sequence[record_pb2.RecordUpdate]) -> list[SentChange]:
    """Return changes to records."""
    return [_change(message) for message in messages]


def blocks(messages: Sequence[record_pb2.ViewVectors], path: str) -> list[SentBlock]:
    """Return blocks of vectors to write; *path* is where they stand in the request."""
    return [
        SentBlock(
            view=message.view,
            space=space(message, message.space),
            vectors=_matrix_or_error(message.vectors, f"{path}[{at}].vectors"),
            indexes=message.record_indexes,
        )
        for at, message in enumerate(messages)
    ]


def matrix(message: vectors_pb2.Vectors, path: str) -> Matrix:
    """Return vectors, shape (count, dimension). Raises InvalidVectorsError."""
    try:
        return vectors.unpack_vectors(message)
    except vectors.InvalidVectorsError as error:
        raise InvalidVectorsError(path, error.expected_bytes, error.actual_bytes) from error


def space(holder: Any, message: embedding_space_pb2.EmbeddingSpace) -> SentSpace | None:
    """Return the field ``space`` of *holder* as text, None where it was not sent. Missing parts are empty."""
    if not holder.HasField("space"):
        return None
    return {
        "weights_digest": message.weights_digest,
        "template_version": message.template_version,
        "pooling": _enum_name(embedding_space_pb2.Pooling, message.pooling),
        "dimension": str(message.dimension) if message.dimension else "",
        "normalization": _enum_name(embedding_space_pb2.Normalization, message.normalization),
    }


def include(holder: Any, *, otherwise: Include) -> Include:
    """Return the field ``include`` of *holder*, or *otherwise* where it was not sent."""
    if not holder.HasField("include"):
        return otherwise
    return Include(metadata=holder.include.metadata, content=holder.include.content)


def proposed_view(message: collection_pb2.View) -> ProposedView:
    """Return a view to create."""
    basis = message.WhichOneof("basis")
    bad: str | None = None
    bound = None
    if basis == "space":
        try:
            bound = space_codec.unpack_space(message.space)
        except space_codec.InvalidSpaceError as error:
            bad = error.field
    return ProposedView(
        name=message.name,
        space=bound,
        dimension=message.dimension if basis == "dimension" else None,
        metric=_metric(message.metric),
        backend=message.backend.name,
        parameters=plain_struct(message.backend.parameters),
        bad_space_field=bad,
    )


def _metric(value: int) -> Metric | None:
    if value == collection_pb2.METRIC_UNSPECIFIED:
        return Metric.COSINE
    try:
        return Metric(_enum_name(collection_pb2.Metric, value))
    except ValueError:
        return None


def _field_type(value: int) -> FieldType | None:
    try:
        return FieldType(_enum_name(collection_pb2.FieldType, value))
    except ValueError:
        return None


def _enum_name(enum: Any, value: int) -> str:
    """Return the value's name, or its number where this version has no name for it."""
    try:
        return str(enum.Name(value))
    except ValueError:
        return str(value)


def _record(message: record_pb2.Record) -> SentRecord:
    content = message.content.SerializeToString() if message.HasField("content") else None
    record = Record(message.id, plain_struct(message.metadata), content)
    return SentRecord(message.metadata.ByteSize(), len(content or b""), record)


def _change(message: record_pb2.RecordUpdate) -> SentChange:
    content = message.content.SerializeToString() if message.HasField("content") else None
    change = Change(
        message.id,
        plain_struct(message.metadata),
        content,
        removes_content=message.remove_content,
        removed_views=frozenset(message.remove_views),
    )
    return SentChange(message.metadata.ByteSize(), len(content or b""), change, message.remove_views)


def _matrix_or_error(message: vectors_pb2.Vectors, path: str) -> Matrix | DomainError:
    try:
        return matrix(message, path)
    except InvalidVectorsError as error:
        return error


def plain_struct(message: struct_pb2.Struct) -> dict[str, Any]:
    """Return a struct as plain data."""
    return {key: _plain(value) for key, value in message.fields.items()}


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return plain_struct(value.struct_value)
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    # A value that says nothing is null, as in JSON.
    return None if kind in {None, "null_value"} else getattr(value, kind)
