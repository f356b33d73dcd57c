"""Calls and codecs: one table of methods, sizes checked before sending, plain data there and back."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex.common.v1 import content_pb2
from lensdex.embedder.v1 import embedder_service_pb2 as em
from lensdex.index.v1 import record_pb2
from lensdex_client import collection_calls, embedder_calls, record_calls
from lensdex_client.calls import IDEMPOTENT, METHODS
from lensdex_client.collection import Backend, Collection, FieldType, IndexedField, Metric, View
from lensdex_client.content import Content, Image
from lensdex_client.content_codec import pack_content, pack_kept, unpack_content
from lensdex_client.embedding import NO_BOUNDS, Encoding, ImageBounds, SelfTest, Truncation
from lensdex_client.errors import InvalidFieldError, MessageTooLargeError, ProtocolError
from lensdex_client.metadata_codec import MAX_EXACT_INTEGER, pack_metadata, unpack_metadata
from lensdex_client.record import Include, ViewVectors
from lensdex_client.stream_calls import pack_options
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import pack_space

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
SPACES = st.builds(
    Space,
    weights_digest=st.just("sha256:" + "0" * 64),
    template_version=st.text("abc/1:", min_size=1),
    pooling=st.sampled_from(Pooling),
    dimension=st.integers(1, 16_384),
    normalization=st.sampled_from(Normalization),
)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True)
VIEWS = st.builds(
    lambda name, basis, metric, backend: View(
        name=name,
        space=basis if isinstance(basis, Space) else None,
        dimension=0 if isinstance(basis, Space) else basis,
        metric=metric,
        backend=backend,
    ),
    NAMES,
    SPACES | st.integers(1, 16_384),
    st.sampled_from(Metric),
    st.none() | st.builds(Backend, st.sampled_from(["hnsw", "exact"]), st.dictionaries(NAMES, st.integers(1, 400))),
)
COLLECTIONS = st.builds(
    Collection,
    name=NAMES,
    views=st.lists(VIEWS, min_size=1, max_size=3).map(tuple),
    indexed_fields=st.lists(st.builds(IndexedField, TEXT, st.sampled_from(FieldType), st.booleans()), max_size=3).map(
        tuple
    ),
)


def test_every_method_of_the_contracts_is_decided() -> None:
    """Every RPC has a line in the table of idempotence, and the table has no other."""
    assert set(METHODS) == set(IDEMPOTENT)
    assert METHODS["EmbedderService/Embed"].path == "/lensdex.embedder.v1.EmbedderService/Embed"
    assert METHODS["EmbedderService/Embed"].response is em.EmbedResponse


def test_only_changes_of_names_views_and_snapshots_are_unsafe() -> None:
    """What may not be repeated is what would report its own first success as a failure, or do minutes' work again."""
    unsafe = {name for name, safe in IDEMPOTENT.items() if not safe}
    changing = {"CreateCollection", "DeleteCollection", "AddView", "DropView", "Reindex", "SetAlias", "DeleteAlias"}
    changing |= {"CreateSnapshot", "RestoreSnapshot", "DeleteSnapshot"}

    assert unsafe == {f"CollectionService/{name}" for name in changing}


@given(st.dictionaries(TEXT, JSON, max_size=5))
def test_metadata_survives_the_wire(metadata: dict[str, object]) -> None:
    """Metadata comes back equal, whole numbers as int."""
    packed = pack_metadata(metadata)

    assert unpack_metadata(type(packed).FromString(packed.SerializeToString())) == metadata


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, MAX_EXACT_INTEGER + 1, b"bytes", {1: "x"}, object(), "\ud800", {"a": ["\udfff"]}]
)
def test_metadata_that_would_change_is_refused(value: object) -> None:
    """What a Struct would change or lose is refused by name, never changed."""
    with pytest.raises(InvalidFieldError) as caught:
        pack_metadata({"key": value})

    assert caught.value.metadata["field"].startswith("metadata.key")


@given(COLLECTIONS)
def test_collections_survive_the_wire(collection: Collection) -> None:
    """A collection comes back equal."""
    assert collection_calls.unpack_collection(collection_calls.pack_collection(collection)) == collection


def test_the_time_of_creation_is_utc() -> None:
    """``create_time`` comes back with its zone."""
    message = collection_calls.pack_collection(Collection("c", [View("default", dimension=4)]))
    message.create_time.FromJsonString("2026-01-02T03:04:05Z")

    assert collection_calls.unpack_collection(message).create_time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@given(
    st.lists(TEXT, max_size=3),
    st.lists(st.builds(Image.from_bytes, st.binary(min_size=1)) | TEXT.filter(bool).map(Image.from_uri), max_size=3),
)
def test_contents_survive_the_wire(texts: list[str], images: list[Image]) -> None:
    """Texts, bytes and URIs come back equal and in order."""
    content = Content(texts=texts, images=images)

    assert unpack_content(pack_content(content)) == content


def test_a_picture_is_sent_as_bytes_and_kept_by_its_name(tmp_path: Path) -> None:
    """Of a picture with bytes and a URI, the model gets the bytes and the index the URI."""
    (tmp_path / "a.png").write_bytes(b"PIC")
    content = Content(images=Image.from_path(tmp_path / "a.png", uri="a.png"))

    assert pack_content(content).images[0] == content_pb2.Media(data=b"PIC")
    assert pack_kept(content).images[0] == content_pb2.Media(uri="a.png")


def test_lone_values_are_one_item() -> None:
    """A text or an image alone is one of them, not a sequence of its parts."""
    assert Content("abc").texts == ("abc",)
    assert Content(images=Image.from_uri("a")).images == (Image.from_uri("a"),)


def test_an_image_must_be_something() -> None:
    """An image without bytes, path and URI is a ValueError."""
    with pytest.raises(ValueError, match="needs"):
        Image()


@given(st.integers(0, 5), st.integers(1, 5), st.sampled_from([None, *Pooling]))
def test_view_vectors_survive_the_wire(count: int, dimension: int, pooling: Pooling | None) -> None:
    """Vectors, their space and their places come back equal."""
    own = None if pooling is None else Space("sha256:0", "t", pooling, dimension, Normalization.L2)
    matrix = np.arange(count * dimension, dtype=np.float32).reshape(count, dimension)
    block = ViewVectors(vectors=matrix, view="text", space=own, record_indexes=tuple(range(count)))

    result = record_calls.unpack_view_vectors(record_calls.pack_view_vectors(block))

    assert (result.view, result.space, result.record_indexes) == ("text", own, block.record_indexes)
    np.testing.assert_array_equal(result.vectors, matrix)


def test_view_vectors_with_too_few_places_do_not_fit() -> None:
    """A block whose places do not match its rows is refused, not guessed at."""
    message = record_calls.pack_view_vectors(ViewVectors(np.zeros((2, 3), np.float32)))
    message.record_indexes.append(0)

    with pytest.raises(ValueError, match="2 vectors for 1"):
        record_calls.unpack_view_vectors(record_pb2.ViewVectors.FromString(message.SerializeToString()))


def test_a_search_needs_vectors_or_ids() -> None:
    """A search by neither or by both is a ValueError before anything is sent."""
    for given_both in ({}, {"vectors": np.zeros((1, 3), np.float32), "ids": ["a"]}):
        with pytest.raises(ValueError, match="exactly one"):
            record_calls.search_records("c", k=1, include=Include(), **given_both)


def test_a_message_over_the_limit_is_not_sent() -> None:
    """A request over the size limit is a typed error that names size, limit and remedy."""
    call = embedder_calls.embed([Content(images=Image.from_bytes(bytes(MAX_MESSAGE_BYTES)))])

    with pytest.raises(MessageTooLargeError, match="send fewer items per call") as caught:
        call.serialize()

    assert int(caught.value.metadata["size"]) > MAX_MESSAGE_BYTES
    assert caught.value.metadata["maximum"] == str(MAX_MESSAGE_BYTES)


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xff\xff",
        em.EmbedResponse(blocks=[em.EmbeddingBlock()]).SerializeToString(),
        em.EmbedResponse(results=[em.EmbedResult(embedded=em.EmbeddedContent(row=4))]).SerializeToString(),
    ],
)
def test_an_answer_that_does_not_fit_is_the_servers_fault(answer: bytes) -> None:
    """Garbage, a block without a space, a row outside its block: ProtocolError with the request id."""
    call = embedder_calls.embed([Content("a")])

    with pytest.raises(ProtocolError) as caught:
        call.decoded(answer, "request-1")

    assert caught.value.request_id == "request-1"


def test_image_bounds_travel() -> None:
    """Every call that sends images carries the bounds that were given, and none where none were."""
    bounds = ImageBounds(16, 64)
    pictures = [Content(images=[Image.from_bytes(b"x")])]
    for image_bounds in (NO_BOUNDS, bounds):
        options = em.EmbedStreamRequest.FromString(
            pack_options(
                instruction="",
                dimension=0,
                poolings=(),
                encoding=Encoding.FLOAT32,
                truncation=Truncation.REFUSE,
                image_bounds=image_bounds,
            )
        ).options
        requests = [
            embedder_calls.embed(pictures, image_bounds=image_bounds).request,
            embedder_calls.count_tokens(pictures, image_bounds=image_bounds).request,
            embedder_calls.rerank(pictures[0], pictures, image_bounds=image_bounds).request,
            options,
        ]
        for request in requests:
            assert request.HasField("image_bounds") == (image_bounds == bounds)
            asked = request.image_bounds
            assert (asked.min_tokens, asked.max_tokens) == (image_bounds.min_tokens, image_bounds.max_tokens)


def test_a_self_test_is_read() -> None:
    """Infos carry the self-test's figures; a service that is older has none."""
    answer = em.GetEmbedderInfoResponse()
    answer.spaces.add().space.CopyFrom(pack_space(Space("sha256:" + "0" * 64, "t", Pooling.MEAN, 8, Normalization.L2)))
    assert embedder_calls.embedder_info().decode(answer, "").self_test is None
    answer.self_test.num_probes, answer.self_test.worst_cosine, answer.self_test.min_cosine = 5, 0.75, 0.5
    assert embedder_calls.embedder_info().decode(answer, "").self_test == SelfTest(5, 0.75, 0.5)
