"""Opening clips: formats by signature, limits before decoding, frames on demand, and what strangers' bytes may do."""

import random
from typing import Any

import numpy as np
import pytest
from embedder_testing import LIMITS, clip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lensdex_embedder.clips import ClipLimits, OpenClip, open_clip
from lensdex_embedder.errors import AspectRatioTooLargeError, ContentError, ImageTooLargeError, InvalidMediaError


def opened(data: bytes, **changes: Any) -> OpenClip:
    """Return *data* opened within the limits."""
    return open_clip("videos[0].clip", data, ClipLimits(**{**LIMITS, **changes}))


@pytest.mark.parametrize(
    ("kind", "codec"), [("mp4", "mpeg4"), ("mov", "mjpeg"), ("matroska", "mpeg4"), ("avi", "mjpeg"), ("webm", "libvpx")]
)
def test_containers_and_codecs(kind: str, codec: str) -> None:
    """Each listed container is read: its frames are counted, timed and sized without decoding one."""
    found = opened(clip(kind=kind, codec=codec))

    assert (found.num_frames, found.rate, found.size) == (12, 6.0, (64, 48))


def test_frames_are_those_asked_for() -> None:
    """The frames at the places asked for come, in order, a place asked for twice twice."""
    shades = [int(np.asarray(frame).mean()) for frame in opened(clip()).read([0, 3, 3, 11])]

    assert np.allclose(shades, [20, 65, 65, 185], atol=4)


def test_a_clip_may_be_read_again() -> None:
    """Reading leaves nothing behind: the same frames come a second time, also after a reader that stopped early."""
    found = opened(clip())
    next(found.read([5, 6]))
    first, second = ([np.asarray(frame) for frame in found.read([1, 9])] for _ in range(2))

    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_too_many_pixels_are_refused_before_decoding() -> None:
    """A clip whose header declares more pixels a frame than allowed is refused with the size and the limit."""
    with pytest.raises(ImageTooLargeError) as caught:
        opened(clip(2), max_pixels=64 * 48 - 1)

    assert (caught.value.media, caught.value.width, caught.value.maximum) == ("videos[0].clip", 64, 3071)


def test_too_long_a_clip_is_refused_before_decoding() -> None:
    """A clip of more seconds than allowed is refused with the limit and the remedy."""
    with pytest.raises(InvalidMediaError, match=r"longer than 1\.5 seconds; cut it"):
        opened(clip(12, rate=6), max_seconds=1.5)
    assert opened(clip(12, rate=6), max_seconds=2).num_frames == 12


def test_too_long_a_frame_is_refused() -> None:
    """A frame longer for its height than allowed is refused, as a picture is."""
    with pytest.raises(AspectRatioTooLargeError):
        opened(clip(2, size=(640, 16)), max_aspect_ratio=39)


@pytest.mark.parametrize(
    "data",
    [
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
        b"GIF89a" + bytes(200),
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"RIFF\0\0\0\0WAVE" + bytes(200),
    ],
    ids=["hls", "concat", "dash", "gif", "png", "wave"],
)
def test_other_formats_never_reach_a_demuxer(data: bytes) -> None:
    """Playlists, which would have other files opened, and everything else that is not listed are refused by name."""
    with pytest.raises(InvalidMediaError, match="neither MP4, MOV, Matroska, WebM nor AVI"):
        opened(data)


def test_other_codecs_are_refused() -> None:
    """A codec that is not listed is refused by name, whatever the container."""
    with pytest.raises(InvalidMediaError, match="its codec ffv1 is none of"):
        opened(clip(kind="matroska", codec="ffv1"))


def test_a_clip_that_ends_early_says_where() -> None:
    """A clip whose frames cannot all be decoded is refused, not embedded as a shorter one."""
    data = clip(40, kind="avi", codec="mjpeg")
    broken = bytearray(data)
    for at in range(len(data) // 2, len(data) - 400):
        broken[at] ^= 0x55
    with pytest.raises(InvalidMediaError, match="cannot be read as a clip"):
        list(opened(bytes(broken)).read(range(40)))


def test_decoding_has_a_time() -> None:
    """A clip that takes too long to decode is given up with the limit and the remedy."""
    ticks = iter(range(0, 10_000, 10))
    found = OpenClip("clip", clip(), ClipLimits(**LIMITS), clock=lambda: float(next(ticks)))

    with pytest.raises(InvalidMediaError, match="more than 30 seconds"):
        list(found.read([11]))


SAMPLES = [clip(6), clip(6, kind="matroska"), clip(6, kind="avi", codec="mjpeg")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample=st.sampled_from(SAMPLES), seed=st.integers(0, 2**32), changes=st.integers(1, 40), cut=st.floats(0.1, 1))
def test_damaged_clips_are_refused_or_read(sample: bytes, seed: int, changes: int, cut: float) -> None:
    """Whatever bytes are changed or cut off, a clip is read or refused with a ContentError: nothing else is raised."""
    generator = random.Random(seed)
    data = bytearray(sample[: max(16, int(cut * len(sample)))])
    for _ in range(changes):
        data[generator.randrange(12, len(data))] = generator.randrange(256)
    try:
        found = opened(bytes(data))
        frames = list(found.read(range(min(found.num_frames, 6))))
    except ContentError:
        return
    assert all(frame.size == found.size for frame in frames)
