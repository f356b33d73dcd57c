"""Queries embedded the way the vectors of a view were made. A plan; knows no channel."""

from collections.abc import Sequence
from typing import Protocol

from lensdex_client import embedder_calls
from lensdex_client.collection import View
from lensdex_client.content import Content
from lensdex_client.embedding import Truncation
from lensdex_client.errors import UnsupportedDimensionError
from lensdex_client.plan import Plan, ask
from lensdex_client.views import ViewPlan, check_space, space_of
from lensdex_wire.space import Space
from lensdex_wire.vectors import Matrix


class QueryOptions(Protocol):
    """The part of a search's options that concerns its query."""

    @property
    def instruction(self) -> str: ...
    @property
    def truncation(self) -> Truncation: ...


def embedded(
    collection: str, contents: Sequence[Content], view: View, options: QueryOptions
) -> Plan[tuple[Matrix, Space]]:
    """Embed *contents* the way the vectors of *view* were made; raise the first error of one."""
    pooling = None if view.space is None else view.space.pooling
    call = embedder_calls.embed(
        contents,
        instruction=options.instruction,
        dimension=view.num_values,
        poolings=() if pooling is None else [pooling],
        truncation=options.truncation,
    )
    try:
        embeddings = yield from ask(call)
    except UnsupportedDimensionError:
        # The view is of another model: that, and not the dimension alone, is what the caller should read.
        info = yield from ask(embedder_calls.embedder_info())
        check_space(view, space_of(info, ViewPlan(view.name, pooling=pooling)), collection=collection)
        raise
    return embeddings.vectors(), embeddings.block().space
