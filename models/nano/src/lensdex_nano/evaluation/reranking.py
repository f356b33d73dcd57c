"""What the reranker makes of the best documents of a search: every pair is scored with all there is of the document.

Queries without a text are searched in the image view, all others in the default view, by the last token.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from lensdex_embedder.engine import RerankingEngine
from lensdex_embedder.work import Truncation
from lensdex_nano.evaluation.arrays import Arrays, kept
from lensdex_nano.evaluation.blending import LEFT, WEIGHT, blended
from lensdex_nano.evaluation.contents import ContentOpener, View, whole
from lensdex_nano.evaluation.interval import interval
from lensdex_nano.evaluation.measures import Judge, Values
from lensdex_nano.evaluation.problems import KINDS, Problems
from lensdex_nano.evaluation.progress import Report
from lensdex_nano.evaluation.ranking import Ranking, rank, reorder
from lensdex_nano.evaluation.result import Blending, RerankedKind, Reranking
from lensdex_nano.evaluation.systems import System


def candidates(
    problems: Problems, system: System, *, queries: int, depth: int
) -> tuple[list[Ranking], list[list[float]]]:
    """Return the best *depth* documents of each of the first *queries* queries, and the scores that found them.

    A query is searched in the view its kind is routed to.
    """
    best: list[Ranking] = []
    found: list[list[float]] = []
    for place, query in enumerate(problems.queries[:queries]):
        view: View = "image" if query.kind == "image" else "default"
        scores = system.scores([place], view)
        ranking: Ranking = () if scores is None else rank(scores, depth=depth)[0]
        best.append(ranking)
        found.append([] if scores is None else [float(scores[0, document]) for document in ranking])
    return best, found


def score_candidates(
    engine: RerankingEngine[Any, Any],
    problems: Problems,
    rankings: Sequence[Ranking],
    *,
    folder: Path,
    identity: Mapping[str, str],
    report: Report,
) -> list[list[float]]:
    """Return the relevance (0 to 1) of each candidate, from *folder* where the same pairs were scored before."""
    asked = json.dumps(rankings).encode()
    key = {
        **identity,
        "corpus": problems.corpus_hash,
        "queries": problems.queries_hash,
        "pairs": hashlib.sha256(asked).hexdigest(),
    }

    def make() -> Arrays:
        opener = ContentOpener()
        scores: list[float] = []
        for done, (query, ranking) in enumerate(zip(problems.queries, rankings, strict=False)):
            report("reranking", done, len(rankings))
            prepared = engine.prepare_query(opener.open(whole(query.problem)), instruction="")
            pairs = [
                engine.prepare_pair(
                    prepared, opener.open(whole(problems.documents[place])), truncation=Truncation.REFUSE
                )
                for place in ranking
            ]
            scores.extend(engine.score(pairs) if pairs else ())
        report("reranking", len(rankings), len(rankings))
        return {"scores": np.array(scores, dtype=np.float64)}

    flat = iter(kept(folder, "reranking", key, make)["scores"].tolist())
    return [[next(flat) for _ in ranking] for ranking in rankings]


def compare(
    problems: Problems, rankings: Sequence[Ranking], scores: Sequence[Sequence[float]], *, resamples: int
) -> Reranking:
    """Return what reranking by *scores* changed; equal scores leave the order as it was."""
    change = _change(problems, rankings, scores, resamples=resamples)
    flat = np.array([score for row in scores for score in row] or [0.0])
    return Reranking(
        queries=len(rankings),
        pairs=sum(len(ranking) for ranking in rankings),
        kinds=change.kinds,
        changed=change.changed,
        mean_tau=change.mean_tau,
        score_min=float(flat.min()),
        score_max=float(flat.max()),
        score_std=float(flat.std()),
        mean_std_within=float(np.mean([float(np.std(row)) for row in scores if row] or [0.0])),
    )


def blend(
    problems: Problems,
    rankings: Sequence[Ranking],
    found: Sequence[Sequence[float]],
    scores: Sequence[Sequence[float]],
    *,
    resamples: int,
) -> Blending:
    """Return what reranking by *scores*, blended with the scores that *found* the candidates, changed.

    Queries of the kinds in LEFT keep the order in which they were found.
    """
    both = [
        [0.0] * len(row) if query.kind in LEFT else blended(first, row)
        for query, first, row in zip(problems.queries, found, scores, strict=False)
    ]
    change = _change(problems, rankings, both, resamples=resamples)
    return Blending(
        weight=WEIGHT, left=tuple(LEFT), kinds=change.kinds, changed=change.changed, mean_tau=change.mean_tau
    )


@dataclass(frozen=True, slots=True)
class _Change:
    kinds: tuple[RerankedKind, ...]
    changed: int
    mean_tau: float | None


def _change(
    problems: Problems, rankings: Sequence[Ranking], scores: Sequence[Sequence[float]], *, resamples: int
) -> _Change:
    after = [reorder(ranking, row) for ranking, row in zip(rankings, scores, strict=True)]
    queries = problems.queries[: len(rankings)]
    judge = Judge([query.grades for query in queries])

    def ndcg(orders: Sequence[Ranking]) -> Values:
        return judge.measure([[problems.documents[place].id for place in order] for order in orders]).ndcg

    before_values, after_values = ndcg(rankings), ndcg(after)
    kinds = []
    for kind in (*KINDS, "all"):
        chosen = np.array([kind in {"all", query.kind} for query in queries], dtype=bool)
        one, other = before_values[chosen], after_values[chosen]
        kinds.append(
            RerankedKind(
                kind,
                interval(one, resamples=resamples),
                interval(other, resamples=resamples),
                interval(other - one, resamples=resamples),
            )
        )
    taus = [_tau(ranking, order) for ranking, order in zip(rankings, after, strict=True) if len(ranking) > 1]
    return _Change(
        kinds=tuple(kinds),
        changed=sum(ranking != order for ranking, order in zip(rankings, after, strict=True)),
        mean_tau=float(np.mean(taus)) if taus else None,
    )


def _tau(before: Ranking, after: Ranking) -> float:
    positions = {place: position for position, place in enumerate(after)}
    return float(stats.kendalltau(range(len(before)), [positions[place] for place in before]).statistic)
