"""Whether a record's parts are small enough to be kept."""

from dataclasses import dataclass

from lensdex_index.checks.blocks import Violations
from lensdex_index.errors import RecordTooLargeError
from lensdex_index.records import Limits


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the serialised parts of what was sent of a record."""

    metadata_bytes: int
    content_bytes: int


def size_violations(record_id: str, sizes: Sizes, path: str, limits: Limits) -> Violations:
    """Yield the parts that are too large, of the record that stands at *path*."""
    for part, size, most in (
        ("metadata", sizes.metadata_bytes, limits.max_metadata_bytes),
        ("content", sizes.content_bytes, limits.max_content_bytes),
    ):
        if size > most:
            yield f"{path}.{part}", RecordTooLargeError(record_id, part, size, most)
