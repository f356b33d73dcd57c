"""UpdateRecords: parts of records change, the rest stays. On every engine, then over a real server."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from grpc import StatusCode
from hypothesis import given, settings
from hypothesis import strategies as st
from index_testing import (
    ALL,
    DIMENSION,
    Reopen,
    Server,
    content,
    discard,
    find,
    fresh,
    make,
    put,
    reason,
    refusal,
    struct,
    vectors,
    view,
)

from lensdex.index.v1 import collection_pb2, record_pb2
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.changes import Change, Changes
from lensdex_index.engine import CollectionEngine, CollectionHandle
from lensdex_index.errors import RecordNotFoundError, RecordTooLargeError, ViolationsError
from lensdex_index.filters import Equals
from lensdex_index.records import FieldSpec, FieldType, Matrix, Metric, ViewRows, WriteOutcome
from lensdex_wire.vectors import pack_vectors

VIEWS = ("default", "image", "text")
GRADE = FieldSpec("grade", FieldType.INT64, is_list=False)


def change(
    handle: CollectionHandle, *each: Change, most: int = 1 << 20, **views: tuple[Sequence[int], Matrix]
) -> WriteOutcome:
    """Update and wait."""
    rows = {name: ViewRows(matrix, np.array(indexes, dtype=np.int64)) for name, (indexes, matrix) in views.items()}
    return handle.update(Changes(each, rows, most), deadline=time.monotonic() + 30).result(30)


def three_views(engine: CollectionEngine) -> CollectionHandle:
    """Create a collection of three views and a field, compared exactly as sent."""
    return make(engine, *(view(engine, name, metric=Metric.DOT) for name in VIEWS), fields=[GRADE])


def stored(handle: CollectionHandle, record_id: str) -> dict[str, object] | None:
    """Return all there is of a record."""
    (found,) = handle.get([record_id], ALL, VIEWS)
    if found is None:
        return None
    return {
        "metadata": dict(found.record.metadata),
        "content": found.record.content,
        "views": {name: vector.tolist() for name, vector in found.vectors.items()},
    }


def test_adding_a_view_takes_nothing_away(opened: CollectionEngine) -> None:
    """A view, a key or a content that is sent joins what the record has; what is not sent stays, and is found."""
    handle = three_views(opened)
    rows = vectors(3)
    put(handle, ["a", "b"], rows[:2], metadata={"grade": 3, "kept": "yes"}, content=b"what it is")
    change(handle, Change("a", {"source": "new"}), image=([0], rows[2:]))

    assert stored(handle, "a") == {
        "metadata": {"grade": 3, "kept": "yes", "source": "new"},
        "content": b"what it is",
        "views": {"default": rows[0].tolist(), "image": rows[2].tolist()},
    }
    assert [hits[0][0] for hits in find(handle, rows[2:], 1, view="image")] == ["a"]
    assert find(handle, rows[:1], 2)[0][0][0] == "a"
    assert handle.count() == 2
    assert handle.count(Equals("grade", 3)) == 2


def test_null_takes_a_key_away_and_nothing_else_does(opened: CollectionEngine) -> None:
    """A key with null is taken away, for filters too; an update without metadata leaves them alone."""
    handle = three_views(opened)
    put(handle, ["a"], vectors(1), metadata={"grade": 3, "kept": "yes"})
    change(handle, Change("a", {"grade": None}))
    assert stored(handle, "a")["metadata"] == {"kept": "yes"}
    assert handle.count(Equals("grade", 3)) == 0
    change(handle, Change("a", {}))
    assert stored(handle, "a")["metadata"] == {"kept": "yes"}


def test_content_is_replaced_or_taken_away(opened: CollectionEngine) -> None:
    """Content is put in the place of the old one, or taken away; otherwise it stays."""
    handle = three_views(opened)
    put(handle, ["a"], vectors(1), content=b"one")
    change(handle, Change("a", {}, content=b"two"))
    assert stored(handle, "a")["content"] == b"two"
    change(handle, Change("a", {}, removes_content=True))
    assert stored(handle, "a")["content"] is None


def test_a_view_is_taken_away(opened: CollectionEngine) -> None:
    """A record without the view it had is no longer found in it, and still in the others."""
    handle = three_views(opened)
    rows = vectors(2)
    put(handle, ["a"], rows[:1], image=([0], rows[1:]))
    change(handle, Change("a", {}, removed_views=frozenset({"image"})))
    assert list(stored(handle, "a")["views"]) == ["default"]
    assert find(handle, rows[1:], view="image") == [[]]
    assert [name for name, _ in find(handle, rows[:1])[0]] == ["a"]


def test_all_or_nothing(opened: CollectionEngine) -> None:
    """Where one record does not exist, or would grow too large, all such are named and nothing is written."""
    handle = three_views(opened)
    put(handle, ["a", "b"], vectors(2), metadata={"grade": 1})
    before = handle.statistics().sequence
    with pytest.raises(ViolationsError) as caught:
        change(handle, Change("a", {"long": "x" * 200}), Change("nobody", {}), Change("b", {"grade": 2}), most=100)
    paths = [(path, type(error)) for path, error in caught.value.violations]
    assert paths == [("updates[0].metadata", RecordTooLargeError), ("updates[1].id", RecordNotFoundError)]
    assert stored(handle, "b")["metadata"] == {"grade": 1}
    assert handle.statistics().sequence == before


def test_a_refused_update_leaves_its_neighbours_in_the_commit_alone(opened: CollectionEngine) -> None:
    """Updates that wait together are refused one by one; what waits beside them is written."""
    handle = three_views(opened)
    put(handle, ["a"], vectors(1), metadata={"grade": 0})
    until = time.monotonic() + 30
    waiting = [
        handle.update(Changes([Change("a" if at % 2 else "nobody", {"grade": at})], {}, 100), deadline=until)
        for at in range(20)
    ]
    assert [isinstance(future.exception(30), ViolationsError) for future in waiting] == [True, False] * 10
    assert stored(handle, "a")["metadata"] == {"grade": 19}


def test_updates_survive_a_restart(reopen: Reopen) -> None:
    """What was updated is what a restart finds, in every view."""
    handle = three_views(reopen())
    rows = vectors(4)
    put(handle, ["a", "b"], rows[:2], metadata={"grade": 1}, image=([0, 1], rows[:2]))
    change(handle, Change("a", {"grade": 9}), text=([0], rows[2:3]))
    change(handle, Change("b", {}, removed_views=frozenset({"image"})), default=([0], rows[3:]))
    before = {name: stored(handle, name) for name in ("a", "b")}
    handle = reopen().collection("things")

    assert {name: stored(handle, name) for name in ("a", "b")} == before
    assert [name for name, _ in find(handle, rows[3:], 1)[0]] == ["b"]
    assert [name for name, _ in find(handle, rows[:1], view="image")[0]] == ["a"]
    assert handle.count(Equals("grade", 9)) == 1


_IDS = ("a", "b", "c")
_METADATA = st.dictionaries(st.sampled_from(("grade", "x")), st.one_of(st.none(), st.integers(0, 5)), max_size=2)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("put", "change", "drop")),
        st.sampled_from(_IDS),
        _METADATA,
        st.frozensets(st.sampled_from(VIEWS[1:])),
        st.frozensets(st.sampled_from(VIEWS[1:])),
    ),
    max_size=12,
)


def test_any_order_of_writes_is_what_a_dictionary_would_hold(opened: CollectionEngine) -> None:
    """After any upserts, updates and deletions each record is what a dictionary says, and is found accordingly."""

    @settings(max_examples=10 if opened.is_remote else 25, deadline=None)
    @given(steps=_STEPS)
    def agree(steps: list[tuple]) -> None:
        handle = fresh(opened, *(view(opened, one, metric=Metric.DOT) for one in VIEWS), fields=[GRADE])
        model: dict[str, dict[str, object]] = {}
        for at, (kind, record_id, metadata, given_views, removed) in enumerate(steps):
            row = vectors(1, seed=at)
            own = {one: ([0], row) for one in given_views}
            if kind == "put":
                put(handle, [record_id], row, metadata=metadata, **own)
                views = {one: row[0].tolist() for one in ("default", *given_views)}
                model[record_id] = {"metadata": metadata, "content": None, "views": views}
            elif kind == "drop":
                handle.delete([record_id], deadline=time.monotonic() + 30).result(30)
                model.pop(record_id, None)
            else:
                gone = removed - given_views
                try:
                    change(handle, Change(record_id, metadata, removed_views=gone), **own)
                except ViolationsError:
                    assert record_id not in model
                    continue
                model[record_id] = _changed(
                    model[record_id], metadata, {one: row[0].tolist() for one in given_views}, gone
                )
        try:
            assert {one: stored(handle, one) for one in _IDS} == {one: model.get(one) for one in _IDS}
            for one in VIEWS:
                found = find(handle, np.ones((1, DIMENSION), np.float32), view=one, exact=True)[0]
                assert {record_id for record_id, _ in found} == {
                    key for key, held in model.items() if one in held["views"]
                }
            graded = sum(held["metadata"].get("grade") == 3 for held in model.values())
            assert handle.count(Equals("grade", 3)) == graded
        finally:
            discard(opened, handle)

    agree()


def _changed(
    held: Mapping[str, object], metadata: Mapping[str, object], views: Mapping[str, object], gone: frozenset[str]
) -> dict[str, object]:
    merged = {**held["metadata"], **metadata}
    return {
        "metadata": {key: value for key, value in merged.items() if not (key in metadata and value is None)},
        "content": held["content"],
        "views": {key: value for key, value in {**held["views"], **views}.items() if key not in gone},
    }


# Over a real server.


async def _made(server: Server) -> None:
    await server.create(
        views=[collection_pb2.View(name=name, dimension=DIMENSION) for name in VIEWS],
        indexed_fields=[collection_pb2.IndexedField(name="grade", type=collection_pb2.FIELD_TYPE_INT64)],
    )
    await server.upsert(vectors(2), ["a", "b"])


def _request(*updates: record_pb2.RecordUpdate, **fields: object) -> rpb.UpdateRecordsRequest:
    return rpb.UpdateRecordsRequest(collection="things", updates=updates, **fields)


async def test_update_over_the_wire(server: Server) -> None:
    """UpdateRecords answers how many it changed, and a token; GetRecords then has all that is new."""
    await _made(server)
    row = vectors(1, seed=5)
    answer = await server.records.UpdateRecords(
        _request(
            record_pb2.RecordUpdate(id="b", metadata=struct(grade=2), content=content("new")),
            record_pb2.RecordUpdate(id="a"),
            vectors=[record_pb2.ViewVectors(view="image", vectors=pack_vectors(row), record_indexes=[0])],
        )
    )
    got = await server.records.GetRecords(
        rpb.GetRecordsRequest(collection="things", ids=["a", "b"], views=["default", "image"])
    )
    assert answer.num_updated == 2
    assert (await server.search(vectors(1), consistency_token=answer.consistency_token)).results
    assert got.results[1].record == record_pb2.Record(id="b", metadata=struct(grade=2), content=content("new"))
    assert [list(block.record_indexes) for block in got.vectors] == [[0, 1], [1]]


@pytest.mark.parametrize(
    ("update", "expected", "field"),
    [
        ({"id": "nobody"}, "RECORD_NOT_FOUND", "updates[0].id"),
        ({"id": ""}, "INVALID_ID", "updates[0].id"),
        ({"id": "a", "metadata": struct(grade="three")}, "FIELD_TYPE_MISMATCH", "updates[0].metadata.grade"),
        ({"id": "a", "metadata": struct(x="y" * 70_000)}, "RECORD_TOO_LARGE", "updates[0].metadata"),
        ({"id": "a", "remove_views": ["default"]}, "INVALID_FIELD", "updates[0].remove_views"),
        ({"id": "a", "remove_views": ["sound"]}, "VIEW_NOT_FOUND", "updates[0].remove_views"),
        ({"id": "a", "remove_views": ["text", "text"]}, "INVALID_FIELD", "updates[0].remove_views"),
        ({"id": "a", "remove_content": True, "content": content("x")}, "INVALID_FIELD", "updates[0].remove_content"),
        ({"id": "a", "remove_views": ["image"]}, "INVALID_FIELD", "updates[0].remove_views"),
    ],
)
async def test_bad_updates_are_refused_by_name(
    server: Server, update: dict[str, object], expected: str, field: str
) -> None:
    """Every bad part of an update is refused with its path and its reason, and nothing is written."""
    await _made(server)
    sent = [record_pb2.ViewVectors(view="image", vectors=pack_vectors(vectors(1)), record_indexes=[0])]
    told = await refusal(server.records.UpdateRecords(_request(record_pb2.RecordUpdate(**update), vectors=sent)))
    assert reason(told) == expected
    assert field in [violation.field for violation in told.violations]
    got = await server.records.GetRecords(rpb.GetRecordsRequest(collection="things", ids=["a"], views=["image"]))
    assert sum(block.vectors.count for block in got.vectors) == 0


async def test_no_updates_and_twice_the_same(server: Server) -> None:
    """A call without updates, and one that names a record twice, is refused."""
    await _made(server)
    assert (await refusal(server.records.UpdateRecords(_request()))).code == StatusCode.INVALID_ARGUMENT
    twice = [record_pb2.RecordUpdate(id="a")] * 2
    assert reason(await refusal(server.records.UpdateRecords(_request(*twice)))) == "DUPLICATE_ID"
