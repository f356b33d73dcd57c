"""Reads captions of pictures from a CSV, TSV or JSONL file. Knows no folder and no service.

CSV and TSV may begin with a header that names the columns ``filename`` and ``caption``; without one the first column is
the file name and the second the caption. A ``title`` column becomes the title, every other one metadata. A name that
comes several times has several captions, in the order of the file.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lensdex_client.sources.line import BadLine

_NAME: Final = ("filename", "file_name", "file", "image", "path")
_CAPTION: Final = ("caption", "text", "label")


@dataclass(slots=True)
class Caption:
    """What is said of one picture."""

    texts: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


def read_captions(path: Path) -> tuple[Mapping[str, Caption], list[BadLine]]:
    """Return captions by file name (with ``/``), and the lines that make none. Raises OSError."""
    captions: dict[str, Caption] = {}
    bad: list[BadLine] = []
    for number, row in _rows(path):
        if isinstance(row, str):
            bad.append(BadLine(f"{path}:{number}", row, extra=True))
            continue
        name, caption = _first(row, _NAME), _first(row, _CAPTION)
        if not name:
            bad.append(BadLine(f"{path}:{number}", "no file name", extra=True))
            continue
        entry = captions.setdefault(name.replace("\\", "/").removeprefix("./"), Caption())
        if caption and caption not in entry.texts:
            entry.texts.append(caption)
        entry.metadata.update({key: value for key, value in row.items() if key not in _NAME + _CAPTION and value})
    return captions, bad


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield line number and row, or what is wrong with it."""
    suffix = path.suffix.lower()
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        if suffix in {".jsonl", ".ndjson"}:
            yield from _json_rows(file)
        else:
            yield from _table_rows(file, "\t" if suffix in {".tsv", ".tab"} else ",")


def _json_rows(file: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            yield number, f"not JSON: {error.msg} at column {error.colno}"
            continue
        yield number, row if isinstance(row, dict) else "not a JSON object"


def _table_rows(file: Iterable[str], delimiter: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    reader = csv.reader(file, delimiter=delimiter)
    header: list[str] | None = None
    for cells in reader:
        if not any(cells):
            continue
        if header is None:
            lowered = [cell.strip().lower() for cell in cells]
            if set(lowered) & set(_NAME):
                header = lowered
                continue
            header = ["filename", "caption", "title"]
        if len(cells) > len(header):
            yield reader.line_num, f"{len(cells)} columns, expected at most {len(header)}"
            continue
        yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))


def _first(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")
