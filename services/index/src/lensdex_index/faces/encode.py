"""Plain data → messages, within a byte budget. Knows the contract and no engine."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from google.protobuf import struct_pb2, timestamp_pb2
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status

from lensdex.index.v1 import alias_pb2, collection_pb2, record_pb2, snapshots_pb2
from lensdex_index import status
from lensdex_index.errors import DomainError
from lensdex_index.records import (
    Alias,
    CollectionSpec,
    CollectionStatistics,
    Include,
    Metadata,
    Record,
    StoredRecord,
    Vector,
    ViewSpec,
)
from lensdex_index.snapshots import Snapshot
from lensdex_wire import space_codec, vectors
from lensdex_wire.errors import pack_refusal

_FRAME_BYTES: Final = 16
"""Tag and length around one item."""


class Budget:
    """Bytes of a response. Each item to come keeps the room of an error, so that every item is answered."""

    def __init__(self, maximum: int, num_items: int) -> None:
        self.maximum = maximum
        self._left = maximum - 1024
        self._items_left = num_items

    def take(self, num_bytes: int, error_bytes: int) -> bool:
        """Take room for the next item; return whether it fitted. If not, the room of its error is taken."""
        self._items_left -= 1
        fits = num_bytes + _FRAME_BYTES <= self._left - self._items_left * (error_bytes + _FRAME_BYTES)
        self._left -= (num_bytes if fits else error_bytes) + _FRAME_BYTES
        return fits


class Blocks:
    """Collects the vectors of a response, one block per view asked for."""

    def __init__(self, views: Sequence[ViewSpec]) -> None:
        self._views = views
        self._rows: dict[str, list[Vector]] = {view.name: [] for view in views}
        self._indexes: dict[str, list[int]] = {view.name: [] for view in views}

    def num_bytes(self, stored: StoredRecord) -> int:
        """Return what the record's vectors add."""
        return sum(row.nbytes + 5 for row in stored.vectors.values())

    def add(self, index: int, stored: StoredRecord) -> None:
        """Add the record's vectors; *index* is its place in the response."""
        for name, row in stored.vectors.items():
            self._rows[name].append(row)
            self._indexes[name].append(index)

    def messages(self) -> list[record_pb2.ViewVectors]:
        """Return the blocks, in the order asked for."""
        return [
            record_pb2.ViewVectors(
                view=view.name,
                space=None if view.space is None else space_codec.pack_space(view.space),
                vectors=vectors.pack_vectors(
                    np.stack(self._rows[view.name])
                    if self._rows[view.name]
                    else np.empty((0, view.dimension), dtype=np.float32)
                ),
                record_indexes=self._indexes[view.name],
            )
            for view in self._views
        ]


def error_status(error: DomainError) -> Status:
    """Return *error* as the outcome of one item."""
    return pack_refusal(status.refusal_of(error))


def record(plain: Record, include: Include) -> record_pb2.Record:
    """Return a record as far as *include* asks."""
    message = record_pb2.Record()
    fill_record(message, plain, include)
    return message


def fill_record(message: record_pb2.Record, plain: Record, include: Include) -> None:
    """Make an empty *message* a record as far as *include* asks. In place: a message put into another is copied."""
    message.id = plain.id
    if include.metadata:
        message.metadata.SetInParent()
        message.metadata.update(plain.metadata)
    if include.content and plain.content is not None:
        message.content.SetInParent()
        message.content.MergeFromString(plain.content)


def collection(spec: CollectionSpec) -> collection_pb2.Collection:
    """Return a collection, defaults filled in."""
    created = timestamp_pb2.Timestamp()
    created.FromDatetime(spec.create_time)
    return collection_pb2.Collection(
        name=spec.name,
        views=[_view(view) for view in spec.views],
        indexed_fields=[
            collection_pb2.IndexedField(name=field.name, type=field.type.value, list=field.is_list)
            for field in spec.fields
        ],
        create_time=created,
    )


def alias(plain: Alias) -> alias_pb2.Alias:
    """Return an alias."""
    return alias_pb2.Alias(name=plain.name, collection=plain.collection, default_view=plain.default_view)


def statistics(spec: CollectionSpec, plain: CollectionStatistics) -> collection_pb2.CollectionStatistics:
    """Return statistics."""
    spaces = {view.name: view.space for view in spec.views}
    views = []
    for view in plain.views:
        space = spaces[view.view]
        views.append(
            collection_pb2.ViewStatistics(
                view=view.view,
                num_vectors=view.num_vectors,
                num_tail_vectors=view.num_tail_vectors,
                space_fingerprint="" if space is None else space.fingerprint(),
            )
        )
    return collection_pb2.CollectionStatistics(
        num_records=plain.num_records, sequence=plain.sequence, disk_bytes=plain.disk_bytes, views=views
    )


def snapshot(plain: Snapshot) -> snapshots_pb2.Snapshot:
    """Return a snapshot."""
    created = timestamp_pb2.Timestamp()
    created.FromDatetime(plain.create_time)
    return snapshots_pb2.Snapshot(
        name=plain.name,
        collection=plain.collection,
        create_time=created,
        sequence=plain.sequence,
        num_records=plain.num_records,
        num_bytes=plain.num_bytes,
        sha256=plain.sha256,
        problem=plain.problem,
    )


def size(message: Message) -> int:
    """Return the bytes of *message*, serialised."""
    return int(message.ByteSize())


def _view(view: ViewSpec) -> collection_pb2.View:
    message = collection_pb2.View(
        name=view.name,
        metric=view.metric.value,
        backend=collection_pb2.Backend(name=view.backend.name, parameters=_struct(view.backend.parameters)),
    )
    if view.space is None:
        message.dimension = view.dimension
    else:
        message.space.CopyFrom(space_codec.pack_space(view.space))
    return message


def _struct(plain: Metadata) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(plain)
    return message
