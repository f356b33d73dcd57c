"""What one kind of stream says: its messages, given and taken as plain data. Knows no channel and no thread."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from lensdex_client.calls import Method
from lensdex_client.outcome import Outcome

Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)


class Dialogue(Protocol[Item_contra, Answer_co]):
    """One stream over all its calls. Items are held by a key until they are answered."""

    method: Method
    request_id: str
    """Of every call of the stream."""
    options: bytes
    """The first message of every call."""
    max_items: int
    """Items held at most, however small."""
    max_joined_items: int
    """Items of one message: messages of several items are those of single ones, one behind the other. 1: no joining."""

    def key(self, item: Item_contra) -> str:
        """Return a key no item had before; called once for each, in order. Raises LensdexError: the stream ends."""

    def may_block(self, item: Item_contra) -> bool:
        """Return whether packing it may read files."""

    def pack(self, key: str, item: Item_contra, *, max_message_bytes: int) -> Outcome[bytes]:
        """Return the message of one item, or why it cannot be sent."""

    def refused(self, key: str, outcome: Outcome[bytes]) -> Answer_co:
        """Return the answer of an item that cannot be sent, which *outcome* says."""

    def read(self, body: bytes) -> Sequence[tuple[str, Answer_co]] | None:
        """Return the answers in a message, by key; None: it is a call's opening.

        Raises ValueError or DecodeError when it does not fit the contract, and LensdexError when the stream ends.
        """
