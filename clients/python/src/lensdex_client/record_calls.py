"""Calls of RecordService: requests from plain data, plain data from answers. Pure but for reading pictures to keep."""

from collections.abc import Sequence

from lensdex.index.v1 import record_pb2
from lensdex.index.v1 import record_service_pb2 as pb
from lensdex_client import record as data
from lensdex_client.calls import Call, method
from lensdex_client.content_codec import pack_kept, unpack_content
from lensdex_client.embedder_calls import outcome_of
from lensdex_client.filter_codec import pack_filter
from lensdex_client.filters import Filter
from lensdex_client.fusion import Placement, SearchedView
from lensdex_client.metadata_codec import pack_metadata, unpack_metadata
from lensdex_wire.space import Space
from lensdex_wire.space_codec import pack_space, unpack_space
from lensdex_wire.vectors import Matrix, pack_vectors, unpack_vectors


def upsert_records(
    collection: str, records: Sequence[data.Record], vectors: Sequence[data.ViewVectors]
) -> Call[data.Upserted]:
    """Return the call that inserts or replaces *records*. Raises OSError, and InvalidFieldError for unfit metadata."""
    request = pb.UpsertRecordsRequest(
        collection=collection,
        records=[pack_record(record, index) for index, record in enumerate(records)],
        vectors=[pack_view_vectors(block) for block in vectors],
    )
    return Call(method("RecordService/UpsertRecords"), request, _upserted)


def update_records(
    collection: str, updates: Sequence[data.RecordUpdate], vectors: Sequence[data.ViewVectors] = ()
) -> Call[data.Updated]:
    """Return the call that changes parts of records. Raises OSError, and InvalidFieldError for unfit metadata."""
    request = pb.UpdateRecordsRequest(
        collection=collection,
        updates=[_pack_update(update, index) for index, update in enumerate(updates)],
        vectors=[pack_view_vectors(block) for block in vectors],
    )
    return Call(method("RecordService/UpdateRecords"), request, _updated)


def delete_records(collection: str, ids: Sequence[str] = (), *, filter: Filter | None = None) -> Call[data.Deleted]:
    """Return the call that deletes records by id, or those that match. Raises ValueError where both are given."""
    if filter is not None and ids:
        raise ValueError("delete by ids or by a filter, not by both")
    request = pb.DeleteRecordsRequest(collection=collection, ids=ids, filter=pack_filter(filter))
    return Call(method("RecordService/DeleteRecords"), request, _deleted)


def get_records(
    collection: str, ids: Sequence[str], *, include: data.Include, views: Sequence[str] = ()
) -> Call[data.Records]:
    """Return the call that reads records by id."""
    request = pb.GetRecordsRequest(collection=collection, ids=ids, include=pack_include(include), views=views)
    return Call(method("RecordService/GetRecords"), request, _records)


def list_records(
    collection: str,
    *,
    page_size: int = 0,
    page_token: str = "",
    include: data.Include,
    views: Sequence[str] = (),
    filter: Filter | None = None,
) -> Call[data.RecordPage]:
    """Return the call that lists one page of the records that match."""
    request = pb.ListRecordsRequest(
        collection=collection,
        page_size=page_size,
        page_token=page_token,
        include=pack_include(include),
        views=views,
        filter=pack_filter(filter),
    )
    return Call(method("RecordService/ListRecords"), request, _page)


def count_records(collection: str, *, filter: Filter | None = None) -> Call[int]:
    """Return the call that counts the records that match."""
    request = pb.CountRecordsRequest(collection=collection, filter=pack_filter(filter))
    return Call(method("RecordService/CountRecords"), request, _count)


def search_records(
    collection: str,
    *,
    vectors: Matrix | None = None,
    space: Space | None = None,
    ids: Sequence[str] = (),
    k: int,
    view: str = "",
    ef: int = 0,
    exact: bool = False,
    score_threshold: float | None = None,
    include: data.Include,
    consistency_token: str = "",
    filter: Filter | None = None,
) -> Call[data.SearchResults]:
    """Return the call that finds the records nearest to *vectors* (one query a row) or to the records *ids*.

    Raises ValueError unless exactly one of both is given.
    """
    if (vectors is None) == (not ids):
        raise ValueError("search by vectors or by ids: exactly one of both")
    request = pb.SearchRecordsRequest(
        collection=collection,
        view=view,
        k=k,
        ef=ef,
        exact=exact,
        score_threshold=score_threshold,
        include=pack_include(include),
        consistency_token=consistency_token,
        filter=pack_filter(filter),
    )
    if vectors is not None:
        packed = pb.VectorQueries(vectors=pack_vectors(vectors))
        if space is not None:
            packed.space.CopyFrom(pack_space(space))
        request.vectors.CopyFrom(packed)
    else:
        request.records.CopyFrom(pb.RecordQueries(ids=ids))
    return Call(method("RecordService/SearchRecords"), request, unpack_results)


def pack_view_vectors(block: data.ViewVectors) -> record_pb2.ViewVectors:
    """Return *block* as a message."""
    message = record_pb2.ViewVectors(
        view=block.view, vectors=pack_vectors(block.vectors), record_indexes=block.record_indexes
    )
    if block.space is not None:
        message.space.CopyFrom(pack_space(block.space))
    return message


def unpack_view_vectors(message: record_pb2.ViewVectors) -> data.ViewVectors:
    """Return *message* as plain data. Raises ValueError when its bytes or indexes do not fit its shape."""
    vectors = unpack_vectors(message.vectors)
    if message.record_indexes and len(message.record_indexes) != len(vectors):
        raise ValueError(f"{len(vectors)} vectors for {len(message.record_indexes)} record indexes")
    return data.ViewVectors(
        vectors=vectors,
        view=message.view,
        space=unpack_space(message.space) if message.HasField("space") else None,
        record_indexes=tuple(message.record_indexes),
    )


def unpack_record(message: record_pb2.Record) -> data.Record:
    """Return *message* as plain data."""
    metadata = unpack_metadata(message.metadata)
    return data.Record(id=message.id, metadata=metadata, content=unpack_content(message.content))


def pack_record(record: data.Record, index: int) -> record_pb2.Record:
    """Return *record* as a message; *index* names it in errors. Raises OSError, and InvalidFieldError for metadata."""
    message = record_pb2.Record(id=record.id)
    if record.metadata:
        message.metadata.CopyFrom(pack_metadata(record.metadata, f"records[{index}].metadata"))
    if record.content.texts or record.content.images or record.content.videos:
        message.content.CopyFrom(pack_kept(record.content))
    return message


def pack_include(include: data.Include) -> record_pb2.Include:
    """Return *include* as a message."""
    return record_pb2.Include(metadata=include.metadata, content=include.content)


def _pack_update(update: data.RecordUpdate, index: int) -> record_pb2.RecordUpdate:
    message = record_pb2.RecordUpdate(
        id=update.id, remove_content=update.remove_content, remove_views=update.remove_views
    )
    if update.metadata:
        message.metadata.CopyFrom(pack_metadata(update.metadata, f"updates[{index}].metadata"))
    if update.content is not None:
        message.content.CopyFrom(pack_kept(update.content))
    return message


def _upserted(response: pb.UpsertRecordsResponse, _: str) -> data.Upserted:
    return data.Upserted(
        num_inserted=response.num_inserted,
        num_replaced=response.num_replaced,
        consistency_token=response.consistency_token,
    )


def _updated(response: pb.UpdateRecordsResponse, _: str) -> data.Updated:
    return data.Updated(num_updated=response.num_updated, consistency_token=response.consistency_token)


def _deleted(response: pb.DeleteRecordsResponse, _: str) -> data.Deleted:
    return data.Deleted(num_deleted=response.num_deleted, consistency_token=response.consistency_token)


def _records(response: pb.GetRecordsResponse, request_id: str) -> data.Records:
    return data.Records(
        outcomes=tuple(outcome_of(item, unpack_record, item.record, request_id) for item in response.results),
        vectors=tuple(unpack_view_vectors(block) for block in response.vectors),
    )


def _page(response: pb.ListRecordsResponse, _: str) -> data.RecordPage:
    return data.RecordPage(
        records=tuple(unpack_record(record) for record in response.records),
        vectors=tuple(unpack_view_vectors(block) for block in response.vectors),
        next_page_token=response.next_page_token,
    )


def _count(response: pb.CountRecordsResponse, _: str) -> int:
    return response.num_records


def unpack_results(response: pb.SearchRecordsResponse, request_id: str) -> data.SearchResults:
    """Return the answer to a search as plain data."""
    return data.SearchResults(
        outcomes=tuple(outcome_of(item, _hits, item.hits, request_id) for item in response.results),
        view=response.view,
        num_records_without_view=response.num_records_without_view,
        search_seconds=response.search_time.ToNanoseconds() / 1e9,
        collection=response.collection,
        views=tuple(SearchedView(item.view, item.num_records_without_view) for item in response.views),
    )


def _hits(message: pb.Hits) -> tuple[data.Hit, ...]:
    return tuple(
        data.Hit(
            record=unpack_record(hit.record),
            score=hit.score,
            placements=tuple(Placement(place.view, place.rank, place.score) for place in hit.placements),
        )
        for hit in message.hits
    )
