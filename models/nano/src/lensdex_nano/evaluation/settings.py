"""What an evaluation is asked to do. Reads nothing and opens nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lensdex_problems import Split

REPOSITORY: Final = Path(__file__).resolve().parents[5]


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """Everything that decides the figures, and where files are. Raises ValueError when a number is out of its range."""

    embedding: Path = REPOSITORY / "models/nano/embedding"
    """Folder of the embedding checkpoint."""
    reranking: Path | None = REPOSITORY / "models/nano/reranking"
    """Folder of the reranking checkpoint; None leaves reranking out."""
    documents: int = 5000
    queries: int = 500
    """Of all four kinds together; the generator makes the kinds in turn."""
    rerank_queries: int = 500
    """The first of the queries are reranked; more than there are means all."""
    depth: int = 20
    """Documents of a query that are reranked."""
    seed: int = 23
    """Of corpus, queries and random weights."""
    split: Split = "heldout"
    work: Path = REPOSITORY / "var/nano/evaluation"
    """Where corpus, queries, vectors and random weights are kept for the next run."""
    workers: int = 1
    """Processes that draw the corpus; does not change it."""
    device: str = "auto"
    """As the embedder's setting of that name."""
    resamples: int = 2000
    """Of the bootstrap."""

    def __post_init__(self) -> None:
        for name in ("documents", "queries", "rerank_queries", "depth", "workers", "resamples"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}.")
