"""Judged queries for a corpus: fresh problems that are not in it, with the grades of the records related to them.

A query is Korean text, English text, an image, or text with an image, in turn. Grades come from `relevance.py`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from lensdex_problems import catalog
from lensdex_problems.corpus import LINES, read_manifest
from lensdex_problems.dice import Dice
from lensdex_problems.errors import ForeignFolderError
from lensdex_problems.item import Item, compose
from lensdex_problems.relevance import relevance

if TYPE_CHECKING:
    from pathlib import Path

    from lensdex_problems.catalog import Split
    from lensdex_problems.concept import Language
    from lensdex_problems.item import Metadata

Kind = Literal["text-ko", "text-en", "image", "text+image"]
KINDS: Final[tuple[Kind, ...]] = ("text-ko", "text-en", "image", "text+image")


@dataclass(frozen=True)
class Judged:
    """How many queries were written and how many grades they have together."""

    queries: int
    judgements: int


@dataclass(frozen=True)
class _Corpus:
    """Record ids by template, concept, unit and subject: what is needed to grade, and no texts."""

    metadata: dict[str, Metadata]
    by_field: dict[str, dict[str, list[str]]]


def judge(
    corpus: Path, out: Path, *, queries: int, seed: int, split: Split | None = None, subject_grades: bool = False
) -> Judged:
    """Write `queries.jsonl`, query figures, qrels as JSON lines at `out` and as TREC columns beside it (`.tsv`).

    The queries come from the corpus's split unless another is named. Grades of 2 and more are always listed; grade 1,
    which is a share of the corpus per query, only with `subject_grades`.
    Raises ForeignFolderError when a file is already there.
    """
    plan = read_manifest(corpus).plan
    folder, columns = out.parent, out.with_suffix(".tsv")
    asked = folder / "queries.jsonl"
    for path in (out, columns, asked):
        if path.exists():
            raise ForeignFolderError(f"{path} exists; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    records = _read(corpus)
    count = 0
    with (
        asked.open("w", encoding="utf-8", newline="\n") as query_file,
        out.open("w", encoding="utf-8", newline="\n") as qrels,
        columns.open("w", encoding="utf-8", newline="\n") as table,
    ):
        for place in range(queries):
            kind = KINDS[place % len(KINDS)]
            item = _query(seed, split or plan.split, place, kind)
            name = f"q{place:05d}"
            grades = _grades(records, item.metadata, least=1 if subject_grades else 2)
            query = _written(item, name, kind)
            if item.figure and "image" in kind:
                path = folder / str(query["image"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(item.draw(plan.figure_scale) or b"")
            query_file.write(json.dumps(query, ensure_ascii=False) + "\n")
            judged = {key: query[key] for key in ("id", "kind", "text", "image") if key in query}
            qrels.write(json.dumps({**judged, "grades": grades}, ensure_ascii=False) + "\n")
            table.writelines(f"{name}\t0\t{record}\t{grade}\n" for record, grade in grades.items())
            count += len(grades)
    return Judged(queries, count)


def _query(seed: int, split: Split, place: int, kind: Kind) -> Item:
    # The word in the key keeps queries apart from every corpus, also from one made with the same seed.
    dice = Dice("query", seed, split, place)
    language: Language | None = "ko" if kind == "text-ko" else "en" if kind == "text-en" else None
    own_seed = dice.whole(1 << 40, (1 << 47) - 1)
    for _ in range(100):
        concept = dice.whole(0, len(catalog.concepts()) - 1)
        item = compose(own_seed, split, place, concept_place=concept, language=language, drawn="image" in kind)
        if (item.figure is not None) == ("image" in kind):
            return item
    raise AssertionError("no concept can be asked in this way")


def _written(item: Item, name: str, kind: Kind) -> dict[str, object]:
    query: dict[str, object] = {"id": name, "kind": kind}
    if kind != "image":
        query["text"] = item.text
    if "image" in kind:
        query["image"] = f"queries/{name}.png"
    query["metadata"] = item.metadata
    return query


def _read(corpus: Path) -> _Corpus:
    metadata: dict[str, Metadata] = {}
    fields: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in ("unit", "subject")}
    with (corpus / LINES).open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            kept = {name: record["metadata"][name] for name in ("subject", "unit", "concept", "template")}
            metadata[record["id"]] = kept
            for name, ids in fields.items():
                ids[kept[name]].append(record["id"])
    return _Corpus(metadata, fields)


def _grades(records: _Corpus, query: Metadata, *, least: int) -> dict[str, int]:
    """Return the grades of the records that reach `least`, best first, then in the corpus's order."""
    field = "subject" if least == 1 else "unit"
    near = records.by_field[field].get(str(query[field]), [])
    graded = ((record, relevance(query, records.metadata[record])) for record in near)
    return dict(sorted(graded, key=lambda pair: -pair[1]))
