"""Message sizes and channel options that both ends must set alike. Knows no service."""

from typing import Final

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""Bytes of one message in either direction. gRPC's own default, 4 MiB, holds only 500 vectors of 2,048 float32 values.

gRPC refuses a larger message before any code of ours runs: the caller's stub sees a bare RESOURCE_EXHAUSTED.
"""

GRPC_OVERHEAD_BYTES: Final = 64 * 1024
"""Room kept free below the message limit when a service fills a response up to a byte budget."""


MAX_CONNECTION_AGE_GRACE_SECONDS: Final = 3600
"""How long calls that run on an aged connection may go on. Calls end by their own deadlines long before."""


def connection_age_options(max_connection_seconds: float) -> list[tuple[str, int]]:
    """Return gRPC server options that ask clients to reconnect after *max_connection_seconds*, give or take a tenth.

    A client looks names up again only when a connection ends: without this, replicas started later would get no calls.
    Calls under way finish on the old connection. Zero: never.
    """
    if not max_connection_seconds:
        return []
    return [
        ("grpc.max_connection_age_ms", int(max_connection_seconds * 1000)),
        ("grpc.max_connection_age_grace_ms", MAX_CONNECTION_AGE_GRACE_SECONDS * 1000),
    ]


def message_size_options(max_message_bytes: int = MAX_MESSAGE_BYTES) -> list[tuple[str, int]]:
    """Return gRPC channel or server options that allow messages of *max_message_bytes* both ways."""
    return [
        ("grpc.max_send_message_length", max_message_bytes),
        ("grpc.max_receive_message_length", max_message_bytes),
    ]
