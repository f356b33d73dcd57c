"""UpsertStream over a real server: every item its own outcome, in order, durable and visible; and how a stream ends."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import grpc
import numpy as np
import pytest
from google.rpc.status_pb2 import Status
from grpc import aio
from hypothesis import given, settings
from hypothesis import strategies as st
from index_testing import (
    DIMENSION,
    SPACE,
    Server,
    bound_view,
    content,
    reason,
    struct,
    vectors,
)

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_index.engines.local.collection import LocalCollection
from lensdex_index.errors import StoreUnavailableError
from lensdex_index.faces.upsert_items import checked
from lensdex_index.faces.window import Window
from lensdex_index.metrics import Metrics
from lensdex_index.records import BackendSpec, CollectionSpec, Metric, ViewSpec
from lensdex_index.settings import Settings
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

Start = Callable[..., Awaitable[Server]]
ROWS = vectors(300)


def item(number: int, record_id: str = "", row: Any = None, *, view: str = "", **record: Any) -> pb.UpsertStreamItem:
    """Return the item of that number, good unless told otherwise."""
    row = ROWS[number % len(ROWS)] if row is None else row
    return pb.UpsertStreamItem(
        sequence=number,
        record=record_pb2.Record(id=record_id or f"r{number}", **record),
        vectors=[pb.UpsertStreamVector(view=view, vector=pack_vectors(np.atleast_2d(row)))],
    )


def several(items: Iterable[pb.UpsertStreamItem]) -> pb.UpsertStreamRequest:
    """Return one message with those items."""
    return pb.UpsertStreamRequest(items=pb.UpsertStreamItems(items=items))


class Stream:
    """A stream as a caller of the stubs has it."""

    def __init__(self, server: Server, *, timeout: float | None = None) -> None:
        self.call = server.records.UpsertStream(timeout=timeout)

    async def open(self, name: str = "things", views: Sequence[pb.UpsertStreamView] = ()) -> "Stream":
        """Send the options; take the opening."""
        await self.send(pb.UpsertStreamRequest(options=pb.UpsertStreamOptions(collection=name, views=views)))
        message = await self.call.read()
        assert message.WhichOneof("part") == "opening"
        return self

    async def send(self, *messages: pb.UpsertStreamRequest) -> None:
        """Send messages."""
        for message in messages:
            await self.call.write(message)

    async def results(self, count: int) -> list[pb.UpsertStreamResult]:
        """Take answers until there are *count* results."""
        found: list[pb.UpsertStreamResult] = []
        while len(found) < count:
            message = await self.call.read()
            assert message is not aio.EOF, await self.call.details()
            assert message.WhichOneof("part") == "results"
            found += message.results.results
        return found

    async def rest(self) -> tuple[list[pb.UpsertStreamResult], Refusal | None]:
        """Take what comes until the end; return it, and what the stream ended with where that is not OK."""
        found: list[pb.UpsertStreamResult] = []
        try:
            while (message := await self.call.read()) is not aio.EOF:
                found += message.results.results
        except aio.AioRpcError:
            pass
        return found, await self.ended()

    async def ended(self) -> Refusal | None:
        """Return what the stream ended with, None for OK."""
        if await self.call.code() is grpc.StatusCode.OK:
            return None
        trailers = dict(await self.call.trailing_metadata() or ())
        details = trailers.get("grpc-status-details-bin")
        assert details is not None, f"bare {await self.call.code()}: {await self.call.details()}"
        return unpack_refusal(Status.FromString(details))


def outcome(result: pb.UpsertStreamResult) -> str:
    """Return the reason of a refused item, empty for one that was written."""
    if result.WhichOneof("outcome") == "upserted":
        return ""
    return reason(unpack_refusal(result.error))


async def count(server: Server, name: str = "things") -> int:
    """Return how many records there are."""
    return int((await server.records.CountRecords(rpb.CountRecordsRequest(collection=name))).num_records)


class Gate:
    """Holds back what the engine answers to upserts; it commits meanwhile."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[Any], Future[Any]]] = []
        self.sizes: list[int] = []
        self._upsert = LocalCollection.upsert

    def upsert(self, collection: LocalCollection, batch: Any, *, deadline: float) -> Future[Any]:
        """Upsert, and answer later."""
        self.sizes.append(len(batch.records))
        answer: Future[Any] = Future()
        self.held.append((self._upsert(collection, batch, deadline=deadline), answer))
        return answer

    def open(self) -> None:
        """Answer all that was held back."""
        while self.held:
            done, answer = self.held.pop(0)
            answer.set_result(done.result(30))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Give a gate before the engine's answers."""
    made = Gate()
    monkeypatch.setattr(
        LocalCollection, "upsert", lambda self, batch, *, deadline: made.upsert(self, batch, deadline=deadline)
    )
    return made


async def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  what is waited for happens in the server
            await asyncio.sleep(0.005)


async def test_items_are_answered_in_order_and_visible(server: Server) -> None:
    """Every item is answered once, in order; its record, vectors, metadata and content are there and found."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several([item(0, metadata=struct(a=1), content=content("x"))]), several(map(item, range(1, 300))))
    await stream.call.done_writing()
    results, refusal = await stream.rest()

    assert refusal is None
    assert [result.sequence for result in results] == list(range(300))
    assert {outcome(result) for result in results} == {""}
    got = await server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["r0"]))
    assert got.results[0].record == record_pb2.Record(id="r0", metadata=struct(a=1), content=content("x"))
    found = await server.search(ROWS[:256], k=1)
    assert [result.hits.hits[0].record.id for result in found.results] == [f"r{number}" for number in range(256)]


async def test_an_answered_item_is_visible_before_the_stream_ends(server: Server) -> None:
    """What is answered is found while the stream is open, and its token is one that a search takes."""
    await server.create()
    stream = await Stream(server).open()
    for number in range(3):
        await stream.send(several([item(number)]))
        message = await stream.call.read()
        found = await server.search(ROWS[number : number + 1], k=1, consistency_token=message.results.consistency_token)
        assert found.results[0].hits.hits[0].record.id == f"r{number}"
    assert await count(server) == 3
    stream.call.cancel()


async def test_a_bad_item_spoils_nobody(server: Server) -> None:
    """Each bad item gets its own reason; all others of the same message are written."""
    fields = [collection_pb2.IndexedField(name="grade", type=collection_pb2.FIELD_TYPE_INT64)]
    await server.create(views=[bound_view(), collection_pb2.View(name="image", dimension=4)], indexed_fields=fields)
    twice, lacking, two_rows, short = item(9), item(10), item(11), item(12)
    twice.vectors.append(twice.vectors[0])
    lacking.vectors[0].view = "image"
    lacking.vectors[0].vector.CopyFrom(pack_vectors(vectors(1, 4)))
    two_rows.vectors[0].vector.CopyFrom(pack_vectors(ROWS[:2]))
    short.vectors[0].vector.data = short.vectors[0].vector.data[:-1]
    image = item(13)
    image.vectors.add(view="image", vector=pack_vectors(vectors(1, 4)))
    bad = {
        1: (item(1, "x" * 600), "INVALID_ID"),
        2: (item(2, row=ROWS[0] * np.nan), "NOT_FINITE_VECTOR"),
        3: (item(3, row=ROWS[0] * 0), "ZERO_VECTOR"),
        4: (item(4, row=vectors(1, 5)), "DIMENSION_MISMATCH"),
        5: (item(5, view="nowhere"), "VIEW_NOT_FOUND"),
        6: (item(6, metadata=struct(grade="high")), "FIELD_TYPE_MISMATCH"),
        7: (item(7, metadata=struct(text="x" * 70_000)), "RECORD_TOO_LARGE"),
        8: (pb.UpsertStreamItem(sequence=8), "INVALID_ID"),
        9: (twice, "INVALID_FIELD"),
        10: (lacking, "DEFAULT_VIEW_REQUIRED"),
        11: (two_rows, "INVALID_FIELD"),
        12: (short, "INVALID_VECTORS"),
    }
    stream = await Stream(server).open(views=[pb.UpsertStreamView(space=pack_space(SPACE))])
    await stream.send(several([item(0), *(message for message, _ in bad.values()), image, item(14)]))
    await stream.call.done_writing()
    results, refusal = await stream.rest()

    assert refusal is None
    assert [outcome(result) for result in results] == ["", *(why for _, why in bad.values()), "", ""]
    assert await count(server) == 3
    told = unpack_refusal(results[11].error)
    assert told.metadata == {"field": "vectors[0].vector.count", "value": "2", "minimum": "1", "maximum": "1"}


async def test_a_bound_view_without_its_space_refuses_the_item(server: Server) -> None:
    """Vectors of a bound view whose space the options do not state are refused item by item."""
    await server.create(views=[bound_view()])
    stream = await Stream(server).open()
    await stream.send(several([item(0)]))
    (result,) = await stream.results(1)

    assert outcome(result) == "SPACE_MISMATCH"
    stream.call.cancel()


async def test_a_later_item_replaces_an_earlier_one(server: Server) -> None:
    """Items of one id, in one message or several, are written in their order."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several(item(number, f"r{number % 3}", metadata=struct(version=number)) for number in range(30)))
    await stream.send(several([item(30, "r0", metadata=struct(version=30))]))
    await stream.call.done_writing()
    results, _ = await stream.rest()

    got = await server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["r0", "r1", "r2"]))
    assert [result.sequence for result in results] == list(range(31))
    assert [result.record.metadata["version"] for result in got.results] == [30, 28, 29]


async def test_what_comes_during_a_commit_shares_the_next(server: Server, gate: Gate) -> None:
    """Items that come one by one are put into groups while others are committed."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several([item(0)]))
    await until(lambda: len(gate.held) == 1)
    await stream.send(several([item(1)]))
    await until(lambda: len(gate.held) == 2)
    await stream.send(*(several([item(number)]) for number in range(2, 100)))
    await stream.call.done_writing()
    reading = asyncio.create_task(stream.rest())
    await until(lambda: (gate.open(), reading.done())[1])
    results, _ = await reading

    assert gate.sizes[:2] == [1, 1]
    assert len(gate.sizes) < 50
    assert [result.sequence for result in results] == list(range(100))


async def test_no_group_is_larger_than_a_call(start: Start, gate: Gate) -> None:
    """A group holds as many records as a call may."""
    server = await start(max_records=10)
    await server.create()
    stream = await Stream(server).open()
    await stream.send(*(several(map(item, range(at, at + 10))) for at in range(0, 100, 10)))
    await stream.call.done_writing()
    reading = asyncio.create_task(stream.rest())
    await until(lambda: (gate.open(), reading.done())[1])

    assert max(gate.sizes) <= 10
    assert len((await reading)[0]) == 100


@pytest.mark.parametrize("bound", [{"max_stream_items": 8}, {"max_stream_bytes": 500}], ids=str)
async def test_a_stream_is_read_ahead_by_its_window(
    start: Start, gate: Gate, bound: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing is answered no more is read than the window takes, the message that reaches it included."""
    ahead: list[int] = []

    class Watched(Window):
        def take(self, num_items: int, num_bytes: int) -> None:
            super().take(num_items, num_bytes)
            ahead.append(self._num_items)

    monkeypatch.setattr("lensdex_index.faces.upsert_stream.Window", Watched)
    server = await start(**bound)
    await server.create()
    stream = await Stream(server).open()
    messages = [several([item(number, f"r{number:03}")]) for number in range(100, 300)]
    most = bound.get("max_stream_items") or -(-500 // messages[0].items.items[0].ByteSize())
    sending = asyncio.create_task(stream.send(*messages))
    await until(lambda: max(ahead, default=0) == most)
    reading = asyncio.create_task(stream.results(200))
    await until(lambda: (gate.open(), reading.done())[1])
    await sending

    assert max(ahead) == most
    stream.call.cancel()


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([pb.UpsertStreamRequest()], "INVALID_FIELD"),
        ([pb.UpsertStreamRequest(options=pb.UpsertStreamOptions(collection="things"))], "INVALID_FIELD"),
        ([several([])], "INVALID_FIELD"),
        ([several([item(7), item(7)])], "INVALID_FIELD"),
        ([several([item(7)]), several([item(6)])], "INVALID_FIELD"),
        ([several(map(item, range(5, 1_006)))], "TOO_MANY_ITEMS"),
    ],
    ids=["nothing", "options again", "no items", "a number twice", "a smaller number", "too many"],
)
async def test_a_message_that_breaks_the_rules(start: Start, messages: list[Any], why: str) -> None:
    """What came before it is answered and written, nothing of it is; then the stream ends and says why."""
    server = await start(max_records=10)
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several(map(item, range(5))), *messages)
    results, refusal = await stream.rest()

    before = sum(len(message.items.items) for message in messages[:-1])
    assert [outcome(result) for result in results] == [""] * (5 + before)
    assert refusal is not None
    assert (refusal.code, reason(refusal)) == (grpc.StatusCode.INVALID_ARGUMENT, why)
    assert await count(server) == 5 + before


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (several([item(0)]), "INVALID_FIELD"),
        (pb.UpsertStreamRequest(options=pb.UpsertStreamOptions(collection="nobody")), "COLLECTION_NOT_FOUND"),
        (
            pb.UpsertStreamRequest(
                options=pb.UpsertStreamOptions(collection="things", views=[pb.UpsertStreamView(view="nowhere")])
            ),
            "VIEW_NOT_FOUND",
        ),
        (
            pb.UpsertStreamRequest(
                options=pb.UpsertStreamOptions(collection="things", views=[pb.UpsertStreamView(view="default")])
            ),
            "SPACE_MISMATCH",
        ),
        (
            pb.UpsertStreamRequest(
                options=pb.UpsertStreamOptions(
                    collection="things", views=[pb.UpsertStreamView(space=pack_space(SPACE))] * 2
                )
            ),
            "INVALID_FIELD",
        ),
    ],
    ids=["no options", "no collection", "no view", "another space", "a view twice"],
)
async def test_bad_options(server: Server, message: Any, why: str) -> None:
    """A stream that cannot be opened ends at once, without an opening."""
    await server.create(views=[bound_view()])
    stream = Stream(server)
    await stream.send(message)
    results, refusal = await stream.rest()

    assert results == []
    assert refusal is not None
    assert reason(refusal) == why


async def test_a_stream_without_any_message(server: Server) -> None:
    """A caller that half-closes before it says anything is told what was missing."""
    stream = Stream(server)
    await stream.call.done_writing()
    _, refusal = await stream.rest()

    assert refusal is not None
    assert reason(refusal) == "INVALID_FIELD"


async def test_too_many_streams(start: Start) -> None:
    """One stream more than allowed is refused with a hint when to come back; a place that is left is free again."""
    server = await start(max_streams=1)
    await server.create()
    first = await Stream(server).open()
    second = Stream(server)
    _, refusal = await second.rest()
    assert refusal is not None
    assert reason(refusal) == "OVERLOADED"
    assert refusal.retry_after is not None
    assert refusal.metadata == {"resource": "open streams", "maximum": "1"}

    await first.call.done_writing()
    assert (await first.rest())[1] is None
    third = await Stream(server).open()
    third.call.cancel()


async def test_draining(server: Server, gate: Gate) -> None:
    """A server that drains answers what it has read, takes nothing more and says that it is no longer serving."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several(map(item, range(5))))
    await until(lambda: len(gate.held) == 1)
    server.stop.set()
    rest = asyncio.create_task(stream.rest())
    await until(lambda: (gate.open(), rest.done())[1])
    results, refusal = await rest

    assert [outcome(result) for result in results] == [""] * 5
    assert refusal is not None
    assert (refusal.code, reason(refusal)) == (grpc.StatusCode.UNAVAILABLE, "NOT_SERVING")


async def test_draining_before_the_options(server: Server) -> None:
    """A stream that has not begun ends as soon as the server drains."""
    stream = Stream(server)
    await stream.call.initial_metadata()
    server.stop.set()
    _, refusal = await stream.rest()

    assert refusal is not None
    assert reason(refusal) == "NOT_SERVING"


async def test_a_collection_that_is_dropped(server: Server) -> None:
    """A stream into a collection that is deleted meanwhile ends and says so, also when one of its name is made anew."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several([item(0)]))
    await stream.results(1)
    await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="things"))
    await server.create()
    await stream.send(several([item(1)]))
    results, refusal = await stream.rest()

    assert results == []
    assert refusal is not None
    assert (refusal.code, reason(refusal)) == (grpc.StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND")
    assert await count(server) == 0


async def test_a_store_that_takes_no_writes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no item's fault ends the stream; what was answered before stands."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several([item(0)]))
    await stream.results(1)

    def full(self: object, batch: object, *, deadline: float) -> Future[Any]:
        answer: Future[Any] = Future()
        answer.set_exception(StoreUnavailableError("disk full"))
        return answer

    monkeypatch.setattr(LocalCollection, "upsert", full)
    await stream.send(several([item(1)]))
    results, refusal = await stream.rest()

    assert results == []
    assert refusal is not None
    assert (refusal.code, reason(refusal)) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")


async def test_the_deadline(server: Server, gate: Gate) -> None:
    """A deadline that passes ends the stream, and the place is free again."""
    await server.create()
    stream = await Stream(server, timeout=0.5).open()
    await stream.send(several([item(0)]))
    with pytest.raises(aio.AioRpcError):
        await stream.call.read()

    assert await stream.call.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await until(lambda: _open_streams(server) == 0)


async def test_cutting_a_stream_in_the_middle(server: Server) -> None:
    """A caller that goes away keeps what was answered; the server is free for others."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(*(several([item(number)]) for number in range(100)))
    answered = await stream.results(20)
    stream.call.cancel()
    await until(lambda: _open_streams(server) == 0)

    present = await server.records.GetRecords(
        rpb.GetRecordsRequest(collection="things", ids=[f"r{result.sequence}" for result in answered])
    )
    assert all(result.WhichOneof("outcome") == "record" for result in present.results)


async def test_a_slow_reader_holds_the_sender_back(start: Start) -> None:
    """Answers that are not taken stop the reading: memory is bounded, and nothing is lost once they are taken."""
    server = await start(max_stream_items=4)
    await server.create()
    stream = await Stream(server).open()
    sending = asyncio.create_task(stream.send(*(several([item(number)]) for number in range(500))))
    results = await stream.results(500)
    await sending

    assert [result.sequence for result in results] == list(range(500))
    stream.call.cancel()


async def test_items_are_counted(server: Server) -> None:
    """Items are counted by reason, and streams while they are open."""
    await server.create()
    stream = await Stream(server).open()
    await stream.send(several([item(0), item(1, row=ROWS[0] * np.nan)]))
    await stream.results(2)
    assert _open_streams(server) == 1
    await stream.call.done_writing()
    await stream.rest()
    await until(lambda: _open_streams(server) == 0)

    name = "lensdex_index_stream_items_total"
    assert _sample(server, name, reason="") == 1
    assert _sample(server, name, reason="ERROR_REASON_NOT_FINITE_VECTOR") == 1


def _open_streams(server: Server) -> float:
    return _sample(server, "lensdex_index_open_streams")


def _sample(server: Server, name: str, **labels: str) -> float:
    metrics = server.engine._options.observer
    assert isinstance(metrics, Metrics)
    return metrics.registry.get_sample_value(name, labels) or 0.0


KINDS = st.sampled_from(["good", "nan", "zero", "short", "view", "id", "again", "two"])
LIMITS = Settings().limits()


@settings(max_examples=200, deadline=None)
@given(kinds=st.lists(KINDS, min_size=1, max_size=12))
def test_items_fare_together_as_they_fare_alone(kinds: list[str]) -> None:
    """What becomes of an item does not depend on its neighbours, whichever of them are bad and how."""
    spec = CollectionSpec(
        "things", [ViewSpec("default", DIMENSION, None, Metric.COSINE, BackendSpec("exact", {}))], [], datetime.now(UTC)
    )
    messages = [_of_kind(number, kind) for number, kind in enumerate(kinds)]
    together = checked(spec, LIMITS, {}, messages)
    alone = [checked(spec, LIMITS, {}, [message]) for message in messages]

    assert {at: str(error) for at, error in together.refused.items()} == {
        at: str(one.refused[0]) for at, one in enumerate(alone) if one.refused
    }
    ids = [] if together.batch is None else [record.id for record in together.batch.records]
    assert ids == [f"r{at}" for at, one in enumerate(alone) if not one.refused]
    if together.batch is not None:
        rows = together.batch.views["default"]
        np.testing.assert_array_equal(rows.vectors, ROWS[[int(name[1:]) for name in ids]])
        assert rows.indexes.tolist() == list(range(len(ids)))


def _of_kind(number: int, kind: str) -> pb.UpsertStreamItem:
    message = item(number)
    (vector,) = message.vectors
    match kind:
        case "nan":
            message = item(number, row=ROWS[0] * np.nan)
        case "zero":
            message = item(number, row=ROWS[0] * 0)
        case "short":
            vector.vector.CopyFrom(pack_vectors(vectors(1, 3)))
        case "view":
            vector.view = "nowhere"
        case "id":
            message.record.id = "\x00"
        case "again":
            message.vectors.append(vector)
        case "two":
            vector.vector.CopyFrom(pack_vectors(ROWS[:2]))
    return message
