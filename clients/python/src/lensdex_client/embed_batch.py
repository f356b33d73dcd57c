"""Embeds the contents of one batch in as many calls as the embedder's limits need. A plan; knows no index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lensdex_client import embedder_calls
from lensdex_client.batching import batched
from lensdex_client.calls import check_message_size
from lensdex_client.content import Content
from lensdex_client.embedding import EmbeddingBlock, Embeddings, Vector
from lensdex_client.errors import InternalError, LensdexError, MessageTooLargeError
from lensdex_client.ingesting import Target
from lensdex_client.outcome import Outcome
from lensdex_client.plan import Plan, ask
from lensdex_wire.limits import GRPC_OVERHEAD_BYTES
from lensdex_wire.space import Pooling, Space


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of one content, one per pooling, each with its space."""

    by_pooling: Mapping[Pooling, tuple[Space, Vector]]

    def of(self, pooling: Pooling) -> tuple[Space, Vector]:
        """Return the vector of *pooling*, which must have been asked for, with its space."""
        return self.by_pooling[pooling]


def embed_contents(contents: Sequence[Content], target: Target) -> Plan[Sequence[Outcome[Vectors]]]:
    """Return an outcome per content, in order. Raises what concerns the service and no content."""
    limit = target.max_embed_bytes - GRPC_OVERHEAD_BYTES
    outcomes: list[Outcome[Vectors]] = []
    for batch in batched(contents, Content.num_bytes, max_items=target.max_contents, max_bytes=limit):
        outcomes += yield from _embed(batch, target, limit)
    return outcomes


def _embed(batch: Sequence[Content], target: Target, limit: int) -> Plan[Sequence[Outcome[Vectors]]]:
    try:
        check_message_size(sum(map(Content.num_bytes, batch)), what="a content", maximum=limit)
        embeddings = yield from ask(
            embedder_calls.embed(
                batch,
                instruction=target.options.instruction,
                dimension=target.dimension,
                poolings=tuple(dict.fromkeys(target.poolings.values())),
                truncation=target.options.truncation,
            )
        )
    except (InternalError, MessageTooLargeError) as error:
        # A fault that one content provokes should cost that one alone: find it by halves.
        if len(batch) == 1:
            return [Outcome(error=error)]
        half = len(batch) // 2
        first = yield from _embed(batch[:half], target, limit)
        second = yield from _embed(batch[half:], target, limit)
        return [*first, *second]
    return _outcomes(embeddings)


def _outcomes(embeddings: Embeddings) -> Sequence[Outcome[Vectors]]:
    return [
        Outcome(_row(embeddings.blocks, outcome.unwrap().row)) if outcome.ok else Outcome(error=_error(outcome.error))
        for outcome in embeddings.outcomes
    ]


def _row(blocks: Sequence[EmbeddingBlock], row: int) -> Vectors:
    return Vectors({block.space.pooling: (block.space, block.vectors[row]) for block in blocks})


def _error(error: LensdexError | None) -> LensdexError:
    assert error is not None
    return error
