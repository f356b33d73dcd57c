"""Message sizes and channel options that both ends must set alike. Knows no service."""

from typing import Final

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""Bytes of one message in either direction. gRPC's own default, 4 MiB, holds only 500 vectors of 2,048 float32 values.

gRPC refuses a larger message before any code of ours runs: the caller's stub sees a bare RESOURCE_EXHAUSTED.
"""

GRPC_OVERHEAD_BYTES: Final = 64 * 1024
"""Room kept free below the message limit when a service fills a response up to a byte budget."""


def message_size_options(max_message_bytes: int = MAX_MESSAGE_BYTES) -> list[tuple[str, int]]:
    """Return gRPC channel or server options that allow messages of *max_message_bytes* both ways."""
    return [
        ("grpc.max_send_message_length", max_message_bytes),
        ("grpc.max_receive_message_length", max_message_bytes),
    ]
