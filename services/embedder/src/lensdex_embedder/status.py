"""The one table from domain errors to gRPC codes and the contract's reasons. Knows no model and no service."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import grpc
import structlog

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_embedder import errors
from lensdex_wire.errors import Refusal

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one class of errors is told to the caller. *facts* picks the metadata the contract names for the reason."""

    code: grpc.StatusCode
    reason: ErrorReason
    facts: Callable[[Any], Mapping[str, object]] = lambda _: {}


_INVALID: Final = grpc.StatusCode.INVALID_ARGUMENT

RULES: Final[Mapping[type[errors.EmbedderError], Rule]] = {
    errors.InvalidFieldError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_INVALID_FIELD,
        lambda e: {"field": e.field, "value": e.value or None, "minimum": e.minimum, "maximum": e.maximum},
    ),
    errors.TooManyItemsError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_TOO_MANY_ITEMS,
        lambda e: {"field": e.field, "count": e.count, "maximum": e.maximum},
    ),
    errors.UnsupportedDimensionError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_UNSUPPORTED_DIMENSION,
        lambda e: {"dimension": e.dimension, "minimum": e.minimum, "maximum": e.maximum},
    ),
    errors.InvalidIdError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_INVALID_ID,
        lambda e: {"field": e.field, "maximum_bytes": e.maximum_bytes},
    ),
    errors.DuplicateIdError: Rule(
        _INVALID, ErrorReason.ERROR_REASON_DUPLICATE_ID, lambda e: {"field": e.field, "id": e.item_id}
    ),
    errors.EmptyContentError: Rule(_INVALID, ErrorReason.ERROR_REASON_EMPTY_CONTENT),
    errors.InvalidMediaError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_INVALID_MEDIA,
        lambda e: {"media": e.media, "detail": e.detail, "bytes": e.num_bytes, "maximum": e.maximum_bytes},
    ),
    errors.ImageTooLargeError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_IMAGE_TOO_LARGE,
        lambda e: {
            "media": e.media,
            "width": e.width,
            "height": e.height,
            "pixels": e.width * e.height,
            "maximum": e.maximum,
        },
    ),
    errors.AspectRatioTooLargeError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_ASPECT_RATIO_TOO_LARGE,
        lambda e: {"media": e.media, "ratio": f"{e.ratio:.1f}", "maximum": e.maximum},
    ),
    errors.MediaNotAllowedError: Rule(
        grpc.StatusCode.PERMISSION_DENIED,
        ErrorReason.ERROR_REASON_MEDIA_NOT_ALLOWED,
        lambda e: {"media": e.media, "scheme": e.scheme},
    ),
    errors.MediaUnavailableError: Rule(
        grpc.StatusCode.UNAVAILABLE,
        ErrorReason.ERROR_REASON_MEDIA_UNAVAILABLE,
        lambda e: {"media": e.media, "detail": e.detail},
    ),
    errors.MediaNotFoundError: Rule(
        grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND, lambda e: {"media": e.media}
    ),
    errors.ContentTooLongError: Rule(
        _INVALID,
        ErrorReason.ERROR_REASON_CONTENT_TOO_LONG,
        lambda e: {"tokens": e.tokens, "maximum": e.maximum, "remedy": e.remedy},
    ),
    errors.OverloadedError: Rule(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        ErrorReason.ERROR_REASON_OVERLOADED,
        lambda e: {"resource": e.resource, "maximum": e.maximum},
    ),
    errors.NotServingError: Rule(
        grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_NOT_SERVING, lambda e: {"state": e.state}
    ),
    errors.DeadlineExceededError: Rule(grpc.StatusCode.DEADLINE_EXCEEDED, ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED),
}
"""Errors that may reach a caller. The most specific class of an error counts."""

OURS: Final = (errors.EngineFailedError, errors.CheckpointError)
"""Faults of ours: told to the caller as INTERNAL with an incident, like anything unknown."""


def refuse(error: BaseException) -> Refusal:
    """Return what the caller is told of *error*.

    What is not in the table is logged with its trace under an incident id.
    """
    for kind in type(error).__mro__:
        rule = RULES.get(kind)
        if rule is not None:
            facts = {key: str(value) for key, value in rule.facts(error).items() if value is not None}
            retry_after = error.retry_after if isinstance(error, errors.OverloadedError) else None
            return Refusal(rule.code, rule.reason, str(error), facts, retry_after=retry_after)
    incident = uuid.uuid4().hex[:12]
    _log.error("internal error", incident=incident, exc_info=error)
    return Refusal(
        grpc.StatusCode.INTERNAL,
        ErrorReason.ERROR_REASON_INTERNAL,
        f"the server failed on this; its log has the trace under incident {incident}.",
        {"incident": incident},
    )
