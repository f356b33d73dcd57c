"""Streams of records outlive the index, killed or drained in the middle: all is answered, what was is there."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lensdex_client import Backend, Collection, IndexClient, Record, Retry, UpsertOutcome, View, aio
from lensdex_client.errors import LensdexError
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import INDEX_MODULE

COUNT = 20_000
DIMENSION = 32
ROWS = np.random.default_rng(0).standard_normal((COUNT, DIMENSION)).astype(np.float32)
Take = Callable[[UpsertOutcome], None]


def items() -> Iterator[tuple[Record, Mapping[str, Any]]]:
    """Yield records that all differ."""
    return ((Record(f"r{number:05}", {"n": number}), {"default": ROWS[number]}) for number in range(COUNT))


def waiting(address: str, take: Take, **options: Any) -> None:
    """Run a stream of the face that waits."""
    with IndexClient(address) as client:
        for outcome in client.upsert_stream("c", items(), **options):
            take(outcome)


def awaiting(address: str, take: Take, **options: Any) -> None:
    """Run a stream of the asyncio face."""

    async def run() -> None:
        async with aio.IndexClient(address) as client:
            async for outcome in client.upsert_stream("c", items(), **options):
                take(outcome)

    asyncio.run(run())


def arguments(folder: Path, port: str = "0") -> list[str]:
    """Return the arguments of an index on *folder*."""
    return ["--port", port, "--metrics-port", "none", "--data-dir", str(folder / "data")]


def create(address: str) -> None:
    """Make the collection."""
    with IndexClient(address) as client:
        view = View("default", dimension=DIMENSION, backend=Backend("exact"))
        client.create_collection(Collection("c", views=[view]))


def exported(address: str) -> tuple[list[str], Any]:
    """Return what is there: ids and vectors."""
    with IndexClient(address) as client:
        parts = list(client.export_records("c", views=["default"]))
    ids = [record.id for part in parts for record in part.records]
    return ids, np.concatenate([part.vectors[0].vectors for part in parts])


@pytest.mark.parametrize("end", [ServiceProcess.kill, ServiceProcess.stop], ids=["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("face", [waiting, awaiting])
def test_a_stream_outlives_its_server(tmp_path: Path, face: Any, end: Any) -> None:
    """An index that dies in mid-stream and comes back on its port: each record answered once, and all are there."""
    outcomes: list[UpsertOutcome] = []
    enough = threading.Event()

    def take(outcome: UpsertOutcome) -> None:
        outcomes.append(outcome)
        if len(outcomes) == COUNT // 4:
            enough.set()

    first = ServiceProcess(INDEX_MODULE, arguments(tmp_path), folder=tmp_path)
    first.start()
    address = first.wait(timeout=60).address
    create(address)
    client = threading.Thread(target=face, args=(address, take))
    client.start()
    assert enough.wait(60)
    end(first)
    num_before = len(outcomes)

    again = arguments(tmp_path, address.rpartition(":")[2])
    with ServiceProcess(INDEX_MODULE, again, folder=tmp_path) as second:
        second.wait(timeout=60)
        client.join(100)
        assert not client.is_alive()
        ids, rows = exported(address)

    assert COUNT // 4 <= num_before < COUNT
    assert [outcome.position for outcome in outcomes] == list(range(COUNT))
    assert not any(outcome.error for outcome in outcomes)
    assert ids == [record.id for record, _ in items()]
    np.testing.assert_array_equal(rows, ROWS)


def test_what_was_answered_survives_sigkill(tmp_path: Path) -> None:
    """Killed in mid-stream, the index has every record it answered, whole, after the next start."""
    answered: list[str] = []
    enough = threading.Event()

    def take(outcome: UpsertOutcome) -> None:
        answered.append(outcome.id)
        if len(answered) == COUNT // 4:
            enough.set()

    def write(address: str) -> None:
        with pytest.raises(LensdexError):
            waiting(address, take, retry=Retry.none())

    first = ServiceProcess(INDEX_MODULE, arguments(tmp_path), folder=tmp_path)
    first.start()
    address = first.wait(timeout=60).address
    create(address)
    client = threading.Thread(target=write, args=(address,))
    client.start()
    assert enough.wait(60)
    first.kill()
    client.join(60)

    with ServiceProcess(INDEX_MODULE, arguments(tmp_path), folder=tmp_path) as second:
        ids, rows = exported(second.wait(timeout=60).address)

    assert COUNT // 4 <= len(answered) < COUNT
    assert ids[: len(answered)] == answered
    np.testing.assert_array_equal(rows, ROWS[: len(ids)])
