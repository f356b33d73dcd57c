"""Errors on the wire: nothing is lost, and what is not ours is told apart."""

import grpc
import pytest
from google.rpc.status_pb2 import Status

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_wire.errors import DOMAIN, Refusal, Violation, pack_refusal, unpack_refusal

FULL = Refusal(
    code=grpc.StatusCode.RESOURCE_EXHAUSTED,
    reason=ErrorReason.ERROR_REASON_OVERLOADED,
    message="the server is full — try again",
    metadata={"resource": "pending items", "maximum": "8"},
    violations=(Violation("records[3].id", "too long", ErrorReason.ERROR_REASON_INVALID_ID),),
    retry_after=0.25,
)


def test_a_refusal_survives_the_wire() -> None:
    """Code, reason, facts, violations and retry delay come back as they were sent."""
    assert unpack_refusal(Status.FromString(pack_refusal(FULL).SerializeToString())) == FULL


def test_without_a_delay_there_is_no_retry_info() -> None:
    """A refusal that must not be retried carries no RetryInfo at all."""
    refusal = Refusal(grpc.StatusCode.NOT_FOUND, ErrorReason.ERROR_REASON_RECORD_NOT_FOUND, "gone")

    status = pack_refusal(refusal)

    assert [detail.TypeName() for detail in status.details] == ["google.rpc.ErrorInfo"]
    assert unpack_refusal(status).retry_after is None


def test_a_foreign_status_is_not_taken_for_ours() -> None:
    """A status without our domain has no reason of ours, whatever its code."""
    foreign = Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="grpc: message too large")

    assert unpack_refusal(foreign).reason == ErrorReason.ERROR_REASON_UNSPECIFIED


def test_a_reason_of_a_newer_server_is_unspecified() -> None:
    """A reason this version does not know reads as unspecified rather than failing."""
    status = pack_refusal(FULL)
    status.details[0].value = status.details[0].value.replace(b"ERROR_REASON_OVERLOADED", b"ERROR_REASON_OVERL0ADED")

    assert unpack_refusal(status).reason == ErrorReason.ERROR_REASON_UNSPECIFIED


@pytest.mark.parametrize("name", [name for name in ErrorReason.keys() if ErrorReason.Value(name) != 0])  # noqa: SIM118
def test_every_reason_has_an_example_of_its_metadata(name: str) -> None:
    """Above each reason the contract names its gRPC code and its metadata keys."""
    from pathlib import Path

    text = (Path(__file__).parents[1] / "lensdex/common/v1/error_reason.proto").read_text()
    comment = text[: text.index(f"  {name} =")].rsplit("\n\n", 1)[-1]

    assert "Metadata:" in comment
    assert comment.split("//", 1)[1].split()[0].strip(".,").isupper()


def test_the_domain_is_ours() -> None:
    """The domain of our ErrorInfo is part of the contract."""
    assert DOMAIN == "lensdex.dev"
