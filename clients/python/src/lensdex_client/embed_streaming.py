"""Embeds a stream of items, waiting for each answer, and goes on in a new call where one breaks.

The caller's items are read in a thread of their own, so that answers come while the next item is waited for. It knows
``Unanswered`` and a caller; no message.
"""

import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from lensdex_client.caller import Caller
from lensdex_client.content import Content
from lensdex_client.errors import LensdexError
from lensdex_client.outcome import Outcome
from lensdex_client.refusals import error_of_answer, error_of_rpc
from lensdex_client.retry import Resumptions
from lensdex_client.stream_calls import METHOD, Answer, Reader, pack_item
from lensdex_client.unanswered import Unanswered
from lensdex_wire.request_id import new_request_id


class Feed:
    """The caller's items between the thread that reads them and the calls that send them. Thread-safe."""

    def __init__(self, items: Iterable[tuple[str, Content]], *, max_message_bytes: int) -> None:
        self._items = items
        self._max_message_bytes = max_message_bytes
        self._changed = threading.Condition()
        self._unanswered = Unanswered()
        self._refused: deque[Answer] = deque()
        self._call = 0
        self._ended = False
        self._closed = False
        self.failure: BaseException | None = None
        """What the caller's iterator raised, or what was wrong with an id; nothing is read after it."""

    def read(self) -> None:
        """Read items as far as there is room, until they end or the feed is closed. Runs in a thread."""
        try:
            iterator = iter(self._items)
            while self._await_room():
                try:
                    item_id, content = next(iterator)
                except StopIteration:
                    return
                with self._changed:
                    self._unanswered.enter(item_id)
                packed = pack_item(item_id, content, max_message_bytes=self._max_message_bytes)
                self._take(item_id, packed)
        except BaseException as error:  # noqa: BLE001  it is the caller's, and raised where the caller is
            self.failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def messages(self, options: bytes) -> Iterator[bytes]:
        """Return what a new call sends: *options*, all that is unanswered, then what comes. Ends when the items do."""
        with self._changed:
            self._call += 1
            call = self._call
            self._unanswered.send_again()
            self._changed.notify_all()
        return self._messages(options, call)

    def answered(self, item_id: str) -> None:
        """Let go of an item. Raises ValueError when it was not asked for."""
        with self._changed:
            self._unanswered.answered(item_id)
            self._changed.notify_all()

    def refused(self) -> Iterator[Answer]:
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

    def _messages(self, options: bytes, call: int) -> Iterator[bytes]:
        yield options
        while True:
            with self._changed:
                while (message := self._unanswered.next_to_send() if self._is_current(call) else None) is None:
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

    def _take(self, item_id: str, packed: Outcome[bytes]) -> None:
        with self._changed:
            if packed.ok:
                self._unanswered.hold(item_id, packed.unwrap())
            else:
                self._refused.append((item_id, Outcome(error=packed.error)))
            self._changed.notify_all()


def embed_stream(
    caller: Caller, items: Iterable[tuple[str, Content]], options: bytes, resumptions: Resumptions
) -> Generator[Answer]:
    """Yield an outcome for each of *items*, as it is ready. Raises LensdexError, and what *items* raises.

    All calls of the stream carry one request id.
    """
    feed = Feed(items, max_message_bytes=caller.max_message_bytes)
    reader = Reader(new_request_id())
    threading.Thread(target=feed.read, name="embed-stream", daemon=True).start()
    try:
        while not feed.is_done:
            try:
                for answer in _answers(caller, feed, options, reader, resumptions.remaining()):
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


def _answers(caller: Caller, feed: Feed, options: bytes, reader: Reader, timeout: float | None) -> Iterator[Answer]:
    """Yield the answers of one call, to its end. Raises LensdexError."""
    call: Any = caller.stream(METHOD, feed.messages(options), timeout=timeout, request_id=reader.request_id)
    try:
        for body in call:
            answer = _read(feed, reader, body)
            if answer is not None:
                yield answer
            yield from feed.refused()
    except grpc.RpcError as error:
        raise error_of_rpc(error, target=caller.target, request_id=reader.request_id) from None
    finally:
        call.cancel()
    if not feed.is_done:
        unfinished = ValueError("the stream ended before all items were answered")
        raise error_of_answer(METHOD.path, unfinished, reader.request_id)


def _read(feed: Feed, reader: Reader, body: bytes) -> Answer | None:
    try:
        answer = reader.read(body)
        if answer is not None:
            feed.answered(answer[0])
    except (ValueError, DecodeError) as error:
        raise error_of_answer(METHOD.path, error, reader.request_id) from error
    return answer
