"""Reindexing with SIGKILL at any moment: the old backend or the new one, as answered, and nothing lost either way."""

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from test_crash import SAVING, Writer, check, create, ended, search, start

from lensdex.index.v1 import collection_pb2, collection_service_pb2_grpc, record_service_pb2_grpc
from lensdex.index.v1 import collection_service_pb2 as cpb

BACKENDS = ("hnsw", "faiss", "exact")


class Changer:
    """Who changes the backend over and over, and knows which it must be."""

    def __init__(self) -> None:
        self.allowed = {"hnsw"}

    def run(self, channel: grpc.Channel, seed: int, told: threading.Semaphore) -> None:
        """Reindex until the server is gone."""
        stub = collection_service_pb2_grpc.CollectionServiceStub(channel)
        choose = random.Random(seed)
        while True:
            backend = choose.choice(BACKENDS)
            self.allowed.add(backend)
            request = cpb.ReindexRequest(collection="things", backend=collection_pb2.Backend(name=backend))
            try:
                for _ in stub.Reindex(request, timeout=30):
                    told.release()
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    return
                raise
            self.allowed = {backend}

    def check(self, channel: grpc.Channel) -> None:
        """Compare the backend with what was answered."""
        stub = collection_service_pb2_grpc.CollectionServiceStub(channel)
        got = stub.GetCollection(cpb.GetCollectionRequest(name="things"))
        backend = got.collection.views[0].backend.name
        assert backend in self.allowed
        self.allowed = {backend}


def test_kill_amid_reindexing(tmp_path: Path, kills: int) -> None:
    """After SIGKILL amid reindexing and writes the backend is one that was answered, and all is there and found."""
    changer, writers = Changer(), [Writer("w0"), Writer("w1")]
    choose = random.Random(10)
    events: list[str] = []
    for number in range(kills + 1):
        process, address = start(tmp_path, flags=SAVING, events=events)
        with grpc.insecure_channel(address) as channel:
            stub = record_service_pb2_grpc.RecordServiceStub(channel)
            if number == 0:
                create(channel)
            changer.check(channel)
            check(stub, writers)
            if number < kills:
                stop, wrote, told = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
                with ThreadPoolExecutor(4) as pool:
                    running = [pool.submit(writer.run, stub, stop, wrote) for writer in writers]
                    running += [pool.submit(search, stub, stop, 0), pool.submit(changer.run, channel, number, told)]
                    try:
                        for _ in range(choose.randrange(5, 40)):
                            assert told.acquire(timeout=30)
                        stop.wait(choose.random() * 0.03)
                    finally:
                        process.send_signal(signal.SIGKILL)
                        for item in running:
                            item.result(30)
                        stop.set()
            else:
                process.terminate()
        ended(process, -signal.SIGKILL if number < kills else 0)
    assert "collection not served" not in events
    # One view, one graph: what a change or its end left behind is gone.
    assert len(list(tmp_path.glob("collections/*/*.graph*"))) <= 1
