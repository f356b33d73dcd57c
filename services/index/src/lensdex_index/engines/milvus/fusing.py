"""A search of several views, each by itself, their rankings fused. Not of one moment: Milvus has none to offer."""

from collections.abc import Generator, Sequence

from lensdex_index.engines.milvus.answering import Hit, Outcome, answers
from lensdex_index.engines.milvus.reading import Reading
from lensdex_index.engines.milvus.searching import Searching
from lensdex_index.errors import DomainError, ViewMissingError
from lensdex_index.fusion import Ranked, fuse
from lensdex_index.records import Found, FusedAnswer, FusedSearch


class Fusing:
    """Fused searches of one collection. Thread-safe."""

    def __init__(self, reading: Reading, searching: Searching) -> None:
        self._reading, self._searching = reading, searching

    def search(self, fused: FusedSearch) -> FusedAnswer:
        """Return the answer; searched when first asked for an outcome."""
        missing = [self._searching.num_without_view(search) for search in fused.searches]
        return FusedAnswer(self._outcomes(fused), missing)

    def _outcomes(self, fused: FusedSearch) -> Generator[list[Found] | DomainError]:
        sources = [self._searching.portions(search) for search in fused.searches]
        for portions in zip(*sources, strict=True):
            each = [_fused(fused, outcomes) for outcomes in zip(*portions, strict=True)]
            yield from answers(self._reading, each, fused.include, fused.max_bytes)


def _fused(fused: FusedSearch, outcomes: Sequence[Outcome]) -> Outcome:
    """Return one query's hits. *outcomes*: of each view; a record that lacks one is searched for in the others."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    other = [error for error in errors if not isinstance(error, ViewMissingError)]
    if other or len(errors) == len(outcomes):
        return (other or errors)[0]
    found = [() if isinstance(outcome, DomainError) else outcome for outcome in outcomes]
    rankings = [[Ranked(hit.head.id, hit.score) for hit in hits] for hits in found]
    heads = {hit.head.id: hit.head for hits in found for hit in hits}
    best = fuse(rankings, weights=fused.weights, constant=fused.constant, k=fused.k)
    return [Hit(heads[item.id], item.score, item.placements) for item in best]
