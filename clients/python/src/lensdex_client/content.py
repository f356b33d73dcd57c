"""What is embedded, reranked or kept: texts and pictures, as plain data. Knows no message and no service."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Modality = Literal["text", "image"]


@dataclass(frozen=True, slots=True)
class Image:
    """One encoded picture: its bytes, a file that holds them, or a URI. At least one must be given.

    What goes to a model is the bytes (*data*, else *path*), else the URI. What an index keeps is the URI where there is
    one, else the bytes. So a picture may carry both: the file to read, and the name it is remembered by.
    """

    data: bytes = b""
    """The file's bytes: PNG, JPEG, WebP, GIF, BMP or TIFF."""
    path: Path | None = None
    """A local file, read when it is sent."""
    uri: str = ""
    """What stands for the picture where bytes are not kept, e.g. a path relative to a media root."""

    def __post_init__(self) -> None:
        """Raise ValueError for an image that is nothing."""
        if not self.data and self.path is None and not self.uri:
            raise ValueError("an image needs data, a path or a uri")

    @classmethod
    def from_bytes(cls, data: bytes, *, uri: str = "") -> "Image":
        """Return the picture whose file holds *data*, remembered as *uri*."""
        return cls(data=data, uri=uri)

    @classmethod
    def from_path(cls, path: Path | str, *, uri: str = "") -> "Image":
        """Return the picture in the file *path*, remembered as *uri*. Reads nothing yet."""
        return cls(path=Path(path), uri=uri)

    @classmethod
    def from_uri(cls, uri: str) -> "Image":
        """Return the picture at *uri*, which the service must be allowed to open."""
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
            raise ValueError(f"the picture at {self.uri} has no bytes here")
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


@dataclass(frozen=True, slots=True, init=False)
class Content:
    """One thing: any number of texts and images. A lone string is one text, a lone Image one image."""

    texts: tuple[str, ...]
    images: tuple[Image, ...]

    def __init__(self, texts: Sequence[str] | str = (), images: Sequence[Image] | Image = ()) -> None:
        object.__setattr__(self, "texts", (texts,) if isinstance(texts, str) else tuple(texts))
        object.__setattr__(self, "images", (images,) if isinstance(images, Image) else tuple(images))

    @classmethod
    def of(cls, thing: "Content | Image | str") -> "Content":
        """Return *thing* as a content: a text and an image are one alone."""
        if isinstance(thing, Content):
            return thing
        return cls(images=thing) if isinstance(thing, Image) else cls(texts=thing)

    def modalities(self) -> frozenset[Modality]:
        """Return what it has. An empty text counts as absent."""
        kinds: set[Modality] = set()
        if any(self.texts):
            kinds.add("text")
        if self.images:
            kinds.add("image")
        return frozenset(kinds)

    def only(self, modality: Modality) -> "Content":
        """Return its texts alone or its images alone."""
        return Content(texts=self.texts) if modality == "text" else Content(images=self.images)

    def num_bytes(self) -> int:
        """Return about how many bytes it takes in a message, framing included, without reading files."""
        texts = sum(len(text.encode(errors="surrogatepass")) + 8 for text in self.texts)
        return 16 + texts + sum(image.num_bytes() + 16 for image in self.images)
