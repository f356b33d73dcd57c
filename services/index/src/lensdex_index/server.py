"""The composition root: settings in, a serving process out: engine, faces, health, reflection, metrics, signals."""

import asyncio
import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import grpc
import structlog
from grpc_health.v1 import _async as health_aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import start_http_server

from lensdex.index.v1 import (
    collection_service_pb2,
    collection_service_pb2_grpc,
    record_service_pb2,
    record_service_pb2_grpc,
)
from lensdex_index.catalog import Catalog
from lensdex_index.engine import CollectionEngine
from lensdex_index.engines import open_engine, open_files
from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.errors import DomainError, StartError
from lensdex_index.faces.calls import Calls, State
from lensdex_index.faces.collection_face import CollectionFace
from lensdex_index.faces.record_face import RecordFace
from lensdex_index.metrics import Metrics
from lensdex_index.records import CollectionSpec, CollectionStatistics
from lensdex_index.settings import Settings
from lensdex_wire.limits import connection_age_options, message_size_options

_log = structlog.get_logger()

_COLLECTIONS = collection_service_pb2.DESCRIPTOR.services_by_name["CollectionService"].full_name
_RECORDS = record_service_pb2.DESCRIPTOR.services_by_name["RecordService"].full_name
_HEALTH_NAMES = ("", _COLLECTIONS, _RECORDS)
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_FLUSH_SECONDS = 0.25
"""Time the last answers get to leave once every call is done."""

_REMOTE_THREADS = 32
"""Where the engine is another process, for which they mostly wait."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the service answers, once it does."""

    address: str
    metrics_address: str | None
    pid: int


async def serve(
    settings: Settings, *, on_ready: Callable[[Ready], None] | None = None, stop: asyncio.Event | None = None
) -> None:
    """Serve until SIGTERM, SIGINT or *stop*, then drain. Raises StartError when it cannot start.

    Calls and health checks are answered (with "not serving") while stored collections are being recovered.
    """
    stop = stop or asyncio.Event()
    open_files.raise_limit()
    with _signals(stop):
        metrics = Metrics()
        engine = open_engine(settings.engine, settings.engine_options(metrics))
        threads = settings.threads or (_REMOTE_THREADS if engine.is_remote else settings.num_threads)
        with ThreadPoolExecutor(threads, thread_name_prefix="lensdex-call") as executor:
            save_until = 0.0
            try:
                save_until = await _serve(
                    settings, engine=engine, metrics=metrics, executor=executor, on_ready=on_ready, stop=stop
                )
            finally:
                await asyncio.to_thread(engine.close, save_until)
    _log.info("stopped")


async def _serve(
    settings: Settings,
    *,
    engine: CollectionEngine,
    metrics: Metrics,
    executor: ThreadPoolExecutor,
    on_ready: Callable[[Ready], None] | None,
    stop: asyncio.Event,
) -> float:
    """Serve; return when the grace ends, of ``time.monotonic``."""
    calls = Calls(
        executor,
        metrics,
        max_pending=settings.max_pending_calls,
        max_streams=settings.max_streams,
        max_seconds=settings.max_call_seconds,
    )
    server = grpc.aio.server(
        options=[
            *message_size_options(settings.max_message_bytes),
            *connection_age_options(settings.max_connection_seconds),
            ("grpc.so_reuseport", 0),
        ]
    )
    catalog = Catalog(engine, settings.limits())
    _add_faces(server, catalog, calls, metrics)
    health = health_aio.HealthServicer()
    for name in _HEALTH_NAMES:  # Its constructor calls the overall service SERVING.
        await health.set(name, _NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    reflection.enable_server_reflection((*_HEALTH_NAMES[1:], "grpc.health.v1.Health", reflection.SERVICE_NAME), server)
    port = _bind(server, settings)
    await server.start()
    try:
        if not await _recovered(engine, stop):
            _log.info("stopped while starting")
            calls.enter(State.DRAINING)
            return 0.0
        metrics.watch(lambda: _statistics(engine))
        with _metrics_page(settings, metrics) as metrics_address:
            ready = Ready(f"{settings.host}:{port}", metrics_address, os.getpid())
            calls.enter(State.SERVING)
            for name in _HEALTH_NAMES:
                await health.set(name, _SERVING)
            _log.info("serving", **asdict(ready))
            with _ready_file(settings.ready_file, ready):
                if on_ready is not None:
                    on_ready(ready)
                await stop.wait()
            grace_end = time.monotonic() + settings.grace_seconds
            _log.info("draining", grace_seconds=settings.grace_seconds)
            calls.enter(State.DRAINING)
            await health.enter_graceful_shutdown()
            await _drain(server, calls, settings.grace_seconds)
        return grace_end
    finally:
        await server.stop(0)


async def _recovered(engine: CollectionEngine, stop: asyncio.Event) -> bool:
    """Recover; return whether to serve: not once *stop* is set, which ends recovery early."""
    recovering = asyncio.create_task(asyncio.to_thread(engine.recover))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((recovering, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        engine.abandon_recovery()
    with contextlib.suppress(RecoveryAbandonedError):
        await recovering
    return not stop.is_set()


async def _drain(server: grpc.aio.Server, calls: Calls, grace_seconds: float) -> None:
    """Let running calls finish. Streams that watch the health never do, so they are not waited for."""
    stopping = asyncio.create_task(server.stop(grace_seconds))
    idle = asyncio.create_task(calls.idle())
    await asyncio.wait((stopping, idle), return_when=asyncio.FIRST_COMPLETED)
    idle.cancel()
    await server.stop(min(grace_seconds, _FLUSH_SECONDS))
    await stopping


def _add_faces(server: Any, catalog: Catalog, calls: Calls, metrics: Metrics) -> None:
    collections: Any = collection_service_pb2_grpc
    records: Any = record_service_pb2_grpc
    collections.add_CollectionServiceServicer_to_server(CollectionFace(catalog, calls), server)
    records.add_RecordServiceServicer_to_server(RecordFace(catalog, calls, metrics), server)


def _bind(server: grpc.aio.Server, settings: Settings) -> int:
    address = f"{settings.host}:{settings.port}"
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise StartError(f"cannot listen on {address}: {error}") from error
    if not port:
        raise StartError(f"cannot listen on {address}")
    return port


@contextlib.contextmanager
def _metrics_page(settings: Settings, metrics: Metrics) -> Iterator[str | None]:
    if settings.metrics_port is None:
        yield None
        return
    try:
        page, thread = start_http_server(settings.metrics_port, settings.metrics_host, metrics.registry)
    except OSError as error:
        address = f"{settings.metrics_host}:{settings.metrics_port}"
        raise StartError(
            f"cannot serve metrics on {address}: {error.strerror}; --metrics-port none is without"
        ) from error
    try:
        yield f"{settings.metrics_host}:{page.server_port}"
    finally:
        page.shutdown()
        page.server_close()
        thread.join()


@contextlib.contextmanager
def _ready_file(path: Path | None, ready: Ready) -> Iterator[None]:
    if path is None:
        yield
        return
    try:
        # Whole or not at all: a reader may be polling for it.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            json.dump(asdict(ready), file)
        Path(file.name).replace(path)
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror}") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(RuntimeError, ValueError):  # Only the main thread may listen; a test need not be it.
            loop.add_signal_handler(number, stop.set)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _statistics(engine: CollectionEngine) -> Iterable[tuple[str, CollectionStatistics]]:
    """Yield what can be told just now: a page of metrics is not to fail for a store that is away."""
    after = ""
    while specs := _specs(engine, after):
        for spec in specs:
            with contextlib.suppress(DomainError):  # Deleted meanwhile, or not served.
                yield spec.name, engine.collection(spec.name).statistics()
        after = specs[-1].name


def _specs(engine: CollectionEngine, after: str) -> Sequence[CollectionSpec]:
    try:
        return engine.specs(after, 100)
    except DomainError as error:
        _log.warning("collections not told in metrics", error=str(error))
        return ()
