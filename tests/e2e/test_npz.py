"""A collection to an NPZ file and back, through the index itself, in bounded memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lensdex_client import (
    Collection,
    FieldType,
    IndexClient,
    IndexedField,
    NotFiniteVectorError,
    Record,
    SpaceMismatchError,
    View,
)
from lensdex_client.npz import NpzReader, export_npz, import_npz, prepare_import
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import FREE_PORTS, INDEX_MODULE
from lensdex_wire.space import Normalization, Pooling, Space

SPACE = Space("sha256:" + "a" * 64, "recipe/1", Pooling.LAST_TOKEN, 16, Normalization.L2)


def test_a_round_trip(tmp_path: Path) -> None:
    """What was exported is imported as it was; a row with NaN fails alone; another space is refused."""
    rows = np.random.default_rng(0).standard_normal((3_000, 16)).astype(np.float32)
    records = [Record(f"r{n:04}", {"n": n, "name": f"가{n}"}) for n in range(3_000)]
    path = tmp_path / "c.npz"
    server = ServiceProcess(INDEX_MODULE, [*FREE_PORTS, "--data-dir", str(tmp_path / "data")], folder=tmp_path)
    with server as process, IndexClient(process.wait(timeout=60).address) as client:
        fields = [IndexedField("n", FieldType.INT64)]
        client.create_collection(Collection("c", [View("default", space=SPACE)], fields))
        items = ((record, {"default": row}) for record, row in zip(records, rows, strict=True))
        assert not any(outcome.error for outcome in client.upsert_stream("c", items, spaces={"default": SPACE}))
        assert export_npz(client, "c", path).num_records == 3_000
        with NpzReader(path) as reader:
            space = prepare_import(client, reader, "d")
            assert not any(outcome.error for outcome in import_npz(client, reader, "d", space=space))
        parts = list(client.export_records("d", views=["default"]))

        rows[1_234, 5] = np.nan
        np.savez(path, vectors=rows, ids=np.array([record.id for record in records]))
        with NpzReader(path) as reader:
            prepare_import(client, reader, "d", space=SPACE)
            failed = [outcome for outcome in import_npz(client, reader, "d", space=SPACE) if outcome.error]
            other = Space(SPACE.weights_digest, SPACE.template_version, Pooling.MEAN, 16, Normalization.L2)
            with pytest.raises(SpaceMismatchError):
                list(import_npz(client, reader, "d", space=other))

    assert [record for part in parts for record in part.records] == records
    np.testing.assert_array_equal(np.concatenate([part.vectors[0].vectors for part in parts])[:1_234], rows[:1_234])
    assert [(outcome.position, type(outcome.error)) for outcome in failed] == [(1_234, NotFiniteVectorError)]


def test_memory_is_bounded(tmp_path: Path) -> None:
    """Importing and exporting 123 MB of vectors takes a client less than 100 MiB beside its libraries."""
    program = """
import resource, sys
from pathlib import Path
from lensdex_client import Backend, IndexClient
from lensdex_client.npz import NpzReader, export_npz, import_npz, prepare_import

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

folder = Path(sys.argv[2])
with IndexClient(sys.argv[1]) as client, NpzReader(folder / "in.npz") as reader:
    before = peak()
    prepare_import(client, reader, "c", backend=Backend("exact"))
    assert not any(outcome.error for outcome in import_npz(client, reader, "c"))
    imported = peak()
    assert export_npz(client, "c", folder / "out.npz").num_records == 15_000
    print(before, imported, peak())
"""
    rows = np.random.default_rng(0).standard_normal((15_000, 2_048), np.float32)
    np.savez(tmp_path / "in.npz", vectors=rows, ids=np.array([f"r{n:05}" for n in range(15_000)]))
    server = ServiceProcess(INDEX_MODULE, [*FREE_PORTS, "--data-dir", str(tmp_path / "data")], folder=tmp_path)
    with server as process:
        argv = [sys.executable, "-c", program, process.wait(timeout=60).address, str(tmp_path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    before, imported, exported = map(int, done.stdout.split())
    with np.load(tmp_path / "out.npz") as loaded:
        np.testing.assert_array_equal(loaded["vectors"], rows)

    assert imported - before < 100 * 1024, done.stdout
    assert exported - before < 100 * 1024, done.stdout
