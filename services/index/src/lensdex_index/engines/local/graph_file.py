"""A saved graph's file: a block of facts, then parts, every byte of it under a checksum. Knows no meaning of any.

    4,096 bytes   magic, the facts as JSON, padding; the last four bytes are the checksum of all before
    the parts     end to end; the facts give each one's length and checksum

It is written under another name, synced, and renamed: under its own name it is whole, or not there.
"""

import contextlib
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from lensdex_index.errors import LensdexIndexError

_MAGIC: Final = b"LDXGRAPH"
_HEAD_BYTES: Final = 4_096
_CHECKSUM: Final = struct.Struct("<I")


class UnreadableError(LensdexIndexError):
    """The file is not what was written: cut short, changed, or not of this kind. ``args[0]`` says what is wrong."""


def write(
    path: Path,
    parts: Mapping[str, Iterable[bytes | memoryview]],
    facts: Callable[[], Mapping[str, Any]],
    *,
    sync_first: Callable[[], None],
) -> int:
    """Write a file; return its bytes. *facts* is asked once the parts are through, *sync_first* called before the name.

    Raises OSError, or what *parts* and *facts* raise; the file that was there before is there then.
    """
    fresh = _unfinished(path)
    try:
        with fresh.open("wb") as file:
            file.write(bytes(_HEAD_BYTES))
            listed = []
            for name, chunks in parts.items():
                length = checksum = 0
                for chunk in chunks:
                    file.write(chunk)
                    length += len(chunk)
                    checksum = zlib.crc32(chunk, checksum)
                listed.append({"name": name, "bytes": length, "checksum": checksum})
            num_bytes = file.tell()
            file.seek(0)
            file.write(_head({**facts(), "parts": listed}))
            file.flush()
            os.fsync(file.fileno())
        sync_first()
        fresh.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    return num_bytes


def read(path: Path) -> tuple[Mapping[str, Any], Mapping[str, memoryview]]:
    """Return the facts and the parts. Raises UnreadableError, FileNotFoundError, OSError."""
    whole = memoryview(path.read_bytes())
    if len(whole) < _HEAD_BYTES:
        raise UnreadableError(f"it has {len(whole)} bytes, fewer than its head")
    head, end = bytes(whole[:_HEAD_BYTES]), _HEAD_BYTES - _CHECKSUM.size
    if not head.startswith(_MAGIC):
        raise UnreadableError("it does not begin as a graph's file does")
    if _CHECKSUM.unpack(head[end:])[0] != zlib.crc32(head[:end]):
        raise UnreadableError("its head fails its checksum")
    facts = json.loads(head[len(_MAGIC) : end].rstrip(b"\0"))
    parts = {}
    at = _HEAD_BYTES
    for part in facts["parts"]:
        parts[part["name"]] = whole[at : at + part["bytes"]]
        at += part["bytes"]
    if at != len(whole):
        raise UnreadableError(f"it has {len(whole)} bytes instead of {at}")
    for part in facts["parts"]:
        if zlib.crc32(parts[part["name"]]) != part["checksum"]:
            raise UnreadableError(f"its {part['name']} fails its checksum")
    return facts, parts


def remove(path: Path) -> None:
    """Remove the file."""
    path.unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove what a write that was cut off has left beside the file."""
    _unfinished(path).unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _head(facts: Mapping[str, Any]) -> bytes:
    written = _MAGIC + json.dumps(facts, separators=(",", ":")).encode()
    padded = written.ljust(_HEAD_BYTES - _CHECKSUM.size, b"\0")
    if len(padded) + _CHECKSUM.size != _HEAD_BYTES:
        raise ValueError(f"facts of {len(written)} bytes do not fit a graph file's head")
    return padded + _CHECKSUM.pack(zlib.crc32(padded))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
