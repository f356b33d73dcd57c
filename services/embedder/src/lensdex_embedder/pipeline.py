"""A call's way through the process: open the pictures, prepare, batch, collect. Knows no gRPC, no messages and no
model.

Every item is answered with a result or with its own error; only what concerns the whole call is raised.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from lensdex_embedder.batcher import Batcher
from lensdex_embedder.contents import ContentOpener
from lensdex_embedder.engine import EmbeddingEngine, Prepared, RerankingEngine
from lensdex_embedder.errors import (
    ContentError,
    EngineFailedError,
    InvalidFieldError,
)
from lensdex_embedder.preparation import Done, Preparation, Timing, task
from lensdex_embedder.work import Cost, Pooled, Priority, RawContent, Truncation

P = TypeVar("P", bound=Prepared)
Q = TypeVar("Q")
T = TypeVar("T")

ItemError = ContentError | InvalidFieldError | EngineFailedError
"""What may befall one item and leave its neighbours alone."""


class EmbeddingPipeline(Generic[P]):
    """Contents to pooled hidden states."""

    def __init__(
        self, engine: EmbeddingEngine[P], batcher: Batcher[P, Pooled], preparation: Preparation, opener: ContentOpener
    ) -> None:
        self.engine = engine
        self.batcher = batcher
        self._preparation = preparation
        self._opener = opener

    async def embed(
        self,
        contents: Sequence[RawContent],
        *,
        instruction: str,
        truncation: Truncation,
        deadline: float | None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> list[Done[Pooled] | ItemError]:
        """Return one result or error per content, in order. Raises DeadlineExceededError, NotServingError."""

        def prepare(raw: RawContent) -> P:
            content = self._opener.open_content(raw)
            return self.engine.prepare(content, instruction=instruction, truncation=truncation)

        outcomes = await gather(
            [
                self._preparation.through(
                    task(self._opener, raw, prepare, until=deadline),
                    self.batcher,
                    deadline=deadline,
                    priority=priority,
                )
                for raw in contents
            ]
        )
        return _finite(outcomes, lambda pooled: all(np.isfinite(vector).all() for vector in pooled.vectors.values()))

    async def count(
        self, contents: Sequence[RawContent], *, instruction: str, deadline: float | None
    ) -> list[Cost | ItemError]:
        """Return one untruncated cost or error per content, in order. Raises DeadlineExceededError."""

        def count(raw: RawContent) -> Cost:
            return self.engine.count(self._opener.open_content(raw), instruction=instruction)

        return await gather(
            [
                self._preparation.run(task(self._opener, raw, count, until=deadline), deadline=deadline)
                for raw in contents
            ]
        )


class RerankingPipeline(Generic[Q, P]):
    """A query and documents to relevance scores."""

    def __init__(
        self, engine: RerankingEngine[Q, P], batcher: Batcher[P, float], preparation: Preparation, opener: ContentOpener
    ) -> None:
        self.engine = engine
        self.batcher = batcher
        self._preparation = preparation
        self._opener = opener

    async def rerank(
        self,
        query: RawContent,
        documents: Sequence[RawContent],
        *,
        instruction: str,
        truncation: Truncation,
        deadline: float | None,
    ) -> list[Done[float] | ItemError]:
        """Return one score or error per document, in order. Raises what is wrong with the query, and as ``embed``."""

        def prepare_query(raw: RawContent) -> Q:
            return self.engine.prepare_query(self._opener.open_content(raw, within="query."), instruction=instruction)

        def prepare(raw: RawContent) -> P:
            return self.engine.prepare_pair(prepared_query, self._opener.open_content(raw), truncation=truncation)

        fetching = task(self._opener, query, prepare_query, until=deadline, within="query.")
        prepared_query = await self._preparation.run(fetching, deadline=deadline)
        outcomes = await gather(
            [
                self._preparation.through(
                    task(self._opener, raw, prepare, until=deadline),
                    self.batcher,
                    deadline=deadline,
                    priority=Priority.INTERACTIVE,
                )
                for raw in documents
            ]
        )
        return _finite(outcomes, math.isfinite)


async def gather(items: Sequence[Coroutine[Any, Any, T]]) -> list[T | ItemError]:
    """Await all *items*; return each one's result or its item error.

    Anything else one raises is raised, once all are done.
    """
    outcomes = await asyncio.gather(*items, return_exceptions=True)
    results: list[T | ItemError] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, ItemError):
            raise outcome
        results.append(outcome)
    return results


def _finite(outcomes: Sequence[Done[T] | ItemError], is_finite: Callable[[T], bool]) -> list[Done[T] | ItemError]:
    """Return *outcomes*, with a failure for each result that is not finite: an overflow in a small dtype, mostly."""
    return [
        EngineFailedError() if isinstance(outcome, Done) and not is_finite(outcome.output) else outcome
        for outcome in outcomes
    ]


def total_timing(outcomes: Sequence[object]) -> Timing:
    """Return the slowest of each part over the items that were done."""
    timing = Timing()
    for outcome in outcomes:
        if isinstance(outcome, Done):
            timing = timing.slowest(outcome.timing)
    return timing
