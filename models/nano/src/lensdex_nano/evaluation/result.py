"""What an evaluation found, as plain data: printed by `tables`, written as JSON by `document`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.interval import Interval
from lensdex_nano.evaluation.settings import REPOSITORY, EvaluationSettings
from lensdex_problems.judge import Kind


@dataclass(frozen=True, slots=True)
class Cell:
    """One system on one route. None stands for a measure that no query defines."""

    success: Interval | None
    ndcg: Interval | None


@dataclass(frozen=True, slots=True)
class Row:
    """One route: queries of a kind in a view."""

    kind: Kind
    view: View
    cells: Mapping[str, Cell | None]
    """By the name of the column; None where the system cannot answer, or where there is no query of the kind."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Paired by query: what the first is better than the second. Names are columns, or routes of `nano last token`."""

    route: str
    first: str
    second: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class RerankedKind:
    """nDCG@10 of queries of a kind, or of all, before and after."""

    kind: str
    before: Interval | None
    after: Interval | None
    difference: Interval | None


@dataclass(frozen=True, slots=True)
class Reranking:
    """What the reranker did to the best documents of the first queries."""

    queries: int
    pairs: int
    kinds: tuple[RerankedKind, ...]
    changed: int
    """Rankings whose order is another than before."""
    mean_tau: float | None
    """Mean of Kendall's tau between the orders before and after: 1 nothing changed, 0 no relation, -1 turned round."""
    score_min: float
    score_max: float
    score_std: float
    """Standard deviation over all pairs."""
    mean_std_within: float
    """Mean, over queries, of the standard deviation among a query's own documents."""


@dataclass(frozen=True, slots=True)
class Blending:
    """What the reranker's order, blended with that of the search, did to the same documents."""

    weight: float
    """Of the search, beside the reranker's of 1."""
    left: tuple[Kind, ...]
    """Kinds of queries that kept the order in which they were found."""
    kinds: tuple[RerankedKind, ...]
    changed: int
    """As for Reranking."""
    mean_tau: float | None
    """As for Reranking."""


@dataclass(frozen=True, slots=True)
class ModelTold:
    """Which weights answered."""

    name: str
    weights_digest: str
    template_version: str
    device: str
    dtype: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything an evaluation found and what it rests on."""

    settings: EvaluationSettings
    commit: str | None
    """Of the repository; ends in `-dirty` when files differ from it."""
    corpus_hash: str
    queries_hash: str
    documents: int
    documents_with_image: int
    queries: Mapping[str, int]
    """How many of each kind."""
    models: Mapping[str, ModelTold]
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    reranking: Reranking | None
    """By the reranker's order alone."""
    blending: Blending | None
    """By its order blended with that of the search, which is how this reranker is to be used."""
    seconds: Mapping[str, float]
    """By stage; short where vectors were kept from an earlier run."""

    def document(self) -> str:
        """Return it as a JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, allow_nan=False, default=_told)


def _told(value: object) -> str:
    """Return *value* as text: a folder of the repository from its root on, another one by its name."""
    if not isinstance(value, Path):
        return str(value)
    return str(value.relative_to(REPOSITORY)) if value.is_relative_to(REPOSITORY) else value.name
