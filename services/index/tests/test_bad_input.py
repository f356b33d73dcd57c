"""Every bad input that concerns the index: its code, its reason, its facts; and nothing else is harmed."""

import asyncio
import math
import threading
from dataclasses import replace

import grpc
import numpy as np
import pytest
from grpc import StatusCode
from index_testing import (
    DIMENSION,
    SPACE,
    Server,
    bound_view,
    content,
    drop,
    reason,
    refusal,
    struct,
    upsert_request,
    vectors,
)

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index import tokens
from lensdex_wire.errors import Refusal
from lensdex_wire.space import Pooling
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

ROWS = vectors(3)


@pytest.fixture
async def filled(server: Server) -> Server:
    """Give a server whose collection `things` holds r0, r1, r2."""
    await server.create()
    await server.upsert(ROWS)
    return server


async def unharmed(server: Server) -> None:
    """Assert that the three records are there, alone, and found."""
    count = await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))
    answer = await server.search(ROWS, k=1)
    assert count.num_records == 3
    assert [result.hits.hits[0].record.id for result in answer.results] == ["r0", "r1", "r2"]


def told(actual: Refusal, code: StatusCode, name: str, /, **facts: str) -> None:
    """Assert code, reason and facts."""
    assert (actual.code, reason(actual)) == (code, name)
    assert {key: actual.metadata.get(key) for key in facts} == facts
    assert actual.message


@pytest.mark.parametrize(
    "method",
    ["UpsertRecords", "DeleteRecords", "GetRecords", "ListRecords", "CountRecords", "SearchRecords"],
)
async def test_unknown_collection(server: Server, method: str) -> None:
    """Every record call names the collection that does not exist."""
    request = getattr(rpb, f"{method}Request")(collection="nowhere")
    actual = await refusal(getattr(server.records, method)(request))
    told(actual, StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND", collection="nowhere")


async def test_unknown_collection_of_the_collection_service(server: Server) -> None:
    """GetCollection and DeleteCollection name the collection that does not exist."""
    got = await refusal(server.collections.GetCollection(cpb.GetCollectionRequest(name="nowhere")))
    deleted = await refusal(server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="nowhere")))

    told(got, StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND", collection="nowhere")
    told(deleted, StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND", collection="nowhere")


async def test_collection_exists(filled: Server) -> None:
    """A collection is never replaced by another of its name."""
    told(await refusal(filled.create()), StatusCode.ALREADY_EXISTS, "COLLECTION_EXISTS", collection="things")
    await unharmed(filled)


BARE = {"name": "default", "dimension": 4}
BAD_COLLECTIONS = {
    "collection.name": {"name": "Upper"},
    "collection.views": {"views": []},
    "collection.views[1].name": {"views": [BARE, BARE]},
    "collection.views[0].basis": {"views": [{"name": "default"}]},
    "collection.views[0].dimension": {"views": [{"name": "default", "dimension": 16385}]},
    "collection.views[0].space.pooling": {
        "views": [{"name": "default", "space": {"weights_digest": "a", "template_version": "b", "dimension": 3}}]
    },
    "collection.views[0].metric": {"views": [{**BARE, "metric": 99}]},
    "collection.views[0].backend.parameters.m": {"views": [{**BARE, "backend": {"parameters": {"m": 1}}}]},
    "collection.views[0].backend.parameters.ef": {"views": [{**BARE, "backend": {"parameters": {"ef": 2.5}}}]},
    "collection.indexed_fields[0].name": {"indexed_fields": [{"name": "x" * 129, "type": 1}]},
    "collection.indexed_fields[1].name": {"indexed_fields": [{"name": "x", "type": 1}, {"name": "x", "type": 2}]},
    "collection.indexed_fields[0].type": {"indexed_fields": [{"name": "x"}]},
}


@pytest.mark.parametrize("field", BAD_COLLECTIONS)
async def test_bad_collection(server: Server, field: str) -> None:
    """What is wrong with a collection is named by its path."""
    given = {"name": "things", "views": [BARE]} | BAD_COLLECTIONS[field]
    for item in given["views"]:
        if isinstance(item.get("backend", {}).get("parameters"), dict):
            item["backend"]["parameters"] = struct(**item["backend"]["parameters"])
    request = cpb.CreateCollectionRequest(collection=collection_pb2.Collection(**given))

    actual = await refusal(server.collections.CreateCollection(request))

    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field=field)
    assert [violation.field for violation in actual.violations] == [field]
    listed = await server.collections.ListCollections(cpb.ListCollectionsRequest())
    assert not listed.collections


async def test_bad_collection_lists_every_violation(server: Server) -> None:
    """CreateCollection says everything that is wrong at once."""
    actual = await refusal(server.create("Bad Name", views=[], indexed_fields=[collection_pb2.IndexedField(name="x")]))
    fields = [violation.field for violation in actual.violations]
    assert fields == ["collection.name", "collection.views", "collection.indexed_fields[0].type"]


async def test_too_many_views(server: Server) -> None:
    """More views than the limit are refused with the count and the limit."""
    views = [collection_pb2.View(name=f"v{at}", dimension=4) for at in range(17)]
    actual = await refusal(server.create(views=views))
    told(actual, StatusCode.INVALID_ARGUMENT, "TOO_MANY_ITEMS", field="collection.views", count="17", maximum="16")


async def test_unknown_backend(server: Server) -> None:
    """An unknown backend is answered with the known ones."""
    views = [collection_pb2.View(name="default", dimension=4, backend=collection_pb2.Backend(name="magic"))]
    actual = await refusal(server.create(views=views))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_BACKEND", backend="magic", known="hnsw,exact,faiss")


async def test_unknown_backend_parameter(server: Server) -> None:
    """A parameter the backend does not take is answered with those it takes."""
    chosen = collection_pb2.Backend(name="hnsw", parameters=struct(depth=3))
    actual = await refusal(server.create(views=[collection_pb2.View(name="default", dimension=4, backend=chosen)]))
    told(
        actual,
        StatusCode.INVALID_ARGUMENT,
        "INVALID_BACKEND",
        backend="hnsw",
        parameter="depth",
        known="ef,ef_construction,m",
    )


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        (["a", "a"], "DUPLICATE_ID"),
        (["a", ""], "INVALID_ID"),
        (["a", "é" * 300], "INVALID_ID"),
        (["a", "b\n"], "INVALID_ID"),
    ],
)
async def test_bad_ids(filled: Server, ids: list[str], name: str) -> None:
    """A duplicate, empty, over-long or unprintable id refuses the whole batch and names its place."""
    actual = await refusal(filled.upsert(ROWS[:2], ids))
    told(actual, StatusCode.INVALID_ARGUMENT, name, field="records[1].id")
    await unharmed(filled)


async def test_all_violations_are_listed(filled: Server) -> None:
    """An upsert lists what is wrong with each of its records."""
    rows = ROWS.copy()
    rows[2, 0] = math.nan
    actual = await refusal(filled.upsert(rows, ["a", "a", ""]))
    listed = [
        (violation.field, reason(Refusal(StatusCode.OK, violation.reason, ""))) for violation in actual.violations
    ]
    assert listed == [
        ("records[1].id", "DUPLICATE_ID"),
        ("records[2].id", "INVALID_ID"),
        ("vectors[0].vectors[2]", "NOT_FINITE_VECTOR"),
    ]
    await unharmed(filled)


async def test_violations_past_what_trailers_hold_are_counted(filled: Server) -> None:
    """A thousand violations are answered with as many as gRPC's trailers hold, and how many there are."""
    actual = await refusal(filled.upsert(vectors(1000), ["\n" + "가" * 60] * 1000))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_ID", field="records[0].id")
    assert "999 more" in actual.message
    assert 3 < len(actual.violations) < 1000


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
async def test_upsert_not_finite(filled: Server, bad: float) -> None:
    """NaN and infinity are refused with their row."""
    rows = vectors(2)
    rows[1, 3] = bad
    actual = await refusal(filled.upsert(rows, ["a", "b"]))
    told(actual, StatusCode.INVALID_ARGUMENT, "NOT_FINITE_VECTOR", field="vectors[0].vectors", row="1")
    await unharmed(filled)


async def test_upsert_zero_vector(filled: Server) -> None:
    """A zero vector under cosine is refused with its row."""
    rows = vectors(2)
    rows[1] = 0
    actual = await refusal(filled.upsert(rows, ["a", "b"]))
    told(actual, StatusCode.INVALID_ARGUMENT, "ZERO_VECTOR", field="vectors[0].vectors", row="1")
    await unharmed(filled)


async def test_zero_vector_under_other_metrics(server: Server) -> None:
    """Under the inner product a zero vector is one like any other."""
    await server.create(views=[collection_pb2.View(name="default", dimension=4, metric=collection_pb2.METRIC_DOT)])
    await server.upsert(np.zeros((1, 4), np.float32))
    answer = await server.search(np.zeros((1, 4), np.float32))
    assert [hit.score for hit in answer.results[0].hits.hits] == [0.0]


async def test_wrong_dimension(filled: Server) -> None:
    """Vectors of another dimension are refused, written or searched."""
    written = await refusal(filled.upsert(vectors(1, 5), ["a"]))
    searched = await refusal(filled.search(vectors(1, 5)))

    for actual in (written, searched):
        told(actual, StatusCode.INVALID_ARGUMENT, "DIMENSION_MISMATCH", view="default", expected="8", actual="5")
    await unharmed(filled)


async def test_bytes_that_do_not_fit(filled: Server) -> None:
    """A block whose bytes do not fit its shape is refused with both sizes."""
    block = pack_vectors(vectors(1))
    block.count = 2
    written = await refusal(filled.upsert(ROWS[:2], vectors=[record_pb2.ViewVectors(vectors=block)]))
    searched = await refusal(filled.search(None, vectors=rpb.VectorQueries(vectors=block)))

    told(
        written,
        StatusCode.INVALID_ARGUMENT,
        "INVALID_VECTORS",
        field="vectors[0].vectors",
        expected_bytes="64",
        actual_bytes="32",
    )
    told(searched, StatusCode.INVALID_ARGUMENT, "INVALID_VECTORS", field="vectors.vectors", expected_bytes="64")
    await unharmed(filled)


async def test_unknown_view(filled: Server) -> None:
    """A view the collection lacks is answered with those it has, by every call that takes one."""
    block = record_pb2.ViewVectors(view="image", vectors=pack_vectors(ROWS))
    own = record_pb2.ViewVectors(vectors=pack_vectors(ROWS))
    calls = [
        filled.upsert(ROWS, vectors=[own, block]),
        filled.search(ROWS, view="image"),
        filled.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["r0"], views=["image"])),
        filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", views=["image"])),
    ]
    for call in calls:
        told(
            await refusal(call),
            StatusCode.NOT_FOUND,
            "VIEW_NOT_FOUND",
            collection="things",
            view="image",
            known="default",
        )
    await unharmed(filled)


async def test_default_view_required(filled: Server) -> None:
    """A record without a vector in `default` refuses the batch and is named."""
    block = record_pb2.ViewVectors(vectors=pack_vectors(ROWS[:1]), record_indexes=[1])
    actual = await refusal(filled.upsert(ROWS[:2], ["a", "b"], vectors=[block]))
    told(actual, StatusCode.INVALID_ARGUMENT, "DEFAULT_VIEW_REQUIRED", id="a")
    await unharmed(filled)


@pytest.mark.parametrize("indexes", [[0], [1, 0], [0, 0], [0, 7]])
async def test_bad_record_indexes(filled: Server, indexes: list[int]) -> None:
    """Record indexes must be one per row, ascending and in range."""
    block = record_pb2.ViewVectors(vectors=pack_vectors(ROWS[:2]), record_indexes=indexes)
    actual = await refusal(filled.upsert(ROWS[:2], ["a", "b"], vectors=[block]))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="vectors[0].record_indexes")
    await unharmed(filled)


async def test_fewer_rows_than_records(filled: Server) -> None:
    """Without record indexes there must be one row per record."""
    actual = await refusal(filled.upsert(ROWS[:1], ["a", "b"]))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="vectors[0].record_indexes")


async def test_view_sent_twice(filled: Server) -> None:
    """Each view has at most one block in a call."""
    block = record_pb2.ViewVectors(vectors=pack_vectors(ROWS))
    actual = await refusal(filled.upsert(ROWS, vectors=[block, block]))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="vectors[1].view")
    await unharmed(filled)


async def test_space_mismatch(server: Server) -> None:
    """Vectors of another space are refused, and the fields that differ are named with both values."""
    await server.create(views=[bound_view()])
    other = pack_space(replace(SPACE, pooling=Pooling.MEAN))
    mine = record_pb2.ViewVectors(space=pack_space(SPACE), vectors=pack_vectors(ROWS))
    await server.upsert(ROWS, vectors=[mine])
    written = await refusal(
        server.upsert(ROWS, vectors=[record_pb2.ViewVectors(space=other, vectors=pack_vectors(ROWS))])
    )
    searched = await refusal(server.search(None, vectors=rpb.VectorQueries(space=other, vectors=pack_vectors(ROWS))))

    for actual in (written, searched):
        told(
            actual,
            StatusCode.FAILED_PRECONDITION,
            "SPACE_MISMATCH",
            view="default",
            fields="pooling",
            expected_pooling="POOLING_LAST_TOKEN",
            actual_pooling="POOLING_MEAN",
        )
    by_record = await server.search(None, records=rpb.RecordQueries(ids=["r0"]))
    assert len(by_record.results[0].hits.hits) == 2


async def test_no_space_where_one_is_required(server: Server) -> None:
    """Vectors of no space are refused by a view that is bound to one: every field differs."""
    await server.create(views=[bound_view()])
    actual = await refusal(server.upsert(ROWS))
    told(
        actual,
        StatusCode.FAILED_PRECONDITION,
        "SPACE_MISMATCH",
        fields="weights_digest,template_version,pooling,dimension,normalization",
        actual_pooling="",
    )


async def test_a_bare_view_takes_any_space(filled: Server) -> None:
    """A bare dimension protects nothing: vectors with a space are taken."""
    block = record_pb2.ViewVectors(space=pack_space(SPACE), vectors=pack_vectors(ROWS))
    assert (await filled.upsert(ROWS, vectors=[block])).num_replaced == 3


@pytest.mark.parametrize(
    ("value", "actual_type"),
    [
        ("text", "string"),
        (1.5, "a fraction"),
        (float("nan"), "NaN"),
        (float("-inf"), "infinity"),
        (2.0**53, "number"),
        (True, "bool"),
        ([1], "list"),
        ({"a": 1}, "object"),
    ],
)
async def test_metadata_type_mismatch(server: Server, value: object, actual_type: str) -> None:
    """An indexed field takes only its declared type."""
    await server.create(indexed_fields=[collection_pb2.IndexedField(name="year", type=collection_pb2.FIELD_TYPE_INT64)])
    bad = record_pb2.Record(id="b", metadata=struct(year=value))
    good = record_pb2.Record(id="a", metadata=struct(year=2**53 - 1))
    actual = await refusal(server.upsert(ROWS[:2], records=[good, bad]))
    told(
        actual,
        StatusCode.INVALID_ARGUMENT,
        "FIELD_TYPE_MISMATCH",
        id="b",
        field="year",
        expected="FIELD_TYPE_INT64",
        actual=actual_type,
    )
    assert actual.violations[0].field == "records[1].metadata.year"


async def test_metadata_not_finite(filled: Server) -> None:
    """NaN and infinity are refused in metadata of any field, however deep, and named by their path."""
    records = [record_pb2.Record(id="a", metadata=struct(ok=1.5, deep={"x": [0.5, float("nan")]}))]
    actual = await refusal(filled.upsert(ROWS[:1], records=records))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="records[0].metadata.deep.x[1]", value="NaN")
    await unharmed(filled)


async def test_record_too_large(start: object) -> None:
    """Metadata and content over their limits are refused with both sizes."""
    server = await start(max_metadata_bytes=100, max_content_bytes=100)
    await server.create()
    record = record_pb2.Record(id="a", metadata=struct(text="x" * 200), content=content("y" * 200))
    actual = await refusal(server.upsert(ROWS[:1], records=[record]))
    told(actual, StatusCode.INVALID_ARGUMENT, "RECORD_TOO_LARGE", id="a", field="metadata", maximum="100")
    assert [violation.field for violation in actual.violations] == ["records[0].metadata", "records[0].content"]


async def test_too_many_items(start: object) -> None:
    """More items than the limit are refused with the count and the limit, by every call that takes several."""
    server = await start(max_records=2, max_queries=2)
    await server.create()
    calls = {
        "records": server.upsert(ROWS),
        "ids": server.records.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=["a", "b", "c"])),
        "vectors.vectors": server.search(ROWS),
        "records.ids": server.search(None, records=rpb.RecordQueries(ids=["a", "b", "c"])),
    }
    for field, call in calls.items():
        told(await refusal(call), StatusCode.INVALID_ARGUMENT, "TOO_MANY_ITEMS", field=field, count="3", maximum="2")
    got = await refusal(server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["a", "b", "c"])))
    told(got, StatusCode.INVALID_ARGUMENT, "TOO_MANY_ITEMS", field="ids")


async def test_too_few_items(filled: Server) -> None:
    """A call without items is refused and the field is named."""
    calls = {
        "records": filled.records.UpsertRecords(rpb.UpsertRecordsRequest(collection="things")),
        "ids": filled.records.DeleteRecords(rpb.DeleteRecordsRequest(collection="things")),
        "vectors.vectors": filled.search(None, vectors=rpb.VectorQueries()),
        "records.ids": filled.search(None, records=rpb.RecordQueries()),
        "queries": filled.search(None),
    }
    for field, call in calls.items():
        told(await refusal(call), StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field=field)


@pytest.mark.parametrize(
    ("field", "value", "minimum", "maximum"),
    [
        ("k", 0, "1", "1000"),
        ("k", -1, "1", "1000"),
        ("k", 1001, "1", "1000"),
        ("ef", -1, "0", "4096"),
        ("ef", 4097, "0", "4096"),
    ],
)
async def test_search_numbers_out_of_range(filled: Server, field: str, value: int, minimum: str, maximum: str) -> None:
    """Numbers outside their ranges are refused with the range."""
    actual = await refusal(filled.search(ROWS, **{"k": 1, field: value}))
    told(
        actual,
        StatusCode.INVALID_ARGUMENT,
        "INVALID_FIELD",
        field=field,
        value=str(value),
        minimum=minimum,
        maximum=maximum,
    )


@pytest.mark.parametrize("threshold", [math.nan, math.inf, -math.inf])
async def test_threshold_not_finite(filled: Server, threshold: float) -> None:
    """A score threshold must be finite."""
    actual = await refusal(filled.search(ROWS, score_threshold=threshold))
    told(actual, StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="score_threshold")


async def test_bad_queries_do_not_spoil_their_neighbours(filled: Server) -> None:
    """A query with NaN and a zero query get their own statuses; the others are answered."""
    rows = np.concatenate((ROWS, ROWS[:2]))
    rows[1, 0] = math.nan
    rows[3] = 0
    answer = await filled.search(rows, k=1)

    assert [result.WhichOneof("outcome") for result in answer.results] == ["hits", "error", "hits", "error", "hits"]
    assert [answer.results[at].hits.hits[0].record.id for at in (0, 2, 4)] == ["r0", "r2", "r1"]


async def test_query_by_missing_record_and_missing_view(server: Server) -> None:
    """A query by a record that is absent, or lacks the view, gets its own status; the others are answered."""
    image = collection_pb2.View(name="image", dimension=4)
    await server.create(views=[collection_pb2.View(name="default", dimension=DIMENSION), image])
    blocks = [
        record_pb2.ViewVectors(vectors=pack_vectors(ROWS)),
        record_pb2.ViewVectors(view="image", vectors=pack_vectors(vectors(2, 4)), record_indexes=[0, 2]),
    ]
    await server.upsert(ROWS, vectors=blocks)
    answer = await server.search(None, view="image", records=rpb.RecordQueries(ids=["r0", "r1", "nobody"]))

    assert [hit.record.id for hit in answer.results[0].hits.hits] == ["r2"]
    assert [result.error.code for result in answer.results[1:]] == [9, 5]
    assert answer.num_records_without_view == 1
    assert answer.view == "image"


@pytest.mark.parametrize("call", ["ListRecords", "ListCollections"])
async def test_negative_page_size(filled: Server, call: str) -> None:
    """A negative page size is refused."""
    if call == "ListRecords":
        asked = filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=-1))
    else:
        asked = filled.collections.ListCollections(cpb.ListCollectionsRequest(page_size=-1))
    told(await refusal(asked), StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", field="page_size", value="-1")


async def test_forged_page_tokens(filled: Server) -> None:
    """A page token of another call, of another collection, altered or made up is refused."""
    await filled.create("others")
    await filled.upsert(ROWS, name="others")
    page = await filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=1))
    names = await filled.collections.ListCollections(cpb.ListCollectionsRequest(page_size=1))
    assert page.next_page_token
    assert page.next_page_token != "r0"
    altered = page.next_page_token[:-1] + ("A" if page.next_page_token[-1] != "A" else "B")
    requests = [
        rpb.ListRecordsRequest(collection="others", page_token=page.next_page_token),
        rpb.ListRecordsRequest(collection="things", page_token=names.next_page_token),
        rpb.ListRecordsRequest(collection="things", page_token=altered),
        rpb.ListRecordsRequest(collection="things", page_token="r1"),
        rpb.ListRecordsRequest(collection="things", page_token="é"),
    ]
    for request in requests:
        told(await refusal(filled.records.ListRecords(request)), StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")
    forged = filled.collections.ListCollections(cpb.ListCollectionsRequest(page_token=page.next_page_token))
    told(await refusal(forged), StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")


async def test_foreign_consistency_tokens(filled: Server) -> None:
    """A consistency token of another or an earlier collection, altered or made up is refused."""
    await filled.create("others")
    foreign = (await filled.upsert(ROWS, name="others")).consistency_token
    earlier = (await filled.upsert(ROWS)).consistency_token
    await filled.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="things"))
    await filled.create()
    await filled.upsert(ROWS)
    mine = (await filled.upsert(ROWS)).consistency_token
    altered = ("B" if mine[-5] == "A" else "A").join((mine[:-5], mine[-4:]))
    for token in (foreign, earlier, altered, "made-up", "é"):
        told(
            await refusal(filled.search(ROWS, consistency_token=token)),
            StatusCode.INVALID_ARGUMENT,
            "INVALID_CONSISTENCY_TOKEN",
            collection="things",
        )
    assert (await filled.search(ROWS, consistency_token=mine)).results


async def test_a_token_not_covered_yet_waits_until_the_deadline(filled: Server) -> None:
    """A search that presents the token of a write it cannot see yet is answered at its deadline, with the reason."""
    token = tokens.pack_consistency(filled.engine.collection("things").epoch, 1_000)
    request = rpb.SearchRecordsRequest(
        collection="things", k=1, consistency_token=token, vectors=rpb.VectorQueries(vectors=pack_vectors(ROWS))
    )
    actual = await refusal(filled.records.SearchRecords(request, timeout=0.5))
    told(actual, StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")


async def test_deadline_too_short(filled: Server) -> None:
    """A call whose deadline has passed is refused by gRPC itself, and nothing is written."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await filled.records.UpsertRecords(upsert_request(ROWS, ["a", "b", "c"]), timeout=1e-6)
    assert caught.value.code() is StatusCode.DEADLINE_EXCEEDED
    await unharmed(filled)


async def test_message_over_the_limit(start: object) -> None:
    """A request over the message limit is refused by gRPC itself with a bare code, and the next call is answered."""
    server = await start(max_message_bytes=9 << 20, max_response_bytes=8 << 20)
    await server.create(views=[collection_pb2.View(name="default", dimension=4096)])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.upsert(vectors(700, 4096))
    assert caught.value.code() is StatusCode.RESOURCE_EXHAUSTED
    assert (await server.upsert(vectors(2, 4096))).num_inserted == 2


async def test_overload_is_refused_at_once(start: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call beyond max_pending_calls is refused with a retry hint, and the pending one is still answered."""
    server = await start(max_pending_calls=1)
    await server.create()
    await server.upsert(ROWS)
    handle = server.engine.collection("things")
    request = rpb.SearchRecordsRequest(
        collection="things",
        k=1,
        consistency_token=tokens.pack_consistency(handle.epoch, 2),
        vectors=rpb.VectorQueries(vectors=pack_vectors(ROWS[:1])),
    )
    waits = threading.Event()
    wait_visible = handle.wait_visible
    monkeypatch.setattr(handle, "wait_visible", lambda sequence: (wait_visible(sequence), waits.set())[0])
    waiting = asyncio.ensure_future(server.records.SearchRecords(request, timeout=30))
    await asyncio.to_thread(waits.wait, 30)

    actual = await refusal(server.records.CountRecords(rpb.CountRecordsRequest(collection="things")))

    told(actual, StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", resource="pending calls", maximum="1")
    assert actual.retry_after
    await asyncio.to_thread(drop, handle, "nobody")
    assert (await waiting).results[0].hits.hits[0].record.id == "r0"
