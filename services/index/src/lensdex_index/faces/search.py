"""SearchRecords: a request checked, searched and answered within its byte budget. Blocks; runs in the pool."""

import contextlib
import functools
import math
from collections.abc import Iterator

import numpy as np

from lensdex.index.v1 import record_service_pb2 as pb
from lensdex_index import checks
from lensdex_index.engine import CollectionHandle
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


def answer(handle: CollectionHandle, request: pb.SearchRecordsRequest, limits: Limits) -> pb.SearchRecordsResponse:
    """Return the response, without its time. Raises what refuses the call as a whole."""
    _check_numbers(request, limits)
    view = checks.view_of(handle.spec, request.view)
    include = decode.include(request, otherwise=Include(metadata=True, content=False))
    refused: dict[int, DomainError] = {}
    queries: Matrix | list[str]
    match request.WhichOneof("queries"):
        case "vectors":
            queries, refused = _vectors(view, request.vectors, limits)
            num_queries = len(queries) + len(refused)
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
    )
    found = handle.search(search)
    response = pb.SearchRecordsResponse(view=view.name, num_records_without_view=found.num_records_without_view)
    with contextlib.closing(found.outcomes) as outcomes:
        _fill(response, outcomes, refused, include, encode.Budget(limits.max_response_bytes, num_queries))
    return response


def _check_numbers(request: pb.SearchRecordsRequest, limits: Limits) -> None:
    if not 1 <= request.k <= limits.max_k:
        raise out_of_range("k", request.k, 1, limits.max_k)
    if not 0 <= request.ef <= limits.max_ef:
        raise out_of_range("ef", request.ef, 0, limits.max_ef)
    if request.HasField("score_threshold") and not math.isfinite(request.score_threshold):
        raise InvalidFieldError(
            "score_threshold", "must be finite; leave it out for none", str(request.score_threshold)
        )


def _vectors(view: ViewSpec, sent: pb.VectorQueries, limits: Limits) -> tuple[Matrix, dict[int, DomainError]]:
    """Return the rows that can be searched, and why the others cannot."""
    checks.check_count(_VECTORS, sent.vectors.count, limits.max_queries)
    vectors = decode.matrix(sent.vectors, _VECTORS)
    checks.check_space(view, decode.space(sent, sent.space))
    if vectors.shape[1] != view.dimension:
        raise DimensionMismatchError(view.name, view.dimension, vectors.shape[1])
    refused = checks.bad_rows(view, vectors, _VECTORS)
    if refused:
        vectors = vectors[np.setdiff1d(np.arange(len(vectors)), list(refused))]
    return vectors, refused


def _fill(
    response: pb.SearchRecordsResponse,
    outcomes: Iterator[list[Found] | DomainError],
    refused: dict[int, DomainError],
    include: Include,
    budget: encode.Budget,
) -> None:
    """Add the results, in place: messages are copied when they are put into others."""
    for at in range(budget.num_items):
        outcome = refused[at] if at in refused else next(outcomes)
        result = response.results.add()
        if isinstance(outcome, DomainError):
            result.error.CopyFrom(encode.error_status(outcome))
        else:
            result.hits.SetInParent()
            for found in outcome:
                hit = result.hits.hits.add(score=found.score)
                encode.fill_record(hit.record, found.record, include)
        if not budget.take(encode.size(result), encode.size(_too_large(budget.maximum))):
            result.CopyFrom(_too_large(budget.maximum))


@functools.cache
def _too_large(max_bytes: int) -> pb.SearchResult:
    return pb.SearchResult(error=encode.error_status(ResponseTooLargeError(max_bytes)))
