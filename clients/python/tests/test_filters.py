"""Filters: what operators build, what is sent, and what is refused before it is."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from google.protobuf import json_format

from lensdex.index.v1 import filter_pb2
from lensdex_client import (
    Field,
    Filter,
    IndexClient,
    InvalidFilterError,
    RecordNotFoundError,
    Retriever,
    SearchOptions,
    aio,
    all_of,
    any_of,
)
from lensdex_client.filter_codec import pack_filter

GRADE, TAGS = Field("grade"), Field("tags")


def packed(built: Filter) -> dict[str, Any]:
    """Return the filter as it is sent, as JSON."""
    message = pack_filter(built)
    assert message is not None
    return json_format.MessageToDict(message)


def equals(field: str, **value: object) -> dict[str, Any]:
    """Return an equality as JSON."""
    return {"equals": {"field": field, "value": value}}


BUILT: dict[str, tuple[Filter, dict[str, Any]]] = {
    "int": (GRADE == 3, equals("grade", int64Value="3")),
    "double": (GRADE == 0.5, equals("grade", doubleValue=0.5)),
    "bool": (Field("done") == True, equals("done", boolValue=True)),  # noqa: E712  a filter, not an answer
    "keyword": (TAGS == "a", equals("tags", keywordValue="a")),
    "instant": (
        Field("made") == datetime(2024, 1, 1, 9, tzinfo=timezone(timedelta(hours=9))),
        equals("made", timestampValue="2024-01-01T00:00:00Z"),
    ),
    "not equal": (GRADE != 3, {"negation": equals("grade", int64Value="3")}),
    "above": (GRADE > 1, {"range": {"field": "grade", "gt": {"int64Value": "1"}}}),
    "from": (GRADE >= 1, {"range": {"field": "grade", "gte": {"int64Value": "1"}}}),
    "below": (GRADE < 1, {"range": {"field": "grade", "lt": {"int64Value": "1"}}}),
    "to": (GRADE <= 1, {"range": {"field": "grade", "lte": {"int64Value": "1"}}}),
    "between": (
        GRADE.between(0, 2),
        {"range": {"field": "grade", "gte": {"int64Value": "0"}, "lte": {"int64Value": "2"}}},
    ),
    "in": (
        TAGS.is_in(name for name in "ab"),
        {"oneOf": {"field": "tags", "values": [{"keywordValue": "a"}, {"keywordValue": "b"}]}},
    ),
    "in nothing": (TAGS.is_in([]), {"oneOf": {"field": "tags"}}),
    "prefix": (TAGS.prefix("a"), {"prefix": {"field": "tags", "prefix": "a"}}),
    "exists": (~GRADE.exists(), {"negation": {"exists": {"field": "grade"}}}),
    "and": (
        (GRADE == 1) & (GRADE == 2) & (TAGS == "a"),
        {
            "allOf": {
                "filters": [
                    equals("grade", int64Value="1"),
                    equals("grade", int64Value="2"),
                    equals("tags", keywordValue="a"),
                ]
            }
        },
    ),
    "or": (
        (GRADE == 1) | (GRADE == 2) & (TAGS == "a"),
        {
            "anyOf": {
                "filters": [
                    equals("grade", int64Value="1"),
                    {"allOf": {"filters": [equals("grade", int64Value="2"), equals("tags", keywordValue="a")]}},
                ]
            }
        },
    ),
    "all of nothing": (all_of(), {"allOf": {}}),
    "any of nothing": (any_of(), {"anyOf": {}}),
}


@pytest.mark.parametrize("name", BUILT)
def test_what_operators_build(name: str) -> None:
    """Each operator builds its own node, with a value of the Python value's type; long chains stay flat."""
    built, sent = BUILT[name]
    assert packed(built) == sent


def test_words_of_python_are_refused() -> None:
    """``and``, ``or``, ``not`` and chained comparisons, which would drop a part, raise TypeError; so does a set."""
    low, high = GRADE == 1, GRADE == 2
    for mistake in (lambda: low and high, lambda: low or high, lambda: not low, lambda: 1 < GRADE < 3):
        with pytest.raises(TypeError, match="&"):
            mistake()
    with pytest.raises(TypeError):
        set([GRADE])  # noqa: C405  the call is what fails


def test_what_no_server_takes_is_refused_here() -> None:
    """Too deep a tree, a number beyond 64 bits, a time without an offset and values of other types are told at once."""
    deep = GRADE == 1
    for _ in range(39):
        deep = ~deep
    assert pack_filter(deep) is not None
    for bad in (~deep, GRADE == 2**63, Field("made") > datetime(2024, 1, 1)):  # noqa: DTZ001  that is the point
        with pytest.raises(InvalidFilterError) as caught:
            pack_filter(bad)
        assert caught.value.metadata["field"] == "filter"
    with pytest.raises(TypeError):
        pack_filter(GRADE == [1])  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        pack_filter(GRADE)  # type: ignore[arg-type]


def test_the_deepest_filter_can_be_sent() -> None:
    """What is within the bound is read again by protobuf, however it nests and whatever is in it."""
    deep = Field("made") == datetime(2024, 1, 1, tzinfo=UTC)
    for _ in range(39):
        deep = all_of(deep)
    message = pack_filter(deep)
    assert message is not None
    assert filter_pb2.Filter.FromString(message.SerializeToString()) == message


def test_every_call_sends_its_filter(index: Any, embedder: Any) -> None:
    """Search, count, list and delete send the filter they are given, and none where none is."""
    chosen = GRADE == 1
    with IndexClient(index.address) as client:
        client.count_records("c", filter=chosen)
        client.list_records("c", filter=chosen)
        list(client.records("c", filter=chosen))
        client.delete_records("c", filter=chosen)
        client.search_records("c", ids=["a"], filter=chosen)
        client.count_records("c")
    with Retriever.connect(embedder.address, index.address) as retriever, pytest.raises(RecordNotFoundError):
        retriever.similar("c", "a", SearchOptions(filter=chosen))

    sent = {name: [item.filter for item in index.requests[name] if item.HasField("filter")] for name in index.requests}
    assert sent.pop("GetRecords", []) == []
    assert {name: len(some) for name, some in sent.items()} == {
        "CountRecords": 1,
        "ListRecords": 2,
        "DeleteRecords": 1,
        "SearchRecords": 2,
    }
    assert all(one == pack_filter(chosen) for some in sent.values() for one in some)
    assert len(index.requests["CountRecords"]) == 2


async def test_the_asyncio_face_sends_filters_too(index: Any) -> None:
    """So do the calls of the asyncio face."""
    chosen = GRADE == 1
    async with aio.IndexClient(index.address) as client:
        await client.count_records("c", filter=chosen)
        await client.list_records("c", filter=chosen)
        assert [page async for page in client.records("c", filter=chosen)]
        await client.delete_records("c", filter=chosen)
        await client.search_records("c", ids=["a"], filter=chosen)

    for name in ("CountRecords", "ListRecords", "DeleteRecords", "SearchRecords"):
        assert all(request.filter == pack_filter(chosen) for request in index.requests[name])


def test_ids_and_a_filter_exclude_each_other(index: Any) -> None:
    """A deletion by both is refused before anything is sent."""
    with IndexClient(index.address) as client, pytest.raises(ValueError, match="not by both"):
        client.delete_records("c", ["a"], filter=GRADE == 1)
    assert not index.requests["DeleteRecords"]
