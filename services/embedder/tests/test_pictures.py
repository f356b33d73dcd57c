"""Opening pictures: limits before decoding, a closed list of formats, URIs only below the operator's roots."""

import io
import os
import random
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from lensdex_embedder.contents import ContentLimits, ContentOpener
from lensdex_embedder.errors import (
    AspectRatioTooLargeError,
    ContentError,
    EmptyContentError,
    ImageTooLargeError,
    InvalidFieldError,
    InvalidMediaError,
    MediaNotAllowedError,
    MediaNotFoundError,
)
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.pictures import FORMATS, PictureLimits, PictureOpener
from lensdex_embedder.work import Content, Media, RawContent

MAX_PIXELS = 64_000_000


def _opener(*roots: Path, **changes: Any) -> ContentOpener:
    source = MediaSource(SourceLimits(max_bytes=changes.pop("max_bytes", 1_000_000), roots=roots))
    contents = ContentLimits(max_images=changes.pop("max_images", 4))
    limits = {"max_pixels": MAX_PIXELS, "max_aspect_ratio": 200}
    return ContentOpener(contents, PictureOpener(PictureLimits(**{**limits, **changes}), source), source)


def _open(data: bytes, **changes: Any) -> Image.Image:
    return _opener(**changes).open_content(RawContent((), (Media(data=data),))).images[0]


def _open_uri(opener: ContentOpener, uri: str) -> Content:
    return opener.open_content(RawContent((), (Media(uri=uri),)))


def _noise(kind: str, mode: str = "RGB") -> bytes:
    """Return a picture whose file cannot be made much smaller."""
    buffer = io.BytesIO()
    pixels = random.Random(1).randbytes(64 * 64 * 3)
    Image.frombytes("RGB", (64, 64), pixels).convert(mode).save(buffer, kind)
    return buffer.getvalue()


def _png_header(width: int, height: int) -> bytes:
    """Return a PNG that declares a size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def _gif(width: int, height: int, *, disposal: int, transparent: bool = False) -> bytes:
    """Return a GIF of 10 × 10 pixels whose first frame declares another size and a way to be disposed of."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    control = b"!\xf9\x04" + bytes([disposal << 2 | transparent, 0, 0, 0, 0])
    return screen + control + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02D\x01\0;"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "PNG"),
        ("RGB", "JPEG"),
        ("RGB", "WEBP"),
        ("RGB", "BMP"),
        ("RGB", "TIFF"),
        ("P", "GIF"),
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("RGBA", "WEBP"),
        ("I;16", "PNG"),
        ("I;16", "TIFF"),
        ("I;16B", "TIFF"),
        ("I", "TIFF"),
        ("F", "TIFF"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("YCbCr", "TIFF"),
        ("LAB", "TIFF"),
    ],
)
def test_accepts(picture: Any, mode: str, kind: str) -> None:
    """Every format of the list is opened in every kind of pixel, decoded, and can be turned into RGB."""
    opened = _open(picture(40, 30, mode=mode, kind=kind))
    assert opened.size == (40, 30)
    assert opened.convert("RGB").getpixel((0, 0)) is not None


def test_the_contract_names_the_formats() -> None:
    """The formats are the ones the contract promises, and no other."""
    assert set(FORMATS) == {"PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"}


def test_of_a_gif_the_first_frame_is_read() -> None:
    """Of an animation the first frame counts."""
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert _open(buffer.getvalue()).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_one_pixel_is_a_picture(picture: Any) -> None:
    """A picture of one pixel is valid: it is scaled up later."""
    assert _open(picture(1, 1)).size == (1, 1)


def test_texts_keep_their_order_and_empty_ones_go() -> None:
    """Empty texts are left out; the others keep their order."""
    assert _opener().open_content(RawContent(("", "b", "", "a"), ())).texts == ("b", "a")


@pytest.mark.parametrize("texts", [(), ("",), ("", "")])
def test_empty_content(texts: tuple[str, ...]) -> None:
    """A content without any text or media is refused as empty."""
    with pytest.raises(EmptyContentError):
        _opener().open_content(RawContent(texts, ()))


def test_too_many_images(picture: Any) -> None:
    """More images than the limit are refused before any is opened, with count and limit."""
    with pytest.raises(InvalidFieldError) as caught:
        _opener().open_content(RawContent((), (Media(data=b"no picture"),) * 5))
    assert (caught.value.field, caught.value.value, caught.value.maximum) == ("images", "5", 4)


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated(kind: str) -> None:
    """A file that ends in the middle is refused, in every format, and never filled up with grey."""
    data = _noise(kind, "P" if kind == "GIF" else "RGB")
    with pytest.raises(InvalidMediaError) as caught:
        _open(data[: len(data) // 2])
    assert caught.value.media == "images[0]"
    assert caught.value.detail
    assert "0x" not in caught.value.detail


def test_pillow_is_not_told_to_fill_up_truncated_files() -> None:
    """Pillow's switch that accepts truncated files is off."""
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize("data", [b"", b"x", b"hello, this is text" * 9, b"<html></html>", b"\x89PNG\r\n\x1a\n", b"BM"])
def test_not_a_picture(data: bytes) -> None:
    """Bytes that are no picture are refused as such."""
    with pytest.raises(InvalidMediaError):
        _open(data)


@pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA", "PCX", "ICNS", "EPS", "PDF", "JPEG2000", "DDS", "SGI"])
def test_other_formats(picture: Any, kind: str) -> None:
    """A format Pillow knows and the contract does not name is refused, with the list of those it names."""
    with pytest.raises(InvalidMediaError) as caught:
        _open(picture(64, 64, kind=kind))
    assert all(name in caught.value.detail for name in FORMATS)


@pytest.mark.parametrize(
    "data", [b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"%!PS-Adobe-3.0 EPSF-3.0\n", b"P6 1 1 255 abc"]
)
def test_formats_that_are_programs(data: bytes) -> None:
    """SVG and PostScript, which are programs more than pictures, are refused."""
    with pytest.raises(InvalidMediaError):
        _open(data)


def test_no_source() -> None:
    """Media with neither bytes nor URI is refused."""
    with pytest.raises(InvalidMediaError, match="neither"):
        _opener().open_content(RawContent((), (Media(),)))


def test_the_index_of_the_bad_picture_is_told(picture: Any) -> None:
    """The refusal names which of several pictures is bad."""
    with pytest.raises(InvalidMediaError) as caught:
        _opener().open_content(RawContent((), (Media(data=picture()), Media(data=b"bad"))))
    assert caught.value.media == "images[1]"


def test_too_many_bytes(picture: Any) -> None:
    """A file over the limit is refused before it is looked at, and told the limit; one at the limit is opened."""
    data = picture()
    assert _open(data, max_bytes=len(data)).size == (40, 30)
    with pytest.raises(InvalidMediaError, match=f"at most {len(data) - 1}"):
        _open(data, max_bytes=len(data) - 1)


def test_declared_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """30,000 × 30,000 pixels declared in a small file are refused with their numbers, and nothing is decoded."""
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    data = _png_header(30_000, 30_000)
    assert len(data) < 200
    with pytest.raises(ImageTooLargeError) as caught:
        _open(data)
    facts = caught.value
    assert (facts.media, facts.width, facts.height, facts.maximum) == ("images[0]", 30_000, 30_000, MAX_PIXELS)


def test_the_pixel_limit_is_inclusive(picture: Any) -> None:
    """A picture of exactly the limit is opened; one row more is not."""
    assert _open(picture(40, 30), max_pixels=1200).size == (40, 30)
    with pytest.raises(ImageTooLargeError):
        _open(picture(40, 31), max_pixels=1200)


def test_large_pictures_within_the_limit_raise_no_alarm(picture: Any) -> None:
    """Pillow's own warning about large pictures is off: the limit here is the operator's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _open(picture(9500, 9500, mode="1"), max_pixels=100_000_000).size == (9500, 9500)


@pytest.mark.parametrize(("disposal", "transparent"), [(0, False), (1, False), (2, False), (2, True), (3, True)])
def test_a_gif_frame_larger_than_its_screen(
    monkeypatch: pytest.MonkeyPatch, *, disposal: int, transparent: bool
) -> None:
    """A GIF whose frame declares two thousand million pixels is refused before memory is taken for it."""

    def fill(mode: str, size: tuple[int, int], *rest: Any) -> Any:
        pytest.fail(f"took memory for {size}")

    monkeypatch.setattr(Image.core, "fill", fill)
    with pytest.raises(ImageTooLargeError) as caught:
        _open(_gif(65_535, 30_000, disposal=disposal, transparent=transparent))
    assert (caught.value.width, caught.value.height) == (65_535, 30_000)


def test_a_tiff_with_tiles_larger_than_the_picture() -> None:
    """A small TIFF whose tiles declare a huge size, which would be decoded whole, is refused."""
    entries = [(256, 3, 16), (257, 3, 16), (258, 3, 8), (259, 3, 5), (262, 3, 1), (277, 3, 1)]
    entries += [(322, 4, 60_000), (323, 4, 60_000), (324, 4, 8), (325, 4, 8)]
    body = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        body += struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", value)
    data = b"II*\0" + struct.pack("<I", 16) + b"\x80\x0b\x60\x50\x38\x24\x16\x0d" + body + b"\0\0\0\0"
    with pytest.raises(ImageTooLargeError) as caught:
        _open(data)
    assert (caught.value.width, caught.value.height) == (60_000, 60_000)


@pytest.mark.parametrize("size", [(201, 1), (1, 201), (402, 2), (2001, 10)])
def test_aspect_ratio(picture: Any, size: tuple[int, int]) -> None:
    """A picture whose longer side exceeds the shorter one by more than the limit is refused with the ratio."""
    with pytest.raises(AspectRatioTooLargeError) as caught:
        _open(picture(*size))
    assert caught.value.ratio > 200
    assert caught.value.maximum == 200


def test_the_aspect_ratio_is_inclusive(picture: Any) -> None:
    """Exactly 200 to 1 is opened."""
    assert _open(picture(200, 1)).size == (200, 1)


@pytest.fixture
def root(tmp_path: Path, picture: Any) -> Path:
    """A root with a picture, beside a folder with a secret one and a folder whose name begins alike."""
    for folder in ("root/sub", "secret", "root-2"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a picture.png").write_bytes(picture())
    (tmp_path / "root" / "plain.png").write_bytes(picture())
    return tmp_path / "root"


def test_file_uris_are_off_by_default(root: Path) -> None:
    """Without roots no URI is opened, not even of a file that exists."""
    with pytest.raises(MediaNotAllowedError) as caught:
        _open_uri(_opener(), f"file://{root}/plain.png")
    assert (caught.value.media, caught.value.scheme) == ("images[0]", "file")


@pytest.mark.parametrize(
    "uri",
    [
        "file://{root}/plain.png",
        "file://localhost{root}/plain.png",
        "FILE://{root}/plain.png",
        "file:{root}/plain.png",
        "file://{root}/sub/a%20picture.png",
        "file://{root}/sub/../plain.png",
        "file://{root}/%70lain.png",
    ],
)
def test_file_uris_below_a_root(root: Path, uri: str) -> None:
    """A file below a root is opened; percent-encoding and `..` are resolved first."""
    assert _open_uri(_opener(root), uri.format(root=root)).images[0].size == (40, 30)


@pytest.mark.parametrize(
    "uri",
    [
        "file://{root}/../secret/a%20picture.png",
        "file://{root}/..%2fsecret/a%20picture.png",
        "file://{root}/%2e%2e/secret/a%20picture.png",
        "file://{root}/sub/../../secret/a%20picture.png",
        "file://{root}-2/a%20picture.png",
        "file:///etc/passwd",
        "file:///etc/no-such-file",
        "file:///",
        "file://",
        "file:",
        "file:plain.png",
        "file:../root/plain.png",
        "file://elsewhere{root}/plain.png",
        "file://{root}/plain.png%00.txt",
        "http://example.com/a.png",
        "https://example.com/a.png",
        "HTTP://example.com/a.png",
        "ftp://example.com/a.png",
        "{root}/plain.png",
        "//{root}/plain.png",
        "",
        " ",
        "gopher:x",
    ],
)
def test_uris_that_are_not_allowed(root: Path, monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    """Whatever is not a file below a root is refused alike, whether or not it exists, and nothing is read."""
    monkeypatch.chdir(root)
    monkeypatch.setattr(os, "open", lambda path, *_: pytest.fail(f"opened {path}"))
    with pytest.raises(MediaNotAllowedError):
        _open_uri(_opener(root), uri.format(root=root))


@pytest.mark.parametrize("target", ["secret", "secret/a picture.png"])
def test_symbolic_links_do_not_lead_out(root: Path, target: str) -> None:
    """A symbolic link out of the root, of a file or of a folder, is refused."""
    (root / "link").symlink_to(root.parent / target)
    with pytest.raises(MediaNotAllowedError):
        _open_uri(_opener(root), f"file://{root}/link" + ("/a%20picture.png" if target == "secret" else ""))


def test_symbolic_links_inside_are_fine(root: Path) -> None:
    """A symbolic link to a file below the root is opened, and a root may itself be a link."""
    (root / "link.png").symlink_to(root / "plain.png")
    (root.parent / "alias").symlink_to(root)
    assert _open_uri(_opener(root), f"file://{root}/link.png").images
    assert _open_uri(_opener(root.parent / "alias"), f"file://{root.parent}/alias/plain.png").images


@pytest.mark.parametrize("name", ["missing.png", "sub", "pipe", "a" * 300 + ".png", "plain.png/x", "loop"])
def test_missing_files(root: Path, name: str) -> None:
    """An allowed URI under which no regular file can be read is not found; a pipe does not hang the reader."""
    os.mkfifo(root / "pipe")
    (root / "loop").symlink_to(root / "loop")
    with pytest.raises(MediaNotFoundError) as caught:
        _open_uri(_opener(root), f"file://{root}/{name}")
    assert caught.value.media == "images[0]"


def test_large_files_are_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the limit is refused by its size, before it is read."""
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"read {path}"))
    with pytest.raises(InvalidMediaError, match="at most 10"):
        _open_uri(_opener(root, max_bytes=10), f"file://{root}/plain.png")


@pytest.mark.parametrize("uri", ["file://[", "http://[::1", "//[x"])
def test_uris_that_are_none(root: Path, uri: str) -> None:
    """What cannot be read as a URI at all is refused as media, not as a fault of ours."""
    with pytest.raises(InvalidMediaError):
        _open_uri(_opener(root), uri)


def test_a_long_scheme_is_not_told_back(root: Path) -> None:
    """Of a refused URI's scheme only the beginning is told back: gRPC has little room for it."""
    with pytest.raises(MediaNotAllowedError) as caught:
        _open_uri(_opener(root), "x" * 100_000 + ":y")
    assert len(caught.value.scheme) <= 32


SEEDS = [_noise(kind, "P" if kind == "GIF" else "RGB") for kind in FORMATS] + [
    _png_header(30_000, 30_000),
    _gif(20, 20, disposal=2),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=200), seed=st.sampled_from([b"", b"BM", b"GIF89a", b"II*\0", b"RIFF", b"\xff\xd8\xff"]))
def test_random_bytes(data: bytes, seed: bytes) -> None:
    """Random bytes, behind the beginning of any format, are refused as content or opened; nothing else happens."""
    _open_or_refuse(seed + data)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_files(data: st.DataObject) -> None:
    """Real files with bytes changed, cut off or added are refused as content or opened; nothing else happens."""
    damaged = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        where = data.draw(st.integers(0, min(len(damaged) - 1, 200)) | st.integers(0, len(damaged) - 1))
        damaged[where] = data.draw(st.integers(0, 255))
    _open_or_refuse(bytes(damaged[: data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))]))


@settings(max_examples=200, deadline=None)
@given(uri=st.text(max_size=40) | st.text(max_size=30).map(lambda tail: f"file:///{tail}"))
def test_random_uris(uri: str) -> None:
    """Whatever text stands for a URI is refused as content."""
    with pytest.raises(ContentError):
        _open_uri(_opener(Path("/no/such/root")), uri)


def _open_or_refuse(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged metadata
        try:
            opened = _open(data, max_pixels=1_000_000)
        except ContentError:
            return
    assert opened.width * opened.height <= 1_000_000
