"""Opens clips safely: formats by signature, limits from the header, and frames decoded one at a time on demand.

A clip's bytes are a stranger's: its container is opened from memory by one named demuxer, so nothing it refers to is
ever followed, and only listed codecs are decoded. It knows PyAV; no model, no gRPC, no messages.
"""

import contextlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import av
from PIL import Image

from lensdex_embedder.errors import AspectRatioTooLargeError, ImageTooLargeError, InvalidMediaError

CODECS: Final = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "mjpeg")
"""Decoders that are used. FFmpeg has hundreds; each is more code in reach of a stranger's bytes."""

_MAX_RATE: Final = 1000.0
"""Frames a second a header may claim."""
_SECONDS: Final = 30.0
"""Time decoding one clip may take, whatever it holds."""


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """What a clip may be. All bounds are inclusive."""

    max_bytes: int
    """Bytes of its file."""
    max_pixels: int
    """Declared width × height of a frame."""
    max_aspect_ratio: int
    max_seconds: float
    """Frames counted in the container, divided by their rate."""


class OpenClip:
    """A clip within the limits. Implements Clip."""

    def __init__(self, name: str, data: bytes, limits: ClipLimits, *, clock: Callable[[], float]) -> None:
        """Read the header and count frames; nothing is decoded.

        *name* is what errors call it, e.g. ``videos[0].clip``. Raises InvalidMediaError, ImageTooLargeError,
        AspectRatioTooLargeError.
        """
        self._name = name
        self._data = data
        self._limits = limits
        self._clock = clock
        with self._opened() as (container, stream):
            self._check(stream)
            self._rate = float(stream.average_rate or 0)
            if not 0 < self._rate <= _MAX_RATE:
                raise self._invalid("its header says no frame rate that could be")
            most = int(limits.max_seconds * self._rate)
            self._size = (int(stream.codec_context.width), int(stream.codec_context.height))
            self._num_frames = 0
            for packet in container.demux(stream):
                self._num_frames += packet.size > 0
                if self._num_frames > most:
                    raise self._invalid(f"it lasts longer than {limits.max_seconds:g} seconds; cut it, or send frames")
        if self._num_frames < 1:
            raise self._invalid("it has no frames")

    @property
    def num_frames(self) -> int:
        """Frames in all."""
        return self._num_frames

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self._rate

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as declared."""
        return self._size

    def read(self, places: Sequence[int]) -> Iterator[Image.Image]:
        """Decode up to the last of *places* and yield the frames there. Raises InvalidMediaError."""
        wanted = iter(places)
        place = next(wanted, None)
        until = self._clock() + _SECONDS
        with self._opened() as (container, stream):
            stream.codec_context.options = {"max_pixels": str(self._limits.max_pixels)}
            stream.codec_context.thread_count = 1
            number = 0
            for frame in container.decode(stream):
                if self._clock() > until:
                    raise self._invalid(f"decoding it takes more than {_SECONDS:g} seconds; cut it, or send frames")
                while place == number:
                    if (frame.width, frame.height) != self._size:
                        raise self._invalid("its frames change their size")
                    yield Image.fromarray(frame.to_ndarray(format="rgb24"))
                    place = next(wanted, None)
                if place is None:
                    return
                number += 1
        if place is not None:
            raise self._invalid(f"it ends after {number} of {self._num_frames} frames")

    def _check(self, stream: Any) -> None:
        if stream.codec_context is None:
            raise self._invalid("its codec is unknown")
        codec = stream.codec_context.name
        if codec not in CODECS:
            raise self._invalid(f"its codec {codec} is none of " + ", ".join(CODECS))
        width, height = int(stream.codec_context.width), int(stream.codec_context.height)
        if width < 1 or height < 1:
            raise self._invalid(f"it declares {width} × {height} pixels")
        if width * height > self._limits.max_pixels:
            raise ImageTooLargeError(self._name, width=width, height=height, maximum=self._limits.max_pixels)
        ratio = max(width, height) / min(width, height)
        if ratio > self._limits.max_aspect_ratio:
            raise AspectRatioTooLargeError(self._name, ratio=ratio, maximum=self._limits.max_aspect_ratio)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[Any, Any]]:
        """Open the container and its first video stream; whatever FFmpeg raises is the clip's own fault."""
        demuxer = _demuxer(self._data)
        if demuxer is None:
            raise self._invalid("it is neither MP4, MOV, Matroska, WebM nor AVI")
        try:
            with av.open(io.BytesIO(self._data), format=demuxer, metadata_errors="ignore") as container:
                if not container.streams.video:
                    raise self._invalid("it has no video stream")
                yield container, container.streams.video[0]
        except (av.FFmpegError, ValueError, MemoryError, OverflowError) as error:
            raise self._invalid(_detail(error)) from error

    def _invalid(self, detail: str) -> InvalidMediaError:
        return InvalidMediaError(self._name, detail, kind="clip")


def open_clip(name: str, data: bytes, limits: ClipLimits) -> OpenClip:
    """Return the clip in *data*; see OpenClip."""
    return OpenClip(name, data, limits, clock=time.monotonic)


def _demuxer(data: bytes) -> str | None:
    """Return the name of the demuxer for *data* by its signature; None for a format that is not taken."""
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    return "avi" if data[:4] == b"RIFF" and data[8:12] == b"AVI " else None


def _detail(error: Exception) -> str:
    """Return what FFmpeg says, without the number and the name it puts around it."""
    return getattr(error, "strerror", None) or type(error).__name__
