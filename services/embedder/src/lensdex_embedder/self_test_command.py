"""``selftest``: load the models the settings name, test them, tell how it went. The same test as before serving."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from lensdex_embedder.engine import EmbeddingEngine, RerankingEngine
from lensdex_embedder.loading import load_embedding, load_reranking
from lensdex_embedder.self_test import SelfTest
from lensdex_embedder.settings import Settings


def report(settings: Settings, *, as_json: bool) -> Iterator[str]:
    """Load, test and yield a line, or a JSON object, for each role. Raises CheckpointError when a model fails."""
    if settings.embedding_model:
        yield _line("embedding", "worst cosine", "at least", *load_embedding(settings), as_json=as_json)
    if settings.reranking_model:
        yield _line("reranking", "worst difference", "at most", *load_reranking(settings), as_json=as_json)


def _line(
    role: str,
    figure: str,
    relation: str,
    engine: EmbeddingEngine[Any] | RerankingEngine[Any, Any],
    tested: SelfTest,
    *,
    as_json: bool,
) -> str:
    facts = engine.facts
    if as_json:
        named = {"role": role, "model": facts.name, "device": facts.device, "dtype": facts.dtype}
        return json.dumps({**named, **asdict(tested)})
    return (
        f"{role}  {facts.name}  {facts.dtype} on {facts.device}  {tested.num_probes} probes  "
        f"{figure} {tested.worst:.9f} ({relation} {tested.bound:g})"
    )
