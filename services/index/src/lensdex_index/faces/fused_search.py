"""SearchRecords over several views: a request checked, searched and answered. Blocks; runs in the pool."""

import contextlib
import math
from collections.abc import Sequence

import numpy as np

from lensdex.index.v1 import record_service_pb2 as pb
from lensdex_index import checks
from lensdex_index.catalog import Target
from lensdex_index.errors import DomainError, InvalidFieldError, out_of_range
from lensdex_index.faces import decode, search
from lensdex_index.faces.filters import filter_of
from lensdex_index.records import FusedSearch, Include, Limits, Matrix, Search, ViewSpec

_FEWEST = 2
_WINDOW = 100
_CONSTANT = 60
"""Cormack, Clarke and Büttcher's."""
_LARGEST_CONSTANT = 10_000
_LARGEST_WEIGHT = 1_000.0


def answer(target: Target, request: pb.SearchRecordsRequest, limits: Limits) -> pb.SearchRecordsResponse:
    """Return the response, without its time. Raises what refuses the call as a whole."""
    search.check_numbers(request, limits)
    _check_alone(request)
    fusion = request.fusion
    views = _views(target, fusion, limits)
    window = _window(request, limits)
    weights = [_weight(source, f"fusion.sources[{at}].weight") for at, source in enumerate(fusion.sources)]
    if not 0 <= fusion.rank_constant <= _LARGEST_CONSTANT:
        raise out_of_range("fusion.rank_constant", fusion.rank_constant, 0, _LARGEST_CONSTANT)
    queries, refused = _queries(views, request, limits)
    include = decode.include(request, otherwise=Include(metadata=True, content=False))
    chosen = filter_of(request, target.handle.spec, limits)
    found = target.handle.search_fused(
        FusedSearch(
            searches=[
                Search(
                    view=view.name,
                    queries=asked,
                    k=window,
                    ef=request.ef or None,
                    exact=request.exact,
                    threshold=None,
                    include=include,
                    max_bytes=limits.max_response_bytes,
                    filter=chosen,
                    view_number=view.number,
                )
                for view, asked in zip(views, queries, strict=True)
            ],
            weights=weights,
            constant=fusion.rank_constant or _CONSTANT,
            k=request.k,
            include=include,
            max_bytes=limits.max_response_bytes,
        )
    )
    searched = [
        pb.SearchedView(view=view.name, num_records_without_view=missing)
        for view, missing in zip(views, found.nums_records_without_view, strict=True)
    ]
    response = pb.SearchRecordsResponse(collection=target.handle.spec.name, views=searched)
    names, num_queries = [view.name for view in views], len(queries[0]) + len(refused)
    with contextlib.closing(found.outcomes) as outcomes:
        answered = search.placed(outcomes, refused, num_queries)
        search.fill(response, answered, include, budget=search.budget_of(limits, num_queries), views=names)
    return response


def _check_alone(request: pb.SearchRecordsRequest) -> None:
    given = {
        "view": bool(request.view),
        "vectors": request.WhichOneof("queries") == "vectors",
        "score_threshold": request.HasField("score_threshold"),
    }
    for field, is_given in given.items():
        if is_given:
            raise InvalidFieldError(field, "must be absent beside fusion, whose sources name views and vectors")


def _views(target: Target, fusion: pb.Fusion, limits: Limits) -> list[ViewSpec]:
    if not _FEWEST <= len(fusion.sources) <= limits.max_views:
        raise out_of_range("fusion.sources", len(fusion.sources), _FEWEST, limits.max_views)
    views = [target.view(source.view) for source in fusion.sources]
    for at, view in enumerate(views):
        if view in views[:at]:
            raise InvalidFieldError(f"fusion.sources[{at}].view", "stands there before; each view once", view.name)
    return views


def _window(request: pb.SearchRecordsRequest, limits: Limits) -> int:
    window = request.fusion.window or min(max(_WINDOW, request.k), limits.max_k)
    if not request.k <= window <= limits.max_k:
        raise out_of_range("fusion.window", window, request.k, limits.max_k)
    return window


def _weight(source: pb.FusionSource, path: str) -> float:
    weight = source.weight if source.HasField("weight") else 1.0
    if not (math.isfinite(weight) and 0 < weight <= _LARGEST_WEIGHT):
        raise InvalidFieldError(path, f"must be above 0 and at most {_LARGEST_WEIGHT:g}", str(weight))
    return weight


def _queries(
    views: Sequence[ViewSpec], request: pb.SearchRecordsRequest, limits: Limits
) -> tuple[Sequence[Matrix | Sequence[str]], dict[int, DomainError]]:
    """Return what is searched for in each view, and why some queries are not."""
    sources = request.fusion.sources
    most = max(1, limits.max_queries // len(sources))
    if request.WhichOneof("queries") == "records":
        checks.check_count("records.ids", len(request.records.ids), most)
        for at, source in enumerate(sources):
            if source.HasField("vectors"):
                path = f"fusion.sources[{at}].vectors"
                raise InvalidFieldError(path, "stand beside records; search by one or the other")
        return [list(request.records.ids) for _ in sources], {}
    blocks: list[Matrix] = []
    refused: dict[int, DomainError] = {}
    for at, (view, source) in enumerate(zip(views, sources, strict=True)):
        path = f"fusion.sources[{at}].vectors"
        if not source.HasField("vectors"):
            raise InvalidFieldError(path, "is required where the request does not search by records")
        rows, bad = search.vectors_of(view, source.vectors, f"{path}.vectors", most)
        blocks.append(rows)
        refused = bad | refused
        if len(rows) != len(blocks[0]):
            problem = f"holds {len(rows)} queries, the first source {len(blocks[0])}; give as many in each"
            raise InvalidFieldError(f"{path}.vectors", problem, str(len(rows)))
    good = np.setdiff1d(np.arange(len(blocks[0])), list(refused))
    return [rows[good] for rows in blocks], refused
