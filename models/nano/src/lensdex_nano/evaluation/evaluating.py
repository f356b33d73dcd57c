"""The evaluation, stage by stage. Prints nothing; its files lie in the work folder."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lensdex_embedder.engine import EmbeddingEngine
from lensdex_embedder.engines.hf.opening import open_embedding, open_reranking
from lensdex_embedder.work import ModelFacts
from lensdex_nano.evaluation.bm25 import Bm25System
from lensdex_nano.evaluation.checkpoints import engine_options, identity, write_twin
from lensdex_nano.evaluation.embedding import Shelf, Vectors, embed_problems
from lensdex_nano.evaluation.problems import KINDS, Problems, prepare_problems
from lensdex_nano.evaluation.progress import Report, silent
from lensdex_nano.evaluation.provenance import commit_of
from lensdex_nano.evaluation.reranking import blend, candidates, compare, score_candidates
from lensdex_nano.evaluation.result import Blending, Evaluation, ModelTold, Reranking
from lensdex_nano.evaluation.retrieval import differences, measure, rows
from lensdex_nano.evaluation.settings import REPOSITORY, EvaluationSettings
from lensdex_nano.evaluation.systems import System, VectorSystem
from lensdex_wire.space import Pooling


def evaluate(settings: EvaluationSettings, report: Report = silent) -> Evaluation:
    """Return what *settings* ask for; *report* is told how far each long stage is.

    The same settings and weights give the same figures on the same machine. Raises CheckpointError for a checkpoint
    that is not there or cannot be loaded, EvaluationError for one that is no nano model, ProblemsError, OSError.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "loading"):
        nano = open_embedding(engine_options(settings.embedding, settings))
        reranker = open_reranking(engine_options(settings.reranking, settings)) if settings.reranking else None
        twin = open_embedding(
            engine_options(write_twin(settings.embedding, settings.work, seed=settings.seed), settings)
        )
    with _timed(seconds, "problems"):
        problems = prepare_problems(settings, report)
    with _timed(seconds, "nano vectors"):
        learnt = _vectors(nano, "nano", problems, settings, report)
    with _timed(seconds, "random vectors"):
        random = _vectors(twin, "random", problems, settings, report)
    last = VectorSystem(learnt[Pooling.LAST_TOKEN])
    with _timed(seconds, "measuring"):
        words = Bm25System(
            [document.text for document in problems.documents], [query.problem.text for query in problems.queries]
        )
        systems: dict[str, System] = {
            "last": last,
            "mean": VectorSystem(learnt[Pooling.MEAN]),
            "random": VectorSystem(random[Pooling.LAST_TOKEN]),
            "bm25": words,
        }
        figures = measure(problems, systems)
        table = rows(figures, resamples=settings.resamples)
        paired = differences(figures, resamples=settings.resamples)
    models = {"nano": _told(nano.facts), "random": _told(twin.facts)}
    reranking: Reranking | None = None
    blending: Blending | None = None
    if reranker is not None:
        models["reranking"] = _told(reranker.facts)
        with _timed(seconds, "reranking"):
            best, found = candidates(problems, last, queries=settings.rerank_queries, depth=settings.depth)
            scores = score_candidates(
                reranker,
                problems,
                best,
                folder=settings.work / "vectors",
                identity=identity(reranker.facts),
                report=report,
            )
            reranking = compare(problems, best, scores, resamples=settings.resamples)
            blending = blend(problems, best, found, scores, resamples=settings.resamples)
    counts = Counter(query.kind for query in problems.queries)
    return Evaluation(
        settings=settings,
        commit=commit_of(REPOSITORY),
        corpus_hash=problems.corpus_hash,
        queries_hash=problems.queries_hash,
        documents=len(problems.documents),
        documents_with_image=sum(document.image is not None for document in problems.documents),
        queries={kind: counts[kind] for kind in KINDS},
        models=models,
        rows=table,
        differences=paired,
        reranking=reranking,
        blending=blending,
        seconds=seconds,
    )


def _vectors(
    engine: EmbeddingEngine[Any], name: str, problems: Problems, settings: EvaluationSettings, report: Report
) -> dict[Pooling, Vectors]:
    shelf = Shelf(settings.work / "vectors", name, identity(engine.facts))
    return embed_problems(engine, problems, shelf, report)


def _told(facts: ModelFacts) -> ModelTold:
    return ModelTold(facts.name, facts.weights_digest, facts.template_version, facts.device, facts.dtype)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[stage] = round(time.monotonic() - started, 2)
