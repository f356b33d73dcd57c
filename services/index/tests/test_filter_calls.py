"""Filters through real servers: what each call answers under one, and how each bad one is refused."""

from collections.abc import Awaitable, Callable

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode
from index_testing import Server, reason, refusal, struct, upsert_request, vectors

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import filter_pb2 as fpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.checks import filters as filter_checks
from lensdex_index.errors import FieldNotIndexedError
from lensdex_index.records import CollectionSpec, FieldSpec, FieldType
from lensdex_wire.errors import Refusal
from lensdex_wire.vectors import pack_vectors

ROWS = vectors(6)
FIELDS = {"grade": 2, "score": 3, "tag": 1, "tags": 1, "done": 4, "made": 5}


def value(plain: object) -> fpb.FilterValue:
    """Return a value as a message."""
    match plain:
        case bool():
            return fpb.FilterValue(bool_value=plain)
        case int():
            return fpb.FilterValue(int64_value=plain)
        case float():
            return fpb.FilterValue(double_value=plain)
        case str():
            return fpb.FilterValue(keyword_value=plain)
        case _:
            return fpb.FilterValue(timestamp_value=plain)


def equals(field: str, plain: object) -> fpb.Filter:
    """Return an equality."""
    return fpb.Filter(equals=fpb.Equals(field=field, value=value(plain)))


def between(field: str, **bounds: object) -> fpb.Filter:
    """Return a range."""
    return fpb.Filter(range=fpb.Range(field=field, **{name: value(bound) for name, bound in bounds.items()}))


def all_of(*parts: fpb.Filter) -> fpb.Filter:
    """Return a conjunction."""
    return fpb.Filter(all_of=fpb.FilterList(filters=parts))


def any_of(*parts: fpb.Filter) -> fpb.Filter:
    """Return a disjunction."""
    return fpb.Filter(any_of=fpb.FilterList(filters=parts))


def nested(depth: int) -> fpb.Filter:
    """Return a filter of that depth."""
    tree = equals("grade", 1)
    for _ in range(depth - 1):
        tree = all_of(tree)
    return tree


@pytest.fixture
async def filled(server: Server) -> Server:
    """Give a server whose collection holds r0 to r5 with grades 0 to 5, r5 without any; some have the view `image`."""
    fields = [collection_pb2.IndexedField(name=name, type=kind, list=name == "tags") for name, kind in FIELDS.items()]
    views = [collection_pb2.View(name=name, dimension=8) for name in ("default", "image")]
    await server.create(indexed_fields=fields, views=views)
    records = [
        record_pb2.Record(
            id=f"r{at}",
            metadata=struct(
                grade=at,
                score=at / 2,
                tag=f"t{at % 2}",
                tags=["x", f"t{at}"],
                done=at > 2,
                made=f"202{at}-01-01T00:00:00Z",
                other=1,
            ),
        )
        for at in range(5)
    ]
    records.append(record_pb2.Record(id="r5"))
    blocks = [
        record_pb2.ViewVectors(vectors=pack_vectors(ROWS)),
        record_pb2.ViewVectors(view="image", vectors=pack_vectors(ROWS[:3]), record_indexes=[0, 1, 5]),
    ]
    await server.records.UpsertRecords(upsert_request(ROWS, records=records, vectors=blocks))
    return server


CALLS = ["SearchRecords", "CountRecords", "ListRecords", "DeleteRecords"]


def call(server: Server, name: str, chosen: fpb.Filter, **fields: object) -> Awaitable[object]:
    """Make the call of that name under a filter."""
    request = getattr(rpb, f"{name}Request")(collection="things", filter=chosen, **fields)
    if name == "SearchRecords":
        request.k = 10
        request.vectors.vectors.CopyFrom(pack_vectors(ROWS[:1]))
    return getattr(server.records, name)(request)


async def count(server: Server, chosen: fpb.Filter | None = None) -> int:
    """Return how many match."""
    return (await server.records.CountRecords(rpb.CountRecordsRequest(collection="things", filter=chosen))).num_records


KINDS = {
    "equals": (equals("grade", 2), {"r2"}),
    "equals a list": (equals("tags", "t3"), {"r3"}),
    "a fraction equals no int": (equals("grade", 2.5), set()),
    "one_of": (
        fpb.Filter(one_of=fpb.OneOf(field="tag", values=[value("t0"), value("none")])),
        {"r0", "r2", "r4"},
    ),
    "one_of nothing": (fpb.Filter(one_of=fpb.OneOf(field="tag")), set()),
    "range of ints": (between("grade", gt=0.5, lte=3), {"r1", "r2", "r3"}),
    "range of doubles": (between("score", gte=1, lt=2.0), {"r2", "r3"}),
    "range of instants": (between("made", gte=Timestamp(seconds=1_672_531_200)), {"r3", "r4"}),
    "exists": (fpb.Filter(exists=fpb.Exists(field="grade")), {"r0", "r1", "r2", "r3", "r4"}),
    "prefix": (fpb.Filter(prefix=fpb.Prefix(field="tag", prefix="t1")), {"r1", "r3"}),
    "bool": (equals("done", False), {"r0", "r1", "r2"}),
    "negation includes who has none": (fpb.Filter(negation=equals("grade", 2)), {"r0", "r1", "r3", "r4", "r5"}),
    "all_of": (all_of(equals("tag", "t0"), equals("done", True)), {"r4"}),
    "all_of nothing": (all_of(), {"r0", "r1", "r2", "r3", "r4", "r5"}),
    "any_of": (
        any_of(equals("grade", 0), equals("grade", 4)),
        {"r0", "r4"},
    ),
    "any_of nothing": (any_of(), set()),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_filter(filled: Server, kind: str) -> None:
    """Each kind of node matches in searches, counts and lists what the contract says it does."""
    chosen, expected = KINDS[kind]
    found = await filled.search(ROWS[:2], k=10, filter=chosen)
    listed = await filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", filter=chosen))

    assert [{hit.record.id for hit in result.hits.hits} for result in found.results] == [expected] * 2
    assert await count(filled, chosen) == len(expected)
    assert [record.id for record in listed.records] == sorted(expected)


async def test_delete_by_filter(filled: Server) -> None:
    """DeleteRecords with a filter deletes what matches in one write, says how many, and is idempotent."""
    request = rpb.DeleteRecordsRequest(collection="things", filter=equals("tag", "t0"))
    first = await filled.records.DeleteRecords(request)
    second = await filled.records.DeleteRecords(request)
    found = await filled.search(ROWS[:1], k=10, consistency_token=second.consistency_token)

    assert (first.num_deleted, second.num_deleted) == (3, 0)
    assert {hit.record.id for hit in found.results[0].hits.hits} == {"r1", "r3", "r5"}


async def test_no_filter_deletes_everything_by_accident(filled: Server) -> None:
    """A deletion by nothing, by a filter that says nothing, by one that asks about no field, or by both is refused."""
    nothing = await refusal(filled.records.DeleteRecords(rpb.DeleteRecordsRequest(collection="things")))
    assert (reason(nothing), nothing.metadata["field"]) == ("INVALID_FIELD", "ids")
    for chosen in (fpb.Filter(), all_of(), all_of(all_of()), fpb.Filter(negation=any_of())):
        told = await refusal(call(filled, "DeleteRecords", chosen))
        assert reason(told) == "INVALID_FILTER"
    both = await refusal(call(filled, "DeleteRecords", equals("grade", 1), ids=["r1"]))
    assert (reason(both), both.metadata["field"]) == ("INVALID_FIELD", "ids")
    assert await count(filled) == 6


async def test_records_without_the_view_are_those_that_match(filled: Server) -> None:
    """A filtered search counts the records that match and lack the view."""
    answer = await filled.search(ROWS[:1], k=10, view="image", filter=between("grade", lte=2))

    assert {hit.record.id for hit in answer.results[0].hits.hits} == {"r0", "r1"}
    assert answer.num_records_without_view == 1


async def test_pages_under_a_filter(filled: Server) -> None:
    """Pages under a filter hold each match once; their tokens are good for that filter alone."""
    chosen = between("grade", gte=1)
    first = await filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", filter=chosen, page_size=3))
    token = first.next_page_token
    rest = await filled.records.ListRecords(
        rpb.ListRecordsRequest(collection="things", filter=chosen, page_size=3, page_token=token)
    )
    assert [record.id for record in (*first.records, *rest.records)] == ["r1", "r2", "r3", "r4"]
    assert not rest.next_page_token
    for other in (None, between("grade", gte=2), between("grade", gt=1), between("score", gte=1)):
        request = rpb.ListRecordsRequest(collection="things", filter=other, page_token=token)
        assert reason(await refusal(filled.records.ListRecords(request))) == "INVALID_PAGE_TOKEN"
    bare = await filled.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=1))
    request = rpb.ListRecordsRequest(collection="things", filter=chosen, page_token=bare.next_page_token)
    assert reason(await refusal(filled.records.ListRecords(request))) == "INVALID_PAGE_TOKEN"


NAN, INFINITY = float("nan"), float("inf")
BAD = {
    "nothing": (fpb.Filter(), "INVALID_FILTER", {"field": "filter"}),
    "nothing within": (
        all_of(equals("grade", 1), fpb.Filter()),
        "INVALID_FILTER",
        {"field": "filter.all_of.filters[1]"},
    ),
    "no value": (
        fpb.Filter(negation=fpb.Filter(equals=fpb.Equals(field="grade"))),
        "INVALID_FILTER",
        {"field": "filter.negation.equals.value"},
    ),
    "no bound": (between("grade"), "INVALID_FILTER", {"field": "filter.range", "key": "grade"}),
    "an empty bound": (
        fpb.Filter(range=fpb.Range(field="grade", gt=fpb.FilterValue())),
        "INVALID_FILTER",
        {"field": "filter.range.gt"},
    ),
    "a range of keywords": (between("tag", gt="a"), "INVALID_FILTER", {"field": "filter.range", "key": "tag"}),
    "a range of bools": (between("done", gt=False), "INVALID_FILTER", {"field": "filter.range", "key": "done"}),
    "a prefix of a number": (
        fpb.Filter(prefix=fpb.Prefix(field="grade", prefix="1")),
        "INVALID_FILTER",
        {"field": "filter.prefix", "key": "grade"},
    ),
    "NaN": (equals("score", NAN), "INVALID_FILTER", {"field": "filter.equals.value", "key": "score"}),
    "infinity": (between("score", lt=INFINITY), "INVALID_FILTER", {"field": "filter.range.lt", "key": "score"}),
    "nanoseconds": (
        equals("made", Timestamp(nanos=1_000_000_000)),
        "INVALID_FILTER",
        {"field": "filter.equals.value"},
    ),
    "the year 10000": (
        equals("made", Timestamp(seconds=253_402_300_800)),
        "INVALID_FILTER",
        {"field": "filter.equals.value", "key": "made"},
    ),
    "a key that is not indexed": (
        equals("other", 1),
        "FIELD_NOT_INDEXED",
        {"field": "filter.equals.field", "key": "other", "collection": "things", "known": ",".join(FIELDS)},
    ),
    "no key": (fpb.Filter(exists=fpb.Exists()), "FIELD_NOT_INDEXED", {"field": "filter.exists.field", "key": ""}),
    "text for a number": (
        equals("grade", "1"),
        "FILTER_TYPE_MISMATCH",
        {"field": "filter.equals.value", "key": "grade", "expected": "FIELD_TYPE_INT64", "actual": "keyword"},
    ),
    "bool for a number": (
        equals("score", True),
        "FILTER_TYPE_MISMATCH",
        {"key": "score", "expected": "FIELD_TYPE_DOUBLE", "actual": "bool"},
    ),
    "a number among texts": (
        fpb.Filter(
            any_of=fpb.FilterList(filters=[fpb.Filter(one_of=fpb.OneOf(field="tags", values=[value("a"), value(1)]))])
        ),
        "FILTER_TYPE_MISMATCH",
        {"field": "filter.any_of.filters[0].one_of.values[1]", "key": "tags", "actual": "int64"},
    ),
    "text for an instant": (
        between("made", gt="2020-01-01T00:00:00Z"),
        "FILTER_TYPE_MISMATCH",
        {"field": "filter.range.gt", "expected": "FIELD_TYPE_TIMESTAMP", "actual": "keyword"},
    ),
    "a number for a bool": (
        equals("done", 1),
        "FILTER_TYPE_MISMATCH",
        {"expected": "FIELD_TYPE_BOOL", "actual": "int64"},
    ),
    "an instant for a double": (
        equals("score", Timestamp()),
        "FILTER_TYPE_MISMATCH",
        {"expected": "FIELD_TYPE_DOUBLE", "actual": "timestamp"},
    ),
}


def told(actual: Refusal, name: str, facts: dict[str, str]) -> None:
    """Assert reason and facts."""
    assert (actual.code, reason(actual)) == (StatusCode.INVALID_ARGUMENT, name)
    assert {key: actual.metadata.get(key) for key in facts} == facts
    assert actual.message


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", BAD)
async def test_bad_filters(filled: Server, kind: str, name: str) -> None:
    """Every call tells what is wrong with its filter, by the path to the place, and does nothing."""
    chosen, expected, facts = BAD[kind]

    told(await refusal(call(filled, name, chosen)), expected, facts)
    assert await count(filled) == 6


@pytest.mark.parametrize("name", CALLS)
async def test_filters_over_the_limits(start: Callable[..., Awaitable[Server]], name: str) -> None:
    """Depth, nodes and values over the limit are refused with both numbers; what is at the limit is answered."""
    server = await start(max_filter_depth=4, max_filter_nodes=6, max_filter_values=5)
    await server.create(indexed_fields=[collection_pb2.IndexedField(name="grade", type=2)])
    many = [value(number) for number in range(6)]
    over = {
        (5, 4): nested(5),
        (7, 6): all_of(*[equals("grade", 1)] * 3, fpb.Filter(exists=fpb.Exists(field="grade")), all_of(all_of())),
        (6, 5): fpb.Filter(one_of=fpb.OneOf(field="grade", values=many)),
    }
    for (given, maximum), chosen in over.items():
        facts = {"field": "filter", "count": str(given), "maximum": str(maximum)}
        told(await refusal(call(server, name, chosen)), "INVALID_FILTER", facts)
    await call(server, name, nested(4))
    await call(server, name, all_of(*[equals("grade", 1)] * 5))
    await call(server, name, fpb.Filter(one_of=fpb.OneOf(field="grade", values=many[:5])))


async def test_the_deepest_filter_any_limit_allows_is_read(start: Callable[..., Awaitable[Server]]) -> None:
    """The largest depth a server may be set to is one that protobuf still reads, with the deepest value in it."""
    server = await start(max_filter_depth=40)
    await server.create(indexed_fields=[collection_pb2.IndexedField(name="made", type=5)])
    tree = equals("made", Timestamp(seconds=1))
    for _ in range(39):
        tree = all_of(tree)
    assert await count(server, tree) == 0
    assert reason(await refusal(call(server, "CountRecords", all_of(tree)))) == "INVALID_FILTER"


async def test_absurd_depth(filled: Server) -> None:
    """What protobuf does not read is refused with a bare code, and harms nobody; up to there the refusal is ours."""
    # Far deeper than a stub writes, so it is put together as bytes: filter in all_of in filter in …
    inner = equals("grade", 1).SerializeToString()
    for _ in range(5_000):
        for tag in (b"\x0a", b"\x0a"):
            inner = tag + _varint(len(inner)) + inner
    head = rpb.CountRecordsRequest(collection="things").SerializeToString()
    raw = filled.channel.unary_unary("/lensdex.index.v1.RecordService/CountRecords")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await raw(head + b"\x12" + _varint(len(inner)) + inner)
    assert caught.value.code() is StatusCode.UNKNOWN
    assert "MaxDepth" in (caught.value.details() or "")

    assert await count(filled, nested(32)) == 1
    assert reason(await refusal(call(filled, "CountRecords", nested(45)))) == "INVALID_FILTER"


def _varint(number: int) -> bytes:
    parts = b""
    while number > 127:
        parts += bytes([number & 127 | 128])
        number >>= 7
    return parts + bytes([number])


async def test_many_fields_fit_an_error() -> None:
    """However many fields are declared, the error that lists them stays small enough for gRPC's trailers."""
    spec = CollectionSpec(
        "things", [], [FieldSpec(f"{at:0128}", FieldType.BOOL, is_list=False) for at in range(500)], None
    )
    with pytest.raises(FieldNotIndexedError) as caught:
        filter_checks._check_predicate(spec, "filter.exists", filter_checks.Exists("other"))
    assert caught.value.known.endswith(",…")
    assert len(caught.value.known) <= 1_002
