"""Calls of CollectionService: requests from plain data, plain data from answers. Pure; knows no channel."""

from dataclasses import fields
from datetime import UTC
from typing import cast

from lensdex.index.v1 import collection_pb2, collection_service_pb2
from lensdex_client import collection as data
from lensdex_client.alias_calls import unpack_alias
from lensdex_client.calls import Call, method
from lensdex_client.embedder_calls import build_of
from lensdex_client.metadata_codec import pack_metadata, unpack_metadata
from lensdex_wire.space_codec import pack_space, unpack_space

pb = collection_service_pb2


def create_collection(collection: data.Collection) -> Call[data.Collection]:
    """Return the call that creates *collection*."""
    request = pb.CreateCollectionRequest(collection=pack_collection(collection))
    return Call(method("CollectionService/CreateCollection"), request, _created)


def get_collection(name: str) -> Call[data.CollectionDetails]:
    """Return the call that describes the collection *name*."""
    return Call(method("CollectionService/GetCollection"), pb.GetCollectionRequest(name=name), _details)


def list_collections(*, page_size: int = 0, page_token: str = "") -> Call[data.CollectionPage]:
    """Return the call that lists one page of collections."""
    request = pb.ListCollectionsRequest(page_size=page_size, page_token=page_token)
    return Call(method("CollectionService/ListCollections"), request, _page)


def delete_collection(name: str) -> Call[int]:
    """Return the call that deletes the collection *name* and answers how many records went with it."""
    return Call(method("CollectionService/DeleteCollection"), pb.DeleteCollectionRequest(name=name), _num_deleted)


def add_view(collection: str, view: data.View) -> Call[data.Collection]:
    """Return the call that adds *view* and answers the collection as it is then."""
    request = pb.AddViewRequest(collection=collection, view=_pack_view(view))
    return Call(method("CollectionService/AddView"), request, _created)


def drop_view(collection: str, view: str) -> Call[data.Collection]:
    """Return the call that drops the view *view* and answers the collection as it is then."""
    request = pb.DropViewRequest(collection=collection, view=view)
    return Call(method("CollectionService/DropView"), request, _created)


def index_info() -> Call[data.IndexInfo]:
    """Return the call that asks for the index's limits, backends and versions."""
    return Call(method("CollectionService/GetIndexInfo"), pb.GetIndexInfoRequest(), _info)


def pack_collection(collection: data.Collection) -> collection_pb2.Collection:
    """Return *collection* as a message, without its create_time, which only the service sets."""
    return collection_pb2.Collection(
        name=collection.name,
        views=[_pack_view(view) for view in collection.views],
        indexed_fields=[
            collection_pb2.IndexedField(
                name=item.name,
                type=cast("collection_pb2.FieldType", collection_pb2.FieldType.Value(item.type.value)),
                list=item.many,
            )
            for item in collection.indexed_fields
        ],
    )


def unpack_collection(message: collection_pb2.Collection) -> data.Collection:
    """Return *message* as plain data. Raises ValueError for enum values unknown to this version."""
    created = message.create_time.ToDatetime(UTC) if message.HasField("create_time") else None
    return data.Collection(
        name=message.name,
        views=tuple(_unpack_view(view) for view in message.views),
        indexed_fields=tuple(
            data.IndexedField(
                name=item.name, type=data.FieldType(collection_pb2.FieldType.Name(item.type)), many=item.list
            )
            for item in message.indexed_fields
        ),
        create_time=created,
    )


def _pack_view(view: data.View) -> collection_pb2.View:
    message = collection_pb2.View(
        name=view.name, metric=cast("collection_pb2.Metric", collection_pb2.Metric.Value(view.metric.value))
    )
    if view.space is not None:
        message.space.CopyFrom(pack_space(view.space))
    else:
        message.dimension = view.dimension
    if view.backend is not None:
        parameters = pack_metadata(view.backend.parameters, "backend.parameters")
        message.backend.CopyFrom(collection_pb2.Backend(name=view.backend.name, parameters=parameters))
    return message


def _unpack_view(message: collection_pb2.View) -> data.View:
    backend = None
    if message.HasField("backend"):
        # A message's map has no order of its own: what is shown of it should not change from call to call.
        parameters = unpack_metadata(message.backend.parameters)
        backend = data.Backend(message.backend.name, dict(sorted(parameters.items())))
    bound = message.WhichOneof("basis") == "space"
    metric = message.metric or collection_pb2.METRIC_COSINE
    return data.View(
        name=message.name,
        space=unpack_space(message.space) if bound else None,
        dimension=0 if bound else message.dimension,
        metric=data.Metric(collection_pb2.Metric.Name(metric)),
        backend=backend,
    )


def _created(
    response: pb.CreateCollectionResponse | pb.AddViewResponse | pb.DropViewResponse, _: str
) -> data.Collection:
    return unpack_collection(response.collection)


def _details(response: pb.GetCollectionResponse, _: str) -> data.CollectionDetails:
    statistics = response.statistics
    return data.CollectionDetails(
        collection=unpack_collection(response.collection),
        statistics=data.CollectionStatistics(
            num_records=statistics.num_records,
            sequence=statistics.sequence,
            disk_bytes=statistics.disk_bytes,
            views=tuple(
                data.ViewStatistics(
                    view=view.view,
                    num_vectors=view.num_vectors,
                    num_tail_vectors=view.num_tail_vectors,
                    space_fingerprint=view.space_fingerprint,
                )
                for view in statistics.views
            ),
        ),
        engine=response.engine,
        traits=tuple(response.traits),
        alias=unpack_alias(response.alias) if response.HasField("alias") else None,
    )


def _page(response: pb.ListCollectionsResponse, _: str) -> data.CollectionPage:
    collections = tuple(unpack_collection(item) for item in response.collections)
    return data.CollectionPage(collections=collections, next_page_token=response.next_page_token)


def _num_deleted(response: pb.DeleteCollectionResponse, _: str) -> int:
    return response.num_records


def _info(response: pb.GetIndexInfoResponse, _: str) -> data.IndexInfo:
    limits = {field.name: getattr(response.limits, field.name) for field in fields(data.IndexLimits)}
    return data.IndexInfo(
        engine=response.engine,
        backends=tuple(response.backends),
        limits=data.IndexLimits(**limits),
        build=build_of(response.build),
    )
