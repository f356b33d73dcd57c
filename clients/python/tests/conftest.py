"""Scripted services on loopback: small honest ones that keep records in memory, and fail where a test tells them to."""

import contextlib
import hashlib
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
import numpy as np
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as em
from lensdex.embedder.v1 import embedder_service_pb2_grpc, model_pb2, reranker_service_pb2_grpc
from lensdex.embedder.v1 import reranker_service_pb2 as rr
from lensdex.index.v1 import (
    alias_pb2,
    collection_pb2,
    collection_service_pb2_grpc,
    record_pb2,
    record_service_pb2_grpc,
    snapshots_pb2,
)
from lensdex.index.v1 import collection_service_pb2 as cs
from lensdex.index.v1 import record_service_pb2 as rs
from lensdex.index.v1 import record_streams_pb2 as streams
from lensdex_wire.errors import Refusal, Violation, pack_refusal
from lensdex_wire.limits import MAX_MESSAGE_BYTES, message_size_options
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import pack_space, unpack_pooling, unpack_space
from lensdex_wire.vectors import pack_vectors, unpack_vectors

DIMENSION = 8
Content = Any
Reason = ErrorReason


def space(pooling: Pooling = Pooling.LAST_TOKEN, *, weights: str = "a", dimension: int = DIMENSION) -> Space:
    """Return the space the scripted embedder works in."""
    return Space("sha256:" + weights * 64, "scripted/1", pooling, dimension, Normalization.L2)


def refused(code: grpc.StatusCode, reason: ErrorReason, message: str = "scripted", **metadata: str) -> Refusal:
    """Return a refusal to script."""
    return Refusal(code=code, reason=reason, message=message, metadata=metadata)


def refuse(refusal: Refusal, context: grpc.ServicerContext) -> NoReturn:
    """End the call with *refusal*."""
    context.set_trailing_metadata((("grpc-status-details-bin", pack_refusal(refusal).SerializeToString()),))
    context.abort(refusal.code, refusal.message)
    raise AssertionError


def not_found(record_id: str) -> Refusal:
    """Return what an id without a record gets."""
    return refused(grpc.StatusCode.NOT_FOUND, Reason.ERROR_REASON_RECORD_NOT_FOUND, f"no record {record_id}")


def vector_of(content: Content, pooling: Pooling) -> np.ndarray:
    """Return a unit vector that depends on what the content holds and on the pooling alone."""
    key = f"{list(content.texts)}{[media.data for media in content.images]}{pooling}"
    generator = np.random.default_rng(abs(hash(key)) % 2**32)
    vector = generator.standard_normal(DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


@dataclass
class Service:
    """What a scripted service remembers and is told: failures to answer first, then requests and request ids it saw."""

    failures: dict[str, list[Refusal | grpc.StatusCode | None]] = field(default_factory=lambda: defaultdict(list))
    requests: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    request_ids: list[str] = field(default_factory=list)
    before: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    address: str = ""
    stop: Callable[[], object] = lambda: None

    def enter(self, name: str, request: Any, context: grpc.ServicerContext) -> None:
        """Note the call; abort it where the script says so."""
        self.requests[name].append(request)
        self.request_ids.append(dict(context.invocation_metadata()).get("x-request-id", ""))
        if name in self.before:
            self.before[name](request)
        failure = self.failures[name].pop(0) if self.failures[name] else None
        if isinstance(failure, Refusal):
            refuse(failure, context)
        elif failure is not None:
            context.abort(failure, "bare")


class Embedder(
    Service,
    embedder_service_pb2_grpc.EmbedderServiceServicer,
    reranker_service_pb2_grpc.RerankerServiceServicer,
):
    """Embeds by hashing. A text that begins with ``bad`` is refused alone; one with ``score=x`` reranks to x."""

    weights = "a"
    max_contents = 8
    max_message_bytes = MAX_MESSAGE_BYTES
    poolings = (Pooling.LAST_TOKEN, Pooling.MEAN)
    cuts: list[int]
    """For each stream to come: after how many answers it ends as UNAVAILABLE; -1: at once, with OK."""
    answers: dict[str, int]
    """How often each id was answered in streams."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts = []
        self.answers = defaultdict(int)

    def _item_error(self, content: Content) -> Refusal | None:
        if any(text.startswith("bad") for text in content.texts):
            return refused(grpc.StatusCode.INVALID_ARGUMENT, Reason.ERROR_REASON_CONTENT_TOO_LONG, "too long")
        if any(not media.data.startswith(b"PIC") for media in content.images):
            return refused(grpc.StatusCode.INVALID_ARGUMENT, Reason.ERROR_REASON_INVALID_MEDIA, "no picture")
        return None

    def Embed(self, request: em.EmbedRequest, context: grpc.ServicerContext) -> em.EmbedResponse:  # noqa: N802
        self.enter("Embed", request, context)
        poolings = [unpack_pooling(item) for item in request.poolings] or [Pooling.LAST_TOKEN]
        good = [content for content in request.contents if self._item_error(content) is None]
        response = em.EmbedResponse()
        row = 0
        for content in request.contents:
            error = self._item_error(content)
            if error is not None:
                response.results.add(error=pack_refusal(error))
            else:
                response.results.add(embedded=em.EmbeddedContent(row=row, num_tokens=7))
                row += 1
        for pooling in poolings:
            matrix = np.array([vector_of(content, pooling) for content in good], np.float32).reshape(-1, DIMENSION)
            own = space(pooling, weights=self.weights)
            response.blocks.add(space=pack_space(own), vectors=pack_vectors(matrix))
        return response

    def EmbedStream(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[em.EmbedStreamResponse]:  # noqa: N802
        options = next(requests).options
        self.enter("EmbedStream", options, context)
        cut = self.cuts.pop(0) if self.cuts else None
        poolings = [unpack_pooling(item) for item in options.poolings] or [Pooling.LAST_TOKEN]
        spaces = [pack_space(space(pooling, weights=self.weights)) for pooling in poolings]
        yield em.EmbedStreamResponse(opening=em.EmbedStreamOpening(spaces=spaces))
        if cut == -1:
            return
        for count, request in enumerate(requests):
            if count == cut:
                context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
            item = request.item
            self.requests["EmbedStream/item"].append(item.id)
            error = self._item_error(item.content)
            result = em.EmbedStreamResult(id=item.id, error=None if error is None else pack_refusal(error))
            if error is None:
                matrix = np.array([vector_of(item.content, pooling) for pooling in poolings], np.float32)
                result.embedded.CopyFrom(em.EmbeddedItem(vectors=pack_vectors(matrix), num_tokens=7))
            self.answers[item.id] += 1
            yield em.EmbedStreamResponse(result=result)

    def CountTokens(self, request: em.CountTokensRequest, context: grpc.ServicerContext) -> em.CountTokensResponse:  # noqa: N802
        self.enter("CountTokens", request, context)
        counts = [em.CountTokensResult(count=em.TokenCount(num_tokens=len(item.texts))) for item in request.contents]
        return em.CountTokensResponse(results=counts)

    def _limits(self) -> model_pb2.EmbedderLimits:
        return model_pb2.EmbedderLimits(max_contents=self.max_contents, max_message_bytes=self.max_message_bytes)

    def GetEmbedderInfo(self, request: Any, context: grpc.ServicerContext) -> em.GetEmbedderInfoResponse:  # noqa: N802
        self.enter("GetEmbedderInfo", request, context)
        own = [space(pooling, weights=self.weights) for pooling in self.poolings]
        return em.GetEmbedderInfoResponse(
            spaces=[em.EmbedderSpace(space=pack_space(item), fingerprint=item.fingerprint()) for item in own],
            model=model_pb2.ModelInfo(name="scripted", modalities=[model_pb2.MODALITY_TEXT]),
            min_dimension=4,
            max_dimension=DIMENSION,
            limits=self._limits(),
        )

    def GetRerankerInfo(self, request: Any, context: grpc.ServicerContext) -> rr.GetRerankerInfoResponse:  # noqa: N802
        self.enter("GetRerankerInfo", request, context)
        return rr.GetRerankerInfoResponse(model=model_pb2.ModelInfo(name="scripted"), limits=self._limits())

    def Rerank(self, request: rr.RerankRequest, context: grpc.ServicerContext) -> rr.RerankResponse:  # noqa: N802
        self.enter("Rerank", request, context)
        response = rr.RerankResponse()
        for document in request.documents:
            error = self._item_error(document)
            if error is not None:
                response.results.add(error=pack_refusal(error))
            else:
                text = "".join(document.texts)
                score = float(text.partition("score=")[2] or 0.5)
                response.results.add(relevance=rr.Relevance(score=score, rank=1))
        return response


class Index(
    Service,
    collection_service_pb2_grpc.CollectionServiceServicer,
    record_service_pb2_grpc.RecordServiceServicer,
):
    """Keeps records in a dictionary and searches by dot product. An id that begins with ``refused`` is a violation."""

    cuts: list[int]
    """For each stream to come: after how many items or records it ends as UNAVAILABLE; -1: at once, with OK."""
    reindexes_ended: list[str]
    works_ended: list[int | None]
    """Of snapshots made or restored: how each was cut."""
    files: dict[str, bytes]
    """Snapshots by name."""
    """Views of those whose call has ended, however it did. A cut of -2 waits for that."""
    written: list[str]
    """Ids as streams wrote them."""

    def __init__(self) -> None:
        super().__init__()
        self.cuts = []
        self.written = []
        self.reindexes_ended = []
        self.works_ended = []
        self.files = {}
        self.collections: dict[str, collection_pb2.Collection] = {}
        self.aliases: dict[str, alias_pb2.Alias] = {}
        self.records: dict[str, record_pb2.Record] = {}
        self.vectors: dict[str, dict[str, np.ndarray]] = defaultdict(dict)

    def _collection(self, name: str, context: grpc.ServicerContext) -> collection_pb2.Collection:
        if name in self.aliases:
            name = self.aliases[name].collection
        if name not in self.collections:
            reason = Reason.ERROR_REASON_COLLECTION_NOT_FOUND
            failure = refused(grpc.StatusCode.NOT_FOUND, reason, f"no collection {name}", collection=name)
            refuse(failure, context)
        return self.collections[name]

    def CreateCollection(self, request: Any, context: grpc.ServicerContext) -> cs.CreateCollectionResponse:  # noqa: N802
        self.enter("CreateCollection", request, context)
        self.collections[request.collection.name] = request.collection
        return cs.CreateCollectionResponse(collection=request.collection)

    def GetCollection(self, request: Any, context: grpc.ServicerContext) -> cs.GetCollectionResponse:  # noqa: N802
        self.enter("GetCollection", request, context)
        alias = self.aliases.get(request.name)
        collection = self._collection(request.name, context)
        statistics = collection_pb2.CollectionStatistics(num_records=len(self.records))
        return cs.GetCollectionResponse(collection=collection, statistics=statistics, engine="scripted", alias=alias)

    def SetAlias(self, request: Any, context: grpc.ServicerContext) -> cs.SetAliasResponse:  # noqa: N802
        self.enter("SetAlias", request, context)
        self._collection(request.alias.collection, context)
        before = self.aliases.get(request.alias.name)
        actual = before.collection if before else ""
        if request.HasField("expected_collection") and request.expected_collection != actual:
            facts = {"alias": request.alias.name, "expected": request.expected_collection, "actual": actual}
            refuse(refused(grpc.StatusCode.ABORTED, Reason.ERROR_REASON_ALIAS_CHANGED, **facts), context)
        self.aliases[request.alias.name] = request.alias
        return cs.SetAliasResponse(alias=request.alias, previous_collection=actual)

    def DeleteAlias(self, request: Any, context: grpc.ServicerContext) -> cs.DeleteAliasResponse:  # noqa: N802
        self.enter("DeleteAlias", request, context)
        if request.name not in self.aliases:
            refuse(refused(grpc.StatusCode.NOT_FOUND, Reason.ERROR_REASON_ALIAS_NOT_FOUND), context)
        return cs.DeleteAliasResponse(alias=self.aliases.pop(request.name))

    def ListAliases(self, request: Any, context: grpc.ServicerContext) -> cs.ListAliasesResponse:  # noqa: N802
        self.enter("ListAliases", request, context)
        names = sorted(self.aliases)
        place = int(request.page_token or 0)  # One a page, so that every listing pages.
        following = str(place + 1) if place + 1 < len(names) else ""
        page = [self.aliases[name] for name in names[place : place + 1]]
        return cs.ListAliasesResponse(aliases=page, next_page_token=following)

    def ListCollections(self, request: Any, context: grpc.ServicerContext) -> cs.ListCollectionsResponse:  # noqa: N802
        self.enter("ListCollections", request, context)
        names = sorted(self.collections)
        place = int(request.page_token or 0)  # One a page, so that every listing pages.
        page = [self.collections[name] for name in names[place : place + 1]]
        following = str(place + 1) if place + 1 < len(names) else ""
        return cs.ListCollectionsResponse(collections=page, next_page_token=following)

    def DeleteCollection(self, request: Any, context: grpc.ServicerContext) -> cs.DeleteCollectionResponse:  # noqa: N802
        self.enter("DeleteCollection", request, context)
        self._collection(request.name, context)
        del self.collections[request.name]
        return cs.DeleteCollectionResponse(num_records=len(self.records))

    def AddView(self, request: Any, context: grpc.ServicerContext) -> cs.AddViewResponse:  # noqa: N802
        self.enter("AddView", request, context)
        collection = self._collection(request.collection, context)
        collection.views.append(request.view)
        return cs.AddViewResponse(collection=collection)

    def DropView(self, request: Any, context: grpc.ServicerContext) -> cs.DropViewResponse:  # noqa: N802
        self.enter("DropView", request, context)
        collection = self._collection(request.collection, context)
        left = [view for view in collection.views if view.name != request.view]
        del collection.views[:]
        collection.views.extend(left)
        return cs.DropViewResponse(collection=collection)

    def Reindex(self, request: Any, context: grpc.ServicerContext) -> Iterator[cs.ReindexResponse]:  # noqa: N802
        self.enter("Reindex", request, context)
        collection = self._collection(request.collection, context)
        context.add_callback(lambda: self.reindexes_ended.append(request.view))
        cut = self.cuts.pop(0) if self.cuts else None
        for done in (0, 1, 3):
            if done == cut:
                refuse(refused(grpc.StatusCode.FAILED_PRECONDITION, Reason.ERROR_REASON_REINDEX_RUNNING, "x"), context)
            progress = cs.ReindexProgress(phase=1 if done < 3 else 2, num_vectors_done=done, num_vectors=3)
            if done:
                progress.time_left.FromMilliseconds(1_500)
            yield cs.ReindexResponse(progress=progress)
            while cut == -2 and context.is_active():
                time.sleep(0.01)
        if cut == -1:
            return
        (view,) = [view for view in collection.views if view.name == (request.view or "default")]
        view.backend.CopyFrom(request.backend)
        yield cs.ReindexResponse(collection=collection)

    def snapshot(self, data: bytes) -> snapshots_pb2.Snapshot:
        """Keep a file; return what it is."""
        checksum = hashlib.sha256(data[:-32]).hexdigest()
        name = f"c.20260102T030405Z.{checksum[:12]}"
        self.files[name] = data
        made = snapshots_pb2.Snapshot(
            name=name, collection="c", sequence=7, num_records=3, num_bytes=len(data), sha256=data[-32:].hex()
        )
        made.create_time.FromJsonString("2026-01-02T03:04:05Z")
        return made

    def CreateSnapshot(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        self.enter("CreateSnapshot", request, context)
        self._collection(request.collection, context)
        body = f"file of {len(self.files)}".encode() * 200_000
        made = self.snapshot(body + hashlib.sha256(body).digest())
        yield from self._work(snapshots_pb2.CreateSnapshotResponse, (1, 2), context, snapshot=made)

    def RestoreSnapshot(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        self.enter("RestoreSnapshot", request, context)
        self._file(request.snapshot, context)
        made = collection_pb2.Collection(name=request.collection)
        yield from self._work(snapshots_pb2.RestoreSnapshotResponse, (3, 4), context, collection=made)

    def _work(self, kind: Any, phases: Any, context: grpc.ServicerContext, **made: Any) -> Iterator[Any]:
        cut = self.cuts.pop(0) if self.cuts else None
        context.add_callback(lambda: self.works_ended.append(cut))
        for phase in phases:
            yield kind(progress=snapshots_pb2.SnapshotProgress(phase=phase, part_done=0.5))
            while cut == -2 and context.is_active():
                time.sleep(0.01)
        if cut == 1:
            refuse(refused(grpc.StatusCode.UNAVAILABLE, Reason.ERROR_REASON_STORE_UNAVAILABLE, detail="full"), context)
        if cut != -1:
            yield kind(**made)

    def ListSnapshots(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self.enter("ListSnapshots", request, context)
        names = sorted(self.files)
        place = int(request.page_token or 0)  # One a page, so that every listing pages.
        page = [self.snapshot(self.files[name]) for name in names[place : place + 1]]
        following = str(place + 1) if place + 1 < len(names) else ""
        return snapshots_pb2.ListSnapshotsResponse(snapshots=page, next_page_token=following)

    def DeleteSnapshot(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self.enter("DeleteSnapshot", request, context)
        self._file(request.snapshot, context)
        del self.files[request.snapshot]
        return snapshots_pb2.DeleteSnapshotResponse()

    def DownloadSnapshot(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        self.enter("DownloadSnapshot", request, context)
        data = self._file(request.snapshot, context)
        cut = self.cuts.pop(0) if self.cuts else None
        if cut != 0:
            yield snapshots_pb2.DownloadSnapshotResponse(snapshot=self.snapshot(data))
        if cut == 2:
            data = data[:1000] + b"?" + data[1001:]
        for at in range(0, len(data) if cut != 1 else 500_000, 500_000):
            yield snapshots_pb2.DownloadSnapshotResponse(chunk=data[at : at + 500_000])
        if cut == 3:
            refuse(refused(grpc.StatusCode.UNAVAILABLE, Reason.ERROR_REASON_NOT_SERVING, state="draining"), context)

    def UploadSnapshot(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Any:  # noqa: N802
        self.enter("UploadSnapshot", None, context)
        data = b"".join(request.chunk for request in requests)
        if hashlib.sha256(data[:-32]).digest() != data[-32:]:
            reason = Reason.ERROR_REASON_INVALID_SNAPSHOT
            refuse(refused(grpc.StatusCode.FAILED_PRECONDITION, reason, snapshot="", detail="x"), context)
        return snapshots_pb2.UploadSnapshotResponse(snapshot=self.snapshot(data))

    def _file(self, name: str, context: grpc.ServicerContext) -> bytes:
        if name not in self.files:
            refuse(refused(grpc.StatusCode.NOT_FOUND, Reason.ERROR_REASON_SNAPSHOT_NOT_FOUND, snapshot=name), context)
        return self.files[name]

    def GetIndexInfo(self, request: Any, context: grpc.ServicerContext) -> cs.GetIndexInfoResponse:  # noqa: N802
        self.enter("GetIndexInfo", request, context)
        limits = cs.IndexLimits(max_records=100, max_id_bytes=64, max_message_bytes=64 * 1024 * 1024)
        return cs.GetIndexInfoResponse(engine="scripted", backends=["hnsw", "exact"], limits=limits)

    def UpsertStream(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        options = next(requests).options
        self.enter("UpsertStream", options, context)
        self._collection(options.collection, context)
        cut = self.cuts.pop(0) if self.cuts else None
        yield streams.UpsertStreamResponse(
            opening=streams.UpsertStreamOpening(collection=self._collection(options.collection, context).name)
        )
        if cut == -1:
            return
        count = 0
        for request in requests:
            results = streams.UpsertStreamResults(consistency_token="token")
            for item in request.items.items:
                if count == cut:
                    if results.results:
                        yield streams.UpsertStreamResponse(results=results)
                    context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
                count += 1
                if item.record.id.startswith("refused"):
                    error = refused(grpc.StatusCode.INVALID_ARGUMENT, Reason.ERROR_REASON_INVALID_ID, "refused")
                    results.results.add(sequence=item.sequence, error=pack_refusal(error))
                    continue
                self.written.append(item.record.id)
                self.records[item.record.id] = item.record
                for vector in item.vectors:
                    view = vector.view or "default"
                    self.vectors[view][item.record.id] = unpack_vectors(vector.vector)[0]
                results.results.add(sequence=item.sequence, upserted=streams.UpsertedItem())
            yield streams.UpsertStreamResponse(results=results)

    def ExportRecords(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802
        self.enter("ExportRecords", request, context)
        own_name = self._collection(request.collection, context).name
        cut = self.cuts.pop(0) if self.cuts else None
        following = [name for name in sorted(self.records) if name > request.after]
        for count, name in enumerate(following):
            if count == cut:
                context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
            message = streams.ExportRecordsResponse(records=[self.records[name]], collection=own_name)
            for view in request.views:
                rows = [self.vectors[view][name]] if name in self.vectors[view] else []
                matrix = np.array(rows, np.float32).reshape(len(rows), -1 if rows else DIMENSION)
                indexes = [0] if rows else []
                message.vectors.add(view=view, vectors=pack_vectors(matrix), record_indexes=indexes)
            yield message

    def UpsertRecords(self, request: Any, context: grpc.ServicerContext) -> rs.UpsertRecordsResponse:  # noqa: N802
        self.enter("UpsertRecords", request, context)
        violations = [
            Violation(f"records[{place}].id", f"{record.id} is refused", Reason.ERROR_REASON_INVALID_ID)
            for place, record in enumerate(request.records)
            if record.id.startswith("refused")
        ]
        if violations:
            code = grpc.StatusCode.INVALID_ARGUMENT
            failure = Refusal(code, Reason.ERROR_REASON_INVALID_ID, "violations", violations=violations)
            refuse(failure, context)
        fresh = sum(record.id not in self.records for record in request.records)
        for record in request.records:
            self.records[record.id] = record
        for block in request.vectors:
            rows = unpack_vectors(block.vectors)
            places = block.record_indexes or range(len(rows))
            for place, row in zip(places, rows, strict=True):
                self.vectors[block.view][request.records[place].id] = row
        return rs.UpsertRecordsResponse(num_inserted=fresh, num_replaced=len(request.records) - fresh)

    def GetRecords(self, request: Any, context: grpc.ServicerContext) -> rs.GetRecordsResponse:  # noqa: N802
        self.enter("GetRecords", request, context)
        response = rs.GetRecordsResponse()
        for record_id in request.ids:
            if record_id in self.records:
                response.results.add(record=self.records[record_id])
            else:
                response.results.add(error=pack_refusal(not_found(record_id)))
        return response

    def ListRecords(self, request: Any, context: grpc.ServicerContext) -> rs.ListRecordsResponse:  # noqa: N802
        self.enter("ListRecords", request, context)
        ids = sorted(self.records)
        place = int(request.page_token or 0)
        following = str(place + 2) if place + 2 < len(ids) else ""
        page = [self.records[item] for item in ids[place : place + 2]]
        return rs.ListRecordsResponse(records=page, next_page_token=following)

    def DeleteRecords(self, request: Any, context: grpc.ServicerContext) -> rs.DeleteRecordsResponse:  # noqa: N802
        self.enter("DeleteRecords", request, context)
        deleted = sum(self.records.pop(record_id, None) is not None for record_id in request.ids)
        return rs.DeleteRecordsResponse(num_deleted=deleted)

    def CountRecords(self, request: Any, context: grpc.ServicerContext) -> rs.CountRecordsResponse:  # noqa: N802
        self.enter("CountRecords", request, context)
        return rs.CountRecordsResponse(num_records=len(self.records))

    def SearchRecords(self, request: Any, context: grpc.ServicerContext) -> rs.SearchRecordsResponse:  # noqa: N802
        self.enter("SearchRecords", request, context)
        if request.HasField("fusion"):
            return self._fused(request)
        alias = self.aliases.get(request.collection, alias_pb2.Alias(collection=request.collection))
        view = request.view or alias.default_view or "default"
        held = self.vectors[view]
        queries: list[tuple[str, np.ndarray | None]]
        if request.WhichOneof("queries") == "vectors":
            self._check_space(request, context)
            queries = [("", row) for row in unpack_vectors(request.vectors.vectors)]
        else:
            queries = [(record_id, held.get(record_id)) for record_id in request.records.ids]
        missing = len(self.records) - len(held)
        response = rs.SearchRecordsResponse(view=view, num_records_without_view=missing, collection=alias.collection)
        for own_id, query in queries:
            if query is None:
                response.results.add(error=pack_refusal(not_found(own_id)))
                continue
            scored = sorted(((-float(query @ row), item) for item, row in held.items() if item != own_id))
            hits = [rs.Hit(record=self.records[item], score=-score) for score, item in scored[: request.k]]
            response.results.add(hits=rs.Hits(hits=hits))
        return response

    def _fused(self, request: Any) -> rs.SearchRecordsResponse:
        """Answer one query over several views: a record scores the sum of weight / rank."""
        response = rs.SearchRecordsResponse(collection=request.collection)
        scores: dict[str, float] = defaultdict(float)
        places: dict[str, list[rs.Placement]] = defaultdict(list)
        for source in request.fusion.sources:
            held = self.vectors[source.view]
            own = request.records.ids[0] if request.records.ids else ""
            query = held[own] if own else unpack_vectors(source.vectors.vectors)[0]
            response.views.add(view=source.view, num_records_without_view=len(self.records) - len(held))
            scored = sorted((-float(query @ row), item) for item, row in held.items() if item != own)
            for rank, (score, item) in enumerate(scored, start=1):
                scores[item] += source.weight / rank
                places[item].append(rs.Placement(view=source.view, rank=rank, score=-score))
        best = sorted(scores, key=lambda item: (-scores[item], item))[: request.k]
        hits = [rs.Hit(record=self.records[item], score=scores[item], placements=places[item]) for item in best]
        response.results.add(hits=rs.Hits(hits=hits))
        return response

    def _check_space(self, request: Any, context: grpc.ServicerContext) -> None:
        views = {view.name: view for view in self._collection(request.collection, context).views}
        bound = views.get(request.view or "default")
        if bound is None:
            refuse(refused(grpc.StatusCode.NOT_FOUND, Reason.ERROR_REASON_VIEW_NOT_FOUND), context)
        if bound.HasField("space") and unpack_space(bound.space) != unpack_space(request.vectors.space):
            reason = Reason.ERROR_REASON_SPACE_MISMATCH
            failure = refused(grpc.StatusCode.FAILED_PRECONDITION, reason, fields="weights_digest")
            refuse(failure, context)


@contextlib.contextmanager
def serving(
    service: Service,
    *adders: Callable[[Any, grpc.Server], None],
    max_message_bytes: int = MAX_MESSAGE_BYTES,
) -> Iterator[Any]:
    """Serve on a free port; yield the service, which knows its address."""
    options = [*message_size_options(max_message_bytes), ("grpc.so_reuseport", 0)]
    server = grpc.server(ThreadPoolExecutor(8), options=options)
    for adder in adders:
        adder(service, server)
    service.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    service.stop = lambda: server.stop(None).wait()
    server.start()
    try:
        yield service
    finally:
        service.stop()


EMBEDDER = (
    embedder_service_pb2_grpc.add_EmbedderServiceServicer_to_server,
    reranker_service_pb2_grpc.add_RerankerServiceServicer_to_server,
)
INDEX = (
    collection_service_pb2_grpc.add_CollectionServiceServicer_to_server,
    record_service_pb2_grpc.add_RecordServiceServicer_to_server,
)


@pytest.fixture
def embedder() -> Iterator[Embedder]:
    """A scripted embedder and reranker at ``embedder.address``."""
    with serving(Embedder(), *EMBEDDER) as service:
        yield service


@pytest.fixture
def roomy_embedder() -> Iterator[Embedder]:
    """A scripted embedder whose operator raised the size of messages by 16 MiB."""
    roomy = Embedder()
    roomy.max_message_bytes = MAX_MESSAGE_BYTES + 16 * 1024 * 1024
    with serving(roomy, *EMBEDDER, max_message_bytes=roomy.max_message_bytes) as service:
        yield service


@pytest.fixture
def index() -> Iterator[Index]:
    """A scripted index at ``index.address``."""
    with serving(Index(), *INDEX) as service:
        yield service


@pytest.fixture
def index_twin() -> Iterator[Index]:
    """A second scripted index."""
    with serving(Index(), *INDEX) as service:
        yield service


@pytest.fixture
def dead_address() -> str:
    """An address nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def refusals() -> Callable[..., Refusal]:
    """Make refusals to script."""
    return refused


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds, at most five seconds."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline, "never came true"
            time.sleep(0.01)

    return wait
