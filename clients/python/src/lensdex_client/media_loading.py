"""Reads a content's pictures and clips into memory, one error each. Knows the media root, no message, no service."""

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client.content import Content, File
from lensdex_client.errors import EmptyContentError, InvalidFieldError, LensdexError, MediaNotFoundError
from lensdex_client.media_root import MediaRoot, resolve_media
from lensdex_client.metadata_codec import is_unicode
from lensdex_client.outcome import Outcome
from lensdex_client.refusals import refusal


def load_content(content: Content, root: MediaRoot | None) -> Outcome[Content]:
    """Return *content* with the bytes of its pictures and clips, or why that cannot be.

    One given by URI alone is looked for below *root*. An empty content is an error: no model takes it.
    """
    if not content.modalities():
        message = "a content without any text, picture or video"
        empty = refusal(grpc.StatusCode.INVALID_ARGUMENT, message, ErrorReason.ERROR_REASON_EMPTY_CONTENT)
        return Outcome(error=EmptyContentError(empty))
    error = texts_error(content)
    if error is not None:
        return Outcome(error=error)
    try:
        return Outcome(resolve_media(content, root).with_files(loaded_file))
    except LensdexError as failure:
        return Outcome(error=failure)


def texts_error(content: Content) -> InvalidFieldError | None:
    """Return what is wrong with a text that no message can hold; None: nothing."""
    if all(map(is_unicode, content.texts)):
        return None
    message = "a text with half of a character (a lone surrogate), which UTF-8 has no bytes for"
    return InvalidFieldError(refusal(grpc.StatusCode.INVALID_ARGUMENT, message, field="texts"))


def loaded_file(file: File) -> File:
    """Return *file*, which has bytes or a path, with its bytes. Raises MediaNotFoundError when it cannot be read."""
    try:
        data = file.read()
    except OSError as error:
        message = f"the file {file.path} cannot be read: {error.strerror or error}"
        raise MediaNotFoundError(
            refusal(grpc.StatusCode.NOT_FOUND, message, ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND, media=str(file.path))
        ) from error
    # A file without a single byte would not be sent as data at all; the embedder should see it and say so.
    return type(file).from_bytes(data, uri=file.uri) if data else file
