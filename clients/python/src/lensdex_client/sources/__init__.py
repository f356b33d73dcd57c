"""Where items come from: a JSONL file, or a folder of pictures with captions. Knows no service."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from lensdex_client.media_root import MediaRoot
from lensdex_client.sources.captions import read_captions
from lensdex_client.sources.folder import picture_files, read_folder
from lensdex_client.sources.jsonl import read_jsonl
from lensdex_client.sources.line import BadLine, Line, Sourced

__all__ = ["BadLine", "Line", "Sourced", "count_lines", "limited", "read_lines"]


def read_lines(path: Path, *, media_root: Path | None = None, captions: Path | None = None) -> Iterator[Line]:
    """Yield what *path* holds, lazily: a folder of pictures, else a JSONL file.

    The media root is *media_root*, else the folder itself or the JSONL file's folder. Raises OSError, and ValueError
    for captions without a folder.
    """
    if path.is_dir():
        known, bad = read_captions(captions) if captions is not None else ({}, [])
        return chain(bad, read_folder(path, MediaRoot(media_root or path), known))
    if captions is not None:
        raise ValueError("captions belong to a folder of pictures; a JSONL line holds its own text")
    path.stat()
    return read_jsonl(path, MediaRoot(media_root or path.parent))


def limited(lines: Iterable[Line], limit: int | None) -> Iterator[Line]:
    """Yield *lines* until *limit* of them are items or stand in the place of one; None: all. Reads none in advance."""
    left = limit
    for line in lines:
        yield line
        if left is not None and not (isinstance(line, BadLine) and line.extra):
            left -= 1
            if left == 0:
                return


def count_lines(path: Path) -> int:
    """Return how many items *path* holds, and lines in the place of one. Reads the file once. Raises OSError."""
    if path.is_dir():
        return sum(1 for _ in picture_files(path))
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())
