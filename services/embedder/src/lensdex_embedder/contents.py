"""Opens contents within limits: what they may hold, and their pictures and videos through those who know them.

It knows no format and no decoder; no model, no gRPC, no messages.
"""

from dataclasses import dataclass, replace
from typing import Final

from PIL import Image

from lensdex_embedder.clips import ClipLimits, open_clip
from lensdex_embedder.errors import EmptyContentError, InvalidFieldError, InvalidMediaError
from lensdex_embedder.media_source import MediaSource
from lensdex_embedder.pictures import PictureOpener
from lensdex_embedder.work import Content, Media, RawContent, RawVideo, Video

DEFAULT_FPS: Final = 1.0
"""Frames a second of a clip that are looked at, as published."""
MAX_FPS: Final = 30.0
"""The most a caller may ask for; max_frames bounds what comes of it."""
MAX_LISTED_FRAMES: Final = 1024
"""Frames a caller may send for one video; more than max_frames of them are thinned."""


@dataclass(frozen=True, slots=True)
class ContentLimits:
    """What a content may hold. All bounds are inclusive."""

    max_images: int
    max_text_bytes: int = 1 << 20
    """UTF-8 bytes of a content's texts: tokenising takes about a second for a million, whatever is cut afterwards."""
    max_videos: int = 0
    max_frames: int = 64
    """Frames of one video the model looks at; even."""
    clip: ClipLimits | None = None
    """What a clip may be; None only where max_videos is zero."""


class ContentOpener:
    """Decodes the pictures of contents and opens their clips. Thread-safe."""

    def __init__(self, limits: ContentLimits, pictures: PictureOpener, source: MediaSource) -> None:
        self._limits = limits
        self._pictures = pictures
        self._source = source

    def open_content(self, raw: RawContent, *, within: str = "") -> Content:
        """Return *raw* with its pictures decoded and its clips opened, empty texts left out.

        *within* stands before the names of what is wrong, e.g. ``query.`` for ``query.images[0]``. Raises a
        ContentError, InvalidFieldError.
        """
        texts = tuple(text for text in raw.texts if text)
        if not texts and not raw.media and not raw.videos:
            raise EmptyContentError(f"the {within.rstrip('.')}" if within else "the content")
        self._refuse_too_much(raw, within)
        return Content(
            texts,
            tuple(self._pictures.open(f"{within}images[{i}]", media) for i, media in enumerate(raw.media)),
            tuple(self._video(f"{within}videos[{i}]", video) for i, video in enumerate(raw.videos)),
            raw.image_bounds,
        )

    def is_remote(self, raw: RawContent) -> bool:
        """Return whether some of its media are to be fetched first."""
        files = (*raw.media, *(file for video in raw.videos for file in video.files))
        return any(map(self._source.is_remote, files))

    def fetch(self, raw: RawContent, *, within: str = "", until: float | None = None) -> RawContent:
        """Return *raw* with remote media as bytes; one after the other, and given up at *until*.

        More media than allowed are refused before the first is fetched. Raises a ContentError, InvalidFieldError.
        """
        self._refuse_too_much(raw, within)
        clip = self._limits.clip

        def local(name: str, media: Media, max_bytes: int | None = None) -> Media:
            if not self._source.is_remote(media):
                return media
            return self._source.fetch(name, media, max_bytes=max_bytes, until=until)

        def video(name: str, one: RawVideo) -> RawVideo:
            file = one.clip and local(f"{name}.clip", one.clip, clip.max_bytes if clip else None)
            frames = tuple(local(f"{name}.frames[{i}]", frame) for i, frame in enumerate(one.frames))
            return replace(one, clip=file, frames=frames)

        images = tuple(local(f"{within}images[{i}]", media) for i, media in enumerate(raw.media))
        videos = tuple(video(f"{within}videos[{i}]", one) for i, one in enumerate(raw.videos))
        return replace(raw, media=images, videos=videos)

    def _refuse_too_much(self, raw: RawContent, within: str) -> None:
        num_bytes = raw.num_text_bytes
        if num_bytes > self._limits.max_text_bytes:
            raise InvalidFieldError(
                f"{within}texts",
                f"{within}texts hold {num_bytes} bytes; at most {self._limits.max_text_bytes} are read. Shorten them.",
                value=str(num_bytes),
                maximum=self._limits.max_text_bytes,
            )
        _refuse_more(f"{within}images", "images", len(raw.media), self._limits.max_images)
        _refuse_more(f"{within}videos", "videos", len(raw.videos), self._limits.max_videos)
        for i, video in enumerate(raw.videos):
            _refuse_more(f"{within}videos[{i}].frames", "frames", len(video.frames), MAX_LISTED_FRAMES)

    def _video(self, name: str, raw: RawVideo) -> Video:
        if (raw.clip is None) == (not raw.frames):
            raise InvalidFieldError(name, f"{name} needs either a clip or frames, and not both.")
        if not (raw.fps == 0 or 0 < raw.fps <= MAX_FPS):
            raise InvalidFieldError(
                f"{name}.fps",
                f"{name}.fps is {raw.fps:g}; give above 0 and at most {MAX_FPS:g}, or 0 for {DEFAULT_FPS:g}.",
                value=f"{raw.fps:g}",
                maximum=int(MAX_FPS),
            )
        most = self._limits.max_frames
        if raw.max_frames and not 2 <= raw.max_frames <= most:
            raise InvalidFieldError(
                f"{name}.max_frames",
                f"{name}.max_frames is {raw.max_frames}; give 2 to {most}, or 0 for {most}.",
                value=str(raw.max_frames),
                minimum=2,
                maximum=most,
            )
        max_frames = (raw.max_frames or most) // 2 * 2
        if raw.clip is not None:
            return self._clip(f"{name}.clip", raw.clip, raw.fps or DEFAULT_FPS, max_frames)
        return Video(self._frames(f"{name}.frames", raw.frames), DEFAULT_FPS, max_frames)

    def _clip(self, name: str, media: Media, fps: float, max_frames: int) -> Video:
        assert self._limits.clip is not None, "videos are allowed without limits for clips. This is a bug."
        clip = open_clip(name, self._source.read(name, media, max_bytes=self._limits.clip.max_bytes), self._limits.clip)
        if clip.num_frames < 2:
            raise InvalidMediaError(name, "it has a single frame: send it as an image", kind="clip")
        return Video(clip, fps, max_frames)

    def _frames(self, name: str, media: tuple[Media, ...]) -> tuple[Image.Image, ...]:
        frames = tuple(self._pictures.open(f"{name}[{i}]", one) for i, one in enumerate(media))
        for i, frame in enumerate(frames):
            if frame.size != frames[0].size:
                size, first = f"{frame.size[0]} × {frame.size[1]}", f"{frames[0].size[0]} × {frames[0].size[1]}"
                raise InvalidMediaError(f"{name}[{i}]", f"it has {size} pixels where the first frame has {first}")
        return frames


def _refuse_more(field: str, things: str, count: int, maximum: int) -> None:
    if count > maximum:
        raise InvalidFieldError(
            field, f"{count} {things} in one content; at most {maximum}.", value=str(count), maximum=maximum
        )
