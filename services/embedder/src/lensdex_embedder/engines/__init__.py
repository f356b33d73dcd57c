"""Engines by name. Each is imported only when asked for, so a missing library hurts only who needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lensdex_embedder.engine import EmbeddingEngine, RerankingEngine


def no_pause() -> None:
    """Go on at once."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine is opened with."""

    model: str
    """Hub name or folder; for ``fake`` any name, which decides its embedding space."""
    revision: str
    device: str
    dtype: str
    max_tokens: int
    min_image_tokens: int
    max_image_tokens: int
    max_cached_image_bytes: int = 0
    """Of the device's memory, for what the model made of the latest images."""
    pause: Callable[[], None] = no_pause
    """Called between layers, so that others may have the device there; it may run the same engine meanwhile."""
    share_prefixes: bool = True
    """Whether a reranker computes what a request's pairs begin with once; without it, the same scores more slowly."""


def open_embedding_engine(name: str, options: EngineOptions) -> EmbeddingEngine[Any]:
    """Load and return the engine of that name. Takes as long as the model takes to load.

    Raises CheckpointError, or ValueError for an unknown name.
    """
    if name == "fake":
        from lensdex_embedder.engines.fake import FakeEngine

        return FakeEngine(max_tokens=options.max_tokens, name=options.model)
    if name == "hf":
        from lensdex_embedder.engines.hf.opening import open_embedding

        return open_embedding(options)
    raise ValueError(f"unknown engine {name!r}; known: fake, hf")


def open_reranking_engine(name: str, options: EngineOptions) -> RerankingEngine[Any, Any]:
    """As ``open_embedding_engine``, for the reranker."""
    if name == "fake":
        from lensdex_embedder.engines.fake import FakeEngine

        return FakeEngine(max_tokens=options.max_tokens, name=options.model)
    if name == "hf":
        from lensdex_embedder.engines.hf.opening import open_reranking

        return open_reranking(options)
    raise ValueError(f"unknown engine {name!r}; known: fake, hf")


def library_versions(name: str) -> Mapping[str, str]:
    """Return the versions of the libraries that shape the engine's answers, by distribution."""
    from importlib.metadata import version

    names = {
        "fake": ("numpy", "pillow"),
        "hf": ("numpy", "pillow", "qwen-vl-utils", "tokenizers", "torch", "torchvision", "transformers"),
    }
    return {library: version(library) for library in names[name]}
