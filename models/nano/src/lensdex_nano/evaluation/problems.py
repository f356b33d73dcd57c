"""The judged problems an evaluation asks about: made by `lensdex_problems`, kept on disk. Knows no model.

Corpus and queries lie in folders named after their plan and a digest of the generator's own source, so that neither
another plan nor a changed wording ever meets files of an older one.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import PIL

import lensdex_problems
from lensdex_nano.evaluation.progress import Report
from lensdex_nano.evaluation.settings import EvaluationSettings
from lensdex_problems import generate, judge
from lensdex_problems.corpus import LINES, Plan
from lensdex_problems.judge import Kind

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SAME_TEMPLATE: Final = 4
SAME_CONCEPT: Final = 3
"""The least grade of a hit; grade 2, the same unit, counts for nDCG only."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The words and the figure of a document or a query; an empty text or no image is one it does not have."""

    id: str
    text: str
    image: Path | None


@dataclass(frozen=True, slots=True)
class Query:
    """A problem that is in no corpus, with the grades of the documents related to it: document id → 2, 3 or 4."""

    problem: Problem
    kind: Kind
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Problems:
    """Documents and queries in the order they were made."""

    documents: tuple[Problem, ...]
    queries: tuple[Query, ...]
    corpus_hash: str
    """SHA-256 over the lines and figures of the documents."""
    queries_hash: str
    """SHA-256 over the lines, grades and figures of the queries."""

    def of_kind(self, kind: Kind) -> list[int]:
        """Return the places of the queries of that kind."""
        return [place for place, query in enumerate(self.queries) if query.kind == kind]


def prepare_problems(settings: EvaluationSettings, report: Report) -> Problems:
    """Return the problems of these settings, made unless they lie in the work folder. Raises ProblemsError, OSError."""
    plan = Plan(settings.seed, settings.documents, settings.split)
    name = f"{plan.split}-{plan.count}-seed{plan.seed}-{_generator_digest()}"
    corpus = settings.work / f"corpus-{name}"
    manifest, _ = generate(
        corpus,
        plan,
        workers=settings.workers,
        progress=lambda done, total: report("drawing the corpus", done, total),
    )
    asked = settings.work / f"queries-{name}-{settings.queries}"
    if not asked.exists():
        report("judging queries", 0, settings.queries)
        unfinished = asked.with_name(asked.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        judge(corpus, unfinished / "qrels.jsonl", queries=settings.queries, seed=settings.seed)
        unfinished.rename(asked)
    report("judging queries", settings.queries, settings.queries)
    documents = tuple(_problem(line, corpus) for line in _lines(corpus / LINES))
    queries = tuple(
        Query(_problem(line, asked), line["kind"], line["grades"]) for line in _lines(asked / "qrels.jsonl")
    )
    return Problems(documents, queries, manifest.content_hash, _hash(asked))


@cache
def _generator_digest() -> str:
    """Return 12 digits that change with the generator's source and with what draws the letters of its figures."""
    root = Path(str(lensdex_problems.__file__)).parent
    digest = hashlib.sha256(PIL.__version__.encode())
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _problem(line: Mapping[str, Any], folder: Path) -> Problem:
    return Problem(line["id"], line.get("text", ""), folder / line["image"] if "image" in line else None)


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in [folder / "qrels.jsonl", *sorted((folder / "queries").glob("*.png"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
