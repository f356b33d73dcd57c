"""How much arithmetic an input is, and how much a device could do: for the share of its peak that was used.

Counted are multiplications and additions of matrix products (2 for each multiply-add), as is usual for a model's
"MFU": projections, attention, the MLP, the vision tower with its mergers. Nothing is counted twice for work a smarter
program would not do: attention is causal (half the square) in the text and full within a picture.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

PEAKS: Final = {
    ("H100", "bfloat16"): 989e12,
    ("H200", "bfloat16"): 989e12,
    ("H100", "float16"): 989e12,
    ("H200", "float16"): 989e12,
    ("A100", "bfloat16"): 312e12,
    ("A100", "float16"): 312e12,
}
"""Dense peaks in operations a second, from the makers' data sheets."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A checkpoint's geometry, as operations."""

    config: dict[str, Any]
    """Its `config.json`."""

    def item(self, num_tokens: int, pictures: list[int]) -> float:
        """Return the operations of one sequence of *num_tokens*, with pictures of so many patches each."""
        return self._text(num_tokens) + sum(map(self._picture, pictures))

    def _text(self, num_tokens: int) -> float:
        text = self.config["text_config"]
        hidden, heads, key_heads, head = (
            text[key] for key in ("hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim")
        )
        projections = hidden * head * (2 * heads + 2 * key_heads)
        per_token = 2 * (projections + 3 * hidden * text["intermediate_size"])
        attention = 2 * 2 * heads * head * num_tokens / 2
        return float(text["num_hidden_layers"] * num_tokens * (per_token + attention))

    def _picture(self, num_patches: int) -> float:
        vision = self.config["vision_config"]
        hidden, depth, merge = vision["hidden_size"], vision["depth"], vision["spatial_merge_size"] ** 2
        per_patch = 2 * (4 * hidden**2 + 2 * hidden * vision["intermediate_size"])
        attention = 2 * 2 * hidden * num_patches
        embedding = 2 * hidden * vision["in_channels"] * vision["temporal_patch_size"] * vision["patch_size"] ** 2
        merger = 2 * ((hidden * merge) ** 2 + hidden * merge * vision["out_hidden_size"]) / merge
        mergers = 1 + len(vision["deepstack_visual_indexes"])
        return float(num_patches * (depth * (per_patch + attention) + embedding + mergers * merger))


def peak(device: str, dtype: str) -> tuple[float, str]:
    """Return the device's operations a second in *dtype*, and where the figure is from."""
    import torch

    if device.startswith("cuda"):
        name = torch.cuda.get_device_name(device)
        for (card, kind), figure in PEAKS.items():
            if card in name and kind == dtype:
                return figure, f"data sheet of {card}"
    return _measured(device, getattr(torch, dtype)), "measured: largest of ten products of square matrices"


def _measured(device: str, dtype: Any) -> float:
    import torch

    side = 8192 if device.startswith("cuda") else 2048
    one, other = (torch.randn(side, side, dtype=dtype, device=device) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        started = time.perf_counter()
        one @ other
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - started)
    return 2 * side**3 / best
