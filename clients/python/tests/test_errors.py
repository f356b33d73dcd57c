"""Exceptions: every refusal becomes a typed one that carries its facts."""

import inspect
import pickle
import re

import grpc
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import errors
from lensdex_client.refusals import BY_CODE, BY_REASON, error_of_refusal, error_of_rpc, error_of_status
from lensdex_wire.errors import Refusal, Violation, pack_refusal

CODES = re.compile(r"// ([A-Z_]+)")
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


class Failure(grpc.RpcError):
    """What gRPC raises, as data."""

    def __init__(self, code: grpc.StatusCode, details: str, trailing: tuple[tuple[str, bytes], ...] = ()) -> None:
        self._code, self._details, self._trailing = code, details, trailing

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        return self._trailing


def test_every_reason_has_an_exception_of_its_own() -> None:
    """Every reason of the contract but UNSPECIFIED maps to an exception, and no two reasons share one."""
    reasons = set(ErrorReason.values()) - {ErrorReason.ERROR_REASON_UNSPECIFIED}

    assert set(BY_REASON) == reasons
    assert len(set(BY_REASON.values())) == len(BY_REASON)


def test_every_grpc_code_has_an_exception() -> None:
    """Every gRPC code but OK maps to an exception, for errors without our details."""
    assert set(BY_CODE) == set(grpc.StatusCode) - {grpc.StatusCode.OK}


def test_the_docstring_draws_the_tree() -> None:
    """The tree in the module's docstring names every exception at the depth of its inheritance."""
    drawn: dict[str, int] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([│├└─ ]*)(\w+Error)\b", line)
        if found:
            drawn[found[2]] = len(found[1]) // 4
    depths = {kind.__name__: kind.__mro__.index(errors.LensdexError) for kind in CLASSES}

    assert drawn == depths


@pytest.mark.parametrize("reason", [value for value in ErrorReason.values() if value])
def test_a_status_keeps_all_it_says(reason: int) -> None:
    """Reason, code, metadata, violations, retry hint and request id reach the exception."""
    refusal = Refusal(
        code=grpc.StatusCode.FAILED_PRECONDITION,
        reason=reason,  # type: ignore[arg-type]
        message="no",
        metadata={"a": "b"},
        violations=(Violation("records[3].id", "bad"),),
        retry_after=1.5,
    )

    error = error_of_status(pack_refusal(refusal), "request-1")

    assert type(error) is BY_REASON[reason]
    assert error.reason == ErrorReason.Name(reason)  # type: ignore[arg-type]
    assert (error.code, error.metadata, error.retry_after) == (refusal.code, {"a": "b"}, 1.5)
    assert [item.field for item in error.violations] == ["records[3].id"]
    assert "request-1" in str(error)
    assert "records[3].id: bad" in str(error)


def test_details_outrank_the_bare_code() -> None:
    """A failed call with our details becomes the reason's exception, whatever gRPC's code says."""
    refusal = Refusal(grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_NOT_SERVING, "draining")
    details = (("grpc-status-details-bin", pack_refusal(refusal).SerializeToString()),)

    error = error_of_rpc(Failure(grpc.StatusCode.UNKNOWN, "x", details), target="t")

    assert isinstance(error, errors.NotServingError)


def test_unreadable_details_leave_the_bare_code() -> None:
    """Details that are no status are ignored."""
    failure = Failure(grpc.StatusCode.NOT_FOUND, "x", (("grpc-status-details-bin", b"\xff\xff"),))

    assert type(error_of_rpc(failure, target="t")) is errors.NotFoundError


def test_an_unknown_reason_falls_back_to_the_code() -> None:
    """A reason only a newer server knows still becomes the exception of its code."""
    refusal = Refusal(grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_UNSPECIFIED, "new")

    assert type(error_of_refusal(refusal)) is errors.NotFoundError


@pytest.mark.parametrize("text", ["Received message larger than max (5 vs. 4)", "CLIENT: Sent message larger than max"])
def test_grpcs_size_limit_is_a_message_too_large(text: str) -> None:
    """GRPC's own refusal of a message, a bare RESOURCE_EXHAUSTED, is a MessageTooLargeError."""
    error = error_of_rpc(Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, text), target="t")

    assert isinstance(error, errors.MessageTooLargeError)
    assert error.retry_after is None


def test_other_exhaustion_is_not_a_message_too_large() -> None:
    """A bare RESOURCE_EXHAUSTED for another cause stays what it is."""
    error = error_of_rpc(Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "Concurrent RPC limit exceeded!"), target="t")

    assert type(error) is errors.ResourceExhaustedError


def test_deadline_is_a_timeout() -> None:
    """Code that catches TimeoutError catches a deadline."""
    error = error_of_rpc(Failure(grpc.StatusCode.DEADLINE_EXCEEDED, "x"), target="t")

    assert isinstance(error, errors.DeadlineExceededError)
    assert isinstance(error, TimeoutError)


def test_a_space_mismatch_names_what_differs() -> None:
    """``differences`` holds, per field, what the view expects and what the vectors are."""
    facts = {"fields": "pooling", "expected_pooling": "A", "actual_pooling": "B"}
    refusal = Refusal(grpc.StatusCode.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_SPACE_MISMATCH, "no", facts)

    error = error_of_refusal(refusal)

    assert isinstance(error, errors.SpaceMismatchError)
    assert error.differences == {"pooling": ("A", "B")}


def test_errors_survive_pickling() -> None:
    """An exception raised in a worker process arrives whole."""
    refusal = Refusal(grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_RECORD_NOT_FOUND, "no", {"id": "x"})
    error = error_of_refusal(refusal, "request-1")

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert (copy.refusal, copy.request_id) == (error.refusal, "request-1")
