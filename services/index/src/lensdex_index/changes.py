"""Changes to parts of records that exist: what UpdateRecords asks for, already checked. Knows plain data only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lensdex_index.records import Metadata, ViewRows


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of one record."""

    id: str
    metadata: Metadata
    """Keys to set, and with None keys to take away; what is not named stays."""
    content: bytes | None = None
    """A serialised Content to put in its place; None: it stays, unless *removes_content*."""
    removes_content: bool = False
    removed_views: frozenset[str] = frozenset()
    """Views to take away; never `default`, and none that the same batch gives it."""

    def merged(self, before: Metadata) -> dict[str, object]:
        """Return the metadata *before* with the changes in it."""
        kept = {key: value for key, value in before.items() if key not in self.metadata}
        return kept | {key: value for key, value in self.metadata.items() if value is not None}

    def content_after(self, before: bytes | None) -> bytes | None:
        """Return the content in place of *before*."""
        return None if self.removes_content else before if self.content is None else self.content


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes to write together, all or nothing."""

    each: Sequence[Change]
    """No record twice."""
    views: Mapping[str, ViewRows]
    """Vectors to put in; indexes are into *each*."""
    max_metadata_bytes: int
    """What a record's metadata may take as JSON, once merged."""
