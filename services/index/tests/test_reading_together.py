"""Searches read the records they found in one statement: what comes of it, and how much at a time."""

import json
import math
from collections.abc import Iterator

import pytest
from index_testing import make, put, vectors

from lensdex_index.engine import CollectionHandle
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.store import records_db
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.records import Found, Include, Search

PLAIN = Include(metadata=True, content=False)
ODD_IDS = ['a"b', "\\", "한글", "x,y", "],[", "\u2028", "é😀", "null", "1", '{"a":1}', "'", "\uffff", ",\u2029"]
ODD_METADATA = {
    "": "",
    ",\n": ',\n"\\\0\u2028',
    "large": 1e308,
    "small": 5e-324,
    "zero": -0.0,
    "sum": 0.1 + 0.2,
    "whole": 3.0,
    "integer": 2**63 - 1,
    "least": -(2**63),
    "nested": [1, [2, {"x": []}], {}, None, True],
}


def search(handle: CollectionHandle, k: int) -> list[Found]:
    """Return the hits of one query."""
    asked = Search("default", vectors(1, seed=7), k, None, False, None, PLAIN, 1 << 30, None)
    (outcome,) = handle.search(asked).outcomes
    assert isinstance(outcome, list)
    return outcome


@pytest.fixture
def snapshots(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[RecordsDb]]:
    """Give a list that has an item for every snapshot that was taken."""
    taken: list[RecordsDb] = []
    reading = RecordsDb.reading
    monkeypatch.setattr(RecordsDb, "reading", lambda db: taken.append(db) or reading(db))
    return taken


def test_records_come_as_they_were_put(engine: LocalEngine, snapshots: list[RecordsDb]) -> None:
    """Whatever characters ids have, and whatever metadata holds, it is as it was put; and that takes no snapshot."""
    handle = make(engine)
    put(handle, ODD_IDS, vectors(len(ODD_IDS)), metadata=ODD_METADATA)

    snapshots.clear()
    hits = search(handle, 20)

    assert snapshots == []
    assert sorted(hit.record.id for hit in hits) == sorted(ODD_IDS)
    for hit in hits:
        assert hit.record.metadata == ODD_METADATA
        assert math.copysign(1, hit.record.metadata["zero"]) == -1
        assert isinstance(hit.record.metadata["whole"], float)


@pytest.mark.parametrize(("each", "num_snapshots"), [(30_000, 0), (300_000, 1)])
def test_much_metadata_is_parsed_record_by_record(
    engine: LocalEngine,
    snapshots: list[RecordsDb],
    monkeypatch: pytest.MonkeyPatch,
    each: int,
    num_snapshots: int,
) -> None:
    """Parsing holds all other calls up: it is one record's at a time. What is very much is not read at once at all."""
    handle = make(engine)
    put(handle, [f"r{at}" for at in range(40)], vectors(40), metadata={"text": "x" * each})
    longest = 0
    loads = json.loads

    def watched(text: str) -> object:
        nonlocal longest
        longest = max(longest, len(text))
        return loads(text)

    monkeypatch.setattr(records_db.json, "loads", watched)
    snapshots.clear()
    hits = search(handle, 40)

    assert len(snapshots) == num_snapshots
    assert [len(hit.record.metadata["text"]) for hit in hits] == [each] * 40
    assert longest < each + 100


def test_what_was_read_at_once_is_bounded_for_that_reading_alone(engine: LocalEngine) -> None:
    """A reader that refused to read so much at once reads anything afterwards."""
    handle = make(engine)
    put(handle, ["a"], vectors(1), metadata={"text": "x" * 20_000_000})

    assert len(search(handle, 1)[0].record.metadata["text"]) == 20_000_000
    assert len(search(handle, 1)[0].record.metadata["text"]) == 20_000_000
