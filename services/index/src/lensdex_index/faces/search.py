"""SearchRecords: a request checked, searched and answered within its byte budget. Blocks; runs in the pool."""

import contextlib
import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from lensdex.index.v1 import record_service_pb2 as pb
from lensdex_index import checks
from lensdex_index.catalog import Target
from lensdex_index.errors import (
    DimensionMismatchError,
    DomainError,
    InvalidFieldError,
    ResponseTooLargeError,
    out_of_range,
)
from lensdex_index.faces import decode, encode
from lensdex_index.faces.filters import filter_of
from lensdex_index.records import Found, Include, Limits, Matrix, Search, ViewSpec

_VECTORS = "vectors.vectors"
_IDS = "records.ids"


def answer(target: Target, request: pb.SearchRecordsRequest, limits: Limits) -> pb.SearchRecordsResponse:
    """Return the response, without its time. Raises what refuses the call as a whole."""
    check_numbers(request, limits)
    handle, view = target.handle, target.view(request.view)
    include = decode.include(request, otherwise=Include(metadata=True, content=False))
    refused: dict[int, DomainError] = {}
    queries: Matrix | list[str]
    match request.WhichOneof("queries"):
        case "vectors":
            queries, refused = vectors_of(view, request.vectors, _VECTORS, limits.max_queries)
            num_queries = len(queries)
            queries = queries[np.setdiff1d(np.arange(num_queries), list(refused))] if refused else queries
        case "records":
            queries = list(request.records.ids)
            num_queries = len(queries)
            checks.check_count(_IDS, num_queries, limits.max_queries)
        case _:
            raise InvalidFieldError("queries", "give vectors or records to search for")
    search = Search(
        view=view.name,
        queries=queries,
        k=request.k,
        ef=request.ef or None,
        exact=request.exact,
        threshold=request.score_threshold if request.HasField("score_threshold") else None,
        include=include,
        max_bytes=limits.max_response_bytes,
        filter=filter_of(request, handle.spec, limits),
        view_number=view.number,
    )
    found = handle.search(search)
    response = pb.SearchRecordsResponse(
        view=view.name, num_records_without_view=found.num_records_without_view, collection=handle.spec.name
    )
    with contextlib.closing(found.outcomes) as outcomes:
        fill(response, placed(outcomes, refused, num_queries), include, budget=budget_of(limits, num_queries))
    return response


def check_numbers(request: pb.SearchRecordsRequest, limits: Limits) -> None:
    """Raise InvalidFieldError for a number out of its range."""
    if not 1 <= request.k <= limits.max_k:
        raise out_of_range("k", request.k, 1, limits.max_k)
    if not 0 <= request.ef <= limits.max_ef:
        raise out_of_range("ef", request.ef, 0, limits.max_ef)
    if request.HasField("score_threshold") and not math.isfinite(request.score_threshold):
        raise InvalidFieldError(
            "score_threshold", "must be finite; leave it out for none", str(request.score_threshold)
        )


def vectors_of(view: ViewSpec, sent: pb.VectorQueries, path: str, most: int) -> tuple[Matrix, dict[int, DomainError]]:
    """Return all rows, and why some cannot be searched. *path*: of the vectors. Raises what is wrong with them all."""
    checks.check_count(path, sent.vectors.count, most)
    vectors = decode.matrix(sent.vectors, path)
    checks.check_space(view, decode.space(sent, sent.space))
    if vectors.shape[1] != view.dimension:
        raise DimensionMismatchError(view.name, view.dimension, vectors.shape[1])
    return vectors, checks.bad_rows(view, vectors, path)


def placed(
    outcomes: Iterator[list[Found] | DomainError], refused: dict[int, DomainError], num_queries: int
) -> Iterator[list[Found] | DomainError]:
    """Yield each query's outcome in request order: of the next that was searched, or why it was not."""
    return (refused[at] if at in refused else next(outcomes) for at in range(num_queries))


def budget_of(limits: Limits, num_queries: int) -> encode.Budget:
    """Return the response's budget."""
    return encode.Budget(limits.max_response_bytes, num_queries)


def fill(
    response: pb.SearchRecordsResponse,
    outcomes: Iterator[list[Found] | DomainError],
    include: Include,
    *,
    budget: encode.Budget,
    views: Sequence[str] = (),
) -> None:
    """Add the results, in place: messages are copied when they are put into others. *views*: placements' names."""
    too_large = _too_large(budget.maximum)
    for outcome in outcomes:
        result = response.results.add()
        if isinstance(outcome, DomainError):
            result.error.CopyFrom(encode.error_status(outcome))
        else:
            result.hits.SetInParent()
            for found in outcome:
                hit = result.hits.hits.add(score=found.score)
                encode.fill_record(hit.record, found.record, include)
                for place in found.placements:
                    hit.placements.add(view=views[place.source], rank=place.rank, score=place.score)
        if not budget.take(encode.size(result), encode.size(too_large)):
            result.CopyFrom(too_large)


@functools.cache
def _too_large(max_bytes: int) -> pb.SearchResult:
    return pb.SearchResult(error=encode.error_status(ResponseTooLargeError(max_bytes)))
