"""``python -m lensdex_embedder serve | selftest | probe``: argv and environment → settings → run.

The only place with exit codes. 0: stopped as asked, or passed. 1: not serving (probe), failed to start, or failed the
self-test. 2: bad settings or usage.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.logs import configure_logging
from lensdex_embedder.self_test_command import report
from lensdex_embedder.server import serve, stop_on_signals
from lensdex_embedder.settings import Settings, SettingsError, load, probe_target

USAGE = """usage: python -m lensdex_embedder serve [--embedding-model NAME_OR_FOLDER] [--reranking-model …] …
       python -m lensdex_embedder selftest [--json] [the settings of serve]
       python -m lensdex_embedder probe [ADDRESS]

serve     load the models and answer calls until SIGTERM; `serve --help` lists every setting
selftest  load the models, embed and score a few probes alone and in batches, print the worst figures; exit 1 when a
          model's answers depend on the batch
probe     ask a running server whether it serves; exit 0 when it does, 1 when not"""


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit code."""
    command, arguments = (argv[0], argv[1:]) if argv else ("", [])
    if command == "serve":
        return _serve(arguments)
    if command == "selftest":
        return _self_test(arguments)
    if command == "probe" and len(arguments) <= 1:
        return _probe(arguments[0] if arguments else probe_target())
    print(USAGE, file=sys.stdout if command in {"-h", "--help", "help"} else sys.stderr)
    return 0 if command in {"-h", "--help", "help"} else 2


def _serve(arguments: Sequence[str]) -> int:
    try:
        settings = load(arguments)
    except SettingsError as error:
        print(f"lensdex_embedder: {error}", file=sys.stderr)
        return 2
    configure_logging(settings.log_level)
    try:
        asyncio.run(_run(settings))
    except (CheckpointError, OSError) as error:
        print(f"lensdex_embedder: {error}", file=sys.stderr)
        return 1
    return 0


def _self_test(arguments: Sequence[str]) -> int:
    as_json = "--json" in arguments
    try:
        settings = load([argument for argument in arguments if argument != "--json"])
        for line in report(settings, as_json=as_json):
            print(line, flush=True)
    except (SettingsError, CheckpointError) as error:
        print(f"lensdex_embedder: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    return 0


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    await serve(settings, stop=stop)


def _probe(address: str) -> int:
    with grpc.insecure_channel(address) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(  # type: ignore[attr-defined]  # set at run time
                health_pb2.HealthCheckRequest(), timeout=5
            )
        except grpc.RpcError as error:
            print(f"{address}: {error.code().name}", file=sys.stderr)
            return 1
    serving = answer.status == health_pb2.HealthCheckResponse.SERVING
    print(f"{address}: {health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)}")
    return 0 if serving else 1


def _leave(code: int) -> NoReturn:
    """Exit, without waiting for a thread that still loads or computes for nobody: nothing can interrupt it."""
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    _leave(main(sys.argv[1:]))
