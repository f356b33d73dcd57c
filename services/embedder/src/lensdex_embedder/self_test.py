"""Whether an engine keeps the promise all batching rests on: a result does not depend on what shares its batch.

A few probes (texts, pictures, both) are computed alone, together, and together in the opposite order. What differs by
more than rounding would be silently wrong for every caller: a broken mask, a kernel that mixes sequences, a dtype that
overflows. It knows engines by their seam; no model, no gRPC.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from PIL import Image

from lensdex_embedder.engine import EmbeddingEngine, RerankingEngine
from lensdex_embedder.errors import CheckpointError, ContentTooLongError
from lensdex_embedder.work import Content, Pooled, Truncation, Vector

T = TypeVar("T")

COSINE_FLOORS: Final = {"float32": 0.9999, "bfloat16": 0.999, "float16": 0.9999}
"""The lowest cosine that passes, by the type of the computation.

Measured worst on a CPU, over nano, the golden checkpoint and a random one of 60 M parameters: 1 - 1e-12, 0.99993,
0.999999.
"""
DIFFERENCE_CEILINGS: Final = {"float32": 0.001, "bfloat16": 0.02, "float16": 0.005}
"""The largest difference of a relevance that passes; likewise. Measured worst: 3e-7, 0 and 3e-5."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How a self-test went."""

    num_probes: int
    """Contents, or pairs, that were computed alone and batched."""
    worst: float
    """The lowest cosine between two vectors of one content, or the largest difference of two relevances of one pair."""
    bound: float
    """What *worst* was held against: a floor of cosines, a ceiling of differences."""


def probes() -> tuple[Content, ...]:
    """Return contents of several lengths and kinds, the shortest two first; none is empty."""
    gradient = np.linspace(0, 255, 96 * 64 * 3).reshape(64, 96, 3).astype(np.uint8)
    picture, white = Image.fromarray(gradient), Image.new("RGB", (64, 64), "white")
    return (
        Content(("warm-up",), ()),
        Content(("warm-up",), (white,)),
        Content(("A text of some more words, so that lengths differ: 넓이가 12인 삼각형의 높이를 구하시오.",), ()),
        Content((), (picture,)),
        Content(("a picture and words",), (white, picture)),
    )


def check_embedding(engine: EmbeddingEngine[Any], *, floor: float | None = None) -> SelfTest:
    """Embed the probes alone and batched; return the worst cosine, over all poolings, between two vectors of one probe.

    *floor*: None for the one of the engine's type. Raises CheckpointError below it, and ContentTooLongError when not
    even a word and a small picture fit the engine's max_tokens; longer probes that do not are left out.
    """
    prepared = _fitting(lambda probe: engine.prepare(probe, instruction="", truncation=Truncation.REFUSE))
    alone = [engine.embed([one])[0] for one in prepared]
    runs = (engine.embed(prepared), engine.embed(prepared[::-1])[::-1])
    worst = min(_cosine(one, other) for run in runs for one, other in zip(alone, run, strict=True))
    bound = COSINE_FLOORS[engine.facts.dtype] if floor is None else floor
    if not worst >= bound:  # also where it is not a number
        raise CheckpointError(
            f"{engine.facts.name} failed its self-test: a probe's vectors, alone and in a batch, have a cosine of "
            f"{worst:.6f}; at least {bound} is needed in {engine.facts.dtype} on {engine.facts.device}. Answers would "
            "depend on what is computed beside them; try another dtype or device."
        )
    return SelfTest(len(prepared), worst, bound)


def check_reranking(engine: RerankingEngine[Any, Any], *, ceiling: float | None = None) -> SelfTest:
    """Score the probes against two queries alone and batched; return the largest difference for one pair.

    *ceiling*: None for the one of the engine's type. Raises CheckpointError above it, and ContentTooLongError as
    ``check_embedding``.
    """
    pairs = []
    for query in probes()[:2]:
        prepared = engine.prepare_query(query, instruction="")
        pairs += _fitting(partial(engine.prepare_pair, prepared, truncation=Truncation.REFUSE))
    alone = [engine.score([pair])[0] for pair in pairs]
    runs = (engine.score(pairs), engine.score(pairs[::-1])[::-1])
    worst = float(np.max(np.abs(np.array(runs) - np.array(alone))))
    bound = DIFFERENCE_CEILINGS[engine.facts.dtype] if ceiling is None else ceiling
    if not worst <= bound:
        raise CheckpointError(
            f"{engine.facts.name} failed its self-test: a pair's scores, alone and in a batch, differ by {worst:.6f}; "
            f"at most {bound} is allowed in {engine.facts.dtype} on {engine.facts.device}. Answers would depend on "
            "what is computed beside them; try another dtype or device."
        )
    return SelfTest(len(pairs), worst, bound)


def _fitting(prepare: Callable[[Content], T]) -> list[T]:
    """Return the probes, prepared, that are not too long. Raises ContentTooLongError when the first two are."""
    contents = probes()
    prepared = [prepare(probe) for probe in contents[:2]]
    for probe in contents[2:]:
        with contextlib.suppress(ContentTooLongError):
            prepared.append(prepare(probe))
    return prepared


def _cosine(one: Pooled, other: Pooled) -> float:
    """Return the lowest cosine over the poolings."""
    return min(_cosine_of(one.vectors[pooling], other.vectors[pooling]) for pooling in one.vectors)


def _cosine_of(one: Vector, other: Vector) -> float:
    first, second = one.astype(np.float64), other.astype(np.float64)
    return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second)))
