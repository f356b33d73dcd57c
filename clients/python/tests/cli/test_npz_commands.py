"""``lensdex export`` and ``lensdex import``: what they write, report, refuse, and how they go on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import Collection, IndexClient, Record, View
from lensdex_wire.errors import Refusal
from lensdex_wire.space_codec import unpack_space

ROWS = np.random.default_rng(0).standard_normal((20, 8)).astype(np.float32)
Run = Callable[..., Any]


@pytest.fixture
def filled(index: Any) -> Any:
    """Give the scripted index with twenty records."""
    with IndexClient(index.address) as client:
        client.create_collection(Collection("c", [View("default", dimension=8)]))
        list(client.upsert_stream("c", ((Record(f"r{n:02}", {"n": n}), {"default": ROWS[n]}) for n in range(20))))
    return index


def test_export_and_import(run: Run, filled: Any, tmp_path: Path) -> None:
    """A collection is exported, and imported under another name, with everything."""
    path = tmp_path / "c.npz"
    first = run("export", "c", path)
    kept = dict(filled.records)
    filled.records.clear()
    second = run("import", path, "d", "--json")

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "20 records" in first.out
    with np.load(path) as loaded:
        np.testing.assert_array_equal(loaded["vectors"], ROWS)
    assert filled.records == kept
    document = second.document
    assert (document["stored"], document["failed"], document["next_row"]) == (20, 0, 20)
    assert "nothing protects them" in second.err


def test_float16_without_content(run: Run, filled: Any, tmp_path: Path) -> None:
    """Half precision halves the vectors; the JSON document says what was written."""
    path = tmp_path / "c.npz"
    done = run("export", "c", path, "--float16", "--no-content", "--json")

    assert done.document == {
        "file": str(path),
        "collection": "c",
        "view": "default",
        "num_records": 20,
        "num_without_view": 0,
        "num_bytes": path.stat().st_size,
    }
    with np.load(path) as loaded:
        np.testing.assert_array_equal(loaded["vectors"], ROWS.astype(np.float16))


def test_no_file_is_written_over(run: Run, filled: Any, tmp_path: Path) -> None:
    """A file that is there already stays, unless told otherwise."""
    path = tmp_path / "c.npz"
    path.write_text("mine")
    refused, forced = run("export", "c", path), run("export", "c", path, "--force")

    assert (refused.code, forced.code) == (2, 0)
    assert "--force writes over it" in refused.err
    assert path.read_bytes()[:2] == b"PK"


def test_what_cannot_be_exported(run: Run, filled: Any, tmp_path: Path) -> None:
    """A file that is no .npz, a view or a collection that does not exist: each is told."""
    wrong = run("export", "c", tmp_path / "c.npy")
    view = run("export", "c", tmp_path / "c.npz", "--view", "nowhere")
    collection = run("export", "nobody", tmp_path / "c.npz")

    assert (wrong.code, view.code, collection.code) == (2, 3, 3)
    assert "no view nowhere" in view.err
    assert not list(tmp_path.iterdir())


def test_a_file_of_somebody_else(run: Run, index: Any, embedder: Any, tmp_path: Path) -> None:
    """Names of arrays are chosen, the embedder says the space, and the collection is bound to it."""
    path = tmp_path / "x.npz"
    np.savez(path, emb=ROWS, keys=np.arange(20))
    bad = run("import", path, "c")
    chosen = ["--vectors-key", "emb", "--ids-key", "keys", "--space-from-embedder", embedder.address]
    done = run("import", path, "c", *chosen, "--pooling", "mean", "--backend", "exact")

    assert bad.code == 2
    assert "it has emb, keys: choose with --vectors-key" in bad.err
    assert done.code == 0, done.err
    assert sorted(index.records) == sorted(map(str, range(20)))
    (view,) = index.collections["c"].views
    assert unpack_space(view.space).pooling == "POOLING_MEAN"
    assert view.backend.name == "exact"


def test_an_embedder_that_did_not_make_them(run: Run, embedder: Any, index: Any, tmp_path: Path) -> None:
    """Vectors larger than the embedder's cannot be its own; a pooling without an embedder says nothing."""
    path = tmp_path / "x.npz"
    np.savez(path, vectors=np.ones((2, 9), np.float32), ids=np.arange(2))
    wrong = run("import", path, "c", "--space-from-embedder", embedder.address)
    alone = run("import", path, "c", "--pooling", "mean")

    assert (wrong.code, alone.code) == (2, 2)
    assert "it did not make these" in wrong.err
    assert "--space-from-embedder" in alone.err
    assert not index.collections


def test_bad_rows_are_reported(run: Run, index: Any, tmp_path: Path) -> None:
    """A row that is refused is told by its number, the others are stored, and the exit code says so."""
    path = tmp_path / "x.npz"
    np.savez(path, vectors=ROWS[:3], ids=np.array(["a", "refused", "b"]))
    done = run("import", path, "c", "--json")

    assert done.code == 1
    assert [(problem["row"], problem["id"]) for problem in done.document["problems"]] == [(1, "refused")]
    assert "row 1: refused" in done.err
    assert sorted(index.records) == ["a", "b"]


def test_an_import_that_ends_says_where_to_go_on(run: Run, index: Any, tmp_path: Path) -> None:
    """An import that fails in the middle names the row to go on from; going on from there stores the rest."""
    path = tmp_path / "x.npz"
    np.savez(path, vectors=ROWS, ids=np.array([f"r{n:02}" for n in range(20)]))
    index.cuts = [7]
    calls = []

    def fail_later(_: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            reason = ErrorReason.ERROR_REASON_COLLECTION_NOT_FOUND
            index.failures["UpsertStream"] = [Refusal(grpc.StatusCode.NOT_FOUND, reason, "gone")]

    index.before["UpsertStream"] = fail_later
    first = run("import", path, "c")
    assert first.code == 3
    assert "--from-row 7" in first.err
    assert len(index.records) == 7
    index.written.clear()
    second = run("import", path, "c", "--from-row", "7")

    assert second.code == 0, second.err
    assert index.written == [f"r{n:02}" for n in range(7, 20)]
