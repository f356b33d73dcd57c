"""Measure the embedder: its engine alone, the service full, under open loops, overloaded, and with bulk beside callers.

    python bench/embed.py [--checkpoint FOLDER | --random 60m|2b|8b] [--workload mix|short|problems] [--count 96]
                          [--dtype float32] [--device cpu] [--phases offline,full,open,overload,beside,rerank]

    offline   the engine in a process of its own, no gRPC: items/s, tokens/s, share of the device's peak (MFU)
    full      the service kept full by one stream, and by unary calls
    open      latency of single items at 20, 50 and 80 % of the full rate (Poisson arrivals)
    overload  three times the full rate: how much is still answered, how soon the rest is refused
    beside    short queries alone, then with bulk on a stream: what each costs the other
    rerank    50 documents sharing a query with a picture, in one call and one at a time

Client and service share the machine; the client's CPU is reported. Writes JSON with commit, hardware and settings, and
the latency-throughput curve as a picture, under bench/results/. Decides no test.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import checkpoints  # noqa: E402  beside this file
import load  # noqa: E402
import workload  # noqa: E402
from arithmetic import Arithmetic, peak  # noqa: E402
from provenance import RESULTS, ROOT, provenance  # noqa: E402
from scrape import between, scrape  # noqa: E402

from lensdex.common.v1 import content_pb2  # noqa: E402
from lensdex.embedder.v1 import embedder_service_pb2 as pb  # noqa: E402
from lensdex_client import Content, Image, RerankerClient  # noqa: E402
from lensdex_local.process import Endpoint, ServiceProcess  # noqa: E402
from lensdex_local.stack import EMBEDDER_MODULE, FREE_PORTS  # noqa: E402

WORK: Final = ROOT / "var" / "bench"
PHASES: Final = ("offline", "full", "open", "overload", "beside", "rerank")
CORPUS: Final = 176_443
"""Problems of the first user, for whom the whole job is extrapolated."""
MAX_PENDING_ITEMS: Final = 64
"""Of the service under overload: with the default of 1,024 a small machine would be full only after minutes."""


def contents(items: Sequence[workload.Item]) -> list[content_pb2.Content]:
    """Return *items* as messages."""
    return [
        content_pb2.Content(texts=[item.text], images=[content_pb2.Media(data=item.picture)] if item.picture else [])
        for item in items
    ]


def calls(messages: Sequence[content_pb2.Content], *, size: int = 1) -> list[bytes]:
    """Return serialised EmbedRequests of *size* contents each."""
    blocks = [messages[start : start + size] for start in range(0, len(messages), size)]
    return [pb.EmbedRequest(contents=block).SerializeToString() for block in blocks]


@contextlib.contextmanager
def serving(arguments: argparse.Namespace, checkpoint: Path, *extra: str) -> Iterator[Endpoint]:
    """Run the service with the settings of the run, warm, and yield where it serves."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *FREE_PORTS, "--embedding-model", str(checkpoint), "--dtype", arguments.dtype, "--device", arguments.device,
            "--preprocess-workers", str(arguments.workers), "--max-batch-items", str(arguments.batch_size),
            "--max-stream-items", str(max(128, 4 * arguments.batch_size)),
            "--max-prepared-items", str(max(128, 8 * arguments.batch_size)),
            "--max-batch-tokens", str(arguments.batch_tokens), "--log-level", "warning",
            "--max-cached-image-bytes", "0",  # the same items come again and again, which callers' do not
            *extra,
        ]  # fmt: skip
        with ServiceProcess(EMBEDDER_MODULE, command, folder=Path(folder)) as server:
            yield server.wait(timeout=900)


def offline(arguments: argparse.Namespace, checkpoint: Path, folder: Path) -> dict[str, Any]:
    """Return the engine's own figures, from a process without gRPC."""
    command = [
        sys.executable, HERE / "peers" / "lensdex_peer.py", "--checkpoint", checkpoint, "--items", folder,
        "--dtype", arguments.dtype, "--device", arguments.device, "--batch-size", str(arguments.batch_size),
        "--batch-tokens", str(arguments.batch_tokens), "--workers", str(arguments.workers), "--repeats", "2", "--shapes",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(next(line for line in done.stdout.splitlines() if line.startswith('{"peer"')))
    arithmetic = Arithmetic(json.loads((checkpoint / "config.json").read_text(encoding="utf-8")))
    work = sum(arithmetic.item(tokens, patches) for tokens, patches in figures.pop("shapes"))
    most, source = peak(arguments.device, arguments.dtype)
    seconds = min(figures["seconds"])
    return {
        "items_per_second": figures["items"] / seconds,
        "tokens_per_second": figures["tokens"] / seconds,
        "tokens_an_item": figures["tokens"] / figures["items"],
        "operations_an_item": work / figures["items"],
        "mfu": work / seconds / most,
        "peak_operations_per_second": most,
        "peak_from": source,
        "preprocessing_share_of_cpu": figures["preprocessing_share_of_cpu"][-1],
        "items_a_batch": figures["items"] / figures["batches"],
        "seconds": figures["seconds"],
        "seconds_to_begin_a_batch": figures["seconds_to_begin_a_batch"],
    }


def observed(endpoint: Endpoint, work: Any) -> tuple[load.Outcome, dict[str, Any]]:
    """Run *work*, a coroutine of a load; return its outcome and its figures beside those of the service and the CPU."""
    assert endpoint.metrics_address is not None
    before, cpu, started = scrape(endpoint.metrics_address), time.process_time(), time.perf_counter()
    outcome: load.Outcome = asyncio.run(work)
    seconds = time.perf_counter() - started
    after = scrape(endpoint.metrics_address)
    client = {"client_cpu_cores": (time.process_time() - cpu) / seconds}
    return outcome, {**outcome.figures(), **client, "service": between(before, after, seconds=seconds)}


def full(endpoint: Endpoint, messages: list[content_pb2.Content], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the rate of a full service: by stream, and by unary calls of one content and of a batch."""
    asyncio.run(load.stream(endpoint.address, messages[: arguments.batch_size]))  # warm
    size, some = arguments.batch_size, messages[:2000]
    blocks = min(size // 2, 256)  # as many contents as one call takes
    return {
        "stream": observed(endpoint, load.stream(endpoint.address, messages))[1],
        "unary_1": observed(endpoint, load.closed(endpoint.address, calls(some), callers=2 * size))[1],
        "unary_batch": observed(endpoint, load.closed(endpoint.address, calls(some, size=blocks), callers=4))[1],
    }


def open_loops(
    endpoint: Endpoint, messages: list[content_pb2.Content], rate: float, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    """Return latencies at shares of *rate*."""
    found = []
    for share in map(float, arguments.shares.split(",")):
        _, figures = observed(
            endpoint,
            load.open_loop(endpoint.address, calls(messages), per_second=share * rate, seconds=arguments.seconds),
        )
        found.append({"share": share, **figures})
    return found


def overload(
    endpoint: Endpoint, messages: list[content_pb2.Content], rate: float, arguments: argparse.Namespace
) -> dict[str, Any]:
    """Return what is answered at three times *rate*, as a share of it, over the time in which calls came."""
    seconds = arguments.seconds
    outcome, figures = observed(
        endpoint, load.open_loop(endpoint.address, calls(messages), per_second=3 * rate, seconds=seconds)
    )
    in_time = sum(at <= seconds for at in outcome.finished)
    return {**figures, "goodput_items_per_second": in_time / seconds, "goodput_of_full": in_time / seconds / rate}


def beside(endpoint: Endpoint, messages: list[content_pb2.Content], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what queries wait alone and beside bulk, and what bulk loses by them."""
    queries = calls(contents(list(workload.short(64, 1))))
    seconds, per_second = arguments.seconds, arguments.queries_per_second

    async def bulk() -> load.Outcome:
        stop = asyncio.Event()
        running = asyncio.ensure_future(load.stream(endpoint.address, messages, stop=stop))
        await asyncio.sleep(seconds)
        stop.set()
        return await running

    async def both() -> tuple[load.Outcome, load.Outcome]:
        stop = asyncio.Event()
        running = asyncio.ensure_future(load.stream(endpoint.address, messages, stop=stop))
        await asyncio.sleep(min(2.0, seconds / 4))  # until the stream is full
        outcome = await load.open_loop(endpoint.address, queries, per_second=per_second, seconds=seconds)
        stop.set()
        return outcome, await running

    idle = asyncio.run(load.open_loop(endpoint.address, queries, per_second=per_second, seconds=seconds))
    alone = asyncio.run(bulk())
    interactive, busy = asyncio.run(both())
    solo, shared = (_steady_rate(outcome) for outcome in (alone, busy))
    idle_p99, p99 = (outcome.figures()["latency_p99_ms"] for outcome in (idle, interactive))
    return {
        "queries_per_second": per_second,
        "queries_idle": idle.figures(),
        "queries_beside_bulk": interactive.figures(),
        "bulk_alone_items_per_second": solo,
        "bulk_beside_queries_items_per_second": shared,
        "p99_against_idle": p99 / idle_p99,
        "bulk_against_alone": shared / solo,
    }


def _steady_rate(outcome: load.Outcome) -> float:
    """Return the answers a second between the first and the last quarter, when the stream was full."""
    first, last = (outcome.finished[len(outcome.finished) * part // 8] for part in (1, 7))
    return (len(outcome.finished) * 7 // 8 - len(outcome.finished) // 8) / (last - first)


def rerank(arguments: argparse.Namespace, checkpoint: Path) -> dict[str, Any]:
    """Return how much faster 50 documents of one query with a picture are in one call than one at a time."""
    query, *documents = list(workload.mix(400, 2))
    pictured = next(item for item in (query, *documents) if item.picture)
    assert pictured.picture is not None
    asked = Content(pictured.text, images=[Image.from_bytes(pictured.picture)])
    given = [Content(item.text) for item in workload.short(50, 3)]
    longer = [Content(item.text) for item in documents[:50]]
    with (
        serving(arguments, checkpoint, "--reranking-model", str(checkpoint)) as endpoint,
        RerankerClient(endpoint.address, timeout=900) as client,
    ):
        client.rerank(asked, given[:2])
        found = {}
        for name, texts in (("short_documents", given), ("documents_of_10_to_400_tokens", longer)):
            started = time.perf_counter()
            together = client.rerank(asked, texts)
            one_call = time.perf_counter() - started
            started = time.perf_counter()
            alone = [client.rerank(asked, [text]) for text in texts]
            separately = time.perf_counter() - started
            worst = max(
                abs(one.unwrap().score - other.outcomes[0].unwrap().score)
                for one, other in zip(together.outcomes, alone, strict=True)
            )
            found[name] = {
                "documents": len(texts),
                "seconds_in_one_call": one_call,
                "seconds_one_at_a_time": separately,
                "times_as_fast": separately / one_call,
                "worst_difference_of_scores": worst,
            }
    return found


def draw(report: dict[str, Any], path: Path) -> None:
    """Draw latency over throughput."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rows = report["open"]
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for place in (50, 90, 99):
        axes.plot(
            [row["items_per_second"] for row in rows],
            [row[f"latency_p{place}_ms"] for row in rows],
            "o-",
            label=f"p{place}",
        )
    axes.axvline(report["full"]["stream"]["items_per_second"], color="grey", linestyle=":", label="full (stream)")
    axes.set_yscale("log")
    axes.set_xlabel("items a second")
    axes.set_ylabel("milliseconds from due to answered")
    settings = report["settings"]
    axes.set_title(f"{settings['checkpoint']}, {settings['workload']}, {settings['dtype']} on {settings['device']}")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def parsed() -> argparse.Namespace:
    """Return the arguments, `phases` as a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--checkpoint", type=Path, help="a folder; default: a random one of 60 M parameters")
    which.add_argument("--random", choices=sorted(checkpoints.GEOMETRIES), default="60m")
    parser.add_argument("--workload", choices=sorted(workload.WORKLOADS), default="mix")
    parser.add_argument("--count", type=int, default=96)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--batch-tokens", type=int, default=8192)
    parser.add_argument("--workers", type=int, default=1, help="threads that decode, resize and tokenise")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each open loop")
    parser.add_argument("--shares", default="0.2,0.5,0.8", help="of the full rate, for the open loops")
    parser.add_argument("--queries-per-second", type=float, default=2.0, help="of the queries beside bulk")
    parser.add_argument("--phases", default=",".join(PHASES))
    arguments = parser.parse_args()
    arguments.phases = arguments.phases.split(",")
    if unknown := set(arguments.phases) - set(PHASES):
        parser.error(f"unknown phases: {', '.join(sorted(unknown))}")
    return arguments


def main() -> None:
    """Measure, write, print."""
    arguments = parsed()
    phases = arguments.phases
    console = Console(stderr=True)
    WORK.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.checkpoint or checkpoints.write_random(arguments.random, WORK / f"random-{arguments.random}")
    name = arguments.workload
    folder = workload.write(name, arguments.count, 0, WORK / f"{name}-{arguments.count}")
    messages = contents(workload.read(folder))
    report: dict[str, Any] = {
        **provenance(),
        "settings": {
            **{key: value for key, value in vars(arguments).items() if key not in {"checkpoint", "random"}},
            "checkpoint": arguments.checkpoint.name if arguments.checkpoint else f"random-{arguments.random}",
        },
    }
    if "offline" in phases:
        console.print("offline …")
        report["offline"] = offline(arguments, checkpoint, folder)
        save(report)
    if {"full", "open", "overload", "beside"} & set(phases):
        with serving(arguments, checkpoint) as endpoint:
            console.print("full …")
            report["full"] = full(endpoint, messages, arguments)
            rate = report["full"]["stream"]["items_per_second"]
            if (alone := report.get("offline")) is not None:
                work = rate * alone["operations_an_item"]
                report["full"]["stream"]["mfu"] = work / alone["peak_operations_per_second"]
            save(report)
            if "open" in phases:
                console.print("open …")
                report["open"] = open_loops(endpoint, messages, rate, arguments)
            if "beside" in phases:
                console.print("beside …")
                report["beside"] = beside(endpoint, messages, arguments)
        if "overload" in phases:
            console.print("overload …")
            with serving(arguments, checkpoint, "--max-pending-items", str(MAX_PENDING_ITEMS)) as endpoint:
                asyncio.run(load.stream(endpoint.address, messages[: arguments.batch_size]))
                report["overload"] = overload(endpoint, messages, rate, arguments)
    if "rerank" in phases:
        console.print("rerank …")
        report["rerank"] = rerank(arguments, checkpoint)
    write(report)


def save(report: dict[str, Any]) -> Path:
    """Write what is measured so far, and return where."""
    settings = report["settings"]
    stem = f"embed-{report['commit'].rstrip('+')}-{settings['checkpoint']}-{settings['workload']}-{settings['dtype']}"
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{stem}.json"
    if "full" in report and "offline" in report:
        report["service_of_engine"] = (
            report["full"]["stream"]["items_per_second"] / report["offline"]["items_per_second"]
        )
    if settings["workload"] == "problems" and "full" in report:
        report["corpus_hours"] = CORPUS / report["full"]["stream"]["items_per_second"] / 3600
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return path


def write(report: dict[str, Any]) -> None:
    """Write the report and its curve, and print the headlines."""
    settings, path = report["settings"], save(report)
    if "open" in report:
        draw(report, path.with_suffix(".svg"))
    table = Table("figure", "value", title=f"{settings['checkpoint']}, {settings['workload']}, {settings['dtype']}")
    for title, value in _headlines(report):
        table.add_row(title, value)
    console = Console()
    console.print(table)
    console.print(str(path.relative_to(ROOT)))


def _headlines(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "offline" in report:
        yield from _headlines_offline(report["offline"])
    if "full" in report:
        yield from _headlines_full(report["full"])
    if "service_of_engine" in report:
        yield "service full (stream) against the engine alone", f"{report['service_of_engine']:.2f}"
    for row in report.get("open", ()):
        yield (
            f"at {row['share']:.0%} of it, p50 / p99 ms", f"{row['latency_p50_ms']:.0f} / {row['latency_p99_ms']:.0f}"
        )  # fmt: skip
    if over := report.get("overload"):
        yield "three times the rate: goodput of full", f"{over['goodput_of_full']:.2f}"
        yield "three times the rate: refusals p99 ms", f"{over['refusal_p99_ms'] or float('nan'):.1f}"
    if near := report.get("beside"):
        yield "queries beside bulk: p99 against idle", f"{near['p99_against_idle']:.2f}"
        yield "bulk beside queries: rate against alone", f"{near['bulk_against_alone']:.2f}"
    for kind, figures in report.get("rerank", {}).items():
        yield f"50 {kind} in one call, times as fast", f"{figures['times_as_fast']:.1f}"
    if "corpus_hours" in report:
        yield f"{CORPUS:,} problems, hours", f"{report['corpus_hours']:.2f}"


def _headlines_offline(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "engine alone, items/s", f"{figures['items_per_second']:.2f}"
    yield "engine alone, tokens/s", f"{figures['tokens_per_second']:,.0f}"
    yield "share of the device's peak", f"{figures['mfu']:.2f}"
    yield "preprocessing's share of CPU", f"{figures['preprocessing_share_of_cpu']:.3f}"


def _headlines_full(loads: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, figures in loads.items():
        yield f"service full, {kind}, items/s", f"{figures['items_per_second']:.2f}"
    served = loads["stream"]["service"]
    yield "engine idle while work waits", f"{served['engine_idle_while_work_waits']:.3f}"
    yield "items a batch", f"{served['items_a_batch']:.1f}"
    yield "computing a batch, s", f"{served['compute_seconds_a_batch']:.3f}"
    yield "an item waits, s", f"{served['queue_seconds_an_item']:.3f}"
    if "mfu" in loads["stream"]:
        yield "share of the device's peak, end to end (stream)", f"{loads['stream']['mfu']:.2f}"


if __name__ == "__main__":
    main()
