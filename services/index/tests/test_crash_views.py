"""Adding, filling and dropping a view, with SIGKILL at any moment: what was acknowledged is so, nothing old returns."""

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import numpy as np
from test_crash import DIMENSION, Writer, check, create, ended, row, search, start

from lensdex.index.v1 import collection_pb2, collection_service_pb2_grpc, record_pb2, record_service_pb2_grpc
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_wire.vectors import pack_vectors, unpack_vectors


@dataclass
class Changer:
    """Who adds the view, gives it to records of its own, and drops it, over and over."""

    at: int = 0
    """Views added so far, answered or not."""
    is_there: bool = False
    uncertain: bool = False
    """Whether it may be the other way."""
    given: set[str] = field(default_factory=set)
    """Ids that must have it, where it is there."""

    def run(self, channel: grpc.Channel, wrote: threading.Semaphore) -> None:
        """Change until the server is gone."""
        collections = collection_service_pb2_grpc.CollectionServiceStub(channel)
        records = record_service_pb2_grpc.RecordServiceStub(channel)
        choose = random.Random(self.at)
        while True:
            try:
                self._change(collections)
                ids = [f"v-{choose.randrange(30)}" for _ in range(3)] if self.is_there else []
                for record_id in dict.fromkeys(ids):
                    records.UpsertRecords(self._record(record_id), timeout=10)
                    self.given.add(record_id)
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    return
                raise
            wrote.release()

    def _change(self, stub: collection_service_pb2_grpc.CollectionServiceStub) -> None:
        self.uncertain = True
        if self.is_there:
            stub.DropView(cpb.DropViewRequest(collection="things", view="image"), timeout=10)
        else:
            self.at += 1
            view = collection_pb2.View(name="image", dimension=DIMENSION)
            stub.AddView(cpb.AddViewRequest(collection="things", view=view), timeout=10)
        self.is_there, self.uncertain = not self.is_there, False
        self.given = set()

    def _record(self, record_id: str) -> rpb.UpsertRecordsRequest:
        blocks = [
            record_pb2.ViewVectors(vectors=pack_vectors(row(record_id, 0))),
            record_pb2.ViewVectors(view="image", vectors=pack_vectors(row(record_id, self.at))),
        ]
        return rpb.UpsertRecordsRequest(collection="things", records=[record_pb2.Record(id=record_id)], vectors=blocks)

    def check(self, channel: grpc.Channel) -> None:
        """Compare what there is with what was acknowledged, and remove the records."""
        collections = collection_service_pb2_grpc.CollectionServiceStub(channel)
        stub = record_service_pb2_grpc.RecordServiceStub(channel)
        got = collections.GetCollection(cpb.GetCollectionRequest(name="things"))
        is_there = "image" in [view.name for view in got.collection.views]
        assert is_there == self.is_there or self.uncertain
        if is_there != self.is_there:
            self.given = set()
        self.is_there, self.uncertain = is_there, False
        ids = [f"v-{at}" for at in range(30)]
        if is_there:
            answer = stub.GetRecords(rpb.GetRecordsRequest(collection="things", ids=ids, views=["image"]))
            block = answer.vectors[0]
            found = {ids[at] for at in block.record_indexes}
            # The last one may have been written and never answered.
            assert self.given <= found
            assert len(found - self.given) <= 1
            rows = unpack_vectors(block.vectors)
            for at, vector in zip(block.record_indexes, rows, strict=True):
                assert np.array_equal(vector, row(ids[at], self.at)[0]), "of a view that was dropped"
            queries = rpb.VectorQueries(vectors=pack_vectors(row("v", 0)))
            request = rpb.SearchRecordsRequest(collection="things", view="image", k=100, vectors=queries)
            hits = stub.SearchRecords(request).results[0].hits.hits
            assert {hit.record.id for hit in hits} == found
        stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=ids))
        self.given = set()


def test_kill_amid_changes_of_views(tmp_path: Path, kills: int) -> None:
    """After SIGKILL amid adding, filling and dropping a view, it is there or not as answered, with its own vectors."""
    changer, writer = Changer(), Writer("w")
    choose = random.Random(9)
    for number in range(kills + 1):
        process, address = start(tmp_path)
        with grpc.insecure_channel(address) as channel:
            stub = record_service_pb2_grpc.RecordServiceStub(channel)
            if number == 0:
                create(channel)
            changer.check(channel)
            check(stub, [writer])
            if number < kills:
                stop, wrote, changed = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
                with ThreadPoolExecutor(3) as pool:
                    running = [
                        pool.submit(changer.run, channel, changed),
                        pool.submit(writer.run, stub, stop, wrote),
                        pool.submit(search, stub, stop, 0),
                    ]
                    try:
                        for _ in range(choose.randrange(5, 40)):
                            assert changed.acquire(timeout=30)
                        stop.wait(choose.random() * 0.02)
                    finally:
                        process.send_signal(signal.SIGKILL)
                        for item in running:
                            item.result(30)
                        stop.set()
            else:
                process.terminate()
        ended(process, -signal.SIGKILL if number < kills else 0)
