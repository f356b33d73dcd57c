"""The call that searches several views at once: its request from plain data. Pure; knows no channel."""

from collections.abc import Sequence

from lensdex.index.v1 import record_service_pb2 as pb
from lensdex_client import record as data
from lensdex_client.calls import Call, method
from lensdex_client.filter_codec import pack_filter
from lensdex_client.filters import Filter
from lensdex_client.fusion import FusionSource
from lensdex_client.record_calls import pack_include, unpack_results
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors


def search_fused(
    collection: str,
    sources: Sequence[FusionSource],
    *,
    ids: Sequence[str] = (),
    k: int,
    window: int = 0,
    rank_constant: int = 0,
    ef: int = 0,
    exact: bool = False,
    include: data.Include,
    consistency_token: str = "",
    filter: Filter | None = None,
) -> Call[data.SearchResults]:
    """Return the call that searches *sources* at once, by their vectors or by the records *ids*.

    Raises ValueError unless either all sources have vectors, or none has and *ids* are given.
    """
    if any((source.vectors is None) == (not ids) for source in sources):
        raise ValueError("search by vectors in every source, or by ids and none: exactly one of both")
    request = pb.SearchRecordsRequest(
        collection=collection,
        k=k,
        ef=ef,
        exact=exact,
        include=pack_include(include),
        consistency_token=consistency_token,
        filter=pack_filter(filter),
        fusion=pb.Fusion(
            sources=[_pack_source(source) for source in sources], window=window, rank_constant=rank_constant
        ),
    )
    if ids:
        request.records.CopyFrom(pb.RecordQueries(ids=ids))
    return Call(method("RecordService/SearchRecords"), request, unpack_results)


def _pack_source(source: FusionSource) -> pb.FusionSource:
    message = pb.FusionSource(view=source.view, weight=source.weight)
    if source.vectors is not None:
        message.vectors.vectors.CopyFrom(pack_vectors(source.vectors))
        if source.space is not None:
            message.vectors.space.CopyFrom(pack_space(source.space))
    return message
