"""Parts of records change through the client, against a real index."""

import asyncio

import numpy as np
import pytest

from lensdex_client import (
    Collection,
    Content,
    Include,
    IndexClient,
    Record,
    RecordNotFoundError,
    RecordUpdate,
    View,
    ViewVectors,
    aio,
)
from lensdex_local.stack import Stack

ROWS = np.eye(4, dtype=np.float32)


def test_a_second_pooling_joins_records_that_are_there(stack: Stack) -> None:
    """A view and a key are added to stored records without anything of theirs being sent again."""
    with IndexClient(stack.index_at.address) as client:
        client.create_collection(Collection("joined", [View("default", dimension=4), View("mean", dimension=4)]))
        records = [Record(name, {"kept": 1}, Content(name)) for name in "ab"]
        client.upsert_records("joined", records, [ViewVectors(ROWS[:2])])
        done = client.update_records(
            "joined",
            [RecordUpdate("a", {"new": 2}), RecordUpdate("b", {"kept": None})],
            [ViewVectors(ROWS[2:], view="mean")],
        )
        found = client.search_records(
            "joined", vectors=ROWS[3:], k=1, view="mean", consistency_token=done.consistency_token
        )
        got = client.get_records("joined", ["a", "b"], include=Include(metadata=True, content=True))
        with pytest.raises(RecordNotFoundError):
            client.update_records("joined", [RecordUpdate("nobody")])

    assert done.num_updated == 2
    assert [hit.record.id for hit in found.outcomes[0].unwrap()] == ["b"]
    assert found.num_records_without_view == 0
    assert [outcome.unwrap().metadata for outcome in got.outcomes] == [{"kept": 1, "new": 2}, {}]
    assert got.outcomes[0].unwrap().content == Content("a")


def test_an_update_with_asyncio(stack: Stack) -> None:
    """The asyncio client takes views and content away as the other does."""

    async def run() -> Record:
        async with aio.IndexClient(stack.index_at.address) as client:
            await client.create_collection(Collection("taken", [View("default", dimension=4), View("x", dimension=4)]))
            blocks = [ViewVectors(ROWS[:1]), ViewVectors(ROWS[:1], view="x")]
            await client.upsert_records("taken", [Record("a", {}, Content("a"))], blocks)
            await client.update_records("taken", [RecordUpdate("a", remove_content=True, remove_views=["x"])])
            found = await client.search_records("taken", vectors=ROWS[:1], k=1, view="x")
            assert found.num_records_without_view == 1
            got = await client.get_records("taken", ["a"], include=Include(metadata=True, content=True))
            return got.outcomes[0].unwrap()

    assert asyncio.run(run()) == Record("a")
