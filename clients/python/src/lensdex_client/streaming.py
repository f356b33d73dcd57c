"""Runs a stream of items, waiting for each answer, and goes on in a new call where one breaks.

The caller's items are read in a thread of their own, so that answers come while the next item is waited for. It knows
``Unanswered`` and a caller; what is said, a dialogue knows.
"""

import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Generic, TypeVar

import grpc
from google.protobuf.message import DecodeError

from lensdex_client.caller import Caller
from lensdex_client.dialogue import Dialogue
from lensdex_client.errors import LensdexError
from lensdex_client.refusals import error_of_answer, error_of_rpc
from lensdex_client.retry import Resumptions
from lensdex_client.unanswered import Unanswered

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")


class Feed(Generic[ItemT, AnswerT]):
    """The caller's items between the thread that reads them and the calls that send them. Thread-safe."""

    def __init__(self, items: Iterable[ItemT], dialogue: Dialogue[ItemT, AnswerT], *, max_message_bytes: int) -> None:
        self._items = items
        self._dialogue = dialogue
        self._max_message_bytes = max_message_bytes
        self._changed = threading.Condition()
        self._unanswered = Unanswered(max_items=dialogue.max_items)
        self._refused: deque[AnswerT] = deque()
        self._call = 0
        self._ended = False
        self._closed = False
        self.failure: BaseException | None = None
        """What the caller's iterator raised, or what the dialogue did about an item; nothing is read after it."""

    def read(self) -> None:
        """Read items as far as there is room, until they end or the feed is closed. Runs in a thread."""
        try:
            iterator = iter(self._items)
            self._items = ()  # Let go of once reading ends: what it holds open is closed then, not some day.
            while self._await_room():
                try:
                    item = next(iterator)
                except StopIteration:
                    return
                self._take(item)
        except BaseException as error:  # noqa: BLE001  it is the caller's, and raised where the caller is
            self.failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def messages(self) -> Iterator[bytes]:
        """Return what a new call sends: the options, all that is unanswered, then what comes. Ends as the items do."""
        with self._changed:
            self._call += 1
            call = self._call
            self._unanswered.send_again()
            self._changed.notify_all()
        return self._messages(call)

    def answered(self, keys: Iterable[str]) -> None:
        """Let go of items. Raises ValueError when one was not asked for."""
        with self._changed:
            for key in keys:
                self._unanswered.answered(key)
            self._changed.notify_all()

    def refused(self) -> Iterator[AnswerT]:
        """Yield items that could not be sent at all."""
        while self._refused:
            yield self._refused.popleft()

    @property
    def is_done(self) -> bool:
        """Whether the items have ended and all are answered."""
        with self._changed:
            return self._ended and not self._unanswered

    def close(self) -> None:
        """Let thread and calls end. The thread does so once the caller's iterator gives way."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _messages(self, call: int) -> Iterator[bytes]:
        yield self._dialogue.options
        while True:
            with self._changed:
                while (message := self._next_to_send() if self._is_current(call) else None) is None:
                    if self._ended or not self._is_current(call):
                        return
                    self._changed.wait()
            yield message

    def _is_current(self, call: int) -> bool:
        return self._call == call and not self._closed

    def _await_room(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._unanswered.has_room)
            return not self._closed

    def _next_to_send(self) -> bytes | None:
        return self._unanswered.next_to_send(self._dialogue.max_joined_items)

    def _take(self, item: ItemT) -> None:
        key = self._dialogue.key(item)
        packed = self._dialogue.pack(key, item, max_message_bytes=self._max_message_bytes)
        with self._changed:
            if packed.ok:
                self._unanswered.hold(key, packed.unwrap())
            else:
                self._refused.append(self._dialogue.refused(key, packed))
            self._changed.notify_all()


def run_stream(
    caller: Caller, items: Iterable[ItemT], dialogue: Dialogue[ItemT, AnswerT], resumptions: Resumptions
) -> Generator[AnswerT]:
    """Yield an answer for each of *items*, as it is ready. Raises LensdexError, and what *items* raises."""
    feed = Feed(items, dialogue, max_message_bytes=caller.max_message_bytes)
    del items
    threading.Thread(target=feed.read, name="lensdex-stream", daemon=True).start()
    try:
        while not feed.is_done:
            try:
                for answer in _answers(caller, feed, dialogue, resumptions.remaining()):
                    resumptions.progressed()
                    yield answer
            except LensdexError as error:
                delay = resumptions.delay_after(error)
                if delay is None:
                    raise
                caller.sleep(delay)
        yield from feed.refused()
    finally:
        feed.close()
    if feed.failure is not None:
        raise feed.failure


def _answers(
    caller: Caller, feed: Feed[ItemT, AnswerT], dialogue: Dialogue[ItemT, AnswerT], timeout: float | None
) -> Iterator[AnswerT]:
    """Yield the answers of one call, to its end. Raises LensdexError."""
    method, request_id = dialogue.method, dialogue.request_id
    call: Any = caller.stream(method, feed.messages(), timeout=timeout, request_id=request_id)
    try:
        for body in call:
            yield from _read(feed, dialogue, body)
            yield from feed.refused()
    except grpc.RpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=request_id) from None
    finally:
        call.cancel()
    if not feed.is_done:
        unfinished = ValueError("the stream ended before all items were answered")
        raise error_of_answer(method.path, unfinished, request_id)


def _read(feed: Feed[ItemT, AnswerT], dialogue: Dialogue[ItemT, AnswerT], body: bytes) -> list[AnswerT]:
    try:
        answers = dialogue.read(body) or ()
        feed.answered(key for key, _ in answers)
    except (ValueError, DecodeError) as error:
        raise error_of_answer(dialogue.method.path, error, dialogue.request_id) from error
    return [answer for _, answer in answers]
