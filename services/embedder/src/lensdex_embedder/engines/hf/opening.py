"""From options to loaded engines: one path for every checkpoint, folder or hub name, embedding or reranking.

The engines are imported inside: torchvision, which their preprocessing needs, must find its operators declared before.
"""

from typing import TYPE_CHECKING, Any

from transformers.utils import logging as transformers_logging

from lensdex_embedder.engines.hf.checkpoint import Checkpoint, find_checkpoint
from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators

if TYPE_CHECKING:
    from lensdex_embedder.engines import EngineOptions
    from lensdex_embedder.engines.hf.embedding import HfEmbeddingEngine
    from lensdex_embedder.engines.hf.reranking import HfRerankingEngine


def open_embedding(options: "EngineOptions") -> "HfEmbeddingEngine":
    """Return the embedding engine of a checkpoint. Raises CheckpointError."""
    declare_missing_operators()
    from lensdex_embedder.engines.hf.embedding import HfEmbeddingEngine

    checkpoint, arguments = _resolve(options)
    return HfEmbeddingEngine(checkpoint, **arguments)


def open_reranking(options: "EngineOptions") -> "HfRerankingEngine":
    """Return the reranking engine of a checkpoint. Raises CheckpointError."""
    declare_missing_operators()
    from lensdex_embedder.engines.hf.reranking import HfRerankingEngine

    checkpoint, arguments = _resolve(options)
    return HfRerankingEngine(checkpoint, share_prefixes=options.share_prefixes, **arguments)


def _resolve(options: "EngineOptions") -> tuple[Checkpoint, dict[str, Any]]:
    from lensdex_embedder.engines.hf.model import choose_device, choose_dtype

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    device = choose_device(options.device)
    arguments = {
        "device": device,
        "dtype": choose_dtype(options.dtype, device),
        "max_tokens": options.max_tokens,
        "min_image_tokens": options.min_image_tokens,
        "max_image_tokens": options.max_image_tokens,
        "max_cached_image_bytes": options.max_cached_image_bytes,
        "pause": options.pause,
    }
    return find_checkpoint(options.model, revision=options.revision), arguments
