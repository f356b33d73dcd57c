"""Several views searched at once: what is fused, what each view said, one moment for all, and what is refused."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_testing import (
    ALL,
    DIMENSION,
    SPACE,
    Server,
    bound_view,
    make,
    put,
    reason,
    refusal,
    struct,
    vectors,
    view,
)

from lensdex.index.v1 import alias_pb2, collection_pb2, filter_pb2, record_pb2
from lensdex.index.v1 import collection_service_pb2 as cpb
from lensdex.index.v1 import record_service_pb2 as rpb
from lensdex_index.engine import CollectionEngine
from lensdex_index.fusion import Ranked, fuse
from lensdex_index.records import FusedSearch, Search
from lensdex_wire.errors import unpack_refusal
from lensdex_wire.space_codec import pack_space
from lensdex_wire.vectors import pack_vectors

ROWS = {"default": vectors(30, seed=1), "image": vectors(20, seed=2)}
"""The first 20 records have both views."""

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=1, max_size=4)


@given(RANKINGS, st.integers(1, 100), st.integers(1, 10), st.data())
def test_reciprocal_ranks_are_summed(rankings: list[list[str]], constant: int, k: int, data: st.DataObject) -> None:
    """A record scores the sum of weight / (constant + rank) over what has it; the best k come first, ties by id."""
    weights = data.draw(st.lists(st.floats(0.1, 10), min_size=len(rankings), max_size=len(rankings)))
    scored = [[Ranked(name, -float(at)) for at, name in enumerate(ranking)] for ranking in rankings]
    fused = fuse(scored, weights=weights, constant=constant, k=k)
    expected = {
        name: sum(
            weight / (constant + 1 + ranking.index(name))
            for weight, ranking in zip(weights, rankings, strict=True)
            if name in ranking
        )
        for name in {name for ranking in rankings for name in ranking}
    }

    assert [item.id for item in fused] == sorted(expected, key=lambda name: (-expected[name], name))[:k]
    for item in fused:
        assert math.isclose(item.score, expected[item.id])
        assert [(place.source, place.rank) for place in item.placements] == [
            (source, ranking.index(item.id) + 1) for source, ranking in enumerate(rankings) if item.id in ranking
        ]


def source(name: str, rows: object, **fields: object) -> rpb.FusionSource:
    """Return a source of those query rows."""
    return rpb.FusionSource(view=name, vectors=rpb.VectorQueries(vectors=pack_vectors(rows)), **fields)


async def filled(server: Server) -> None:
    """Make a collection of 30 records, 20 of them with an image."""
    views = [collection_pb2.View(name=name, dimension=DIMENSION) for name in ("default", "image")]
    fields = [collection_pb2.IndexedField(name="even", type=collection_pb2.FIELD_TYPE_BOOL)]
    await server.create(views=views, indexed_fields=fields)
    records = [record_pb2.Record(id=f"r{at:02}", metadata=struct(even=at % 2 == 0)) for at in range(30)]
    blocks = [
        record_pb2.ViewVectors(
            view=name, vectors=pack_vectors(rows), record_indexes=[] if len(rows) == 30 else range(len(rows))
        )
        for name, rows in ROWS.items()
    ]
    await server.upsert(ROWS["default"], records=records, vectors=blocks)


async def expected(
    server: Server, queries: dict[str, object], k: int, weights: dict[str, float], **fields: object
) -> list[object]:
    """Return what single searches give when they are fused by hand: per query, ids and placements."""
    answers = {name: await server.search(rows, k=100, view=name, **fields) for name, rows in queries.items()}
    fused = []
    for at in range(len(next(iter(queries.values())))):
        scores: dict[str, float] = {}
        places: dict[str, list[tuple[str, int, float]]] = {}
        for name, answer in answers.items():
            for rank, hit in enumerate(answer.results[at].hits.hits, start=1):
                scores[hit.record.id] = scores.get(hit.record.id, 0) + weights[name] / (60 + rank)
                places.setdefault(hit.record.id, []).append((name, rank, hit.score))
        best = sorted(scores, key=lambda record_id: (-scores[record_id], record_id))[:k]
        fused.append([(record_id, pytest.approx(scores[record_id]), places[record_id]) for record_id in best])
    return fused


def told(response: rpb.SearchRecordsResponse) -> list[object]:
    """Return per query what was found: id, score, placements."""
    return [
        [
            (hit.record.id, hit.score, [(place.view, place.rank, place.score) for place in hit.placements])
            for hit in result.hits.hits
        ]
        for result in response.results
    ]


async def test_views_are_fused_as_their_single_searches_say(server: Server) -> None:
    """Each query is searched in each view; hits say where each had them; records without a view are found by others."""
    await filled(server)
    queries = {"default": vectors(3, seed=3), "image": vectors(3, seed=4)}
    weights = {"default": 1.0, "image": 0.25}
    sources = [source("default", queries["default"]), source("image", queries["image"], weight=0.25)]
    found = await server.search(k=12, fusion=rpb.Fusion(sources=sources))

    assert told(found) == await expected(server, queries, 12, weights)
    assert any(len(places) == 1 for hits in told(found) for _, _, places in hits)
    assert (found.collection, found.view, found.num_records_without_view) == ("things", "", 0)
    assert [(one.view, one.num_records_without_view) for one in found.views] == [("default", 0), ("image", 10)]
    assert found.results[0].hits.hits[0].record.metadata["even"] in {True, False}


async def test_a_filter_holds_in_every_view(server: Server) -> None:
    """Only what matches is found, in whichever view, and only such records are counted as lacking one."""
    await filled(server)
    queries = {"default": vectors(1, seed=3), "image": vectors(1, seed=4)}
    equals = filter_pb2.Equals(field="even", value=filter_pb2.FilterValue(bool_value=True))
    chosen = filter_pb2.Filter(equals=equals)
    fusion = rpb.Fusion(sources=[source(name, rows) for name, rows in queries.items()])
    found = await server.search(k=30, fusion=fusion, filter=chosen)

    assert told(found) == await expected(server, queries, 30, {"default": 1, "image": 1}, filter=chosen)
    assert {int(hit[0][1:]) % 2 for hit in told(found)[0]} == {0}
    assert [one.num_records_without_view for one in found.views] == [0, 5]


async def test_the_window_bounds_what_is_fused(server: Server) -> None:
    """Of each view, as many as the window says take part; a record beyond it has no placement there."""
    await filled(server)
    sources = [source(name, vectors(1, seed=5)) for name in ("default", "image")]
    found = await server.search(k=2, fusion=rpb.Fusion(sources=sources, window=2, rank_constant=1))

    for _, score, places in told(found)[0]:
        assert max(rank for _, rank, _ in places) <= 2
        assert score == pytest.approx(sum(1 / (1 + rank) for _, rank, _ in places))


async def test_records_are_searched_for_in_the_views_they_have(server: Server) -> None:
    """More like this, in several views: a record without one is searched for in the others, and never finds itself."""
    await filled(server)
    fusion = rpb.Fusion(sources=[rpb.FusionSource(view="default"), rpb.FusionSource(view="image")])
    ids = ["r03", "r25", "nobody"]
    found = await server.search(k=5, fusion=fusion, records=rpb.RecordQueries(ids=ids))
    images = rpb.Fusion(sources=[rpb.FusionSource(view="image"), rpb.FusionSource(view="default")])
    swapped = await server.search(k=5, fusion=images, records=rpb.RecordQueries(ids=ids[:1]))

    assert {place[0] for _, _, hit in told(found)[0] for place in hit} == {"default", "image"}
    assert {place[0] for _, _, hit in told(found)[1] for place in hit} == {"default"}
    assert [name in {hit[0] for hit in hits} for name, hits in zip(ids[:2], told(found), strict=False)] == [False] * 2
    assert reason(unpack_refusal(found.results[2].error)) == "RECORD_NOT_FOUND"
    assert [hit[0] for hit in told(swapped)[0]] == [hit[0] for hit in told(found)[0]]


async def test_a_query_that_is_bad_in_one_view_is_refused_alone(server: Server) -> None:
    """A row with NaN refuses its query; the others are answered in their places."""
    await filled(server)
    rows = {"default": vectors(3, seed=3), "image": vectors(3, seed=4)}
    alone = await server.search(k=3, fusion=rpb.Fusion(sources=[source(name, rows[name][2:]) for name in rows]))
    rows["image"][1, 0] = np.nan
    found = await server.search(k=3, fusion=rpb.Fusion(sources=[source(name, rows[name]) for name in rows]))

    assert [result.WhichOneof("outcome") for result in found.results] == ["hits", "error", "hits"]
    told_error = unpack_refusal(found.results[1].error)
    assert reason(told_error) == "NOT_FINITE_VECTOR"
    assert told_error.metadata == {"field": "fusion.sources[1].vectors.vectors", "row": "1"}
    assert told(found)[2] == told(alone)[0]


async def test_an_unnamed_source_is_the_aliass_view(server: Server) -> None:
    """A source without a name is the view a search through the same name would take."""
    await filled(server)
    alias = alias_pb2.Alias(name="live", collection="things", default_view="image")
    await server.collections.SetAlias(cpb.SetAliasRequest(alias=alias))
    sources = [source("", vectors(1)), source("default", vectors(1))]
    found = await server.search(k=1, name="live", fusion=rpb.Fusion(sources=sources))

    assert [one.view for one in found.views] == ["image", "default"]


BOTH = [source("default", vectors(1)), source("image", vectors(1))]


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"fusion": rpb.Fusion(sources=BOTH), "view": "image"}, "view", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH), "score_threshold": 0.5}, "score_threshold", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH), "vectors": BOTH[0].vectors}, "vectors", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion()}, "fusion.sources", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH[:1])}, "fusion.sources", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH * 20)}, "fusion.sources", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=[BOTH[0], BOTH[0]])}, "fusion.sources[1].view", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=[BOTH[0], source("x", vectors(1))])}, None, "VIEW_NOT_FOUND"),
        ({"fusion": rpb.Fusion(sources=BOTH, window=2)}, "fusion.window", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH, window=-1)}, "fusion.window", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH, window=10**6)}, "fusion.window", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH, rank_constant=-1)}, "fusion.rank_constant", "INVALID_FIELD"),
        ({"fusion": rpb.Fusion(sources=BOTH, rank_constant=10**5)}, "fusion.rank_constant", "INVALID_FIELD"),
        *(
            (
                {"fusion": rpb.Fusion(sources=[BOTH[0], source("image", vectors(1), weight=weight)])},
                "fusion.sources[1].weight",
                "INVALID_FIELD",
            )
            for weight in (0.0, -1.0, math.nan, math.inf, 1e9)
        ),
        (
            {"fusion": rpb.Fusion(sources=[BOTH[0], source("image", vectors(2))])},
            "fusion.sources[1].vectors.vectors",
            "INVALID_FIELD",
        ),
        (
            {"fusion": rpb.Fusion(sources=[BOTH[0], rpb.FusionSource(view="image")])},
            "fusion.sources[1].vectors",
            "INVALID_FIELD",
        ),
        (
            {"fusion": rpb.Fusion(sources=BOTH), "records": rpb.RecordQueries(ids=["r00"])},
            "fusion.sources[0].vectors",
            "INVALID_FIELD",
        ),
        (
            {"fusion": rpb.Fusion(sources=[source(name, vectors(200)) for name in ("default", "image")])},
            "fusion.sources[0].vectors.vectors",
            "TOO_MANY_ITEMS",
        ),
        (
            {"fusion": rpb.Fusion(sources=[BOTH[0], source("image", vectors(1, 4))])},
            None,
            "DIMENSION_MISMATCH",
        ),
    ],
)
async def test_what_cannot_be_fused_is_refused(
    server: Server, fields: dict[str, object], field: str | None, why: str
) -> None:
    """A fusion that makes no sense is refused with the path to what is wrong."""
    await filled(server)
    refused = await refusal(server.search(k=3, **fields))

    assert reason(refused) == why
    assert refused.metadata.get("field") == field


async def test_each_source_is_of_its_views_space(server: Server) -> None:
    """Every source's vectors must be of the space its view is bound to."""
    await server.create(views=[bound_view(), bound_view("image")])
    rows = pack_vectors(vectors(1))
    bound = rpb.FusionSource(vectors=rpb.VectorQueries(space=pack_space(SPACE), vectors=rows))
    loose = rpb.FusionSource(view="image", vectors=rpb.VectorQueries(vectors=rows))
    refused = await refusal(server.search(k=1, fusion=rpb.Fusion(sources=[bound, loose])))

    assert reason(refused) == "SPACE_MISMATCH"
    assert refused.metadata["view"] == "image"


def test_all_views_are_seen_at_one_moment(opened: CollectionEngine) -> None:
    """While a record turns round in two views at once, no search sees it turned in one and not in the other."""
    handle = make(opened, view(opened), view(opened, "image"))
    here, there = np.eye(2, DIMENSION, dtype=np.float32)
    searches = [Search(name, here[None], 5, None, False, None, ALL, 1 << 30) for name in ("default", "image")]
    fused = FusedSearch(searches, [1.0, 1.0], 60, 5, ALL, 1 << 30)
    done = threading.Event()

    def turn(row: object) -> None:
        put(handle, ["x"], row[None], image=([0], row[None]))

    def look() -> list[tuple[float, float]]:
        seen = []
        while not done.is_set():
            (hits,) = handle.search_fused(fused).outcomes
            (hit,) = hits
            seen.append(tuple(round(place.score, 3) for place in hit.placements))
        return seen

    turn(here)
    with ThreadPoolExecutor(3) as pool:
        looking = [pool.submit(look) for _ in range(3)]
        try:
            for _ in range(40):
                turn(there)
                turn(here)
        finally:
            done.set()
        seen = {pair for future in looking for pair in future.result(60)}

    assert seen <= {(1.0, 1.0), (0.0, 0.0)}
    assert (1.0, 1.0) in seen
