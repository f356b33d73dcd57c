"""One call as plain data: which method, what to send, how to read the answer. Pure; both faces run it.

Knows the list of methods and which of them are safe to repeat; knows no channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from lensdex.embedder.v1 import embedder_service_pb2, reranker_service_pb2
from lensdex.index.v1 import collection_service_pb2, record_service_pb2
from lensdex_client.errors import MessageTooLargeError
from lensdex_client.refusals import error_of_answer, refusal
from lensdex_wire.limits import MAX_MESSAGE_BYTES

T = TypeVar("T")

IDEMPOTENT: Final = {
    "EmbedderService/Embed": True,
    # Results are told by id; the client sends again only what has none.
    "EmbedderService/EmbedStream": True,
    "EmbedderService/CountTokens": True,
    "EmbedderService/GetEmbedderInfo": True,
    "RerankerService/Rerank": True,
    "RerankerService/GetRerankerInfo": True,
    # A repeated creation or deletion, of views too, whose first answer was lost would be told that it failed.
    "CollectionService/CreateCollection": False,
    "CollectionService/DeleteCollection": False,
    "CollectionService/AddView": False,
    "CollectionService/DropView": False,
    # It would be done all over.
    "CollectionService/Reindex": False,
    # Each would make another one, or find what the first has made or deleted.
    "CollectionService/CreateSnapshot": False,
    "CollectionService/RestoreSnapshot": False,
    "CollectionService/DeleteSnapshot": False,
    # The same file is the same snapshot.
    "CollectionService/UploadSnapshot": True,
    "CollectionService/DownloadSnapshot": True,
    "CollectionService/ListSnapshots": True,
    "CollectionService/GetCollection": True,
    "CollectionService/ListCollections": True,
    "CollectionService/GetIndexInfo": True,
    # A repeated move whose first answer was lost would be told that it was not expected.
    "CollectionService/SetAlias": False,
    "CollectionService/DeleteAlias": False,
    "CollectionService/ListAliases": True,
    # Writes replace, change or delete records by id: the second time changes nothing.
    "RecordService/UpsertRecords": True,
    "RecordService/UpdateRecords": True,
    # Items and records are told one by one; the client goes on with what was not.
    "RecordService/UpsertStream": True,
    "RecordService/ExportRecords": True,
    "RecordService/DeleteRecords": True,
    "RecordService/GetRecords": True,
    "RecordService/ListRecords": True,
    "RecordService/CountRecords": True,
    "RecordService/SearchRecords": True,
}
"""Every method of the contracts: may it be sent again when nobody knows whether it arrived?"""


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC."""

    service: str
    """Short name, e.g. ``EmbedderService``."""
    path: str
    """As on the wire, e.g. ``/lensdex.embedder.v1.EmbedderService/Embed``."""
    response: type[Message]
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call, ready to be sent, with the function that turns its answer into plain data."""

    method: Method
    request: Message
    decode: Callable[[Any, str], T]
    """From the answer and the request id, which the errors of single items carry on."""

    def decoded(self, response: bytes, request_id: str) -> T:
        """Return the plain data in *response*. Raises ProtocolError when it does not fit the contract."""
        try:
            return self.decode(self.method.response.FromString(response), request_id)
        except (ValueError, DecodeError) as error:
            raise error_of_answer(self.method.path, error, request_id) from error

    def check_size(self, maximum: int = MAX_MESSAGE_BYTES) -> None:
        """Raise MessageTooLargeError when the request takes more than *maximum* bytes.

        Checked here because gRPC would answer with a bare RESOURCE_EXHAUSTED that names no remedy.
        """
        check_message_size(self.request.ByteSize(), what=f"the request of {self.method.path}", maximum=maximum)

    def serialize(self, maximum: int = MAX_MESSAGE_BYTES) -> bytes:
        """Return the request's bytes. Raises MessageTooLargeError when they are more than *maximum*."""
        self.check_size(maximum)
        return self.request.SerializeToString()


def check_message_size(size: int, *, what: str, maximum: int = MAX_MESSAGE_BYTES) -> None:
    """Raise MessageTooLargeError when *size* bytes exceed *maximum*; *what* names the message."""
    remedy = "send fewer items per call or smaller images"
    if size > maximum:
        raise MessageTooLargeError(
            refusal(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"{what} takes {size:,} bytes, over the limit of {maximum:,}: {remedy}",
                size=str(size),
                maximum=str(maximum),
                remedy=remedy,
            )
        )


def by_service(*, embedder: T, reranker: T, index: T) -> Mapping[str, T]:
    """Return who answers the calls of each service, by its short name."""
    return {
        "EmbedderService": embedder,
        "RerankerService": reranker,
        "CollectionService": index,
        "RecordService": index,
    }


def method(name: str) -> Method:
    """Return the method called *name*, e.g. ``EmbedderService/Embed``."""
    return METHODS[name]


def _method(descriptor: MethodDescriptor) -> Method:
    service = descriptor.containing_service
    return Method(
        service=service.name,
        path=f"/{service.full_name}/{descriptor.name}",
        response=GetMessageClass(descriptor.output_type),
        idempotent=IDEMPOTENT[f"{service.name}/{descriptor.name}"],
    )


METHODS: Final = {
    f"{service.name}/{descriptor.name}": _method(descriptor)
    for module in (embedder_service_pb2, reranker_service_pb2, collection_service_pb2, record_service_pb2)
    for service in module.DESCRIPTOR.services_by_name.values()
    for descriptor in service.methods
}
"""Every method of the contracts, by service and name. A new RPC without a line in IDEMPOTENT fails at import."""
