"""What a request's pairs begin with is computed once, and nobody can tell from the scores."""

from typing import Any

import pytest
from PIL import Image

from lensdex_embedder.engines import EngineOptions, open_reranking_engine
from lensdex_embedder.work import Content, Truncation, Video

SAME = 1e-5
RED, BLUE = Image.new("RGB", (80, 64), "red"), Image.new("RGB", (64, 96), "blue")
FRAMES = Video((BLUE, BLUE, Image.new("RGB", (64, 96), "green")), 1.0, 64)
DOCUMENTS = [
    Content(("plain words",), ()),
    # These merge with the `<Document>:` before them into other tokens.
    Content(("\nbegins with a new line",), ()),
    Content(("\n\n  ",), ()),
    Content(("[in brackets]",), ()),
    Content(("= 5",), ()),
    Content(("/path",), ()),
    Content((":: colons",), ()),
    Content(("가나다",), ()),
    Content((), (BLUE,)),
    Content(("a picture and words",), (RED, BLUE)),
    Content((), (), (FRAMES,)),
    Content(("frames and a picture",), (RED,), (FRAMES,)),
]
QUERIES = [
    Content(("what is the area?",), ()),
    Content((), (RED,)),
    Content(("two pictures\n",), (RED, BLUE)),
    Content(("frames",), (BLUE,), (FRAMES,)),
]


@pytest.fixture(scope="module")
def whole_engine(golden: Any) -> Any:
    """The golden checkpoint; every pair is computed whole."""
    options = EngineOptions(str(golden.checkpoint), "", "cpu", "float32", 10240, 4, 1800, share_prefixes=False)
    return open_reranking_engine("hf", options)


def pairs_of(engine: Any, query: Content, documents: list[Content]) -> list[Any]:
    """Return the pairs of one request, prepared."""
    prepared = engine.prepare_query(query, instruction="")
    return [engine.prepare_pair(prepared, document, truncation=Truncation.REFUSE) for document in documents]


@pytest.mark.parametrize("query", QUERIES, ids=["text", "image", "both", "video"])
def test_scores_are_those_of_whole_pairs(reranking_engine: Any, whole_engine: Any, query: Content) -> None:
    """With and without sharing, a pair has the same score, also where the shared text is not a shared token prefix."""
    shared = reranking_engine.score(pairs_of(reranking_engine, query, DOCUMENTS))
    whole = whole_engine.score(pairs_of(whole_engine, query, DOCUMENTS))
    assert shared == pytest.approx(whole, abs=SAME)


def test_requests_in_one_batch_do_not_mix(reranking_engine: Any) -> None:
    """Pairs of several queries, interleaved, score as each query's alone."""
    requests = [pairs_of(reranking_engine, query, DOCUMENTS[:4]) for query in QUERIES]
    alone = [reranking_engine.score(pairs) for pairs in requests]
    mixed = reranking_engine.score([pair for column in zip(*requests, strict=True) for pair in column])
    assert mixed == pytest.approx([score for column in zip(*alone, strict=True) for score in column], abs=SAME)


def test_a_query_is_read_once_for_all_batches_of_its_request(
    reranking_engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is cut into batches has its query computed with the first of them, and every request its own."""
    from lensdex_embedder.engines.hf.forward import Forward

    read: list[Any] = []
    original = Forward.read

    def counted(self: Forward, sequence: Any) -> Any:
        read.append(sequence)
        return original(self, sequence)

    monkeypatch.setattr(Forward, "read", counted)
    first, again = (pairs_of(reranking_engine, QUERIES[1], DOCUMENTS) for _ in range(2))
    for place in range(0, len(first), 3):
        reranking_engine.score(first[place : place + 3])
    assert len(read) == 1
    reranking_engine.score(again)
    assert len(read) == 2


def test_most_of_a_pair_is_shared(reranking_engine: Any) -> None:
    """Documents share everything before them but the sign they merge with, a picture in the query included."""
    from lensdex_embedder.engines.hf.prefix import num_shared

    pairs = pairs_of(reranking_engine, QUERIES[1], DOCUMENTS)
    beginning = pairs[0].query.beginning
    lengths = [num_shared(beginning, pair.sequence) for pair in pairs]
    assert min(lengths) >= len(beginning.ids) - 2
    plain = reranking_engine.prepare_pair(pairs[0].query, DOCUMENTS[0], truncation=Truncation.REFUSE)
    assert len(plain.sequence.ids) - len(beginning.ids) < 15
