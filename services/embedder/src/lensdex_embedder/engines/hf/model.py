"""A checkpoint's weights and processor, loaded onto a device in a type. Knows no sequences."""

from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoProcessor, ProcessorMixin, Qwen3VLForConditionalGeneration, Qwen3VLModel

from lensdex_embedder.engines.hf.checkpoint import read_json
from lensdex_embedder.errors import CheckpointError

MODEL_TYPE: Final = "qwen3_vl"
_DTYPES: Final = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_device(name: str) -> torch.device:
    """Return the device of that name; ``auto`` is the first CUDA device where there is one, else the CPU."""
    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise CheckpointError(f"unknown device {name!r}: use auto, cpu or cuda:0.") from error
    if device.type not in {"cpu", "cuda"}:
        raise CheckpointError(f"unknown device {name!r}: use auto, cpu or cuda:0.")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise CheckpointError(f"device {name} was asked for, but this machine or this build of torch has no CUDA.")
    return device


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the type of that name; ``auto`` is bfloat16 on CUDA and float32 on a CPU."""
    if name == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    return _DTYPES[name]


def load_processor(folder: Path) -> ProcessorMixin:
    """Return the checkpoint's processor (tokeniser, image processor, chat template). Raises CheckpointError."""
    model_type = read_json(folder / "config.json").get("model_type", "nameless")
    if model_type != MODEL_TYPE:
        raise CheckpointError(f"{folder.name} holds a {model_type} model; Lensdex runs {MODEL_TYPE}.")
    try:
        processor = AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]  # untyped there
    except Exception as error:
        raise CheckpointError(f"the processor of {folder.name} cannot be loaded: {error}") from error
    assert isinstance(processor, ProcessorMixin)
    return processor


def load_base(folder: Path, *, device: torch.device, dtype: torch.dtype) -> Qwen3VLModel:
    """Return the model without its LM head, ready to run. Raises CheckpointError when weights are missing."""
    model: Qwen3VLModel = _load(Qwen3VLModel, folder, device, dtype)
    return model


def load_with_head(folder: Path, *, device: torch.device, dtype: torch.dtype) -> tuple[Qwen3VLModel, torch.Tensor]:
    """Return the model and its LM head's weight, shape (vocabulary, hidden size). Raises CheckpointError."""
    whole: Qwen3VLForConditionalGeneration = _load(Qwen3VLForConditionalGeneration, folder, device, dtype)
    base = whole.model
    return base, whole.lm_head.weight.detach()


def _load(kind: Any, folder: Path, device: torch.device, dtype: torch.dtype) -> Any:
    """Return the checkpoint as that class, refusing one that lacks weights: transformers would fill them at random."""
    try:
        model, report = kind.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa", output_loading_info=True)
        model = model.to(device).eval()
    except Exception as error:
        raise CheckpointError(f"the weights of {folder.name} cannot be loaded: {error}") from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise CheckpointError(f"{folder.name} lacks {len(missing)} of the model's weights, first {missing[0]}.")
    return model
