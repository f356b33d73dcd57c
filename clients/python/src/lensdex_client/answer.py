"""What a retrieval answers: ranked hits, what the reranker did, where the time went. Plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lensdex_client.errors import LensdexError
from lensdex_client.fusion import Placement, SearchedView
from lensdex_client.record import Record


@dataclass(frozen=True, slots=True)
class RankedHit:
    """One record in its place."""

    rank: int
    """Its place in the answer; 1 is best."""
    record: Record
    score: float
    """The search's score, higher is better. Where several views were fused, the sum over them."""
    search_rank: int
    """Its place before reranking."""
    rerank_score: float | None = None
    """0 to 1, higher is better; None where it was not reranked."""
    rerank_error: LensdexError | None = None
    """Why it could not be reranked, although it should have been."""
    rerank_rank: int | None = None
    """Its place by the reranker's score alone, among those that have one; None where it was not reranked."""
    placements: Sequence[Placement] = ()
    """Where several views were fused: those that had it, in the order they were named."""

    @property
    def move(self) -> int:
        """Places it went up; negative: down."""
        return self.search_rank - self.rank


@dataclass(frozen=True, slots=True)
class RerankReport:
    """What the reranker did to the order."""

    num_scored: int
    num_failed: int
    """Hits that could not be scored. They follow the scored ones, in the order of the search; in a blend they stand
    where the search's score puts them, as if of average relevance."""
    num_moved: int
    """Hits whose place changed."""
    kendall_tau: float | None
    """Agreement of the scored hits' order before and after: 1 identical, -1 reversed. None with fewer than two."""
    lowest: float
    highest: float
    blend: float | None = None
    """Weight of the search beside the reranker where the order is a blend of both; None: the reranker's alone."""

    @property
    def spread(self) -> float:
        """Highest score minus lowest: near zero, the reranker could not tell the hits apart."""
        return self.highest - self.lowest

    @property
    def untouched(self) -> bool:
        """Whether the reranker scored hits and left the order as it was; False where it scored nothing."""
        return self.num_scored > 0 and self.num_moved == 0


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long one step took."""

    step: str
    """``describe``, ``embed``, ``search``, ``read`` (pictures of the hits) or ``rerank``."""
    seconds: float


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The answer to ``Retriever.search`` and ``similar``."""

    view: str
    """The view that was searched; empty where several were fused."""
    num_records_without_view: int
    """Records that have no vector in that view, and so could not be found; zero where several were fused."""
    hits: Sequence[RankedHit]
    """Best first."""
    rerank: RerankReport | None = None
    """None: no reranking was asked for, or nothing was found."""
    times: Sequence[StepTime] = field(default_factory=tuple)
    collection: str = ""
    """The collection that was searched: its own name where an alias was named."""
    views: Sequence[SearchedView] = ()
    """The views that were fused, if any."""
    request_id: str = ""
    """The id all calls of this answer were logged under."""
