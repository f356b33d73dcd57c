"""What a query is in each of several views: which part of it, embedded as the view was. A plan; knows no channel."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, cast

from lensdex_client.collection import Collection, View
from lensdex_client.content import Content
from lensdex_client.fusion import FusedView, FusionSource
from lensdex_client.plan import Plan
from lensdex_client.query_embedding import QueryOptions, embedded
from lensdex_client.views import view_not_found
from lensdex_wire.space import Pooling

_PARTS = ("text", "image")


def part_for(view: str, query: Content) -> Content:
    """Return what is looked for in the view: its modality alone, where it is called after one that *query* has."""
    if view in _PARTS and view in query.modalities():
        return query.only(cast("Literal['text', 'image']", view))
    return query


def check_views(fuse: Sequence[FusedView], named: str | None) -> None:
    """Raise ValueError for a single view, for one that comes twice, and beside *named*, the only view to search."""
    if named:
        raise ValueError("name one view to search, or views to fuse, not both")
    names = [item.name for item in fuse]
    if len(names) < 2:
        raise ValueError(f"fusing takes two views or more; search {names[0]} alone by naming it as the view")
    if len(set(names)) < len(names):
        raise ValueError("a view is to be fused twice; name each once")


def sources_for(
    collection: Collection, query: Content, fuse: Sequence[FusedView], options: QueryOptions
) -> Plan[list[FusionSource]]:
    """Return a source a view, with the part of *query* that it shows; views alike in space share a call.

    Raises ViewNotFoundError for a view that *collection* does not have.
    """
    views: list[View] = []
    for item in fuse:
        view = collection.view(item.name)
        if view is None:
            raise view_not_found(collection, item.name)
        views.append(view)
    alike = defaultdict(list)
    for at, view in enumerate(views):
        alike[_made_by(view)].append(at)
    sources: list[FusionSource | None] = [None] * len(views)
    for places in alike.values():
        parts = [part_for(views[at].name, query) for at in places]
        rows, space = yield from embedded(collection.name, parts, views[places[0]], options)
        for row, at in enumerate(places):
            sources[at] = FusionSource(views[at].name, rows[row : row + 1], space, fuse[at].weight)
    return [source for source in sources if source is not None]


def _made_by(view: View) -> tuple[Pooling | None, int]:
    return view.space.pooling if view.space else None, view.num_values
