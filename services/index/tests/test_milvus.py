"""What the engine suite does not ask of the milvus engine: replicas, failures, restarts of Milvus, its limits."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from index_testing import (
    ALL,
    DIMENSION,
    batch,
    clear,
    clustered,
    content,
    drop,
    find,
    make,
    put,
    reason,
    refusal,
    running,
    struct,
    vectors,
    view,
)
from milvus_testing import MilvusServer, new_server, open_milvus, prefix_of

from lensdex.index.v1 import collection_pb2, collection_service_pb2, record_pb2, record_streams_pb2
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.engine import CollectionEngine, CollectionHandle
from lensdex_index.engines.milvus import catalog, schema
from lensdex_index.engines.milvus.connecting import Connection
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.engines.milvus.reading import Reading
from lensdex_index.errors import (
    AliasExistsError,
    CollectionExistsError,
    CollectionHasAliasesError,
    CollectionNotFoundError,
    RecordNotFoundError,
    StartError,
    StoreUnavailableError,
    TooManyItemsError,
)
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Filter, Not, OneOf, Prefix, Range
from lensdex_index.records import Alias, FieldSpec, FieldType, FusedSearch, Metric, Search
from lensdex_wire.vectors import pack_vectors

pytestmark = pytest.mark.milvus

GRADE = FieldSpec("grade", FieldType.INT64, is_list=False)
TAGS = FieldSpec("tags", FieldType.KEYWORD, is_list=True)


@pytest.fixture
def replica(milvus_server: MilvusServer, tmp_path: Path) -> Iterator[Callable[[], CollectionEngine]]:
    """Give a function that opens one more engine on the same collections."""
    opened: list[CollectionEngine] = []

    def _open() -> CollectionEngine:
        opened.append(open_milvus(tmp_path, milvus_server.address))
        return opened[-1]

    yield _open
    if opened:
        clear(opened[0])
    for engine in opened:
        engine.close()


def test_replicas_see_what_each_other_does(replica: Callable[[], CollectionEngine]) -> None:
    """What one replica creates, writes, deletes, drops and creates anew, the other sees with its next call."""
    one, other = replica(), replica()
    handle = make(one, view(one), view(one, "image"), fields=[GRADE])
    seen = other.collection("things")
    rows = vectors(4)
    for number in range(20):
        put(handle, ["a", "b"], rows[:2], metadata={"grade": float(number)}, image=([0], rows[2:3]))
        assert seen.count(Equals("grade", number)) == 2
        assert find(seen, rows[2:3], 2, view="image")[0][0][0] == "a"
        put(seen, [f"c{number}"], rows[3:])
        assert next(handle.get([f"c{number}"], ALL, [])) is not None
    drop(seen, "a")
    assert isinstance(find(handle, ["a"], 2)[0], RecordNotFoundError)
    assert [spec.name for spec in other.specs("", 10)] == ["things"]
    assert (one.epoch, handle.epoch, handle.spec) == (other.epoch, seen.epoch, seen.spec)

    one.drop("things")
    for call in (seen.count, lambda: put(seen, ["x"], rows[:1]), lambda: other.collection("things")):
        with pytest.raises(CollectionNotFoundError):
            call()
    again = make(one)
    with pytest.raises(CollectionNotFoundError):
        put(seen, ["x"], rows[:1])
    assert other.collection("things").epoch == again.epoch != handle.epoch
    assert other.collection("things").count() == 0


def test_aliases_are_seen_by_all_replicas(replica: Callable[[], CollectionEngine]) -> None:
    """An alias that one replica sets, moves or deletes is what the other finds, default view and all."""
    one, other = replica(), replica()
    make(one, view(one), view(one, "image"), name="v-1")
    make(one, name="v_2")
    assert one.set_alias(Alias("live", "v-1", "image")) is None
    assert other.alias("live") == Alias("live", "v-1", "image")
    assert other.set_alias(Alias("live", "v_2", "default"), "v-1") == Alias("live", "v-1", "image")
    assert one.set_alias(Alias("past", "v-1", "")) is None
    assert one.aliases("", 9) == other.aliases("", 9) == [Alias("live", "v_2", "default"), Alias("past", "v-1", "")]
    assert [spec.name for spec in other.specs("", 9)] == ["v-1", "v_2"]
    for name in ("live", "past"):
        with pytest.raises(CollectionNotFoundError):
            other.collection(name)
    with pytest.raises(AliasExistsError):
        make(other, name="live")
    with pytest.raises(CollectionHasAliasesError):
        other.drop("v_2")
    assert other.delete_alias("live") == Alias("live", "v_2", "default")
    assert one.alias("live") is None
    assert one.drop("v_2") == 0
    assert not [
        name for name in other.collection("v-1").stored.call("list_collections") if "v_2" in name and "V" in name
    ]


def test_an_alias_never_outlives_its_collection(
    replica: Callable[[], CollectionEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one replica deletes a collection while another names it, one of them is refused."""
    one, other = replica(), replica()
    make(one)
    drop_alias = Connection.call

    def racing(self: Connection, method: str, *arguments: object, **named: object) -> object:
        if method == "drop_alias" and self is one._connection:
            with monkeypatch.context() as quiet:
                quiet.setattr(Connection, "call", drop_alias)
                other.set_alias(Alias("live", "things", ""))
        return drop_alias(self, method, *arguments, **named)

    with monkeypatch.context() as race:
        race.setattr(Connection, "call", racing)
        with pytest.raises(CollectionHasAliasesError):
            one.drop("things")
    assert other.collection("things").count() == 0
    assert one.alias("live") == Alias("live", "things", "")


def test_views_are_fused_as_their_single_searches_say(replica: Callable[[], CollectionEngine]) -> None:
    """A fused search gives the sum of reciprocal ranks over what each view gives by itself."""
    engine = replica()
    handle = make(engine, view(engine), view(engine, "image"), fields=[GRADE])
    rows = vectors(60)
    put(handle, [f"r{at:02}" for at in range(30)], rows[:30], image=(range(20), rows[30:50]), metadata={"grade": 1.0})
    graded, names = Equals("grade", 1), ("default", "image")
    singles = [find(handle, rows[50:52], 10, view=name, chosen=graded) for name in names]
    searches = [Search(name, rows[50:52], 10, None, False, None, ALL, 1 << 30, graded) for name in names]
    answer = handle.search_fused(FusedSearch(searches, [1.0, 2.0], 60, 5, ALL, 1 << 30))
    assert list(answer.nums_records_without_view) == [0, 10]
    for at, hits in enumerate(answer.outcomes):
        expected: dict[str, float] = {}
        for weight, found in zip((1.0, 2.0), singles, strict=True):
            for rank, (key, _) in enumerate(found[at], start=1):
                expected[key] = expected.get(key, 0.0) + weight / (60 + rank)
        best = sorted(expected, key=lambda key: (-expected[key], key))[:5]
        assert [hit.record.id for hit in hits] == best
        assert all(hit.record.metadata == {"grade": 1.0} for hit in hits)
    ids = ["r05", "r25", "nobody"]
    by_record = [Search(name, ids, 10, None, False, None, ALL, 1 << 30) for name in names]
    own, lone, nobody = handle.search_fused(FusedSearch(by_record, [1.0, 1.0], 60, 5, ALL, 1 << 30)).outcomes
    assert "r05" not in {hit.record.id for hit in own}
    assert {place.source for hit in lone for place in hit.placements} == {0}
    assert isinstance(nobody, RecordNotFoundError)


def test_of_two_who_create_a_collection_one_does(replica: Callable[[], CollectionEngine]) -> None:
    """Where two replicas create a collection of one name at once, one of them is told that it exists."""
    engines = [replica(), replica()]

    def create(engine: CollectionEngine) -> CollectionHandle | None:
        with contextlib.suppress(CollectionExistsError):
            return make(engine)
        return None

    with ThreadPoolExecutor(2) as pool:
        made = [handle for handle in pool.map(create, engines) if handle is not None]
    assert len(made) == 1
    assert {engine.collection("things").epoch for engine in engines} == {made[0].epoch}


def test_what_milvus_has_sealed_and_indexed_answers_alike(replica: Callable[[], CollectionEngine]) -> None:
    """Rows in indexed segments come back bit by bit, score as the formula says, and match filters as fresh ones do."""
    engine = replica()
    fields = [GRADE, TAGS]
    rows = clustered(3_000, 16) * np.float32(3)
    ids = [f"r{at:04}" for at in range(3_000)]
    own = [{"grade": float(at % 7), "tags": [f"t{at % 3}", "all"][: at % 3]} for at in range(3_000)]
    trees: list[Filter] = [
        Equals("grade", 3),
        Range("grade", gt=1, lte=2),
        Not(Exists("tags")),
        AllOf((Prefix("tags", "al"), Not(Equals("grade", 0)))),
    ]

    def made(metric: Metric) -> CollectionHandle:
        return make(engine, view(engine, metric=metric, size=16), name=f"m{metric[7:].lower()}", fields=fields)

    with ThreadPoolExecutor(3) as pool:
        handles = dict(zip(Metric, pool.map(made, Metric), strict=True))
    before = {}
    for metric, handle in handles.items():
        put(handle, ids, rows, metadata=own)
        before[metric] = [handle.count(tree) for tree in trees]
        handle.stored.call("flush", handle.stored.anchor)
    for metric, handle in handles.items():
        _wait_indexed(handle, 3_000)
        put(handle, ["r0003"], rows[3:4], metadata=own[3])
        stored = list(handle.scan("", 3_000, ALL, ["default"]))
        assert [item.record.id for item in stored] == ids
        assert np.array_equal(np.stack([item.vectors["default"] for item in stored]), rows)
        assert [handle.count(tree) for tree in trees] == before[metric]
        queries = rows[::500] + np.float32(0.01)
        truth, found = (find(handle, queries, 10, exact=exact) for exact in (True, False))
        for right, got in zip(truth, found, strict=True):
            assert len({key for key, _ in right} & {key for key, _ in got}) >= 9
            scores = dict(right)
            assert all(np.isclose(scores.get(key, score), score, rtol=1e-5, atol=1e-5) for key, score in got)


def _wait_indexed(handle: CollectionHandle, count: int) -> None:
    until = time.monotonic() + 60
    while True:
        told = handle.stored.call("describe_index", handle.stored.anchor, schema.VECTOR)
        if told.get("indexed_rows", 0) >= count and not told.get("pending_index_rows", 0):
            return
        assert time.monotonic() < until, told
        time.sleep(0.2)


def test_what_a_failed_write_leaves_over_is_no_record(
    replica: Callable[[], CollectionEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails between a view and the records changes no record, is not found, and can be repeated."""
    engine = replica()
    handle = make(engine, view(engine), view(engine, "image", backend="exact"))
    rows = vectors(6)
    put(handle, ["a", "b", "c"], rows[:3], image=([0, 1], rows[:2]))
    call = Stored.call

    def failing(self: Stored, method: str, name: str, *arguments: object, **named: object) -> object:
        if method == "upsert" and name == self.anchor:
            raise StoreUnavailableError("cut off")
        return call(self, method, name, *arguments, **named)

    with monkeypatch.context() as cut:
        cut.setattr(Stored, "call", failing)
        for ids in (["x", "y"], ["c"]):
            with pytest.raises(StoreUnavailableError):
                put(handle, ids, rows[4 : 4 + len(ids)], image=(range(len(ids)), rows[4 : 4 + len(ids)]))
    assert handle.count() == 3
    for exact in (False, True):
        assert sorted(key for key, _ in find(handle, rows[4:5], 2, view="image", exact=exact)[0]) == ["a", "b"]
    assert list(handle.get(["x"], ALL, [])) == [None]
    assert isinstance(find(handle, ["c"], 2, view="image")[0], Exception)
    assert handle.statistics().views[1].num_vectors == 2
    put(handle, ["x", "y"], rows[4:], image=(range(2), rows[4:]))
    assert sorted(key for key, _ in find(handle, rows[4:5], 9, view="image")[0]) == ["a", "b", "x", "y"]


def test_half_made_collections_are_cleared_away(
    replica: Callable[[], CollectionEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was being made or deleted when a process died does not exist, and goes at a later start."""
    engine = replica()
    kept = make(engine, view(engine), view(engine, "image"), name="kept")
    lost = make(engine, view(engine), view(engine, "image"), name="lost")
    lost.stored.call("drop_alias", lost.stored.names.alias("lost"))
    with pytest.raises(CollectionNotFoundError):
        replica().collection("lost")
    assert lost.stored.anchor in lost.stored.call("list_collections")
    monkeypatch.setattr(catalog, "_LEFT_OVER_SECONDS", -1.0)
    replica()
    replica()
    left = [name for name in kept.stored.call("list_collections") if kept.stored.names.place(name) is not None]
    assert sorted(left) == sorted([kept.stored.anchor, kept.stored.of_view("image")])


def test_large_records_are_read_and_written_in_portions(
    replica: Callable[[], CollectionEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is asked for, one message holds a portion of it; the largest content comes back whole."""
    handle = make(replica())
    large = bytes(range(256)) * (4 * 1024 * 4)
    put(handle, ["large"], vectors(1), content=large, metadata={"text": "가" * 20_000})
    for start in range(0, 40, 10):
        ids = [f"r{at:02}" for at in range(start, start + 10)]
        put(handle, ids, vectors(10), content=b"x" * 1_000_000)
    asked: list[int] = []
    read = Reading._read

    def counting(self: Reading, heads: list, *rest: object) -> object:
        asked.append(sum(max(0, head.content_bytes) for head in heads))
        return read(self, heads, *rest)

    monkeypatch.setattr(Reading, "_read", counting)
    records = list(handle.scan("", 100, ALL, []))
    assert records[0].record.content == large
    assert records[0].record.metadata == {"text": "가" * 20_000}
    assert len(records) == 41
    assert max(asked) <= 16 * 1024 * 1024
    assert [item.record.id for item in handle.get(["r07", "large", "r07"], ALL, [])] == ["r07", "large", "r07"]
    (hits,) = find(handle, vectors(1), 41)
    assert len(hits) == 41


def test_odd_names_and_texts(replica: Callable[[], CollectionEngine]) -> None:
    """Ids and keywords with quotes, backslashes, control characters and rare letters are kept and found as they are."""
    engine = replica()
    handle = make(engine, view(engine), view(engine, "a-view_x"), name="a-b_c-d", fields=[TAGS])
    odd = [
        'a"b',
        "a\\b",
        "a'b",
        "가나",
        "\U0010ffff",
        " ",
        "%",
        "_%",
        "\\n",
        "{}",
        "$x",
        '"] or id in ["',
        "\u2028",
        "é",
    ]
    texts = [*odd, "line\nbreak", "tab\t", "\x01", "", "\x00", "\x7f"]
    put(handle, odd, vectors(len(odd)))
    assert [item.record.id for item in handle.scan("", 100, ALL, [])] == sorted(odd, key=str.encode)
    assert [item.record.id for item in handle.get(odd, ALL, [])] == odd
    for text in texts:
        put(handle, ["t"], vectors(1), metadata={"tags": [text]})
        assert handle.count(Equals("tags", text)) == 1, text
        assert handle.count(Prefix("tags", text)) == 1, text
        assert next(handle.get(["t"], ALL, [])).record.metadata == {"tags": [text]}
    assert drop(handle, *odd).num_deleted == len(odd)
    assert [spec.name for spec in engine.specs("a", 1)] == ["a-b_c-d"]


def test_deep_and_wide_filters(replica: Callable[[], CollectionEngine]) -> None:
    """Filters as deep, as many-parted and with as many values as the limits allow are answered."""
    engine = replica()
    handle = make(engine, fields=[GRADE, FieldSpec("scores", FieldType.DOUBLE, is_list=True)])
    many_fields = [FieldSpec(f"f{at}", FieldType.BOOL, is_list=False) for at in range(schema.MAX_FIELDS + 1)]
    with pytest.raises(TooManyItemsError):
        make(engine, name="wide", fields=many_fields)
    widest = make(engine, name="wide", fields=many_fields[1:])
    put(widest, ["a"], vectors(1), metadata={"f56": True})
    assert widest.count(Equals("f56", value=True)) == 1
    put(handle, ["a", "b"], vectors(2), metadata=[{"grade": 1.0, "scores": [float(at) for at in range(64)]}, {}])
    deep: Filter = Range("scores", gte=62.5)
    for at in range(15):
        # 31 levels, every other a negation: true of `a` alone after an even number of them.
        deep = AnyOf((Not(deep), Equals("grade", 9))) if at % 2 else AllOf((Not(deep), AllOf(())))
    wide = AnyOf(tuple(Range("grade", gt=at, lt=at + 2) for at in range(-1_000, 20)))
    many = OneOf("grade", tuple(range(1, 16_385)))
    assert [item.record.id for item in handle.scan("", 9, ALL, [], deep)] == ["b"]
    assert [handle.count(tree) for tree in (wide, many)] == [1, 1]


def test_milvus_is_killed_and_started_again(tmp_path: Path) -> None:
    """While Milvus is away calls are refused as retryable; once it is back all that was answered is there."""
    server = new_server(tmp_path / "milvus", {"common.security.authorizationEnabled": "true"})
    server.start()
    try:
        with pytest.raises(StartError, match="refuses the token") as refused:
            open_milvus(tmp_path, server.address, token="root:hush", timeout_seconds=0.5)
        assert "hush" not in str(refused.value)
        engine = open_milvus(tmp_path, server.address, token="root:Milvus", timeout_seconds=2.0)
        handle = make(engine, view(engine), view(engine, "image"), fields=[GRADE])
        rows = vectors(50)
        put(handle, [f"r{at}" for at in range(50)], rows, metadata={"grade": 1.0}, image=([0, 1], rows[:2]))
        drop(handle, "r7")
        put(handle, ["r8"], rows[:1], metadata={"grade": 2.0})
        server.kill()
        for call in (handle.count, lambda: put(handle, ["x"], rows[:1]), lambda: engine.collection("things")):
            begin = time.monotonic()
            with pytest.raises(StoreUnavailableError):
                call()
            assert time.monotonic() - begin < 10
        with pytest.raises(StartError, match="make milvus"):
            open_milvus(tmp_path, server.address, timeout_seconds=1.0)
        server.start()
        assert _once_there(handle.count) == 49
        assert engine.collection("things").spec == handle.spec
        assert handle.count(Equals("grade", 2)) == 1
        stored = {item.record.id: item for item in handle.scan("", 100, ALL, ["default", "image"])}
        assert set(stored) == {f"r{at}" for at in range(50)} - {"r7"}
        assert np.array_equal(stored["r0"].vectors["image"], rows[0])
        assert "x" not in stored
        assert _once_there(lambda: find(handle, rows[1:2], 1, view="image"))[0][0][0] == "r1"
        put(handle, ["x"], rows[:1])
        assert handle.count() == 50
        engine.close()
    finally:
        server.kill()


def _once_there(call: Callable[[], object]) -> object:
    """Return what *call* does once Milvus is back; until then it may only be refused as retryable."""
    until = time.monotonic() + 90
    while True:
        try:
            return call()
        except StoreUnavailableError:
            assert time.monotonic() < until
            time.sleep(0.5)


async def test_the_whole_service_over_milvus(milvus_server: MilvusServer, tmp_path: Path) -> None:
    """Two servers answer all RPCs alike from one Milvus: tokens and page tokens of one are taken by the other."""
    settings = {"engine": "milvus", "milvus_address": milvus_server.address, "milvus_prefix": prefix_of(tmp_path)}
    async with running(tmp_path / "one", **settings) as one, running(tmp_path / "two", **settings) as two:
        fields = [
            collection_pb2.IndexedField(name="grade", type=collection_pb2.FIELD_TYPE_INT64),
            collection_pb2.IndexedField(name="tags", type=collection_pb2.FIELD_TYPE_KEYWORD, list=True),
        ]
        await one.create(indexed_fields=fields)
        assert reason(await refusal(two.create())) == "COLLECTION_EXISTS"
        written = await one.upsert(vectors(5))
        found = await two.search(vectors(5), k=1, consistency_token=written.consistency_token)
        assert [result.hits.hits[0].record.id for result in found.results] == [f"r{at}" for at in range(5)]
        assert await _streamed(two) == ["", "INVALID_FIELD", ""]
        first = await one.records.ListRecords(rpb.ListRecordsRequest(collection="things", page_size=4))
        rest = await two.records.ListRecords(
            rpb.ListRecordsRequest(collection="things", page_size=4, page_token=first.next_page_token)
        )
        assert [record.id for record in [*first.records, *rest.records]] == [*(f"r{at}" for at in range(5)), "s0", "s2"]
        pages = [
            page
            async for page in one.records.ExportRecords(record_streams_pb2.ExportRecordsRequest(collection="things"))
        ]
        assert [record.id for page in pages for record in page.records][-1] == "s2"
        update = record_pb2.RecordUpdate(id="r0", metadata=struct(grade=4), content=content("new"))
        assert (
            await one.records.UpdateRecords(rpb.UpdateRecordsRequest(collection="things", updates=[update]))
        ).num_updated == 1
        missing = rpb.UpdateRecordsRequest(collection="things", updates=[record_pb2.RecordUpdate(id="nobody")])
        assert reason(await refusal(two.records.UpdateRecords(missing))) == "RECORD_NOT_FOUND"
        told = await two.collections.GetCollection(collection_service_pb2.GetCollectionRequest(name="things"))
        assert (told.engine, list(told.traits)) == ("milvus", ["durable_writes", "exact_search", "read_your_writes"])
        assert told.statistics.num_records == 7
        deletion = rpb.DeleteRecordsRequest(collection="things", ids=["s0", "s2"])
        assert (await one.records.DeleteRecords(deletion)).num_deleted == 2
        assert (await two.records.CountRecords(rpb.CountRecordsRequest(collection="things"))).num_records == 5
        gone = await two.collections.DeleteCollection(collection_service_pb2.DeleteCollectionRequest(name="things"))
        assert gone.num_records == 5
        assert reason(await refusal(one.search(vectors(1)))) == "COLLECTION_NOT_FOUND"


async def _streamed(server: object) -> list[str]:
    """Stream three records, of which the second has more values than an indexed field takes; return their reasons."""
    own = [struct(tags=["a"]), struct(tags=[str(at) for at in range(65)]), struct(grade=1)]
    items = [
        record_streams_pb2.UpsertStreamItem(
            sequence=at,
            record=record_pb2.Record(id=f"s{at}", metadata=metadata),
            vectors=[record_streams_pb2.UpsertStreamVector(vector=pack_vectors(vectors(1)))],
        )
        for at, metadata in enumerate(own)
    ]
    options = record_streams_pb2.UpsertStreamOptions(collection="things")
    requests = [
        record_streams_pb2.UpsertStreamRequest(options=options),
        record_streams_pb2.UpsertStreamRequest(items=record_streams_pb2.UpsertStreamItems(items=items)),
    ]
    from lensdex.common.v1.error_reason_pb2 import ErrorReason
    from lensdex_wire.errors import unpack_refusal

    reasons = []
    async for response in server.records.UpsertStream(iter(requests)):
        for result in response.results.results:
            is_error = result.WhichOneof("outcome") == "error"
            name = ErrorReason.Name(unpack_refusal(result.error).reason) if is_error else ""
            reasons.append(name.removeprefix("ERROR_REASON_"))
    return reasons


def test_batches_keep_their_line(replica: Callable[[], CollectionEngine]) -> None:
    """Writes of one process take effect in the order they came in; those that share no record go together."""
    handle = make(replica(), fields=[GRADE])
    until = time.monotonic() + 60
    futures = [
        handle.upsert(batch([f"r{at % 3}"], vectors(1, seed=at), metadata={"grade": float(at)}), deadline=until)
        for at in range(30)
    ]
    outcomes = [future.result(60) for future in futures]
    assert sum(outcome.num_inserted for outcome in outcomes) == 3
    assert len({outcome.sequence for outcome in outcomes}) == 30
    grades = [item.record.metadata["grade"] for item in handle.scan("", 9, ALL, [])]
    assert grades == [27.0, 28.0, 29.0]
    assert DIMENSION == 8
