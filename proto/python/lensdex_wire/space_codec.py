"""Embedding spaces: plain data ↔ message. Knows the contract, no service."""

from typing import cast

from lensdex.common.v1 import embedding_space_pb2 as pb
from lensdex_wire.space import Normalization, Pooling, Space


class InvalidSpaceError(ValueError):
    """A space message whose field is missing or out of range. ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"embedding space: {field} is missing or unknown")
        self.field = field


def pack_space(space: Space) -> pb.EmbeddingSpace:
    """Return *space* as a message."""
    return pb.EmbeddingSpace(
        weights_digest=space.weights_digest,
        template_version=space.template_version,
        pooling=pack_pooling(space.pooling),
        dimension=space.dimension,
        normalization=space.normalization.value,
    )


def unpack_space(message: pb.EmbeddingSpace) -> Space:
    """Return *message* as plain data. Raises InvalidSpaceError when a field is missing or unknown to this version."""
    if not message.weights_digest:
        raise InvalidSpaceError("weights_digest")
    if not message.template_version:
        raise InvalidSpaceError("template_version")
    if message.dimension < 1:
        raise InvalidSpaceError("dimension")
    try:
        pooling = unpack_pooling(message.pooling)
    except ValueError:
        raise InvalidSpaceError("pooling") from None
    try:
        normalization = Normalization(pb.Normalization.Name(message.normalization))
    except ValueError:
        raise InvalidSpaceError("normalization") from None
    return Space(
        weights_digest=message.weights_digest,
        template_version=message.template_version,
        pooling=pooling,
        dimension=message.dimension,
        normalization=normalization,
    )


def pack_pooling(pooling: Pooling) -> pb.Pooling:
    """Return *pooling* as the contract's enum value."""
    return cast("pb.Pooling", pb.Pooling.Value(pooling.value))


def unpack_pooling(value: int) -> Pooling:
    """Return the contract's enum *value* as plain data. Raises ValueError for zero and for values unknown here."""
    return Pooling(pb.Pooling.Name(value))
