"""Everything at once, with SIGKILL at any moment: each snapshot that is listed restores, and shows its moment exactly.

Upserts, updates, deletions by id and by filter, streams, searches, a view that comes and goes, a backend that changes,
and snapshots made, restored and deleted. Snapshots outlive kills, and are held against what was acknowledged by then.
"""

import base64
import random
import signal
import struct as binary
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import numpy as np
import pytest
import test_crash_reindex
import test_crash_views
from index_testing import struct
from test_crash import Writer, check, create, ended, named, row, search, start, versioned

from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import collection_service_pb2_grpc, record_pb2, record_service_pb2_grpc
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex.index.v1 import record_streams_pb2 as streams
from lensdex.index.v1 import snapshots_pb2 as pb
from lensdex_wire.vectors import pack_vectors, unpack_vectors

KEPT = 4
"""Snapshots that are not deleted."""
IN_FLIGHT = 6
"""Items of a stream sent and not answered."""


def sequence_of(token: str) -> int:
    """Return the sequence that a consistency token carries."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return int(binary.unpack(">B8sQ", raw[:17])[2])


@dataclass
class Historian(Writer):
    """A writer that remembers at which sequence each of its records became what."""

    session: int = 0
    history: dict[str, list[tuple[int, int | None]]] = field(default_factory=lambda: defaultdict(list))
    """Of each id: from which sequence on it was at which version, or gone."""
    unanswered: dict[str, list[tuple[int, int | None]]] = field(default_factory=lambda: defaultdict(list))
    """Of each id: a version that a write that was never answered may have made, and in which session."""

    def acknowledge(self, token: str, versions: dict[str, int | None]) -> None:
        """Note an answer."""
        for record_id, version in versions.items():
            self.acknowledged[record_id] = version
            self.history[record_id].append((sequence_of(token), version))

    def before_check(self) -> dict[str, list[int | None]]:
        """Note what was never answered; return it."""
        for record_id, versions in self.uncertain.items():
            self.unanswered[record_id] += [(self.session, version) for version in versions]
        return dict(self.uncertain)

    def after_check(self, uncertain: dict[str, list[int | None]], sequence: int) -> None:
        """Note what became of it, now that *sequence* has it."""
        for record_id in uncertain:
            self.history[record_id].append((sequence, self.acknowledged[record_id]))

    def allowed(self, record_id: str, sequence: int, session: int) -> set[int | None]:
        """Return what a snapshot of that sequence, made in that session, may have of a record."""
        known = [version for at, version in self.history[record_id] if at <= sequence]
        maybe = [version for own, version in self.unanswered[record_id] if own == session]
        return {known[-1] if known else None, *maybe}

    def run(
        self, stub: record_service_pb2_grpc.RecordServiceStub, stop: threading.Event, wrote: threading.Semaphore
    ) -> None:
        choose = random.Random(f"{self.name}/{self.version}")
        while not stop.is_set():
            self.version += 1
            ids = sorted({f"{self.name}-{choose.randrange(30)}" for _ in range(3)})
            wanted, kind = self.version, choose.random()
            if kind < 0.3:
                # Only what is there can be updated.
                ids = [one for one in ids if self.acknowledged.get(one) is not None]
                if not ids:
                    continue
            outcome = None if 0.3 <= kind < 0.6 else wanted
            self.uncertain = {record_id: [outcome] for record_id in ids}
            try:
                answer = self._write(stub, ids, kind)
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                return
            self.acknowledge(answer.consistency_token, dict.fromkeys(ids, outcome))
            self.uncertain = {}
            wrote.release()

    def _write(self, stub: record_service_pb2_grpc.RecordServiceStub, ids: list[str], kind: float) -> object:
        if kind < 0.3:
            rows = np.concatenate([row(record_id, self.version) for record_id in ids])
            updates = [
                record_pb2.RecordUpdate(id=record_id, metadata=struct(version=self.version)) for record_id in ids
            ]
            vectors = [record_pb2.ViewVectors(vectors=pack_vectors(rows))]
            request = rpb.UpdateRecordsRequest(collection="things", updates=updates, vectors=vectors)
            return stub.UpdateRecords(request, timeout=10)
        if kind < 0.45:
            return stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", filter=named(ids)), timeout=10)
        if kind < 0.6:
            return stub.DeleteRecords(rpb.DeleteRecordsRequest(collection="things", ids=ids), timeout=10)
        return stub.UpsertRecords(versioned(ids, self.version), timeout=10)


@dataclass
class Streamer(Historian):
    """A writer by streams: several items are under way at a time, of one id too."""

    def run(
        self, stub: record_service_pb2_grpc.RecordServiceStub, stop: threading.Event, wrote: threading.Semaphore
    ) -> None:
        choose, room, sent = random.Random(f"{self.name}/{self.version}"), threading.Semaphore(IN_FLIGHT), {}
        lock = threading.Lock()

        def messages() -> Iterator[streams.UpsertStreamRequest]:
            yield streams.UpsertStreamRequest(options=streams.UpsertStreamOptions(collection="things"))
            while not stop.is_set():
                if not room.acquire(timeout=0.1):
                    continue
                with lock:
                    self.version += 1
                    record_id = f"{self.name}-{choose.randrange(30)}"
                    sent[self.version] = record_id
                    self.uncertain.setdefault(record_id, []).append(self.version)
                record = record_pb2.Record(id=record_id, metadata=struct(name=record_id, version=self.version))
                vector = streams.UpsertStreamVector(vector=pack_vectors(row(record_id, self.version)))
                item = streams.UpsertStreamItem(sequence=self.version, record=record, vectors=[vector])
                yield streams.UpsertStreamRequest(items=streams.UpsertStreamItems(items=[item]))

        try:
            for answer in stub.UpsertStream(messages()):
                for result in answer.results.results:
                    assert result.WhichOneof("outcome") == "upserted", result
                    record_id = sent.pop(result.sequence)
                    with lock:
                        self.acknowledge(answer.results.consistency_token, {record_id: result.sequence})
                        self.uncertain[record_id].remove(result.sequence)
                        if not self.uncertain[record_id]:
                            del self.uncertain[record_id]
                    wrote.release()
                    room.release()
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise


@dataclass
class Keeper:
    """Who makes snapshots, restores and deletes them, over and over, and knows which there must be."""

    session: int = 0
    kept: dict[str, tuple[int, pb.Snapshot]] = field(default_factory=dict)
    """Those that were answered, by name, and the session each was made in."""
    deleting: str = ""
    """One that may be gone."""
    copies: dict[str, str] = field(default_factory=dict)
    """Collections that were restored, or may have been, and of what."""
    num_made: int = 0

    def run(self, channel: grpc.Channel, made: threading.Semaphore) -> None:
        """Go on until the server is gone."""
        stub = collection_service_pb2_grpc.CollectionServiceStub(channel)
        choose = random.Random(f"keeper/{self.session}")
        try:
            while True:
                *_, last = stub.CreateSnapshot(pb.CreateSnapshotRequest(collection="things"), timeout=30)
                self.kept[last.snapshot.name] = (self.session, last.snapshot)
                self.num_made += 1
                made.release()
                if choose.random() < 0.4:
                    name, copy = choose.choice(sorted(self.kept)), f"copy-{self.num_made}"
                    self.copies[copy] = name
                    for _ in stub.RestoreSnapshot(
                        pb.RestoreSnapshotRequest(snapshot=name, collection=copy), timeout=30
                    ):
                        pass
                    if choose.random() < 0.7:
                        stub.DeleteCollection(cpb.DeleteCollectionRequest(name=copy), timeout=30)
                        del self.copies[copy]
                while len(self.kept) > KEPT:
                    self.deleting = choose.choice(sorted(self.kept))
                    stub.DeleteSnapshot(pb.DeleteSnapshotRequest(snapshot=self.deleting), timeout=30)
                    del self.kept[self.deleting]
                    self.deleting = ""
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise

    def check(self, channel: grpc.Channel, folder: Path, proof: "Proof") -> None:
        """Hold every snapshot, and every collection restored from one, against what was acknowledged by then."""
        stub = collection_service_pb2_grpc.CollectionServiceStub(channel)
        listed = {one.name: one for one in stub.ListSnapshots(pb.ListSnapshotsRequest()).snapshots}
        assert {*self.kept} - {self.deleting} <= {*listed}
        # The last one may have been made and never answered.
        assert len({*listed} - {*self.kept}) <= 1
        assert [path.name for path in folder.glob("snapshots/unfinished/*")] == []
        self.kept = {name: self.kept.get(name, (self.session, one)) for name, one in listed.items()}
        for name, (session, snapshot) in self.kept.items():
            assert listed[name] == snapshot
            assert snapshot.problem == ""
            for _ in stub.RestoreSnapshot(pb.RestoreSnapshotRequest(snapshot=name, collection="proof")):
                pass
            proof.shows(channel, "proof", snapshot, session)
            stub.DeleteCollection(cpb.DeleteCollectionRequest(name="proof"))
        there = [one.name for one in stub.ListCollections(cpb.ListCollectionsRequest()).collections]
        for copy in there:
            if copy == "things":
                continue
            session, snapshot = self.kept.get(self.copies[copy], (-1, None))
            if snapshot is not None:
                proof.shows(channel, copy, snapshot, session)
            stub.DeleteCollection(cpb.DeleteCollectionRequest(name=copy))
        self.deleting, self.copies = "", {}
        until = time.monotonic() + 30
        while len(list(folder.glob("collections/*"))) > 1:
            assert time.monotonic() < until, "something is left of a restored collection"
            time.sleep(0.01)


@dataclass
class Proof:
    """What snapshots are held against."""

    writers: list[Historian]
    num_views: int

    def shows(self, channel: grpc.Channel, name: str, snapshot: pb.Snapshot, session: int) -> None:
        """Compare a restored collection with what was acknowledged by the sequence of its snapshot."""
        records = record_service_pb2_grpc.RecordServiceStub(channel)
        collections = collection_service_pb2_grpc.CollectionServiceStub(channel)
        got = collections.GetCollection(cpb.GetCollectionRequest(name=name))
        views = [view.name for view in got.collection.views]
        page = records.ListRecords(rpb.ListRecordsRequest(collection=name, page_size=1000, views=views))
        assert page.next_page_token == ""
        assert got.statistics.num_records == snapshot.num_records == len(page.records)
        assert got.statistics.sequence == snapshot.sequence
        rows = unpack_vectors(page.vectors[0].vectors)
        stored = {record.id: rows[at] for at, record in enumerate(page.records)}
        for writer in self.writers:
            for number in range(30):
                record_id = f"{writer.name}-{number}"
                allowed = writer.allowed(record_id, snapshot.sequence, session)
                if record_id not in stored:
                    assert None in allowed, f"{record_id} of {allowed} is missing"
                    continue
                fitting = [
                    version
                    for version in allowed
                    if version is not None and np.array_equal(stored[record_id], row(record_id, version)[0])
                ]
                assert fitting, f"{record_id} is none of {allowed}"
        ours = {f"{writer.name}-{number}" for writer in self.writers for number in range(30)}
        assert all(record_id in ours or record_id.startswith("v-") for record_id in stored)
        if len(page.vectors) > 1:
            # All of one view: the one that was there at that moment, whichever of its name that was.
            images = list(zip(page.vectors[1].record_indexes, unpack_vectors(page.vectors[1].vectors), strict=True))
            assert not images or any(
                all(np.array_equal(vector, row(page.records[at].id, number)[0]) for at, vector in images)
                for number in range(1, self.num_views + 1)
            )
        queries = rpb.VectorQueries(vectors=pack_vectors(row("q", 0)))
        found = records.SearchRecords(rpb.SearchRecordsRequest(collection=name, k=1000, vectors=queries))
        assert sorted(hit.record.id for hit in found.results[0].hits.hits) == sorted(stored)


class Actors:
    """All of them."""

    def __init__(self) -> None:
        self.writers: list[Historian] = [Historian("w0"), Historian("w1"), Streamer("s0")]
        self.keeper = Keeper()
        self.views, self.backends = test_crash_views.Changer(), test_crash_reindex.Changer()

    def check(self, channel: grpc.Channel, folder: Path) -> None:
        """Hold everything against what was acknowledged."""
        stub = record_service_pb2_grpc.RecordServiceStub(channel)
        collections = collection_service_pb2_grpc.CollectionServiceStub(channel)
        got = collections.GetCollection(cpb.GetCollectionRequest(name="things"))
        before = [writer.before_check() for writer in self.writers]
        self.backends.check(channel)
        self.views.check(channel)
        check(stub, self.writers)
        for writer, uncertain in zip(self.writers, before, strict=True):
            writer.after_check(uncertain, got.statistics.sequence)
        self.keeper.check(channel, folder, Proof(self.writers, self.views.at))

    def run(self, process: subprocess.Popen[str], channel: grpc.Channel, session: int, choose: random.Random) -> None:
        """Kill the server under all of them, some moment after some of everything was answered."""
        stub = record_service_pb2_grpc.RecordServiceStub(channel)
        stop, (wrote, made, told, changed) = threading.Event(), (threading.Semaphore(0) for _ in range(4))
        for one in (*self.writers, self.keeper):
            one.session = session
        with ThreadPoolExecutor(len(self.writers) + 4) as pool:
            running = [pool.submit(writer.run, stub, stop, wrote) for writer in self.writers]
            running += [
                pool.submit(search, stub, stop, 0),
                pool.submit(self.keeper.run, channel, made),
                pool.submit(self.views.run, channel, changed),
                pool.submit(self.backends.run, channel, session, told),
            ]
            try:
                for waited, number in ((made, 6), (wrote, 40), (changed, 2), (told, 10)):
                    for _ in range(choose.randrange(1, number)):
                        assert waited.acquire(timeout=60)
                time.sleep(choose.random() * 0.1)
            finally:
                process.send_signal(signal.SIGKILL)
                for item in running:
                    item.result(60)
                stop.set()


@pytest.mark.timeout(600)
def test_kill_amid_everything(tmp_path: Path, kills: int) -> None:
    """After SIGKILL amid everything, all that was acknowledged is there, and in each snapshot by its sequence."""
    actors, choose = Actors(), random.Random(11)
    events: list[str] = []
    for number in range(kills + 1):
        process, address = start(tmp_path, events=events)
        with grpc.insecure_channel(address) as channel:
            if number == 0:
                create(channel)
            actors.check(channel, tmp_path)
            if number < kills:
                actors.run(process, channel, number, choose)
            else:
                process.terminate()
        ended(process, -signal.SIGKILL if number < kills else 0)
    assert "collection not served" not in events
    assert actors.keeper.num_made >= kills
