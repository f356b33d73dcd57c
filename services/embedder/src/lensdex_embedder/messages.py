"""The embedder's plain data ↔ the contract's messages. Pure functions; they know no policy."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from google.protobuf.duration_pb2 import Duration

from lensdex.common.v1 import build_info_pb2, content_pb2, vectors_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex_embedder.errors import InvalidFieldError
from lensdex_embedder.preparation import Timing
from lensdex_embedder.work import ImageBounds, Media, ModelFacts, RawContent, RawVideo, Truncation
from lensdex_wire.space import Pooling
from lensdex_wire.space_codec import unpack_pooling

if TYPE_CHECKING:
    from lensdex.common.v1 import embedding_space_pb2


def unpack_content(message: content_pb2.Content, bounds: ImageBounds) -> RawContent:
    """Return a content as it arrived, its images to be sized within *bounds*; nothing is decoded or judged."""
    return RawContent(
        tuple(message.texts),
        tuple(_unpack_media(item) for item in message.images),
        tuple(_unpack_video(item) for item in message.videos),
        bounds,
    )


def unpack_contents(messages: Iterable[content_pb2.Content], bounds: ImageBounds) -> list[RawContent]:
    """Return contents as they arrived."""
    return [unpack_content(message, bounds) for message in messages]


def unpack_image_bounds(message: model_pb2.ImageBounds, facts: ModelFacts) -> ImageBounds:
    """Return the bounds a call asks for. Raises InvalidFieldError where they leave those of *facts*, or cross."""
    smallest, largest = facts.min_image_tokens, facts.max_image_tokens
    for name, value in (("min_tokens", message.min_tokens), ("max_tokens", message.max_tokens)):
        if value and not smallest <= value <= largest:
            raise InvalidFieldError(
                f"image_bounds.{name}",
                f"image_bounds.{name} is {value}; give {smallest} to {largest}, or 0 for the server's own.",
                value=str(value),
                minimum=smallest,
                maximum=largest,
            )
    if (message.min_tokens or smallest) > (message.max_tokens or largest):
        raise InvalidFieldError(
            "image_bounds.min_tokens",
            f"image_bounds.min_tokens is {message.min_tokens}, above max_tokens, {message.max_tokens}.",
            value=str(message.min_tokens),
            minimum=smallest,
            maximum=message.max_tokens,
        )
    return ImageBounds(message.min_tokens, message.max_tokens)


def unpack_truncation(value: int) -> Truncation:
    """Return what to do with long contents; unspecified means refuse. Raises InvalidFieldError on an unknown value."""
    if value == model_pb2.TRUNCATION_UNSPECIFIED:
        return Truncation.REFUSE
    try:
        return Truncation(model_pb2.Truncation.Name(cast("model_pb2.Truncation", value)))
    except ValueError:
        raise InvalidFieldError("truncation", f"unknown truncation {value}.", value=str(value)) from None


def unpack_poolings(values: Sequence["embedding_space_pb2.Pooling"], *, default: Pooling) -> list[Pooling]:
    """Return the poolings asked for, the default when none is.

    Raises InvalidFieldError on an unknown or repeated one.
    """
    try:
        poolings = [default if value == 0 else unpack_pooling(value) for value in values] or [default]
    except ValueError:
        raise InvalidFieldError("poolings", "an unknown pooling was asked for.") from None
    if len(set(poolings)) != len(poolings):
        raise InvalidFieldError("poolings", "a pooling was asked for twice.")
    return poolings


def unpack_encoding(value: "vectors_pb2.VectorEncoding") -> "vectors_pb2.VectorEncoding":
    """Return *value* when it is known. Raises InvalidFieldError otherwise."""
    if value not in vectors_pb2.VectorEncoding.values():
        raise InvalidFieldError("encoding", f"unknown vector encoding {value}.", value=str(value))
    return value


def pack_timing(timing: Timing) -> pb.Timing:
    """Return *timing* as a message."""
    return pb.Timing(
        queue_time=_duration(timing.queue),
        preprocess_time=_duration(timing.preprocess),
        compute_time=_duration(timing.compute),
        batch_size=timing.batch_size,
    )


def pack_model(facts: ModelFacts) -> model_pb2.ModelInfo:
    """Return the model's provenance as a message."""
    return model_pb2.ModelInfo(
        name=facts.name,
        revision=facts.revision,
        weights_digest=facts.weights_digest,
        engine=facts.engine,
        device=facts.device,
        dtype=facts.dtype,
        modalities=[modality.value for modality in facts.modalities],
    )


def pack_build(version: str, libraries: dict[str, str]) -> build_info_pb2.BuildInfo:
    """Return the versions as a message."""
    return build_info_pb2.BuildInfo(version=version, libraries=libraries)


def _unpack_media(message: content_pb2.Media) -> Media:
    source = message.WhichOneof("source")
    return Media(data=message.data if source == "data" else None, uri=message.uri if source == "uri" else None)


def _unpack_video(message: content_pb2.Video) -> RawVideo:
    clip = _unpack_media(message.clip) if message.HasField("clip") else None
    return RawVideo(clip, tuple(_unpack_media(frame) for frame in message.frames), message.fps, message.max_frames)


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(int(seconds * 1e9))
    return duration
