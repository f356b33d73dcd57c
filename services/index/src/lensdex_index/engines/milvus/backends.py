"""What Milvus searches a view with: our backends' names and parameters, and its own."""

from collections.abc import Mapping
from typing import Any, Final

from lensdex_index.engines.parameters import Parameter
from lensdex_index.records import BackendSpec, Metric

PARAMETERS: Final[Mapping[str, Mapping[str, Parameter]]] = {
    "hnsw": {"m": Parameter(16, 2, 128), "ef_construction": Parameter(200, 8, 4096), "ef": Parameter(80, 1, 32_768)},
    "exact": {},
}
"""Per backend; the first is the default. FLAT compares with every vector."""

METRICS: Final[Mapping[Metric, str]] = {Metric.COSINE: "COSINE", Metric.DOT: "IP", Metric.EUCLIDEAN: "L2"}


def index_of(backend: BackendSpec) -> dict[str, Any]:
    """Return the index that Milvus builds for it."""
    if backend.name == "exact":
        return {"index_type": "FLAT", "params": {}}
    parameters = {"M": backend.parameters["m"], "efConstruction": backend.parameters["ef_construction"]}
    return {"index_type": "HNSW", "params": parameters}


def search_of(backend: BackendSpec, ef: int | None, limit: int) -> dict[str, int]:
    """Return how wide Milvus is to search for *limit* hits."""
    if backend.name == "exact":
        return {}
    return {"ef": max(ef if ef is not None else backend.parameters["ef"], limit)}
