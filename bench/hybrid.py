"""Measure whether fusing helps: several views of a query, and words beside vectors, on the judged sample problems.

    .venv/bin/python bench/hybrid.py [--documents 5000] [--queries 500] [--work var/nano/evaluation]

Sources are ranked alone and fused by reciprocal rank (constant 60), 100 hits of each. Vectors are the nano checkpoint's,
searched exactly; words are SQLite's FTS5, as three-letter pieces (its `trigram`) and as the two-syllable pieces that CJK
analysers cut, and bm25s beside them. Everything twice: with the records of the query's own template, and without them,
where a shared wording cannot help. Means have 95 % bootstrap intervals; differences are paired, query by query, with a
sign-flip test. Writes a JSON with commit, hardware and settings under bench/results/ and prints tables. Decides no test.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from provenance import RESULTS, provenance
from rich.console import Console
from rich.table import Table

from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators

declare_missing_operators()  # Before anything imports torchvision: see there.

from lensdex_embedder.engines.hf.opening import open_embedding  # noqa: E402  after the operators
from lensdex_nano.evaluation.arrays import kept  # noqa: E402
from lensdex_nano.evaluation.bm25 import Bm25System, tokenise  # noqa: E402
from lensdex_nano.evaluation.checkpoints import engine_options, identity  # noqa: E402
from lensdex_nano.evaluation.contents import Source, View  # noqa: E402
from lensdex_nano.evaluation.embedding import Shelf, embed, embed_problems  # noqa: E402
from lensdex_nano.evaluation.interval import Interval, interval  # noqa: E402
from lensdex_nano.evaluation.measures import Judge, Measured, Values, own_template, without_own_template  # noqa: E402
from lensdex_nano.evaluation.problems import KINDS, Problems, prepare_problems  # noqa: E402
from lensdex_nano.evaluation.ranking import Ranking, rank  # noqa: E402
from lensdex_nano.evaluation.settings import EvaluationSettings  # noqa: E402
from lensdex_nano.evaluation.systems import Scores, System, VectorSystem  # noqa: E402
from lensdex_wire.space import Pooling  # noqa: E402

CONSTANT: Final = 60
DEPTH: Final = 100
FLIPS: Final = 10_000

Search = tuple[str, View]
"""A system and the view it is asked in."""

LIGHT: Final = 0.2
"""Weight of words in the fusions that are called so."""

FUSIONS: Final[dict[str, dict[str, tuple[Search, ...]]]] = {
    "text-ko": {
        "default": (("whole", "default"),),
        "text": (("text", "text"),),
        "views default+text": (("whole", "default"), ("text", "text")),
        "words trigram": (("trigram", "text"),),
        "words bigram": (("bigram", "text"),),
        "words bm25s": (("bm25s", "text"),),
        "text+trigram": (("text", "text"), ("trigram", "text")),
        "text+bigram": (("text", "text"), ("bigram", "text")),
        "text+light bigram": (("text", "text"), ("bigram", "text")),
        "default+bigram": (("whole", "default"), ("bigram", "text")),
        "text+default+bigram": (("text", "text"), ("whole", "default"), ("bigram", "text")),
    },
    "image": {
        "default": (("whole", "default"),),
        "image": (("image", "image"),),
        "views default+image": (("whole", "default"), ("image", "image")),
    },
    "text+image": {
        "default": (("whole", "default"),),
        "text": (("text", "text"),),
        "image": (("image", "image"),),
        "views default+text": (("whole", "default"), ("text", "text")),
        "views default+text+image": (("whole", "default"), ("text", "text"), ("image", "image")),
        "words trigram": (("trigram", "text"),),
        "words bigram": (("bigram", "text"),),
        "words bm25s": (("bm25s", "text"),),
        "default+trigram": (("whole", "default"), ("trigram", "text")),
        "default+bigram": (("whole", "default"), ("bigram", "text")),
        "default+light bigram": (("whole", "default"), ("bigram", "text")),
    },
}
FUSIONS["text-en"] = FUSIONS["text-ko"]
"""By the query's kind: what is measured, and which searches are fused for it."""

PAIRS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "text-ko": (
        ("views default+text", "text"),
        ("text+trigram", "text"),
        ("text+bigram", "text"),
        ("text+light bigram", "text"),
        ("text+bigram", "words bigram"),
        ("text+default+bigram", "views default+text"),
    ),
    "image": (("views default+image", "default"), ("views default+image", "image")),
    "text+image": (
        ("views default+text", "default"),
        ("views default+text+image", "default"),
        ("default+trigram", "default"),
        ("default+bigram", "default"),
        ("default+light bigram", "default"),
        ("default+bigram", "words bigram"),
    ),
}
PAIRS["text-en"] = PAIRS["text-ko"]
"""By the query's kind: what is compared with what."""


class FtsSystem:
    """Words through SQLite's FTS5: best by its bm25, any piece may match."""

    def __init__(self, documents: Sequence[str], queries: Sequence[str], *, trigram: bool) -> None:
        self._queries, self._count, self._trigram = queries, len(documents), trigram
        self._db = sqlite3.connect(":memory:")
        tokenizer = "trigram" if trigram else "unicode61"
        self._db.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='{tokenizer}')")
        texts = documents if trigram else [" ".join(tokenise(document)) for document in documents]
        self._db.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts, start=1))

    def scores(self, queries: Sequence[int], view: View) -> Scores | None:
        """Return FTS5's bm25, turned round; a document that shares no piece is no answer."""
        if view == "image":
            return None
        rows = np.full((len(queries), self._count), -np.inf)
        for row, place in enumerate(queries):
            pieces = dict.fromkeys(_trigrams(self._queries[place]) if self._trigram else tokenise(self._queries[place]))
            if not pieces:
                continue
            match = " OR ".join(f'"{piece}"' for piece in pieces)
            found = self._db.execute("SELECT rowid, bm25(words) FROM words WHERE words MATCH ?", (match,))
            for rowid, score in found:
                rows[row, rowid - 1] = -score
        return rows


def _trigrams(text: str) -> Iterable[str]:
    for word in "".join(letter if letter.isalnum() else " " for letter in text.lower()).split():
        yield from (word[at : at + 3] for at in range(len(word) - 2))


def fused(rankings: Sequence[Sequence[Ranking]], weights: Sequence[float], depth: int) -> list[Ranking]:
    """Return one ranking a query from one a query and source: by the sum of weight / (60 + rank), equal ones by place."""
    merged = []
    for of_query in zip(*rankings, strict=True):
        scores: dict[int, float] = {}
        for weight, ranking in zip(weights, of_query, strict=True):
            for at, place in enumerate(ranking, start=1):
                scores[place] = scores.get(place, 0.0) + weight / (CONSTANT + at)
        merged.append(tuple(sorted(scores, key=lambda place: (-scores[place], place))[:depth]))
    return merged


def systems_of(problems: Problems, settings: EvaluationSettings) -> dict[str, System]:
    """Return what can be asked: the query's whole vector, those of its parts, and words."""
    engine = open_embedding(engine_options(settings.embedding, settings))
    shelf = Shelf(settings.work / "vectors", "nano", identity(engine.facts))
    whole = embed_problems(engine, problems, shelf, _report)[Pooling.LAST_TOKEN]
    found: dict[str, System] = {"whole": VectorSystem(whole)}
    for part in ("text", "image"):
        sources = [
            Source(query.problem.text if part == "text" else "", query.problem.image if part == "image" else None)
            for query in problems.queries
        ]
        held = [at for at, source in enumerate(sources) if source.text or source.image]
        asked = [sources[at] for at in held]
        key = {**shelf.identity, "queries": problems.queries_hash, "part": part}

        def make(asked: list[Source] = asked, part: str = part) -> Any:
            return embed(engine, asked, lambda done, total: _report(f"embedding {part} parts", done, total))

        rows = kept(shelf.folder, f"nano-{part}-parts", key, make)[Pooling.LAST_TOKEN.value]
        laid = np.zeros_like(whole.queries)
        laid[held] = rows
        found[part] = VectorSystem(replace(whole, queries=laid))
    documents = [document.text for document in problems.documents]
    queries = [query.problem.text for query in problems.queries]
    return found | {
        "trigram": FtsSystem(documents, queries, trigram=True),
        "bigram": FtsSystem(documents, queries, trigram=False),
        "bm25s": Bm25System(documents, queries),
    }


def measure(problems: Problems, systems: dict[str, System]) -> dict[tuple[str, str, bool], Measured]:
    """Return the figures by kind of query, name and whether records of its own template are there."""
    ids = [document.id for document in problems.documents]
    numbers = {name: number for number, name in enumerate(ids)}
    figures: dict[tuple[str, str, bool], Measured] = {}
    for kind in KINDS:
        places = problems.of_kind(kind)
        grades = [problems.queries[place].grades for place in places]
        for own in (True, False):
            judge = Judge(grades if own else [without_own_template(graded) for graded in grades])
            excluded = None if own else [[numbers[name] for name in own_template(graded)] for graded in grades]
            rankings: dict[Search, list[Ranking]] = {}
            for name, searches in FUSIONS[kind].items():
                for system, view in searches:
                    if (system, view) not in rankings:
                        scores = systems[system].scores(places, view)
                        assert scores is not None
                        rankings[system, view] = rank(scores, depth=DEPTH, excluded=excluded)
                weights = [LIGHT if "light" in name and system == "bigram" else 1.0 for system, _ in searches]
                best = fused([rankings[search] for search in searches], weights, 10)
                figures[kind, name, own] = judge.measure([[ids[number] for number in one] for one in best])
    return figures


def sign_flip(values: Values) -> float:
    """Return the two-sided p-value of a paired permutation test: how often flipped signs give as large a mean."""
    defined = values[~np.isnan(values)]
    signs = np.random.default_rng(7).choice((-1.0, 1.0), size=(FLIPS, len(defined)))
    means = np.abs(signs @ defined) / max(1, len(defined))
    return float((1 + (means >= abs(defined.mean()) - 1e-12).sum()) / (FLIPS + 1))


def told(measured: Measured, resamples: int) -> dict[str, Any]:
    """Return both measures with their intervals."""
    return {
        name: None if (found := interval(values, resamples=resamples)) is None else asdict(found)
        for name, values in (("success@5", measured.success), ("ndcg@10", measured.ndcg))
    }


def _report(stage: str, done: int, total: int) -> None:
    print(f"\r{stage}: {done} of {total}  ", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _figure(cell: dict[str, Any] | None, sign: str = "") -> str:
    if cell is None:
        return "-"
    shown = Interval(**cell)
    return f"{shown.mean:{sign}.3f} [{shown.low:{sign}.3f}, {shown.high:{sign}.3f}]"


def show(result: dict[str, Any], console: Console) -> None:
    """Print the figures and the differences."""
    for title, key, sign in (("means", "figures", ""), ("paired differences", "differences", "+")):
        table = Table(title=title)
        for name in ("queries", "what", "own template", "success@5", "nDCG@10", "p"):
            table.add_column(name)
        for item in result[key]:
            own = "in" if item["own_template"] else "out"
            cells = [_figure(item["success@5"], sign), _figure(item["ndcg@10"], sign)]
            p = f"{item['p_ndcg']:.4f}" if "p_ndcg" in item else ""
            table.add_row(item["kind"], item["name"], own, *cells, p)
        console.print(table)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--queries", type=int, default=500, help="of all four kinds together")
    parser.add_argument("--work", type=Path, default=EvaluationSettings().work)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    settings = EvaluationSettings(documents=arguments.documents, queries=arguments.queries, work=arguments.work)
    told_by = provenance()
    problems = prepare_problems(settings, _report)
    figures = measure(problems, systems_of(problems, settings))
    differences = []
    for kind in KINDS:
        for first, second in PAIRS[kind]:
            for own in (True, False):
                apart = figures[kind, first, own].minus(figures[kind, second, own])
                differences.append(
                    {"kind": kind, "name": f"{first} minus {second}", "own_template": own}
                    | told(apart, settings.resamples)
                    | {"p_ndcg": sign_flip(apart.ndcg)}
                )
    result = {
        **told_by,
        "sqlite": sqlite3.sqlite_version,
        "settings": {"documents": settings.documents, "queries": settings.queries, "seed": settings.seed}
        | {
            "split": settings.split,
            "constant": CONSTANT,
            "depth": DEPTH,
            "light": LIGHT,
            "resamples": settings.resamples,
        },
        "corpus_hash": problems.corpus_hash,
        "queries_hash": problems.queries_hash,
        "figures": [
            {"kind": kind, "name": name, "own_template": own} | told(measured, settings.resamples)
            for (kind, name, own), measured in figures.items()
        ],
        "differences": differences,
    }
    show(result, Console(width=140))
    path = arguments.output / f"hybrid-{told_by['commit'].rstrip('+')}-{settings.documents}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"written: {path}")


if __name__ == "__main__":
    main()
