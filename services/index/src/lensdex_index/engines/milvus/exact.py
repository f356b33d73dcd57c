"""An exact search where Milvus has only a graph: all vectors of a view, page after page, compared here.

Every page travels, so that it takes long where there are many; memory holds one page and the best so far.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from lensdex_index.engines import scan
from lensdex_index.engines.milvus import schema
from lensdex_index.engines.milvus.place import Stored
from lensdex_index.records import Matrix, Metric, ViewSpec

_PAGE_VALUES: Final = 1024 * 1024

Hits = list[tuple[str, float]]
"""Ids and scores, best first, equal scores in the order of ids."""


def nearest(stored: Stored, view: ViewSpec, queries: Matrix, k: int, asked: str) -> list[Hits]:
    """Return the nearest *k* of those that match *asked*, per query."""
    best: list[Hits] = [[] for _ in queries]
    wanted = scan.normalised(queries) if view.metric is Metric.COSINE else queries
    size = int(np.clip(_PAGE_VALUES // view.dimension, 16, 4_096))
    for rows in stored.pages(stored.of_view(view.name), asked, (schema.ID, schema.VECTOR), size):
        vectors = np.array([row[schema.VECTOR] for row in rows], dtype=np.float32)
        if view.metric is Metric.COSINE:
            vectors = scan.normalised(vectors)
        ids = [row[schema.ID] for row in rows]
        visible = np.ones(len(rows), dtype=np.bool_)
        found = scan.nearest(view.metric, wanted, vectors, k, start=0, visible=visible)
        for at, (places, scores) in enumerate(found):
            own = [(ids[place], score) for place, score in zip(places.tolist(), scores.tolist(), strict=True)]
            best[at] = ranked([*best[at], *own])[:k]
    return best


def ranked(hits: Sequence[tuple[str, float]]) -> Hits:
    """Return *hits* best first, equal scores in the order of ids: code points order as UTF-8 bytes do."""
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))
