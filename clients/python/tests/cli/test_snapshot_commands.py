"""``lensdex snapshots``."""

from pathlib import Path
from typing import Any

import pytest

from lensdex_client.cli.exit_codes import ExitCode


def test_snapshots_from_making_to_deleting(
    run: Any, corpus: Path, index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command does what it says, as a table or a sentence."""
    monkeypatch.chdir(tmp_path)
    run("ingest", "c", corpus)
    assert "no snapshots" in run("snapshots").out
    created = run("snapshots", "create", "c")
    (name,) = index.files
    data = index.files[name]

    assert (created.code, f"made {name}: 3 records, sequence 7" in created.out) == (ExitCode.OK, True)
    assert name in run("snapshots").out
    assert name in run("snapshots", "list", "c").out
    assert index.requests["ListSnapshots"][-1].collection == "c"
    assert "checked" in run("snapshots", "download", name).out
    assert (tmp_path / f"{name}.snapshot").read_bytes() == data
    assert "restored d" in run("snapshots", "restore", name, "d").out
    assert run("snapshots", "delete", name).code == ExitCode.USAGE
    assert name in index.files
    assert f"deleted {name}" in run("snapshots", "delete", name, "--yes").out
    assert index.files == {}
    assert f"uploaded {name}" in run("snapshots", "upload", f"{name}.snapshot").out
    assert index.files == {name: data}


def test_snapshots_as_json(run: Any, corpus: Path, index: Any, tmp_path: Path) -> None:
    """With --json each command writes one document, and nothing else."""
    run("ingest", "c", corpus)
    created = run("snapshots", "create", "c", "--json").document
    (name,) = index.files
    path = tmp_path / "file"

    assert (created["name"], created["num_records"], created["sequence"]) == (name, 3, 7)
    assert run("snapshots", "list", "--json").document == [created]
    fetched = run("snapshots", "download", name, path, "--json").document
    assert fetched == {"file": str(path), "snapshot": created}
    assert run("snapshots", "upload", path, "--json").document == created
    assert run("snapshots", "restore", name, "d", "--json").document["name"] == "d"
    assert run("snapshots", "delete", name, "--yes", "--json").document == {"deleted": name}


def test_a_file_is_not_written_over_unasked(run: Any, corpus: Path, index: Any, tmp_path: Path) -> None:
    """A file that is there stays, unless --force says otherwise; what is refused has its exit code."""
    run("ingest", "c", corpus)
    run("snapshots", "create", "c")
    (name,) = index.files
    path = tmp_path / "file"
    path.write_text("mine")

    assert run("snapshots", "download", name, path).code == ExitCode.USAGE
    assert path.read_text() == "mine"
    assert run("snapshots", "download", name, path, "--force").code == ExitCode.OK
    assert path.read_bytes() == index.files[name]
    assert run("snapshots", "download", "nothing", tmp_path / "other").code == ExitCode.REFUSED
    assert run("snapshots", "upload", tmp_path / "missing").code == ExitCode.USAGE
    path.write_bytes(b"foreign")
    assert run("snapshots", "upload", path).code == ExitCode.REFUSED
