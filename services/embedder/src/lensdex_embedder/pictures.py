"""Opens pictures safely: limits before decoding, a closed list of formats.

Everything a caller sends is hostile until proven otherwise. It knows Pillow; no model, no gRPC, no messages.
"""

import io
from dataclasses import dataclass
from typing import Final

from PIL import GifImagePlugin, Image, TiffImagePlugin

from lensdex_embedder.errors import (
    AspectRatioTooLargeError,
    ImageTooLargeError,
    InvalidMediaError,
)
from lensdex_embedder.media_source import MediaSource
from lensdex_embedder.work import Media

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Formats that are decoded. Pillow knows more; each is more code in reach of a stranger's bytes."""

_GIF_SIGNATURES: Final = (b"GIF87a", b"GIF89a")


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What a picture may be. All bounds are inclusive."""

    max_pixels: int
    """Declared width × height."""
    max_aspect_ratio: int
    """Longer side to shorter side. qwen-vl-utils itself refuses more than 200."""


class PictureOpener:
    """Decodes pictures within limits. Thread-safe."""

    def __init__(self, limits: PictureLimits, source: MediaSource) -> None:
        """Take over the pixel limit from Pillow.

        Its own check fires inside ``Image.open``, with a warning or an error that does not tell the size; ours comes
        right after, from the same header and before anything is decoded.
        """
        Image.MAX_IMAGE_PIXELS = None
        self._limits = limits
        self._source = source

    def open(self, name: str, media: Media) -> Image.Image:
        """Return the picture, decoded; *name* is what errors call it, e.g. ``images[0]``.

        Raises InvalidMediaError, ImageTooLargeError, AspectRatioTooLargeError, and what the source raises.
        """
        data = self._source.read(name, media)
        try:
            picture = read_header(data)
            tile_width, tile_height = _tile_size(picture)
        except Exception as error:
            raise InvalidMediaError(name, _detail(error)) from error
        width, height = picture.size
        if width < 1 or height < 1:
            raise InvalidMediaError(name, f"it declares {width} × {height} pixels")
        if width * height > self._limits.max_pixels:
            raise ImageTooLargeError(name, width=width, height=height, maximum=self._limits.max_pixels)
        if tile_width * tile_height > self._limits.max_pixels:
            raise ImageTooLargeError(name, width=tile_width, height=tile_height, maximum=self._limits.max_pixels)
        ratio = max(width, height) / min(width, height)
        if ratio > self._limits.max_aspect_ratio:
            raise AspectRatioTooLargeError(name, ratio=ratio, maximum=self._limits.max_aspect_ratio)
        try:
            picture.load()
        except Exception as error:  # a decoder may raise anything on bytes made to break it
            raise InvalidMediaError(name, _detail(error)) from error
        return picture


class _FirstFrame(GifImagePlugin.GifImageFile):
    """A GIF whose further frames nobody will read.

    Pillow, while it reads the header, fills a picture as large as the first frame declares itself, to be drawn over
    before the second one. A disposal method that stays 0 keeps it from that.
    """

    @property
    def disposal_method(self) -> int:
        return 0

    @disposal_method.setter
    def disposal_method(self, value: int) -> None:
        pass


def read_header(data: bytes) -> Image.Image:
    """Return the picture, its header read and nothing decoded. Raises whatever Pillow raises."""
    if data.startswith(_GIF_SIGNATURES):
        return _FirstFrame(io.BytesIO(data))
    return Image.open(io.BytesIO(data), formats=FORMATS)


def _tile_size(picture: Image.Image) -> tuple[int, int]:
    """Return the size of the tiles a TIFF declares, which are decoded whole; 0 × 0 where there are none."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return 0, 0
    tags = picture.tag_v2
    return int(tags.get(TiffImagePlugin.TILEWIDTH, 0)), int(tags.get(TiffImagePlugin.TILELENGTH, 0))


def _detail(error: Exception) -> str:
    """Return what Pillow says, without addresses of objects in memory, which mean nothing to a caller."""
    text = str(error).partition("<_io")[0].strip() or type(error).__name__
    return "it is in none of the formats " + ", ".join(FORMATS) if text.startswith("cannot identify") else text
