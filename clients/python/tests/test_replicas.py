"""A replica that is started later gets its calls: over a name server of the test's own, and real connections."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from lensdex.index.v1 import collection_service_pb2 as cs
from lensdex.index.v1 import collection_service_pb2_grpc
from lensdex_client import IndexClient, channel
from lensdex_wire.limits import connection_age_options

TYPE_A = 1


class NameServer:
    """Answers every question for addresses with ``addresses``, over UDP; for anything else, with nothing."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.questions = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            asked, sender = self._socket.recvfrom(4096)
            if not asked:
                return
            self.questions += 1
            self._socket.sendto(self._answer(asked), sender)

    def _answer(self, asked: bytes) -> bytes:
        end = asked.index(b"\0", 12) + 5  # The name's closing zero, type and class.
        question = asked[12:end]
        addresses = self.addresses if struct.unpack("!H", question[-4:-2])[0] == TYPE_A else ()
        header = asked[:2] + struct.pack("!5H", 0x8180, 1, len(addresses), 0, 0)
        answers = [struct.pack("!3HIH", 0xC00C, TYPE_A, 1, 0, 4) + socket.inet_aton(item) for item in addresses]
        return header + question + b"".join(answers)


class Replica(collection_service_pb2_grpc.CollectionServiceServicer):
    """One of several servers behind a name."""

    calls = 0

    def GetIndexInfo(self, request: Any, context: grpc.ServicerContext) -> cs.GetIndexInfoResponse:  # noqa: N802
        self.calls += 1
        return cs.GetIndexInfoResponse(engine="scripted")


@contextlib.contextmanager
def replica(address: str, age_seconds: float) -> Iterator[tuple[Replica, int]]:
    """Serve at *address*, connections no older than *age_seconds*; yield the replica and its port."""
    server = grpc.server(
        ThreadPoolExecutor(4), options=[*connection_age_options(age_seconds), ("grpc.so_reuseport", 0)]
    )
    own = Replica()
    collection_service_pb2_grpc.add_CollectionServiceServicer_to_server(own, server)
    port = server.add_insecure_port(address)
    server.start()
    try:
        yield own, port
    finally:
        server.stop(None).wait()


@pytest.mark.parametrize("age_seconds", [0.5, 0.0])
def test_a_replica_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch, age_seconds: float) -> None:
    """A new replica gets calls once a connection reaches its age; where servers do not bound that, it gets none."""
    monkeypatch.setattr(channel, "MIN_RESOLUTION_INTERVAL_MS", 100)
    names = NameServer("127.0.0.1")
    with contextlib.closing(names), replica("127.0.0.1:0", age_seconds) as (first, port):
        target = f"dns://127.0.0.1:{names.port}/replicas.test:{port}"
        with IndexClient(target) as client, replica(f"127.0.0.2:{port}", age_seconds) as (later, _):
            client.info()
            names.addresses = ("127.0.0.1", "127.0.0.2")
            deadline = time.monotonic() + (10 if age_seconds else 2)
            while not later.calls and time.monotonic() < deadline:
                client.info()
                time.sleep(0.01)

    assert first.calls
    assert bool(later.calls) == bool(age_seconds)
