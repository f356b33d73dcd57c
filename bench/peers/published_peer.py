"""The published scripts' way on the items of a folder: processor, padded batch, last token; prints one line of JSON.

Written after the script published with Qwen3-VL-Embedding, with its pixel bounds and right padding. It runs in Lensdex's
environment.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators


def main() -> None:
    """Embed the folder's items and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--batch-size", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: torch's default")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--vectors", type=Path)
    arguments = parser.parse_args()

    declare_missing_operators()
    import torch
    from qwen_vl_utils import vision_process
    from transformers import AutoProcessor, Qwen3VLModel

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    processor = AutoProcessor.from_pretrained(arguments.checkpoint)
    model = Qwen3VLModel.from_pretrained(
        arguments.checkpoint, dtype=getattr(torch, arguments.dtype), attn_implementation="sdpa"
    ).eval()
    lines = [json.loads(line) for line in (arguments.items / "items.jsonl").open(encoding="utf-8")]

    @torch.inference_mode()
    def embed(batch: list[dict[str, str]]) -> "torch.Tensor":
        pictures = [
            vision_process.fetch_image(
                {
                    "image": str(arguments.items / line["image"]),
                    "min_pixels": 4 * 32 * 32,
                    "max_pixels": 1800 * 32 * 32,
                },
                image_patch_size=16,
            )
            for line in batch
            if line["image"]
        ]
        inputs = processor(
            text=[line["prompt"] for line in batch], images=pictures or None, do_resize=False, padding=True,
            padding_side="right", return_tensors="pt",
        )  # fmt: skip
        states = model(**inputs, use_cache=False).last_hidden_state
        last = inputs["attention_mask"].sum(dim=1) - 1
        return torch.nn.functional.normalize(states[torch.arange(len(batch)), last].float(), dim=1)

    seconds = []
    vectors = np.empty(0)
    for _ in range(arguments.repeats):
        started = time.perf_counter()
        size = arguments.batch_size
        vectors = np.concatenate([embed(lines[at : at + size]).numpy() for at in range(0, len(lines), size)])
        seconds.append(time.perf_counter() - started)
    if arguments.vectors:
        np.save(arguments.vectors, vectors)
    print(
        json.dumps(
            {
                "peer": "published code",
                "items": len(lines),
                "seconds": seconds,
                "settings": {"batch_size": arguments.batch_size, "threads": torch.get_num_threads()},
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
