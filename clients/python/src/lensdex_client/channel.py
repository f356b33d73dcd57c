"""How channels are opened: addresses, message sizes, keepalive, balancing. Knows no service; both faces use it."""

import json
from typing import Final

from lensdex_wire.limits import message_size_options

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


def channel_options() -> list[tuple[str, str | int]]:
    """Return the options of every channel.

    ``round_robin`` spreads calls over all addresses a name resolves to (``dns:///embedder:50051``). gRPC resolves
    again when a connection is lost: a replica that goes is noticed at once, one that comes as soon as any connection
    ends. Servers that bound the age of connections make that a matter of minutes.
    """
    return [
        *message_size_options(),
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
