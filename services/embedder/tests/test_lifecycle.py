"""A process from start to end: health at every moment, draining, signals, exit codes, metrics, reflection, logs."""

import asyncio
import json
import re
import signal
import socket
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import embedder_service_pb2_grpc
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder import loading, server
from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.settings import Settings

EMBEDDER = "lensdex.embedder.v1.EmbedderService"
RERANKER = "lensdex.embedder.v1.RerankerService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
FAKE = ("serve", "--engine", "fake", "--embedding-model", "one", "--port", "0", "--metrics-port", "none")


def _health(channel: aio.Channel) -> Any:
    return health_pb2_grpc.HealthStub(channel)  # type: ignore[attr-defined]


async def _states(channel: aio.Channel, *names: str) -> list[int]:
    stub = _health(channel)
    return [(await stub.Check(health_pb2.HealthCheckRequest(service=name))).status for name in names]


# Health.


async def test_health_while_serving(serving: Any) -> None:
    """Once the models are warm each service and the whole are SERVING; a service nobody offers is not found."""
    running = await serving(reranking_model="")
    assert await _states(running.channel, "", EMBEDDER) == [SERVING, SERVING]
    with pytest.raises(aio.AioRpcError) as caught:
        await _states(running.channel, RERANKER)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago, for a server whose port must be known before it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_health_before_the_model_is_loaded(
    gated: Any, text: Any, refused: Any, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a model loads the port answers, health is NOT_SERVING and calls are refused as starting; then all serve."""
    gate = threading.Event()

    def load(name: str, options: Any) -> Any:
        assert gate.wait(20)
        return gated()

    monkeypatch.setattr(loading, "open_embedding_engine", load)
    stop, ready = asyncio.Event(), asyncio.Event()
    settings = Settings(
        engine="fake", embedding_model="one", reranking_model="two", port=free_port, metrics_port=None, ready_file=None
    )
    task = asyncio.create_task(server.serve(settings, stop=stop, on_ready=lambda _: ready.set()))
    async with aio.insecure_channel(f"127.0.0.1:{free_port}") as channel:
        await channel.channel_ready()
        assert await _states(channel, "", EMBEDDER, RERANKER) == [NOT_SERVING] * 3
        stub: Any = embedder_service_pb2_grpc.EmbedderServiceStub(channel)  # type: ignore[no-untyped-call]
        for call in (
            stub.Embed(pb.EmbedRequest(contents=[text("a")])),
            stub.GetEmbedderInfo(pb.GetEmbedderInfoRequest()),
            stub.CountTokens(pb.CountTokensRequest()),
        ):
            refusal = await refused(call)
            assert (refusal.code, refusal.reason) == (
                grpc.StatusCode.UNAVAILABLE,
                ErrorReason.ERROR_REASON_NOT_SERVING,
            )
            assert dict(refusal.metadata) == {"state": "starting"}
        assert not ready.is_set()
        gate.set()
        await asyncio.wait_for(ready.wait(), 20)
        assert await _states(channel, "", EMBEDDER, RERANKER) == [SERVING] * 3
        assert len((await stub.Embed(pb.EmbedRequest(contents=[text("a")]))).results) == 1
    stop.set()
    await task


async def test_draining(serving: Any, gated: Any, text: Any, refused: Any, until: Any) -> None:
    """While draining health is NOT_SERVING, new calls are refused as draining, and a running call gets its answer."""
    engine = gated()
    running = await serving(engine=engine)
    engine.gate.clear()
    embed = asyncio.ensure_future(running.embedder.Embed(pb.EmbedRequest(contents=[text("a"), text("b")])))
    rerank = asyncio.ensure_future(
        running.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=[text("c")]))
    )
    await until(lambda: engine.num_prepared == 3)
    watch = _health(running.channel).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == SERVING
    running.stop.set()
    assert (await watch.read()).status == NOT_SERVING
    assert await _states(running.channel, "", EMBEDDER, RERANKER) == [NOT_SERVING] * 3
    for call in (
        running.embedder.Embed(pb.EmbedRequest(contents=[text("late")])),
        running.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest()),
        running.reranker.GetRerankerInfo(reranker_pb.GetRerankerInfoRequest()),
    ):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, ErrorReason.ERROR_REASON_NOT_SERVING)
        assert dict(refusal.metadata) == {"state": "draining"}
    assert not running.task.done()
    engine.gate.set()
    assert [result.embedded.row for result in (await embed).results] == [0, 1]
    assert (await rerank).results[0].relevance.rank == 1
    await running.task
    assert "late" not in engine.ran()


async def test_a_watcher_of_health_does_not_hold_up_the_end(serving: Any) -> None:
    """A stream that watches the health, which never ends by itself, does not keep a process up for its grace time."""
    running = await serving(grace_seconds=600)
    watch = _health(running.channel).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == SERVING
    running.stop.set()
    await asyncio.wait_for(running.task, 10)


async def test_the_grace_time_ends(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """When the grace time is over running calls are cut off, and what waits is never run."""
    engine = gated()
    running = await serving(engine=engine, grace_seconds=0.1, max_batch_items=1)
    engine.gate.clear()
    calls = [asyncio.ensure_future(running.embedder.Embed(pb.EmbedRequest(contents=[text(name)]))) for name in "ab"]
    await until(lambda: engine.num_prepared == 2 and len(engine.batches) == 1)
    running.stop.set()
    for call in calls:
        with pytest.raises(aio.AioRpcError):
            await call
    await asyncio.wait_for(running.task, 10)
    engine.gate.set()
    assert len(engine.ran()) == 1


async def test_stop_while_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to stop while a model loads, the server ends at once and never says that it serves."""
    gate = threading.Event()
    monkeypatch.setattr(loading, "open_embedding_engine", lambda name, options: gate.wait(20))
    stop = asyncio.Event()
    settings = Settings(engine="fake", embedding_model="one", port=0, metrics_port=None)
    task = asyncio.create_task(server.serve(settings, stop=stop, on_ready=lambda _: pytest.fail("ready")))
    try:
        stop.set()
        await asyncio.wait_for(task, 10)
    finally:
        gate.set()


async def test_a_model_that_cannot_be_loaded(serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that cannot be loaded ends the server with the reason."""

    def load(name: str, options: Any) -> Any:
        raise CheckpointError("the checkpoint lacks everything")

    monkeypatch.setattr(loading, "open_reranking_engine", load)
    with pytest.raises(CheckpointError, match="lacks everything"):
        await serving()


async def test_no_room_for_the_template(serving: Any) -> None:
    """A length limit below the model's own template ends the server with the setting's name."""
    with pytest.raises(CheckpointError, match="LENSDEX_EMBEDDER_MAX_EMBEDDING_TOKENS = 16"):
        await serving(max_embedding_tokens=16)
    with pytest.raises(CheckpointError, match="LENSDEX_EMBEDDER_MAX_RERANKING_TOKENS = 16"):
        await serving(max_reranking_tokens=16)


async def test_ipv6(serving: Any, text: Any) -> None:
    """An IPv6 address can be listened on; the addresses reported can be used as they are."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    running = await serving(host="::1", metrics_port=0)
    assert running.address.startswith("[::1]:")
    assert len((await running.embedder.Embed(pb.EmbedRequest(contents=[text("a")]))).results) == 1
    assert "lensdex_embedder_serving 1.0" in await asyncio.to_thread(_page, running.metrics_address)


# Metrics and reflection.


def _page(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


async def test_metrics(serving: Any, text: Any) -> None:
    """The metrics count calls by outcome, items by outcome, batches by size and tokens, and say what is pending."""
    running = await serving(metrics_port=0)
    await running.embedder.Embed(pb.EmbedRequest(contents=[text("a b"), text("")]))
    await running.reranker.Rerank(reranker_pb.RerankRequest(query=text("q"), documents=[text("d")]))
    with pytest.raises(aio.AioRpcError):
        await running.embedder.Embed(pb.EmbedRequest())
    page = await asyncio.to_thread(_page, running.metrics_address)
    embed = f'method="{EMBEDDER}/Embed"'
    for line in (
        f'lensdex_embedder_calls_total{{code="OK",{embed},reason=""}} 1.0',
        f'lensdex_embedder_calls_total{{code="INVALID_ARGUMENT",{embed},reason="ERROR_REASON_INVALID_FIELD"}} 1.0',
        f"lensdex_embedder_call_seconds_count{{{embed}}} 2.0",
        'lensdex_embedder_items_total{reason="",role="embedding"} 1.0',
        'lensdex_embedder_items_total{reason="ERROR_REASON_EMPTY_CONTENT",role="embedding"} 1.0',
        'lensdex_embedder_items_total{reason="",role="reranking"} 1.0',
        'lensdex_embedder_batch_items_sum{role="embedding"} 1.0',
        'lensdex_embedder_batch_tokens_sum{role="embedding"} 10.0',
        'lensdex_embedder_batch_failures_total{role="embedding"} 0.0',
        'lensdex_embedder_batch_seconds_count{role="reranking"} 1.0',
        'lensdex_embedder_queue_seconds_count{priority="interactive",role="embedding"} 1.0',
        'lensdex_embedder_preprocess_seconds_count{role="embedding"} 1.0',
        'lensdex_embedder_queued_items{priority="interactive",role="embedding"} 0.0',
        'lensdex_embedder_queued_items{priority="bulk",role="embedding"} 0.0',
        'lensdex_embedder_pending_items{priority="interactive"} 0.0',
        'lensdex_embedder_pending_bytes{priority="interactive"} 0.0',
        "lensdex_embedder_open_streams 0.0",
        "lensdex_embedder_serving 1.0",
    ):
        assert line in page.splitlines()


async def test_pending_metrics(serving: Any, gated: Any, text: Any, until: Any) -> None:
    """What is accepted and not yet answered is shown while it is."""
    engine = gated()
    running = await serving(engine=engine, metrics_port=0)
    engine.gate.clear()
    request = pb.EmbedRequest(contents=[text("a"), text("b"), text("c")])
    call = asyncio.ensure_future(running.embedder.Embed(request))
    await until(lambda: engine.num_prepared == 3)
    page = await asyncio.to_thread(_page, running.metrics_address)
    engine.gate.set()
    await call
    assert 'lensdex_embedder_pending_items{priority="interactive"} 3.0' in page
    assert f'lensdex_embedder_pending_bytes{{priority="interactive"}} {float(request.ByteSize())}' in page


async def test_reflection(serving: Any) -> None:
    """Reflection lists exactly what this process offers, and gives the descriptors."""
    running = await serving(reranking_model="")
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(running.channel)

    async def ask(request: Any) -> Any:
        call = stub.ServerReflectionInfo()
        await call.write(request)
        answer = await call.read()
        await call.done_writing()
        return answer

    listed = await ask(reflection_pb2.ServerReflectionRequest(list_services=""))
    names = {item.name for item in listed.list_services_response.service}
    assert names == {EMBEDDER, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    found = await ask(reflection_pb2.ServerReflectionRequest(file_containing_symbol=EMBEDDER))
    assert found.file_descriptor_response.file_descriptor_proto


# Real processes.


async def _ready(process: Any, path: Path, until: Callable[..., Any]) -> dict[str, Any]:
    def written() -> bool:
        assert process.poll() is None, process.stderr.read()
        return path.exists()

    await until(written)
    facts: dict[str, Any] = json.loads(path.read_text())  # noqa: ASYNC240  a hundred bytes
    return facts


GATED_PROCESS = """
import sys, pathlib, time
from lensdex_embedder.__main__ import _leave, main
from lensdex_embedder.engines import fake
embed = fake.FakeEngine.embed
folder = pathlib.Path(sys.argv.pop(1))
where = sys.argv.pop(1)
def wait():
    (folder / "entered").touch()
    while not (folder / "go").exists():
        time.sleep(0.005)
def held(self, batch):
    if (folder / "ready").exists():
        wait()
    return embed(self, batch)
fake.FakeEngine.embed = held
if where == "loading":
    fake.FakeEngine.__init__ = lambda self, **_: wait()
_leave(main(sys.argv[1:]))
"""


@pytest.fixture
def held(command: Any, tmp_path: Path) -> Callable[..., Any]:
    """Start a real process whose engine waits for the file `go` and leaves `entered` when it does."""

    def start(*arguments: str, where: str = "running") -> Any:
        run = ("-c", GATED_PROCESS, str(tmp_path), where)
        return command(*FAKE, "--ready-file", str(tmp_path / "ready"), *arguments, run=run)

    return start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains(held: Any, text: Any, until: Any, tmp_path: Path, number: signal.Signals) -> None:
    """After SIGTERM or SIGINT a real process answers its running call, and exits with 0."""
    process = held()
    facts = await _ready(process, tmp_path / "ready", until)
    assert facts["pid"] == process.pid
    assert facts["metrics_address"] is None
    async with aio.insecure_channel(facts["address"]) as channel:
        stub: Any = embedder_service_pb2_grpc.EmbedderServiceStub(channel)  # type: ignore[no-untyped-call]
        call = stub.Embed(pb.EmbedRequest(contents=[text("a")]), metadata=(("x-request-id", "drained"),))
        answer = asyncio.ensure_future(call)
        await until((tmp_path / "entered").exists)
        watch = _health(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == SERVING
        process.send_signal(number)
        assert (await watch.read()).status == NOT_SERVING
        (tmp_path / "go").touch()
        assert (await answer).results[0].embedded.num_tokens == 9
    out, err = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode == 0
    assert out == ""
    assert not (tmp_path / "ready").exists(), "nobody is ready any more"
    lines = [json.loads(line) for line in err.splitlines()]
    events = [line["event"] for line in lines]
    assert [events[0], *events[-3:]] == ["serving", "draining", "call", "stopped"]
    (logged,) = [line for line in lines if line["event"] == "call"]
    assert (logged["request_id"], logged["method"]) == ("drained", f"{EMBEDDER}/Embed")
    assert (logged["code"], logged["reason"], logged["level"]) == ("OK", "", "info")
    assert logged["duration_ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", logged["time"])


async def test_a_signal_cuts_off_when_the_grace_time_is_over(held: Any, text: Any, until: Any, tmp_path: Path) -> None:
    """When the grace time is over a real process ends, with 0, although its engine still computes."""
    process = held("--grace-seconds", "0.1")
    facts = await _ready(process, tmp_path / "ready", until)
    async with aio.insecure_channel(facts["address"]) as channel:
        stub: Any = embedder_service_pb2_grpc.EmbedderServiceStub(channel)  # type: ignore[no-untyped-call]
        answer = asyncio.ensure_future(stub.Embed(pb.EmbedRequest(contents=[text("a")])))
        await until((tmp_path / "entered").exists)
        process.terminate()
        with pytest.raises(aio.AioRpcError):
            await answer
    assert await asyncio.to_thread(process.wait, 20) == 0


async def test_a_signal_while_loading(held: Any, until: Any, tmp_path: Path) -> None:
    """A process asked to stop while it loads a model ends at once, with 0, and never writes the ready file."""
    process = held(where="loading")
    await until((tmp_path / "entered").exists)
    process.terminate()
    assert await asyncio.to_thread(process.wait, 20) == 0
    assert not (tmp_path / "ready").exists()


async def test_a_port_that_is_taken(serving: Any, command: Any) -> None:
    """A port that is taken, for calls or for metrics, ends the process with 1 and the address; no trace."""
    running = await serving(metrics_port=0)
    for flags, address in (
        (("--port", running.address.rpartition(":")[2]), running.address),
        (("--metrics-port", running.metrics_address.rpartition(":")[2]), running.metrics_address),
    ):
        process = command(*FAKE, *flags)
        _, err = await asyncio.to_thread(process.communicate, timeout=30)
        assert process.returncode == 1
        assert f" on {address}" in err
        assert "Traceback" not in err


async def test_a_checkpoint_that_is_none(command: Any, tmp_path: Path) -> None:
    """A folder that is no checkpoint ends the process with 1 and says what it lacks; no trace."""
    process = command("serve", "--embedding-model", str(tmp_path), "--port", "0", "--metrics-port", "none")
    _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 1
    assert "config.json" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        ((), {}, "LENSDEX_EMBEDDER_EMBEDDING_MODEL"),
        (("--port", "70000"), {}, "--port"),
        ((), {"PORT": "x"}, "LENSDEX_EMBEDDER_PORT"),
        (("--no-such-flag", "1"), {}, "--no-such-flag"),
    ],
)
async def test_bad_settings(command: Any, arguments: tuple[str, ...], environ: dict[str, str], named: str) -> None:
    """A bad setting ends the process with 2; stderr names it, and has no trace."""
    process = command(
        "serve", *arguments, environ={f"LENSDEX_EMBEDDER_{name}": value for name, value in environ.items()}
    )
    _, err = await asyncio.to_thread(process.communicate, timeout=30)
    assert process.returncode == 2
    assert named in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("dance",), 2), (("probe", "a", "b"), 2), (("--help",), 0)])
async def test_usage(command: Any, arguments: tuple[str, ...], code: int) -> None:
    """Without a known command the usage is told, with 2; with 0 when it was asked for."""
    process = command(*arguments)
    out, err = await asyncio.to_thread(process.communicate, timeout=30)
    assert process.returncode == code
    assert "usage:" in (err if code else out)


async def test_probe(serving: Any, command: Any, until: Any) -> None:
    """`probe` exits with 0 when the process serves and with 1 when it does not, or nobody is there."""
    running = await serving()
    port = running.address.rpartition(":")[2]
    for arguments, environ, code in (
        ((running.address,), {}, 0),
        ((), {"LENSDEX_EMBEDDER_PORT": port}, 0),
        ((), {"LENSDEX_EMBEDDER_PORT": port, "LENSDEX_EMBEDDER_HOST": "0.0.0.0"}, 0),
        ((running.metrics_address or "127.0.0.1:1",), {}, 1),
    ):
        process = command("probe", *arguments, environ=environ)
        await asyncio.to_thread(process.communicate, timeout=30)
        assert process.returncode == code


async def test_probe_of_a_process_that_starts(command: Any, until: Any, free_port: int) -> None:
    """`probe` exits with 1 while the server answers NOT_SERVING, and says so."""
    from grpc_health.v1._async import HealthServicer

    health = HealthServicer()
    await health.set("", NOT_SERVING)
    starting = aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(health, starting)
    port = starting.add_insecure_port("127.0.0.1:0")
    await starting.start()
    process = command("probe", f"127.0.0.1:{port}")
    out, _ = await asyncio.to_thread(process.communicate, timeout=30)
    await starting.stop(None)
    assert process.returncode == 1
    assert "NOT_SERVING" in out
