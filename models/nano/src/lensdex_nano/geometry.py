"""The shape of the nano models, and a checkpoint folder in the published layout. Knows no training and no data."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

LAYOUT: Final = Path(__file__).parent / "layout"
TOKENIZER_FILES: Final = ("tokenizer.json", "vocab.json", "merges.txt")

HIDDEN_SIZE: Final = 192
"""Length of an embedding."""
VOCABULARY_SIZE: Final = 6000
"""Tokens with an embedding of their own, special ones included."""
EMBEDDING_LAYERS: Final = 4
RERANKING_LAYERS: Final = 5
"""One more, to compare what the others have made of query and document; see `comparison`."""
MAX_POSITIONS: Final = 8192
POSITION_STD: Final = 0.3
"""Of the picture's position embeddings at the start, against patch embeddings of about 0.8."""
PATCH_SIZE: Final = 16
MERGE_SIZE: Final = 2
MIN_PIXELS: Final = 4 * (PATCH_SIZE * MERGE_SIZE) ** 2
MAX_PIXELS: Final = 25 * (PATCH_SIZE * MERGE_SIZE) ** 2
"""Pictures are resized to at most 25 tokens; `layout/preprocessor_config.json` says the same to the embedder."""

# Weights start at about one over the root of the width they read: 0.02, right for 2,048 channels, leaves layers of 192
# nearly silent, and pictures were not learnt in the time there is.
TEXT: Final[dict[str, Any]] = {
    "hidden_size": HIDDEN_SIZE,
    "intermediate_size": 512,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "hidden_act": "silu",
    "attention_bias": False,
    "attention_dropout": 0.0,
    "initializer_range": 0.06,
    "max_position_embeddings": MAX_POSITIONS,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10_000,
    "rope_scaling": {"mrope_interleaved": True, "mrope_section": [6, 5, 5], "rope_type": "default"},
    "tie_word_embeddings": True,
    "use_cache": True,
    "vocab_size": VOCABULARY_SIZE,
    "model_type": "qwen3_vl_text",
}
VISION: Final[dict[str, Any]] = {
    "depth": 4,
    "hidden_size": 128,
    "intermediate_size": 512,
    "num_heads": 4,
    "hidden_act": "gelu_pytorch_tanh",
    "in_channels": 3,
    "initializer_range": 0.08,
    "num_position_embeddings": 256,
    "out_hidden_size": HIDDEN_SIZE,
    "patch_size": PATCH_SIZE,
    "spatial_merge_size": MERGE_SIZE,
    "temporal_patch_size": 2,
    "deepstack_visual_indexes": [1],
    "model_type": "qwen3_vl",
}


def configuration(tokens: dict[str, int], *, layers: int) -> dict[str, Any]:
    """Return `config.json` for that many text *layers*; *tokens* maps special tokens to their ids."""
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "dtype": "float16",
        "model_type": "qwen3_vl",
        "image_token_id": tokens["<|image_pad|>"],
        "video_token_id": tokens["<|video_pad|>"],
        "vision_start_token_id": tokens["<|vision_start|>"],
        "vision_end_token_id": tokens["<|vision_end|>"],
        # Copies: transformers writes its defaults into what it is given.
        "text_config": {**copy.deepcopy(TEXT), "num_hidden_layers": layers, "dtype": "float16"},
        "vision_config": copy.deepcopy(VISION),
        "tie_word_embeddings": True,
    }


def new_model(vocabulary: Path, *, seed: int, layers: int = EMBEDDING_LAYERS) -> Qwen3VLForConditionalGeneration:
    """Return a model with random weights in float32 for the vocabulary in that folder."""
    torch.manual_seed(seed)
    config = Qwen3VLConfig(**configuration(_special_tokens(vocabulary), layers=layers))
    config._attn_implementation = "sdpa"  # noqa: SLF001  no public way to set it on a fresh model
    model = Qwen3VLForConditionalGeneration(config)
    nn.Module.to(model, torch.float32)
    torch.nn.init.normal_(model.model.visual.pos_embed.weight, std=POSITION_STD)
    return model


def write_skeleton(folder: Path, vocabulary: Path, *, layers: int = EMBEDDING_LAYERS) -> None:
    """Write everything of a checkpoint but its weights: configuration, processors, template and vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copyfile(vocabulary / name, folder / name)
    for path in sorted(LAYOUT.iterdir()):
        shutil.copyfile(path, folder / path.name)
    described = configuration(_special_tokens(vocabulary), layers=layers)
    (folder / "config.json").write_text(json.dumps(described, indent=2) + "\n")


def write_weights(folder: Path, model: Qwen3VLForConditionalGeneration) -> None:
    """Write the weights as float16 safetensors under the published names; the tied LM head is left out, as there."""
    tensors = {
        name: tensor.detach().to(torch.float16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight"
    }
    beside = folder / "model.safetensors.new"
    save_file(tensors, beside, metadata={"format": "pt"})
    beside.replace(folder / "model.safetensors")


def _special_tokens(vocabulary: Path) -> dict[str, int]:
    listed = json.loads((vocabulary / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    return {entry["content"]: entry["id"] for entry in listed}
