"""The bytes of media: as they came, in a data URL, from below the operator's roots, or fetched from allowed hosts.

Everything a caller sends is hostile until proven otherwise. It knows no format and no decoder.
"""

import base64
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from lensdex_embedder.errors import InvalidMediaError, MediaNotAllowedError, MediaNotFoundError
from lensdex_embedder.fetching import Fetcher
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

    def __init__(self, limits: SourceLimits, fetcher: Fetcher | None = None) -> None:
        """Without *fetcher* nothing is fetched over http(s)."""
        self._max_bytes = limits.max_bytes
        self._roots = tuple(root.resolve() for root in limits.roots)
        self._fetcher = fetcher

    @staticmethod
    def is_remote(media: Media) -> bool:
        """Return whether *media* is to be fetched, which may take seconds and no processor."""
        return media.uri is not None and media.uri[:8].lower().startswith(("http://", "https://"))

    def fetch(self, name: str, media: Media, *, max_bytes: int | None = None, until: float | None = None) -> Media:
        """Return remote *media* as bytes. Raises what ``read`` raises, and MediaUnavailableError."""
        if self._fetcher is None or media.uri is None:
            raise MediaNotAllowedError(name, "http")
        maximum = self._max_bytes if max_bytes is None else max_bytes
        return Media(data=self._fetcher.fetch(name, media.uri, max_bytes=maximum, until=until))

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
        if parts.scheme == "data":
            return _data(name, media.uri, maximum)
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not self._roots:
            raise MediaNotAllowedError(name, parts.scheme[:_MAX_SCHEME] or "(none)")
        return self._file(name, unquote(parts.path), maximum)

    def _file(self, name: str, unquoted: str, maximum: int) -> bytes:
        if not unquoted.startswith("/") or "\0" in unquoted:
            raise MediaNotAllowedError(name, "file")
        # Resolved before it is compared: neither .. nor a symbolic link leads out of a root.
        path = os.path.realpath(unquoted)
        self._refuse_outside(name, path)
        try:
            # A pipe that nobody writes to would be waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise MediaNotFoundError(name) from error
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                raise MediaNotFoundError(name)
            # What was opened counts: a folder on the way may have become a link since it was resolved.
            self._refuse_outside(name, os.path.realpath(f"/proc/self/fd/{descriptor}"))
            if facts.st_size > maximum:
                raise _too_many_bytes(name, facts.st_size, maximum)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(maximum + 1)
        except OSError as error:
            raise MediaNotFoundError(name) from error
        finally:
            os.close(descriptor)

    def _refuse_outside(self, name: str, path: str) -> None:
        if not any(Path(path).is_relative_to(root) for root in self._roots):
            raise MediaNotAllowedError(name, "file")


def _data(name: str, uri: str, maximum: int) -> bytes:
    """Return what a data URL holds (RFC 2397). Its media type is not looked at: the bytes decide."""
    head, comma, body = uri.partition(",")
    if not comma:
        raise InvalidMediaError(name, "its data URL has no comma")
    if len(body) > 4 * maximum + 4:  # every byte may be written as three characters, or four of base64 as three
        raise _too_many_bytes(name, len(body), maximum)
    try:
        plain = unquote_to_bytes(body)
        return base64.b64decode(plain, validate=True) if head.lower().endswith(";base64") else plain
    except ValueError as error:
        raise InvalidMediaError(name, "its data URL is not base64") from error


def _too_many_bytes(name: str, num_bytes: int, maximum: int) -> InvalidMediaError:
    detail = f"its file takes {num_bytes} bytes; at most {maximum}"
    return InvalidMediaError(name, detail, num_bytes=num_bytes, maximum_bytes=maximum)
