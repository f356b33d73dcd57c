"""sentence-transformers' `encode` on the items of a folder; prints one line of JSON. Runs in an environment of its own.

It is given messages, since plain strings get no system turn, and pools the last token.
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1")
INSTRUCTION = "Represent the user's input."


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-size", type=int, default=32, help="32 is its default")
    parser.add_argument("--threads", type=int, default=0, help="0: torch's default")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--vectors", type=Path)
    arguments = parser.parse_args()

    import numpy as np
    import sentence_transformers
    import torch
    from PIL import Image
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    transformer = Transformer(
        arguments.checkpoint,
        model_kwargs={"dtype": getattr(torch, arguments.dtype), "attn_implementation": "sdpa"},
        processing_kwargs={
            "chat_template": {"add_generation_prompt": True},
            "image": {"size": {"shortest_edge": 4 * 1024, "longest_edge": 1800 * 1024}},
        },
    )
    pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="lasttoken")
    model = SentenceTransformer(modules=[transformer, pooling, Normalize()], device=arguments.device)
    lines = [json.loads(line) for line in (arguments.items / "items.jsonl").open(encoding="utf-8")]

    def conversations() -> list[list[dict[str, object]]]:
        # Opened anew each time: decoding is part of the work.
        made = []
        for line in lines:
            parts: list[dict[str, object]] = [{"type": "text", "text": line["text"]}]
            if line["image"]:
                picture = Image.open(arguments.items / line["image"]).convert("RGB")
                parts.insert(0, {"type": "image", "image": picture})
            made.append(
                [
                    {"role": "system", "content": [{"type": "text", "text": INSTRUCTION}]},
                    {"role": "user", "content": parts},
                ]
            )
        return made

    seconds = []
    vectors = np.empty(0)
    for _ in range(arguments.repeats):
        started = time.perf_counter()
        vectors = model.encode(conversations(), batch_size=arguments.batch_size, show_progress_bar=False)
        seconds.append(time.perf_counter() - started)
    if arguments.vectors:
        np.save(arguments.vectors, np.asarray(vectors, dtype=np.float32))
    print(
        json.dumps(
            {
                "peer": "sentence-transformers",
                "version": sentence_transformers.__version__,
                "items": len(lines),
                "seconds": seconds,
                "settings": {"batch_size": arguments.batch_size, "threads": torch.get_num_threads()},
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
