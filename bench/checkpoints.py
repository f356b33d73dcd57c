"""Checkpoints with random weights in the published layout, for speed: it does not depend on the weights' values.

    python bench/checkpoints.py --random 60m --out var/bench/60m

`60m` divides its work between text and pictures as the 2B model does; `2b` and `8b` are the published geometries. The
tokeniser is that of `models/nano` (6,000 words): token counts differ from the published tokeniser's, work a token does
not.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
NANO: Final = ROOT / "models" / "nano" / "embedding"
COPIED: Final = (
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
)
PUBLISHED_PIXELS: Final = {"longest_edge": 16_777_216, "shortest_edge": 65_536}

# hidden, MLP, layers, heads, key heads, head size, vocabulary; vision: hidden, MLP, layers, heads, deepstack layers
GEOMETRIES: Final[dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]] = {
    "60m": ((512, 1536, 14, 8, 4, 64, 6_016), (256, 1024, 12, 4), (3, 6, 9)),
    "2b": ((2048, 6144, 28, 16, 8, 128, 151_936), (1024, 4096, 24, 16), (5, 11, 17)),
    "8b": ((4096, 12288, 36, 32, 8, 128, 151_936), (1152, 4304, 27, 16), (8, 16, 24)),
}


def configuration(name: str, tokens: dict[str, int]) -> dict[str, Any]:
    """Return `config.json` of that geometry; *tokens* maps special tokens to ids."""
    (hidden, mlp, layers, heads, key_heads, head, vocabulary), (wide, wide_mlp, depth, wide_heads), deepstack = (
        GEOMETRIES[name]
    )
    half = head // 2
    height = width = half * 5 // 16
    return {
        "architectures": ["Qwen3VLForConditionalGeneration"],
        "model_type": "qwen3_vl",
        "dtype": "bfloat16",
        "image_token_id": tokens["<|image_pad|>"],
        "video_token_id": tokens["<|video_pad|>"],
        "vision_start_token_id": tokens["<|vision_start|>"],
        "vision_end_token_id": tokens["<|vision_end|>"],
        "tie_word_embeddings": True,
        "text_config": {
            "model_type": "qwen3_vl_text",
            "hidden_size": hidden,
            "intermediate_size": mlp,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": key_heads,
            "head_dim": head,
            "vocab_size": vocabulary,
            "hidden_act": "silu",
            "attention_bias": False,
            "attention_dropout": 0.0,
            "initializer_range": 0.02,
            "max_position_embeddings": 262_144,
            "rms_norm_eps": 1e-6,
            "rope_theta": 5_000_000,
            "tie_word_embeddings": True,
            "rope_scaling": {
                "mrope_interleaved": True,
                "mrope_section": [half - height - width, height, width],
                "rope_type": "default",
            },
            "use_cache": True,
            "dtype": "bfloat16",
        },
        "vision_config": {
            "model_type": "qwen3_vl",
            "hidden_size": wide,
            "intermediate_size": wide_mlp,
            "depth": depth,
            "num_heads": wide_heads,
            "hidden_act": "gelu_pytorch_tanh",
            "in_channels": 3,
            "initializer_range": 0.02,
            "num_position_embeddings": 2304,
            "out_hidden_size": hidden,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "deepstack_visual_indexes": list(deepstack),
        },
    }


def write_random(name: str, folder: Path) -> Path:
    """Write the checkpoint *name* to *folder*, unless it is there, and return *folder*."""
    if (folder / "model.safetensors").is_file():
        return folder
    import torch
    from safetensors.torch import save_file

    from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators

    declare_missing_operators()
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    folder.mkdir(parents=True, exist_ok=True)
    for file in COPIED:
        shutil.copyfile(NANO / file, folder / file)
    for file in ("preprocessor_config.json", "video_preprocessor_config.json"):
        described = json.loads((folder / file).read_text(encoding="utf-8"))
        described["size"] = PUBLISHED_PIXELS
        (folder / file).write_text(json.dumps(described, indent=2) + "\n")
    listed = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    described = configuration(name, {entry["content"]: entry["id"] for entry in listed})
    (folder / "config.json").write_text(json.dumps(described, indent=2) + "\n")
    torch.manual_seed(0)
    # On a CUDA device where there is one: drawing two thousand million numbers takes a CPU a minute.
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = Qwen3VLForConditionalGeneration(Qwen3VLConfig(**described)).to(torch.bfloat16)
    tensors = {
        key: value.detach().cpu().contiguous() for key, value in model.state_dict().items() if key != "lm_head.weight"
    }
    beside = folder / "model.safetensors.new"
    save_file(tensors, beside, metadata={"format": "pt"})
    beside.replace(folder / "model.safetensors")
    return folder


def main() -> None:
    """Write what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", choices=sorted(GEOMETRIES), required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    print(write_random(arguments.random, arguments.out))


if __name__ == "__main__":
    main()
