"""Costs read from headers: near what the engine counts, and never an error."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lensdex_embedder.estimate import TEMPLATE_TOKENS, Estimator
from lensdex_embedder.work import MAX_VIDEO_TOKENS, ImageBounds, Media, RawContent, RawVideo

ESTIMATOR = Estimator(ImageBounds(4, 1800), max_frames=64)


def _tokens(*media: Media, **changes: Any) -> int:
    return ESTIMATOR.tokens(RawContent((), media, **changes)) - TEMPLATE_TOKENS


def test_a_picture_costs_what_its_header_says(picture: Any) -> None:
    """A picture counts its pixels, within the server's bounds, or the call's where it names some."""
    assert _tokens(Media(data=picture(640, 320))) == 200
    assert _tokens(Media(data=picture(8, 8))) == 4
    assert _tokens(Media(data=picture(4000, 3000))) == 1800
    assert _tokens(Media(data=picture(4000, 3000)), image_bounds=ImageBounds(0, 64)) == 64
    assert _tokens(Media(data=picture(8, 8)), image_bounds=ImageBounds(16, 0)) == 16


def test_nothing_is_decoded(picture: Any) -> None:
    """A header suffices: a picture cut off after it counts as much as a whole one."""
    assert _tokens(Media(data=picture(640, 320)[:64])) == 200


def test_what_is_elsewhere_counts_as_the_most(picture: Any) -> None:
    """Media behind a URI are neither opened nor fetched for an estimate."""
    assert _tokens(Media(uri="file:///nowhere/at/all.png")) == 1800
    assert _tokens(Media(uri="https://example.org/x"), image_bounds=ImageBounds(0, 100)) == 100


def test_a_video_counts_its_frames(picture: Any) -> None:
    """Frames count by the first one, thinned as the model thins them; a clip counts as the most a video becomes."""
    frame = Media(data=picture(320, 320))
    assert _tokens(videos=(RawVideo(None, (frame,) * 8, 0, 0),)) == 4 * 100
    assert _tokens(videos=(RawVideo(None, (frame,) * 200, 0, 0),)) == 32 * 100
    assert _tokens(videos=(RawVideo(None, (frame,) * 200, 0, 4),)) == 2 * 100
    assert _tokens(videos=(RawVideo(frame, (), 0, 0),)) == MAX_VIDEO_TOKENS


def test_near_the_engines_count(embedding_engine: Any, golden: Any) -> None:
    """Over the published cases of texts and pictures the estimate is within a factor of two of the engine's count."""
    for case in golden.cases["embed"]:
        content = golden.content(case)
        if content.videos or not any(case.values()):
            continue
        raw = RawContent(content.texts, tuple(Media(data=path.read_bytes()) for path in golden.files(case)))
        counted = embedding_engine.count(content, instruction="").num_tokens
        assert counted / 2 <= ESTIMATOR.tokens(raw) <= counted * 2, case


@given(data=st.binary(max_size=200), text=st.text(max_size=50))
def test_never_an_error(data: bytes, text: str) -> None:
    """Whatever the bytes, there is an estimate."""
    assert ESTIMATOR.tokens(RawContent((text,), (Media(data=data), Media(data=b"GIF89a" + data)))) >= TEMPLATE_TOKENS
