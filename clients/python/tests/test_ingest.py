"""Ingest, item by item: every item gets its outcome, and one bad item never stops the rest."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from lensdex_client import (
    MODALITY_VIEWS,
    Content,
    ContentTooLongError,
    DuplicateIdError,
    EmptyContentError,
    Image,
    IngestOptions,
    IngestOutcome,
    InternalError,
    InvalidFieldError,
    InvalidIdError,
    InvalidMediaError,
    Item,
    MediaNotAllowedError,
    MediaNotFoundError,
    MessageTooLargeError,
    NotFiniteVectorError,
    Pooling,
    Retriever,
    ViewPlan,
)
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.vectors import unpack_vectors


@pytest.fixture
def retriever(embedder: Any, index: Any) -> Iterator[Retriever]:
    """A retriever with an empty collection ``c`` that has all modality views."""
    with Retriever.connect(embedder.address, index.address) as connected:
        connected.ensure_collection("c", views=MODALITY_VIEWS)
        yield connected


def items(count: int) -> list[Item]:
    """Return items with a text each."""
    return [Item(f"i{number:03}", Content(f"text {number}"), {"n": number}) for number in range(count)]


def ingest(retriever: Retriever, what: Sequence[Item], **options: Any) -> list[IngestOutcome]:
    """Ingest all of *what*."""
    return list(retriever.ingest("c", what, IngestOptions(**options)))


def statuses(outcomes: Sequence[IngestOutcome]) -> list[str]:
    """Return what became of each item."""
    return [outcome.status for outcome in outcomes]


def test_items_are_stored_in_order(retriever: Retriever, index: Any) -> None:
    """Outcomes come in the order of the items, and every record keeps its metadata and content."""
    outcomes = ingest(retriever, items(50), batch_items=7)

    assert [(outcome.position, outcome.id) for outcome in outcomes] == [(n, f"i{n:03}") for n in range(50)]
    assert set(statuses(outcomes)) == {"stored"}
    assert retriever.index.get_records("c", ["i007"]).outcomes[0].unwrap().metadata == {"n": 7}


def test_vectors_belong_to_their_records(retriever: Retriever, embedder: Any, index: Any) -> None:
    """Whatever the batches and however many items fail, each record has the vector of its own content."""
    what = items(30)
    what[3] = Item("x", Content("bad"))
    what[12] = Item("refused", Content("fine"))
    ingest(retriever, what, batch_items=11)

    for item in what:
        if item.id in {"x", "refused"}:
            assert item.id not in index.records
            continue
        expected = retriever.embedder.embed([item.content]).vectors()[0]
        np.testing.assert_array_equal(index.vectors["default"][item.id], expected)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (Item("x", Content("bad")), ContentTooLongError),
        (Item("x", Content(images=Image.from_bytes(b"no picture"))), InvalidMediaError),
        (Item("x", Content()), EmptyContentError),
        (Item("x", Content("\ud800")), InvalidFieldError),
        (Item("x", Content(images=Image.from_path("/nowhere/a.png"))), MediaNotFoundError),
        (Item("x", Content(images=Image.from_uri("a.png"))), MediaNotAllowedError),
        (Item("x", Content("a"), {"n": float("nan")}), InvalidFieldError),
        (Item("refused", Content("a")), InvalidIdError),
        (Item("", Content("a")), InvalidIdError),
        (Item("tab\t", Content("a")), InvalidIdError),
        (Item("long" * 20, Content("a")), InvalidIdError),
        (Item("i000", Content("a")), DuplicateIdError),
        (Item("x", Content(images=Image.from_bytes(bytes(MAX_MESSAGE_BYTES)))), MessageTooLargeError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_one_bad_item_stops_nothing(retriever: Retriever, bad: Item, error: type[Exception]) -> None:
    """A bad item has its own typed error; all others are stored."""
    what = items(9)
    what.insert(5, bad)
    outcomes = ingest(retriever, what)

    assert statuses(outcomes) == ["stored"] * 5 + ["failed"] + ["stored"] * 4
    assert isinstance(outcomes[5].error, error)


def test_a_content_that_breaks_the_embedder_costs_itself_alone(retriever: Retriever, embedder: Any) -> None:
    """When a call fails with INTERNAL, halves are tried until the content that provokes it stands alone."""

    def break_on_poison(request: Any) -> None:
        if any("poison" in text for content in request.contents for text in content.texts):
            embedder.failures["Embed"] = [grpc.StatusCode.INTERNAL]

    embedder.before["Embed"] = break_on_poison
    what = items(8)
    what[6] = Item("x", Content("poison"))
    outcomes = ingest(retriever, what, concurrency=1)

    assert statuses(outcomes) == ["stored"] * 6 + ["failed", "stored"]
    assert isinstance(outcomes[6].error, InternalError)


def test_a_refusal_that_names_no_record_is_found_by_halves(retriever: Retriever, index: Any, refusals: Any) -> None:
    """When the index refuses a batch without naming records, halves are tried."""

    def refuse_poison(request: Any) -> None:
        if any(record.id == "x" for record in request.records):
            index.failures["UpsertRecords"] = [refusals(grpc.StatusCode.INVALID_ARGUMENT, 12)]

    index.before["UpsertRecords"] = refuse_poison
    what = items(8)
    what[2] = Item("x", Content("fine"))
    outcomes = ingest(retriever, what)

    assert statuses(outcomes) == ["stored"] * 2 + ["failed"] + ["stored"] * 5
    assert isinstance(outcomes[2].error, NotFiniteVectorError)


def test_present_records_are_skipped_without_embedding(retriever: Retriever, embedder: Any) -> None:
    """A second run asks which ids exist, by ids alone, and embeds none of them."""
    ingest(retriever, items(10))
    embedded = len(embedder.requests["Embed"])

    assert set(statuses(ingest(retriever, items(10)))) == {"skipped"}
    assert len(embedder.requests["Embed"]) == embedded
    assert set(statuses(ingest(retriever, items(10), replace=True))) == {"stored"}


def test_presence_is_asked_by_ids_alone(retriever: Retriever, index: Any) -> None:
    """Asking which ids exist fetches neither metadata nor content."""
    ingest(retriever, items(3))
    include = index.requests["GetRecords"][0].include

    assert (include.metadata, include.content) == (False, False)


def test_each_view_shows_its_part(retriever: Retriever, embedder: Any, index: Any) -> None:
    """Modality views hold what their part embeds to; equal parts of an item are embedded once."""
    both = Content("a", Image.from_bytes(b"PIC1"))
    ingest(retriever, [Item("both", both), Item("text", Content("a"))], views=MODALITY_VIEWS)

    assert set(index.vectors["default"]) == {"both", "text"}
    assert set(index.vectors["text"]) == {"both", "text"}
    assert set(index.vectors["image"]) == {"both"}
    np.testing.assert_array_equal(index.vectors["default"]["text"], index.vectors["text"]["text"])
    assert sum(len(request.contents) for request in embedder.requests["Embed"]) == 4


def test_a_second_pooling_is_a_view(embedder: Any, index: Any) -> None:
    """Views of both poolings are filled from one forward pass, each in its own space."""
    views = [ViewPlan("default", pooling=Pooling.MEAN), ViewPlan("last", pooling=Pooling.LAST_TOKEN)]
    with Retriever.connect(embedder.address, index.address) as connected:
        connected.ensure_collection("c", views=views)
        ingest(connected, items(2), views=views)
        blocks = {block.view: block for block in index.requests["UpsertRecords"][0].vectors}
        mean = connected.embedder.embed([Content("text 0")], poolings=[Pooling.MEAN]).vectors()[0]

    assert len(embedder.requests["Embed"][0].poolings) == 2
    assert blocks["default"].space.pooling != blocks["last"].space.pooling
    np.testing.assert_array_equal(unpack_vectors(blocks["default"].vectors)[0], mean)


def test_pictures_are_kept_by_name(retriever: Retriever, tmp_path: Path) -> None:
    """A picture with a URI is sent as bytes and kept as its URI; without content kept, nothing is."""
    (tmp_path / "a.png").write_bytes(b"PIC")
    content = Content(images=Image.from_path(tmp_path / "a.png", uri="a.png"))
    ingest(retriever, [Item("kept", content)])
    ingest(retriever, [Item("bare", content)], keep_content=False)
    kept, bare = (found.unwrap() for found in retriever.index.get_records("c", ["kept", "bare"]).outcomes)

    assert kept.content == Content(images=Image.from_uri("a.png"))
    assert bare.content == Content()
