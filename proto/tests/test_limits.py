"""Options both ends agree on: reconnecting finds new replicas and loses no call."""

from concurrent.futures import ThreadPoolExecutor

import grpc

from lensdex_wire.limits import MAX_MESSAGE_BYTES, connection_age_options, message_size_options


def test_message_limits_hold_in_both_directions() -> None:
    """The one message limit is set for sending and for receiving."""
    assert dict(message_size_options()) == {
        "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
        "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    }


def test_zero_seconds_keep_connections() -> None:
    """Zero switches reconnecting off."""
    assert connection_age_options(0) == []


def test_clients_reconnect_and_lose_no_call() -> None:
    """A client of an aged connection connects again, and none of its calls fails."""
    peers: set[str] = set()

    def echo(request: bytes, context: grpc.ServicerContext) -> bytes:
        peers.add(context.peer())
        return request

    handler = grpc.method_handlers_generic_handler("t.T", {"Echo": grpc.unary_unary_rpc_method_handler(echo)})
    server = grpc.server(ThreadPoolExecutor(2), options=connection_age_options(0.05))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.unary_unary("/t.T/Echo", request_serializer=None, response_deserializer=None)
            calls = 0
            while len(peers) < 3:
                assert call(b"x", timeout=10) == b"x"
                calls += 1
    finally:
        server.stop(None)

    assert calls >= 3
