"""What one stream of items was given and not yet answered, over all its calls. Bookkeeping: no thread, no channel.

Every item is held from when it is read from the caller until its answer is there, so that a call that breaks can be
followed by one with the rest. That is bounded, and so is how far the caller's items are read ahead.
"""

from collections import deque
from typing import Final

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client.errors import DuplicateIdError, InvalidIdError
from lensdex_client.metadata_codec import is_unicode
from lensdex_client.refusals import refusal

MAX_ITEMS: Final = 512
"""Items held at most: what a server reads ahead by default, a few times over, so that it never waits for the caller."""

MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes held, after which no further item is read."""

MAX_JOINED_BYTES: Final = 512 * 1024
"""Bytes up to which small messages become one: beyond, fewer messages cost no less."""

MAX_ID_BYTES: Final = 512
"""Bytes of an id, by the contract."""


class Ids:
    """The ids one stream was given. Not thread-safe."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def enter(self, item_id: str) -> None:
        """Note that an item of that id came.

        Raises DuplicateIdError when one did before: no id is answered twice; InvalidIdError when no server takes it.
        """
        num_bytes = len(item_id.encode("utf-8", "surrogatepass"))
        if not 1 <= num_bytes <= MAX_ID_BYTES or not is_unicode(item_id):
            message = f"the id {item_id!r:.80} is empty, no Unicode or over {MAX_ID_BYTES} bytes"
            code, reason = grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_ID
            raise InvalidIdError(refusal(code, message, reason, field="id", maximum_bytes=str(MAX_ID_BYTES)))
        if item_id in self._seen:
            message = f"the id {item_id} came before in this stream"
            code, reason = grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_DUPLICATE_ID
            raise DuplicateIdError(refusal(code, message, reason, field="id", id=item_id))
        self._seen.add(item_id)


class Unanswered:
    """Items on their way. Not thread-safe."""

    def __init__(self, *, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES) -> None:
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._held: dict[str, bytes] = {}
        self._num_bytes = 0
        self._to_send: deque[str] = deque()

    def __len__(self) -> int:
        """Return how many items wait for their answer."""
        return len(self._held)

    @property
    def has_room(self) -> bool:
        """Whether a further item may be read from the caller."""
        return len(self._held) < self._max_items and self._num_bytes < self._max_bytes

    def hold(self, item_id: str, message: bytes) -> None:
        """Hold *message*, to be sent, until it is answered."""
        self._held[item_id] = message
        self._num_bytes += len(message)
        self._to_send.append(item_id)

    def send_again(self) -> None:
        """Let all that is held be sent once more, in the order it came: a new call begins."""
        self._to_send = deque(self._held)

    def next_to_send(self, max_items: int = 1) -> bytes | None:
        """Return the next message of this call; None: there is none at the moment.

        With *max_items* it is up to so many, one behind the other, as long as they are small.
        """
        joined: list[bytes] = []
        num_bytes = 0
        while self._to_send and len(joined) < max_items:
            message = self._held[self._to_send[0]]
            if joined and num_bytes + len(message) > MAX_JOINED_BYTES:
                break
            self._to_send.popleft()
            joined.append(message)
            num_bytes += len(message)
        return b"".join(joined) if joined else None

    def answered(self, item_id: str) -> None:
        """Let go of an item. Raises ValueError when none of that id waits for an answer."""
        message = self._held.pop(item_id, None)
        if message is None:
            raise ValueError(f"an answer came for {item_id!r:.80}, which nobody asked for")
        self._num_bytes -= len(message)
