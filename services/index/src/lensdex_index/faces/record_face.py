"""RecordService: messages ↔ collections."""

# ruff: noqa: N802  methods carry the names of the RPCs

import contextlib
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

from google.protobuf.message import Message

from lensdex.index.v1 import record_service_pb2 as pb
from lensdex.index.v1 import record_service_pb2_grpc
from lensdex.index.v1 import record_streams_pb2 as streams_pb
from lensdex_index import checks, tokens
from lensdex_index.catalog import Catalog, Target
from lensdex_index.engine import CollectionHandle
from lensdex_index.errors import InvalidFieldError, RecordNotFoundError, ResponseTooLargeError
from lensdex_index.faces import decode, encode, fused_search, search
from lensdex_index.faces.calls import Call, Calls, Context
from lensdex_index.faces.collection_face import page_size
from lensdex_index.faces.export import Export
from lensdex_index.faces.filters import filter_of
from lensdex_index.faces.reaching import reach
from lensdex_index.faces.upsert_items import spaces_of
from lensdex_index.faces.upsert_stream import UpsertStream
from lensdex_index.filters import fingerprint
from lensdex_index.metrics import Metrics
from lensdex_index.records import Batch, Include, ViewSpec, WriteOutcome

_Request = TypeVar(
    "_Request",
    pb.UpsertRecordsRequest,
    pb.UpdateRecordsRequest,
    pb.DeleteRecordsRequest,
    pb.GetRecordsRequest,
    pb.ListRecordsRequest,
    pb.CountRecordsRequest,
    pb.SearchRecordsRequest,
)
_Response = TypeVar("_Response", bound=Message)

_DEFAULT_PAGE = 100
_ALL = Include(metadata=True, content=True)


class RecordFace(record_service_pb2_grpc.RecordServiceServicer):
    """Writes, reads and searches records."""

    def __init__(self, catalog: Catalog, calls: Calls, metrics: Metrics) -> None:
        self._catalog = catalog
        self._limits = catalog.limits
        self._calls = calls
        self._metrics = metrics

    async def UpsertRecords(self, request: pb.UpsertRecordsRequest, context: Context) -> pb.UpsertRecordsResponse:
        return await self._run("UpsertRecords", request, context, self._upsert)

    async def UpdateRecords(self, request: pb.UpdateRecordsRequest, context: Context) -> pb.UpdateRecordsResponse:
        return await self._run("UpdateRecords", request, context, self._update)

    async def DeleteRecords(self, request: pb.DeleteRecordsRequest, context: Context) -> pb.DeleteRecordsResponse:
        return await self._run("DeleteRecords", request, context, self._delete)

    async def GetRecords(self, request: pb.GetRecordsRequest, context: Context) -> pb.GetRecordsResponse:
        return await self._run("GetRecords", request, context, self._get)

    async def ListRecords(self, request: pb.ListRecordsRequest, context: Context) -> pb.ListRecordsResponse:
        return await self._run("ListRecords", request, context, self._list)

    async def CountRecords(self, request: pb.CountRecordsRequest, context: Context) -> pb.CountRecordsResponse:
        return await self._run("CountRecords", request, context, self._count)

    async def SearchRecords(self, request: pb.SearchRecordsRequest, context: Context) -> pb.SearchRecordsResponse:
        return await self._run("SearchRecords", request, context, self._search)

    async def _run(
        self,
        method: str,
        request: _Request,
        context: Context,
        work: Callable[[Target, _Request, Call], Awaitable[_Response]],
    ) -> _Response:
        async def answer(request: _Request, call: Call) -> _Response:
            return await reach(self._catalog, request.collection, lambda target: work(target, request, call))

        return await self._calls.run(method, request, context, answer)

    async def UpsertStream(self, requests: object, context: Context) -> None:  # noqa: ARG002  read through the context
        async def serve(call: Call) -> None:
            stream = UpsertStream(context, call, self._limits, self._metrics)
            options = await stream.options()
            handle = self._catalog.collection(options.collection)
            await stream.run(handle, spaces_of(options, handle.spec))

        await self._calls.stream("UpsertStream", context, serve)

    async def ExportRecords(self, request: streams_pb.ExportRecordsRequest, context: Context) -> None:
        async def serve(call: Call) -> None:
            call.request_bytes = request.ByteSize()
            export = await call.blocking(Export, self._catalog.collection(request.collection), request, self._limits)
            await export.run(context, call)

        await self._calls.stream("ExportRecords", context, serve)

    async def _upsert(self, target: Target, request: pb.UpsertRecordsRequest, call: Call) -> pb.UpsertRecordsResponse:
        handle = target.handle
        future = await call.blocking(self._submit_upsert, handle, request, call.deadline)
        outcome = await call.done(future)
        return pb.UpsertRecordsResponse(
            num_inserted=outcome.num_inserted,
            num_replaced=outcome.num_replaced,
            consistency_token=tokens.pack_consistency(handle.epoch, outcome.sequence),
        )

    def _submit_upsert(
        self, handle: CollectionHandle, request: pb.UpsertRecordsRequest, deadline: float
    ) -> Future[WriteOutcome]:
        checks.check_count("records", len(request.records), self._limits.max_records)
        batch: Batch = checks.check_upsert(
            handle.spec, self._limits, decode.records(request.records), decode.blocks(request.vectors, "vectors")
        )
        return handle.upsert(batch, deadline=deadline)

    async def _update(self, target: Target, request: pb.UpdateRecordsRequest, call: Call) -> pb.UpdateRecordsResponse:
        handle = target.handle
        outcome = await call.done(await call.blocking(self._submit_update, handle, request, call.deadline))
        return pb.UpdateRecordsResponse(
            num_updated=outcome.num_replaced,
            consistency_token=tokens.pack_consistency(handle.epoch, outcome.sequence),
        )

    def _submit_update(
        self, handle: CollectionHandle, request: pb.UpdateRecordsRequest, deadline: float
    ) -> Future[WriteOutcome]:
        checks.check_count("updates", len(request.updates), self._limits.max_records)
        changes = checks.check_update(
            handle.spec, self._limits, decode.changes(request.updates), decode.blocks(request.vectors, "vectors")
        )
        return handle.update(changes, deadline=deadline)

    async def _delete(self, target: Target, request: pb.DeleteRecordsRequest, call: Call) -> pb.DeleteRecordsResponse:
        handle = target.handle
        outcome = await call.done(await call.blocking(self._submit_delete, handle, request, call.deadline))
        return pb.DeleteRecordsResponse(
            num_deleted=outcome.num_deleted,
            consistency_token=tokens.pack_consistency(handle.epoch, outcome.sequence),
        )

    def _submit_delete(
        self, handle: CollectionHandle, request: pb.DeleteRecordsRequest, deadline: float
    ) -> Future[WriteOutcome]:
        chosen = filter_of(request, handle.spec, self._limits)
        if chosen is None:
            checks.check_count("ids", len(request.ids), self._limits.max_records)
            checks.check_ids(request.ids, "ids", self._limits)
            return handle.delete(list(request.ids), deadline=deadline)
        if request.ids:
            raise InvalidFieldError("ids", "must be empty beside a filter; delete by one or the other")
        checks.check_deletable(chosen)
        return handle.delete_matching(chosen, deadline=deadline)

    async def _get(self, target: Target, request: pb.GetRecordsRequest, call: Call) -> pb.GetRecordsResponse:
        handle = target.handle
        checks.check_count("ids", len(request.ids), self._limits.max_records)
        return await call.blocking(self._read_by_id, handle, request, checks.views_of(handle.spec, request.views))

    def _read_by_id(
        self, handle: CollectionHandle, request: pb.GetRecordsRequest, views: list[ViewSpec]
    ) -> pb.GetRecordsResponse:
        include = decode.include(request, otherwise=_ALL)
        budget = encode.Budget(self._limits.max_response_bytes, len(request.ids))
        too_large = pb.GetRecordResult(error=encode.error_status(ResponseTooLargeError(budget.maximum)))
        blocks = encode.Blocks(views)
        response = pb.GetRecordsResponse()
        with contextlib.closing(handle.get(list(request.ids), include, [view.name for view in views])) as records:
            for at, (record_id, stored) in enumerate(zip(request.ids, records, strict=True)):
                if stored is None:
                    error = encode.error_status(RecordNotFoundError(handle.spec.name, record_id))
                    result = pb.GetRecordResult(error=error)
                    num_bytes = encode.size(result)
                else:
                    result = pb.GetRecordResult(record=encode.record(stored.record, include))
                    num_bytes = encode.size(result) + blocks.num_bytes(stored)
                fits = budget.take(num_bytes, encode.size(too_large))
                response.results.append(result if fits else too_large)
                if fits and stored is not None:
                    blocks.add(at, stored)
        checks.check_unchanged(handle.spec, views)
        response.vectors.extend(blocks.messages())
        return response

    async def _list(self, target: Target, request: pb.ListRecordsRequest, call: Call) -> pb.ListRecordsResponse:
        handle = target.handle
        size = page_size(request.page_size, otherwise=_DEFAULT_PAGE, largest=self._limits.max_page_size)
        return await call.blocking(self._read_page, handle, request, size, checks.views_of(handle.spec, request.views))

    def _read_page(
        self, handle: CollectionHandle, request: pb.ListRecordsRequest, size: int, views: list[ViewSpec]
    ) -> pb.ListRecordsResponse:
        include = decode.include(request, otherwise=_ALL)
        budget = encode.Budget(self._limits.max_response_bytes, 1)
        blocks = encode.Blocks(views)
        response = pb.ListRecordsResponse()
        chosen = filter_of(request, handle.spec, self._limits)
        of = fingerprint(chosen)
        last = after = tokens.unpack_page(handle.epoch, "ListRecords", request.page_token, of=of)
        names = [view.name for view in views]
        with contextlib.closing(handle.scan(after, size + 1, include, names, chosen)) as records:
            for at, stored in enumerate(records):
                message = encode.record(stored.record, include)
                # The first always fits: the settings see to that.
                fits = budget.take(encode.size(message) + blocks.num_bytes(stored), 0)
                if at == size or (at and not fits):
                    response.next_page_token = tokens.pack_page(handle.epoch, "ListRecords", last, of=of)
                    break
                response.records.append(message)
                blocks.add(at, stored)
                last = stored.record.id
        checks.check_unchanged(handle.spec, views)
        response.vectors.extend(blocks.messages())
        return response

    async def _count(self, target: Target, request: pb.CountRecordsRequest, call: Call) -> pb.CountRecordsResponse:
        handle = target.handle
        return pb.CountRecordsResponse(num_records=await call.blocking(self._counted, handle, request))

    def _counted(self, handle: CollectionHandle, request: pb.CountRecordsRequest) -> int:
        return handle.count(filter_of(request, handle.spec, self._limits))

    async def _search(self, target: Target, request: pb.SearchRecordsRequest, call: Call) -> pb.SearchRecordsResponse:
        begin = time.perf_counter()
        if request.consistency_token:
            await call.done(target.handle.wait_visible(_sequence(target, request.consistency_token)))
        answer = fused_search.answer if request.HasField("fusion") else search.answer
        response = await call.blocking(answer, target, request, self._limits)
        self._metrics.search_queries.labels("exact" if request.exact else "approximate").inc(len(response.results))
        response.search_time.FromNanoseconds(int(1e9 * (time.perf_counter() - begin)))
        return response


def _sequence(target: Target, token: str) -> int:
    alias = "" if target.alias is None else target.alias.name
    return tokens.unpack_consistency(target.handle.epoch, target.handle.spec.name, token, alias=alias)
