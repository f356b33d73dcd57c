"""``lensdex ingest``: what it stores, what it reports, how it ends."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from rich.progress import Progress

from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.retriever import Retriever


def test_ingest_reports_what_became_of_the_items(run: Any, corpus: Path, index: Any) -> None:
    """A first run stores all, a second skips all; both exit with 0 and say so."""
    first = run("ingest", "c", corpus, "--views", "default,text,image", "--backend", "exact", "--field", "unit:int64[]")
    second = run("ingest", "c", corpus, "--json")

    assert (first.code, second.code) == (0, 0)
    assert "8 stored" in first.out
    assert (second.document["stored"], second.document["skipped"]) == (0, 8)
    assert [view.name for view in index.collections["c"].views] == ["default", "text", "image"]
    assert index.collections["c"].views[0].backend.name == "exact"
    assert index.collections["c"].indexed_fields[0].list


def test_ingest_of_bad_lines_is_partial(run: Any, corpus: Path) -> None:
    """Bad lines and bad items are named by file and line on stderr, the others stored; the exit code is 1."""
    with corpus.open("a", encoding="utf-8") as file:
        file.write('oops\n{"id": "bad one", "text": "bad"}\n')
    result = run("ingest", "c", corpus, "--json")

    assert result.code == ExitCode.PARTIAL
    assert {key: result.document[key] for key in ("stored", "failed", "bad_lines")} == {
        "stored": 8,
        "failed": 1,
        "bad_lines": 1,
    }
    assert f"{corpus}:9: not JSON" in result.err
    assert f"{corpus}:10: bad one: too long" in result.err
    assert [problem["place"].rpartition(":")[2] for problem in result.document["problems"]] == ["9", "10"]


def test_ingest_of_a_folder(run: Any, tmp_path: Path, index: Any) -> None:
    """A folder of pictures is ingested by path, with its captions; unreadable pictures fail alone."""
    (tmp_path / "pics" / "sub").mkdir(parents=True)
    for name in ("a.png", "sub/b.png"):
        (tmp_path / "pics" / name).write_bytes(b"PIC")
    (tmp_path / "pics" / "broken.png").write_bytes(b"nothing")
    (tmp_path / "pics" / "empty.png").touch()
    captions = tmp_path / "captions.csv"
    captions.write_text("filename,caption,title\na.png,a red thing,Red\n", encoding="utf-8")
    result = run("ingest", "c", tmp_path / "pics", "--captions", captions)

    assert result.code == ExitCode.PARTIAL
    assert set(index.records) == {"a.png", "sub/b.png"}
    assert index.records["a.png"].content.texts == ["a red thing"]
    assert index.records["a.png"].content.images[0].uri == "a.png"
    assert "broken.png" in result.err
    assert "empty.png" in result.err


def test_ingest_takes_no_more_than_its_limit(run: Any, corpus: Path, index: Any) -> None:
    """``--limit`` bounds the items that are read."""
    assert run("ingest", "c", corpus, "--limit", "3").code == 0
    assert len(index.records) == 3


def test_ingest_stops_cleanly_and_goes_on(run: Any, corpus: Path, index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and says how to go on; the next run stores what is missing."""
    original = Retriever.ingest

    def interrupted(self: Retriever, *args: Any, **kwargs: Any) -> Any:
        for number, outcome in enumerate(original(self, *args, **kwargs)):
            if number == 3:
                raise KeyboardInterrupt
            yield outcome

    monkeypatch.setattr(Retriever, "ingest", interrupted)
    stopped = run("ingest", "c", corpus, "--batch", "1", "--json")
    monkeypatch.undo()
    resumed = run("ingest", "c", corpus, "--json")

    assert (stopped.code, stopped.document["interrupted"]) == (ExitCode.INTERRUPTED, True)
    assert "run the same command again" in stopped.err
    assert resumed.code == 0
    assert resumed.document["skipped"] >= 3
    assert len(index.records) == 8


def test_ingest_that_loses_its_service_reports_what_was_done(run: Any, corpus: Path, index: Any, refusals: Any) -> None:
    """When the service fails midway, what was stored is reported, and the exit code is the failure's."""
    index.failures["UpsertRecords"] = [None, refusals(grpc.StatusCode.FAILED_PRECONDITION, 15)]
    result = run("ingest", "c", corpus, "--batch", "4", "--json")

    assert result.code == ExitCode.REFUSED
    assert result.document["stored"] <= 4
    assert "SPACE_MISMATCH" in result.err


def test_replacing_keeps_the_views(run: Any, corpus: Path, index: Any) -> None:
    """``--replace`` without ``--views`` fills the views the collection has; leaving some out is refused by name."""
    run("ingest", "c", corpus, "--views", "text,image")
    replaced = run("ingest", "c", corpus, "--replace")
    refused = run("ingest", "c", corpus, "--replace", "--views", "text")

    assert replaced.code == 0
    assert {block.view for block in index.requests["UpsertRecords"][-1].vectors} == {"default", "text", "image"}
    assert (refused.code, "views image" in refused.err) == (ExitCode.REFUSED, True)


def test_progress_counts_what_the_total_counts(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad captions stand beside the pictures: progress ends at these and no more, and the limit takes pictures."""
    seen: list[float] = []
    original = Progress.update

    def noted(self: Progress, task: Any, **facts: Any) -> None:
        seen.append(facts["completed"])
        original(self, task, **facts)

    monkeypatch.setattr(Progress, "update", noted)
    (tmp_path / "pics").mkdir()
    for number in range(3):
        (tmp_path / "pics" / f"{number}.png").write_bytes(b"PIC" if number else b"")
    captions = tmp_path / "captions.csv"
    captions.write_text("filename,caption\n,nameless\n0.png,a,b,c\nnope.png,nobody\n", encoding="utf-8")
    whole = run("ingest", "c", tmp_path / "pics", "--captions", captions, "--json")
    most = max(seen)
    two = run("ingest", "d", tmp_path / "pics", "--captions", captions, "--limit", "2", "--json")

    assert (whole.document["stored"], whole.document["bad_lines"] + whole.document["failed"]) == (2, 4)
    assert (most, seen[-1]) == (3, 2)
    assert (two.document["skipped"], two.document["failed"] + two.document["bad_lines"]) == (1, 3)
