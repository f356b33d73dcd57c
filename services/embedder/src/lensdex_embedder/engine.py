"""The seam: what an engine must do. Everything above it knows no model library; everything below it no gRPC.

An engine prepares inputs in any thread and runs batches in one thread at a time. What it prepares is its own affair:
the layers above carry it from ``prepare`` to ``embed`` or ``score`` and look only at its cost.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from lensdex_embedder.work import Content, Cost, ImageCounts, ModelFacts, Pooled, Truncation


class Prepared(Protocol):
    """A model input, ready to be batched. Opaque but for its cost."""

    @property
    def cost(self) -> Cost:
        """What it costs."""


P = TypeVar("P", bound=Prepared)
Q = TypeVar("Q")


class EmbeddingEngine(Protocol[P]):
    """Turns contents into pooled hidden states."""

    @property
    def facts(self) -> ModelFacts:
        """The model and how it runs; constant."""

    @property
    def images(self) -> ImageCounts:
        """Images read so far. Thread-safe."""

    @property
    def hidden_size(self) -> int:
        """Length of a pooled vector."""

    def prepare(self, content: Content, *, instruction: str, truncation: Truncation) -> P:
        """Return the model input for *content*. Thread-safe; does not touch the device.

        An empty or blank *instruction* means the default. Raises ContentTooLongError, InvalidFieldError.
        """

    def count(self, content: Content, *, instruction: str) -> Cost:
        """Return what *content* would cost untruncated, without building the input. Thread-safe."""

    @property
    def runs_ahead(self) -> bool:
        """Whether ``begin`` returns before the results are there, and another batch may be begun meanwhile."""

    def begin(self, batch: Sequence[P]) -> Callable[[], list[Pooled]]:
        """Start on *batch*, which is not empty; return what waits for ``embed``'s results. One thread at a time.

        What is returned may be called in another thread, once.
        """

    def embed(self, batch: Sequence[P]) -> list[Pooled]:
        """Return one result per input, in order, in every pooling. One thread at a time. *batch* is not empty.

        A result does not depend on what else is in the batch, beyond rounding.
        """


class RerankingEngine(Protocol[Q, P]):
    """Scores (query, document) pairs."""

    @property
    def facts(self) -> ModelFacts:
        """The model and how it runs; constant."""

    @property
    def images(self) -> ImageCounts:
        """Images read so far. Thread-safe."""

    def prepare_query(self, query: Content, *, instruction: str) -> Q:
        """Return *query* ready to be paired with many documents. Thread-safe."""

    def prepare_pair(self, query: Q, document: Content, *, truncation: Truncation) -> P:
        """Return the model input for the pair. Thread-safe. Raises ContentTooLongError, InvalidFieldError."""

    @property
    def runs_ahead(self) -> bool:
        """As an EmbeddingEngine's."""

    def begin(self, batch: Sequence[P]) -> Callable[[], list[float]]:
        """Start on *batch*; return what waits for ``score``'s results. As an EmbeddingEngine's."""

    def score(self, batch: Sequence[P]) -> list[float]:
        """Return one relevance per pair, 0 to 1, in order. One thread at a time. *batch* is not empty."""
