"""Lensdex's own engine on the items of a folder, in process; prints one line of JSON.

Preparation runs in threads ahead of the device, as in the service; batches are cut in order.
"""

import argparse
import json
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from opening import content_opener

from lensdex_embedder.engines import EngineOptions, open_embedding_engine
from lensdex_embedder.work import Media, RawContent, Truncation
from lensdex_wire.space import Pooling


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1, help="threads that prepare")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--batch-tokens", type=int, default=8192)
    parser.add_argument("--threads", type=int, default=0, help="0: torch's default")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--shapes", action="store_true", help="say of each item its tokens and its pictures' patches")
    return parser.parse_args()


def main() -> None:
    """Embed the folder's items and print what it took."""
    arguments = _arguments()
    import torch

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    engine = open_embedding_engine(
        "hf",
        EngineOptions(
            model=arguments.checkpoint, revision="", device=arguments.device, dtype=arguments.dtype, max_tokens=8192,
            min_image_tokens=4, max_image_tokens=1800,
        ),
    )  # fmt: skip
    opener = content_opener()
    lines = [json.loads(line) for line in (arguments.items / "items.jsonl").open(encoding="utf-8")]

    prepare_cpu: list[float] = []

    def prepare(line: dict[str, str]) -> Any:
        started = time.thread_time()
        media = (Media(data=(arguments.items / line["image"]).read_bytes()),) if line["image"] else ()
        content = opener.open_content(RawContent((line["text"],), media))
        prepared = engine.prepare(content, instruction="", truncation=Truncation.REFUSE)
        prepare_cpu.append(time.thread_time() - started)
        return prepared

    seconds = []
    vectors: list[Any] = []
    tokens, shapes, batches = 0, [], 0
    shares = []
    with ThreadPoolExecutor(arguments.workers) as pool:
        for _ in range(arguments.repeats):
            started = time.perf_counter()
            cpu = time.process_time()
            prepare_cpu.clear()
            vectors, tokens, shapes, batches = [], 0, [], 0
            begun: deque[Any] = deque()
            begin_seconds = 0.0
            prepared = _ahead(pool, prepare, lines, 4 * arguments.batch_size)
            for batch in _batches(prepared, arguments.batch_size, arguments.batch_tokens):
                batches += 1
                tokens += sum(one.cost.num_tokens for one in batch)
                shapes += [(one.cost.num_tokens, [math.prod(item.grid) for item in one.patches]) for one in batch]
                beginning = time.perf_counter()
                begun.append(engine.begin(batch))
                begin_seconds += time.perf_counter() - beginning
                if len(begun) > engine.runs_ahead:  # the next is begun before this one's results are fetched
                    vectors += [pooled.vectors[Pooling.LAST_TOKEN] for pooled in begun.popleft()()]
            for fetch in begun:
                vectors += [pooled.vectors[Pooling.LAST_TOKEN] for pooled in fetch()]
            seconds.append(time.perf_counter() - started)
            shares.append(sum(prepare_cpu) / (time.process_time() - cpu))
    stacked = np.stack(vectors)
    if arguments.vectors:
        np.save(arguments.vectors, stacked / np.linalg.norm(stacked, axis=1, keepdims=True))
    print(
        json.dumps(
            {
                "peer": "lensdex",
                "items": len(lines),
                "tokens": tokens,
                "seconds": seconds,
                "batches": batches,
                "seconds_to_begin_a_batch": begin_seconds / batches,
                "preprocessing_share_of_cpu": shares,
                "shapes": shapes if arguments.shapes else None,
                "settings": {
                    "batch_size": arguments.batch_size,
                    "batch_tokens": arguments.batch_tokens,
                    "threads": torch.get_num_threads(),
                },
            }
        ),
        flush=True,
    )


def _ahead(pool: ThreadPoolExecutor, work: Callable[[Any], Any], items: list[Any], most: int) -> Iterator[Any]:
    """Yield the results of *work* in order, at most *most* of them under way or done and not yet taken."""
    running: deque[Any] = deque()
    for item in items:
        running.append(pool.submit(work, item))
        if len(running) >= most:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def _batches(prepared: Iterator[Any], size: int, tokens: int) -> Iterator[list[Any]]:
    """Yield batches in order: at most *size*, and more than one only within *tokens*."""
    batch: list[Any] = []
    cost = 0
    for one in prepared:
        if batch and (len(batch) == size or cost + one.cost.num_tokens > tokens):
            yield batch
            batch, cost = [], 0
        batch.append(one)
        cost += one.cost.num_tokens
    if batch:
        yield batch


if __name__ == "__main__":
    main()
