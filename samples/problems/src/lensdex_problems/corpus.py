"""A corpus on disk: the lines, the figures and the manifest that says what they are.

Items are made in order by a pool of processes and written as they come, so memory does not grow with their number. The
manifest is written last: a folder without one is unfinished, and is only continued when it says it is ours.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import PIL

from lensdex_problems.errors import ForeignFolderError, UnreadableCorpusError
from lensdex_problems.item import GENERATOR, GENERATOR_VERSION, make_item

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lensdex_problems.catalog import Split
    from lensdex_problems.drawing.figure import Scale

LINES: Final = "problems.jsonl"
MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = "unfinished.json"
_CHUNK: Final = 16
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """All that decides what a corpus holds."""

    seed: int
    count: int
    split: Split
    figure_scale: Scale = "full"
    generator: str = GENERATOR
    generator_version: int = GENERATOR_VERSION


@dataclass(frozen=True)
class Manifest:
    """What a folder holds.

    `content_hash` covers every line and the bytes of every figure, which depend on `pillow`; `definition_hash` covers
    the lines and the parameters of the drawings, and is the same with every Pillow.
    """

    plan: Plan
    content_hash: str
    definition_hash: str
    pillow: str
    figures: int
    subjects: dict[str, int]
    concepts: dict[str, int]
    templates: dict[str, int]
    languages: dict[str, int]


@dataclass(frozen=True)
class _Made:
    line: str
    parameters: str
    image_path: str | None
    png: bytes | None
    counted: tuple[str, str, str, str]


def _make(place: int, plan: Plan) -> _Made:
    item = make_item(plan.seed, plan.split, place)
    kinds = tuple(str(item.metadata[name]) for name in ("subject", "concept", "template", "language"))
    subject, concept, template, language = kinds
    return _Made(
        item.line(),
        item.drawing_parameters(),
        item.image_path,
        item.draw(plan.figure_scale),
        (subject, concept, template, language),
    )


@contextmanager
def _stream(plan: Plan, workers: int) -> Iterator[Iterable[_Made]]:
    make = partial(_make, plan=plan)
    if workers <= 1:
        yield map(make, range(plan.count))
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield pool.imap(make, range(plan.count), chunksize=_CHUNK)


def generate(folder: Path, plan: Plan, *, workers: int = 1, progress: Progress | None = None) -> tuple[Manifest, bool]:
    """Write a corpus; return its manifest and whether anything was written.

    A folder that already holds this corpus is left as it is; an unfinished one of the same plan is made anew in place.
    Raises ForeignFolderError when the folder holds anything else.
    """
    present = _present(folder, plan)
    if present is not None:
        return present, False
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _UNFINISHED).write_text(json.dumps(asdict(plan)), encoding="utf-8")
    content, definition = hashlib.sha256(), hashlib.sha256()
    counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter(), Counter())
    figures, shelf = 0, ""
    with (folder / LINES).open("w", encoding="utf-8", newline="\n") as lines, _stream(plan, workers) as stream:
        for done, made in enumerate(stream, start=1):
            lines.write(made.line + "\n")
            for digest in (content, definition):
                digest.update(made.line.encode() + b"\n")
            definition.update(made.parameters.encode() + b"\n")
            if made.image_path and made.png:
                figures += 1
                content.update(made.png)
                path = folder / made.image_path
                if path.parent.name != shelf:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    shelf = path.parent.name
                path.write_bytes(made.png)
            for counter, kind in zip(counts, made.counted, strict=True):
                counter[kind] += 1
            if progress:
                progress(done, plan.count)
    kinds = [dict(sorted(counter.items())) for counter in counts]
    manifest = Manifest(plan, content.hexdigest(), definition.hexdigest(), PIL.__version__, figures, *kinds)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    (folder / _UNFINISHED).unlink()
    return manifest, True


def _present(folder: Path, plan: Plan) -> Manifest | None:
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise ForeignFolderError(f"{folder} is a file; name a folder that is new or empty")
    if (folder / MANIFEST).exists():
        manifest = read_manifest(folder)
        if manifest.plan == plan:
            return manifest
        raise ForeignFolderError(f"{folder} holds another corpus ({manifest.plan}); name another folder")
    marker = folder / _UNFINISHED
    if marker.exists():
        try:
            begun = Plan(**json.loads(marker.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ForeignFolderError(f"{marker} cannot be read; empty the folder or name another one") from error
        if begun != plan:
            raise ForeignFolderError(f"{folder} holds the beginning of another corpus ({begun}); name another folder")
        return None
    if any(folder.iterdir()):
        raise ForeignFolderError(f"{folder} holds files that are no corpus of ours; name a folder that is new or empty")
    return None


def read_manifest(folder: Path) -> Manifest:
    """Return what the folder says it holds, or raise UnreadableCorpusError."""
    try:
        fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**{**fields, "plan": Plan(**fields["plan"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableCorpusError(f"{folder} holds no finished corpus: {error}") from error


def summary(manifest: Manifest) -> dict[str, object]:
    """Return the manifest in a few numbers, for people and for `--json`."""
    return {
        **asdict(manifest.plan),
        "figures": manifest.figures,
        "subjects": len(manifest.subjects),
        "concepts": len(manifest.concepts),
        "templates": len(manifest.templates),
        "languages": manifest.languages,
        "content_hash": manifest.content_hash,
        "definition_hash": manifest.definition_hash,
        "pillow": manifest.pillow,
    }
