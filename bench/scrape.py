"""The service's own metrics, before and after: what it says of its batches, its engine and its CPU."""

import re
import urllib.request
from dataclasses import dataclass
from typing import Any, Final

_LINE: Final = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Scrape:
    """All samples at one time: summed over labels unless asked for with some."""

    samples: dict[tuple[str, str], float]

    def total(self, name: str, label: str = "") -> float:
        """Return the sum of *name* over the series whose labels contain *label*, e.g. ``role="embedding"``."""
        return sum(value for (key, labels), value in self.samples.items() if key == name and label in labels)


def scrape(address: str) -> Scrape:
    """Return the metrics served at *address*."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        page = answer.read().decode()
    return Scrape({(name, labels or ""): float(value) for name, labels, value in _LINE.findall(page)})


def between(before: Scrape, after: Scrape, *, seconds: float) -> dict[str, Any]:
    """Return what went on between two scrapes *seconds* apart."""

    def gained(name: str, label: str = "") -> float:
        return after.total(f"lensdex_embedder_{name}", label) - before.total(f"lensdex_embedder_{name}", label)

    batches = gained("batch_items_count")
    busy, pending = gained("batch_seconds_sum"), gained("pending_seconds_total")
    cpu = after.total("process_cpu_seconds_total") - before.total("process_cpu_seconds_total")
    answered = gained("items_total")
    return {
        "batches": int(batches),
        "items_a_batch": gained("batch_items_sum") / batches if batches else 0.0,
        "tokens_a_batch": gained("batch_tokens_sum") / batches if batches else 0.0,
        "tokens_per_second": gained("batch_tokens_sum") / seconds,
        "compute_seconds_a_batch": busy / batches if batches else 0.0,
        "queue_seconds_an_item": gained("queue_seconds_sum") / answered if answered else 0.0,
        "preprocess_seconds_an_item": gained("preprocess_seconds_sum") / answered if answered else 0.0,
        "engine_idle_while_work_waits": max(0.0, 1 - busy / pending) if pending else 0.0,
        "preprocessing_share_of_cpu": gained("preprocess_cpu_seconds_total") / cpu if cpu else 0.0,
        "server_cpu_cores": cpu / seconds,
    }
