"""The demo as people run it: every step is shown, and a step that fails fails the command."""

import subprocess
import sys
from pathlib import Path

import pytest

from lensdex_local.process import ServiceProcess, StartError


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo on a few problems."""
    return subprocess.run(
        [sys.executable, "-m", "lensdex_local", "demo", "--count", "12", "--folder", str(folder), *arguments],
        capture_output=True, text=True, check=False, timeout=110,
    )  # fmt: skip


def test_the_demo_shows_every_kind_of_query(tmp_path: Path) -> None:
    """The demo ingests, searches in every way, stops both services cleanly, says what its model is and how to go on."""
    finished = demo(tmp_path)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    for step in (
        "ingest the problems",
        "search by a text in Korean",
        "search by a text in English",
        "search by a picture",
        "search by a text with its picture",
        "more like this record",
        "a query without reranking",
        "the first 8 reranked: search and reranker count alike",
        "blended with the search at weight 1: 8 scored",
        "Blended like this, nano's reranker",
        "How long each step took",
        "stop both services",
        "The model is nano",
        "make serve",
        "Qwen/Qwen3-VL-Embedding-2B",
    ):
        assert step in " ".join(finished.stdout.split())


def test_a_step_that_fails_fails_the_demo(tmp_path: Path) -> None:
    """With a model that is not there the demo ends with status 1 and says which one."""
    finished = demo(tmp_path, "--embedding-model", str(tmp_path / "nowhere"), "--reranking-model", "no-model")

    assert finished.returncode == 1
    assert "nowhere" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_service_that_does_not_start_says_why(tmp_path: Path) -> None:
    """A service that ends before it serves raises StartError with the end of its log."""
    process = ServiceProcess("lensdex_index", ["--port", "99999"], folder=tmp_path)
    process.start()

    with pytest.raises(StartError, match=r"PORT|port"):
        process.wait(timeout=60)
