"""From problems to what the engines read: the three views of a document, pictures opened by the embedder's own opener.

Knows no model. The views are those of a Lensdex collection: all there is, the text alone, the image alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from lensdex_embedder import contents
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.pictures import PictureLimits, PictureOpener
from lensdex_embedder.work import Content, Media, RawContent
from lensdex_nano.evaluation.problems import Problem

View = Literal["default", "text", "image"]
VIEWS: Final[tuple[View, ...]] = ("default", "text", "image")

_LIMITS: Final = PictureLimits(max_pixels=64_000_000, max_aspect_ratio=200)


@dataclass(frozen=True, slots=True)
class Source:
    """A content before its picture is opened; at least one of the two is there. Equal sources are equal contents."""

    text: str
    image: Path | None


def whole(problem: Problem) -> Source:
    """Return everything the problem has: what a query asks with, and the default view of a document."""
    return Source(problem.text, problem.image)


def sources_of(documents: Sequence[Problem], view: View) -> list[Source | None]:
    """Return one source a document, in order; None for a document without an image in the image view."""
    if view == "text":
        return [Source(document.text, None) for document in documents]
    if view == "image":
        return [Source("", document.image) if document.image else None for document in documents]
    return [whole(document) for document in documents]


class ContentOpener:
    """Opens sources. Raises ContentError for a picture the embedder would refuse, and OSError."""

    def __init__(self) -> None:
        source = MediaSource(SourceLimits(max_bytes=16 << 20))
        self._contents = contents.ContentOpener(
            contents.ContentLimits(max_images=1), PictureOpener(_LIMITS, source), source
        )

    def open(self, source: Source) -> Content:
        """Return the content, its picture decoded."""
        texts = (source.text,) if source.text else ()
        media = (Media(data=source.image.read_bytes()),) if source.image else ()
        return self._contents.open_content(RawContent(texts, media))
