"""Saving one view's graph: when it is worth it, and what is written. Knows no thread of its own.

What is saved: the graph without its vectors, the labels of its slots, which of those it has, the strays the audit knows
of, the sequence it covers, and the checksum of the row file's part that it needs. The rows themselves are in the row
file already; they are synced before the graph gets its name.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from lensdex_index.engines.local import graph_file
from lensdex_index.engines.local.forked import AbandonedError, Forked
from lensdex_index.engines.local.frozen import Frozen
from lensdex_index.records import Matrix, ViewSpec

FORMAT: Final = 1
_BLOCK_ROWS_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SavePolicy:
    """When a graph is worth saving."""

    min_vectors: int = 1_000
    """Graphs of fewer are not saved: building them anew takes about as long."""
    changed_fraction: float = 0.25
    """Part of its vectors that was added or removed since the last time."""
    idle_seconds: float = 30.0
    """Or any change, once nothing has changed for so long."""

    def due(self, num_vectors: int, changed: int, quiet_seconds: float) -> bool:
        """Return whether to save a graph of *num_vectors* with *changed* additions and removals not saved."""
        if num_vectors < self.min_vectors or not changed:
            return False
        return changed >= self.changed_fraction * num_vectors or quiet_seconds >= self.idle_seconds


def identity(spec: ViewSpec, epoch: bytes, image_format: str) -> Mapping[str, Any]:
    """Return what a saved graph must have been made of and by, as JSON has it."""
    return {
        "collection": epoch.hex(),
        "view": spec.name,
        "space": "" if spec.space is None else spec.space.fingerprint(),
        "dimension": spec.dimension,
        "metric": spec.metric.value,
        "backend": spec.backend.name,
        # Read at search time only.
        "parameters": {name: value for name, value in spec.backend.parameters.items() if name != "ef"},
        "image_format": image_format,
    }


def rows_checksum(
    rows: Matrix, start: int, end: int, checksum: int, abandoned: Callable[[], bool] = lambda: False
) -> int:
    """Return the checksum that goes on from *checksum* over ``rows[start:end]``. Raises AbandonedError."""
    block = max(1, _BLOCK_ROWS_BYTES // (4 * rows.shape[1]))
    for low in range(start, end, block):
        if abandoned():
            raise AbandonedError
        checksum = zlib.crc32(rows[low : min(low + block, end)].data, checksum)
    return checksum


class Freezable(Protocol):
    """A graph that can be saved at a moment."""

    changes: int
    """Rises with each addition and removal, and with each vector that was looked for."""
    spec: ViewSpec
    """Replaced when another graph takes over."""

    @property
    def num_graph_vectors(self) -> int:
        """Return how many vectors it has."""

    def freeze(self, begin: Callable[[Frozen], None]) -> Frozen:
        """Return the moment in which *begin* was called with it."""

    def sync_rows(self) -> None:
        """Have the rows it needs on the disk."""


class GraphSaving:
    """Of one view. One thread at a time."""

    def __init__(self, index: Freezable, epoch: bytes, where: Callable[[ViewSpec], Path], policy: SavePolicy) -> None:
        """*where* says where a graph of that spec is saved."""
        self.index, self._epoch, self._where, self._policy = index, epoch, where, policy
        self._saved_changes = index.changes
        self._seen_changes, self._quiet_since = index.changes, time.monotonic()
        self._summed = (0, 0)
        """Rows summed up so far, and their checksum: rows never change."""

    @property
    def worth_it(self) -> bool:
        """Return whether anything of a graph large enough has changed."""
        return self._policy.due(self.index.num_graph_vectors, self.index.changes - self._saved_changes, float("inf"))

    def due(self, now: float) -> bool:
        """Return whether to save; to be asked now and then. *now* is of ``time.monotonic``."""
        changes = self.index.changes
        if changes != self._seen_changes:
            self._seen_changes, self._quiet_since = changes, now
        return self._policy.due(self.index.num_graph_vectors, changes - self._saved_changes, now - self._quiet_since)

    def save(self, abandoned: Callable[[], bool]) -> int:
        """Save; return the bytes written. Raises AbandonedError, ChildFailedError, ImageError, OSError."""
        children: list[Forked] = []

        def begin(frozen: Frozen) -> None:
            # Under the lock: the child must not see half an addition.
            if frozen.graph.image_format:
                children.append(Forked(frozen.graph.pour, abandoned))

        frozen = self.index.freeze(begin)
        try:
            num_bytes = self._write(frozen, children, abandoned)
        finally:
            for child in children:
                child.close()
        self._saved_changes = frozen.changes
        return num_bytes

    def _write(self, frozen: Frozen, children: list[Forked], abandoned: Callable[[], bool]) -> int:
        image: Iterable[bytes | memoryview] = ()
        if children:
            image = frozen.graph.strained(children[0])

        def facts() -> Mapping[str, Any]:
            return {
                "format": FORMAT,
                "of": identity(frozen.spec, self._epoch, frozen.graph.image_format),
                "sequence": frozen.sequence,
                "num_rows": len(frozen.labels),
                "rows_checksum": self._sum(frozen.rows, len(frozen.labels), abandoned),
                "num_removed": frozen.num_removed,
                "audited": frozen.audited,
            }

        parts = {
            "image": image,
            "labels": (frozen.labels.astype("<i8").tobytes(),),
            "inside": (np.packbits(frozen.inside).tobytes(),),
            "strays": (frozen.strays.astype("<i8").tobytes(),),
        }

        def sync_first() -> None:
            self.index.sync_rows()
            if self.index.spec is not frozen.spec:
                # Another graph has taken over, and nobody would look for this one.
                raise AbandonedError

        return graph_file.write(self._where(frozen.spec), parts, facts, sync_first=sync_first)

    def _sum(self, rows: Matrix, end: int, abandoned: Callable[[], bool]) -> int:
        start, checksum = self._summed
        checksum = rows_checksum(rows, start, end, checksum, abandoned)
        self._summed = (end, checksum)
        return checksum
