"""From problems to vectors through a real embedding engine, in both poolings of one pass. Knows no measure.

Equal contents are computed once: a document without an image is the same in the views `default` and `text`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lensdex_embedder.embeddings import cut_and_normalise
from lensdex_embedder.engine import EmbeddingEngine
from lensdex_embedder.work import Truncation
from lensdex_nano.evaluation.arrays import Arrays, kept
from lensdex_nano.evaluation.contents import VIEWS, ContentOpener, Source, View, sources_of, whole
from lensdex_nano.evaluation.problems import Problems
from lensdex_nano.evaluation.progress import Report
from lensdex_wire.space import Pooling

BATCH: Final = 32
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of queries and documents in one pooling: float32, shape (queries or documents, hidden size).

    The row of a document that a view lacks is NaN.
    """

    queries: Matrix
    documents: Mapping[View, Matrix]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an engine's vectors are kept, and what decides them."""

    folder: Path
    name: str
    """Stands in the names of files and is told to those who watch."""
    identity: Mapping[str, str]
    """All that decides what the engine answers to the same content."""


def embed_problems(
    engine: EmbeddingEngine[Any], problems: Problems, shelf: Shelf, report: Report
) -> dict[Pooling, Vectors]:
    """Return the vectors of all problems in every pooling, from the shelf where the same were computed before."""

    def documents() -> Arrays:
        return _embed_documents(
            engine, problems, lambda done, total: report(f"embedding documents, {shelf.name}", done, total)
        )

    def queries() -> Arrays:
        sources = [whole(query.problem) for query in problems.queries]
        return embed(engine, sources, lambda done, total: report(f"embedding queries, {shelf.name}", done, total))

    found = kept(shelf.folder, f"{shelf.name}-documents", {**shelf.identity, "corpus": problems.corpus_hash}, documents)
    asked = kept(shelf.folder, f"{shelf.name}-queries", {**shelf.identity, "queries": problems.queries_hash}, queries)
    return {
        pooling: Vectors(asked[pooling.value], {view: found[f"{view}.{pooling.value}"] for view in VIEWS})
        for pooling in Pooling
    }


def embed(engine: EmbeddingEngine[Any], sources: Sequence[Source], report: Callable[[int, int], None]) -> Arrays:
    """Return pooling → unit vectors of *sources*, in order: float32, shape (sources, hidden size).

    Batches hold contents of like length, whatever their order. Raises ContentError when one is refused; none is cut.
    """
    opener = ContentOpener()
    pooled: Arrays = {
        pooling.value: np.zeros((len(sources), engine.hidden_size), dtype=np.float32) for pooling in Pooling
    }
    order = sorted(range(len(sources)), key=lambda at: (sources[at].image is not None, len(sources[at].text)))
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        batch = [
            engine.prepare(opener.open(sources[place]), instruction="", truncation=Truncation.REFUSE)
            for place in places
        ]
        for place, answer in zip(places, engine.embed(batch), strict=True):
            for pooling, vector in answer.vectors.items():
                pooled[pooling.value][place] = vector
        report(start + len(places), len(order))
    return {name: cut_and_normalise(matrix, engine.hidden_size) for name, matrix in pooled.items()}


def _embed_documents(engine: EmbeddingEngine[Any], problems: Problems, report: Callable[[int, int], None]) -> Arrays:
    views = {view: sources_of(problems.documents, view) for view in VIEWS}
    distinct = dict.fromkeys(source for sources in views.values() for source in sources if source is not None)
    rows = {source: row for row, source in enumerate(distinct)}
    pooled = embed(engine, list(rows), report)
    arrays: Arrays = {}
    for view, sources in views.items():
        for name, matrix in pooled.items():
            laid = np.full((len(sources), engine.hidden_size), np.nan, dtype=np.float32)
            for place, source in enumerate(sources):
                if source is not None:
                    laid[place] = matrix[rows[source]]
            arrays[f"{view}.{name}"] = laid
    return arrays
