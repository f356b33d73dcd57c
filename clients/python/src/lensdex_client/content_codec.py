"""Contents: plain data ↔ message. Pure but for reading the files that contents name. Knows no service."""

from lensdex.common.v1 import content_pb2 as pb
from lensdex_client.content import Content, Image


def pack_content(content: Content) -> pb.Content:
    """Return *content* as a message for a model: bytes where there are any, else the URI. Raises OSError."""
    return pb.Content(texts=content.texts, images=[_sent(image) for image in content.images])


def pack_kept(content: Content) -> pb.Content:
    """Return *content* as a message to keep beside a record: the URI where there is one, else bytes. Raises OSError."""
    return pb.Content(
        texts=content.texts,
        images=[pb.Media(uri=image.uri) if image.uri else pb.Media(data=image.read()) for image in content.images],
    )


def unpack_content(message: pb.Content) -> Content:
    """Return *message* as plain data. Media without a source, which no service keeps, are left out."""
    images = [Image(data=media.data, uri=media.uri) for media in message.images if media.WhichOneof("source")]
    return Content(texts=tuple(message.texts), images=tuple(images))


def _sent(image: Image) -> pb.Media:
    return pb.Media(data=image.read()) if image.has_bytes else pb.Media(uri=image.uri)
