"""ExportRecords over a real server: everything once, in order, in bounded messages, without holding anything up."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc
import numpy as np
import pytest
from google.rpc.status_pb2 import Status
from grpc import aio
from index_testing import DIMENSION, SPACE, Server, bound_view, content, reason, struct, upsert_request, vectors

from lensdex.index.v1 import collection_pb2, filter_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_index.metrics import Metrics
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors, unpack_vectors

Start = Callable[..., Awaitable[Server]]
FOUR_MIB = 4 * 1024 * 1024


def export(server: Server, **fields: Any) -> Any:
    """Begin an export."""
    return server.records.ExportRecords(pb.ExportRecordsRequest(**{"collection": "things"} | fields))


async def ids_of(messages: Any) -> list[str]:
    """Return the ids of all that comes."""
    return [record.id async for message in messages for record in message.records]


async def refused(messages: Any) -> Refusal:
    """Read to the end, which is a refusal; return it."""
    with pytest.raises(aio.AioRpcError) as caught:
        await ids_of(messages)
    details = dict(caught.value.trailing_metadata() or ()).get("grpc-status-details-bin")
    assert details is not None, f"bare {caught.value.code()}: {caught.value.details()}"
    return unpack_refusal(Status.FromString(details))


async def fill(server: Server, count: int, *, text: str = "") -> list[str]:
    """Put in records, each with *text* as its content; return their ids in order."""
    ids = [f"r{number:05}" for number in range(count)]
    rows = vectors(count)
    for at in range(0, count, 100):
        part = ids[at : at + 100]
        records = [record_pb2.Record(id=name, metadata=struct(n=int(name[1:])), content=content(text)) for name in part]
        await server.records.UpsertRecords(upsert_request(rows[at : at + 100], part, records=records))
    return ids


async def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  what is waited for happens in the server
            await asyncio.sleep(0.005)


async def test_everything_comes_once_with_what_was_asked_for(server: Server) -> None:
    """Records come in the order of their ids, with metadata, content and the vectors of the views asked for."""
    await server.create(views=[bound_view(), collection_pb2.View(name="image", dimension=4)])
    ids = ["a", "é", "가", "\U0001f600", "z"]
    rows, pictures = vectors(5), vectors(2, 4)
    blocks = [
        record_pb2.ViewVectors(space=pack_space(SPACE), vectors=pack_vectors(rows)),
        record_pb2.ViewVectors(view="image", vectors=pack_vectors(pictures), record_indexes=[1, 3]),
    ]
    records = [record_pb2.Record(id=name, metadata=struct(name=name), content=content(name)) for name in ids]
    await server.upsert(rows, ids, records=records, vectors=blocks)

    (message,) = [message async for message in export(server, views=["image", "", "image"])]

    order = sorted(range(5), key=lambda at: ids[at].encode())
    assert [record.id for record in message.records] == [ids[at] for at in order]
    assert list(message.records) == [records[at] for at in order]
    image, default = message.vectors
    assert (image.view, default.view, default.space) == ("image", "default", pack_space(SPACE))
    np.testing.assert_array_equal(unpack_vectors(default.vectors), rows[order])
    assert [ids[order[at]] for at in image.record_indexes] == ["é", "\U0001f600"]
    np.testing.assert_array_equal(unpack_vectors(image.vectors), pictures)


async def test_ids_alone(server: Server) -> None:
    """Where nothing is to be included, ids are all that comes."""
    await server.create()
    ids = await fill(server, 3, text="x")
    (message,) = [message async for message in export(server, include=record_pb2.Include())]

    assert list(message.records) == [record_pb2.Record(id=name) for name in ids]
    assert not message.vectors


async def test_an_empty_collection(server: Server) -> None:
    """Nothing to export is no message and no error."""
    await server.create()

    assert [message async for message in export(server)] == []


async def test_messages_are_bounded_and_not_empty(server: Server) -> None:
    """A message fits a stub that was told of no limit; all of them together are everything once."""
    await server.create()
    ids = await fill(server, 200, text="x" * 60_000)
    messages = [message async for message in export(server, views=["default"])]

    assert [record.id for message in messages for record in message.records] == ids
    assert len(messages) == 3
    assert max(message.ByteSize() for message in messages) <= FOUR_MIB
    assert all(message.records for message in messages)


async def test_no_message_is_larger_than_a_response(start: Start) -> None:
    """Where responses are smaller than that, messages are as well."""
    server = await start(
        max_response_bytes=1_000_000, max_content_bytes=200_000, max_views=4, max_dimension=8, max_page_size=50
    )
    await server.create()
    ids = await fill(server, 120, text="x" * 10_000)
    messages = [message async for message in export(server)]

    assert [record.id for message in messages for record in message.records] == ids
    assert max(message.ByteSize() for message in messages) <= 1_000_000
    assert max(len(message.records) for message in messages) == 50


async def test_going_on_after_an_id(server: Server) -> None:
    """An export goes on behind an id, also one that there is not."""
    await server.create()
    ids = await fill(server, 10)

    assert await ids_of(export(server, after="r00004")) == ids[5:]
    assert await ids_of(export(server, after="r00004x")) == ids[5:]
    assert await ids_of(export(server, after="s")) == []


@pytest.mark.parametrize("chosen", [range(10), range(100, 4_900)], ids=["few", "many"])
async def test_a_filter(server: Server, chosen: Sequence[int]) -> None:
    """Only records that match are exported, over any number of messages, and also behind an id."""
    fields = [collection_pb2.IndexedField(name="n", type=collection_pb2.FIELD_TYPE_INT64)]
    await server.create(indexed_fields=fields)
    ids = await fill(server, 5_000)
    bounds = filter_pb2.Range(
        field="n",
        gte=filter_pb2.FilterValue(int64_value=chosen[0]),
        lte=filter_pb2.FilterValue(int64_value=chosen[-1]),
    )
    wanted = filter_pb2.Filter(range=bounds)

    assert await ids_of(export(server, filter=wanted)) == [ids[number] for number in chosen]
    assert await ids_of(export(server, filter=wanted, after=ids[chosen[4]])) == [ids[number] for number in chosen[5:]]


async def test_what_is_not_touched_meanwhile_comes_exactly_once(server: Server) -> None:
    """Records written, replaced and deleted during an export take nothing from the others, and add nothing twice."""
    await server.create()
    ids = await fill(server, 400, text="x" * 60_000)
    call = export(server)
    messages = aiter(call)
    first = await anext(messages)
    await server.records.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=ids[::7]))
    await server.upsert(vectors(len(ids[1::7])), ids[1::7])
    await server.upsert(vectors(50), [f"r{number:05}x" for number in range(50)])
    got = [record.id for record in first.records] + await ids_of(messages)

    assert got == sorted(set(got))
    assert set(ids) - set(ids[::7]) <= set(got)


async def test_an_export_does_not_pin_the_log(server: Server) -> None:
    """While an export waits for its caller, the store's log can be moved into the database whole, and begun anew."""
    await server.create()
    ids = await fill(server, 600, text="x" * 60_000)
    call = export(server)
    messages = aiter(call)
    first = await anext(messages)
    await server.upsert(vectors(1), ["after"])
    (path,) = server.engine._options.data_dir.glob("collections/*/records.db")
    connection = sqlite3.connect(path, timeout=0.1)
    try:
        # Busy for as long as any reader needs the log; a page that is just being read is over soon.
        await until(lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    finally:
        connection.close()

    assert not call.done()
    rest = await ids_of(messages)
    assert [record.id for record in first.records] + [name for name in rest if name != "after"] == ids


async def test_a_collection_that_is_dropped(server: Server) -> None:
    """An export of a collection that is deleted meanwhile ends and says so."""
    await server.create()
    await fill(server, 600, text="x" * 60_000)
    messages = aiter(export(server))
    await anext(messages)
    await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="things"))
    await server.create()
    told = await refused(messages)

    assert (told.code, reason(told)) == (grpc.StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND")


async def test_draining(server: Server) -> None:
    """A server that drains ends an export between two messages; the caller goes on elsewhere, behind the last id."""
    await server.create()
    await fill(server, 600, text="x" * 60_000)
    messages = aiter(export(server))
    await anext(messages)
    server.stop.set()
    told = await refused(messages)

    assert (told.code, reason(told)) == (grpc.StatusCode.UNAVAILABLE, "NOT_SERVING")


async def test_a_caller_that_goes_away(start: Start) -> None:
    """An export that is cancelled gives its place back."""
    server = await start(max_streams=1)
    await server.create()
    ids = await fill(server, 600, text="x" * 60_000)
    call = export(server)
    await anext(aiter(call))
    assert reason(await refused(export(server))) == "OVERLOADED"
    call.cancel()
    metrics = server.engine._options.observer
    assert isinstance(metrics, Metrics)
    await until(lambda: metrics.registry.get_sample_value("lensdex_index_open_streams") == 0)

    assert await ids_of(export(server, include=record_pb2.Include())) == ids


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"collection": "nobody"}, "COLLECTION_NOT_FOUND"),
        ({"collection": ""}, "COLLECTION_NOT_FOUND"),
        ({"views": ["nowhere"]}, "VIEW_NOT_FOUND"),
        ({"filter": filter_pb2.Filter()}, "INVALID_FILTER"),
        ({"filter": filter_pb2.Filter(exists=filter_pb2.Exists(field="n"))}, "FIELD_NOT_INDEXED"),
    ],
)
async def test_bad_input(server: Server, fields: dict[str, Any], why: str) -> None:
    """What cannot be exported is refused, and says what is wrong."""
    await server.create(views=[collection_pb2.View(name="default", dimension=DIMENSION)])

    assert reason(await refused(export(server, **fields))) == why
