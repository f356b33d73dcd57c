"""Reciprocal rank fusion: one ranking from several of the same records. Pure; shared by every engine.

Cormack, Clarke and Büttcher (2009): a record scores weight / (constant + rank) for each ranking that has it. Only ranks
count, so rankings whose scores do not compare can be put together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lensdex_index.records import Placement


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record in one ranking."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A record in the ranking of all."""

    id: str
    score: float
    placements: Sequence[Placement]


def fuse(rankings: Sequence[Sequence[Ranked]], *, weights: Sequence[float], constant: int, k: int) -> Sequence[Fused]:
    """Return the best *k* of all records in *rankings* (best first, one a weight); equal scores in the order of ids."""
    scores: dict[str, float] = {}
    placements: dict[str, list[Placement]] = {}
    for source, (ranking, weight) in enumerate(zip(rankings, weights, strict=True)):
        for rank, item in enumerate(ranking, start=1):
            scores[item.id] = scores.get(item.id, 0.0) + weight / (constant + rank)
            placements.setdefault(item.id, []).append(Placement(source, rank, item.score))
    # Code points order as UTF-8 bytes do.
    best = sorted(scores, key=lambda record_id: (-scores[record_id], record_id))[:k]
    return [Fused(record_id, scores[record_id], placements[record_id]) for record_id in best]
