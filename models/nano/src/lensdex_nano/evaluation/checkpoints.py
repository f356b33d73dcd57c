"""The engines that are evaluated, opened as the embedder opens them, and the twin that has learnt nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from lensdex_embedder.engines import EngineOptions
from lensdex_embedder.work import ModelFacts
from lensdex_nano import geometry
from lensdex_nano.evaluation.errors import EvaluationError
from lensdex_nano.evaluation.settings import EvaluationSettings

MIN_IMAGE_TOKENS, MAX_IMAGE_TOKENS = 4, 1800
"""The embedder's defaults; a checkpoint trained on smaller pictures lowers the second for itself."""


def engine_options(folder: Path, settings: EvaluationSettings) -> EngineOptions:
    """Return how the checkpoint in *folder* is opened: in float32 on a CPU, never over the network."""
    return EngineOptions(
        model=str(folder.resolve()),
        revision="",
        device=settings.device,
        dtype="auto",
        max_tokens=geometry.MAX_POSITIONS,
        min_image_tokens=MIN_IMAGE_TOKENS,
        max_image_tokens=MAX_IMAGE_TOKENS,
    )


def identity(facts: ModelFacts) -> dict[str, str]:
    """Return all that decides what an engine answers to the same content."""
    return {
        "weights": facts.weights_digest,
        "template": facts.template_version,
        "dtype": facts.dtype,
        "device": facts.device.partition(":")[0],
        "max_image_tokens": str(facts.max_image_tokens),
    }


def write_twin(checkpoint: Path, work: Path, *, seed: int) -> Path:
    """Return a folder below *work* with a checkpoint of the same shape and vocabulary, its weights random.

    Weights that lie there already are left. Raises EvaluationError when *checkpoint* is no nano model of today's
    geometry, because its twin would then have another shape.
    """
    vocabulary = hashlib.sha256((checkpoint / "tokenizer.json").read_bytes()).hexdigest()[:12]
    shape = hashlib.sha256((checkpoint / "config.json").read_bytes()).hexdigest()[:12]
    folder = work / f"random-seed{seed}-{vocabulary}-{shape}"
    geometry.write_skeleton(folder, checkpoint)
    theirs, ours = _shape(checkpoint), _shape(folder)
    if theirs != ours:
        raise EvaluationError(f"{checkpoint} has another geometry than lensdex_nano.geometry; its twin cannot be made.")
    if not (folder / "model.safetensors").is_file():
        with torch.random.fork_rng():
            geometry.write_weights(folder, geometry.new_model(checkpoint, seed=seed))
    return folder


def _shape(folder: Path) -> dict[str, Any]:
    """Return the whole numbers of the configuration: what transformers adds to it as it reads is no number."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return {
        f"{part}.{name}": value
        for part in ("text_config", "vision_config")
        for name, value in config.get(part, {}).items()
        if isinstance(value, (int, list))
    }
