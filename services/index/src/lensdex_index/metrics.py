"""Every metric's name and labels. Owns its registry: importing this module registers nothing."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lensdex_index.records import CollectionStatistics

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)


class Metrics:
    """The metrics of one process. Implements the engines' Observer."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "lensdex_index_calls",
            "Calls answered, by method, gRPC code and reason (empty when it went well).",
            ("method", "code", "reason"),
            registry=self.registry,
        )
        self.call_seconds = Histogram(
            "lensdex_index_call_seconds",
            "Time from arrival to answer, by method.",
            ("method",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.pending_calls = Gauge(
            "lensdex_index_pending_calls", "Calls accepted and not yet answered.", registry=self.registry
        )
        self.open_streams = Gauge("lensdex_index_open_streams", "Streams open.", registry=self.registry)
        self.stream_items = Counter(
            "lensdex_index_stream_items",
            "Items of upsert streams answered, by reason (empty when written).",
            ("reason",),
            registry=self.registry,
        )
        self.search_queries = Counter(
            "lensdex_index_search_queries",
            "Queries searched, by mode (exact or approximate, as asked for).",
            ("mode",),
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "lensdex_index_commit_seconds",
            "Time of one commit, from the first statement until searches see it.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.commit_writes = Histogram(
            "lensdex_index_commit_writes",
            "Calls whose writes shared one commit.",
            buckets=_SIZES,
            registry=self.registry,
        )
        self.commit_records = Histogram(
            "lensdex_index_commit_records",
            "Records written or ids deleted in one commit.",
            buckets=_SIZES,
            registry=self.registry,
        )
        self.held_back_seconds = Histogram(
            "lensdex_index_held_back_seconds",
            "Time writers waited for room in a tail, by group that waited; what had room at once is not counted.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.graph_loads = Counter(
            "lensdex_index_graph_loads",
            "Saved graphs looked for at the start, by outcome: loaded; absent; or, rebuilt: corrupted, foreign, "
            "other_version, ahead, mostly_dead.",
            ("outcome",),
            registry=self.registry,
        )
        self.graph_saves = Counter(
            "lensdex_index_graph_saves",
            "Graphs saved, by outcome: saved, failed.",
            ("outcome",),
            registry=self.registry,
        )
        self.graph_save_seconds = Histogram(
            "lensdex_index_graph_save_seconds", "Time of saving one graph.", buckets=_SECONDS, registry=self.registry
        )
        self.recall_found = Counter(
            "lensdex_index_recall_audit_found",
            "Of the nearest records of queries that were checked, those their answers held.",
            ("collection", "view"),
            registry=self.registry,
        )
        self.recall_nearest = Counter(
            "lensdex_index_recall_audit_nearest",
            "Nearest records of queries that were checked; what was found, divided by this, is recall.",
            ("collection", "view"),
            registry=self.registry,
        )
        self.serving = Gauge(
            "lensdex_index_serving", "1 while the service answers, 0 while it starts or drains.", registry=self.registry
        )

    def committed(self, seconds: float, num_writes: int, num_records: int) -> None:
        """Count one commit."""
        self.commit_seconds.observe(seconds)
        self.commit_writes.observe(num_writes)
        self.commit_records.observe(num_records)

    def held_back(self, seconds: float) -> None:
        """Count one wait for room."""
        self.held_back_seconds.observe(seconds)

    def graph_looked_for(self, outcome: str) -> None:
        """Count what became of one saved graph."""
        self.graph_loads.labels(outcome).inc()

    def graph_saved(self, seconds: float) -> None:
        """Count one graph saved."""
        self.graph_saves.labels("saved").inc()
        self.graph_save_seconds.observe(seconds)

    def graph_not_saved(self) -> None:
        """Count one graph that could not be saved."""
        self.graph_saves.labels("failed").inc()

    def recall_checked(self, collection: str, view: str, num_found: int, num_nearest: int) -> None:
        """Count one query that was checked."""
        self.recall_found.labels(collection, view).inc(num_found)
        self.recall_nearest.labels(collection, view).inc(num_nearest)

    def watch(self, statistics: Callable[[], Iterable[tuple[str, CollectionStatistics]]]) -> None:
        """Read *statistics*, by collection, at every scrape."""
        self.registry.register(CollectionGauges(statistics))


class CollectionGauges(Collector):
    """Gauges read from the collections when they are asked for, so that none can be out of date."""

    def __init__(self, statistics: Callable[[], Iterable[tuple[str, CollectionStatistics]]] = tuple) -> None:
        self._statistics = statistics

    def collect(self) -> Iterable[Metric]:
        """Return the gauges as they are now."""
        records = GaugeMetricFamily("lensdex_index_records", "Records.", labels=("collection",))
        disk = GaugeMetricFamily("lensdex_index_disk_bytes", "Bytes of files on disk.", labels=("collection",))
        vectors = GaugeMetricFamily("lensdex_index_vectors", "Vectors of a view.", labels=("collection", "view"))
        tail = GaugeMetricFamily(
            "lensdex_index_tail_vectors",
            "Vectors of a view that are not in its graph yet and are searched exactly.",
            labels=("collection", "view"),
        )
        strays = GaugeMetricFamily(
            "lensdex_index_stray_vectors",
            "Vectors of a view that its graph has and does not find, and that are searched exactly.",
            labels=("collection", "view"),
        )
        bounds = GaugeMetricFamily(
            "lensdex_index_tail_bound_vectors",
            "Tail of a view past which writers wait: as many as are scanned in the time of one query of its graph.",
            labels=("collection", "view"),
        )
        for name, statistics in self._statistics():
            records.add_metric((name,), statistics.num_records)
            disk.add_metric((name,), statistics.disk_bytes)
            for view in statistics.views:
                vectors.add_metric((name, view.view), view.num_vectors)
                tail.add_metric((name, view.view), view.num_tail_vectors)
                strays.add_metric((name, view.view), view.num_stray_vectors)
                bounds.add_metric((name, view.view), view.max_tail_vectors)
        return (records, vectors, tail, bounds, strays, disk)
