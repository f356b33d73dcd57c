"""The request id: one opaque string that follows a call from the client through logs and errors. Knows no service."""

import re
import secrets
from collections.abc import Iterable
from typing import Final

METADATA_KEY: Final = "x-request-id"
"""gRPC metadata key. Services put its value into whatever they log of the call, and answer it in trailing metadata;
streams in initial metadata besides, as soon as they are taken. Sending that apart costs a tenth of a short call."""

_ACCEPTED: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def new_request_id() -> str:
    """Return a fresh id: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def request_id_of(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """Return the caller's id, or a fresh one where it sent none or one that could disturb a log.

    Accepted are 1 to 64 of ASCII letters, digits and ``._:-``.
    """
    for key, value in metadata:
        if key == METADATA_KEY and isinstance(value, str) and _ACCEPTED.fullmatch(value):
            return value
    return new_request_id()
