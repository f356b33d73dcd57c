"""The composition root: engines, batchers, faces, health, metrics, signals.

Everything is put together here and nowhere else.
"""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection
from prometheus_client import start_http_server

from lensdex_embedder.admission import Admission
from lensdex_embedder.calls import CallInterceptor
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.roles import Roles
from lensdex_embedder.settings import Settings
from lensdex_embedder.stopwatch import Stopwatch
from lensdex_embedder.work import Priority
from lensdex_wire.limits import connection_age_options, message_size_options

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
FLUSH_SECONDS = 0.5
"""Time for the last answers to leave, and for streams that watch the health, which never end by themselves."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """Where the process serves."""

    address: str
    metrics_address: str | None

    def write(self, path: Path) -> None:
        """Write the facts to *path* at once, so that a reader never sees half of them."""
        facts = {"address": self.address, "metrics_address": self.metrics_address, "pid": os.getpid()}
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(facts))
        temporary.replace(path)


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event,
    on_ready: Callable[[Ready], None] | None = None,
) -> None:
    """Serve until *stop* is set, then drain within the grace time.

    The port is bound, and health answers NOT_SERVING, before models load; *on_ready* is called when all are warm.
    While it drains, running calls are finished, streams end once what they had read is answered, new calls are refused
    as draining, and health answers NOT_SERVING. Does not wait for a thread that still loads a model, or still computes
    when the grace time is over: nothing interrupts those.
    Raises CheckpointError when a model cannot be loaded, OSError when a port is taken.
    """
    metrics = Metrics()
    pending = Stopwatch(time.monotonic)
    metrics.count_pending_seconds(pending.seconds)
    admission = Admission(
        max_items=settings.max_pending_items,
        max_bytes=settings.max_pending_bytes,
        max_tokens=settings.max_pending_tokens,
        max_streams=settings.max_streams,
        max_stream_items=settings.max_stream_items,
        max_stream_bytes=settings.max_stream_bytes,
        pending=pending,
    )
    metrics.pending_tokens.set_function(lambda: admission.num_tokens)
    metrics.pending_items.labels(Priority.INTERACTIVE).set_function(lambda: admission.num_items)
    metrics.pending_bytes.labels(Priority.INTERACTIVE).set_function(lambda: admission.num_bytes)
    metrics.pending_items.labels(Priority.BULK).set_function(lambda: admission.num_stream_items)
    metrics.pending_bytes.labels(Priority.BULK).set_function(lambda: admission.num_stream_bytes)
    metrics.open_streams.set_function(lambda: admission.num_streams)
    roles = Roles(settings, admission, metrics)
    health = HealthServicer()
    names = ("", *roles.services)
    for name in names:  # the servicer begins by calling "" SERVING
        await health.set(name, NOT_SERVING)
    calls = CallInterceptor(metrics)
    server = aio.server(
        interceptors=[calls],
        options=[
            *message_size_options(settings.max_message_bytes),
            *connection_age_options(settings.max_connection_seconds),
            ("grpc.so_reuseport", 0),
        ],
    )
    roles.register(server)
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    reflection.enable_server_reflection(
        (*roles.services, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME), server
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    async with contextlib.AsyncExitStack() as stack:
        port = _bind(server, f"{host}:{settings.port}")
        metrics_address = stack.enter_context(_metrics_server(settings, host, metrics))
        await server.start()
        stack.push_async_callback(server.stop, None)
        stack.push_async_callback(roles.close)
        if not await _unless_stopped(roles.load(), stop):
            return
        admission.state = "serving"
        metrics.serving.set(1)
        for name in names:
            await health.set(name, SERVING)
        ready = Ready(f"{host}:{port}", metrics_address)
        _log.info("serving", address=ready.address, metrics_address=metrics_address, services=list(roles.services))
        if settings.ready_file is not None:
            ready.write(settings.ready_file)
            stack.callback(settings.ready_file.unlink, missing_ok=True)
        if on_ready is not None:
            on_ready(ready)
        await stop.wait()
        _log.info(
            "draining",
            grace_seconds=settings.grace_seconds,
            pending_items=admission.num_items + admission.num_stream_items,
        )
        metrics.serving.set(0)
        await health.enter_graceful_shutdown()
        admission.state = "draining"
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(calls.idle(), settings.grace_seconds)
            await server.stop(FLUSH_SECONDS)
        await server.stop(None)
        _log.info("stopped")


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set *stop* on SIGTERM and SIGINT. To be called on the event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _bind(server: aio.Server, address: str) -> int:
    try:
        return server.add_insecure_port(address)
    except RuntimeError as error:
        raise OSError(f"cannot listen on {address}; is another process there?") from error


async def _unless_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Await *work*; return False when *stop* came first. Raises what *work* raises."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        working.result()
        return not stop.is_set()
    working.cancel()
    return False


@contextlib.contextmanager
def _metrics_server(settings: Settings, host: str, metrics: Metrics) -> Iterator[str | None]:
    """Serve the metrics over HTTP; yield their address, None when they are switched off."""
    if settings.metrics_port is None:
        yield None
        return
    try:
        http, thread = start_http_server(settings.metrics_port, settings.host, metrics.registry)
    except OSError as error:
        raise OSError(f"cannot serve metrics on {host}:{settings.metrics_port}: {error.strerror}") from error
    try:
        yield f"{host}:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
