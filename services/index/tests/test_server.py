"""The process: ready, healthy, draining, alone on its folder; what it says when it cannot start."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from index_testing import Server, make, open_local, put, reason, refusal, running, vectors

from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.__main__ import main
from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import StartError, StoreUnavailableError
from lensdex_index.server import serve
from lensdex_index.settings import Settings
from lensdex_wire.vectors import pack_vectors

SERVICES = ("", "lensdex.index.v1.CollectionService", "lensdex.index.v1.RecordService")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

Start = Callable[..., Awaitable[Server]]


async def health(channel: grpc.aio.Channel) -> set[int]:
    """Return the statuses of all services."""
    stub = health_pb2_grpc.HealthStub(channel)
    return {(await stub.Check(health_pb2.HealthCheckRequest(service=name))).status for name in SERVICES}


class Process:
    """A server in a process of its own."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.ready_file = folder / "ready.json"
        fixed = ("--data-dir", str(folder / "data"), "--port", "0", "--ready-file", str(self.ready_file))
        command = [sys.executable, "-m", "lensdex_index", "serve", *fixed, *flags]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.lines: list[dict[str, object]] = []

    def wait_ready(self) -> dict[str, object]:
        """Read the log until it serves; return what the ready file says."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))
            if self.lines[-1]["event"] == "serving":
                break
        while not self.ready_file.exists():
            assert self.process.poll() is None
        return json.loads(self.ready_file.read_text())

    def finish(self) -> int:
        """Read the rest of the log; return the exit code."""
        _, rest = self.process.communicate(timeout=30)
        self.lines += [json.loads(line) for line in rest.splitlines()]
        return self.process.returncode


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Give a function that starts a server process."""
    spawned = []

    def _spawn(*flags: str) -> Process:
        spawned.append(Process(tmp_path, *flags))
        return spawned[-1]

    yield _spawn
    for process in spawned:
        if process.process.poll() is None:
            process.process.kill()
        process.process.communicate()


async def test_health_is_true_while_starting_serving_and_draining(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every service is NOT_SERVING until recovery is done, SERVING then; calls before are refused with the state."""
    recovered = asyncio.Event()
    loop = asyncio.get_running_loop()
    listening: asyncio.Future[str] = loop.create_future()
    recover = LocalEngine.recover
    add_port = grpc.aio._server.Server.add_insecure_port

    def slowly(engine: LocalEngine) -> None:
        asyncio.run_coroutine_threadsafe(recovered.wait(), loop).result(30)
        recover(engine)

    def noted(server: grpc.aio.Server, address: str) -> int:
        port = add_port(server, address)
        loop.call_soon(listening.set_result, f"127.0.0.1:{port}")
        return port

    monkeypatch.setattr(LocalEngine, "recover", slowly)
    monkeypatch.setattr(grpc.aio._server.Server, "add_insecure_port", noted)

    async def observe() -> tuple[set[int], str]:
        async with grpc.aio.insecure_channel(await listening) as channel:
            before = await health(channel)
            stub = rpb  # the record service answers before it serves, with its state
            call = channel.unary_unary(
                "/lensdex.index.v1.RecordService/CountRecords",
                request_serializer=stub.CountRecordsRequest.SerializeToString,
                response_deserializer=stub.CountRecordsResponse.FromString,
            )
            told = await refusal(call(stub.CountRecordsRequest(collection="things")))
            recovered.set()
            assert reason(told) == "NOT_SERVING"
            return before, told.metadata["state"]

    observing = asyncio.create_task(observe())
    async with running(tmp_path / "data") as server:
        before, state = await observing
        during = await health(server.channel)

    assert (before, state, during) == ({NOT_SERVING}, "starting", {SERVING})


async def test_a_stop_during_recovery_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to stop while it recovers, the service leaves the rest, never says that it serves, and ends cleanly."""
    async with running(tmp_path / "data") as server:
        await server.create()
        await server.upsert(vectors(5))
    loading, stop, readied = asyncio.Event(), asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def slowly(_: RecordsDb, after: object) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            loop.call_soon_threadsafe(loading.set)
            time.sleep(0.01)
            yield "default", np.empty(0, dtype=np.int64), np.empty((0, 8), dtype=np.float32)

    monkeypatch.setattr(RecordsDb, "load", slowly)
    settings = Settings(
        data_dir=tmp_path / "data", port=0, metrics_port=None, ready_file=tmp_path / "ready.json", log_level="info"
    )
    serving = asyncio.create_task(serve(settings, on_ready=readied.append, stop=stop))
    await loading.wait()
    begin = time.monotonic()
    stop.set()
    await serving

    assert time.monotonic() - begin < 2
    assert readied == []
    monkeypatch.undo()
    async with running(tmp_path / "data") as server:
        assert (await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))).num_records == 5


def test_a_stop_during_the_check_of_a_file_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of a large database, one statement, ends early too; the next start finds everything."""
    engine = open_local(tmp_path)
    put(make(engine), [f"r{at}" for at in range(2000)], vectors(2000))
    engine.close()
    stopped = LocalEngine(EngineOptions(tmp_path))
    monkeypatch.setattr("lensdex_index.engines.local.store.records_db._STEPS_PER_QUESTION", 100)
    check = RecordsDb._check
    monkeypatch.setattr(RecordsDb, "_check", lambda db, epoch: (stopped.abandon_recovery(), check(db, epoch)))
    with pytest.raises(RecoveryAbandonedError):
        stopped.recover()
    stopped.close()
    monkeypatch.undo()
    engine = open_local(tmp_path)
    assert engine.collection("things").count() == 2000
    engine.close()


async def test_draining_finishes_what_runs(start: Start) -> None:
    """While draining, health says NOT_SERVING first, new calls are refused, and the running call is answered."""
    server = await start()
    await server.create()
    handle = server.engine.collection("things")
    from lensdex_index import tokens

    token = tokens.pack_consistency(handle.epoch, 1)
    request = rpb.SearchRecordsRequest(
        collection="things", k=1, consistency_token=token, vectors=rpb.VectorQueries(vectors=pack_vectors(vectors(1)))
    )
    watching = health_pb2_grpc.HealthStub(server.channel).Watch(health_pb2.HealthCheckRequest())
    assert (await watching.read()).status == SERVING
    waiting = asyncio.ensure_future(server.records.SearchRecords(request, timeout=30))
    while not handle._visibility._waiting:  # noqa: ASYNC110  nothing tells a test that a call has begun to wait
        await asyncio.sleep(0.001)
    server.stop.set()
    status = (await watching.read()).status
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.records.CountRecords(rpb.CountRecordsRequest(collection="things"))
    handle.delete(["nobody"], deadline=1e12)
    answered = await waiting

    assert status == NOT_SERVING
    # gRPC itself cancels a call that reaches it as it stops, before our refusal can be heard.
    assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert len(answered.results) == 1


async def test_reflection_names_the_services(server: Server) -> None:
    """A generic tool can find out what there is to call."""

    def names() -> list[str]:
        with grpc.insecure_channel(server.ready.address) as channel:
            return list(ProtoReflectionDescriptorDatabase(channel).get_services())

    listed = await asyncio.to_thread(names)
    assert {*SERVICES[1:], "grpc.health.v1.Health"} <= set(listed)


async def test_metrics_page(start: Start) -> None:
    """The metrics page counts calls and reports every collection, under the documented names."""
    server = await start(metrics_port=0)
    await server.create()
    await server.upsert(vectors(5))
    await server.search(vectors(2))
    await refusal(server.records.CountRecords(rpb.CountRecordsRequest(collection="nowhere")))
    assert server.engine.settle(30)

    def page() -> str:
        with urllib.request.urlopen(f"http://{server.ready.metrics_address}/metrics", timeout=10) as answer:
            return answer.read().decode()

    lines = (await asyncio.to_thread(page)).splitlines()
    missing = "ERROR_REASON_COLLECTION_NOT_FOUND"
    expected = [
        'lensdex_index_calls_total{code="OK",method="UpsertRecords",reason=""} 1.0',
        'lensdex_index_calls_total{code="NOT_FOUND",method="CountRecords",reason="MISSING"} 1.0'.replace(
            "MISSING", missing
        ),
        'lensdex_index_search_queries_total{mode="approximate"} 2.0',
        'lensdex_index_records{collection="things"} 5.0',
        'lensdex_index_vectors{collection="things",view="default"} 5.0',
        'lensdex_index_tail_vectors{collection="things",view="default"} 0.0',
        'lensdex_index_stray_vectors{collection="things",view="default"} 0.0',
        "lensdex_index_commit_records_sum 5.0",
        "lensdex_index_commit_writes_sum 1.0",
        "lensdex_index_serving 1.0",
        "lensdex_index_pending_calls 0.0",
    ]
    assert [line for line in expected if line not in lines] == []


async def test_the_metrics_page_outlives_a_store_that_is_away(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where collections cannot be listed just now the page has all else."""
    server = await start(metrics_port=0)

    def away(*_: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(type(server.engine), "specs", away)

    def page() -> str:
        with urllib.request.urlopen(f"http://{server.ready.metrics_address}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    assert "lensdex_index_serving 1.0" in await asyncio.to_thread(page)


async def test_a_corrupted_collection_is_reported_and_the_others_serve(tmp_path: Path) -> None:
    """A collection whose file fails its check answers DATA_LOSS; others are served; it can be deleted."""
    async with running(tmp_path / "data") as server:
        await server.create("good")
        await server.create("bad")
        await server.upsert(vectors(50), name="bad")
        await server.upsert(vectors(5), name="good")
        file = server.engine.collection("bad")._db.path
    damaged = bytearray(file.read_bytes())
    damaged[4096 : 4 * 4096] = os.urandom(3 * 4096)
    file.write_bytes(damaged)

    async with running(tmp_path / "data") as server:
        told = await refusal(server.search(vectors(1), name="bad"))
        exists = await refusal(server.create("bad"))
        good = await server.search(vectors(1), name="good")
        listed = await server.collections.ListCollections(cpb.ListCollectionsRequest())
        assert (await health(server.channel)) == {SERVING}
        await server.collections.DeleteCollection(cpb.DeleteCollectionRequest(name="bad"))
        await server.create("bad")

    assert (told.code, reason(told), told.metadata["collection"]) == (grpc.StatusCode.DATA_LOSS, "CORRUPTED", "bad")
    assert reason(exists) == "COLLECTION_EXISTS"
    assert len(good.results[0].hits.hits) == 3
    assert [collection.name for collection in listed.collections] == ["bad", "good"]


def test_serve_drains_on_a_signal(spawn: Callable[..., Process]) -> None:
    """SIGTERM and SIGINT end the process cleanly: exit code 0, ready file removed, folder free again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        process = spawn("--metrics-port", "0")
        ready = process.wait_ready()
        port = str(ready["address"]).rpartition(":")[2]
        probed = main(["probe", "--port", port])
        process.process.send_signal(number)
        code = process.finish()

        assert ready["pid"] == process.process.pid
        assert str(ready["metrics_address"]).startswith("127.0.0.1:")
        assert (probed, code) == (0, 0)
        assert not process.ready_file.exists()
        assert [line["event"] for line in process.lines[-2:]] == ["draining", "stopped"]
        assert main(["probe", "--port", port]) == 1


def test_second_process_on_a_folder_refuses_to_start(spawn: Callable[..., Process], tmp_path: Path) -> None:
    """A second process on one data folder ends at once, names the first, and leaves it serving."""
    first = spawn("--metrics-port", "none")
    ready = first.wait_ready()
    command = [sys.executable, "-m", "lensdex_index", "serve", "--port", "0", "--metrics-port", "none"]
    second = subprocess.run(
        [*command, "--data-dir", str(tmp_path / "data")], capture_output=True, text=True, timeout=30, check=False
    )

    assert second.returncode == 1
    assert f"in use by another index process (pid {ready['pid']})" in second.stderr
    assert "Traceback" not in second.stderr
    assert ready["metrics_address"] is None
    assert main(["probe", "--port", str(ready["address"]).rpartition(":")[2]]) == 0


async def test_a_port_in_use_is_told(server: Server, tmp_path: Path) -> None:
    """Two servers never share a port silently."""
    port = int(server.ready.address.rpartition(":")[2])
    with pytest.raises(StartError, match=str(port)):
        async with running(tmp_path / "other", port=port):
            pass


def test_a_lost_catalog_is_told(tmp_path: Path) -> None:
    """Collections without their catalog stop the start instead of being forgotten."""
    engine = open_local(tmp_path)
    make(engine)
    engine.close()
    (tmp_path / "catalog.db").unlink()
    with pytest.raises(StartError, match=r"catalog\.db is missing"):
        open_local(tmp_path)


@pytest.mark.parametrize("argv", [[], ["dance"]])
def test_misuse_shows_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a known command the usage is shown and the code is 2."""
    assert main(argv) == 2
    assert "serve" in capsys.readouterr().err
