"""CollectionService: messages ↔ the catalog."""

# ruff: noqa: N802  methods carry the names of the RPCs

from importlib import metadata

from lensdex.common.v1 import build_info_pb2
from lensdex.index.v1 import collection_service_pb2 as pb
from lensdex.index.v1 import collection_service_pb2_grpc
from lensdex.index.v1 import snapshots_pb2 as snapshots_pb
from lensdex_index import tokens
from lensdex_index.archive import Archive
from lensdex_index.catalog import Catalog, Target
from lensdex_index.errors import InvalidFieldError
from lensdex_index.faces import decode, encode, reindex, snapshot_transfer, snapshots
from lensdex_index.faces.calls import Call, Calls, Context
from lensdex_index.faces.reaching import reach

_DEFAULT_PAGE = 100
_LARGEST_PAGE = 1_000
_LIBRARIES = ("grpcio", "hnswlib", "numpy", "protobuf")


def page_size(sent: int, *, otherwise: int, largest: int) -> int:
    """Return the page size to use. Raises InvalidFieldError for a negative one."""
    if sent < 0:
        raise InvalidFieldError("page_size", f"must not be negative; 0 means {otherwise}", str(sent), 0, largest)
    return min(sent or otherwise, largest)


class CollectionFace(collection_service_pb2_grpc.CollectionServiceServicer):
    """Creates, describes, changes and deletes collections, and names them anew."""

    def __init__(self, catalog: Catalog, calls: Calls) -> None:
        self._catalog = catalog
        self._archive = Archive(catalog)
        self._calls = calls

    async def CreateCollection(
        self, request: pb.CreateCollectionRequest, context: Context
    ) -> pb.CreateCollectionResponse:
        return await self._calls.run("CreateCollection", request, context, self._create)

    async def GetCollection(self, request: pb.GetCollectionRequest, context: Context) -> pb.GetCollectionResponse:
        return await self._calls.run("GetCollection", request, context, self._get)

    async def ListCollections(self, request: pb.ListCollectionsRequest, context: Context) -> pb.ListCollectionsResponse:
        return await self._calls.run("ListCollections", request, context, self._list)

    async def DeleteCollection(
        self, request: pb.DeleteCollectionRequest, context: Context
    ) -> pb.DeleteCollectionResponse:
        return await self._calls.run("DeleteCollection", request, context, self._delete)

    async def GetIndexInfo(self, request: pb.GetIndexInfoRequest, context: Context) -> pb.GetIndexInfoResponse:
        return await self._calls.run("GetIndexInfo", request, context, self._info)

    async def SetAlias(self, request: pb.SetAliasRequest, context: Context) -> pb.SetAliasResponse:
        return await self._calls.run("SetAlias", request, context, self._set_alias)

    async def DeleteAlias(self, request: pb.DeleteAliasRequest, context: Context) -> pb.DeleteAliasResponse:
        return await self._calls.run("DeleteAlias", request, context, self._delete_alias)

    async def ListAliases(self, request: pb.ListAliasesRequest, context: Context) -> pb.ListAliasesResponse:
        return await self._calls.run("ListAliases", request, context, self._list_aliases)

    async def AddView(self, request: pb.AddViewRequest, context: Context) -> pb.AddViewResponse:
        return await self._calls.run("AddView", request, context, self._add_view)

    async def DropView(self, request: pb.DropViewRequest, context: Context) -> pb.DropViewResponse:
        return await self._calls.run("DropView", request, context, self._drop_view)

    async def Reindex(self, request: pb.ReindexRequest, context: Context) -> None:
        async def serve(call: Call) -> None:
            call.request_bytes = request.ByteSize()
            await reindex.run(self._catalog, request, context, call)

        await self._calls.stream("Reindex", context, serve)

    async def CreateSnapshot(self, request: snapshots_pb.CreateSnapshotRequest, context: Context) -> None:
        async def serve(call: Call) -> None:
            call.request_bytes = request.ByteSize()
            await snapshots.create(self._archive, request, context, call)

        await self._calls.stream("CreateSnapshot", context, serve)

    async def ListSnapshots(
        self, request: snapshots_pb.ListSnapshotsRequest, context: Context
    ) -> snapshots_pb.ListSnapshotsResponse:
        return await self._calls.run("ListSnapshots", request, context, self._list_snapshots)

    async def DeleteSnapshot(
        self, request: snapshots_pb.DeleteSnapshotRequest, context: Context
    ) -> snapshots_pb.DeleteSnapshotResponse:
        return await self._calls.run("DeleteSnapshot", request, context, self._delete_snapshot)

    async def RestoreSnapshot(self, request: snapshots_pb.RestoreSnapshotRequest, context: Context) -> None:
        async def serve(call: Call) -> None:
            call.request_bytes = request.ByteSize()
            await snapshots.restore(self._archive, request, context, call)

        await self._calls.stream("RestoreSnapshot", context, serve)

    async def DownloadSnapshot(self, request: snapshots_pb.DownloadSnapshotRequest, context: Context) -> None:
        async def serve(call: Call) -> None:
            call.request_bytes = request.ByteSize()
            await snapshot_transfer.download(self._archive, request, context, call)

        await self._calls.stream("DownloadSnapshot", context, serve)

    async def UploadSnapshot(self, requests: object, context: Context) -> snapshots_pb.UploadSnapshotResponse:  # noqa: ARG002  read through the context
        async def serve(call: Call) -> snapshots_pb.UploadSnapshotResponse:
            return await snapshot_transfer.upload(self._archive, context, call)

        return await self._calls.stream("UploadSnapshot", context, serve)

    async def _create(self, request: pb.CreateCollectionRequest, call: Call) -> pb.CreateCollectionResponse:
        handle = await call.blocking(self._catalog.create, decode.proposal(request.collection))
        return pb.CreateCollectionResponse(collection=encode.collection(handle.spec))

    async def _get(self, request: pb.GetCollectionRequest, call: Call) -> pb.GetCollectionResponse:
        async def described(target: Target) -> pb.GetCollectionResponse:
            spec, engine = target.handle.spec, self._catalog.engine
            statistics = await call.blocking(target.handle.statistics)
            return pb.GetCollectionResponse(
                collection=encode.collection(spec),
                statistics=encode.statistics(spec, statistics),
                engine=engine.name,
                traits=sorted(trait.value for trait in engine.traits),
                alias=None if target.alias is None else encode.alias(target.alias),
            )

        return await reach(self._catalog, call, request.name, described)

    async def _list(self, request: pb.ListCollectionsRequest, call: Call) -> pb.ListCollectionsResponse:
        size = page_size(request.page_size, otherwise=_DEFAULT_PAGE, largest=_LARGEST_PAGE)
        engine = self._catalog.engine
        after = tokens.unpack_page(engine.epoch, "ListCollections", request.page_token)
        specs = await call.blocking(engine.specs, after, size + 1)
        response = pb.ListCollectionsResponse(collections=[encode.collection(spec) for spec in specs[:size]])
        if len(specs) > size:
            response.next_page_token = tokens.pack_page(engine.epoch, "ListCollections", specs[size - 1].name)
        return response

    async def _delete(self, request: pb.DeleteCollectionRequest, call: Call) -> pb.DeleteCollectionResponse:
        num_records = await call.blocking(self._catalog.drop, request.name)
        return pb.DeleteCollectionResponse(num_records=num_records)

    async def _add_view(self, request: pb.AddViewRequest, call: Call) -> pb.AddViewResponse:
        view = decode.proposed_view(request.view)

        async def added(target: Target) -> pb.AddViewResponse:
            # By its own name: what an alias names may be another collection by now.
            name = target.handle.spec.name
            await call.done(await call.blocking(self._catalog.add_view, name, view, call.deadline))
            return pb.AddViewResponse(collection=encode.collection(target.handle.spec))

        return await reach(self._catalog, call, request.collection, added)

    async def _drop_view(self, request: pb.DropViewRequest, call: Call) -> pb.DropViewResponse:
        async def dropped(target: Target) -> pb.DropViewResponse:
            name = target.handle.spec.name
            await call.done(await call.blocking(self._catalog.drop_view, name, request.view, call.deadline))
            return pb.DropViewResponse(collection=encode.collection(target.handle.spec))

        return await reach(self._catalog, call, request.collection, dropped)

    async def _list_snapshots(
        self, request: snapshots_pb.ListSnapshotsRequest, call: Call
    ) -> snapshots_pb.ListSnapshotsResponse:
        size = page_size(request.page_size, otherwise=_DEFAULT_PAGE, largest=_LARGEST_PAGE)
        epoch, of = self._catalog.engine.epoch, request.collection
        after = tokens.unpack_page(epoch, "ListSnapshots", request.page_token, of=of)
        found = await call.blocking(self._archive.page, after, size + 1, of)
        response = snapshots_pb.ListSnapshotsResponse(snapshots=[encode.snapshot(one) for one in found[:size]])
        if len(found) > size:
            response.next_page_token = tokens.pack_page(epoch, "ListSnapshots", found[size - 1].name, of=of)
        return response

    async def _delete_snapshot(
        self, request: snapshots_pb.DeleteSnapshotRequest, call: Call
    ) -> snapshots_pb.DeleteSnapshotResponse:
        await call.blocking(self._archive.delete, request.snapshot)
        return snapshots_pb.DeleteSnapshotResponse()

    async def _info(self, request: pb.GetIndexInfoRequest, call: Call) -> pb.GetIndexInfoResponse:  # noqa: ARG002
        limits = self._catalog.limits
        return pb.GetIndexInfoResponse(
            engine=self._catalog.engine.name,
            backends=self._catalog.engine.backends,
            limits=pb.IndexLimits(**{name: getattr(limits, name) for name in limits.__dataclass_fields__}),
            build=build_info_pb2.BuildInfo(
                version=metadata.version("lensdex-index"),
                libraries={name: metadata.version(name) for name in _LIBRARIES},
            ),
        )

    async def _set_alias(self, request: pb.SetAliasRequest, call: Call) -> pb.SetAliasResponse:
        alias = decode.alias(request.alias)
        expected = request.expected_collection if request.HasField("expected_collection") else None
        before = await call.blocking(self._catalog.set_alias, alias, expected)
        return pb.SetAliasResponse(
            alias=encode.alias(alias), previous_collection="" if before is None else before.collection
        )

    async def _delete_alias(self, request: pb.DeleteAliasRequest, call: Call) -> pb.DeleteAliasResponse:
        return pb.DeleteAliasResponse(
            alias=encode.alias(await call.blocking(self._catalog.engine.delete_alias, request.name))
        )

    async def _list_aliases(self, request: pb.ListAliasesRequest, call: Call) -> pb.ListAliasesResponse:
        size = page_size(request.page_size, otherwise=_DEFAULT_PAGE, largest=_LARGEST_PAGE)
        engine = self._catalog.engine
        after = tokens.unpack_page(engine.epoch, "ListAliases", request.page_token)
        aliases = await call.blocking(engine.aliases, after, size + 1)
        response = pb.ListAliasesResponse(aliases=[encode.alias(alias) for alias in aliases[:size]])
        if len(aliases) > size:
            response.next_page_token = tokens.pack_page(engine.epoch, "ListAliases", aliases[size - 1].name)
        return response
