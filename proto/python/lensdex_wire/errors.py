"""Errors on the wire: code, reason and facts ↔ ``google.rpc.Status``. Both ends agree on it; it knows no service.

A status of ours always carries an ErrorInfo with our domain, so a client can tell our refusals from gRPC's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from lensdex.common.v1.error_reason_pb2 import ErrorReason

DOMAIN: Final = "lensdex.dev"
"""``ErrorInfo.domain`` of every error Lensdex produces."""

_CODES: Final[dict[int, grpc.StatusCode]] = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with an all-or-nothing call."""

    field: str
    """Path of the request field, e.g. ``records[3].id``."""
    description: str
    reason: ErrorReason = ErrorReason.ERROR_REASON_INVALID_FIELD


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as plain data: what a service answers and a client raises."""

    code: grpc.StatusCode
    reason: ErrorReason
    message: str
    """A sentence for people: what is wrong, the limit, the remedy."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """The facts of the message under the keys the contract names for the reason."""
    violations: Sequence[Violation] = ()
    retry_after: float | None = None
    """Seconds after which the call may be tried again; None: do not retry."""


def pack_refusal(refusal: Refusal) -> Status:
    """Return *refusal* as a status with ErrorInfo and, where they apply, BadRequest and RetryInfo."""
    details = [ErrorInfo(reason=ErrorReason.Name(refusal.reason), domain=DOMAIN, metadata=dict(refusal.metadata))]
    packed = [_any(detail) for detail in details]
    if refusal.violations:
        violations = [
            BadRequest.FieldViolation(
                field=violation.field, description=violation.description, reason=ErrorReason.Name(violation.reason)
            )
            for violation in refusal.violations
        ]
        packed.append(_any(BadRequest(field_violations=violations)))
    if refusal.retry_after is not None:
        delay = duration_pb2.Duration()
        delay.FromNanoseconds(int(refusal.retry_after * 1e9))
        packed.append(_any(RetryInfo(retry_delay=delay)))
    code: int = refusal.code.value[0]
    return Status(code=code, message=refusal.message, details=packed)


def unpack_refusal(status: Status) -> Refusal:
    """Return *status* as plain data. A status that is not ours comes back with ERROR_REASON_UNSPECIFIED."""
    reason = ErrorReason.ERROR_REASON_UNSPECIFIED
    metadata: dict[str, str] = {}
    violations: list[Violation] = []
    retry_after: float | None = None
    info, bad_request, retry = (
        ErrorInfo(),
        BadRequest(),
        RetryInfo(),
    )
    for detail in status.details:
        if detail.Unpack(info) and info.domain == DOMAIN:
            reason = _reason(info.reason)
            metadata = dict(info.metadata)
        elif detail.Unpack(bad_request):
            violations.extend(
                Violation(item.field, item.description, _reason(item.reason)) for item in bad_request.field_violations
            )
        elif detail.Unpack(retry):
            retry_after = retry.retry_delay.ToNanoseconds() / 1e9
    return Refusal(
        code=_CODES.get(status.code, grpc.StatusCode.UNKNOWN),
        reason=reason,
        message=status.message,
        metadata=metadata,
        violations=tuple(violations),
        retry_after=retry_after,
    )


def _any(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed


def _reason(name: str) -> ErrorReason:
    """Return the reason of that name; one a newer server knows and we do not is UNSPECIFIED."""
    if name in ErrorReason.keys():  # noqa: SIM118  an enum wrapper is no mapping
        return cast("ErrorReason", ErrorReason.Value(name))
    return ErrorReason.ERROR_REASON_UNSPECIFIED
