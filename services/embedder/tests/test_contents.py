"""What a content may hold: counts, either a clip or frames, and how a video may be sampled."""

import io
import math
from typing import Any

import pytest
from embedder_testing import LIMITS, clip
from PIL import Image

from lensdex_embedder.clips import ClipLimits
from lensdex_embedder.contents import ContentLimits, ContentOpener
from lensdex_embedder.errors import EmptyContentError, InvalidFieldError, InvalidMediaError
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.pictures import PictureLimits, PictureOpener
from lensdex_embedder.work import Content, Media, RawContent, RawVideo

CLIP = Media(data=clip())


def opener(**changes: Any) -> ContentOpener:
    """Return an opener of up to two images and two videos of up to eight frames."""
    source = MediaSource(SourceLimits(max_bytes=100_000))
    pictures = PictureOpener(PictureLimits(max_pixels=1_000_000, max_aspect_ratio=200), source)
    limits = {"max_images": 2, "max_videos": 2, "max_frames": 8, "clip": ClipLimits(**LIMITS)}
    return ContentOpener(ContentLimits(**{**limits, **changes}), pictures, source)


def frame(width: int = 40, height: int = 30) -> Media:
    """Return an encoded frame."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, "PNG")
    return Media(data=buffer.getvalue())


def open_video(video: RawVideo, **changes: Any) -> Content:
    """Return a content with that video alone, opened."""
    return opener(**changes).open_content(RawContent((), (), (video,)))


def test_a_clip_and_its_sampling() -> None:
    """A clip is opened with the rate and the number of frames asked for, or with the published rate and all allowed."""
    (default,) = open_video(RawVideo(CLIP, (), 0, 0)).videos
    (asked,) = open_video(RawVideo(CLIP, (), 2.5, 5)).videos

    assert (default.fps, default.max_frames) == (1.0, 8)
    assert (asked.fps, asked.max_frames) == (2.5, 4)


def test_frames_are_opened_in_order() -> None:
    """Frames are decoded like pictures, in order."""
    (video,) = open_video(RawVideo(None, (frame(), frame(), frame()), 0, 0)).videos

    assert isinstance(video.source, tuple)
    assert [picture.size for picture in video.source] == [(40, 30)] * 3


@pytest.mark.parametrize("video", [RawVideo(None, (), 0, 0), RawVideo(CLIP, (frame(),), 0, 0)], ids=["none", "both"])
def test_a_video_is_a_clip_or_frames(video: RawVideo) -> None:
    """A video that is neither or both is refused by its place."""
    with pytest.raises(InvalidFieldError, match=r"videos\[0\] needs either a clip or frames") as caught:
        open_video(video)
    assert caught.value.field == "videos[0]"


@pytest.mark.parametrize("fps", [-1.0, 30.5, math.inf, math.nan])
def test_a_rate_out_of_range_is_refused(fps: float) -> None:
    """A rate that is not above zero and at most 30 is refused with the range."""
    with pytest.raises(InvalidFieldError, match="above 0 and at most 30") as caught:
        open_video(RawVideo(CLIP, (), fps, 0))
    assert (caught.value.field, caught.value.maximum) == ("videos[0].fps", 30)


@pytest.mark.parametrize("max_frames", [1, 9])
def test_a_number_of_frames_out_of_range_is_refused(max_frames: int) -> None:
    """A number of frames beyond the server's own, or below two, is refused with the range."""
    with pytest.raises(InvalidFieldError, match="give 2 to 8") as caught:
        open_video(RawVideo(CLIP, (), 0, max_frames))
    assert (caught.value.field, caught.value.minimum, caught.value.maximum) == ("videos[0].max_frames", 2, 8)


def test_frames_of_other_sizes_are_refused() -> None:
    """A frame of another size than the first is refused by its place."""
    with pytest.raises(InvalidMediaError, match="50 × 30 pixels where the first frame has 40 × 30") as caught:
        open_video(RawVideo(None, (frame(), frame(50)), 0, 0))
    assert caught.value.media == "videos[0].frames[1]"


def test_a_clip_of_one_frame_is_refused() -> None:
    """A clip of a single frame, which cannot fill a step in time, is refused with the remedy."""
    with pytest.raises(InvalidMediaError, match="send it as an image"):
        open_video(RawVideo(Media(data=clip(1)), (), 0, 0))


def test_too_many_videos_are_refused() -> None:
    """More videos than allowed are refused with the number; where none are allowed, one is too many."""
    with pytest.raises(InvalidFieldError, match="3 videos in one content; at most 2") as caught:
        opener().open_content(RawContent((), (), (RawVideo(CLIP, (), 0, 0),) * 3))
    assert (caught.value.field, caught.value.maximum) == ("videos", 2)
    with pytest.raises(InvalidFieldError, match="at most 0"):
        open_video(RawVideo(CLIP, (), 0, 0), max_videos=0)


def test_a_clips_file_has_a_limit_of_its_own() -> None:
    """A clip may take more bytes than a picture, up to its own limit, which the refusal names."""
    large = clip(60, size=(320, 240), codec="mjpeg", kind="avi")
    assert len(large) > 100_000
    assert open_video(RawVideo(Media(data=large), (), 0, 0)).videos
    with pytest.raises(InvalidMediaError, match="at most 1000") as caught:
        open_video(RawVideo(CLIP, (), 0, 0), clip=ClipLimits(**{**LIMITS, "max_bytes": 1000}))
    assert caught.value.maximum_bytes == 1000


def test_a_content_without_anything_is_empty() -> None:
    """Neither texts, images nor videos: empty, also where the texts are."""
    with pytest.raises(EmptyContentError, match="one image or one video"):
        opener().open_content(RawContent(("",), ()))
