"""CollectionService: messages ↔ the catalog."""

# ruff: noqa: N802  methods carry the names of the RPCs

from importlib import metadata

from lensdex.common.v1 import build_info_pb2
from lensdex.index.v1 import collection_service_pb2 as pb
from lensdex.index.v1 import collection_service_pb2_grpc
from lensdex_index import tokens
from lensdex_index.catalog import Catalog
from lensdex_index.errors import InvalidFieldError
from lensdex_index.faces import decode, encode
from lensdex_index.faces.calls import Call, Calls, Context
from lensdex_index.faces.looking_up import look_up

_DEFAULT_PAGE = 100
_LARGEST_PAGE = 1_000
_LIBRARIES = ("grpcio", "hnswlib", "numpy", "protobuf")


def page_size(sent: int, *, otherwise: int, largest: int) -> int:
    """Return the page size to use. Raises InvalidFieldError for a negative one."""
    if sent < 0:
        raise InvalidFieldError("page_size", f"must not be negative; 0 means {otherwise}", str(sent), 0, largest)
    return min(sent or otherwise, largest)


class CollectionFace(collection_service_pb2_grpc.CollectionServiceServicer):
    """Creates, describes and deletes collections."""

    def __init__(self, catalog: Catalog, calls: Calls) -> None:
        self._catalog = catalog
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

    async def _create(self, request: pb.CreateCollectionRequest, call: Call) -> pb.CreateCollectionResponse:
        handle = await call.blocking(self._catalog.create, decode.proposal(request.collection))
        return pb.CreateCollectionResponse(collection=encode.collection(handle.spec))

    async def _get(self, request: pb.GetCollectionRequest, call: Call) -> pb.GetCollectionResponse:
        handle = await look_up(self._catalog, call, request.name)
        statistics = await call.blocking(handle.statistics)
        engine = self._catalog.engine
        return pb.GetCollectionResponse(
            collection=encode.collection(handle.spec),
            statistics=encode.statistics(handle.spec, statistics),
            engine=engine.name,
            traits=sorted(trait.value for trait in engine.traits),
        )

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
        num_records = await call.blocking(self._catalog.engine.drop, request.name)
        return pb.DeleteCollectionResponse(num_records=num_records)

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
