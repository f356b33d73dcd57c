"""Messages of EmbedStream: plain data ↔ bytes. Pure but for reading the files that contents name; knows no channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex_client import embedding as data
from lensdex_client.calls import check_message_size, method
from lensdex_client.content import Content, File
from lensdex_client.content_codec import pack_content
from lensdex_client.embedder_calls import embed, outcome_of, timing_of
from lensdex_client.errors import LensdexError, SpaceMismatchError
from lensdex_client.media_loading import loaded_file, texts_error
from lensdex_client.outcome import Outcome
from lensdex_client.refusals import refusal
from lensdex_client.unanswered import MAX_ITEMS, Ids
from lensdex_wire.request_id import new_request_id
from lensdex_wire.space import Pooling, Space
from lensdex_wire.space_codec import unpack_space
from lensdex_wire.vectors import unpack_vectors

METHOD: Final = method("EmbedderService/EmbedStream")

Item = tuple[str, Content]
"""An id and its content."""

Answer = tuple[str, Outcome[data.EmbeddedItem]]
"""An id and what became of its content."""


class EmbedDialogue:
    """What a stream of items to embed says. Implements Dialogue; an item's key is its id."""

    method = METHOD
    max_items = MAX_ITEMS
    max_joined_items = 1

    def __init__(self, options: bytes) -> None:
        self.options = options
        self.request_id = new_request_id()
        self._ids = Ids()
        self._reader = Reader(self.request_id)

    def key(self, item: Item) -> str:
        self._ids.enter(item[0])
        return item[0]

    def may_block(self, item: Item) -> bool:
        return bool(item[1].images or item[1].videos)

    def pack(self, key: str, item: Item, *, max_message_bytes: int) -> Outcome[bytes]:
        return pack_item(key, item[1], max_message_bytes=max_message_bytes)

    def refused(self, key: str, outcome: Outcome[bytes]) -> Answer:
        return key, Outcome(error=outcome.error)

    def read(self, body: bytes) -> Sequence[tuple[str, Answer]] | None:
        answer = self._reader.read(body)
        return None if answer is None else [(answer[0], answer)]


def pack_options(
    *,
    instruction: str,
    dimension: int,
    poolings: Sequence[Pooling],
    encoding: data.Encoding,
    truncation: data.Truncation,
    image_bounds: data.ImageBounds,
) -> bytes:
    """Return the first message of a stream."""
    same = embed(
        (),
        instruction=instruction,
        dimension=dimension,
        poolings=poolings,
        encoding=encoding,
        truncation=truncation,
        image_bounds=image_bounds,
    ).request
    assert isinstance(same, pb.EmbedRequest)
    options = pb.EmbedStreamOptions(
        instruction=same.instruction,
        dimension=same.dimension,
        poolings=same.poolings,
        encoding=same.encoding,
        truncation=same.truncation,
        image_bounds=same.image_bounds if same.HasField("image_bounds") else None,
    )
    return pb.EmbedStreamRequest(options=options).SerializeToString()


def pack_item(item_id: str, content: Content, *, max_message_bytes: int) -> Outcome[bytes]:
    """Return the message of one item, or why it cannot be sent: a file that is not there, say, or a size."""
    error = texts_error(content)
    if error is not None:
        return Outcome(error=error)
    try:
        item = pb.EmbedStreamItem(id=item_id, content=pack_content(content.with_files(_loaded)))
        message = pb.EmbedStreamRequest(item=item)
        check_message_size(message.ByteSize(), what=f"the item {item_id!r:.80}", maximum=max_message_bytes)
    except LensdexError as error:
        return Outcome(error=error)
    return Outcome(message.SerializeToString())


def _loaded(file: File) -> File:
    return loaded_file(file) if file.has_bytes else file


@dataclass(slots=True)
class Reader:
    """Reads the messages of a stream's calls, which must all answer in the same spaces."""

    request_id: str
    spaces: Sequence[Space] = ()

    def read(self, body: bytes) -> Answer | None:
        """Return the answer in *body*; None: it is a call's opening.

        Raises ValueError or DecodeError when it does not fit the contract, SpaceMismatchError when the server answers
        in other spaces than the one before it: vectors of one stream must be comparable.
        """
        message = pb.EmbedStreamResponse.FromString(body)
        if message.WhichOneof("part") == "opening":
            self._open([unpack_space(space) for space in message.opening.spaces])
            return None
        if message.WhichOneof("part") != "result" or not self.spaces:
            raise ValueError("a stream's first message is its opening, every further one a result")
        result = message.result
        return result.id, outcome_of(result, self._item, result.embedded, self.request_id)

    def _item(self, message: pb.EmbeddedItem) -> data.EmbeddedItem:
        vectors = unpack_vectors(message.vectors)
        if len(vectors) != len(self.spaces):
            raise ValueError(f"{len(vectors)} vectors came for {len(self.spaces)} spaces")
        return data.EmbeddedItem(
            spaces=self.spaces,
            vectors=vectors,
            num_tokens=message.num_tokens,
            num_truncated_tokens=message.num_truncated_tokens,
            timing=timing_of(message.timing),
        )

    def _open(self, spaces: Sequence[Space]) -> None:
        if not spaces:
            raise ValueError("the opening of the stream names no space")
        for before, now in zip(self.spaces, spaces, strict=bool(self.spaces)):
            differences = before.differences(now)
            if differences:
                raise _other_space(differences, self.request_id)
        self.spaces = tuple(spaces)


def _other_space(differences: "dict[str, tuple[str, str]]", request_id: str) -> SpaceMismatchError:
    facts = {"fields": ",".join(differences)}
    for name, (expected, actual) in differences.items():
        facts |= {f"expected_{name}": expected, f"actual_{name}": actual}
    message = "the embedder that went on with the stream answers in another space than the one that began it"
    code, reason = grpc.StatusCode.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_SPACE_MISMATCH
    return SpaceMismatchError(refusal(code, message, reason, **facts), request_id)
