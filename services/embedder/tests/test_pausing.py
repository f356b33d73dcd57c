"""Engines pause between layers, and whatever they are made to run there leaves the paused batch as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from lensdex_embedder.engines import EngineOptions, open_embedding_engine, open_reranking_engine
from lensdex_embedder.work import Truncation


class Pauses:
    """What an engine calls between layers: nothing, unless told otherwise; never inside itself."""

    def __init__(self) -> None:
        self.count = 0
        self._between: Callable[[], None] | None = None

    def __call__(self) -> None:
        self.count += 1
        if self._between is not None:
            between, self._between = self._between, None
            between()
            self._between = between

    @contextmanager
    def running(self, between: Callable[[], None]) -> Iterator[None]:
        """Run *between* at each pause."""
        self._between = between
        yield
        self._between = None


@pytest.fixture(scope="module")
def options(golden: Any) -> Callable[[Pauses], EngineOptions]:
    """Options of engines on the golden checkpoint that pause, with a cache of pictures so small that it is overrun."""

    def make(pauses: Pauses) -> EngineOptions:
        return EngineOptions(
            str(golden.checkpoint), "", "cpu", "float32", 8192, 4, 1800, max_cached_image_bytes=1 << 18, pause=pauses
        )

    return make


def test_an_embedding_batch_is_paused_for_another(golden: Any, options: Any) -> None:
    """Batches that run at every pause of a batch, layer by layer, get their own vectors, and so does the paused one."""
    pauses = Pauses()
    engine = open_embedding_engine("hf", options(pauses))
    contents = [golden.content(golden.cases["embed"][index]) for index in (0, 3, 9, 16, 22)]
    batch = [engine.prepare(one, instruction="", truncation=Truncation.REFUSE) for one in contents]
    outer, inner = batch[:3], batch[2:]
    expected = [engine.embed(part) for part in (outer, inner)]
    assert pauses.count > 4
    ran = []
    with pauses.running(lambda: ran.append(engine.embed(inner))):
        found = engine.embed(outer)
    assert len(ran) > 2
    for results, others in ((found, expected[0]), *((one, expected[1]) for one in ran)):
        for result, other in zip(results, others, strict=True):
            for pooling, vector in result.vectors.items():
                np.testing.assert_allclose(vector, other.vectors[pooling], rtol=1e-3, atol=1e-4)


def test_a_reranking_batch_is_paused_for_another_query(golden: Any, options: Any) -> None:
    """Scoring another query at every pause leaves both queries their scores."""
    pauses = Pauses()
    engine = open_reranking_engine("hf", options(pauses))
    pairs = []
    for case in golden.cases["rerank"][:2]:
        query = engine.prepare_query(golden.content(case["query"]), instruction=case.get("instruction", ""))
        documents = [golden.content(document) for document in case["documents"] if document]
        pairs.append([engine.prepare_pair(query, one, truncation=Truncation.CUT_TEXT) for one in documents])
    expected = [engine.score(own) for own in pairs]
    ran: list[list[float]] = []
    with pauses.running(lambda: ran.append(engine.score(pairs[1]))):
        found = engine.score(pairs[0])
    assert len(ran) > 2
    np.testing.assert_allclose(found, expected[0], atol=1e-5)
    for scores in ran:
        np.testing.assert_allclose(scores, expected[1], atol=1e-5)
