"""Mutated pictures, clips, lists of frames and URLs, guided by the coverage of our code and Pillow's.

    python services/embedder/fuzz/media.py [CORPUS] -max_total_time=300

A file either opens within the limits, and can be read to its end, or is refused with an error the contract knows.
Anything else (another exception, a crash, more than 20 seconds) is a finding, and libFuzzer writes the input down.
"""

import io
from fractions import Fraction
from typing import Any, Final

import atheris
from fuzzing import fuzz

with atheris.instrument_imports(include=["lensdex_embedder", "PIL"]):
    import av
    import numpy as np
    from PIL import Image

    from lensdex_embedder.clips import ClipLimits
    from lensdex_embedder.contents import ContentLimits, ContentOpener
    from lensdex_embedder.errors import ContentError, InvalidFieldError
    from lensdex_embedder.media_source import MediaSource, SourceLimits
    from lensdex_embedder.pictures import FORMATS, PictureLimits, PictureOpener
    from lensdex_embedder.work import Media, RawContent, RawVideo

MAX_PIXELS: Final = 250_000
_SOURCE = MediaSource(SourceLimits(max_bytes=1 << 16))
_OPENER = ContentOpener(
    ContentLimits(
        max_images=4,
        max_videos=2,
        max_frames=8,
        clip=ClipLimits(max_bytes=1 << 17, max_pixels=MAX_PIXELS, max_aspect_ratio=200, max_seconds=60.0),
    ),
    PictureOpener(PictureLimits(max_pixels=MAX_PIXELS, max_aspect_ratio=200), _SOURCE),
    _SOURCE,
)


def content(data: bytes) -> RawContent:
    """Return what the first byte makes of the others: a picture, a clip, frames, a data URL, or another URI."""
    kind, body = (data[0] % 5, data[1:]) if data else (0, b"")
    match kind:
        case 0:
            return RawContent((), (Media(data=body),))
        case 1:
            return RawContent((), (), (RawVideo(Media(data=body), (), 0, 0),))
        case 2:
            half = len(body) // 2
            return RawContent((), (), (RawVideo(None, (Media(data=body[:half]), Media(data=body[half:])), 0, 4),))
        case 3:
            return RawContent((), (Media(uri="data:" + body.decode("latin-1")),))
        case _:
            return RawContent((), (Media(uri=body.decode("utf-8", "replace")),))


def check(data: bytes) -> None:
    """Open what *data* stands for, and read it as a model would."""
    raw = content(data)
    try:
        if _OPENER.is_remote(raw):
            raw = _OPENER.fetch(raw)
            raise AssertionError("something was fetched, and nobody allowed it")
        opened = _OPENER.open_content(raw)
        for picture in opened.images:
            assert picture.width * picture.height <= MAX_PIXELS
            picture.convert("RGB")
        for video in opened.videos:
            if not isinstance(video.source, tuple):
                places = sorted(set(np.linspace(0, video.source.num_frames - 1, 4, dtype=int).tolist()))
                assert all(frame.size[0] > 0 for frame in video.source.read(places))
    except (ContentError, InvalidFieldError) as error:
        assert str(error), "an error without a word"


def seeds() -> list[bytes]:
    """Return a small file of each format, whole."""
    gradient = np.linspace(0, 255, 24 * 16 * 3).reshape(16, 24, 3).astype(np.uint8)
    found = []
    for form in FORMATS:
        for mode in ("RGB", "L"):
            buffer = io.BytesIO()
            Image.fromarray(gradient).convert(mode).save(buffer, form)
            found += [b"\0" + buffer.getvalue(), b"\2" + buffer.getvalue() * 2]
    for form, codec in (("mp4", "mpeg4"), ("avi", "mjpeg"), ("matroska", "mpeg4")):
        buffer = io.BytesIO()
        with av.open(buffer, "w", format=form) as container:
            stream: Any = container.add_stream(codec, rate=Fraction(6))
            stream.width, stream.height = 32, 32
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for shade in (20, 90, 160):
                frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), shade, np.uint8), format="rgb24")
                for packet in stream.encode(frame):
                    container.mux(packet)
            for packet in stream.encode(None):
                container.mux(packet)
        found.append(b"\1" + buffer.getvalue())
    found += [
        b"\3image/png;base64,iVBORw0KGgo=",
        b"\3,%89PNG",
        b"\4file:///etc/passwd",
        b"\4http://127.0.0.1/",
        b"\4//x",
    ]
    return found


def main() -> None:
    """Write the seeds where the corpus is to be, and fuzz."""
    fuzz(check, seeds(), "-timeout=20", "-max_len=20000")


if __name__ == "__main__":
    main()
