"""Helpers of the index service's tests: data, engines, servers and the errors they answer."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import grpc
import numpy as np
import pytest
from google.protobuf import struct_pb2
from grpc_status import rpc_status
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from milvus_testing import open_milvus

from lensdex.common.v1 import content_pb2
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.index.v1 import (
    collection_pb2,
    collection_service_pb2,
    collection_service_pb2_grpc,
    record_pb2,
    record_service_pb2,
    record_service_pb2_grpc,
)
from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.engines import open_engine
from lensdex_index.engines.local.engine import LocalEngine
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.filters import AllOf, Filter
from lensdex_index.records import (
    BackendSpec,
    Batch,
    CollectionSpec,
    FieldSpec,
    Include,
    Matrix,
    Metric,
    Record,
    Search,
    ViewRows,
    ViewSpec,
    WriteOutcome,
)
from lensdex_index.server import Ready, serve
from lensdex_index.settings import Settings
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

DIMENSION = 8
SPACE = Space("sha256:" + "0" * 64, "recipe/1:0123456789abcdef", Pooling.LAST_TOKEN, DIMENSION, Normalization.L2)
ALL = Include(metadata=True, content=True)


def vectors(count: int, dimension: int = DIMENSION, seed: int = 0) -> Matrix:
    """Return *count* normal vectors."""
    return np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)


def clustered(count: int, dimension: int, seed: int = 0) -> Matrix:
    """Return *count* unit vectors around a few dozen centres, as embeddings lie."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(40, dimension))
    points = centres[random.integers(0, 40, count)] + 0.7 * random.normal(size=(count, dimension))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def open_local(folder: Path, **options: object) -> LocalEngine:
    """Return a recovered local engine."""
    engine = open_engine("local", EngineOptions(folder, **options))
    assert isinstance(engine, LocalEngine)
    try:
        engine.recover()
    except BaseException:
        engine.close()
        raise
    return engine


Reopen = Callable[[], CollectionEngine]

ENGINES: dict[str, tuple[Callable[[Path], CollectionEngine], frozenset[Trait]]] = {
    # The local engine keeps every promise.
    "local": (open_local, frozenset()),
    "milvus": (
        open_milvus,
        frozenset(
            {
                Trait.ALL_MAGNITUDES,  # It scores in float32: what overflows there is not found.
                Trait.ATOMIC_BATCHES,  # It writes row by row, and each view by itself.
                Trait.CONSISTENCY_TOKENS,  # Every read sees every answered write; writes are not counted.
                Trait.ISOLATED_READS,  # It reads in several steps.
                Trait.ORDERED_TIES,  # It cuts ties as it meets them.
                Trait.REINDEX,  # Milvus rebuilds an index in place, and not while it answers from the old one.
                Trait.SERIAL_WRITES,  # Other processes write as well.
                Trait.SNAPSHOTS,  # What it stores has tools of its own.
                Trait.VIEW_CHANGES,  # What a collection is, is written down once, where it begins.
            }
        ),
    ),
}
"""Per engine: how to open it on a folder, and the traits it is excused from."""

ENGINE_NAMES = [pytest.param(name, marks=[pytest.mark.milvus] * (name == "milvus")) for name in sorted(ENGINES)]
"""To parametrize by."""


def needs(engine: CollectionEngine, *traits: Trait) -> None:
    """Skip the test where the engine is excused from one of *traits*."""
    for trait in traits:
        if trait in ENGINES[engine.name][1]:
            pytest.skip(f"the engine {engine.name} is excused from {trait}")


def needs_backend(engine: CollectionEngine, backend: str) -> None:
    """Skip the test where the engine has no such backend."""
    if backend not in engine.backends:
        pytest.skip(f"the engine {engine.name} has no backend {backend}")


def fresh(engine: CollectionEngine, *views: ViewSpec, fields: Sequence[FieldSpec] = ()) -> CollectionHandle:
    """Give an empty collection, to be given back with ``discard``. Where making one takes seconds, it is used again."""
    if not engine.is_remote:
        return make(engine, *views, name=f"c{time.monotonic_ns()}", fields=fields)
    try:
        handle = engine.collection("again")
    except CollectionNotFoundError:
        return make(engine, *views, name="again", fields=fields)
    handle.delete_matching(AllOf(()), deadline=time.monotonic() + 30).result(30)
    return handle


def discard(engine: CollectionEngine, handle: CollectionHandle) -> None:
    """Take back what ``fresh`` gave."""
    if not engine.is_remote:
        engine.drop(handle.spec.name)


def clear(engine: CollectionEngine) -> None:
    """Delete all there is."""
    for alias in engine.aliases("", 100):
        engine.delete_alias(alias.name)
    for spec in engine.specs("", 100):
        engine.drop(spec.name)


def run_machine(machine: type[RuleBasedStateMachine], name: str) -> None:
    """Run a machine that holds an engine against an oracle: as many examples for each, but for those that are slow."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=3 if name == "milvus" else 40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def view(
    engine: CollectionEngine, name: str = "default", *, metric: Metric = Metric.COSINE, backend: str = "", size: int = 0
) -> ViewSpec:
    """Return a view of a bare dimension."""
    return ViewSpec(name, size or DIMENSION, None, metric, engine.resolve_backend(backend, {}, "parameters"))


def make(
    engine: CollectionEngine, *views: ViewSpec, name: str = "things", fields: Sequence[FieldSpec] = ()
) -> CollectionHandle:
    """Create a collection with those views, or with the default one."""
    return engine.create(CollectionSpec(name, list(views) or [view(engine)], list(fields), datetime.now(UTC)))


def batch(
    ids: Sequence[str],
    rows: Matrix,
    *,
    metadata: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None,
    content: bytes | None = None,
    **others: tuple[Sequence[int], Matrix],
) -> Batch:
    """Return a batch whose records all have a row in `default`; *others*: record indexes and rows of further views.

    *metadata* is of each, or one for all.
    """
    views = {"default": ViewRows(rows, np.arange(len(ids)))}
    views |= {name: ViewRows(more, np.array(indexes, dtype=np.int64)) for name, (indexes, more) in others.items()}
    each = metadata if isinstance(metadata, list) else [metadata or {}] * len(ids)
    return Batch([Record(record_id, own, content) for record_id, own in zip(ids, each, strict=True)], views)


def put(handle: CollectionHandle, ids: Sequence[str], rows: Matrix, **others: object) -> WriteOutcome:
    """Upsert and wait."""
    return handle.upsert(batch(ids, rows, **others), deadline=time.monotonic() + 30).result(30)


def drop(handle: CollectionHandle, *ids: str) -> WriteOutcome:
    """Delete and wait."""
    return handle.delete(ids, deadline=time.monotonic() + 30).result(30)


def find(
    handle: CollectionHandle,
    queries: Matrix | Sequence[str],
    k: int = 10,
    *,
    view: str = "default",
    exact: bool = False,
    ef: int | None = None,
    threshold: float | None = None,
    include: Include = ALL,
    max_bytes: int = 1 << 30,
    chosen: Filter | None = None,
) -> list[object]:
    """Search; return per query a list of (id, score), or the error."""
    answer = handle.search(Search(view, queries, k, ef, exact, threshold, include, max_bytes, chosen))
    return [
        [(hit.record.id, hit.score) for hit in outcome] if isinstance(outcome, list) else outcome
        for outcome in answer.outcomes
    ]


def backend(name: str = "exact", **parameters: int) -> BackendSpec:
    """Return a backend's specification as it stands in a view."""
    return BackendSpec(name, parameters)


class Server:
    """A running server and the stubs to call it with."""

    def __init__(self, ready: Ready, channel: grpc.aio.Channel, stop: asyncio.Event, engine: LocalEngine) -> None:
        self.ready = ready
        self.channel = channel
        self.engine = engine
        self.stop = stop
        self.collections = collection_service_pb2_grpc.CollectionServiceStub(channel)
        self.records = record_service_pb2_grpc.RecordServiceStub(channel)

    async def create(self, name: str = "things", **fields: object) -> collection_pb2.Collection:
        """Create a collection; with nothing said, one bare `default` view of 8 values."""
        fields.setdefault("views", [collection_pb2.View(name="default", dimension=DIMENSION)])
        request = collection_service_pb2.CreateCollectionRequest(
            collection=collection_pb2.Collection(name=name, **fields)
        )
        return (await self.collections.CreateCollection(request)).collection

    async def upsert(self, rows: Matrix, ids: Sequence[str] = (), name: str = "things", **fields: object) -> object:
        """Upsert rows into `default`, as r0, r1, … unless *ids* are given."""
        return await self.records.UpsertRecords(upsert_request(rows, ids, name, **fields))

    async def search(self, rows: Matrix | None = None, *, k: int = 3, name: str = "things", **fields: object) -> object:
        """Search by vectors, or by what *fields* say."""
        if rows is not None:
            fields["vectors"] = record_service_pb2.VectorQueries(vectors=pack_vectors(rows))
        return await self.records.SearchRecords(record_service_pb2.SearchRecordsRequest(collection=name, k=k, **fields))


def upsert_request(
    rows: Matrix, ids: Sequence[str] = (), name: str = "things", **fields: object
) -> record_service_pb2.UpsertRecordsRequest:
    """Return a request that upserts rows into `default`."""
    ids = ids or [f"r{at}" for at in range(len(rows))]
    fields.setdefault("records", [record_pb2.Record(id=record_id) for record_id in ids])
    fields.setdefault("vectors", [record_pb2.ViewVectors(vectors=pack_vectors(rows))])
    return record_service_pb2.UpsertRecordsRequest(collection=name, **fields)


@contextlib.asynccontextmanager
async def running(folder: Path, **settings: object) -> AsyncIterator[Server]:
    """Run a server in this process, on free ports."""
    stop = asyncio.Event()
    ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
    chosen = Settings(**{"data_dir": folder, "port": 0, "metrics_port": None, "grace_seconds": 5} | settings)
    engines: list[LocalEngine] = []

    def opening(name: str, options: EngineOptions) -> LocalEngine:
        engines.append(open_engine(name, options))
        return engines[0]

    with mock.patch("lensdex_index.server.open_engine", opening):
        task = asyncio.create_task(serve(chosen, on_ready=ready.set_result, stop=stop))
        await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    sizes = [("grpc.max_send_message_length", 1 << 28), ("grpc.max_receive_message_length", 1 << 28)]
    async with grpc.aio.insecure_channel(ready.result().address, options=sizes) as channel:
        try:
            yield Server(ready.result(), channel, stop, engines[0])
        finally:
            stop.set()
            await task


def struct(**fields: object) -> struct_pb2.Struct:
    """Return metadata."""
    message = struct_pb2.Struct()
    message.update(fields)
    return message


def content(text: str) -> content_pb2.Content:
    """Return a content of one text."""
    return content_pb2.Content(texts=[text])


def bound_view(name: str = "default", space: Space = SPACE) -> collection_pb2.View:
    """Return a view bound to a space."""
    return collection_pb2.View(name=name, space=pack_space(space))


async def refusal(call: Awaitable[object]) -> Refusal:
    """Await a call that must fail; return what it was told."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    status = rpc_status.from_call(caught.value)
    assert status is not None, f"bare {caught.value.code()}: {caught.value.details()}"
    return unpack_refusal(status)


def reason(told: Refusal) -> str:
    """Return the reason without its prefix."""
    return ErrorReason.Name(told.reason).removeprefix("ERROR_REASON_")
