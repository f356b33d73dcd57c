"""Parity with the published implementation on a CUDA device: what a CPU cannot show of kernels and compilers."""

import random
from typing import Any

import numpy as np
import pytest
import torch

from lensdex_embedder.engines import EngineOptions, open_embedding_engine, open_reranking_engine
from lensdex_embedder.self_test import check_embedding, check_reranking
from lensdex_embedder.work import Pooled, Truncation
from lensdex_wire.space import Pooling

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
    pytest.mark.timeout(600),  # the first call of each kind compiles
]
DTYPES = ("float32", "bfloat16", "float16")
COSINES = {"float32": 0.9999, "bfloat16": 0.999, "float16": 0.9999}
DIFFERENCES = {"float32": 1e-3, "bfloat16": 0.02, "float16": 0.005}
POOLINGS = {Pooling.LAST_TOKEN: "last", Pooling.MEAN: "mean"}
TOO_LONG = 26
"""The golden case that is cut; cutting here keeps the template's tail, so its answer differs on purpose."""


def _options(golden: Any, dtype: str) -> EngineOptions:
    return EngineOptions(str(golden.checkpoint), "", "cuda", dtype, 8192, min_image_tokens=4, max_image_tokens=1800)


@pytest.fixture(scope="module", params=DTYPES)
def engine(request: Any, golden: Any) -> Any:
    """The golden checkpoint on the device, in each type."""
    return open_embedding_engine("hf", _options(golden, request.param))


def _prepared(golden: Any, engine: Any, *, clips: bool) -> dict[int, Any]:
    """The cases with an answer, prepared; those with a clip or those without."""
    return {
        index: engine.prepare(
            golden.content(case), instruction=case.get("instruction", ""), truncation=Truncation.REFUSE
        )
        for index, case in enumerate(golden.cases["embed"])
        if any(case.values()) and index != TOO_LONG and isinstance(case.get("video"), str) == clips
    }


def _worst(golden: Any, found: dict[int, Pooled]) -> float:
    def cosine(index: int, pooling: Pooling, name: str) -> float:
        one, other = found[index].vectors[pooling], golden.expected[name][index]
        return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))

    return min(cosine(index, pooling, name) for index in found for pooling, name in POOLINGS.items())


@pytest.mark.parametrize("clips", [False, True])
def test_alone_and_together(golden: Any, engine: Any, record_property: Any, *, clips: bool) -> None:
    """Contents alone, and all in one batch in any order, get the published vectors within the type's tolerance."""
    prepared = _prepared(golden, engine, clips=clips)
    order = list(prepared)
    worst = [_worst(golden, {index: engine.embed([one])[0] for index, one in prepared.items()})]
    for seed in range(3):
        random.Random(seed).shuffle(order)
        results = engine.embed([prepared[index] for index in order])
        worst.append(_worst(golden, dict(zip(order, results, strict=True))))
    record_property(f"worst cosine {engine.facts.dtype} clips={clips}", min(worst))
    assert min(worst) >= COSINES[engine.facts.dtype]


def test_the_self_test_passes(engine: Any, record_property: Any) -> None:
    """A sound engine passes its self-test on the device."""
    report = check_embedding(engine)
    record_property(f"self-test {engine.facts.dtype}", report.worst)
    assert report.worst >= report.bound


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
def test_scores(golden: Any, record_property: Any, dtype: str, *, share: bool) -> None:
    """Pairs, alone and all in one batch, get the published scores, with the prefix shared or not."""
    options = _options(golden, dtype)
    engine = open_reranking_engine(
        "hf", EngineOptions(options.model, "", "cuda", dtype, 10240, 4, 1800, share_prefixes=share)
    )
    check_reranking(engine)
    worst = 0.0
    for case, expected in zip(golden.cases["rerank"], golden.expected_rerank, strict=True):
        query = engine.prepare_query(golden.content(case["query"]), instruction=case.get("instruction", ""))
        kept = [
            place
            for place, document in enumerate(case["documents"])
            if document and not isinstance(document.get("video"), str)
        ]
        pairs = [
            engine.prepare_pair(query, golden.content(case["documents"][place]), truncation=Truncation.CUT_TEXT)
            for place in kept
        ]
        alone = [engine.score([pair])[0] for pair in pairs]
        for scores in (alone, engine.score(pairs)):
            worst = max(worst, *(abs(score - expected[place]) for place, score in zip(kept, scores, strict=True)))
    record_property(f"worst difference {dtype} share={share}", worst)
    assert worst <= DIFFERENCES[dtype]
