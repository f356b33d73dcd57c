"""Calls about snapshots: plain data ↔ bytes. Pure; knows no channel and no file."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_client import snapshot as data
from lensdex_client.calls import Call, Method, method
from lensdex_client.collection_calls import unpack_collection
from lensdex_client.refusals import error_of_answer
from lensdex_wire.request_id import new_request_id

DOWNLOAD: Final = method("CollectionService/DownloadSnapshot")
UPLOAD: Final = method("CollectionService/UploadSnapshot")
CHUNK_BYTES: Final = 1024 * 1024
_CHECKSUM_BYTES: Final = 32
_BEGINNING: Final = data.SnapshotProgress(data.SnapshotPhase.COPYING, 0.0)


def list_snapshots(*, collection: str, page_size: int, page_token: str) -> Call[data.SnapshotPage]:
    """Return the call that lists one page."""
    request = pb.ListSnapshotsRequest(collection=collection, page_size=page_size, page_token=page_token)
    return Call(method("CollectionService/ListSnapshots"), request, _page)


def delete_snapshot(snapshot: str) -> Call[None]:
    """Return the call that deletes a snapshot."""
    return Call(method("CollectionService/DeleteSnapshot"), pb.DeleteSnapshotRequest(snapshot=snapshot), _nothing)


@dataclass(slots=True)
class Work:
    """The making or restoring of a snapshot: what is asked for, and how far it was when last told."""

    method: Method
    message: Message
    request_id: str = field(default_factory=new_request_id)
    last: data.SnapshotProgress = _BEGINNING

    def read(self, body: bytes) -> data.SnapshotProgress:
        """Return what a message says. Raises ProtocolError when it does not fit the contract."""
        try:
            self.last = _progress(self.method.response.FromString(body))
        except (ValueError, DecodeError) as error:
            raise error_of_answer(self.method.path, error, self.request_id) from error
        return self.last

    def check_ended(self) -> None:
        """Raise ProtocolError unless the last message was read."""
        if self.last.phase is not data.SnapshotPhase.DONE:
            error = ValueError("the stream ended before it was done")
            raise error_of_answer(self.method.path, error, self.request_id) from error


def create_snapshot(collection: str) -> Work:
    """Return the work that makes a snapshot."""
    return Work(method("CollectionService/CreateSnapshot"), pb.CreateSnapshotRequest(collection=collection))


def restore_snapshot(snapshot: str, collection: str) -> Work:
    """Return the work that restores one."""
    request = pb.RestoreSnapshotRequest(snapshot=snapshot, collection=collection)
    return Work(method("CollectionService/RestoreSnapshot"), request)


class Downloading:
    """One download: what came so far, and whether it is all of it."""

    def __init__(self, snapshot: str) -> None:
        self.request = pb.DownloadSnapshotRequest(snapshot=snapshot).SerializeToString()
        self.request_id = new_request_id()
        self.snapshot: data.Snapshot | None = None
        self.num_bytes = 0
        self._checksum = hashlib.sha256()
        self._held = b""

    def read(self, body: bytes) -> bytes:
        """Return the part of the file in a message; empty for the first. Raises ProtocolError."""
        try:
            chunk = self._chunk(pb.DownloadSnapshotResponse.FromString(body))
        except (ValueError, DecodeError) as error:
            raise error_of_answer(DOWNLOAD.path, error, self.request_id) from error
        self.num_bytes += len(chunk)
        together = self._held + chunk
        self._checksum.update(memoryview(together)[:-_CHECKSUM_BYTES])
        self._held = together[-_CHECKSUM_BYTES:]
        return chunk

    def _chunk(self, message: pb.DownloadSnapshotResponse) -> bytes:
        if (message.WhichOneof("part") == "snapshot") is not (self.snapshot is None):
            raise ValueError("the first message, and no other, says what comes")
        if message.WhichOneof("part") == "snapshot":
            self.snapshot = unpack_snapshot(message.snapshot)
        return message.chunk

    def ended(self) -> data.Snapshot:
        """Return what was downloaded. Raises ProtocolError unless all of it came, and as it was announced."""
        snapshot = self.snapshot
        complete = snapshot is not None and self.num_bytes == snapshot.num_bytes
        if snapshot is None or not complete:
            error = ValueError("the file ended before all of it had come")
        elif not self._checksum.hexdigest() == snapshot.sha256 == self._held.hex():
            error = ValueError("what came fails its checksum: the index's file is damaged, or what is on the way")
        else:
            return snapshot
        raise error_of_answer(DOWNLOAD.path, error, self.request_id) from error


def pack_chunk(chunk: bytes) -> bytes:
    """Return the message that sends the next bytes of a file."""
    return pb.UploadSnapshotRequest(chunk=chunk).SerializeToString()


def unpack_uploaded(body: bytes, request_id: str) -> data.Snapshot:
    """Return what was uploaded. Raises ProtocolError."""
    try:
        return unpack_snapshot(pb.UploadSnapshotResponse.FromString(body).snapshot)
    except (ValueError, DecodeError) as error:
        raise error_of_answer(UPLOAD.path, error, request_id) from error


def unpack_snapshot(message: pb.Snapshot) -> data.Snapshot:
    """Return *message* as plain data. Raises ValueError."""
    return data.Snapshot(
        name=message.name,
        collection=message.collection,
        create_time=message.create_time.ToDatetime(UTC),
        sequence=message.sequence,
        num_records=message.num_records,
        num_bytes=message.num_bytes,
        sha256=message.sha256,
        problem=message.problem,
    )


def _progress(message: Any) -> data.SnapshotProgress:
    part = message.WhichOneof("part")
    if part == "progress":
        phase = data.SnapshotPhase(pb.SnapshotProgress.Phase.Name(message.progress.phase))
        return data.SnapshotProgress(phase, message.progress.part_done)
    if part == "snapshot":
        return data.SnapshotProgress(data.SnapshotPhase.DONE, 1.0, snapshot=unpack_snapshot(message.snapshot))
    if part == "collection":
        return data.SnapshotProgress(data.SnapshotPhase.DONE, 1.0, collection=unpack_collection(message.collection))
    raise ValueError("a message about a snapshot holds progress or what was made; this one neither")


def _page(response: pb.ListSnapshotsResponse, _: str) -> data.SnapshotPage:
    snapshots = tuple(unpack_snapshot(message) for message in response.snapshots)
    return data.SnapshotPage(snapshots=snapshots, next_page_token=response.next_page_token)


def _nothing(_: pb.DeleteSnapshotResponse, __: str) -> None:
    return None
