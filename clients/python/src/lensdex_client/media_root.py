"""Where kept media URIs lead: a folder of the caller's, and never outside it. Knows no service and no message."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client.content import Content, File
from lensdex_client.errors import MediaNotAllowedError, MediaNotFoundError
from lensdex_client.media_file import Clip, Image
from lensdex_client.refusals import refusal


class MediaRoot:
    """A folder below which media URIs are opened. URIs are paths relative to it, or ``file:`` URIs below it."""

    def __init__(self, folder: Path | str) -> None:
        """Raise NotADirectoryError when *folder* is none."""
        self.folder = Path(folder).resolve()
        if not self.folder.is_dir():
            raise NotADirectoryError(f"the media root {folder} is no folder")

    def uri_of(self, path: Path | str) -> str:
        """Return the URI under which the file *path* is kept: its path relative to the root, with ``/``.

        Raises MediaNotAllowedError when it lies outside.
        """
        resolved = (self.folder / path).resolve()
        if not resolved.is_relative_to(self.folder):
            raise _not_allowed(str(path), f"{path} lies outside the media root {self.folder}")
        return resolved.relative_to(self.folder).as_posix()

    def locate(self, uri: str) -> Path:
        """Return the file behind *uri*, symbolic links followed.

        Raises MediaNotAllowedError for another scheme and for anything outside the root, wherever a link leads;
        MediaNotFoundError when no file is there.
        """
        resolved = (self.folder / _path_of(uri)).resolve()
        if not resolved.is_relative_to(self.folder):
            raise _not_allowed(uri, f"{uri} leads outside the media root {self.folder}")
        if not resolved.is_file():
            raise MediaNotFoundError(
                refusal(
                    grpc.StatusCode.NOT_FOUND,
                    f"no file {uri} below the media root {self.folder}",
                    ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND,
                    media=uri,
                )
            )
        return resolved

    def image(self, uri: str) -> Image:
        """Return the picture behind *uri*, to be read when it is sent. Raises as ``locate``."""
        return Image.from_path(self.locate(uri), uri=uri)

    def clip(self, uri: str) -> Clip:
        """Return the clip behind *uri*, to be read when it is sent. Raises as ``locate``."""
        return Clip.from_path(self.locate(uri), uri=uri)


def resolve_media(content: Content, root: MediaRoot | None) -> Content:
    """Return *content* with every URI turned into a file below *root*.

    Raises MediaNotAllowedError where there is no root, and as ``MediaRoot.locate``.
    """

    def resolved(file: File) -> File:
        return file if file.has_bytes else _resolved(file, root)

    return content.with_files(resolved)


def _resolved(file: File, root: MediaRoot | None) -> File:
    if root is None:
        raise _not_allowed(file.uri, f"{file.uri} is kept by its name alone: name the media root to read it from")
    return type(file).from_path(root.locate(file.uri), uri=file.uri)


def _path_of(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return unquote(parts.path)
    # A one-letter scheme would be a drive; any other is somebody else's protocol.
    if "://" in uri or parts.scheme in {"file", "data"}:
        message = f"{uri} cannot lie below a media root: only relative paths and file: URIs can"
        raise _not_allowed(uri, message, parts.scheme)
    return uri


def _not_allowed(uri: str, message: str, scheme: str = "file") -> MediaNotAllowedError:
    return MediaNotAllowedError(
        refusal(
            grpc.StatusCode.PERMISSION_DENIED,
            message,
            ErrorReason.ERROR_REASON_MEDIA_NOT_ALLOWED,
            media=uri,
            scheme=scheme,
        )
    )
