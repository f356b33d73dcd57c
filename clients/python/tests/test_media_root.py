"""The media root: URIs lead below it or nowhere."""

from pathlib import Path

import pytest

from lensdex_client import Content, Image, MediaNotAllowedError, MediaNotFoundError, MediaRoot
from lensdex_client.media_root import resolve_media


@pytest.fixture
def root(tmp_path: Path) -> MediaRoot:
    """A root with one picture, links out of it, and a secret beside it."""
    (tmp_path / "media" / "sub").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"SECRET")
    (tmp_path / "media" / "sub" / "a b.png").write_bytes(b"PIC")
    (tmp_path / "media" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "media" / "inside.png").symlink_to(tmp_path / "media" / "sub" / "a b.png")
    (tmp_path / "media" / "out").symlink_to(tmp_path)
    return MediaRoot(tmp_path / "media")


@pytest.mark.parametrize("uri", ["sub/a b.png", "./sub/../sub/a b.png", "inside.png"])
def test_relative_uris_are_read(root: MediaRoot, uri: str) -> None:
    """A path below the root is read, also through links that stay inside."""
    assert root.image(uri).read() == b"PIC"


def test_file_uris_below_the_root_are_read(root: MediaRoot) -> None:
    """A ``file:`` URI below the root is read, its escapes decoded."""
    assert root.image((root.folder / "sub" / "a b.png").as_uri()).read() == b"PIC"


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.png",
        "sub/../../secret.png",
        "link.png",
        "out/secret.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "file://elsewhere/a.png",
        "http://localhost/a.png",
        "s3://bucket/a.png",
        "data:image/png;base64,AAAA",
    ],
)
def test_nothing_outside_is_opened(root: MediaRoot, uri: str) -> None:
    """Dots, links, absolute paths and foreign schemes are refused before anything is opened."""
    with pytest.raises(MediaNotAllowedError):
        root.locate(uri)


@pytest.mark.parametrize("uri", ["nope.png", "sub", "."])
def test_what_is_no_file_is_not_found(root: MediaRoot, uri: str) -> None:
    """A path below the root without a file is MediaNotFoundError."""
    with pytest.raises(MediaNotFoundError):
        root.locate(uri)


def test_uris_are_paths_relative_to_the_root(root: MediaRoot) -> None:
    """A file is kept by its path in the root; one outside cannot be."""
    assert root.uri_of(root.folder / "sub" / "a b.png") == "sub/a b.png"
    with pytest.raises(MediaNotAllowedError):
        root.uri_of("../secret.png")


def test_a_uri_without_a_root_is_refused() -> None:
    """Content kept by name alone cannot be read without a root; content with bytes needs none."""
    with pytest.raises(MediaNotAllowedError, match="name the media root"):
        resolve_media(Content(images=Image.from_uri("a.png")), None)

    assert resolve_media(Content(images=Image.from_bytes(b"PIC", uri="a.png")), None).images[0].read() == b"PIC"


def test_a_root_must_be_a_folder(tmp_path: Path) -> None:
    """A media root that does not exist is told at once."""
    with pytest.raises(NotADirectoryError):
        MediaRoot(tmp_path / "nope")
