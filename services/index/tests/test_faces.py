"""Every RPC over a real server: what the contract promises when all goes well, and what does not fit an answer."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
from grpc import StatusCode
from index_testing import (
    DIMENSION,
    SPACE,
    Server,
    bound_view,
    content,
    reason,
    refusal,
    struct,
    upsert_request,
    vectors,
)

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.settings import Settings
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.request_id import METADATA_KEY
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors, unpack_vectors

ROWS = vectors(5)

Start = Callable[..., Awaitable[Server]]


async def test_created_collection_comes_back_with_its_defaults(server: Server) -> None:
    """CreateCollection, GetCollection and ListCollections answer the same: defaults filled in, `default` first."""
    fields = [collection_pb2.IndexedField(name="tags", type=collection_pb2.FIELD_TYPE_KEYWORD, list=True)]
    image = collection_pb2.View(
        name="image", dimension=4, metric=collection_pb2.METRIC_EUCLIDEAN, backend=collection_pb2.Backend(name="exact")
    )
    made = await server.create(views=[image, bound_view()], indexed_fields=fields)
    got = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))
    listed = await server.collections.ListCollections(cpb.ListCollectionsRequest())

    assert [view.name for view in made.views] == ["default", "image"]
    assert made.views[0].metric == collection_pb2.METRIC_COSINE
    assert made.views[0].space == pack_space(SPACE)
    assert dict(made.views[0].backend.parameters) == {"m": 16, "ef_construction": 200, "ef": 80}
    assert made.views[0].backend.name == "hnsw"
    assert made.views[1].dimension == 4
    assert list(made.indexed_fields) == fields
    assert made.HasField("create_time")
    assert got.collection == made
    assert list(listed.collections) == [made]
    assert got.engine == "local"
    assert list(got.traits) == sorted(got.traits)
    assert "durable_writes" in got.traits
    assert [view.space_fingerprint for view in got.statistics.views] == [SPACE.fingerprint(), ""]


async def test_statistics_follow_the_writes(server: Server) -> None:
    """GetCollection counts records, vectors per view and bytes; its sequence grows with every write."""
    await server.create(views=[bound_view(), collection_pb2.View(name="image", dimension=4)])
    sequences = []
    for ids in (["a", "b"], ["b", "c"]):
        blocks = [
            record_pb2.ViewVectors(space=pack_space(SPACE), vectors=pack_vectors(ROWS[:2])),
            record_pb2.ViewVectors(view="image", vectors=pack_vectors(vectors(1, 4)), record_indexes=[1]),
        ]
        await server.upsert(ROWS[:2], ids, vectors=blocks)
        got = await server.collections.GetCollection(cpb.GetCollectionRequest(name="things"))
        sequences.append(got.statistics.sequence)

    assert sequences == sorted(set(sequences))
    assert got.statistics.num_records == 3
    assert [view.num_vectors for view in got.statistics.views] == [3, 1]
    assert got.statistics.disk_bytes > 0


async def test_collections_are_listed_in_pages(server: Server) -> None:
    """ListCollections follows the order of names; an empty token is the only end."""
    names = ["a", "b", "b-1", "c_2", "d"]
    for name in reversed(names):
        await server.create(name)
    pages = []
    token = ""
    while True:
        page = await server.collections.ListCollections(cpb.ListCollectionsRequest(page_size=2, page_token=token))
        pages.append([collection.name for collection in page.collections])
        token = page.next_page_token
        if not token:
            break

    assert pages == [["a", "b"], ["b-1", "c_2"], ["d"]]


async def test_deleted_collection_is_gone(server: Server) -> None:
    """DeleteCollection says how many records went with it, and its name is free again."""
    await server.create()
    await server.upsert(ROWS)
    deleted = await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="things"))
    again = await refusal(server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="things")))
    await server.create()
    count = await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))

    assert deleted.num_records == 5
    assert reason(again) == "COLLECTION_NOT_FOUND"
    assert count.num_records == 0


async def test_index_info_reports_the_settings(start: Start) -> None:
    """GetIndexInfo reports every limit as it is set, the backends with the default first, and versions."""
    server = await start(max_k=7, max_pending_calls=9, default_backend="exact")
    info = await server.collections.GetIndexInfo(cpb.GetIndexInfoRequest())
    defaults = Settings().limits()

    assert (info.limits.max_k, info.limits.max_pending_calls) == (7, 9)
    for field in cpb.IndexLimits.DESCRIPTOR.fields:
        if field.name not in {"max_k", "max_pending_calls"}:
            assert getattr(info.limits, field.name) == getattr(defaults, field.name), field.name
    assert list(info.backends) == ["exact", "faiss", "hnsw"]
    assert info.engine == "local"
    assert info.build.version == "0.1.0"
    assert "hnswlib" in info.build.libraries


async def test_records_come_back_as_they_were_sent(server: Server) -> None:
    """GetRecords answers metadata, content and the original vectors, in request order; missing ids get their status."""
    await server.create(
        views=[collection_pb2.View(name="default", dimension=DIMENSION), collection_pb2.View(name="image", dimension=4)]
    )
    metadata = struct(title="원의 넓이", year=2024, nested={"list": [1, None, True, "x"]})
    record = record_pb2.Record(id="가", metadata=metadata, content=content("text"))
    record.content.images.add(uri="file:///picture.png")
    images = vectors(1, 4)
    blocks = [
        record_pb2.ViewVectors(vectors=pack_vectors(100 * ROWS[:2])),
        record_pb2.ViewVectors(view="image", vectors=pack_vectors(images), record_indexes=[1]),
    ]
    await server.upsert(ROWS[:2], records=[record_pb2.Record(id="b"), record], vectors=blocks)
    request = rpb.GetRecordsRequest(collection="things", ids=["가", "nobody", "b", "가"], views=["image", "", "image"])
    got = await server.records.GetRecords(request)

    assert got.results[0].record == record
    assert got.results[3].record == record
    assert got.results[2].record.id == "b"
    assert not got.results[2].record.HasField("content")
    assert unpack_refusal(got.results[1].error).reason == ErrorReason.ERROR_REASON_RECORD_NOT_FOUND
    assert unpack_refusal(got.results[1].error).metadata == {"collection": "things", "id": "nobody"}
    image, default = got.vectors
    assert (image.view, default.view) == ("image", "default")
    assert list(image.record_indexes) == [0, 3]
    assert list(default.record_indexes) == [0, 2, 3]
    assert np.array_equal(unpack_vectors(image.vectors), images[[0, 0]])
    assert np.array_equal(unpack_vectors(default.vectors), (100 * ROWS)[[1, 0, 1]])


async def test_include_says_what_comes_back(server: Server) -> None:
    """Reads answer metadata and content unless told otherwise, searches metadata."""
    await server.create()
    record = record_pb2.Record(id="a", metadata=struct(n=1), content=content("text"))
    await server.upsert(ROWS[:1], records=[record])
    nothing = record_pb2.Include()
    only_content = record_pb2.Include(content=True)

    async def got(**fields: object) -> record_pb2.Record:
        answer = await server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["a"], **fields))
        return answer.results[0].record

    async def found(**fields: object) -> record_pb2.Record:
        return (await server.search(ROWS[:1], **fields)).results[0].hits.hits[0].record

    listed = await server.records.ListRecords(rpb.ListRecordsRequest(collection="things", include=only_content))
    assert await got() == record
    assert await got(include=nothing) == record_pb2.Record(id="a")
    assert await found() == record_pb2.Record(id="a", metadata=record.metadata)
    assert await found(include=only_content) == record_pb2.Record(id="a", content=record.content)
    assert listed.records[0] == record_pb2.Record(id="a", content=record.content)


async def test_upsert_replaces_whole(server: Server) -> None:
    """An upserted record replaces the old one: a view, metadata or content that is not sent is gone."""
    await server.create(
        views=[
            collection_pb2.View(name="default", dimension=DIMENSION),
            collection_pb2.View(name="image", dimension=DIMENSION),
        ]
    )
    blocks = [record_pb2.ViewVectors(view=name, vectors=pack_vectors(ROWS[:1])) for name in ("default", "image")]
    await server.upsert(ROWS[:1], records=[record_pb2.Record(id="a", metadata=struct(n=1))], vectors=blocks)
    replaced = await server.upsert(ROWS[1:3], ["a", "b"])
    got = await server.records.GetRecords(
        rpb.GetRecordsRequest(collection="things", ids=["a"], views=["default", "image"])
    )
    in_image = await server.search(ROWS[:1], view="image")

    assert (replaced.num_inserted, replaced.num_replaced) == (1, 1)
    assert not got.results[0].record.metadata.fields
    assert np.array_equal(unpack_vectors(got.vectors[0].vectors), ROWS[1:2])
    assert got.vectors[1].vectors.count == 0
    assert not in_image.results[0].hits.hits
    assert in_image.num_records_without_view == 2


async def test_delete_skips_what_is_not_there(server: Server) -> None:
    """DeleteRecords counts what existed; an id may be repeated or absent."""
    await server.create()
    await server.upsert(ROWS)
    request = rpb.DeleteRecordsRequest(collection="things", ids=["r0", "nobody", "r0", "r3"])
    first = await server.records.DeleteRecords(request)
    second = await server.records.DeleteRecords(request)
    count = await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))
    answer = await server.search(ROWS[:1], k=10, consistency_token=second.consistency_token)

    assert (first.num_deleted, second.num_deleted, count.num_records) == (2, 0, 3)
    assert {hit.record.id for hit in answer.results[0].hits.hits} == {"r1", "r2", "r4"}


async def test_records_are_listed_in_pages(server: Server) -> None:
    """ListRecords follows the order of ids by UTF-8 bytes, in pages, with vectors where asked."""
    ids = ["Z", "a", "aa", "b", "é", "가", "𝄞"]
    await server.create()
    await server.upsert(vectors(7), list(reversed(ids)))
    listed: list[str] = []
    token = ""
    while True:
        request = rpb.ListRecordsRequest(collection="things", page_size=3, page_token=token, views=["default"])
        page = await server.records.ListRecords(request)
        listed += [record.id for record in page.records]
        assert list(page.vectors[0].record_indexes) == list(range(len(page.records)))
        token = page.next_page_token
        if not token:
            break

    assert listed == ids == sorted(ids, key=str.encode)


async def test_page_sizes_are_coerced(start: Start) -> None:
    """A page size over the limit means the limit, zero means 100."""
    server = await start(max_page_size=150)
    await server.create()
    await server.upsert(vectors(200))
    sizes = []
    for asked in (0, 1_000_000):
        page = await server.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=asked))
        sizes.append(len(page.records))

    assert sizes == [100, 150]


async def test_metrics_score_as_the_contract_says(server: Server) -> None:
    """Scores are the cosine, the inner product and minus the squared distance, best first."""
    one, two = ROWS[:1], ROWS[1:2]
    expected = {
        collection_pb2.METRIC_COSINE: float((one * two).sum() / np.linalg.norm(one) / np.linalg.norm(two)),
        collection_pb2.METRIC_DOT: float((one * two).sum()),
        collection_pb2.METRIC_EUCLIDEAN: -float(((one - two) ** 2).sum()),
    }
    for metric, score in expected.items():
        name = f"metric-{metric}"
        await server.create(name, views=[collection_pb2.View(name="default", dimension=DIMENSION, metric=metric)])
        await server.upsert(two, ["x"], name)
        for exact in (False, True):
            answer = await server.search(one, name=name, exact=exact)
            assert np.isclose(answer.results[0].hits.hits[0].score, score, rtol=1e-5)


async def test_threshold_leaves_out_what_scores_below(server: Server) -> None:
    """A hit that scores exactly the threshold stays, one below goes."""
    await server.create()
    await server.upsert(ROWS)
    hits = (await server.search(ROWS[:1], k=5)).results[0].hits.hits
    kept = (await server.search(ROWS[:1], k=5, score_threshold=hits[2].score)).results[0].hits.hits

    assert list(kept) == list(hits[:3])


async def test_more_like_these_never_finds_itself(server: Server) -> None:
    """A query by record answers k others, nearest first."""
    await server.create()
    await server.upsert(ROWS)
    by_record = await server.search(None, k=4, records=rpb.RecordQueries(ids=["r0", "r3", "r0"]))
    by_vector = await server.search(ROWS[:1], k=5)

    found = [[hit.record.id for hit in result.hits.hits] for result in by_record.results]
    assert all(len(ids) == 4 for ids in found)
    assert "r3" not in found[1]
    assert found[0] == found[2] == [hit.record.id for hit in by_vector.results[0].hits.hits][1:]


async def test_get_answers_what_fits(start: Start) -> None:
    """GetRecords answers within the budget: what no longer fits gets its own status, what follows may still fit."""
    limits = {"max_response_bytes": 1 << 20, "max_content_bytes": 400_000, "max_views": 1, "max_dimension": 64}
    server = await start(**limits, max_records=100, max_queries=100)
    await server.create()
    big = content("x" * 390_000)
    records = [record_pb2.Record(id=f"r{at}", content=big if at < 4 else content("small")) for at in range(5)]
    for at in range(5):
        await server.upsert(ROWS[at : at + 1], records=records[at : at + 1])
    got = await server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=[f"r{at}" for at in range(5)]))
    kinds = [result.WhichOneof("outcome") for result in got.results]
    told = unpack_refusal(got.results[2].error)

    assert kinds == ["record", "record", "error", "error", "record"]
    assert got.ByteSize() <= limits["max_response_bytes"]
    assert (told.code, reason(told)) == (StatusCode.RESOURCE_EXHAUSTED, "RESPONSE_TOO_LARGE")
    assert told.metadata == {"maximum": str(limits["max_response_bytes"])}
    assert told.retry_after is None


async def test_pages_and_searches_answer_what_fits(start: Start) -> None:
    """A page is cut where the budget ends and goes on from there; a query that does not fit gets its own status."""
    limits = {"max_response_bytes": 1 << 20, "max_content_bytes": 400_000, "max_views": 1, "max_dimension": 64}
    server = await start(**limits, max_records=100, max_queries=100)
    await server.create()
    for at in range(5):
        record = record_pb2.Record(id=f"r{at}", content=content("x" * 390_000))
        await server.upsert(ROWS[at : at + 1], records=[record])
    pages = []
    token = ""
    while True:
        page = await server.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_token=token))
        pages.append([record.id for record in page.records])
        token = page.next_page_token
        if not token:
            break
    include = record_pb2.Include(content=True)
    wide = await server.search(ROWS[:1], k=5, include=include)
    narrow = await server.search(ROWS[:4], k=1, include=include)

    assert pages == [["r0", "r1"], ["r2", "r3"], ["r4"]]
    assert reason(unpack_refusal(wide.results[0].error)) == "RESPONSE_TOO_LARGE"
    assert [result.WhichOneof("outcome") for result in narrow.results] == ["hits", "hits", "error", "error"]
    assert narrow.ByteSize() <= limits["max_response_bytes"]


async def test_acknowledged_writes_are_visible_at_once(server: Server) -> None:
    """A search sent after an upsert's answer finds the record, with or without its token."""
    await server.create()
    for at in range(20):
        row = vectors(1, seed=at)
        token = (await server.upsert(row, [f"x{at}"])).consistency_token if at % 2 else ""
        if not token:
            await server.upsert(row, [f"x{at}"])
        answer = await server.search(row, k=1, consistency_token=token)
        assert answer.results[0].hits.hits[0].record.id == f"x{at}"


async def test_concurrent_writers_and_searchers(server: Server) -> None:
    """Many callers at once: every write is there afterwards, every search is answered."""
    await server.create()

    async def write(at: int) -> None:
        await server.upsert(vectors(3, seed=at), [f"w{at}-{row}" for row in range(3)])

    async def search(at: int) -> None:
        await server.search(vectors(2, seed=at))

    await asyncio.gather(*(write(at) for at in range(30)), *(search(at) for at in range(30)))
    count = await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))
    assert count.num_records == 90


async def test_request_id_is_echoed(server: Server) -> None:
    """The caller's request id comes back in trailing metadata; one that could disturb a log is replaced."""
    for sent, kept in (("abc-1", True), ("a b", False)):
        call = server.collections.GetIndexInfo(cpb.GetIndexInfoRequest(), metadata=((METADATA_KEY, sent),))
        await call
        answered = dict(await call.trailing_metadata())[METADATA_KEY]
        assert (answered == sent) is kept
        assert answered


async def test_faults_of_ours_tell_nothing_but_an_incident(server: Server, monkeypatch: object, capsys: object) -> None:
    """An exception nobody expected answers INTERNAL with an incident; the trace is in the log under it."""
    await server.create()

    def broken() -> int:
        raise ValueError("secret")

    monkeypatch.setattr(server.engine.collection("things"), "count", broken)
    told = await refusal(server.records.CountRecords(rpb.CountRecordsRequest(collection="things")))

    assert (told.code, reason(told)) == (StatusCode.INTERNAL, "INTERNAL")
    assert "secret" not in told.message
    logged = capsys.readouterr()
    line = next(line for line in (logged.out + logged.err).splitlines() if "incident" in line and "event" not in line)
    assert told.metadata["incident"] in line


async def test_full_disk_refuses_writes_and_serves_reads(server: Server) -> None:
    """When the store is full a write is refused with its reason, reads go on, and later writes work again."""
    await server.create()
    await server.upsert(ROWS)
    connection = server.engine.collection("things")._db._writer
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    record = record_pb2.Record(id="big", content=content("x" * 1_000_000))
    told = await refusal(server.records.UpsertRecords(upsert_request(ROWS[:1], records=[record])))
    answer = await server.search(ROWS[:1], k=1)
    connection.execute("PRAGMA max_page_count = 1000000")
    await server.upsert(ROWS[:1], records=[record])

    assert (told.code, reason(told)) == (StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert "full" in told.metadata["detail"]
    assert answer.results[0].hits.hits[0].record.id == "r0"
