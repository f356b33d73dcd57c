"""What the search benchmark found beside what it should: a table of targets, and recall/throughput curves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rich.table import Table

RECALL: Final = 0.95
SHARES: Final = (0.001, 0.01, 0.1, 0.5)
MEMORY: Final = {"hnsw": 1.15 * 8_340, "faiss": 1.25 * 4_240}
"""Anonymous bytes a vector and view, at 2,048 dimensions."""
FILTERED: Final = {"best backend": (3_000, 300, 400, 700), "hnsw": (3_000, 300, 120, 400)}
CPU: Final = {1: 1.3, 32: 1.1}
THROUGHPUT: Final = {1: 0.60, 32: 0.90}

Line = tuple[str, float, str, float, str]
"""What, its value, ≥ or ≤, the target, and what a reader should see beside it."""


def table(report: dict[str, Any]) -> Table:
    """Return the targets that were measured. They are for 176,443 × 2,048 on two cores; other sizes only try them."""
    settings = report["settings"]
    title = f"index, {settings['count']:,} × {settings['dimension']:,}, {report['commit']}"
    found = Table("figure", "value", "target", "", "beside it", title=title)
    for what, value, sense, target, remark in lines(report):
        met = value >= target if sense == "≥" else value <= target
        found.add_row(
            what,
            f"{value:,.3g}" if value < 100 else f"{value:,.0f}",
            f"{sense} {target:,.6g}",
            "" if met else "✗",
            remark,
        )
    for run in report.get("peers", ()):
        if "error" in run:
            found.add_row(f"{run['peer']} failed", "", "", "✗", run["error"].strip().splitlines()[-1][:80])
    return found


def lines(report: dict[str, Any]) -> Iterator[Line]:
    """Yield every target that was measured."""
    for backend, items in report.get("throughput", {}).items():
        yield from _cpu(backend, items)
        yield from _throughput(backend, items)
    for backend, figures in report.get("ingest", {}).items():
        yield from _ingest(backend, figures)
    if "beside" in report:
        yield from _beside(report["beside"])
    for backend, figures in report.get("restart", {}).items():
        yield f"{backend}: ready after restart, s", max(figures["ready_seconds"]), "≤", 5.0, "files in the page cache"
        yield _memory(f"{backend}: the same after a restart", backend, figures)
    yield from _filters(report.get("filters", {}))
    yield from _peers(report.get("peers", []))


def _cpu(backend: str, items: list[dict[str, Any]]) -> Iterator[Line]:
    for item in items:
        size, callers, threads = item["size"], item["callers"], item["threads"]
        yield (
            f"{backend}: server's CPU a query of hnswlib's, {size} a call, {callers} callers / {threads} threads",
            item["metadata"]["server_cpu_of_in_process"], "≤", CPU[size],
            _ids(item, "server_cpu_of_in_process", f"{1e3 * item['metadata']['server_cpu_seconds_per_query']:.2f} ms"),
        )  # fmt: skip


def _throughput(backend: str, items: list[dict[str, Any]]) -> Iterator[Line]:
    for item in items:
        if item["callers"] > 1:
            served = item["metadata"]
            yield (
                f"{backend}: queries/s of hnswlib's on {item['threads']} threads, {item['size']} a call",
                served["of_in_process"], "≥", THROUGHPUT[item["size"]],
                _ids(item, "of_in_process", f"{served['queries_per_second']:,.0f}/s, client {served['client_cpu_cores']:.2f} cores"),
            )  # fmt: skip


def _ids(item: dict[str, Any], figure: str, more: str) -> str:
    return f"ids alone {item['ids'][figure]:.2f}; {more}"


def _ingest(backend: str, figures: dict[str, Any]) -> Iterator[Line]:
    if "first_per_second" in figures:
        yield f"{backend}: first 5,000 records acknowledged, records/s", figures["first_per_second"], "≥", 10_000, ""
    yield (
        f"{backend}: ingest until in the graph, of hnswlib's build",
        figures["of_raw_build"], "≥", 0.90,
        f"{figures['indexed_per_second']:,.0f} records/s; server's CPU {figures['server_cpu_of_raw_build']:.2f}×",
    )  # fmt: skip
    yield _memory(f"{backend}: anonymous bytes a vector", backend, figures["memory"])


def _memory(what: str, backend: str, figures: dict[str, Any]) -> Line:
    sizes = figures["per_vector"]
    pages = f"{sizes['page_cache_of_data']:,.0f}" if "page_cache_of_data" in sizes else "unknown"
    return (
        what,
        sizes["anonymous"],
        "≤",
        MEMORY[backend],
        f"mapped {sizes['mapped_from_files']:,.0f}, page cache {pages}",
    )


def _beside(figures: dict[str, Any]) -> Iterator[Line]:
    half, full = figures["half"], figures["full"]
    milliseconds = f"{figures['idle']['latency_p99_ms']:.1f} → {half['latency_p99_ms']:.1f} ms"
    fast = f"full rate {full['p99_of_idle']:.1f}× at {full['written_per_second']:,.0f}/s"
    remark = f"{milliseconds} at {half['written_per_second']:,.0f} of {half['asked_per_second']:,.0f} records/s; {fast}"
    yield "search p99 while ingesting at half the build rate, of idle", half["p99_of_idle"], "≤", 3.0, remark
    killed = figures["killed"]
    yield "ready after SIGKILL, s", killed["ready_seconds"], "≤", 5.0, f"{killed['tail_vectors']:,} in the tail"


def _filters(found: dict[str, Any]) -> Iterator[Line]:
    rates: dict[str, dict[float, dict[str, Any]]] = {
        backend: {item["share"]: item for item in figures["filters"] if item["kind"] == "random"}
        for backend, figures in found.items()
    }
    if not rates:
        return
    reached = {
        share: [(items[share]["queries_per_second"], name) for name, items in rates.items() if _reaches(items[share])]
        for share in SHARES
    }
    for place, share in enumerate(SHARES):
        if reached[share]:
            rate, name = max(reached[share])
            item = rates[name][share]
            beside = f"{name}, ef {item['ef']}, recall {item['recall']:.3f}"
            yield f"filtered {share:.1%}, best backend, queries/s", rate, "≥", FILTERED["best backend"][place], beside
        if "hnsw" in rates:
            item = rates["hnsw"][share]
            beside = f"ef {item['ef']}, recall {item['recall']:.3f}"
            yield (
                f"filtered {share:.1%}, hnsw, queries/s",
                item["queries_per_second"],
                "≥",
                FILTERED["hnsw"][place],
                beside,
            )
    worst = min(item["recall"] for figures in found.values() for item in figures["filters"])
    yield "filtered: recall of the worst kind and share", worst, "≥", RECALL, ""


def _reaches(item: dict[str, Any]) -> bool:
    return bool(item["recall"] >= RECALL)


def _peers(runs: list[dict[str, Any]]) -> Iterator[Line]:
    reached = [run for run in runs if run.get("reaches_target")]
    for place, callers in enumerate((1, 16)):
        rates = [(run["searches"][place]["queries_per_second"], run["peer"], run) for run in reached]
        ours = max((rate for rate in rates if rate[1] == "lensdex"), key=_rate, default=None)
        others = [rate for rate in rates if rate[1] != "lensdex"]
        if ours is None or not others:
            continue
        best = max(others, key=_rate)
        beside = ", ".join(f"{name} {rate:,.0f}" for rate, name, _ in sorted(others, key=_rate, reverse=True))
        what = f"queries/s of the best other store, {callers} callers"
        yield what, ours[0] / best[0], "≥", 2.0, f"{ours[0]:,.0f}/s ({ours[2]['given']['backend']}); {beside}"


def _rate(item: tuple[float, str, dict[str, Any]]) -> float:
    return item[0]


def draw(report: dict[str, Any], path: Path) -> None:
    """Draw queries a second over recall, where either was measured."""
    if not (report.get("curve") or report.get("peers")):
        return
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "lensdex"  # the same figures give the same file
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5))
    for name, points in report.get("curve", {}).items():
        for size, style in ((1, "o-"), (32, "s--")):
            label = f"{'hnswlib in process' if name == 'in process' else f'Lensdex {name}, gRPC'}, {size} a call"
            rates = [point[f"queries_per_second_{size}_a_call"] for point in points]
            axes.plot([point["recall"] for point in points], rates, style, label=label)
    for run in report.get("peers", ()):
        if run.get("searches") and run["peer"] != "lensdex":
            label = f"{run['peer']} {run['given'].get('index', '')}".strip()
            axes.plot(run["recall"], run["searches"][-1]["queries_per_second"], "x", label=f"{label}, ef {run['ef']}")
    settings = report["settings"]
    axes.set_yscale("log")
    axes.set_xlabel("recall@10")
    axes.set_ylabel("queries a second, 16 callers")
    axes.set_title(
        f"{settings['count']:,} × {settings['dimension']:,}, {report['machine']['cores']} cores shared with the client"
    )
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
