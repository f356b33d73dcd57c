"""Grades and judged queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lensdex_problems import generate, judge, make_item, relevance
from lensdex_problems.cli import main
from lensdex_problems.corpus import Plan

if TYPE_CHECKING:
    from pathlib import Path

PLACES = st.integers(0, 5000)


@settings(max_examples=200, deadline=None)
@given(PLACES, PLACES)
def test_relevance_is_symmetric_and_by_construction(one: int, other: int) -> None:
    """The grade counts how much of subject, unit, concept and template two items share, in either direction."""
    a, b = make_item(1, "demo", one).metadata, make_item(1, "demo", other).metadata
    grade = relevance(a, b)
    assert grade == relevance(b, a)
    assert grade == sum(a[field] == b[field] for field in ("subject", "unit", "concept", "template"))


def test_every_grade_occurs() -> None:
    """Among a thousand items each grade from 0 to 4 is met."""
    items = [make_item(1, "demo", place).metadata for place in range(1000)]
    assert {relevance(items[0], item) for item in items} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("subject_grades", [False, True])
def test_judged_queries(tmp_path: Path, *, subject_grades: bool) -> None:
    """All records of grade 2 and more are listed, grade 1 when asked for, and no query is in the corpus."""
    corpus = tmp_path / "corpus"
    generate(corpus, Plan(0, 200, "demo", "small"))
    done = judge(corpus, tmp_path / "q/qrels.jsonl", queries=8, seed=1, subject_grades=subject_grades)
    queries = [json.loads(line) for line in (tmp_path / "q/queries.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [query["kind"] for query in queries] == ["text-ko", "text-en", "image", "text+image"] * 2
    records = [json.loads(line) for line in (corpus / "problems.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {record["text"] for record in records}
    qrels = [json.loads(line) for line in (tmp_path / "q/qrels.jsonl").read_text(encoding="utf-8").splitlines()]
    for query, judged in zip(queries, qrels, strict=True):
        assert query.get("text") not in texts
        assert ("image" in query) == ("image" in query["kind"])
        assert ("text" in query) == (query["kind"] != "image")
        if "image" in query:
            assert (tmp_path / "q" / query["image"]).stat().st_size > 0
        grades = {record["id"]: relevance(query["metadata"], record["metadata"]) for record in records}
        least = 1 if subject_grades else 2
        assert judged["grades"] == {record: grade for record, grade in grades.items() if grade >= least}
    rows = [line.split("\t") for line in (tmp_path / "q/qrels.tsv").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == done.judgements == sum(len(judged["grades"]) for judged in qrels)
    assert all(row[1] == "0" and row[2] in qrels[int(row[0][1:])]["grades"] for row in rows)


def test_judging_no_corpus_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without a finished corpus is an error with exit code 1, said on stderr."""
    assert main(["judge", "--corpus", str(tmp_path), "--out", str(tmp_path / "q/qrels.jsonl")]) == 1
    assert "no finished corpus" in capsys.readouterr().err
