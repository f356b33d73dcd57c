"""From settings to engines that passed their self-test. Knows no gRPC and nothing that serves."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from lensdex_embedder.engine import EmbeddingEngine, RerankingEngine
from lensdex_embedder.engines import EngineOptions, no_pause, open_embedding_engine, open_reranking_engine
from lensdex_embedder.errors import CheckpointError, ContentTooLongError
from lensdex_embedder.self_test import SelfTest, check_embedding, check_reranking
from lensdex_embedder.settings import ENV_PREFIX, Settings


def load_embedding(settings: Settings, pause: Callable[[], None] = no_pause) -> tuple[EmbeddingEngine[Any], SelfTest]:
    """Return the embedding engine, warm, and how its self-test went. Raises CheckpointError.

    *pause* is called by the engine between layers.
    """
    options = _options(
        settings, settings.embedding_model, settings.embedding_revision, settings.max_embedding_tokens, pause
    )
    engine = open_embedding_engine(settings.engine, options)
    with _room_for_probes("MAX_EMBEDDING_TOKENS"):
        return engine, check_embedding(engine, floor=settings.self_test_min_cosine)


def load_reranking(
    settings: Settings, pause: Callable[[], None] = no_pause
) -> tuple[RerankingEngine[Any, Any], SelfTest]:
    """Return the reranking engine, warm, and how its self-test went. Raises CheckpointError."""
    options = _options(
        settings, settings.reranking_model, settings.reranking_revision, settings.max_reranking_tokens, pause
    )
    engine = open_reranking_engine(settings.engine, options)
    with _room_for_probes("MAX_RERANKING_TOKENS"):
        return engine, check_reranking(engine, ceiling=settings.self_test_max_difference)


def _options(
    settings: Settings, model: str, revision: str, max_tokens: int, pause: Callable[[], None]
) -> EngineOptions:
    return EngineOptions(
        model=model,
        revision=revision,
        device=settings.device,
        dtype=settings.dtype,
        max_tokens=max_tokens,
        min_image_tokens=settings.min_image_tokens,
        max_image_tokens=settings.max_image_tokens,
        max_cached_image_bytes=settings.max_cached_image_bytes,
        pause=pause,
    )


@contextlib.contextmanager
def _room_for_probes(setting: str) -> Iterator[None]:
    try:
        yield
    except ContentTooLongError as error:
        raise CheckpointError(
            f"{ENV_PREFIX}{setting} = {error.maximum} leaves no room for the model's own template; the self-test alone "
            f"takes {error.tokens} tokens."
        ) from error
