"""Asks a server on this machine for its health. For container health checks: no client library needed."""

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_ANY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]", "[::]": "[::1]"}  # noqa: S104  not bound, asked


def is_serving(host: str, port: int, timeout: float) -> bool:
    """Return whether the server at *host* and *port* says SERVING within *timeout* seconds."""
    with grpc.insecure_channel(f"{_ANY_ADDRESS.get(host, host)}:{port}") as channel:
        check = health_pb2_grpc.HealthStub(channel).Check  # type: ignore[attr-defined]
        try:
            answer = check(health_pb2.HealthCheckRequest(), timeout=timeout)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
