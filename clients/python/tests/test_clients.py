"""The three clients against scripted services: plain data in and out, typed errors, deadlines, sizes."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from typing import Any

import grpc
import numpy as np
import pytest

from lensdex_client import (
    Backend,
    Collection,
    CollectionNotFoundError,
    Content,
    ContentTooLongError,
    DeadlineExceededError,
    EmbedderClient,
    Image,
    IndexClient,
    LensdexError,
    MessageTooLargeError,
    Pooling,
    ProtocolError,
    Record,
    RecordNotFoundError,
    ReindexRunningError,
    RerankerClient,
    Retry,
    ServiceUnavailableError,
    View,
    ViewVectors,
    aio,
)
from lensdex_client.channel import channel_options
from lensdex_wire.limits import MAX_MESSAGE_BYTES


def filled(index: Any) -> IndexClient:
    """Return a client of *index* with a collection of three records in two dimensions."""
    client = IndexClient(index.address)
    client.create_collection(Collection("c", [View("default", dimension=2)]))
    records = [Record(id=name, metadata={"title": name, "n": 1}, content=Content(name)) for name in "abc"]
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    client.upsert_records("c", records, [ViewVectors(vectors)])
    return client


def test_embeddings_come_in_request_order(embedder: Any) -> None:
    """Each content has its outcome in its place; a refused one leaves its neighbours their vectors."""
    with EmbedderClient(embedder.address) as client:
        answer = client.embed([Content("a"), Content("bad"), Content("b")])
        alone = client.embed([Content("b")])

    assert [outcome.ok for outcome in answer.outcomes] == [True, False, True]
    assert isinstance(answer.outcomes[1].error, ContentTooLongError)
    np.testing.assert_array_equal(answer.block().vectors[1], alone.vectors()[0])


def test_all_vectors_or_the_first_error(embedder: Any) -> None:
    """``vectors()`` returns a row per content, and raises the error of one that has none."""
    with EmbedderClient(embedder.address) as client:
        assert client.embed([Content("a"), Content("b")]).vectors().shape == (2, 8)
        with pytest.raises(ContentTooLongError):
            client.embed([Content("a"), Content("bad")]).vectors()


def test_several_poolings_come_from_one_call(embedder: Any) -> None:
    """Each pooling has its own block and space; one that was not asked for is a KeyError."""
    with EmbedderClient(embedder.address) as client:
        answer = client.embed([Content("a")], poolings=[Pooling.MEAN, Pooling.LAST_TOKEN])

        assert [block.space.pooling for block in answer.blocks] == [Pooling.MEAN, Pooling.LAST_TOKEN]
        assert not np.array_equal(answer.vectors(Pooling.MEAN), answer.vectors(Pooling.LAST_TOKEN))
        with pytest.raises(KeyError):
            client.embed([Content("a")]).vectors(Pooling.MEAN)


def test_an_items_error_carries_the_request_id(embedder: Any) -> None:
    """The error of a single item names the call it was part of."""
    with EmbedderClient(embedder.address) as client:
        answer = client.embed([Content("bad")])
    error = answer.outcomes[0].error

    assert error is not None
    assert error.request_id == embedder.request_ids[0] != ""


def test_the_embedder_describes_itself(embedder: Any) -> None:
    """Spaces come with the fingerprint both ends agree on."""
    with EmbedderClient(embedder.address) as client, RerankerClient(embedder.address) as reranker:
        info = client.info()

        assert [item.fingerprint for item in info.spaces] == [item.space.fingerprint() for item in info.spaces]
        assert info.model.modalities == ("text",)
        assert reranker.info().limits.max_contents == embedder.max_contents
        assert client.count_tokens([Content(["a", "b"])])[0].unwrap().num_tokens == 2


def test_documents_are_scored_in_order(embedder: Any) -> None:
    """Each document has its relevance or its own error, in request order."""
    with RerankerClient(embedder.address) as client:
        answer = client.rerank(Content("q"), [Content("score=0.2"), Content("bad"), Content("score=0.9")])

    assert [outcome.ok for outcome in answer.outcomes] == [True, False, True]
    assert answer.outcomes[2].unwrap().score == pytest.approx(0.9)


def test_records_come_back_as_they_went(index: Any) -> None:
    """Metadata and content of a record are kept; an id without a record has its own error."""
    with filled(index) as client:
        found = client.get_records("c", ["b", "nope"])

        assert found.outcomes[0].unwrap() == Record("b", {"title": "b", "n": 1}, Content("b"))
        assert isinstance(found.outcomes[1].error, RecordNotFoundError)
        assert client.count_records("c") == 3
        assert client.delete_records("c", ["b", "nope"]).num_deleted == 1


def test_search_finds_the_nearest(index: Any) -> None:
    """Hits come best first, per query; a record never finds itself."""
    with filled(index) as client:
        by_vector = client.search_records("c", vectors=np.array([[1, 0]], np.float32), k=2)
        by_record = client.search_records("c", ids=["a", "nope"], k=2)

    assert [hit.record.id for hit in by_vector.outcomes[0].unwrap()] == ["a", "b"]
    assert [hit.record.id for hit in by_record.outcomes[0].unwrap()] == ["b", "c"]
    assert isinstance(by_record.outcomes[1].error, RecordNotFoundError)


def test_pages_are_followed_to_the_end(index: Any) -> None:
    """The iterating methods ask for page after page until the last."""
    with filled(index) as client:
        client.create_collection(Collection("d", [View("default", dimension=2)]))

        assert [item.name for item in client.collections()] == ["c", "d"]
        assert [record.id for page in client.records("c") for record in page.records] == ["a", "b", "c"]
        assert client.delete_collection("d") == 3


async def test_views_are_added_and_dropped(index: Any) -> None:
    """A view is added and dropped on both faces, which return the collection as it is then."""
    with filled(index) as client:
        added = client.add_view("c", View("image", dimension=3))
        dropped = client.drop_view("c", "image")
    async with aio.IndexClient(index.address) as asynchronous:
        again = await asynchronous.add_view("c", View("text", dimension=4))
        without = await asynchronous.drop_view("c", "text")

    assert [view.name for view in added.views] == ["default", "image"]
    assert added.view("image") == View("image", dimension=3)
    assert [view.name for view in again.views] == ["default", "text"]
    assert [view.name for view in dropped.views] == [view.name for view in without.views] == ["default"]


async def test_a_reindexing_tells_how_far_it_is(index: Any) -> None:
    """Progress comes as told, and the collection last, on both faces."""
    backend = Backend("exact", {"m": 3})
    with filled(index) as client:
        told = list(client.reindex("c", "default", backend))
    async with aio.IndexClient(index.address) as asynchronous:
        again = [progress async for progress in asynchronous.reindex("c", backend=backend)]

    assert [(one.phase.name, one.num_vectors_done, one.num_vectors) for one in told] == [
        ("BUILDING", 0, 3),
        ("BUILDING", 1, 3),
        ("SAVING", 3, 3),
        ("DONE", 3, 3),
    ]
    assert [one.seconds_left for one in told] == [None, 1.5, 1.5, 0.0]
    assert [one.collection for one in told[:3]] == [None] * 3
    assert told[3].collection is not None
    assert told[3].collection.views[0].backend == backend
    assert again == told


@pytest.mark.parametrize(("cut", "error"), [(1, ReindexRunningError), (-1, ProtocolError)])
async def test_a_reindexing_that_breaks_is_told(index: Any, cut: int, error: type[LensdexError]) -> None:
    """A refusal, and a stream that ends too early, are raised; nothing is asked for again."""
    with filled(index) as client:
        index.cuts = [cut]
        with pytest.raises(error):
            list(client.reindex("c"))
    async with aio.IndexClient(index.address) as asynchronous:
        index.cuts = [cut]
        with pytest.raises(error):
            _ = [progress async for progress in asynchronous.reindex("c")]

    assert len(index.requests["Reindex"]) == 2


async def test_a_reindexing_is_given_up_by_closing_it(index: Any) -> None:
    """Closing the iterator ends the call."""
    index.cuts = [-2, -2]
    with filled(index) as client, closing(client.reindex("c", "default")) as told:
        next(told)
    async with aio.IndexClient(index.address) as asynchronous, aclosing(asynchronous.reindex("c", "default")) as later:
        await anext(later)

    until = time.monotonic() + 10
    while len(index.reindexes_ended) < 2:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


async def test_the_asyncio_clients_answer_alike(embedder: Any, index: Any) -> None:
    """The asyncio clients return the same plain data."""
    filled(index).close()
    async with (
        aio.EmbedderClient(embedder.address) as embedding,
        aio.RerankerClient(embedder.address) as reranking,
        aio.IndexClient(index.address) as client,
    ):
        answer = await embedding.embed([Content("a"), Content("bad")])
        scores = await reranking.rerank(Content("q"), [Content("score=0.9")])
        counted = await embedding.count_tokens([Content("a")])
        found = await client.search_records("c", ids=["a"], k=1)
        await client.create_collection(Collection("d", [View("default", dimension=2)]))
        names = [item.name async for item in client.collections()]
        ids = [record.id async for page in client.records("c") for record in page.records]

        assert [outcome.ok for outcome in answer.outcomes] == [True, False]
        assert scores.outcomes[0].unwrap().score == pytest.approx(0.9)
        assert counted[0].unwrap().num_tokens == 1
        assert found.outcomes[0].unwrap()[0].record.id == "b"
        assert (names, ids) == (["c", "d"], ["a", "b", "c"])
        assert (await client.get_collection("c")).statistics.num_records == 3
        assert (await client.get_records("c", ["a"])).outcomes[0].unwrap().id == "a"
        assert (await client.count_records("c"), await client.delete_collection("d")) == (3, 3)
        assert (await client.delete_records("c", ["a"])).num_deleted == 1
        assert (await client.info()).engine == "scripted"
        assert (await embedding.info()).spaces
        assert (await reranking.info()).limits.max_contents == embedder.max_contents
        with pytest.raises(CollectionNotFoundError):
            await client.get_collection("nope")


def test_a_dead_address_is_told_at_once(dead_address: str) -> None:
    """Nobody listening is a ServiceUnavailableError that names the address, well before the deadline."""
    started = time.monotonic()
    client = EmbedderClient(dead_address, timeout=20, retry=Retry.none())
    with client, pytest.raises(ServiceUnavailableError, match=dead_address) as caught:
        client.info()

    assert time.monotonic() - started < 5
    assert caught.value.request_id


async def test_a_dead_address_is_told_in_asyncio(dead_address: str) -> None:
    """The asyncio face says the same."""
    async with aio.EmbedderClient(dead_address, timeout=20, retry=Retry.none()) as client:
        with pytest.raises(ServiceUnavailableError, match=dead_address):
            await client.info()


def test_a_deadline_is_kept(index: Any) -> None:
    """A server that takes longer than the deadline costs no more than the deadline."""
    index.before["GetIndexInfo"] = lambda _: time.sleep(1.0)
    started = time.monotonic()
    with IndexClient(index.address, timeout=30) as client, pytest.raises(DeadlineExceededError):
        client.info(timeout=0.2)

    assert time.monotonic() - started < 0.9


async def test_a_deadline_is_kept_in_asyncio(index: Any) -> None:
    """The asyncio face keeps deadlines too."""
    index.before["GetIndexInfo"] = lambda _: time.sleep(1.0)
    async with aio.IndexClient(index.address, timeout=0.2) as client:
        with pytest.raises(DeadlineExceededError):
            await client.info()


def test_a_message_over_the_limit_never_leaves(embedder: Any) -> None:
    """A request over the limit is refused here, by a typed error, and the server sees nothing."""
    with EmbedderClient(embedder.address) as client, pytest.raises(MessageTooLargeError, match="over the limit"):
        client.embed([Content(images=Image.from_bytes(bytes(MAX_MESSAGE_BYTES)))])

    assert not embedder.requests["Embed"]


def test_a_server_with_a_lower_limit_is_understood() -> None:
    """A server that takes only gRPC's default size refuses with a bare code, which becomes the same typed error."""
    server = grpc.server(ThreadPoolExecutor(1))
    handler = grpc.unary_unary_rpc_method_handler(lambda request, _: request)
    service = "lensdex.embedder.v1.EmbedderService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Embed": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with (
            EmbedderClient(f"127.0.0.1:{port}") as client,
            pytest.raises(MessageTooLargeError, match="larger than max"),
        ):
            client.embed([Content(images=Image.from_bytes(bytes(5 * 1024 * 1024)))])
    finally:
        server.stop(None).wait()


def test_channels_balance_and_take_large_messages() -> None:
    """Every channel has the agreed size both ways, round_robin, and resolves again soon."""
    options = dict(channel_options())

    assert options["grpc.max_receive_message_length"] == options["grpc.max_send_message_length"] == MAX_MESSAGE_BYTES
    assert "round_robin" in str(options["grpc.service_config"])
    assert int(options["grpc.dns_min_time_between_resolutions_ms"]) < 30_000
    assert int(options["grpc.keepalive_time_ms"]) > 300_000


def test_calls_are_spread_and_survive_a_replica(index: Any, index_twin: Any) -> None:
    """Calls go to every address of a target in turn, and to the others when one is gone."""
    addresses = f"ipv4:{index.address},{index_twin.address}"
    with IndexClient(addresses) as client:
        client.info()
        for _ in range(20):
            client.info()
        assert index.requests["GetIndexInfo"]
        assert index_twin.requests["GetIndexInfo"]
        index_twin.stop()
        for _ in range(10):
            assert client.info().engine == "scripted"
