"""The forward pass: token sequences to final hidden states, in batches. Knows no template, no pooling, no tokeniser.

Sequences are grouped by length before they are padded, because on a CPU a padded token costs as much as a real one.
Padding is on the right and masked; under a causal mask a token never sees what is right of it, so a result does not
depend on what else is in the batch, beyond rounding.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoProcessor, ProcessorMixin, Qwen3VLForConditionalGeneration, Qwen3VLModel

from lensdex_embedder.engines.hf.checkpoint import read_json
from lensdex_embedder.engines.hf.grouping import group_by_length
from lensdex_embedder.engines.hf.sequences import TokenSequence
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


class Forward:
    """Runs batches through a model. One thread at a time: the model keeps state between calls."""

    def __init__(self, model: Qwen3VLModel) -> None:
        self._model = model
        self.device: torch.device = model.device
        self.dtype: torch.dtype = model.dtype

    @torch.inference_mode()
    def hidden_states(self, batch: Sequence[TokenSequence]) -> Iterator[tuple[int, torch.Tensor]]:
        """Yield (index in *batch*, hidden states after the final norm, shape (tokens, hidden size)), in any order."""
        for group in group_by_length([len(sequence.ids) for sequence in batch]):
            states = self._run([batch[index] for index in group])
            for row, index in enumerate(group):
                yield index, states[row, : len(batch[index].ids)]

    def _run(self, group: list[TokenSequence]) -> torch.Tensor:
        longest = max(len(sequence.ids) for sequence in group)
        ids = torch.zeros(len(group), longest, dtype=torch.int64)
        types = torch.zeros(len(group), longest, dtype=torch.int32)
        mask = torch.zeros(len(group), longest, dtype=torch.int64)
        for row, sequence in enumerate(group):
            length = len(sequence.ids)
            ids[row, :length] = sequence.ids
            types[row, :length] = sequence.types
            mask[row, :length] = 1
        inputs: dict[str, Any] = {"input_ids": ids.to(self.device), "mm_token_type_ids": types.to(self.device)}
        if not bool(mask.all()):
            inputs["attention_mask"] = mask.to(self.device)
        patches = [item for sequence in group for item in sequence.patches]
        if patches:
            inputs["pixel_values"] = torch.cat([item.values for item in patches]).to(self.device)
            inputs["image_grid_thw"] = torch.tensor([item.grid for item in patches]).to(self.device)
        states = self._model(**inputs, use_cache=False).last_hidden_state
        assert isinstance(states, torch.Tensor)
        return states


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
