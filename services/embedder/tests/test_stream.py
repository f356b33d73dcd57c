"""EmbedStream over a real server: every item answered, read no further than allowed, ended in good order."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import grpc
import numpy as np
import pytest
import structlog.testing
from grpc import aio

from lensdex.common.v1 import content_pb2, embedding_space_pb2, vectors_pb2
from lensdex.common.v1.error_reason_pb2 import ErrorReason as Reason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex_embedder.engines.fake import FakeEngine
from lensdex_embedder.work import Pooled
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.space import Pooling
from lensdex_wire.vectors import unpack_vectors

OPTIONS = pb.EmbedStreamRequest(options=pb.EmbedStreamOptions())


def item(item_id: str, *texts: str) -> pb.EmbedStreamRequest:
    """Return an item whose text is its id, or *texts*."""
    content = content_pb2.Content(texts=texts or (item_id,))
    return pb.EmbedStreamRequest(item=pb.EmbedStreamItem(id=item_id, content=content))


def items(count: int, prefix: str = "i") -> list[pb.EmbedStreamRequest]:
    """Return *count* items."""
    return [item(f"{prefix}{index}") for index in range(count)]


class Stream:
    """A stream of the test's own: written to and read from by hand."""

    def __init__(self, server: Any, *, timeout: float | None = None, options: Any = OPTIONS) -> None:
        self.call = server.embedder.EmbedStream(timeout=timeout)
        self._options = options
        self.written = 0

    async def open(self) -> "Stream":
        """Send the options and read the opening."""
        await self.call.write(self._options)
        self.opening = (await self.call.read()).opening
        return self

    async def write(self, messages: Iterable[Any]) -> None:
        """Write as far as flow control lets it."""
        for message in messages:
            await self.call.write(message)
            self.written += 1

    async def results(self, count: int) -> list[pb.EmbedStreamResult]:
        """Read *count* results."""
        return [(await self.call.read()).result for _ in range(count)]

    async def rest(self) -> list[pb.EmbedStreamResult]:
        """Read results until the stream ends, well or not."""
        results = []
        with contextlib.suppress(aio.AioRpcError):
            while (message := await self.call.read()) is not aio.EOF:
                results.append(message.result)
        return results


def names(results: Iterable[pb.EmbedStreamResult]) -> list[str]:
    """Return the ids."""
    return [result.id for result in results]


@pytest.fixture
async def ended(refusal_of: Callable[[aio.AioRpcError], Refusal]) -> Callable[[Stream], Any]:
    """Read a stream to its end; return the results and the contract's error."""

    async def wait(stream: Stream) -> tuple[list[str], Refusal]:
        results = []
        try:
            while (message := await stream.call.read()) is not aio.EOF:
                results.append(message.result.id)
        except aio.AioRpcError as error:
            return results, refusal_of(error)
        pytest.fail("the stream ended with OK")

    return wait


# Answers.


async def test_many_items(serving: Any) -> None:
    """Every item of a stream is answered once, under its id, with the vectors Embed gives in the same spaces."""
    server = await serving(max_stream_items=16)
    poolings = [embedding_space_pb2.POOLING_MEAN, embedding_space_pb2.POOLING_LAST_TOKEN]
    options = {"instruction": "Find it.", "dimension": 64, "poolings": poolings, "encoding": 2}
    stream = await Stream(server, options=pb.EmbedStreamRequest(options=pb.EmbedStreamOptions(**options))).open()
    sending = asyncio.create_task(stream.write(items(300)))
    results = await stream.results(300)
    await sending
    await stream.call.done_writing()
    assert await stream.rest() == []
    assert await stream.call.code() is grpc.StatusCode.OK
    contents = [content_pb2.Content(texts=[result.id]) for result in results]
    answers = [
        await server.embedder.Embed(pb.EmbedRequest(contents=contents[at : at + 100], **options))
        for at in range(0, 300, 100)
    ]
    assert Counter(names(results)) == Counter(f"i{index}" for index in range(300))
    assert list(stream.opening.spaces) == [block.space for block in answers[0].blocks]
    for row, pooling in enumerate(poolings):
        expected = np.concatenate([unpack_vectors(answer.blocks[row].vectors) for answer in answers])
        actual = np.stack([unpack_vectors(result.embedded.vectors)[row] for result in results])
        np.testing.assert_array_equal(actual, expected, err_msg=str(pooling))
    assert results[0].embedded.vectors.encoding == vectors_pb2.VECTOR_ENCODING_FLOAT16
    assert results[0].embedded.num_tokens == 8 + 1 + 2
    assert results[0].embedded.timing.batch_size >= 1


async def test_answers_come_as_they_are_ready(serving: Any, gated: Any, until: Any) -> None:
    """An item that is ready is answered although an earlier one is not: a bad one, say, while the engine is busy."""
    engine = gated()
    server = await serving(engine=engine)
    stream = await Stream(server).open()
    engine.gate.clear()
    await stream.write([item("slow"), item("bad", ""), item("also slow")])
    (first,) = await stream.results(1)
    assert first.id == "bad"
    engine.gate.set()
    assert set(names(await stream.results(2))) == {"slow", "also slow"}
    stream.call.cancel()


async def test_a_bad_item_spoils_nobody(serving: Any, gated: Any) -> None:
    """A content that is refused, or fails, has its own status; the stream goes on."""
    server = await serving(engine=gated())
    stream = await Stream(server).open()
    await stream.write([item("a"), item("empty", ""), item("bug", "raise: x"), item("fire", "poison: x"), item("b")])
    await stream.call.done_writing()
    results = {result.id: result for result in await stream.rest()}
    reasons = {
        name: unpack_refusal(result.error).reason for name, result in results.items() if result.HasField("error")
    }
    assert reasons == {
        "empty": Reason.ERROR_REASON_EMPTY_CONTENT,
        "bug": Reason.ERROR_REASON_INTERNAL,
        "fire": Reason.ERROR_REASON_INTERNAL,
    }
    assert set(results) == {"a", "b", *reasons}
    assert await stream.call.code() is grpc.StatusCode.OK


async def test_an_id_may_be_used_again_once_answered(serving: Any) -> None:
    """An id is free again as soon as its answer is there."""
    server = await serving()
    stream = await Stream(server).open()
    for _ in range(50):
        await stream.write([item("same")])
        assert names(await stream.results(1)) == ["same"]
    stream.call.cancel()


# Flow control.


async def test_a_stream_is_read_ahead_by_its_window(serving: Any, gated: Any, until: Any) -> None:
    """While nothing is answered, no more than max_stream_items are read, however many are sent."""
    engine = gated()
    server = await serving(engine=engine, max_stream_items=5, max_batch_items=1, metrics_port=None)
    engine.gate.clear()
    stream = await Stream(server).open()
    sending = asyncio.create_task(stream.write(items(40)))
    await until(lambda: engine.num_prepared == 5)
    await asyncio.sleep(0.2)  # time to read further, had it not stopped
    assert engine.num_prepared == 5
    engine.gate.set()
    assert len(await stream.results(40)) == 40
    await sending
    stream.call.cancel()


async def test_a_stream_is_read_ahead_by_its_bytes(serving: Any, gated: Any, until: Any) -> None:
    """Reading stops with the item that reaches max_stream_bytes."""
    engine = gated()
    server = await serving(engine=engine, max_stream_bytes=2500)
    engine.gate.clear()
    stream = await Stream(server).open()
    await stream.write(item(f"i{index}", "w" * 1000) for index in range(8))
    await until(lambda: engine.num_prepared == 3)
    await asyncio.sleep(0.2)
    assert engine.num_prepared == 3
    engine.gate.set()
    assert len(await stream.results(8)) == 8
    stream.call.cancel()


class WideEngine(FakeEngine):
    """Its answers are a quarter of a megabyte each, so that gRPC's own buffers hold few of them."""

    hidden_size = 65536
    num_embedded = 0

    def embed(self, batch: Sequence[Any]) -> list[Pooled]:
        """Return ones."""
        self.num_embedded += len(batch)
        return [Pooled(dict.fromkeys(Pooling, np.ones(self.hidden_size, np.float32))) for _ in batch]


async def test_a_slow_reader_holds_the_sender_back(serving: Any) -> None:
    """A caller that takes no answers is soon not read any more: gRPC holds some answers, the server a window."""
    engine = WideEngine(max_tokens=100)
    server = await serving(engine=engine, max_stream_items=8)
    stream = await Stream(server).open()
    await stream.write(items(400))
    previous = -1
    while previous != engine.num_embedded:
        previous = engine.num_embedded
        await asyncio.sleep(0.5)
    assert 8 <= engine.num_embedded < 200
    assert len(await stream.results(400)) == 400
    stream.call.cancel()


async def test_too_many_streams(serving: Any, refused: Any, text: Any) -> None:
    """A stream beyond max_streams is refused with a retry hint, and takes its place once another has ended."""
    server = await serving(max_streams=1)
    first = await Stream(server).open()
    refusal = await refused(Stream(server).open())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, Reason.ERROR_REASON_OVERLOADED)
    assert dict(refusal.metadata) == {"resource": "open streams", "maximum": "1"}
    assert refusal.retry_after is not None
    assert len((await server.embedder.Embed(pb.EmbedRequest(contents=[text("a")]))).results) == 1
    await first.call.done_writing()
    await first.rest()
    second = await Stream(server).open()
    second.call.cancel()


# Priorities.


async def test_interactive_calls_go_first(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """With a stream that keeps the engine busy, a call is in the next batch, and admission does not refuse it."""
    engine = gated()
    server = await serving(engine=engine, max_batch_items=4, max_pending_items=1, max_prepared_items=32)
    engine.gate.clear()
    stream = await Stream(server).open()
    await stream.write(items(60))
    await until(lambda: engine.num_prepared >= 16)
    call = asyncio.ensure_future(server.embedder.Embed(pb.EmbedRequest(contents=[text("interactive")])))
    await until(lambda: "interactive" in engine.names)
    for _ in range(100):
        await asyncio.sleep(0)
    before = len(engine.batches)
    engine.gate.set()
    await call
    assert engine.batches[before] == ["interactive"]
    assert len(await stream.results(60)) == 60
    stream.call.cancel()


async def test_bulk_progresses_under_interactive_load(serving: Any, gated: Any, text: Any) -> None:
    """A stream is answered while callers keep the engine busy without a pause."""
    engine = gated()
    server = await serving(engine=engine, max_batch_items=2)
    done = asyncio.Event()

    async def call() -> None:
        while not done.is_set():
            await server.embedder.Embed(pb.EmbedRequest(contents=[text("a"), text("b"), text("c")]))

    callers = [asyncio.create_task(call()) for _ in range(6)]
    stream = await Stream(server).open()
    await stream.write(items(30))
    results = await asyncio.wait_for(stream.results(30), 20)
    done.set()
    await asyncio.gather(*callers)
    assert len(results) == 30
    stream.call.cancel()


async def test_streams_share_fairly(serving: Any, gated: Any) -> None:
    """Streams that all have work get equal shares, whichever was there first."""
    engine = gated()
    server = await serving(engine=engine, max_stream_items=8, max_batch_items=4, max_prepared_items=8)
    streams = [await Stream(server).open() for _ in range(4)]
    engine.gate.clear()
    sending = [asyncio.create_task(stream.write(items(60, f"{at}-"))) for at, stream in enumerate(streams)]
    reading = [asyncio.create_task(stream.results(60)) for stream in streams]
    await asyncio.sleep(0.2)
    engine.gate.set()
    await asyncio.gather(*sending, *reading)
    half = Counter(name.partition("-")[0] for name in engine.ran()[:120])
    assert max(half.values()) - min(half.values()) <= 16
    for stream in streams:
        stream.call.cancel()


# Ends.


async def test_half_close(serving: Any, gated: Any, until: Any) -> None:
    """After the caller half-closes, all items are answered, then the stream ends with OK."""
    engine = gated()
    server = await serving(engine=engine, max_stream_items=4)
    engine.gate.clear()
    stream = await Stream(server).open()
    await stream.write(items(10))
    await stream.call.done_writing()
    await until(lambda: engine.num_prepared == 4)
    engine.gate.set()
    assert sorted(names(await stream.rest())) == [f"i{index}" for index in range(10)]
    assert await stream.call.code() is grpc.StatusCode.OK


async def test_draining(serving: Any, gated: Any, ended: Any, until: Any) -> None:
    """A draining server answers what it has read, reads no more, and ends the stream as UNAVAILABLE, then itself."""
    engine = gated()
    server = await serving(engine=engine, max_stream_items=4)
    idle = await Stream(server).open()
    waiting = Stream(server)
    await waiting.call.wait_for_connection()
    engine.gate.clear()
    stream = await Stream(server).open()
    await stream.write(items(10))
    await until(lambda: engine.num_prepared == 4)
    server.stop.set()
    for silent in (idle, waiting):
        results, refusal = await ended(silent)
        assert results == []
        assert dict(refusal.metadata) == {"state": "draining"}
    assert not server.task.done()
    engine.gate.set()
    results, refusal = await ended(stream)
    assert sorted(results) == ["i0", "i1", "i2", "i3"]
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, Reason.ERROR_REASON_NOT_SERVING)
    await asyncio.wait_for(server.task, 10)
    assert sorted(engine.ran()) == ["i0", "i1", "i2", "i3"]


async def test_the_deadline(serving: Any, gated: Any, until: Any) -> None:
    """When the deadline passes the stream ends at once; what was answered stands, what waits is not computed."""
    engine = gated()
    server = await serving(engine=engine, max_batch_items=1)
    stream = await Stream(server, timeout=1.0).open()
    await stream.write([item("answered")])
    assert names(await stream.results(1)) == ["answered"]
    engine.gate.clear()
    with structlog.testing.capture_logs() as logs:
        await stream.write(items(5))
        assert await stream.rest() == []
        assert await stream.call.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        await until(lambda: logs)
    # The caller's own clock may end the call a moment before the server's.
    assert [line["code"] in {"DEADLINE_EXCEEDED", "CANCELLED"} for line in logs] == [True]
    engine.gate.set()
    await _settled(server)
    assert engine.ran() == ["answered", "i0", "after"]


async def test_cancelling(serving: Any, gated: Any, until: Any) -> None:
    """When the caller cancels, its waiting items are dropped and its place is free."""
    engine = gated()
    server = await serving(engine=engine, max_batch_items=1, max_streams=1)
    engine.gate.clear()
    stream = await Stream(server).open()
    await stream.write(items(5))
    await until(lambda: engine.num_prepared == 5)
    with structlog.testing.capture_logs() as logs:
        stream.call.cancel()
        await until(lambda: logs)
    assert [(line["code"], line["log_level"]) for line in logs] == [("CANCELLED", "info")]
    engine.gate.set()
    await _settled(server)
    assert engine.ran() == ["i0", "after"]
    (await Stream(server).open()).call.cancel()


async def test_a_caller_that_goes_away_while_it_is_answered(serving: Any, until: Any) -> None:
    """Cancelling in the middle of many answers is no error of the server's."""
    server = await serving()
    with structlog.testing.capture_logs() as logs:
        for count in range(10):
            stream = await Stream(server).open()
            sending = asyncio.create_task(stream.write(items(200)))
            await stream.results(count)
            stream.call.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        await until(lambda: len(logs) == 10)
    # gRPC tells a cancellation as the end of the caller's items where it comes between two answers.
    assert {(line["event"], line["code"]) for line in logs} <= {("call", "CANCELLED"), ("call", "OK")}


async def _settled(server: Any) -> None:
    """Return once the engine has come round to a call that was made after everything else."""
    await server.embedder.Embed(pb.EmbedRequest(contents=[content_pb2.Content(texts=["after"])]))


@pytest.mark.parametrize(
    ("messages", "reason", "field", "answered"),
    [
        ([item("a")], Reason.ERROR_REASON_INVALID_FIELD, "options", []),
        ([], Reason.ERROR_REASON_INVALID_FIELD, "options", []),
        ([pb.EmbedStreamRequest()], Reason.ERROR_REASON_INVALID_FIELD, "options", []),
        ([OPTIONS, item("a"), OPTIONS, item("b")], Reason.ERROR_REASON_INVALID_FIELD, "item", ["a"]),
        ([OPTIONS, item("a"), pb.EmbedStreamRequest()], Reason.ERROR_REASON_INVALID_FIELD, "item", ["a"]),
        ([OPTIONS, item("a"), item("", "x"), item("b")], Reason.ERROR_REASON_INVALID_ID, "item.id", ["a"]),
        ([OPTIONS, item("a"), item("é" * 257)], Reason.ERROR_REASON_INVALID_ID, "item.id", ["a"]),
        ([OPTIONS, item("a"), item("b"), item("a")], Reason.ERROR_REASON_DUPLICATE_ID, "item.id", ["a", "b"]),
    ],
    ids=["item-first", "nothing", "empty-first", "options-twice", "empty", "no-id", "long-id", "twice"],
)
async def test_a_message_that_breaks_the_rules(  # noqa: PLR0917  fixtures and a case
    serving: Any, gated: Any, ended: Any, until: Any, messages: list[Any], reason: int, field: str, answered: list[str]
) -> None:
    """A message out of order or with a bad id ends the stream, once what came before it is answered."""
    engine = gated()
    server = await serving(engine=engine)
    engine.gate.clear()
    stream = Stream(server)
    await stream.write(messages)
    await stream.call.done_writing()
    if answered:
        await stream.call.read()
    await until(lambda: engine.num_prepared == len(answered))
    await asyncio.sleep(0.2)  # time to read what breaks the rules while what came before is under way
    engine.gate.set()
    results, refusal = await ended(stream)
    assert sorted(results) == answered
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert refusal.metadata["field"] == field


async def test_the_longest_id(serving: Any) -> None:
    """An id of 512 bytes is taken."""
    stream = await Stream(await serving()).open()
    await stream.write([item("é" * 256)])
    assert names(await stream.results(1)) == ["é" * 256]
    stream.call.cancel()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"dimension": 3}, Reason.ERROR_REASON_UNSUPPORTED_DIMENSION),
        ({"truncation": 9}, Reason.ERROR_REASON_INVALID_FIELD),
        ({"poolings": [1, 1]}, Reason.ERROR_REASON_INVALID_FIELD),
        ({"encoding": 9}, Reason.ERROR_REASON_INVALID_FIELD),
    ],
)
async def test_bad_options(serving: Any, ended: Any, options: dict[str, Any], reason: int) -> None:
    """Options out of range end the stream before anything is answered."""
    stream = Stream(await serving())
    await stream.write([pb.EmbedStreamRequest(options=pb.EmbedStreamOptions(**options))])
    results, refusal = await ended(stream)
    assert results == []
    assert refusal.reason == reason


async def test_metrics_and_log(serving: Any, until: Any) -> None:
    """A stream counts as one call, its items as items of bulk priority; its log line has method, code and duration."""
    server = await serving(metrics_port=0)
    with structlog.testing.capture_logs() as logs:
        stream = await Stream(server).open()
        await stream.write([item("a"), item("b", "")])
        await stream.results(2)
        page = await asyncio.to_thread(_page, server.metrics_address)
        assert "lensdex_embedder_open_streams 1.0" in page
        await stream.call.done_writing()
        await stream.rest()
        await until(lambda: logs)
    page = await asyncio.to_thread(_page, server.metrics_address)
    method = 'method="lensdex.embedder.v1.EmbedderService/EmbedStream"'
    for line in (
        f'lensdex_embedder_calls_total{{code="OK",{method},reason=""}} 1.0',
        'lensdex_embedder_items_total{reason="",role="embedding"} 1.0',
        'lensdex_embedder_queue_seconds_count{priority="bulk",role="embedding"} 1.0',
        'lensdex_embedder_pending_items{priority="bulk"} 0.0',
        'lensdex_embedder_pending_bytes{priority="bulk"} 0.0',
        "lensdex_embedder_open_streams 0.0",
    ):
        assert line in page.splitlines()
    assert logs[-1]["code"] == "OK"
    assert logs[-1]["duration_ms"] > 0


def _page(address: str) -> str:
    import urllib.request

    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return str(answer.read().decode())
