"""An alias and several views in one search, through the client, against real services."""

from pathlib import Path

import numpy as np

from lensdex_client import (
    MODALITY_VIEWS,
    Alias,
    Content,
    FusedView,
    Image,
    IngestOptions,
    Item,
    Pooling,
    Retriever,
    SearchOptions,
    ViewPlan,
)
from lensdex_local.stack import Stack

PICTURE = Path(__file__).parents[1] / "data/golden/tiny/inputs/alpha.png"


def test_changing_the_pooling_is_moving_an_alias(stack: Stack) -> None:
    """Two poolings stand in two views; a search through the alias is embedded for the one it names, and follows it."""
    plans = [ViewPlan("default", pooling=Pooling.LAST_TOKEN), ViewPlan("mean", pooling=Pooling.MEAN)]
    views = []
    for view in ("default", "mean"):
        # Anew: a retriever remembers for a while what a name means.
        with Retriever.connect(stack.embedder_at.address, stack.index_at.address) as retriever:
            if view == "default":
                retriever.ensure_collection("problems-1", views=plans)
                items = [Item(name, Content(f"problem {name}")) for name in "abc"]
                outcomes = retriever.ingest("problems-1", items, IngestOptions(views=plans))
                assert [outcome.error for outcome in outcomes] == [None] * 3
            retriever.index.set_alias(Alias("problems", "problems-1", view))
            answer = retriever.search("problems", Content("problem b"), SearchOptions(k=1, exact=True))
            views.append((answer.collection, answer.view, answer.hits[0].record.id))

    assert views == [("problems-1", "default", "b"), ("problems-1", "mean", "b")]


def test_views_are_fused_from_query_to_hit(stack: Stack) -> None:
    """A query of text and picture finds its own record first in every view that this has, and the hit says so."""
    with Retriever.connect(stack.embedder_at.address, stack.index_at.address) as retriever:
        retriever.ensure_collection("fused", views=MODALITY_VIEWS)
        pictured = Content("with a picture", Image.from_path(PICTURE))
        items = [Item("pictured", pictured), Item("plain", Content("without one")), Item("other", Content("another"))]
        assert [outcome.error for outcome in retriever.ingest("fused", items)] == [None] * 3
        fuse = [FusedView("default"), FusedView("text"), FusedView("image", 0.5)]
        answer = retriever.search("fused", pictured, SearchOptions(k=3, fuse=fuse))
        plain = retriever.search("fused", Content("without one"), SearchOptions(k=1, fuse=fuse[:2]))

    assert [place.rank for place in answer.hits[0].placements] == [1, 1, 1]
    assert answer.hits[0].record.id == "pictured"
    np.testing.assert_allclose([place.score for place in answer.hits[0].placements], 1, atol=1e-5)
    assert {hit.record.id for hit in answer.hits} == {"pictured", "plain", "other"}
    assert [item.num_records_without_view for item in answer.views] == [0, 0, 2]
    assert plain.hits[0].record.id == "plain"
