"""A picture that comes again is not looked at again, and nothing but time shows it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lensdex_embedder.engines import EngineOptions, open_embedding_engine
from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators
from lensdex_embedder.work import Content, ImageCounts, Truncation
from lensdex_wire.space import Pooling

declare_missing_operators()

from lensdex_embedder.engines.hf.patches import Outline, Patches  # noqa: E402  as above
from lensdex_embedder.engines.hf.picture_cache import PictureCache  # noqa: E402  once the operators are declared
from lensdex_embedder.engines.hf.vision import Seen  # noqa: E402  as above

WIDTH, DEPTH = 4, 2
BYTES_A_TOKEN = WIDTH * 4 * (1 + DEPTH)


def _picture(name: int, *, digest: bool = True) -> Patches:
    """Return a picture of *name* + 1 tokens whose features are its name."""
    tokens = name + 1
    return Patches(torch.full((4 * tokens, 3), float(name)), (1, 2, 2 * tokens), Outline(tokens), b"%d" % name * digest)


def _look(pictures: Sequence[Patches]) -> Seen:
    rows = torch.cat([torch.full((item.outline.num_tokens, WIDTH), float(item.values[0, 0])) for item in pictures])
    return Seen(rows, tuple(rows + level for level in range(1, DEPTH + 1)))


@given(
    calls=st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=8), max_size=12),
    max_tokens=st.integers(0, 20),
)
def test_the_same_features_whatever_is_kept(calls: list[list[int]], max_tokens: int) -> None:
    """Whatever came before and however little is kept, features are those of looking at everything, in order."""
    cache = PictureCache(max_tokens * BYTES_A_TOKEN)
    looked: list[int] = []

    def look(pictures: Sequence[Patches]) -> Seen:
        looked.extend(int(item.values[0, 0]) for item in pictures)
        return _look(pictures)

    for names in calls:
        looked.clear()
        found, expected = (
            cache.look([_picture(name) for name in names], look),
            _look([_picture(name) for name in names]),
        )
        torch.testing.assert_close(found.features, expected.features)
        for level, other in zip(found.deepstack, expected.deepstack, strict=True):
            torch.testing.assert_close(level, other)
        assert len(looked) == len(set(looked)), "a picture was looked at twice in one call"
        kept = cache._kept.values()
        assert sum(seen.features.numel() for seen in kept) <= max_tokens * WIDTH
    assert cache.num_computed + cache.num_reused == sum(map(len, calls))


def test_the_latest_used_are_kept() -> None:
    """When room is short, what was used longest ago goes first."""
    cache = PictureCache(5 * BYTES_A_TOKEN)  # 1 + 3 tokens fit, and 2 + 3, and not all
    for names in ([0], [2], [0], [1]):
        cache.look([_picture(name) for name in names], _look)
    assert sorted(cache._kept) == [b"0", b"1"]
    assert (cache.num_computed, cache.num_reused) == (3, 1)


def test_what_has_no_digest_is_looked_at_each_time() -> None:
    """Videos, which have no digest, are neither kept nor taken for each other."""
    cache = PictureCache(1 << 20)
    for _ in range(2):
        cache.look([_picture(1, digest=False), _picture(1, digest=False)], _look)
    assert (cache.num_computed, cache.num_reused) == (4, 0)


@pytest.fixture(scope="module")
def caching(golden: Any) -> Any:
    """The golden checkpoint with a cache."""
    options = EngineOptions(str(golden.checkpoint), "", "cpu", "float32", 8192, 4, 1800, max_cached_image_bytes=1 << 26)
    return open_embedding_engine("hf", options)


def _embed(engine: Any, contents: Sequence[Content]) -> list[np.ndarray[Any, Any]]:
    prepared = [engine.prepare(one, instruction="", truncation=Truncation.CUT_TEXT) for one in contents]
    return [pooled.vectors[Pooling.LAST_TOKEN] for pooled in engine.embed(prepared)]


def test_vectors_agree(caching: Any, embedding_engine: Any, golden: Any) -> None:
    """All published cases, embedded three times over and in reverse, agree with an engine that keeps nothing."""
    contents = [golden.content(case) for case in golden.cases["embed"] if any(case.values())]
    expected = _embed(embedding_engine, contents)
    for order in (1, 1, -1):
        for one, other in zip(_embed(caching, contents[::order])[::order], expected, strict=True):
            cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
            assert cosine > 0.99999
    assert caching.images.num_reused > caching.images.num_computed


def test_pictures_are_told_apart(open_hf: Callable[..., Any], golden: Any) -> None:
    """One pixel, the size, or the bounds make another picture; where it stands and what is beside it do not."""
    engine = open_hf(golden.checkpoint)
    picture = next(content.images[0] for content in map(golden.content, golden.cases["embed"]) if content.images)
    picture = picture.convert("RGB").resize((96, 64))
    other = picture.copy()
    other.putpixel((0, 0), tuple(255 - value for value in picture.getpixel((0, 0))))
    contents = [
        Content((), (picture,)),
        Content(("beside words",), (picture, picture.copy())),
        Content((), (other,)),
        Content((), (picture.resize((64, 96)),)),
    ]
    _embed(engine, contents)
    assert engine.images == ImageCounts(num_computed=3, num_reused=2)
