"""How large a message may be: as large as the services were told, on both faces, in the library and the command."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lensdex_client import Content, EmbedderClient, Image, Item, MessageTooLargeError, Retriever, aio
from lensdex_wire.limits import MAX_MESSAGE_BYTES

MIB = 1024 * 1024
RAISED = MAX_MESSAGE_BYTES + 16 * MIB
LARGE = Content(images=Image.from_bytes(b"PIC" + bytes(MAX_MESSAGE_BYTES)))


def test_a_client_follows_a_raised_limit(roomy_embedder: Any) -> None:
    """A message over the usual limit arrives when client and service both allow it, and is refused unsent otherwise."""
    with EmbedderClient(roomy_embedder.address) as usual, pytest.raises(MessageTooLargeError):
        usual.embed([LARGE])
    sent_before = len(roomy_embedder.requests["Embed"])
    with EmbedderClient(roomy_embedder.address, max_message_bytes=RAISED) as client:
        assert client.embed([LARGE]).vectors().shape == (1, 8)

    assert sent_before == 0


def test_the_asyncio_face_follows_too(roomy_embedder: Any) -> None:
    """The asyncio client sends a message over the usual limit when it was told to."""

    async def embed() -> tuple[int, ...]:
        async with aio.EmbedderClient(roomy_embedder.address, max_message_bytes=RAISED) as client:
            return (await client.embed([LARGE])).vectors().shape

    assert asyncio.run(embed()) == (1, 8)


def test_an_ingest_follows_a_raised_limit(roomy_embedder: Any, index: Any, tmp_path: Path) -> None:
    """A retriever passes its limit on: an item over the usual size is stored when services and client allow it."""
    (tmp_path / "a.png").write_bytes(LARGE.images[0].data)
    item = Item("a", Content(images=Image.from_path(tmp_path / "a.png", uri="a.png")))
    with Retriever.connect(roomy_embedder.address, index.address, max_message_bytes=RAISED) as retriever:
        retriever.ensure_collection("c")
        (outcome,) = retriever.ingest("c", [item])

    assert [len(request.contents) for request in roomy_embedder.requests["Embed"]] == [1]
    assert outcome.status == "stored"


def test_a_lowered_limit_splits_messages(embedder: Any, index: Any) -> None:
    """A client with less room sends an ingest in smaller messages."""
    items = [Item(f"i{n}", Content(images=Image.from_bytes(b"PIC" + bytes([n]) * 400_000))) for n in range(4)]
    with Retriever.connect(embedder.address, index.address, max_message_bytes=MIB) as retriever:
        retriever.ensure_collection("c")
        assert {outcome.status for outcome in retriever.ingest("c", items)} == {"stored"}

    assert [len(request.contents) for request in embedder.requests["Embed"]] == [2, 2]


@pytest.mark.parametrize("size", [-1, 0, MIB - 1, 2**31])
def test_a_senseless_limit_is_refused(size: int) -> None:
    """A size gRPC cannot be told, or no answer would fit in, is a ValueError on both faces."""
    for client in (EmbedderClient, aio.EmbedderClient):
        with pytest.raises(ValueError, match="bytes"):
            client("localhost:1", max_message_bytes=size)
