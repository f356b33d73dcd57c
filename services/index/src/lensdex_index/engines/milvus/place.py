"""Where one collection lies in Milvus, and the questions asked there. Knows pages, not what is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lensdex_index.engines.milvus import expressions, schema
from lensdex_index.engines.milvus.connecting import STRONG, Connection
from lensdex_index.engines.milvus.naming import Names
from lensdex_index.records import DEFAULT_VIEW, CollectionSpec

PAGE_ROWS: Final = 1_000
_COUNT: Final = "count(*)"


@dataclass(frozen=True, slots=True)
class Stored:
    """One collection in Milvus."""

    connection: Connection
    names: Names
    spec: CollectionSpec
    anchor: str

    def of_view(self, view: str) -> str:
        """Return the Milvus collection that holds the vectors of *view*."""
        return self.anchor if view == DEFAULT_VIEW else self.names.view(self.anchor, view)

    @property
    def further_views(self) -> list[str]:
        """Views beside `default`."""
        return [view.name for view in self.spec.views if view.name != DEFAULT_VIEW]

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        """Return what pymilvus' *method* does. Raises CollectionNotFoundError, StoreUnavailableError."""
        return self.connection.call(method, *arguments, of=self.spec.name, **named)

    def rows(
        self, collection: str, asked: str, columns: Sequence[str], limit: int = PAGE_ROWS, consistency: str = STRONG
    ) -> list[dict[str, Any]]:
        """Return up to *limit* rows that match *asked*, in the order of ids."""
        return list(
            self.call(
                "query",
                collection,
                filter=asked,
                output_fields=list(columns),
                limit=limit,
                consistency_level=consistency,
            )
        )

    def pages(
        self, collection: str, asked: str, columns: Sequence[str], size: int = PAGE_ROWS, after: str = ""
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield all rows that match *asked* and whose ids follow *after*, in the order of ids, *size* at a time."""
        while True:
            rows = self.rows(collection, expressions.both(expressions.after(after), asked), columns, size)
            if rows:
                yield rows
            if len(rows) < size:
                return
            after = rows[-1][schema.ID]

    def count(self, collection: str, asked: str) -> int:
        """Return how many rows match *asked*."""
        rows = self.call("query", collection, filter=asked, output_fields=[_COUNT], consistency_level=STRONG)
        return int(rows[0][_COUNT])
