"""The part of seam two by which a graph outlives its process: an image, which holds all but the vectors.

The vectors are in the view's row file already, and are most of a graph by far. Knows no files and no processes.
"""

from collections.abc import Iterable
from typing import Protocol

from lensdex_index.records import Labels


class Source(Protocol):
    """What bytes come from, once."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill *buffer* or a part of it; return how much, 0 at the end."""


class ImageError(ValueError):
    """The bytes are no image of the graph that was asked for."""


class Imaged(Protocol):
    """What every backend says of its images; one that is built anew in no time has none."""

    @property
    def image_format(self) -> str:
        """Return what names the format of images; another one is not restored. Empty: there is nothing worth saving."""

    def pour(self, path: str) -> None:
        """Write all there is to the file or pipe *path*, in one go, whatever that holds up: another process does it."""

    def strained(self, source: Source) -> Iterable[bytes | memoryview]:
        """Yield the image of what ``pour`` has written to *source*, vectors left out. Raises ImageError.

        What is yielded is valid until the next is asked for.
        """

    def restore(self, image: memoryview) -> Labels:
        """Become what was saved; return the labels that can be found. Only an empty backend is asked.

        The rows must have the vectors. Raises ImageError where the image is of other parameters or contradicts itself.
        """
