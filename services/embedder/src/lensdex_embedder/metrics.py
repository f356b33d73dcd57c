"""Every metric's name and labels, for Prometheus. It knows names; nothing of gRPC, models or batching."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_TOKENS = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)


class Metrics:
    """The metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
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
