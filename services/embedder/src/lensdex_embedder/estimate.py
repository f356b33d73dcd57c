"""What a content will cost the model, from its size and the headers of its pictures: before anything is decoded.

For admission, which must bound work before work is done. It is never an error and never exact: what cannot be read here
is told to the caller where it is decoded.
"""

from dataclasses import dataclass
from typing import Final

from lensdex_embedder.pictures import read_header
from lensdex_embedder.work import MAX_VIDEO_TOKENS, ImageBounds, Media, RawContent, RawVideo

BYTES_PER_TOKEN: Final = 4
"""Of UTF-8 text, between what was seen with nano's vocabulary: 2.2 for plain English, 7.7 for Korean problems."""
TEMPLATE_TOKENS: Final = 32
"""What stands around every content, about."""
PIXELS_PER_TOKEN: Final = 32 * 32
_FRAMES_PER_STEP: Final = 2


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates tokens. Thread-safe."""

    bounds: ImageBounds
    """The server's own, both set."""
    max_frames: int
    """Frames of one video the model looks at."""

    def tokens(self, raw: RawContent) -> int:
        """Return about how many tokens *raw* becomes, untruncated."""
        text = raw.num_text_bytes // BYTES_PER_TOKEN
        images = sum(self._image(media, raw.image_bounds) for media in raw.media)
        return TEMPLATE_TOKENS + text + images + sum(map(self._video, raw.videos))

    def _image(self, media: Media, asked: ImageBounds) -> int:
        most = asked.max_tokens or self.bounds.max_tokens
        if media.data is None:  # it would have to be opened, or fetched
            return most
        try:
            width, height = read_header(media.data).size
        except Exception:  # noqa: BLE001  a decoder may raise anything; such a picture is refused when it is opened
            return 0
        return min(most, max(asked.min_tokens or self.bounds.min_tokens, width * height // PIXELS_PER_TOKEN))

    def _video(self, video: RawVideo) -> int:
        most = min(video.max_frames or self.max_frames, self.max_frames)
        if not video.frames:
            return MAX_VIDEO_TOKENS  # its header is not read here
        steps = max(1, min(len(video.frames), most) // _FRAMES_PER_STEP)
        return min(MAX_VIDEO_TOKENS, steps * self._image(video.frames[0], ImageBounds()))
