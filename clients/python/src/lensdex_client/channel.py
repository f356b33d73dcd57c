"""How channels are opened: addresses, message sizes, keepalive, balancing. Knows no service; both faces use it."""

import json
from typing import Final

from lensdex_wire.limits import MAX_MESSAGE_BYTES, message_size_options

KEEPALIVE_MS: Final = 310_000
"""Longer than the five minutes below which gRPC servers, unless told otherwise, take pings for an attack."""

MIN_RESOLUTION_INTERVAL_MS: Final = 5_000
"""gRPC's own is 30 s, during which a replica that came back under another address would not be seen."""

INITIAL_RECONNECT_MS: Final = 200
"""Wait before the second connection attempt; gRPC's own is one second, in which every retry would fail at once."""

MAX_RECONNECT_MS: Final = 5_000

CONNECT_TIMEOUT_MS: Final = 10_000
"""Time for one connection attempt. gRPC calls it the shortest back-off, and uses it as this."""

SERVICE_CONFIG: Final = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})


MIN_MESSAGE_BYTES: Final = 1024 * 1024
LARGEST_MESSAGE_BYTES: Final = 2**31 - 1
"""What gRPC can be told."""


def checked_message_bytes(max_message_bytes: int) -> int:
    """Return *max_message_bytes*. Raises ValueError unless it is 1 MiB to 2 GiB less one byte, as for the services."""
    if not MIN_MESSAGE_BYTES <= max_message_bytes <= LARGEST_MESSAGE_BYTES:
        raise ValueError(
            f"a message may have {MIN_MESSAGE_BYTES:,} to {LARGEST_MESSAGE_BYTES:,} bytes, got {max_message_bytes:,}"
        )
    return max_message_bytes


def channel_options(max_message_bytes: int = MAX_MESSAGE_BYTES) -> list[tuple[str, str | int]]:
    """Return the options of every channel; *max_message_bytes* counts for one message, either way.

    ``round_robin`` spreads calls over all addresses a name resolves to (``dns:///embedder:50051``). gRPC resolves
    again when a connection ends: a replica that goes is noticed at once, one that comes as soon as any connection ends.
    Both services end them after ``--max-connection-seconds``, 300 unless told otherwise; 0 there means never.
    """
    return [
        *message_size_options(max_message_bytes),
        ("grpc.service_config", SERVICE_CONFIG),
        ("grpc.dns_min_time_between_resolutions_ms", MIN_RESOLUTION_INTERVAL_MS),
        ("grpc.initial_reconnect_backoff_ms", INITIAL_RECONNECT_MS),
        ("grpc.min_reconnect_backoff_ms", CONNECT_TIMEOUT_MS),
        ("grpc.max_reconnect_backoff_ms", MAX_RECONNECT_MS),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", 20_000),
        # Clients to one address would share a connection otherwise, and closing one would not close it.
        ("grpc.use_local_subchannel_pool", 1),
    ]
