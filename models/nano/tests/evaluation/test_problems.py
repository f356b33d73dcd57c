"""The judged problems on disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from lensdex_nano.evaluation import problems
from lensdex_nano.evaluation.progress import silent
from lensdex_nano.evaluation.settings import EvaluationSettings


@pytest.fixture
def settings(tmp_path: Path) -> EvaluationSettings:
    """Sixteen documents and eight queries."""
    return EvaluationSettings(documents=16, queries=8, work=tmp_path)


def test_kinds_in_turn_with_what_they_ask_by(settings: EvaluationSettings) -> None:
    """Each kind is a quarter of the queries, has a text unless it is an image, and an image where its name says so."""
    made = problems.prepare_problems(settings, silent)
    assert len(made.documents) == 16
    for place, kind in enumerate(problems.KINDS):
        assert made.of_kind(kind) == [place, place + 4]
        for query in (made.queries[place], made.queries[place + 4]):
            assert bool(query.problem.text) == (kind != "image")
            assert (query.problem.image is not None) == ("image" in kind)
            assert set(query.grades.values()) <= {2, 3, 4}
            assert set(query.grades) <= {document.id for document in made.documents}


def test_what_is_there_is_used_and_what_was_broken_off_is_not(settings: EvaluationSettings) -> None:
    """A second call writes nothing; the beginnings of queries that were never finished are made anew."""
    first = problems.prepare_problems(settings, silent)
    written = {path: path.stat().st_mtime_ns for path in settings.work.rglob("*") if path.is_file()}
    assert problems.prepare_problems(settings, silent) == first
    assert {path: path.stat().st_mtime_ns for path in settings.work.rglob("*") if path.is_file()} == written
    (asked,) = settings.work.glob("queries-*")
    asked.rename(asked.with_name(asked.name + ".new"))
    again = problems.prepare_problems(settings, silent)
    assert (again.corpus_hash, again.queries_hash) == (first.corpus_hash, first.queries_hash)


def test_other_problems_have_other_folders(settings: EvaluationSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another seed, and a generator whose source has changed, never read the files of this one."""
    first = problems.prepare_problems(settings, silent)
    other = problems.prepare_problems(replace(settings, seed=8), silent)
    assert other.corpus_hash != first.corpus_hash
    assert other.queries_hash != first.queries_hash
    monkeypatch.setattr(problems, "_generator_digest", lambda: "changed")
    problems.prepare_problems(settings, silent)
    assert len(list(settings.work.glob("corpus-*"))) == 3
