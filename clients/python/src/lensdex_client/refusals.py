"""Which exception a refusal becomes: by the contract's reason, else by gRPC's code. Knows no service and no call."""

from collections.abc import Mapping
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc.status_pb2 import Status

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import errors
from lensdex_wire.errors import Refusal, unpack_refusal

_STATUS_KEY: Final = "grpc-status-details-bin"

BY_REASON: Final[Mapping[int, type[errors.LensdexError]]] = {
    ErrorReason.ERROR_REASON_INVALID_FIELD: errors.InvalidFieldError,
    ErrorReason.ERROR_REASON_TOO_MANY_ITEMS: errors.TooManyItemsError,
    ErrorReason.ERROR_REASON_EMPTY_CONTENT: errors.EmptyContentError,
    ErrorReason.ERROR_REASON_INVALID_MEDIA: errors.InvalidMediaError,
    ErrorReason.ERROR_REASON_IMAGE_TOO_LARGE: errors.ImageTooLargeError,
    ErrorReason.ERROR_REASON_ASPECT_RATIO_TOO_LARGE: errors.AspectRatioTooLargeError,
    ErrorReason.ERROR_REASON_MEDIA_NOT_ALLOWED: errors.MediaNotAllowedError,
    ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND: errors.MediaNotFoundError,
    ErrorReason.ERROR_REASON_MEDIA_UNAVAILABLE: errors.MediaUnavailableError,
    ErrorReason.ERROR_REASON_CONTENT_TOO_LONG: errors.ContentTooLongError,
    ErrorReason.ERROR_REASON_UNSUPPORTED_DIMENSION: errors.UnsupportedDimensionError,
    ErrorReason.ERROR_REASON_INVALID_VECTORS: errors.InvalidVectorsError,
    ErrorReason.ERROR_REASON_NOT_FINITE_VECTOR: errors.NotFiniteVectorError,
    ErrorReason.ERROR_REASON_ZERO_VECTOR: errors.ZeroVectorError,
    ErrorReason.ERROR_REASON_DIMENSION_MISMATCH: errors.DimensionMismatchError,
    ErrorReason.ERROR_REASON_SPACE_MISMATCH: errors.SpaceMismatchError,
    ErrorReason.ERROR_REASON_COLLECTION_NOT_FOUND: errors.CollectionNotFoundError,
    ErrorReason.ERROR_REASON_COLLECTION_EXISTS: errors.CollectionExistsError,
    ErrorReason.ERROR_REASON_VIEW_EXISTS: errors.ViewExistsError,
    ErrorReason.ERROR_REASON_REINDEX_RUNNING: errors.ReindexRunningError,
    ErrorReason.ERROR_REASON_VIEW_NOT_FOUND: errors.ViewNotFoundError,
    ErrorReason.ERROR_REASON_RECORD_NOT_FOUND: errors.RecordNotFoundError,
    ErrorReason.ERROR_REASON_VIEW_MISSING: errors.ViewMissingError,
    ErrorReason.ERROR_REASON_INVALID_ID: errors.InvalidIdError,
    ErrorReason.ERROR_REASON_DUPLICATE_ID: errors.DuplicateIdError,
    ErrorReason.ERROR_REASON_DEFAULT_VIEW_REQUIRED: errors.DefaultViewRequiredError,
    ErrorReason.ERROR_REASON_FIELD_TYPE_MISMATCH: errors.FieldTypeMismatchError,
    ErrorReason.ERROR_REASON_RECORD_TOO_LARGE: errors.RecordTooLargeError,
    ErrorReason.ERROR_REASON_INVALID_PAGE_TOKEN: errors.InvalidPageTokenError,
    ErrorReason.ERROR_REASON_INVALID_CONSISTENCY_TOKEN: errors.InvalidConsistencyTokenError,
    ErrorReason.ERROR_REASON_INVALID_BACKEND: errors.InvalidBackendError,
    ErrorReason.ERROR_REASON_INVALID_FILTER: errors.InvalidFilterError,
    ErrorReason.ERROR_REASON_FIELD_NOT_INDEXED: errors.FieldNotIndexedError,
    ErrorReason.ERROR_REASON_FILTER_TYPE_MISMATCH: errors.FilterTypeMismatchError,
    ErrorReason.ERROR_REASON_RESPONSE_TOO_LARGE: errors.ResponseTooLargeError,
    ErrorReason.ERROR_REASON_OVERLOADED: errors.OverloadedError,
    ErrorReason.ERROR_REASON_NOT_SERVING: errors.NotServingError,
    ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED: errors.DeadlineExceededError,
    ErrorReason.ERROR_REASON_STORE_UNAVAILABLE: errors.StoreUnavailableError,
    ErrorReason.ERROR_REASON_INTERNAL: errors.InternalError,
    ErrorReason.ERROR_REASON_CANCELLED: errors.CallCancelledError,
    ErrorReason.ERROR_REASON_CORRUPTED: errors.CorruptedError,
    ErrorReason.ERROR_REASON_ALIAS_NOT_FOUND: errors.AliasNotFoundError,
    ErrorReason.ERROR_REASON_ALIAS_EXISTS: errors.AliasExistsError,
    ErrorReason.ERROR_REASON_ALIAS_NOT_ALLOWED: errors.AliasNotAllowedError,
    ErrorReason.ERROR_REASON_COLLECTION_HAS_ALIASES: errors.CollectionHasAliasesError,
    ErrorReason.ERROR_REASON_VIEW_HAS_ALIASES: errors.ViewHasAliasesError,
    ErrorReason.ERROR_REASON_ALIAS_CHANGED: errors.AliasChangedError,
    ErrorReason.ERROR_REASON_SNAPSHOT_NOT_FOUND: errors.SnapshotNotFoundError,
    ErrorReason.ERROR_REASON_INVALID_SNAPSHOT: errors.InvalidSnapshotError,
    ErrorReason.ERROR_REASON_NOT_SUPPORTED: errors.NotSupportedError,
}
"""Every reason of the contract but UNSPECIFIED, which is never sent; a test holds the table to the enum."""

BY_CODE: Final[Mapping[grpc.StatusCode, type[errors.LensdexError]]] = {
    grpc.StatusCode.CANCELLED: errors.CallCancelledError,
    grpc.StatusCode.UNKNOWN: errors.ServerError,
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidRequestError,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.DeadlineExceededError,
    grpc.StatusCode.NOT_FOUND: errors.NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: errors.ConflictError,
    grpc.StatusCode.PERMISSION_DENIED: errors.AccessDeniedError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.ResourceExhaustedError,
    grpc.StatusCode.FAILED_PRECONDITION: errors.ConflictError,
    grpc.StatusCode.ABORTED: errors.ConflictError,
    grpc.StatusCode.OUT_OF_RANGE: errors.InvalidRequestError,
    grpc.StatusCode.UNIMPLEMENTED: errors.UnimplementedError,
    grpc.StatusCode.INTERNAL: errors.InternalError,
    grpc.StatusCode.UNAVAILABLE: errors.ServiceUnavailableError,
    grpc.StatusCode.DATA_LOSS: errors.CorruptedError,
    grpc.StatusCode.UNAUTHENTICATED: errors.AccessDeniedError,
}
"""For errors without our details: what gRPC or something in between refused."""


def error_of_refusal(refusal: Refusal, request_id: str = "") -> errors.LensdexError:
    """Return the exception for *refusal*."""
    kind = BY_REASON.get(refusal.reason) or BY_CODE.get(refusal.code, errors.ServerError)
    return kind(refusal, request_id)


def error_of_status(status: Status, request_id: str = "") -> errors.LensdexError:
    """Return the exception for one item's own *status*."""
    return error_of_refusal(unpack_refusal(status), request_id)


def error_of_rpc(error: grpc.RpcError, *, target: str, request_id: str = "") -> errors.LensdexError:
    """Return the exception for a failed call with *target*, as either face of gRPC reports it."""
    status = _status_of(error)
    if status is not None:
        return error_of_status(status, request_id)
    code, text = error.code(), error.details() or "no details"
    # gRPC tells its own size limit from every other exhaustion only by its text.
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in text:
        return errors.MessageTooLargeError(
            refusal(code, f"gRPC refused a message of this call with {target}: {text}; send or ask for less per call"),
            request_id,
        )
    message = {
        grpc.StatusCode.UNAVAILABLE: f"nothing answers at {target}: {text}; is the service running?",
        grpc.StatusCode.DEADLINE_EXCEEDED: f"{target} did not answer before the deadline; allow more time",
        grpc.StatusCode.UNIMPLEMENTED: f"the server at {target} does not have this call: {text}",
    }.get(code, text)
    return error_of_refusal(refusal(code, message), request_id)


def error_of_answer(path: str, error: Exception, request_id: str) -> errors.ProtocolError:
    """Return the exception for an answer of the method *path* that does not fit the contract."""
    message = f"the answer of {path} does not fit the contract: {error}"
    return errors.ProtocolError(refusal(grpc.StatusCode.INTERNAL, message), request_id)


def refusal(
    code: grpc.StatusCode,
    message: str,
    reason: ErrorReason = ErrorReason.ERROR_REASON_UNSPECIFIED,
    **metadata: str,
) -> Refusal:
    """Return a refusal of the client's own making."""
    return Refusal(code=code, reason=reason, message=message, metadata=metadata)


def _status_of(error: grpc.RpcError) -> Status | None:
    trailing: Any = error.trailing_metadata() or ()  # Pairs on both faces, whatever the stubs say.
    for key, value in trailing:
        if key == _STATUS_KEY and isinstance(value, bytes):
            try:
                return Status.FromString(value)
            except DecodeError:  # Whoever put it there speaks another dialect: the bare code is all there is.
                return None
    return None
