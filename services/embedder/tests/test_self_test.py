"""The self-test finds engines whose answers depend on the batch, and the process does not serve with one."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from lensdex.embedder.v1 import embedder_service_pb2 as pb
from lensdex.embedder.v1 import reranker_service_pb2 as reranker_pb
from lensdex_embedder.engines.fake import FakeEngine
from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.self_test import check_embedding, check_reranking
from lensdex_embedder.work import Pooled
from lensdex_wire.space import Pooling


class LeakingEngine(FakeEngine):
    """Each result takes up a little of its neighbours', as through a broken mask."""

    def __init__(self, leak: float) -> None:
        super().__init__(max_tokens=8192, name="leaking")
        self._leak = leak

    def embed(self, batch: Sequence[Any]) -> list[Pooled]:
        """Add the leak of the batch's mean to every vector of the mean pooling alone."""
        results = super().embed(batch)
        mean = np.mean([one.vectors[Pooling.MEAN] for one in results], axis=0)
        return [Pooled({**one.vectors, Pooling.MEAN: one.vectors[Pooling.MEAN] + self._leak * mean}) for one in results]

    def score(self, batch: Sequence[Any]) -> list[float]:
        """Add the leak of the batch's mean to every score."""
        scores = super().score(batch)
        return [score + self._leak * sum(scores) / len(scores) for score in scores]


class BrokenEngine(FakeEngine):
    """Every result is not a number."""

    def embed(self, batch: Sequence[Any]) -> list[Pooled]:
        """Return vectors of not-a-number."""
        return [Pooled({Pooling.MEAN: np.full(128, np.nan, np.float32)}) for _ in batch]

    def score(self, batch: Sequence[Any]) -> list[float]:
        """Return not-a-number."""
        return [float("nan") for _ in batch]


def _page(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_faithful_engine_passes() -> None:
    """An engine whose results do not depend on the batch has a worst cosine of one and a worst difference of zero."""
    engine = FakeEngine(max_tokens=8192)
    embedding, reranking = check_embedding(engine), check_reranking(engine)
    assert embedding.num_probes == 5
    assert embedding.worst == pytest.approx(1)
    assert embedding.bound == 0.9999
    assert reranking.num_probes == 10
    assert reranking.worst == 0
    assert reranking.bound == 0.001


def test_a_leak_between_items_is_found() -> None:
    """A leak in one pooling of two alone, or in the scores, fails the test with figures, type and device."""
    with pytest.raises(CheckpointError, match=r"leaking failed.*cosine of 0\.\d+; at least 0\.9999.*float32 on cpu"):
        check_embedding(LeakingEngine(0.5))
    with pytest.raises(CheckpointError, match=r"leaking failed.*differ by 0\.\d+; at most 0\.001.*float32 on cpu"):
        check_reranking(LeakingEngine(0.5))


def test_what_is_not_a_number_fails() -> None:
    """Results that are not numbers fail the test, whatever the bound."""
    engine = BrokenEngine(max_tokens=8192, name="broken")
    with pytest.raises(CheckpointError):
        check_embedding(engine, floor=-1.0)
    with pytest.raises(CheckpointError):
        check_reranking(engine, ceiling=1.0)


def test_the_bound_is_the_callers() -> None:
    """A floor and a ceiling that are given take the place of the type's own."""
    assert check_embedding(LeakingEngine(0.5), floor=0.0).bound == 0.0
    assert check_reranking(LeakingEngine(0.5), ceiling=1.0).worst > 0.001


def test_long_probes_are_left_out() -> None:
    """A model of few tokens is tested with the probes that fit."""
    assert check_embedding(FakeEngine(max_tokens=26)).num_probes == 4


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_real_engine_passes(open_hf: Callable[..., Any], golden: Any, dtype: str) -> None:
    """The hf engine passes in every type, with room between what was measured and the floor."""
    tested = check_embedding(open_hf(golden.checkpoint, dtype=dtype))
    assert tested.bound < tested.worst <= 1 + 1e-9


async def test_info_and_metrics_report_it(serving: Any) -> None:
    """Both infos report the worst figure beside its bound, and so do the metrics."""
    server = await serving(metrics_port=0)
    embedding = (await server.embedder.GetEmbedderInfo(pb.GetEmbedderInfoRequest())).self_test
    assert (embedding.num_probes, embedding.min_cosine) == (5, 0.9999)
    assert embedding.worst_cosine == pytest.approx(1)
    reranking = (await server.reranker.GetRerankerInfo(reranker_pb.GetRerankerInfoRequest())).self_test
    assert (reranking.num_probes, reranking.worst_difference, reranking.max_difference) == (10, 0, 0.001)
    page = await asyncio.to_thread(_page, server.metrics_address)
    assert re.search(r"^lensdex_embedder_self_test_worst_cosine (0\.9999|1\.0)", page, re.MULTILINE)
    assert "lensdex_embedder_self_test_worst_difference 0.0" in page


async def test_serving_is_refused(serving: Any) -> None:
    """A process whose model fails the test ends before it serves; a lower floor of the operator's lets it serve."""
    with pytest.raises(CheckpointError, match="failed its self-test"):
        await serving(engine=LeakingEngine(0.5))
    await serving(engine=LeakingEngine(0.5), self_test_min_cosine=0.0, self_test_max_difference=1.0)


def test_the_command(command: Callable[..., Any]) -> None:
    """`selftest` prints both roles' figures and exits 0; `--json` prints them for programs."""
    names = ("--engine", "fake", "--embedding-model", "one", "--reranking-model", "two")
    table, errors = command("selftest", *names).communicate(timeout=60)
    assert errors == ""
    assert "worst cosine" in table
    assert "worst difference" in table
    rows, _ = command("selftest", "--json", *names).communicate(timeout=60)
    embedding, reranking = (json.loads(row) for row in rows.splitlines())
    assert (embedding["role"], embedding["bound"]) == ("embedding", 0.9999)
    assert (reranking["role"], reranking["worst"]) == ("reranking", 0)


def test_the_command_names_what_is_wrong(command: Callable[..., Any]) -> None:
    """A model that fails, or cannot be loaded, makes the command exit 1 with the reason on stderr."""
    process = command("selftest", "--embedding-model", "/nowhere/at/all")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "/nowhere/at/all" in errors
