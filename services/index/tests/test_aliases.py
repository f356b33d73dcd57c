"""Aliases: what may be one, where one is taken, and that moving one is a single step for everybody."""

import asyncio
import contextlib
import math
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from grpc import StatusCode
from index_testing import DIMENSION, Server, make, put, reason, refusal, running, vectors

from lensdex.index.v1 import alias_pb2, collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import record_streams_pb2 as spb
from lensdex_index.catalog import Catalog, Target
from lensdex_index.engine import CollectionEngine
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.faces.calls import Call
from lensdex_index.faces.reaching import reach
from lensdex_index.records import Alias
from lensdex_index.settings import Settings
from lensdex_wire.vectors import pack_vectors

ROWS = vectors(4)
LIMITS = Settings().limits()
ITEM = spb.UpsertStreamItem(
    sequence=1,
    record=record_pb2.Record(id="streamed"),
    vectors=[spb.UpsertStreamVector(vector=pack_vectors(ROWS[:1]))],
)


async def set_alias(
    server: Server, name: str, collection: str, view: str = "", **fields: object
) -> cpb.SetAliasResponse:
    """Set an alias."""
    alias = alias_pb2.Alias(name=name, collection=collection, default_view=view)
    return await server.collections.SetAlias(cpb.SetAliasRequest(alias=alias, **fields))


async def two(server: Server) -> None:
    """Make the collections v1 and v2; ids tell which is which."""
    for name in ("v1", "v2"):
        views = [collection_pb2.View(name=view, dimension=DIMENSION) for view in ("default", "other")]
        await server.create(name, views=views)
        blocks = [record_pb2.ViewVectors(view=view, vectors=pack_vectors(ROWS)) for view in ("default", "other")]
        await server.upsert(ROWS, [f"{name}-{at}" for at in range(4)], name, vectors=blocks)


async def test_a_search_through_an_alias_says_what_was_searched(server: Server) -> None:
    """An alias reaches its collection, whose own name is answered; after a move it reaches the other."""
    await two(server)
    made = await set_alias(server, "live", "v1")
    first = await server.search(ROWS[:1], name="live")
    moved = await set_alias(server, "live", "v2")
    second = await server.search(ROWS[:1], name="live")

    assert (made.previous_collection, moved.previous_collection) == ("", "v1")
    assert moved.alias == alias_pb2.Alias(name="live", collection="v2")
    assert (first.collection, second.collection) == ("v1", "v2")
    assert first.results[0].hits.hits[0].record.id == "v1-0"
    assert second.results[0].hits.hits[0].record.id == "v2-0"


async def test_every_call_on_records_takes_an_alias(server: Server) -> None:
    """Whatever names a collection may name an alias: reads, writes, streams, exports and the description."""
    await two(server)
    await set_alias(server, "live", "v1")
    await server.upsert(ROWS[:1], ["new"], "live")
    update = rpb.UpdateRecordsRequest(collection="live", updates=[record_pb2.RecordUpdate(id="new")])
    await server.records.UpdateRecords(update)
    options = spb.UpsertStreamRequest(options=spb.UpsertStreamOptions(collection="live"))
    requests = [options, spb.UpsertStreamRequest(items=spb.UpsertStreamItems(items=[ITEM]))]
    async for _ in server.records.UpsertStream(iter(requests)):
        pass
    await server.records.DeleteRecords(rpb.DeleteRecordsRequest(collection="live", ids=["v1-3"]))
    got = await server.records.GetRecords(rpb.GetRecordsRequest(collection="live", ids=["new", "streamed", "v1-3"]))
    listed = await server.records.ListRecords(rpb.ListRecordsRequest(collection="live"))
    count = await server.records.CountRecords(rpb.CountRecordsRequest(collection="v1"))
    exported = [
        record.id
        async for page in server.records.ExportRecords(spb.ExportRecordsRequest(collection="live"))
        for record in page.records
    ]
    described = await server.collections.GetCollection(cpb.GetCollectionRequest(name="live"))
    plain = await server.collections.GetCollection(cpb.GetCollectionRequest(name="v1"))

    assert [result.WhichOneof("outcome") for result in got.results] == ["record", "record", "error"]
    assert got.results[2].error.message.startswith("collection v1 ")
    assert [record.id for record in listed.records] == exported == ["new", "streamed", "v1-0", "v1-1", "v1-2"]
    assert count.num_records == 5
    assert (described.collection.name, described.alias.name, described.alias.collection) == ("v1", "live", "v1")
    assert not plain.HasField("alias")


async def test_what_runs_keeps_the_collection_it_began_with(server: Server) -> None:
    """A stream and an export that began before a move say where they are, and stay there."""
    await two(server)
    for low in range(0, 3_000, 1_000):
        await server.upsert(vectors(1_000), [f"r{low + at}" for at in range(1_000)], "v1")
    await set_alias(server, "live", "v1")
    stream = server.records.UpsertStream()
    await stream.write(spb.UpsertStreamRequest(options=spb.UpsertStreamOptions(collection="live")))
    opening = (await stream.read()).opening
    export = server.records.ExportRecords(spb.ExportRecordsRequest(collection="live"))
    pages = [await export.read()]
    await set_alias(server, "live", "v2")
    await stream.write(spb.UpsertStreamRequest(items=spb.UpsertStreamItems(items=[ITEM])))
    await stream.done_writing()
    while await stream.read() is not grpc.aio.EOF:
        pass
    while (page := await export.read()) is not grpc.aio.EOF:
        pages.append(page)
    written = [
        (await server.records.CountRecords(rpb.CountRecordsRequest(collection=name))).num_records
        for name in ("v1", "v2")
    ]

    assert opening.collection == "v1"
    assert {page.collection for page in pages} == {"v1"}
    assert sum(len(page.records) for page in pages) >= 3_004
    assert written == [3_005, 4]


async def test_a_default_view_is_taken_where_none_is_named(server: Server) -> None:
    """A search through an alias takes the alias's view unless it names one; by its own name, `default`."""
    await two(server)
    await set_alias(server, "live", "v1", "other")
    views = [
        (await server.search(ROWS[:1], name="live")).view,
        (await server.search(name="live", records=rpb.RecordQueries(ids=["v1-0"]))).view,
        (await server.search(ROWS[:1], name="live", view="default")).view,
        (await server.search(ROWS[:1], name="v1")).view,
    ]
    await set_alias(server, "live", "v1")

    assert views == ["other", "other", "default", "default"]
    assert (await server.search(ROWS[:1], name="live")).view == "default"


async def test_what_may_not_be_an_alias(server: Server) -> None:
    """An alias has a name of its own, names a collection by its own name, and a view that this has."""
    await two(server)
    await set_alias(server, "live", "v1")
    cases = {
        "COLLECTION_EXISTS": ("v2", "v1", ""),
        "COLLECTION_NOT_FOUND": ("next", "v3", ""),
        "ALIAS_NOT_ALLOWED": ("next", "live", ""),
        "VIEW_NOT_FOUND": ("next", "v1", "nowhere"),
        "INVALID_FIELD": ("Next!", "v1", ""),
    }
    told = {expected: await refusal(set_alias(server, *case)) for expected, case in cases.items()}
    taken = await refusal(server.create("live"))
    listed = await server.collections.ListAliases(cpb.ListAliasesRequest())

    assert [reason(one) for one in told.values()] == list(cases)
    assert told["VIEW_NOT_FOUND"].metadata["known"] == "default,other"
    assert told["INVALID_FIELD"].metadata["field"] == "alias.name"
    assert (reason(taken), taken.code) == ("ALIAS_EXISTS", StatusCode.ALREADY_EXISTS)
    assert [alias.name for alias in listed.aliases] == ["live"]


async def test_a_collection_that_aliases_name_is_not_deleted(server: Server) -> None:
    """The refusal names the aliases; an alias itself is no collection to delete; deleting it frees both names."""
    await two(server)
    for name in ("live", "best"):
        await set_alias(server, name, "v1")
    named = await refusal(server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="v1")))
    alias = await refusal(server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="live")))
    for name in ("live", "best"):
        deleted = await server.collections.DeleteAlias(cpb.DeleteAliasRequest(name=name))
        assert deleted.alias.collection == "v1"
    again = await refusal(server.collections.DeleteAlias(cpb.DeleteAliasRequest(name="live")))
    gone = await refusal(server.search(ROWS[:1], name="live"))

    assert (reason(named), named.code) == ("COLLECTION_HAS_ALIASES", StatusCode.FAILED_PRECONDITION)
    assert named.metadata == {"collection": "v1", "known": "best,live"}
    assert "move them" in named.message
    assert reason(alias) == "ALIAS_NOT_ALLOWED"
    assert reason(again) == "ALIAS_NOT_FOUND"
    assert gone.metadata == {"collection": "live"}
    await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="v1"))
    await server.create("live")


async def test_two_operators_do_not_undo_each_other(server: Server) -> None:
    """A move that expects what the alias no longer names changes nothing and says what it names."""
    await two(server)
    await set_alias(server, "live", "v1", expected_collection="")
    late = await refusal(set_alias(server, "live", "v2", expected_collection=""))
    await set_alias(server, "live", "v2", expected_collection="v1")
    stale = await refusal(set_alias(server, "live", "v1", expected_collection="v1"))

    assert (reason(late), late.code) == ("ALIAS_CHANGED", StatusCode.ABORTED)
    assert stale.metadata == {"alias": "live", "expected": "v1", "actual": "v2"}
    assert (await server.search(ROWS[:1], name="live")).collection == "v2"


async def test_a_token_belongs_to_the_collection(server: Server) -> None:
    """A token of a write through an alias is good until the alias moves, and by the collection's name ever after."""
    await two(server)
    await set_alias(server, "live", "v1")
    token = (await server.upsert(ROWS[:1], ["new"], "live")).consistency_token
    await server.search(ROWS[:1], name="live", consistency_token=token)
    await set_alias(server, "live", "v2")
    told = await refusal(server.search(ROWS[:1], name="live", consistency_token=token))
    await server.search(ROWS[:1], name="v1", consistency_token=token)

    assert reason(told) == "INVALID_CONSISTENCY_TOKEN"
    assert "alias live names v2 now" in told.message
    assert told.metadata["collection"] == "v2"


async def test_aliases_are_listed_in_pages(server: Server) -> None:
    """ListAliases follows the order of names; an empty token is the only end; its tokens are no other call's."""
    await two(server)
    for name in ("d", "b-1", "a", "c_2", "b"):
        await set_alias(server, name, "v1")
    pages = []
    token = ""
    while True:
        page = await server.collections.ListAliases(cpb.ListAliasesRequest(page_size=2, page_token=token))
        pages.append([alias.name for alias in page.aliases])
        if not page.next_page_token:
            break
        token = page.next_page_token
    forged = await refusal(server.collections.ListCollections(cpb.ListCollectionsRequest(page_token=token)))
    negative = await refusal(server.collections.ListAliases(cpb.ListAliasesRequest(page_size=-1)))

    assert pages == [["a", "b"], ["b-1", "c_2"], ["d"]]
    assert reason(forged) == "INVALID_PAGE_TOKEN"
    assert reason(negative) == "INVALID_FIELD"


async def test_aliases_survive_a_restart(tmp_path: Path) -> None:
    """An alias and its default view are there after a restart; a deleted one is not."""
    async with running(tmp_path) as server:
        await two(server)
        await set_alias(server, "live", "v2", "other")
        await set_alias(server, "gone", "v1")
        await server.collections.DeleteAlias(cpb.DeleteAliasRequest(name="gone"))
    async with running(tmp_path) as server:
        listed = await server.collections.ListAliases(cpb.ListAliasesRequest())
        found = await server.search(ROWS[:1], name="live")

    assert list(listed.aliases) == [alias_pb2.Alias(name="live", collection="v2", default_view="other")]
    assert (found.collection, found.view) == ("v2", "other")


async def test_a_folder_from_before_aliases_opens(tmp_path: Path) -> None:
    """A catalog without the table of aliases gets it at the start; collections are as they were."""
    async with running(tmp_path) as server:
        await two(server)
    with contextlib.closing(sqlite3.connect(tmp_path / "catalog.db")) as catalog, catalog:
        catalog.execute("DROP TABLE aliases")
        catalog.execute("DELETE FROM migrations WHERE number = 2")
    async with running(tmp_path) as server:
        await set_alias(server, "live", "v1")
        assert (await server.search(ROWS[:1], name="live")).collection == "v1"


async def test_searches_never_miss_an_alias_that_moves(server: Server) -> None:
    """While an alias moves and the collection it left is deleted and made anew, each search is answered from one."""
    await two(server)
    await set_alias(server, "live", "v1")
    done = asyncio.Event()
    answers: list[tuple[str, set[str]]] = []

    async def searching() -> None:
        while not done.is_set():
            found = await server.search(ROWS[:1], name="live")
            answers.append((found.collection, {hit.record.id[:2] for hit in found.results[0].hits.hits}))

    searchers = [asyncio.create_task(searching()) for _ in range(8)]
    try:
        for _ in range(15):
            for left, right in (("v1", "v2"), ("v2", "v1")):
                await set_alias(server, "live", right, expected_collection=left)
                await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name=left))
                await server.create(left)
                await server.upsert(ROWS, [f"{left}-{at}" for at in range(4)], left)
    finally:
        done.set()
        await asyncio.gather(*searchers)

    assert {name for name, _ in answers} == {"v1", "v2"}
    assert [(name, ids) for name, ids in answers if ids != {name}] == []


async def test_a_collection_deleted_between_looking_up_and_searching(opened: CollectionEngine) -> None:
    """Work that meets a collection that was moved from and deleted is done on the one the alias names by then."""
    catalog = Catalog(opened, LIMITS)
    for name in ("v1", "v2"):
        put(make(opened, name=name), ["x"], vectors(1))
    opened.set_alias(Alias("live", "v1", ""))
    pool = ThreadPoolExecutor(1)
    call = Call(pool, math.inf, max_seconds=60, draining=asyncio.Event(), request_id="test")
    seen = []

    async def work(target: Target) -> int:
        seen.append(target.handle.spec.name)
        if len(seen) == 1:
            opened.set_alias(Alias("live", "v2", ""))
            opened.drop("v1")
        return target.handle.count()

    assert await reach(catalog, call, "live", work) == 1
    assert seen == ["v1", "v2"]

    async def dropping(target: Target) -> int:
        opened.drop("v2")
        return target.handle.count()

    opened.delete_alias("live")
    with pytest.raises(CollectionNotFoundError):
        await reach(catalog, call, "v2", dropping)
    pool.shutdown()


async def test_the_default_view_of_an_alias_is_not_dropped(server: Server) -> None:
    """The refusal names the aliases whose searches go there; once none does the view can be dropped."""
    image = collection_pb2.View(name="image", dimension=DIMENSION)
    await server.create("v1", views=[collection_pb2.View(name="default", dimension=DIMENSION), image])
    for name, view in (("live", "image"), ("other", "")):
        await set_alias(server, name, "v1", view)
    drop = cpb.DropViewRequest(collection="v1", view="image")
    refused = await refusal(server.collections.DropView(drop))
    await set_alias(server, "live", "v1")
    dropped = (await server.collections.DropView(drop)).collection

    assert (reason(refused), refused.code) == ("VIEW_HAS_ALIASES", StatusCode.FAILED_PRECONDITION)
    assert refused.metadata == {"collection": "v1", "view": "image", "known": "live"}
    assert [view.name for view in dropped.views] == ["default"]


@pytest.mark.parametrize("call", ["add_view", "drop_view", "reindex"])
async def test_a_change_through_an_alias_answers_with_what_it_changed(
    server: Server, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Where an alias is moved while a call changes the collection it named, that is the one changed and answered."""
    views = [collection_pb2.View(name=name, dimension=8) for name in ("default", "image")]
    await server.create("one", views=views)
    await server.create("two", views=views)
    server.engine.set_alias(Alias("live", "one", ""))
    work = getattr(Catalog, call)

    def overtaken(*arguments: object) -> object:
        server.engine.set_alias(Alias("live", "two", ""))
        return work(*arguments)

    monkeypatch.setattr(Catalog, call, overtaken)
    match call:
        case "add_view":
            added = collection_pb2.View(name="text", dimension=8)
            answered = await server.collections.AddView(cpb.AddViewRequest(collection="live", view=added))
        case "drop_view":
            answered = await server.collections.DropView(cpb.DropViewRequest(collection="live", view="image"))
        case _:
            backend = collection_pb2.Backend(name="exact")
            request = cpb.ReindexRequest(collection="live", backend=backend)
            *_, answered = [message async for message in server.collections.Reindex(request)]

    one, two = [
        (await server.collections.GetCollection(cpb.GetCollectionRequest(name=name))) for name in ("one", "two")
    ]
    assert answered.collection == one.collection
    assert [view.name for view in two.collection.views] == ["default", "image"]
    assert two.collection.views[0].backend.name == "hnsw"
    assert answered.collection.views != two.collection.views
