"""Contents: plain data ↔ message. Pure but for reading the files that contents name. Knows no service."""

from collections.abc import Callable

from lensdex.common.v1 import content_pb2 as pb
from lensdex_client.content import Content, Video
from lensdex_client.media_file import Clip, Image, MediaFile


def pack_content(content: Content) -> pb.Content:
    """Return *content* as a message for a model: bytes where there are any, else the URI. Raises OSError."""
    return _packed(content, lambda file: pb.Media(data=file.read()) if file.has_bytes else pb.Media(uri=file.uri))


def pack_kept(content: Content) -> pb.Content:
    """Return *content* as a message to keep beside a record: the URI where there is one, else bytes. Raises OSError."""
    return _packed(content, lambda file: pb.Media(uri=file.uri) if file.uri else pb.Media(data=file.read()))


def unpack_content(message: pb.Content) -> Content:
    """Return *message* as plain data. Media without a source, which no service keeps, are left out."""
    images = [Image(data=media.data, uri=media.uri) for media in message.images if media.WhichOneof("source")]
    videos = [video for video in map(_unpack_video, message.videos) if video is not None]
    return Content(texts=tuple(message.texts), images=images, videos=videos)


def _packed(content: Content, pack: Callable[[MediaFile], pb.Media]) -> pb.Content:
    return pb.Content(
        texts=content.texts,
        images=[pack(image) for image in content.images],
        videos=[
            pb.Video(
                clip=None if video.clip is None else pack(video.clip),
                frames=[pack(frame) for frame in video.frames],
                fps=video.fps,
                max_frames=video.max_frames,
            )
            for video in content.videos
        ],
    )


def _unpack_video(message: pb.Video) -> Video | None:
    clip = message.clip if message.clip.WhichOneof("source") else None
    frames = tuple(Image(data=media.data, uri=media.uri) for media in message.frames if media.WhichOneof("source"))
    if (clip is None) == (not frames):
        return None
    opened = None if clip is None else Clip(data=clip.data, uri=clip.uri)
    return Video(opened, frames, message.fps, message.max_frames)
