"""What the benchmarks embed: a stated mix, short queries, or the sample problems. The same seed gives the same items.

`mix`       texts of 10 to 400 tokens, 60 % with a picture of 200 to 900 pixels a side
`short`     texts of 4 to 30 words, no picture
`problems`  the sample corpus: exam-like problems, most with a figure

An item on disk is a line of `items.jsonl` (text, picture's file name or null, the prompt as the published template
renders it) with its picture beside it, so that a peer needs nothing of Lensdex to read it.
"""

import argparse
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from lensdex_problems import make_item

ITEMS: Final = "items.jsonl"
_PROMPT: Final = (
    "<|im_start|>system\nRepresent the user's input.<|im_end|>\n<|im_start|>user\n{picture}{text}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
_PICTURE: Final = "<|vision_start|><|image_pad|><|vision_end|>"
_WORDS_PER_TOKEN: Final = 0.6
"""Of the problems' words in the nano vocabulary; the published vocabulary takes fewer tokens for English."""


@dataclass(frozen=True, slots=True)
class Item:
    """One content: a text, and a picture's encoded bytes or none."""

    text: str
    picture: bytes | None

    @property
    def prompt(self) -> str:
        """The whole input as text, one placeholder for the picture."""
        return _PROMPT.format(picture=_PICTURE if self.picture else "", text=self.text)


def mix(count: int, seed: int) -> Iterator[Item]:
    """Yield *count* items of the mix."""
    random = np.random.default_rng([1, seed])
    words = _words(seed)
    for _ in range(count):
        tokens = int(random.integers(10, 401))
        length = max(1, int(tokens * _WORDS_PER_TOKEN))
        start = int(random.integers(len(words) - length))
        picture = _photograph(random) if random.random() < 0.6 else None
        yield Item(" ".join(words[start : start + length]), picture)


def short(count: int, seed: int) -> Iterator[Item]:
    """Yield *count* queries of 4 to 30 words."""
    random = np.random.default_rng([2, seed])
    words = _words(seed)
    for _ in range(count):
        length = int(random.integers(4, 31))
        start = int(random.integers(len(words) - length))
        yield Item(" ".join(words[start : start + length]), None)


def problems(count: int, seed: int) -> Iterator[Item]:
    """Yield *count* sample problems, drawn by as many processes as there are processors."""
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(_problem, seed), range(count), chunksize=16)


def _problem(seed: int, place: int) -> Item:
    item = make_item(seed, "heldout", place)
    return Item(item.text, item.draw() or None)


WORKLOADS: Final[dict[str, Callable[[int, int], Iterator[Item]]]] = {"mix": mix, "short": short, "problems": problems}


def read(folder: Path) -> list[Item]:
    """Return the items of *folder*."""
    lines = map(json.loads, (folder / ITEMS).read_text(encoding="utf-8").splitlines())
    return [Item(line["text"], (folder / line["image"]).read_bytes() if line["image"] else None) for line in lines]


def write(name: str, count: int, seed: int, folder: Path) -> Path:
    """Write the items of workload *name* to *folder* and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ITEMS).open("w", encoding="utf-8") as lines:
        for place, item in enumerate(WORKLOADS[name](count, seed)):
            file = f"{place:05d}.img" if item.picture else None
            if file and item.picture:
                (folder / file).write_bytes(item.picture)
            line = {"text": item.text, "image": file, "prompt": item.prompt}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    return folder


def _words(seed: int) -> list[str]:
    return [word for place in range(120) for word in make_item(seed, "train", place).text.split(" ")]


def _photograph(random: np.random.Generator) -> bytes:
    """Return a JPEG of 200 to 900 pixels a side with structure at several scales, as a photograph has."""
    width, height = (int(side) for side in random.integers(200, 901, 2))
    picture = np.zeros((height, width, 3), dtype=np.float32)
    for cells in (3, 12, 48):
        coarse = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        picture += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32) / cells**0.5
    buffer = io.BytesIO()
    Image.fromarray((255 * picture / picture.max()).astype(np.uint8)).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def main() -> None:
    """Write what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workload", choices=sorted(WORKLOADS), required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    print(write(arguments.workload, arguments.count, arguments.seed, arguments.out))


if __name__ == "__main__":
    main()
