"""Messages of Reindex: plain data ↔ bytes. Pure; knows no channel."""

from dataclasses import dataclass, field
from typing import Final

from google.protobuf.message import DecodeError

from lensdex.index.v1 import collection_pb2
from lensdex.index.v1 import collection_service_pb2 as pb
from lensdex_client import collection as data
from lensdex_client.calls import method
from lensdex_client.collection_calls import unpack_collection
from lensdex_client.metadata_codec import pack_metadata
from lensdex_client.refusals import error_of_answer
from lensdex_wire.request_id import new_request_id

METHOD = method("CollectionService/Reindex")


_BEGINNING: Final = data.ReindexProgress(data.ReindexPhase.BUILDING, 0, 0, None)


@dataclass(slots=True)
class Reindexing:
    """One reindexing: what is asked for, and how far it was when last told."""

    collection: str
    view: str
    backend: data.Backend | None
    request_id: str = field(default_factory=new_request_id)
    last: data.ReindexProgress = _BEGINNING

    def request(self) -> bytes:
        """Return the request."""
        request = pb.ReindexRequest(collection=self.collection, view=self.view)
        if self.backend is not None:
            parameters = pack_metadata(self.backend.parameters, "backend.parameters")
            request.backend.CopyFrom(collection_pb2.Backend(name=self.backend.name, parameters=parameters))
        return request.SerializeToString()

    def read(self, body: bytes) -> data.ReindexProgress:
        """Return what a message says. Raises ProtocolError when it does not fit the contract."""
        try:
            self.last = self._read(pb.ReindexResponse.FromString(body))
        except (ValueError, DecodeError) as error:
            raise error_of_answer(METHOD.path, error, self.request_id) from error
        return self.last

    def check_ended(self) -> None:
        """Raise ProtocolError unless the last message was read."""
        if self.last.phase is not data.ReindexPhase.DONE:
            error = ValueError("the stream ended before it was done")
            raise error_of_answer(METHOD.path, error, self.request_id) from error

    def _read(self, message: pb.ReindexResponse) -> data.ReindexProgress:
        if message.WhichOneof("part") == "collection":
            collection = unpack_collection(message.collection)
            total = self.last.num_vectors
            return data.ReindexProgress(data.ReindexPhase.DONE, total, total, 0.0, collection)
        if message.WhichOneof("part") != "progress":
            raise ValueError("a message of a reindexing holds progress or the collection; this one neither")
        told = message.progress
        left = told.time_left.ToNanoseconds() / 1e9 if told.HasField("time_left") else None
        phase = data.ReindexPhase(pb.ReindexProgress.Phase.Name(told.phase))
        return data.ReindexProgress(phase, told.num_vectors_done, told.num_vectors, left)
