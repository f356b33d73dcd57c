"""What it is worth to remember pictures: problems embedded with a view of text and picture and a view of the picture.

    python bench/reuse.py [--checkpoint FOLDER | --random 60m] [--count 64]

The same inputs with and without the cache, alternating in one run; also what a digest costs. Decides no test.
"""

import argparse
import hashlib
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final

from rich.console import Console

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import checkpoints  # noqa: E402  beside this file
import workload  # noqa: E402
from opening import content_opener  # noqa: E402
from provenance import RESULTS, ROOT, provenance  # noqa: E402

from lensdex_embedder.engines import EngineOptions, open_embedding_engine  # noqa: E402
from lensdex_embedder.work import Media, RawContent, Truncation  # noqa: E402


def engine_of(checkpoint: Path, device: str, dtype: str, num_bytes: int) -> Any:
    """Return an engine that keeps *num_bytes* of pictures."""
    return open_embedding_engine(
        "hf", EngineOptions(str(checkpoint), "", device, dtype, 8192, 4, 1800, max_cached_image_bytes=num_bytes)
    )


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--random", choices=sorted(checkpoints.GEOMETRIES), default="60m")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    checkpoint = arguments.checkpoint or checkpoints.write_random(
        arguments.random, ROOT / "var" / "bench" / f"random-{arguments.random}"
    )
    opener = content_opener()
    items = [item for item in workload.problems(arguments.count, 0) if item.picture]
    views = [RawContent((item.text,), (Media(data=item.picture),)) for item in items]
    views += [RawContent((), (Media(data=item.picture),)) for item in items]
    engine = engine_of(checkpoint, arguments.device, arguments.dtype, 0)
    prepared = [engine.prepare(opener.open_content(one), instruction="", truncation=Truncation.REFUSE) for one in views]
    # As ingest sends them: blocks of records, one view after the other.
    half, block = len(items), arguments.batch_size // 2
    order = [
        start + view * half + place
        for start in range(0, half, block)
        for view in range(2)
        for place in range(min(block, half - start))
    ]
    ordered = [prepared[place] for place in order]
    seconds: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(arguments.repeats):
        for name, num_bytes in (("without", 0), ("with", 256 << 20)):
            fresh = engine_of(checkpoint, arguments.device, arguments.dtype, num_bytes)
            fresh.embed(ordered[:1])
            if name == "without":
                fresh._forward.pictures.look = lambda own, look: look(own)  # noqa: SLF001  not even within a batch
            started = time.perf_counter()
            for start in range(0, len(ordered), arguments.batch_size):
                fresh.embed(ordered[start : start + arguments.batch_size])
            seconds[name].append(time.perf_counter() - started)
    raw = [bytes(int(item.patches[0].values.numel() // 2)) for item in prepared[:half]]
    started = time.perf_counter()
    for pixels in raw:
        hashlib.sha256(pixels).digest()
    digest = (time.perf_counter() - started) / len(raw)
    report = {
        **provenance(),
        "settings": {key: str(value) for key, value in vars(arguments).items()},
        "contents": len(views),
        "tokens_an_item": sum(one.cost.num_tokens for one in prepared) / len(prepared),
        "image_tokens_an_item": sum(one.cost.num_image_tokens for one in prepared) / len(prepared),
        "seconds": seconds,
        "times_as_fast": statistics.median(seconds["without"]) / statistics.median(seconds["with"]),
        "digest_milliseconds_a_picture": digest * 1e3,
    }
    path = RESULTS / f"reuse-{report['commit'].rstrip('+')}-{checkpoint.name}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    Console().print(report)


if __name__ == "__main__":
    main()
