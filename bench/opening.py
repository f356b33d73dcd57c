"""What opens a workload's pictures, as the service does. For benchmarks that run an engine without it."""

from lensdex_embedder.contents import ContentLimits, ContentOpener
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.pictures import PictureLimits, PictureOpener


def content_opener() -> ContentOpener:
    """Return an opener of contents with one picture at most, within the service's limits."""
    source = MediaSource(SourceLimits(max_bytes=1 << 24))
    pictures = PictureOpener(PictureLimits(max_pixels=64_000_000, max_aspect_ratio=200), source)
    return ContentOpener(ContentLimits(max_images=1), pictures, source)
