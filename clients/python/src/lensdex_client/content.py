"""What is embedded, reranked or kept: texts, pictures and videos, as plain data. Knows no message and no service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from lensdex_client.media_file import Clip, Image, MediaFile

Modality = Literal["text", "image", "video"]
File = TypeVar("File", bound=MediaFile)


class FileChange(Protocol):
    """Makes another file of the same kind out of one."""

    def __call__(self, file: File, /) -> File:
        """Return what *file* becomes."""


@dataclass(frozen=True, slots=True)
class Video:
    """A moving picture: a clip, or frames in order that were taken from one already. Exactly one must be given."""

    clip: Clip | None = None
    frames: tuple[Image, ...] = ()
    fps: float = 0.0
    """Frames a second to look at of a clip, at most 30; 0: one a second. Without effect on frames."""
    max_frames: int = 0
    """Frames to look at, at most; 0: as many as the service looks at."""

    def __post_init__(self) -> None:
        """Raise ValueError for a video that is nothing, or both."""
        if (self.clip is None) == (not self.frames):
            raise ValueError("a video needs either a clip or frames")

    @classmethod
    def from_path(cls, path: Path | str, *, uri: str = "", fps: float = 0.0, max_frames: int = 0) -> "Video":
        """Return the clip in the file *path*, remembered as *uri*. Reads nothing yet."""
        return cls(clip=Clip.from_path(path, uri=uri), fps=fps, max_frames=max_frames)

    @property
    def files(self) -> tuple[MediaFile, ...]:
        """What it consists of."""
        return self.frames if self.clip is None else (self.clip,)


@dataclass(frozen=True, slots=True, init=False)
class Content:
    """One thing: any number of texts, images and videos. A lone string is one text, a lone Image one image."""

    texts: tuple[str, ...]
    images: tuple[Image, ...]
    videos: tuple[Video, ...]

    def __init__(
        self,
        texts: Sequence[str] | str = (),
        images: Sequence[Image] | Image = (),
        videos: Sequence[Video] | Video = (),
    ) -> None:
        object.__setattr__(self, "texts", (texts,) if isinstance(texts, str) else tuple(texts))
        object.__setattr__(self, "images", (images,) if isinstance(images, Image) else tuple(images))
        object.__setattr__(self, "videos", (videos,) if isinstance(videos, Video) else tuple(videos))

    @classmethod
    def of(cls, thing: "Content | Image | Video | str") -> "Content":
        """Return *thing* as a content: a text, an image and a video are one alone."""
        if isinstance(thing, Content):
            return thing
        if isinstance(thing, Video):
            return cls(videos=thing)
        return cls(images=thing) if isinstance(thing, Image) else cls(texts=thing)

    def modalities(self) -> frozenset[Modality]:
        """Return what it has. An empty text counts as absent."""
        kinds: set[Modality] = set()
        if any(self.texts):
            kinds.add("text")
        if self.images:
            kinds.add("image")
        if self.videos:
            kinds.add("video")
        return frozenset(kinds)

    def only(self, modality: Modality) -> "Content":
        """Return its texts, its images or its videos alone."""
        if modality == "text":
            return Content(texts=self.texts)
        return Content(images=self.images) if modality == "image" else Content(videos=self.videos)

    def with_files(self, change: FileChange) -> "Content":
        """Return the same with *change* made to every picture, clip and frame."""
        videos = [
            replace(
                video,
                clip=None if video.clip is None else change(video.clip),
                frames=tuple(map(change, video.frames)),
            )
            for video in self.videos
        ]
        return Content(texts=self.texts, images=list(map(change, self.images)), videos=videos)

    def num_bytes(self) -> int:
        """Return about how many bytes it takes in a message, framing included, without reading files."""
        texts = sum(len(text.encode(errors="surrogatepass")) + 8 for text in self.texts)
        files = (*self.images, *(file for video in self.videos for file in video.files))
        return 16 + texts + 32 * len(self.videos) + sum(file.num_bytes() + 16 for file in files)
