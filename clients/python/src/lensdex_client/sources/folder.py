"""Reads items from a folder of pictures: one item a file, its id the path below the folder. Knows no service."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from lensdex_client.content import Content
from lensdex_client.errors import LensdexError
from lensdex_client.ingesting import Item
from lensdex_client.media_root import MediaRoot
from lensdex_client.sources.captions import Caption
from lensdex_client.sources.line import BadLine, Line, Sourced

SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
"""Files that are taken for pictures; the embedder reads the format from the bytes."""


def read_folder(folder: Path, root: MediaRoot, captions: Mapping[str, Caption]) -> Iterator[Line]:
    """Yield an item per picture below *folder*, in the order of their paths; *root* must hold the folder.

    Captions are found by the path below the folder; one that is no picture's path, by the bare file name, where only
    one picture has it. A caption without a picture, or with several, is a bad line, at the end.
    """
    paths = list(picture_files(folder)) if captions else picture_files(folder)
    owners, problems = _owners(captions, [path.relative_to(folder).as_posix() for path in paths] if captions else [])
    for path in paths:
        name = path.relative_to(folder).as_posix()
        caption = captions[owners[name]] if name in owners else Caption()
        try:
            image = root.image(root.uri_of(path.absolute()))
        except LensdexError as error:
            yield BadLine(str(path), error.message)
            continue
        metadata = {"title": path.stem, **caption.metadata}
        yield Sourced(str(path), Item(id=name, content=Content(texts=caption.texts, images=image), metadata=metadata))
    for name, problem in problems.items():
        yield BadLine(name, f"{problem} below {folder}", extra=True)


def _owners(captions: Mapping[str, Caption], pictures: Sequence[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the caption's name for each of *pictures* that has one, and what is wrong with captions that fit none."""
    owners = {name: name for name in pictures if name in captions}
    by_bare_name: dict[str, list[str]] = defaultdict(list)
    for name in pictures:
        by_bare_name[PurePosixPath(name).name].append(name)
    problems: dict[str, str] = {}
    for key in captions:
        if key in owners:
            continue
        match by_bare_name.get(key, []):
            case []:
                problems[key] = "a caption, but no such picture"
            case [name] if name not in owners:
                owners[name] = key
            case [name]:
                problems[key] = f"ambiguous: {name} has a caption by its path"
            case [first, second, *more]:
                others = f" and {len(more)} more" if more else ""
                problems[key] = f"ambiguous: a caption of {first}, {second}{others}"
    return owners, problems


def picture_files(folder: Path) -> Iterator[Path]:
    """Yield the pictures below *folder*, sorted, hidden ones left out. Links to folders are not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent, name)
