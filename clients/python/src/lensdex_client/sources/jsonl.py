"""Reads items from a JSONL file: one object a line. Knows no service.

``{"id": str, "title": str?, "text": str | [str]?, "image": path | [path]?, "video": path | [path]?, "metadata":
{...}?}``; ``title`` is kept as ``metadata["title"]``; paths are relative to the media root. Blank lines are passed
over.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lensdex_client.content import Content, Video
from lensdex_client.errors import LensdexError
from lensdex_client.ingesting import Item
from lensdex_client.media_file import Image
from lensdex_client.media_root import MediaRoot
from lensdex_client.sources.line import BadLine, Line, Sourced

_KEYS: Final = frozenset({"id", "title", "text", "image", "video", "metadata"})


class _LineError(ValueError):
    """Why a line makes no item."""


def read_jsonl(path: Path, root: MediaRoot) -> Iterator[Line]:
    """Yield what each line of *path* makes, lazily. Raises OSError when the file cannot be read."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            place = f"{path}:{number}"
            try:
                yield Sourced(place, item_of(_object(raw), root))
            except _LineError as error:
                yield BadLine(place, str(error))
            except LensdexError as error:
                yield BadLine(place, error.message)


def item_of(line: Mapping[str, Any], root: MediaRoot) -> Item:
    """Return the item *line* describes. Raises ValueError, MediaNotAllowedError and MediaNotFoundError."""
    unknown = sorted(set(line) - _KEYS)
    if unknown:
        raise _LineError(f"unknown keys {', '.join(unknown)}; further facts belong into metadata")
    item_id = line.get("id")
    if not isinstance(item_id, str) or not item_id:
        raise _LineError("id must be a text that is not empty")
    texts = _texts(line, "text")
    images = [_image(uri, root) for uri in _texts(line, "image")]
    videos = [Video(clip=root.clip(root.uri_of(path))) for path in _texts(line, "video")]
    content = Content(texts=texts, images=images, videos=videos)
    if not content.modalities():
        raise _LineError("neither text, image nor video")
    return Item(id=item_id, content=content, metadata=_metadata(line))


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        line = json.loads(raw, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise _LineError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _LineError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise _LineError("nested too deeply") from None
    if not isinstance(line, dict):
        raise _LineError("not a JSON object")
    return line


def _refuse_constant(name: str) -> None:
    raise _LineError(f"{name} is no JSON number")


def _texts(line: Mapping[str, Any], key: str) -> list[str]:
    value = line.get(key)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise _LineError(f"{key} must be a text or a list of texts")
    return [item for item in values if item]


def _metadata(line: Mapping[str, Any]) -> dict[str, Any]:
    metadata = line.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        raise _LineError("metadata must be an object")
    title = line.get("title")
    if title is not None and not isinstance(title, str):
        raise _LineError("title must be a text")
    return {**metadata, "title": title} if title else dict(metadata)


def _image(path: str, root: MediaRoot) -> Image:
    return root.image(root.uri_of(path))
