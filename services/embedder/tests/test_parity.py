"""Parity with the published implementation, on the golden answers: cosine at least 0.9999, scores within 1e-3."""

import random
from typing import Any

import numpy as np
import pytest
from google.rpc.status_pb2 import Status

from lensdex.common.v1.embedding_space_pb2 import POOLING_LAST_TOKEN, POOLING_MEAN
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import model_pb2
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder.engines import EngineOptions, open_reranking_engine
from lensdex_embedder.errors import ContentTooLongError, InvalidFieldError
from lensdex_embedder.work import Content, Truncation
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.space import Pooling
from lensdex_wire.vectors import unpack_vectors

COSINE = 0.9999
SCORE = 1e-3
EMPTY = (7, 8)
TOO_LONG = 26
EMBEDDABLE = [index for index in range(30) if index not in EMPTY]
EXACT = [index for index in EMBEDDABLE if index != TOO_LONG]
POOLINGS = {Pooling.LAST_TOKEN: "last", Pooling.MEAN: "mean"}
REQUESTS = range(5)


@pytest.fixture(scope="module")
def prepared(golden: Any, embedding_engine: Any) -> dict[int, Any]:
    """Every case that is not empty, prepared."""
    cases = golden.cases["embed"]
    return {
        index: embedding_engine.prepare(
            golden.content(cases[index]),
            instruction=cases[index].get("instruction", ""),
            truncation=Truncation.CUT_TEXT,
        )
        for index in EMBEDDABLE
    }


def _cosine(vector: Any, expected: Any) -> float:
    return float(np.dot(vector, expected) / (np.linalg.norm(vector) * np.linalg.norm(expected)))


def _worst(golden: Any, pooled: dict[int, Any]) -> float:
    return min(
        _cosine(result.vectors[pooling], golden.expected[name][index])
        for index, result in pooled.items()
        for pooling, name in POOLINGS.items()
        if index != TOO_LONG
    )


def test_the_cases_are_the_ones_this_file_names(golden: Any) -> None:
    """Of the golden cases those that are empty, and nothing else, are left out."""
    empty = [index for index, case in enumerate(golden.cases["embed"]) if not any(case.values())]
    assert empty == list(EMPTY)
    assert len(golden.cases["embed"]) == 30
    assert len(golden.cases["rerank"]) == len(REQUESTS)


@pytest.mark.parametrize("index", EXACT)
def test_alone(golden: Any, embedding_engine: Any, prepared: dict[int, Any], index: int) -> None:
    """A content alone in its batch gets the published vector in both poolings."""
    assert _worst(golden, {index: embedding_engine.embed([prepared[index]])[0]}) >= COSINE


@pytest.mark.parametrize("index", EMBEDDABLE)
def test_token_counts(golden: Any, embedding_engine: Any, prepared: dict[int, Any], index: int) -> None:
    """Token counts are the published ones, and counting agrees with preparing."""
    case = golden.cases["embed"][index]
    cost = prepared[index].cost
    count = embedding_engine.count(golden.content(case), instruction=case.get("instruction", ""))
    assert cost.num_tokens == golden.expected["tokens"][index]
    assert count.num_tokens == cost.num_tokens + cost.num_truncated_tokens
    assert count.num_image_tokens == cost.num_image_tokens
    assert count.num_truncated_tokens == 0


@pytest.mark.parametrize("seed", range(4))
def test_in_one_batch(golden: Any, embedding_engine: Any, prepared: dict[int, Any], seed: int) -> None:
    """All contents in one batch, in whatever order, get the published vectors."""
    order = list(EXACT)
    random.Random(seed).shuffle(order)
    results = embedding_engine.embed([prepared[index] for index in order])
    assert _worst(golden, dict(zip(order, results, strict=True))) >= COSINE


@pytest.mark.parametrize("seed", range(10))
def test_in_any_batch(golden: Any, embedding_engine: Any, prepared: dict[int, Any], seed: int) -> None:
    """A result does not depend on which, or how many times, other contents share the batch."""
    generator = random.Random(100 + seed)
    short = [index for index in EXACT if len(prepared[index].ids) < 400]
    order = generator.choices(short, k=generator.randint(2, 12))
    results = embedding_engine.embed([prepared[index] for index in order])
    for index, result in zip(order, results, strict=True):
        assert _worst(golden, {index: result}) >= COSINE


def test_over_long_text_is_cut_and_keeps_the_templates_tail(
    golden: Any, embedding_engine: Any, prepared: dict[int, Any]
) -> None:
    """An over-long text is cut to the model's length and said to be; its last tokens are those of an uncut one."""
    cut, whole = prepared[TOO_LONG], prepared[0]
    assert cut.cost.num_tokens == len(cut.ids) == embedding_engine.facts.max_tokens
    assert cut.cost.num_truncated_tokens > 0
    assert cut.ids[-5:].tolist() == whole.ids[-5:].tolist()
    assert _cosine(embedding_engine.embed([cut])[0].vectors[Pooling.LAST_TOKEN], golden.expected["last"][0]) < 1


def test_over_long_text_is_refused_where_truncation_is_off(golden: Any, embedding_engine: Any) -> None:
    """Where truncation is off an over-long text is refused with its tokens, the limit and a remedy."""
    content = golden.content(golden.cases["embed"][TOO_LONG])
    with pytest.raises(ContentTooLongError) as caught:
        embedding_engine.prepare(content, instruction="", truncation=Truncation.REFUSE)
    assert caught.value.tokens == embedding_engine.count(content, instruction="").num_tokens
    assert caught.value.maximum == 8192
    assert "truncation" in caught.value.remedy


@pytest.mark.parametrize("request_index", REQUESTS)
def test_rerank(golden: Any, reranking_engine: Any, request_index: int) -> None:
    """Documents of text, images and videos get the published score, alone and together in another order."""
    case = golden.cases["rerank"][request_index]
    query = reranking_engine.prepare_query(golden.content(case["query"]), instruction=case.get("instruction", ""))
    pairs = {
        index: reranking_engine.prepare_pair(query, golden.content(document), truncation=Truncation.CUT_TEXT)
        for index, document in enumerate(case["documents"])
        if document
    }
    expected = golden.expected_rerank[request_index]
    alone = {index: reranking_engine.score([pair])[0] for index, pair in pairs.items()}
    order = list(pairs)
    random.Random(request_index).shuffle(order)
    together = dict(zip(order, reranking_engine.score([pairs[index] for index in order]), strict=True))
    for scores in (alone, together):
        for index, score in scores.items():
            assert abs(score - expected[index]) <= SCORE
            assert 0 <= score <= 1


async def test_through_the_server(
    golden: Any,
    embedding_engine: Any,
    reranking_engine: Any,
    serving: Any,
) -> None:
    """What holds for the engine holds for a caller of the service: vectors, token counts, refusals, scores."""
    server = await serving(engine=embedding_engine, reranker=reranking_engine)
    cases = golden.cases["embed"]
    for instruction in sorted({cases[index].get("instruction", "") for index in (*EMBEDDABLE, *EMPTY)}):
        chosen = [i for i in (*EMBEDDABLE, *EMPTY) if cases[i].get("instruction", "") == instruction]
        request = pb.EmbedRequest(
            contents=[golden.message(cases[index]) for index in chosen],
            instruction=instruction,
            poolings=[POOLING_MEAN, POOLING_LAST_TOKEN],
            truncation=model_pb2.TRUNCATION_CUT_TEXT,
        )
        response = await server.embedder.Embed(request)
        blocks = dict(zip(("mean", "last"), (unpack_vectors(b.vectors) for b in response.blocks), strict=True))
        for index, result in zip(chosen, response.results, strict=True):
            if index in EMPTY:
                assert _reason(result.error) == ErrorReason.ERROR_REASON_EMPTY_CONTENT
                continue
            assert result.embedded.num_tokens == golden.expected["tokens"][index]
            assert (result.embedded.num_truncated_tokens > 0) == (index == TOO_LONG)
            for name, block in blocks.items():
                vector = block[result.embedded.row]
                assert abs(np.linalg.norm(vector) - 1) < 1e-5
                assert index == TOO_LONG or _cosine(vector, golden.expected[name][index]) >= COSINE
    for case, expected in zip(golden.cases["rerank"], golden.expected_rerank, strict=True):
        rerank = reranker_pb.RerankRequest(
            query=golden.message(case["query"]),
            documents=[golden.message(document) for document in case["documents"]],
            instruction=case.get("instruction", ""),
        )
        for index, result in enumerate((await server.reranker.Rerank(rerank)).results):
            if not case["documents"][index]:
                assert _reason(result.error) == ErrorReason.ERROR_REASON_EMPTY_CONTENT
            else:
                assert abs(result.relevance.score - expected[index]) <= SCORE


def _reason(status: Status) -> int:
    return unpack_refusal(status).reason


@pytest.mark.parametrize(("dtype", "floor"), [("bfloat16", 0.999), ("float16", 0.9999)])
def test_half_precision_stays_near(golden: Any, open_hf: Any, dtype: str, floor: float) -> None:
    """In 16 bits vectors, of videos too, stay near the published ones; measured: 0.99989 (bfloat16), 0.9999985."""
    engine = open_hf(golden.checkpoint, dtype=dtype)
    cases = golden.cases["embed"]
    batch = [
        engine.prepare(
            golden.content(cases[i]), instruction=cases[i].get("instruction", ""), truncation=Truncation.REFUSE
        )
        for i in EXACT
    ]
    assert _worst(golden, dict(zip(EXACT, engine.embed(batch), strict=True))) >= floor


@pytest.mark.parametrize(("dtype", "ceiling"), [("bfloat16", 0.02), ("float16", 0.005)])
def test_half_precision_scores_stay_near(golden: Any, dtype: str, ceiling: float) -> None:
    """In 16 bits scores stay near the published ones; the furthest measured: 0.0044 (bfloat16), 0.0010 (float16)."""
    options = EngineOptions(str(golden.checkpoint), "", "cpu", dtype, 10240, min_image_tokens=4, max_image_tokens=1800)
    engine = open_reranking_engine("hf", options)
    for case, expected in zip(golden.cases["rerank"], golden.expected_rerank, strict=True):
        query = engine.prepare_query(golden.content(case["query"]), instruction=case.get("instruction", ""))
        for document, score in zip(case["documents"], expected, strict=True):
            if document:
                pair = engine.prepare_pair(query, golden.content(document), truncation=Truncation.CUT_TEXT)
                assert abs(engine.score([pair])[0] - score) <= ceiling


def test_rerank_refuses_the_models_own_sign_for_media(reranking_engine: Any) -> None:
    """The model's placeholder for an image inside a text is refused: it would be taken for a picture."""
    bad, good = Content(("a <|image_pad|> b",), ()), Content(("fine",), ())
    with pytest.raises(InvalidFieldError) as caught:
        reranking_engine.prepare_query(bad, instruction="")
    assert caught.value.field == "query"
    query = reranking_engine.prepare_query(good, instruction="")
    with pytest.raises(InvalidFieldError) as caught:
        reranking_engine.prepare_pair(query, bad, truncation=Truncation.REFUSE)
    assert caught.value.field == "documents"


def test_rerank_cuts_the_document_and_never_the_query(golden: Any) -> None:
    """Only the end of the document's text is cut; a query that leaves no room for a document is refused either way."""
    options = EngineOptions(str(golden.checkpoint), "", "cpu", "float32", 256, 4, 1800)
    engine = open_reranking_engine("hf", options)
    query = engine.prepare_query(Content(("what is the area of a triangle?",), ()), instruction="")
    short = engine.prepare_pair(query, Content(("area",), ()), truncation=Truncation.REFUSE)
    long = engine.prepare_pair(query, Content(("area " * 500,), ()), truncation=Truncation.CUT_TEXT)
    assert long.cost.num_tokens == 256
    assert long.cost.num_truncated_tokens > 0
    shared = next(i for i, (a, b) in enumerate(zip(short.sequence.ids, long.sequence.ids, strict=False)) if a != b)
    assert shared > len(short.sequence.ids) - 15, "the part before the document is whole"
    assert long.sequence.ids[-5:].tolist() == short.sequence.ids[-5:].tolist()
    wordy = engine.prepare_query(Content(("area " * 500,), ()), instruction="")
    with pytest.raises(ContentTooLongError, match="does not suffice"):
        engine.prepare_pair(wordy, Content(("area",), ()), truncation=Truncation.CUT_TEXT)
