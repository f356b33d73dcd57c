"""Messages of ExportRecords: plain data ↔ bytes. Pure; knows no channel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from google.protobuf.message import DecodeError

from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_client.calls import method
from lensdex_client.filter_codec import pack_filter
from lensdex_client.filters import Filter
from lensdex_client.record import Exported, Include
from lensdex_client.record_calls import pack_include, unpack_record, unpack_view_vectors
from lensdex_client.refusals import error_of_answer
from lensdex_wire.request_id import new_request_id

METHOD = method("RecordService/ExportRecords")


@dataclass(slots=True)
class Exporting:
    """One export over all its calls: each goes on behind what came before."""

    collection: str
    include: Include
    views: Sequence[str]
    filter: Filter | None
    after: str
    request_id: str = field(default_factory=new_request_id)

    def request(self) -> bytes:
        """Return the request of a call that goes on with what is left."""
        return pb.ExportRecordsRequest(
            collection=self.collection,
            include=pack_include(self.include),
            views=self.views,
            filter=pack_filter(self.filter),
            after=self.after,
        ).SerializeToString()

    def read(self, body: bytes) -> Exported:
        """Return the records of a message. Raises ProtocolError when it does not fit the contract."""
        try:
            message = pb.ExportRecordsResponse.FromString(body)
            exported = Exported(
                records=tuple(unpack_record(record) for record in message.records),
                vectors=tuple(unpack_view_vectors(block) for block in message.vectors),
            )
            self.after = _last(self.after, exported)
            # Where an alias was named, a further call is not to follow it elsewhere.
            self.collection = message.collection or self.collection
        except (ValueError, DecodeError) as error:
            raise error_of_answer(METHOD.path, error, self.request_id) from error
        return exported


def _last(before: str, exported: Exported) -> str:
    """Return the last id of *exported*. Raises ValueError where not all follow each other and *before*."""
    # Code points order as UTF-8 bytes do.
    ids = [before, *(record.id for record in exported.records)]
    if len(ids) == 1 or any(left >= right for left, right in pairwise(ids)):
        raise ValueError("a message of an export holds records, and their ids ascend from message to message")
    return ids[-1]
