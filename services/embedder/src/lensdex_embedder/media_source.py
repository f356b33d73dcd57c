"""The bytes of media: as they came, or from below the operator's roots.

Everything a caller sends is hostile until proven otherwise. It knows no format and no decoder.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from lensdex_embedder.errors import InvalidMediaError, MediaNotAllowedError, MediaNotFoundError
from lensdex_embedder.work import Media

_MAX_SCHEME: Final = 32
"""Characters of a refused URI's scheme that are told back: it is the caller's own text, of any length."""


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """Where media may lie and how large its file may be."""

    max_bytes: int
    """Bytes of one file, inclusive."""
    roots: tuple[Path, ...] = ()
    """Folders below which ``file:`` URIs may be opened; none by default."""


class MediaSource:
    """Reads media within limits. Thread-safe."""

    def __init__(self, limits: SourceLimits) -> None:
        self._max_bytes = limits.max_bytes
        self._roots = tuple(root.resolve() for root in limits.roots)

    def read(self, name: str, media: Media, *, max_bytes: int | None = None) -> bytes:
        """Return the bytes of *media*, at least one and at most *max_bytes* (None: the limit for pictures).

        *name* is what errors call it, e.g. ``images[0]``.

        Raises InvalidMediaError, MediaNotAllowedError, MediaNotFoundError.
        """
        maximum = self._max_bytes if max_bytes is None else max_bytes
        data = self._bytes(name, media, maximum)
        if not data:
            raise InvalidMediaError(name, "it has no bytes")
        if len(data) > maximum:
            raise _too_many_bytes(name, len(data), maximum)
        return data

    def _bytes(self, name: str, media: Media, maximum: int) -> bytes:
        if media.data is not None:
            return media.data
        if media.uri is None:
            raise InvalidMediaError(name, "it has neither data nor uri")
        try:
            parts = urlsplit(media.uri)
        except ValueError as error:
            raise InvalidMediaError(name, "its uri is none") from error
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not self._roots:
            raise MediaNotAllowedError(name, parts.scheme[:_MAX_SCHEME] or "(none)")
        return self._file(name, unquote(parts.path), maximum)

    def _file(self, name: str, unquoted: str, maximum: int) -> bytes:
        if not unquoted.startswith("/") or "\0" in unquoted:
            raise MediaNotAllowedError(name, "file")
        # Resolved before it is compared: neither .. nor a symbolic link leads out of a root.
        path = Path(os.path.realpath(unquoted))
        if not any(path.is_relative_to(root) for root in self._roots):
            raise MediaNotAllowedError(name, "file")
        try:
            if not path.is_file():
                raise MediaNotFoundError(name)
            if path.stat().st_size > maximum:
                raise _too_many_bytes(name, path.stat().st_size, maximum)
            return path.read_bytes()
        except OSError as error:
            raise MediaNotFoundError(name) from error


def _too_many_bytes(name: str, num_bytes: int, maximum: int) -> InvalidMediaError:
    detail = f"its file takes {num_bytes} bytes; at most {maximum}"
    return InvalidMediaError(name, detail, num_bytes=num_bytes, maximum_bytes=maximum)
