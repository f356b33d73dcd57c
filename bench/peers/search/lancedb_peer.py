"""LanceDB, which has no server: every client process searches the table on disk, with a cache of its own."""

import importlib.metadata
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import lancedb
import pyarrow as pa
from corpus import Corpus, K
from harness import Search

BATCH: Final = 10_000
TABLE: Final = "bench"


class Peer:
    """A folder."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Take what is *given*: `index`, `partitions`, and `refine`, by which factor more are compared exactly (0: none)."""
        self.settings = {"m": 16, "ef_construction": 200, **given}
        self.where = {"folder": str(folder / "data"), "refine": given["refine"], "partitions": given["partitions"]}

    @property
    def version(self) -> str:
        """Of the package."""
        return importlib.metadata.version("lancedb")

    def load(self, corpus: Corpus) -> None:
        """Write everything, then build the index."""
        schema = pa.schema(
            {
                "id": pa.int64(),
                "lot": pa.int64(),
                "concept": pa.string(),
                "subject": pa.string(),
                "vector": pa.list_(pa.float32(), corpus.rows.shape[1]),
            }
        )
        table = lancedb.connect(self.where["folder"]).create_table(TABLE, schema=schema)
        for low in range(0, len(corpus.rows), BATCH):
            places = range(low, min(low + BATCH, len(corpus.rows)))
            kept = [corpus.metadata(place) for place in places]
            flat = pa.array(corpus.rows[places.start : places.stop].reshape(-1))
            columns = [
                pa.array(places),
                *(pa.array([one[name] for one in kept]) for name in ("lot", "concept", "subject")),
                pa.FixedSizeListArray.from_arrays(flat, corpus.rows.shape[1]),
            ]
            table.add(pa.table(columns, schema=schema))
        table.optimize()
        table.create_index(
            metric="cosine",
            vector_column_name="vector",
            index_type=self.settings["index"],
            num_partitions=self.settings["partitions"],
            m=self.settings["m"],
            ef_construction=self.settings["ef_construction"],
            wait_timeout=timedelta(hours=2),
        )

    def stop(self) -> None:
        """Do nothing: it has no process."""


def connect(where: dict[str, Any]) -> Any:
    """Return what opens a search. Threads share a table, and so its cache."""
    table = lancedb.connect(where["folder"]).open_table(TABLE)

    def search(query: Any, ef: int) -> list[int]:
        asked = table.search(query, vector_column_name="vector").distance_type("cosine").limit(K).ef(ef)
        asked = asked.nprobes(where["partitions"]).select(["id", "_distance"])
        if where["refine"]:
            asked = asked.refine_factor(where["refine"])
        found: list[int] = asked.to_arrow()["id"].to_pylist()
        return found

    def opened() -> Search:
        return search

    return opened
