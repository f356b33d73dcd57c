"""Messages of UpsertStream: plain data ↔ bytes. Pure but for reading pictures to keep; knows no channel."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_client.calls import check_message_size, method
from lensdex_client.content import Content, File
from lensdex_client.errors import LensdexError
from lensdex_client.media_loading import loaded_file, texts_error
from lensdex_client.outcome import Outcome
from lensdex_client.record import Record, UpsertOutcome, Vector
from lensdex_client.record_calls import pack_record
from lensdex_client.refusals import error_of_status
from lensdex_wire.request_id import new_request_id
from lensdex_wire.space import Space
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

Item = tuple[Record, Mapping[str, Vector]]
"""A record with its vector in each view it has."""

MAX_ITEMS: Final = 4_096
"""Items held at most: what an index reads ahead by default, so that its commits are large."""

MAX_JOINED_ITEMS: Final = 250
"""Items of one message; the contract allows 1,000."""


class UpsertDialogue:
    """What a stream of records to write says. Implements Dialogue; a record's key is its position."""

    method = method("RecordService/UpsertStream")
    max_items = MAX_ITEMS
    max_joined_items = MAX_JOINED_ITEMS

    def __init__(self, collection: str, spaces: Mapping[str, Space]) -> None:
        """*spaces*: by view, of the vectors to come."""
        self._views = [pb.UpsertStreamView(view=view, space=pack_space(space)) for view, space in spaces.items()]
        self.options = self._options(collection)
        self.request_id = new_request_id()
        self._num_items = 0
        self._ids: dict[str, str] = {}
        """Of what is held, by key."""

    def key(self, item: Item) -> str:
        key = str(self._num_items)
        self._num_items += 1
        self._ids[key] = item[0].id
        return key

    def may_block(self, item: Item) -> bool:
        return bool(item[0].content.images or item[0].content.videos)

    def pack(self, key: str, item: Item, *, max_message_bytes: int) -> Outcome[bytes]:
        record, vectors = item
        error = texts_error(record.content)
        if error is not None:
            return Outcome(error=error)
        try:
            loaded = Record(record.id, record.metadata, _loaded(record.content))
            packed = pb.UpsertStreamItem(
                sequence=int(key),
                record=pack_record(loaded, int(key)),
                vectors=[
                    pb.UpsertStreamVector(view=view, vector=pack_vectors(np.asarray(row)[np.newaxis]))
                    for view, row in vectors.items()
                ],
            )
            message = pb.UpsertStreamRequest(items=pb.UpsertStreamItems(items=[packed]))
            check_message_size(message.ByteSize(), what=f"the record {record.id!r:.80}", maximum=max_message_bytes)
        except LensdexError as failure:
            return Outcome(error=failure)
        return Outcome(message.SerializeToString())

    def refused(self, key: str, outcome: Outcome[bytes]) -> UpsertOutcome:
        return UpsertOutcome(int(key), self._ids.pop(key), error=outcome.error)

    def read(self, body: bytes) -> Sequence[tuple[str, UpsertOutcome]] | None:
        message = pb.UpsertStreamResponse.FromString(body)
        match message.WhichOneof("part"):
            case "opening":
                if message.opening.collection:
                    # Where an alias was named, a further call is not to follow it elsewhere.
                    self.options = self._options(message.opening.collection)
                return None
            case "results":
                token = message.results.consistency_token
                return [self._answer(result, token) for result in message.results.results]
            case _:
                raise ValueError("a stream's first message is its opening, every further one results")

    def _options(self, collection: str) -> bytes:
        options = pb.UpsertStreamOptions(collection=collection, views=self._views)
        return pb.UpsertStreamRequest(options=options).SerializeToString()

    def _answer(self, result: pb.UpsertStreamResult, token: str) -> tuple[str, UpsertOutcome]:
        key = str(result.sequence)
        if key not in self._ids:
            raise ValueError(f"an answer came for item {key}, which nobody asked for")
        match result.WhichOneof("outcome"):
            case "upserted":
                return key, UpsertOutcome(result.sequence, self._ids.pop(key), token)
            case "error":
                error = error_of_status(result.error, self.request_id)
                return key, UpsertOutcome(result.sequence, self._ids.pop(key), error=error)
            case _:
                raise ValueError(f"item {key} was answered without an outcome")


def _loaded(content: Content) -> Content:
    """Return *content* with the bytes of what is kept by them: all that has no URI. Raises MediaNotFoundError."""
    return content.with_files(_loaded_unless_kept_by_uri)


def _loaded_unless_kept_by_uri(file: File) -> File:
    return file if file.uri else loaded_file(file)
