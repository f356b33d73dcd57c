"""From nothing to two checkpoints, with a recipe so small that they know nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lensdex_embedder.engines import EngineOptions, open_embedding_engine, open_reranking_engine
from lensdex_embedder.work import Content, Truncation
from lensdex_nano import geometry
from lensdex_nano.embedding_training import EmbeddingRecipe
from lensdex_nano.pool import PoolSize
from lensdex_nano.reranking_training import RerankingRecipe
from lensdex_nano.run import Schedule
from lensdex_nano.training import Recipe, train
from lensdex_wire.space import Pooling

SCHEDULE = Schedule(steps=2, learning_rate=1e-3, warm_up_steps=1)
RECIPE = Recipe(
    pool=PoolSize(statements=6, drawings=1),
    embedding=EmbeddingRecipe(concepts_per_step=4, schedule=SCHEDULE),
    reranking=RerankingRecipe(lists_per_step=2, mined_per_concept=1, schedule=SCHEDULE),
)


def test_training_writes_checkpoints_that_are_served_and_resumes_to_the_same(tmp_path: Path) -> None:
    """Both folders load as any checkpoint of their layout; the same command again changes no weight."""

    def trained() -> dict[str, bytes]:
        train(RECIPE, out=tmp_path / "out", work=tmp_path / "work", device=torch.device("cpu"), workers=1)
        return {
            role: (tmp_path / "out" / role / "model.safetensors").read_bytes() for role in ("embedding", "reranking")
        }

    first = trained()
    assert trained() == first

    def options(role: str) -> EngineOptions:
        return EngineOptions(str(tmp_path / "out" / role), "", "cpu", "float32", 8192, 4, 1800)

    embedder = open_embedding_engine("hf", options("embedding"))
    text = Content(("A triangle has a right angle.",), ())
    prepared = embedder.prepare(text, instruction="", truncation=Truncation.REFUSE)
    vector = next(iter(embedder.embed([prepared]))).vectors[Pooling.LAST_TOKEN]
    assert vector.shape == (geometry.HIDDEN_SIZE,)
    assert np.isfinite(vector).all()

    reranker = open_reranking_engine("hf", options("reranking"))
    query = reranker.prepare_query(text, instruction="")
    scores = list(reranker.score([reranker.prepare_pair(query, text, truncation=Truncation.REFUSE)]))
    assert scores == [pytest.approx(0.5, abs=0.5)]
