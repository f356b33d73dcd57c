"""Durability by killing the process: what was acknowledged before SIGKILL is there, and found, after the next start."""

import threading
from pathlib import Path

import numpy as np

from lensdex_client import Collection, IndexClient, LensdexError, Metric, Record, Retry, View, ViewVectors
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import FREE_PORTS, INDEX_MODULE

DIMENSION = 32
BATCH = 20


def vectors_of(start: int) -> np.ndarray:
    """Return the vectors of a batch: a record's vector follows from its number."""
    return np.stack([np.random.default_rng(start + i).standard_normal(DIMENSION) for i in range(BATCH)]).astype(
        np.float32
    )


def test_acknowledged_writes_survive_sigkill(tmp_path: Path) -> None:
    """Killed while two callers write, the index keeps and finds every acknowledged record; none deleted returns."""
    arguments = [*FREE_PORTS, "--data-dir", str(tmp_path / "data")]
    acknowledged: set[int] = set()
    asked_to_delete: set[int] = set()
    deleted: set[int] = set()
    enough = threading.Event()

    def write(address: str, first: int) -> None:
        with IndexClient(address, timeout=10, retry=Retry.none()) as client:
            for start in range(first, first + 100_000, BATCH):
                records = [Record(f"r{start + i}") for i in range(BATCH)]
                try:
                    client.upsert_records("c", records, [ViewVectors(vectors=vectors_of(start))])
                    acknowledged.update(range(start, start + BATCH))
                    if start % (4 * BATCH) == 0:
                        asked_to_delete.add(start)  # killed before its answer, it may or may not have happened
                        client.delete_records("c", [f"r{start}"])
                        deleted.add(start)
                except LensdexError:
                    return
                if len(acknowledged) > 600:
                    enough.set()

    server = ServiceProcess(INDEX_MODULE, arguments, folder=tmp_path)
    server.start()
    address = server.wait(timeout=60).address
    with IndexClient(address) as client:
        client.create_collection(Collection("c", views=[View("default", dimension=DIMENSION, metric=Metric.COSINE)]))
    writers = [threading.Thread(target=write, args=(address, first)) for first in (0, 1_000_000)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    server.kill()
    for writer in writers:
        writer.join()

    with (
        ServiceProcess(INDEX_MODULE, arguments, folder=tmp_path) as restarted,
        IndexClient(restarted.wait(timeout=60).address) as client,
    ):
        present = {record.id for page in client.records("c") for record in page.records}
        kept = sorted(acknowledged - asked_to_delete)
        probes = kept[:: max(1, len(kept) // 50)]
        queries = np.stack([np.random.default_rng(number).standard_normal(DIMENSION) for number in probes])
        results = client.search_records("c", vectors=queries.astype(np.float32), k=1)

    assert len(acknowledged) > 600
    assert {f"r{number}" for number in kept} <= present
    assert {f"r{number}" for number in deleted} & present == set()
    assert [outcome.unwrap()[0].record.id for outcome in results.outcomes] == [f"r{number}" for number in probes]
