"""The whole way, through real processes: embed, store, search, rerank, from the library and from the command line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lensdex_client import (
    MODALITY_VIEWS,
    Content,
    Field,
    FieldNotIndexedError,
    FieldType,
    Image,
    IndexClient,
    IndexedField,
    IngestOptions,
    Item,
    Pooling,
    Record,
    Retriever,
    SearchOptions,
    SpaceMismatchError,
    ViewVectors,
)
from lensdex_local.stack import Stack

INPUTS = Path(__file__).parents[1] / "data" / "golden" / "tiny" / "inputs"


def connect(stack: Stack) -> Retriever:
    """Return a retriever for the running services."""
    return Retriever.connect(stack.embedder_at.address, stack.index_at.address)


def run_lensdex(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command ``lensdex`` against the running services."""
    environment = {
        **os.environ,
        "LENSDEX_EMBEDDER": stack.embedder_at.address,
        "LENSDEX_INDEX": stack.index_at.address,
    }
    return subprocess.run(
        [sys.executable, "-m", "lensdex_client", *arguments],
        capture_output=True, text=True, check=False, env=environment, timeout=100,
    )  # fmt: skip


def test_what_was_ingested_is_found_first_by_its_own_text(stack: Stack) -> None:
    """A record is the best hit for its own text, straight after its ingest was acknowledged."""
    texts = ["the area of a triangle", "the speed of a train", "전류와 저항", "supply and demand"]
    with connect(stack) as retriever:
        retriever.ensure_collection("own-text")
        outcomes = list(retriever.ingest("own-text", [Item(f"r{i}", Content(text)) for i, text in enumerate(texts)]))
        answers = [retriever.search("own-text", Content(text), SearchOptions(k=2)) for text in texts]

    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert [answer.hits[0].record.id for answer in answers] == ["r0", "r1", "r2", "r3"]


def test_filters_from_the_library_and_the_command(stack: Stack) -> None:
    """A filter narrows searches, counts, lists and deletions of real services, from the library and in words."""
    grade, tags = Field("grade"), Field("tags")
    fields = [IndexedField("grade", FieldType.INT64), IndexedField("tags", FieldType.KEYWORD, many=True)]
    with connect(stack) as retriever, IndexClient(stack.index_at.address) as index:
        retriever.ensure_collection("filtered", fields=fields)
        items = [
            Item(f"r{n}", Content(f"problem {n}"), {"grade": n, "tags": ["even"] if n % 2 == 0 else ["odd", "x"]})
            for n in range(6)
        ]
        assert [outcome.error for outcome in retriever.ingest("filtered", items)] == [None] * 6
        chosen = (grade >= 2) & (tags == "even")
        answer = retriever.search("filtered", Content("problem 3"), SearchOptions(filter=chosen))
        assert {hit.record.id for hit in answer.hits} == {"r2", "r4"}
        assert index.count_records("filtered", filter=~chosen) == 4
        with pytest.raises(FieldNotIndexedError):
            index.count_records("filtered", filter=Field("title").exists())
        shown = run_lensdex(stack, "similar", "filtered", "r0", "--filter", "tags^=od", "--filter", "grade<4", "--json")
        assert [hit["id"] for hit in json.loads(shown.stdout)["hits"]] in (["r1", "r3"], ["r3", "r1"])
        assert index.delete_records("filtered", filter=tags.is_in(["x"])).num_deleted == 3
        pages = list(index.records("filtered", filter=grade.between(0, 9), page_size=2))
        assert [record.id for page in pages for record in page.records] == ["r0", "r2", "r4"]


def test_one_bad_item_never_stops_the_rest(stack: Stack) -> None:
    """An item that cannot be embedded is reported by itself; its neighbours are stored."""
    with connect(stack) as retriever, IndexClient(stack.index_at.address) as index:
        retriever.ensure_collection("one-bad")
        items = [Item("good", Content("fine")), Item("bad", Content("")), Item("also-good", Content("fine too"))]
        outcomes = list(retriever.ingest("one-bad", items))

        assert [outcome.error is None for outcome in outcomes] == [True, False, True]
        assert index.count_records("one-bad") == 2


def test_vectors_of_another_pooling_are_refused(stack: Stack) -> None:
    """A collection bound to one pooling refuses vectors of the other, naming exactly that field."""
    with connect(stack) as retriever:
        retriever.ensure_collection("pooled")
        embeddings = retriever.embedder.embed([Content("text")], poolings=[Pooling.MEAN])
        block = embeddings.blocks[0]
        vectors = ViewVectors(vectors=block.vectors, space=block.space)
        with pytest.raises(SpaceMismatchError) as caught:
            retriever.index.upsert_records("pooled", [Record("r")], [vectors])

    assert caught.value.metadata["fields"] == "pooling"


def test_published_layout_end_to_end(tiny_stack: Stack, tmp_path: Path) -> None:
    """With a checkpoint in the published layout, a picture of a folder is found by itself, and reranked."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("photo.jpg", "figure.png", "gray.png", "square.webp"):
        shutil.copy(INPUTS / name, folder / name)
    ingested = run_lensdex(tiny_stack, "ingest", "pictures", str(folder), "--views", "default,image", "--json")
    assert ingested.returncode == 0, ingested.stderr

    searched = run_lensdex(
        tiny_stack, "search", "pictures", "--image", str(folder / "gray.png"), "-k", "4", "--rerank", "4",
        "--media-root", str(folder), "--json",
    )  # fmt: skip

    assert searched.returncode == 0, searched.stderr
    answer = json.loads(searched.stdout)
    assert answer["view"] == "image"
    assert max(answer["hits"], key=lambda hit: hit["score"])["id"] == "gray.png"
    assert len(answer["hits"]) == 4


def test_a_record_never_finds_itself(stack: Stack) -> None:
    """More-like-this leaves out the record it starts from, and finds its near-duplicate."""
    with connect(stack) as retriever:
        retriever.ensure_collection("alike")
        texts = {"a": "angle of a triangle", "b": "angle of the triangle", "c": "price of bread"}
        list(retriever.ingest("alike", [Item(name, Content(text)) for name, text in texts.items()]))
        answer = retriever.similar("alike", "a", SearchOptions(k=3))

    assert [hit.record.id for hit in answer.hits] == ["b", "c"]


def test_views_answer_for_their_own_modality(stack: Stack) -> None:
    """A query by picture alone is matched against the image view, and the answer counts the records that lack it."""
    photo = Image.from_path(INPUTS / "photo.jpg")
    with connect(stack) as retriever:
        retriever.ensure_collection("views", views=MODALITY_VIEWS)
        items = [Item("both", Content("a photo", photo)), Item("text", Content("only text"))]
        outcomes = list(retriever.ingest("views", items, IngestOptions(views=MODALITY_VIEWS)))
        answer = retriever.search("views", Content(images=photo), SearchOptions(k=5))

    assert all(outcome.error is None for outcome in outcomes)
    assert answer.view == "image"
    assert answer.num_records_without_view == 1
    assert answer.hits[0].record.id == "both"
    assert np.isclose(answer.hits[0].score, 1.0, atol=1e-5)
