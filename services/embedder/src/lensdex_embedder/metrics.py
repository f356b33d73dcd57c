"""Every metric's name and labels, for Prometheus. It knows names; nothing of gRPC, models or batching."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from lensdex_embedder.work import ImageCounts

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_TOKENS = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)


class Metrics:
    """The metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)
        self._pending_seconds = _ReadCounter(
            "lensdex_embedder_pending_seconds",
            "Seconds during which anything was accepted and not yet answered. What of them no batch took "
            "(lensdex_embedder_batch_seconds_sum) the engine was idle while work waited.",
        )
        self._images = _ReadCounter(
            "lensdex_embedder_images",
            "Images the models were given, by role and whether one was looked at (`computed`) or known (`reused`).",
            ("role", "by"),
        )
        registry.register(self._pending_seconds)
        registry.register(self._images)
        self.calls = Counter(
            "lensdex_embedder_calls",
            "Calls answered, by method, gRPC code and error reason (empty when it succeeded).",
            ["method", "code", "reason"],
            registry=registry,
        )
        self.call_seconds = Histogram(
            "lensdex_embedder_call_seconds",
            "Time a call took in the service.",
            ["method"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.items = Counter(
            "lensdex_embedder_items",
            "Contents and documents answered, by role and error reason (empty when it succeeded).",
            ["role", "reason"],
            registry=registry,
        )
        self.pending_items = Gauge(
            "lensdex_embedder_pending_items",
            "Items accepted and not yet answered.",
            ["priority"],
            registry=registry,
        )
        self.pending_bytes = Gauge(
            "lensdex_embedder_pending_bytes",
            "Request bytes accepted and not yet answered.",
            ["priority"],
            registry=registry,
        )
        self.pending_tokens = Gauge(
            "lensdex_embedder_pending_tokens",
            "Tokens of calls accepted and not yet answered, as estimated on arrival; streams not counted.",
            registry=registry,
        )
        self.open_streams = Gauge("lensdex_embedder_open_streams", "Streams open.", registry=registry)
        self.queued_items = Gauge(
            "lensdex_embedder_queued_items",
            "Items prepared that wait for a batch.",
            ["role", "priority"],
            registry=registry,
        )
        self.queue_seconds = Histogram(
            "lensdex_embedder_queue_seconds",
            "Time an item waited for workers and for its batch.",
            ["role", "priority"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.preprocess_seconds = Histogram(
            "lensdex_embedder_preprocess_seconds",
            "Time an item took to decode, resize and tokenise.",
            ["role"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.preprocess_cpu_seconds = Counter(
            "lensdex_embedder_preprocess_cpu_seconds",
            "CPU time of threads while they decoded, resized and tokenised. Part of process_cpu_seconds_total.",
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "lensdex_embedder_batch_seconds",
            "Time a batch took in the model.",
            ["role"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.batch_items = Histogram(
            "lensdex_embedder_batch_items", "Items in a batch.", ["role"], buckets=_SIZES, registry=registry
        )
        self.batch_tokens = Histogram(
            "lensdex_embedder_batch_tokens", "Tokens in a batch.", ["role"], buckets=_TOKENS, registry=registry
        )
        self.batch_failures = Counter(
            "lensdex_embedder_batch_failures", "Batches the model failed on.", ["role"], registry=registry
        )
        self.worst_cosine = Gauge(
            "lensdex_embedder_self_test_worst_cosine",
            "Lowest cosine between a probe's vectors alone and in a batch, when the embedding model was tested.",
            registry=registry,
        )
        self.worst_difference = Gauge(
            "lensdex_embedder_self_test_worst_difference",
            "Largest difference between a pair's relevance alone and in a batch, when the reranking model was tested.",
            registry=registry,
        )
        self.serving = Gauge(
            "lensdex_embedder_serving", "1 while the process serves, 0 while it starts or drains.", registry=registry
        )

    def count_pending_seconds(self, seconds: Callable[[], float]) -> None:
        """Read the seconds with work pending from *seconds*."""
        self._pending_seconds.reads[()] = seconds

    def count_images(self, role: str, images: Callable[[], ImageCounts]) -> None:
        """Read the images of *role*'s model from *images*."""
        self._images.reads[role, "computed"] = lambda: images().num_computed
        self._images.reads[role, "reused"] = lambda: images().num_reused


class _ReadCounter(Collector):
    """A counter whose series are read when they are asked for."""

    _type = "counter"

    def __init__(self, name: str, documentation: str, labels: tuple[str, ...] = ()) -> None:
        self._name = name
        self._documentation = documentation
        self._labelnames = labels
        self.reads: dict[tuple[str, ...], Callable[[], float]] = {}

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the counter as it is now."""
        family = CounterMetricFamily(self._name, self._documentation, labels=self._labelnames)
        for values, read in tuple(self.reads.items()):
            family.add_metric(values, read())
        yield family
