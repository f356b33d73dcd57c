"""Domain error → gRPC code and reason. One table; a test proves it whole. Knows no call and no request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from grpc import StatusCode

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_index import errors
from lensdex_index.errors import DomainError, OverloadedError, ViolationsError, shown
from lensdex_wire.errors import Refusal, Violation, pack_refusal

_RETRY_SECONDS: Final = 0.25
_MOST_STATUS_BYTES: Final = 4_096
"""A status travels in gRPC's trailers, base64-encoded; callers' stubs refuse trailers from 8 KiB on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an error becomes."""

    code: StatusCode
    reason: ErrorReason


def _rule(code: StatusCode, reason: str) -> Rule:
    return Rule(code, cast("ErrorReason", ErrorReason.Value(f"ERROR_REASON_{reason}")))


RULES: Final[Mapping[type[DomainError], Rule]] = {
    errors.InvalidFieldError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
    errors.TooManyItemsError: _rule(StatusCode.INVALID_ARGUMENT, "TOO_MANY_ITEMS"),
    errors.InvalidVectorsError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_VECTORS"),
    errors.NotFiniteVectorError: _rule(StatusCode.INVALID_ARGUMENT, "NOT_FINITE_VECTOR"),
    errors.ZeroVectorError: _rule(StatusCode.INVALID_ARGUMENT, "ZERO_VECTOR"),
    errors.DimensionMismatchError: _rule(StatusCode.INVALID_ARGUMENT, "DIMENSION_MISMATCH"),
    errors.SpaceMismatchError: _rule(StatusCode.FAILED_PRECONDITION, "SPACE_MISMATCH"),
    errors.CollectionNotFoundError: _rule(StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND"),
    errors.CollectionExistsError: _rule(StatusCode.ALREADY_EXISTS, "COLLECTION_EXISTS"),
    errors.AliasNotFoundError: _rule(StatusCode.NOT_FOUND, "ALIAS_NOT_FOUND"),
    errors.AliasExistsError: _rule(StatusCode.ALREADY_EXISTS, "ALIAS_EXISTS"),
    errors.AliasNotAllowedError: _rule(StatusCode.FAILED_PRECONDITION, "ALIAS_NOT_ALLOWED"),
    errors.CollectionHasAliasesError: _rule(StatusCode.FAILED_PRECONDITION, "COLLECTION_HAS_ALIASES"),
    errors.ViewHasAliasesError: _rule(StatusCode.FAILED_PRECONDITION, "VIEW_HAS_ALIASES"),
    errors.AliasChangedError: _rule(StatusCode.ABORTED, "ALIAS_CHANGED"),
    errors.ViewNotFoundError: _rule(StatusCode.NOT_FOUND, "VIEW_NOT_FOUND"),
    errors.ViewExistsError: _rule(StatusCode.ALREADY_EXISTS, "VIEW_EXISTS"),
    errors.ReindexRunningError: _rule(StatusCode.FAILED_PRECONDITION, "REINDEX_RUNNING"),
    errors.RecordNotFoundError: _rule(StatusCode.NOT_FOUND, "RECORD_NOT_FOUND"),
    errors.ViewMissingError: _rule(StatusCode.FAILED_PRECONDITION, "VIEW_MISSING"),
    errors.InvalidIdError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_ID"),
    errors.DuplicateIdError: _rule(StatusCode.INVALID_ARGUMENT, "DUPLICATE_ID"),
    errors.DefaultViewRequiredError: _rule(StatusCode.INVALID_ARGUMENT, "DEFAULT_VIEW_REQUIRED"),
    errors.FieldTypeMismatchError: _rule(StatusCode.INVALID_ARGUMENT, "FIELD_TYPE_MISMATCH"),
    errors.RecordTooLargeError: _rule(StatusCode.INVALID_ARGUMENT, "RECORD_TOO_LARGE"),
    errors.InvalidPageTokenError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
    errors.InvalidConsistencyTokenError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_CONSISTENCY_TOKEN"),
    errors.InvalidBackendError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_BACKEND"),
    errors.InvalidFilterError: _rule(StatusCode.INVALID_ARGUMENT, "INVALID_FILTER"),
    errors.FieldNotIndexedError: _rule(StatusCode.INVALID_ARGUMENT, "FIELD_NOT_INDEXED"),
    errors.FilterTypeMismatchError: _rule(StatusCode.INVALID_ARGUMENT, "FILTER_TYPE_MISMATCH"),
    errors.ResponseTooLargeError: _rule(StatusCode.RESOURCE_EXHAUSTED, "RESPONSE_TOO_LARGE"),
    errors.OverloadedError: _rule(StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED"),
    errors.NotServingError: _rule(StatusCode.UNAVAILABLE, "NOT_SERVING"),
    errors.DeadlineExceededError: _rule(StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
    errors.CallCancelledError: _rule(StatusCode.CANCELLED, "CANCELLED"),
    errors.StoreUnavailableError: _rule(StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE"),
    errors.SnapshotNotFoundError: _rule(StatusCode.NOT_FOUND, "SNAPSHOT_NOT_FOUND"),
    errors.InvalidSnapshotError: _rule(StatusCode.FAILED_PRECONDITION, "INVALID_SNAPSHOT"),
    errors.NotSupportedError: _rule(StatusCode.UNIMPLEMENTED, "NOT_SUPPORTED"),
    errors.CorruptedError: _rule(StatusCode.DATA_LOSS, "CORRUPTED"),
}
"""Every class of ``errors`` but ViolationsError, which takes the rule of its first violation."""


def refusal_of(error: DomainError) -> Refusal:
    """Return what the caller is told. Violations that do not fit gRPC's trailers are counted in the message."""
    if isinstance(error, ViolationsError):
        return _trimmed(error)
    rule = RULES[type(error)]
    retry_after = _RETRY_SECONDS if isinstance(error, OverloadedError) else None
    return Refusal(rule.code, rule.reason, str(error), error.facts(), retry_after=retry_after)


def internal(incident: str) -> Refusal:
    """Return what the caller is told of a fault of ours: nothing but where to look."""
    return Refusal(
        StatusCode.INTERNAL,
        ErrorReason.ERROR_REASON_INTERNAL,
        f"a fault of the service; its log has the details under incident {incident}",
        {"incident": incident},
    )


def _trimmed(error: ViolationsError) -> Refusal:
    rule = RULES[type(error.violations[0][1])]
    violations = [Violation(shown(path), str(one), RULES[type(one)].reason) for path, one in error.violations]
    listed = Refusal(rule.code, rule.reason, str(error), error.facts(), violations=tuple(violations))
    kept = len(violations)
    while kept > 1 and pack_refusal(listed).ByteSize() > _MOST_STATUS_BYTES:
        kept = kept // 2 if kept > 64 else kept - 1
        message = f"{error.violations[0][1]} (and {len(violations) - 1} more; the first {kept} are listed)"
        listed = replace(listed, message=message, violations=tuple(violations[:kept]))
    return listed
