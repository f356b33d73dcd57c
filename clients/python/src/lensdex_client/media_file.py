"""An encoded picture or clip, wherever its bytes are, as plain data. Knows no message and no service."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One encoded picture or clip: its bytes, a file that holds them, or a URI. At least one must be given.

    What goes to a model is the bytes (*data*, else *path*), else the URI. What an index keeps is the URI where there is
    one, else the bytes. So it may carry both: the file to read, and the name it is remembered by.
    """

    data: bytes = b""
    """The file's bytes."""
    path: Path | None = None
    """A local file, read when it is sent."""
    uri: str = ""
    """What stands for it where bytes are not kept, e.g. a path relative to a media root."""

    def __post_init__(self) -> None:
        """Raise ValueError for one that is nothing."""
        if not self.data and self.path is None and not self.uri:
            raise ValueError(f"{type(self).__name__.lower()} needs data, a path or a uri")

    @classmethod
    def from_bytes(cls, data: bytes, *, uri: str = "") -> Self:
        """Return what the file with *data* holds, remembered as *uri*."""
        return cls(data=data, uri=uri)

    @classmethod
    def from_path(cls, path: Path | str, *, uri: str = "") -> Self:
        """Return what is in the file *path*, remembered as *uri*. Reads nothing yet."""
        return cls(path=Path(path), uri=uri)

    @classmethod
    def from_uri(cls, uri: str) -> Self:
        """Return what is at *uri*, which the service must be allowed to open."""
        return cls(uri=uri)

    @property
    def has_bytes(self) -> bool:
        """Whether ``read`` can return something."""
        return bool(self.data) or self.path is not None

    def read(self) -> bytes:
        """Return the bytes. Raises OSError when the file cannot be read, ValueError when there is only a URI."""
        if self.data:
            return self.data
        if self.path is None:
            raise ValueError(f"what is at {self.uri} has no bytes here")
        return self.path.read_bytes()

    def num_bytes(self) -> int:
        """Return the bytes it takes in a message, without reading it; 0 for a file that cannot be seen."""
        if self.data:
            return len(self.data)
        if self.path is None:
            return len(self.uri.encode(errors="surrogatepass"))
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class Image(MediaFile):
    """One encoded picture: PNG, JPEG, WebP, GIF, BMP or TIFF."""


@dataclass(frozen=True, slots=True)
class Clip(MediaFile):
    """One encoded moving picture: MP4, MOV, Matroska, WebM or AVI."""
