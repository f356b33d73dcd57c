"""Corpora on disk: the same everywhere, refused where they would do harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lensdex_problems import ForeignFolderError, generate, make_item
from lensdex_problems.cli import main
from lensdex_problems.corpus import Plan

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Plan(seed=3, count=24, split="demo", figure_scale="small")


def _run(folder: Path, hash_seed: str, *more: str) -> dict[str, object]:
    command = [sys.executable, "-m", "lensdex_problems", "generate", "--seed", "3", "--count", "24"]
    command += ["--figure-scale", "small", "--json", "--out", str(folder), *more]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    facts: dict[str, object] = json.loads(done.stdout)
    return facts


def test_hash_is_the_same_in_every_process_and_with_any_workers(tmp_path: Path) -> None:
    """Neither string hashing nor the number of workers changes a byte."""
    here, _ = generate(tmp_path / "here", PLAN)
    one = _run(tmp_path / "one", "1")
    two = _run(tmp_path / "two", "2", "--workers", "2")
    for facts in (one, two):
        assert (facts["content_hash"], facts["definition_hash"]) == (here.content_hash, here.definition_hash)
    assert (tmp_path / "one/problems.jsonl").read_bytes() == (tmp_path / "two/problems.jsonl").read_bytes()


def test_known_definition_hash(tmp_path: Path) -> None:
    """Seed 3 means this corpus on every machine; raise GENERATOR_VERSION when you change it on purpose."""
    manifest, _ = generate(tmp_path / "corpus", PLAN)
    assert manifest.definition_hash == "2b59d965791ed6b85404dc8a51201c71680cf93a8b571e2515e4f6fc7e6bb680"


@pytest.mark.parametrize(
    "other", [Plan(4, 24, "demo", "small"), Plan(3, 25, "demo", "small"), Plan(3, 24, "train", "small")]
)
def test_hash_changes_with_the_plan(tmp_path: Path, other: Plan) -> None:
    """Another seed, count or split is another corpus."""
    one, _ = generate(tmp_path / "one", PLAN)
    two, _ = generate(tmp_path / "two", other)
    assert one.content_hash != two.content_hash
    assert one.definition_hash != two.definition_hash


def test_lines_are_the_items_and_figures_exist(tmp_path: Path) -> None:
    """Every line is the item of its place, its image exists where it says, and nothing else lies there."""
    generate(tmp_path, PLAN)
    lines = (tmp_path / "problems.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines == [make_item(3, "demo", place).line() for place in range(24)]
    records = [json.loads(line) for line in lines]
    assert len({record["id"] for record in records}) == 24
    images = {record["image"] for record in records if "image" in record}
    assert images == {str(path.relative_to(tmp_path)) for path in tmp_path.glob("figures/*/*.png")}
    assert images


def test_same_corpus_again_does_nothing(tmp_path: Path) -> None:
    """A folder that holds the corpus is left untouched."""
    first, written = generate(tmp_path, PLAN)
    before = (tmp_path / "problems.jsonl").stat().st_mtime_ns
    second, again = generate(tmp_path, PLAN)
    assert (written, again) == (True, False)
    assert first == second
    assert (tmp_path / "problems.jsonl").stat().st_mtime_ns == before


def test_interrupted_corpus_is_completed(tmp_path: Path) -> None:
    """A run that was broken off can be repeated, and gives what an unbroken one gives."""

    class StopError(Exception):
        pass

    def stop(done: int, count: int) -> None:
        if done == 7:
            raise StopError

    with pytest.raises(StopError):
        generate(tmp_path / "broken", PLAN, progress=stop)
    assert not (tmp_path / "broken/manifest.json").exists()
    assert generate(tmp_path / "broken", PLAN)[0] == generate(tmp_path / "whole", PLAN)[0]


def test_foreign_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are not ours are never written among; the command says so and exits with 1."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ForeignFolderError):
        generate(tmp_path, PLAN)
    assert main(["generate", "--count", "3", "--out", str(tmp_path)]) == 1
    assert "new or empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_another_corpus_is_refused(tmp_path: Path) -> None:
    """A folder with a corpus of another seed is not overwritten."""
    generate(tmp_path, PLAN)
    with pytest.raises(ForeignFolderError, match="another corpus"):
        generate(tmp_path, Plan(9, 24, "demo", "small"))
