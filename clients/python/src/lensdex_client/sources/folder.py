"""Reads items from a folder of pictures: one item a file, its id the path below the folder. Knows no service."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
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

    Captions are found by the path below the folder, else by the bare file name. A caption without a picture is a bad
    line, at the end.
    """
    used: set[str] = set()
    for path in picture_files(folder):
        name = path.relative_to(folder).as_posix()
        key = name if name in captions else path.name
        caption = captions.get(key, Caption())
        used.add(key)
        try:
            image = root.image(root.uri_of(path.absolute()))
        except LensdexError as error:
            yield BadLine(str(path), error.message)
            continue
        metadata = {"title": path.stem, **caption.metadata}
        yield Sourced(str(path), Item(id=name, content=Content(texts=caption.texts, images=image), metadata=metadata))
    for name in captions:
        if name not in used:
            yield BadLine(name, f"a caption, but no such picture below {folder}")


def picture_files(folder: Path) -> Iterator[Path]:
    """Yield the pictures below *folder*, sorted, hidden ones left out. Links to folders are not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(parent, name)
