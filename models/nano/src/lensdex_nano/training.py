"""From nothing to both checkpoints: problems, vocabulary, embedding model, reranker. Knows the order and the folders.

*work* keeps the state of a broken-off run; *out* gets `embedding/` and `reranking/`. The same seeds give the same data
and the same steps; the weights agree up to the order in which a machine adds floating-point numbers.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from rich.progress import track
from torch import nn
from transformers import Qwen3VLForConditionalGeneration

from lensdex_embedder.engines.hf.template import (
    DEFAULT_EMBEDDING_INSTRUCTION,
    DEFAULT_RERANKING_INSTRUCTION,
    RERANKING_SYSTEM,
)
from lensdex_nano.comparison import add_comparing_layer
from lensdex_nano.embedding_training import EmbeddingRecipe, train_embedding
from lensdex_nano.geometry import (
    RERANKING_LAYERS,
    VOCABULARY_SIZE,
    new_model,
    write_skeleton,
    write_weights,
)
from lensdex_nano.inputs import InputBuilder
from lensdex_nano.pool import Concept, PoolSize, concept_count, make_pool
from lensdex_nano.reranking_training import RerankingRecipe, mine_confusions, train_reranking
from lensdex_nano.vocabulary import learn_vocabulary

# Words of the templates, often enough that each becomes a token.
_TEMPLATE_WORDS = (
    "system user assistant yes no <yes> <no>",
    DEFAULT_EMBEDDING_INSTRUCTION,
    DEFAULT_RERANKING_INSTRUCTION,
    RERANKING_SYSTEM,
    "<Instruct>: <Query>: \n<Document>:",
)
_TEMPLATE_REPEATS = 200


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out."""

    pool_seed: int = 20_261_123
    model_seed: int = 0
    pool: PoolSize = field(default_factory=PoolSize)
    embedding: EmbeddingRecipe = field(default_factory=EmbeddingRecipe)
    reranking: RerankingRecipe = field(default_factory=RerankingRecipe)


def train(recipe: Recipe, *, out: Path, work: Path, device: torch.device, workers: int) -> None:
    """Train both models and write them; goes on where an earlier run with the same recipe stopped."""
    concepts = tuple(
        track(
            make_pool(recipe.pool_seed, recipe.pool, workers=workers),
            description="problems ",
            total=concept_count(),
        )
    )
    vocabulary = work / "vocabulary"
    learn_vocabulary(_texts(concepts), vocabulary, size=VOCABULARY_SIZE)
    # A checkpoint folder gets its files when its weights are there: until then the earlier one stays whole.
    write_skeleton(work / "processors", vocabulary)
    builder = InputBuilder(work / "processors")

    model = new_model(vocabulary, seed=recipe.model_seed)
    nn.Module.to(model, device)
    seconds = train_embedding(model, concepts, builder, work / "embedding", recipe.embedding)
    write_skeleton(out / "embedding", vocabulary)
    _write(out / "embedding", model, seconds, recipe)

    confusions = mine_confusions(model.model, concepts, builder, recipe.reranking)
    reranker = new_model(vocabulary, seed=recipe.model_seed, layers=RERANKING_LAYERS)
    add_comparing_layer(reranker, model, seed=recipe.reranking.seed)
    nn.Module.to(reranker, device)
    seconds = train_reranking(
        reranker, concepts, confusions, builder, folder=work / "reranking", recipe=recipe.reranking
    )
    write_skeleton(out / "reranking", vocabulary, layers=RERANKING_LAYERS)
    _write(out / "reranking", reranker, seconds, recipe)


def _write(folder: Path, model: Qwen3VLForConditionalGeneration, seconds: float, recipe: Recipe) -> None:
    write_weights(folder, model)
    facts = {"seconds": round(seconds), "torch": torch.__version__, "device": str(model.device), **asdict(recipe)}
    (folder / "training.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _texts(concepts: Sequence[Concept]) -> Iterator[str]:
    for concept in concepts:
        for statement in concept.statements:
            yield statement.text
    for _ in range(_TEMPLATE_REPEATS):
        yield from _TEMPLATE_WORDS
