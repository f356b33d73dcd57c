"""Search: embed, search, rerank, and what the answer says about each."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_client import (
    MODALITY_VIEWS,
    Content,
    ContentTooLongError,
    EmptyContentError,
    Hit,
    Image,
    IngestOptions,
    Item,
    LensdexError,
    MediaNotAllowedError,
    Outcome,
    Record,
    RecordNotFoundError,
    Relevance,
    Retriever,
    SearchOptions,
    SpaceMismatchError,
    aio,
)
from lensdex_client.blending import blended
from lensdex_client.cli.hits import rerank_sentence
from lensdex_client.reranking import kendall_tau, reordered


@pytest.fixture
def retriever(embedder: Any, index: Any, tmp_path: Path) -> Iterator[Retriever]:
    """A retriever over ten records, three of them with a picture below its media root."""
    (tmp_path / "a.png").write_bytes(b"PIC")
    with Retriever.connect(embedder.address, index.address, media_root=tmp_path) as connected:
        connected.ensure_collection("c", views=MODALITY_VIEWS)
        picture = Image.from_path(tmp_path / "a.png", uri="a.png")
        items = [
            Item(f"r{number}", Content(f"score=0.{number}", [picture] if number < 3 else []), {"title": str(number)})
            for number in range(10)
        ]
        assert all(
            done.status == "stored" for done in connected.ingest("c", items, IngestOptions(views=MODALITY_VIEWS))
        )
        yield connected


def hits(*names: str) -> list[Hit]:
    """Return hits in that order."""
    return [Hit(Record(name), 1.0 - place / 10) for place, name in enumerate(names)]


def scored(*scores: float | None) -> list[Outcome[Relevance]]:
    """Return relevances; None is a document that could not be scored."""
    failure = EmptyContentError.__new__(EmptyContentError)
    return [Outcome(error=failure) if score is None else Outcome(Relevance(score, 1, 5, 0)) for score in scores]


def test_the_answer_names_view_hits_and_times(retriever: Retriever) -> None:
    """A text query is matched against texts; the answer says so, ranks the hits and times each step."""
    answer = retriever.search("c", Content("score=0.4"), SearchOptions(k=3))

    assert (answer.view, answer.num_records_without_view, len(answer.hits)) == ("text", 0, 3)
    assert answer.hits[0].record.id == "r4"
    assert answer.hits[0].score == pytest.approx(1.0, abs=1e-5)
    assert [hit.rank for hit in answer.hits] == [hit.search_rank for hit in answer.hits] == [1, 2, 3]
    assert [time.step for time in answer.times] == ["describe", "embed", "search"]
    assert answer.rerank is None


def test_records_without_the_view_are_counted(retriever: Retriever) -> None:
    """A picture query is matched against pictures, and the answer says how many records have none."""
    answer = retriever.search("c", Content(images=Image.from_bytes(b"PIC")))

    assert (answer.view, answer.num_records_without_view) == ("image", 7)
    assert {hit.record.id for hit in answer.hits} == {"r0", "r1", "r2"}


def test_all_calls_of_a_search_share_a_request_id(retriever: Retriever, embedder: Any, index: Any) -> None:
    """Embed, search and rerank of one search are logged under one id, which the answer names."""
    answer = retriever.search("c", Content("a"), SearchOptions(rerank=2))

    assert embedder.request_ids[-1] == index.request_ids[-1] == answer.request_id != ""


def test_the_query_is_embedded_as_the_view_was(retriever: Retriever, embedder: Any) -> None:
    """Dimension and pooling of the query are the view's, the instruction the caller's."""
    retriever.search("c", Content("a"), SearchOptions(instruction="Find it."))
    request = embedder.requests["Embed"][-1]

    assert (request.dimension, list(request.poolings), request.instruction) == (8, [1], "Find it.")


def test_reranking_reorders_and_accounts(retriever: Retriever) -> None:
    """The best n are reordered by the reranker, from their kept texts and pictures, and the changes counted."""
    answer = retriever.search("c", Content("q"), SearchOptions(k=5, rerank=10))
    report = answer.rerank

    assert [hit.record.id for hit in answer.hits] == ["r9", "r8", "r7", "r6", "r5"]
    assert report is not None
    assert (report.num_scored, report.num_failed) == (10, 0)
    assert report.spread == pytest.approx(0.9)
    assert not report.untouched
    assert {time.step for time in answer.times} == {"describe", "embed", "search", "read", "rerank"}


def test_reranking_is_cut_into_calls_the_server_takes(retriever: Retriever, embedder: Any) -> None:
    """More documents than one call may have are sent in several; their scores compare."""
    embedder.max_contents = 4
    retriever.search("c", Content("q"), SearchOptions(rerank=10))

    assert [len(request.documents) for request in embedder.requests["Rerank"]] == [4, 4, 2]


def test_a_document_without_its_picture_is_told(embedder: Any, index: Any, retriever: Retriever) -> None:
    """Without a media root, records kept with a picture's name alone cannot be reranked: they say why, and follow."""
    with Retriever.connect(embedder.address, index.address) as rootless:
        answer = rootless.search("c", Content("q"), SearchOptions(rerank=10))

    assert answer.rerank is not None
    assert answer.rerank.num_failed == 3
    assert {hit.record.id for hit in answer.hits[-3:]} == {"r0", "r1", "r2"}
    assert all(isinstance(hit.rerank_error, MediaNotAllowedError) for hit in answer.hits[-3:])


def test_a_blend_goes_by_both_scores(retriever: Retriever) -> None:
    """Blended, the order is that of both standardised scores; hits keep each score and the place each alone gave."""
    alone = retriever.search("c", Content("q"), SearchOptions(rerank=10))
    answer = retriever.search("c", Content("q"), SearchOptions(rerank=10, rerank_blend=1.5))
    found = sorted(answer.hits, key=lambda hit: hit.search_rank)
    both = blended([hit.score for hit in found], [hit.rerank_score for hit in found], 1.5)

    assert list(answer.hits) == sorted(found, key=lambda hit: -both[hit.search_rank - 1])
    assert [hit.rerank_rank for hit in alone.hits] == list(range(1, 11))
    assert {hit.record.id: (hit.rerank_rank, hit.rerank_score) for hit in answer.hits} == {
        hit.record.id: (hit.rank, hit.rerank_score) for hit in alone.hits
    }
    assert answer.rerank is not None
    assert answer.rerank.blend == 1.5
    assert answer.rerank.num_moved == sum(hit.move != 0 for hit in answer.hits)
    assert answer.rerank.kendall_tau == kendall_tau([hit.search_rank for hit in answer.hits])


@pytest.mark.parametrize(
    "options",
    [SearchOptions(rerank=5, rerank_blend=bad) for bad in (0.0, -1.0, float("nan"), float("inf"))]
    + [SearchOptions(rerank_blend=1.0)],
    ids=str,
)
def test_a_blend_that_cannot_be_is_refused(retriever: Retriever, embedder: Any, options: SearchOptions) -> None:
    """A weight that is not finite and above zero, or a blend without reranking, is a ValueError before any call."""
    calls = len(embedder.requests["Embed"])
    for ask in (lambda: retriever.search("c", Content("q"), options), lambda: retriever.similar("c", "r1", options)):
        with pytest.raises(ValueError, match="blend"):
            ask()
    assert len(embedder.requests["Embed"]) == calls


def test_similar_never_finds_itself(retriever: Retriever, embedder: Any) -> None:
    """More like a record: by its stored vector, no model asked; reranked against its kept content where wanted."""
    embedded = len(embedder.requests["Embed"])
    answer = retriever.similar("c", "r4", SearchOptions(k=20))
    reranked = retriever.similar("c", "r4", SearchOptions(k=2, rerank=9))

    assert len(embedder.requests["Embed"]) == embedded
    assert (answer.view, len(answer.hits)) == ("default", 9)
    assert "r4" not in {hit.record.id for hit in answer.hits}
    assert [hit.record.id for hit in reranked.hits] == ["r9", "r8"]
    assert embedder.requests["Rerank"][-1].query.texts == ["score=0.4"]


def test_a_record_that_is_not_there_is_told(retriever: Retriever) -> None:
    """More like nothing is RecordNotFoundError."""
    with pytest.raises(RecordNotFoundError):
        retriever.similar("c", "nope")


@pytest.mark.parametrize(("query", "error"), [(Content(), EmptyContentError), (Content("bad"), ContentTooLongError)])
def test_a_bad_query_is_an_error(retriever: Retriever, query: Content, error: type[LensdexError]) -> None:
    """A query that cannot be embedded raises its own error."""
    with pytest.raises(error):
        retriever.search("c", query)


def test_a_collection_made_anew_is_noticed(retriever: Retriever, embedder: Any, index: Any) -> None:
    """A collection replaced by one of another space since it was described is described again, not refused."""
    retriever.search("c", Content("a"))
    embedder.weights = "b"
    with Retriever.connect(embedder.address, index.address) as other:
        other.index.delete_collection("c")
        index.vectors.clear()
        index.records.clear()
        other.ensure_collection("c")
        list(other.ingest("c", [Item("new", Content("a"))]))

    answer = retriever.search("c", Content("a"))

    assert (answer.view, answer.hits[0].record.id) == ("default", "new")


def test_a_lasting_mismatch_is_raised(retriever: Retriever, embedder: Any) -> None:
    """When the collection really is of another space, the second look does not hide it."""
    retriever.search("c", Content("a"))
    embedder.weights = "b"
    with pytest.raises(SpaceMismatchError):
        retriever.search("c", Content("a"))


def test_a_text_or_a_picture_alone_is_a_query(retriever: Retriever) -> None:
    """A text and an image need no content around them."""
    assert retriever.search("c", "score=0.4").hits == retriever.search("c", Content("score=0.4")).hits
    assert retriever.search("c", Image.from_bytes(b"PIC")).view == "image"


def test_a_view_of_another_model_is_named_as_such(retriever: Retriever, embedder: Any, refusals: Any) -> None:
    """When the model lacks the view's dimension, the error names all fields of the space that differ."""
    embedder.weights = "b"
    embedder.failures["Embed"] = [refusals(grpc.StatusCode.INVALID_ARGUMENT, 10)]
    with pytest.raises(SpaceMismatchError) as caught:
        retriever.search("c", "a")

    assert list(caught.value.differences) == ["weights_digest"]


async def test_asyncio_searches_alike(retriever: Retriever, embedder: Any, index: Any, tmp_path: Path) -> None:
    """The asyncio face gives the same answers."""
    async with aio.Retriever.connect(embedder.address, index.address, media_root=tmp_path) as twin:
        options = SearchOptions(k=4, rerank=6, rerank_blend=1.0)
        found, similar = await twin.search("c", Content("q"), options), await twin.similar("c", "r1", options)

    assert found.hits == retriever.search("c", Content("q"), options).hits
    assert found.rerank == retriever.search("c", Content("q"), options).rerank
    assert similar.hits == retriever.similar("c", "r1", options).hits


def test_an_untouched_order_is_said_aloud() -> None:
    """When the reranker changes nothing, the report says so in words."""
    placed, report = reordered(hits("a", "b", "c"), scored(0.9, 0.8, 0.7), 3)

    assert [hit.move for hit in placed] == [0, 0, 0]
    assert report.untouched
    assert report.kendall_tau == 1.0
    assert rerank_sentence(report).startswith("the reranker left the order untouched")


def test_equal_scores_keep_the_order() -> None:
    """A reranker that cannot tell the hits apart moves none, and its spread is zero."""
    placed, report = reordered(hits("a", "b", "c"), scored(0.5, 0.5, 0.5), 3)

    assert [hit.record.id for hit in placed] == ["a", "b", "c"]
    assert (report.num_moved, report.spread) == (0, 0.0)


def test_failures_follow_and_the_rest_stays() -> None:
    """Order: scored by score, then what could not be scored, then what was not asked about."""
    placed, report = reordered(hits("a", "b", "c", "d", "e"), scored(0.1, None, 0.9), 4)

    assert [hit.record.id for hit in placed] == ["c", "a", "b", "d"]
    assert [hit.move for hit in placed] == [2, -1, -1, 0]
    assert (report.num_scored, report.num_failed, report.num_moved, report.kendall_tau) == (2, 1, 3, -1.0)


@given(st.permutations(range(6)))
def test_tau_is_what_it_is_by_definition(order: list[int]) -> None:
    """Kendall's tau is (concordant - discordant) / pairs."""
    pairs = list(itertools.combinations(order, 2))
    expected = sum(1 if first < second else -1 for first, second in pairs) / len(pairs)

    assert kendall_tau(order) == pytest.approx(expected)


def test_tau_of_one_hit_is_undefined() -> None:
    """One hit has no order to agree with."""
    assert kendall_tau([0]) is None
