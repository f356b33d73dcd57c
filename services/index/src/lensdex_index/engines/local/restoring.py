"""Whether a view's saved graph may be trusted, and going on with it. What fails a check is rebuilt from the store.

The truth is told by who calls: the view's labels, and the sequence of the store. What the store has and the graph has
not becomes tail; what the graph has and the store has not is removed from it.
"""

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np
import structlog

from lensdex_index.engines.local import graph_file
from lensdex_index.engines.local.backends.base import Backend
from lensdex_index.engines.local.backends.image import ImageError
from lensdex_index.engines.local.frozen import Frozen
from lensdex_index.engines.local.saving import FORMAT, identity, rows_checksum
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.errors import LensdexIndexError
from lensdex_index.records import Labels

_log = structlog.get_logger()

_MOST_DEAD: Final = 0.5
"""Part of the rows that may be dead. Beyond, a start from the store also gives their room back."""
_BLOCK_ROWS: Final = 1_024


class Outcome(StrEnum):
    """What became of a saved graph."""

    LOADED = "loaded"
    ABSENT = "absent"
    """There is none: nothing was worth saving, or it was left out of a copy."""
    CORRUPTED = "corrupted"
    """It, or its rows, are not what was written: cut short or changed."""
    FOREIGN = "foreign"
    """Of another collection, view, space or backend."""
    OTHER_VERSION = "other_version"
    """Written by another version of this service or of the backend's library."""
    AHEAD = "ahead"
    """It covers writes the store does not have: the store was restored from an older copy."""
    MOSTLY_DEAD = "mostly_dead"
    """Most of its rows are of deleted vectors."""


class _RejectedError(LensdexIndexError):
    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


def restore(
    index: Upkeep, path: Path, labels: Labels, sequence: int, *, epoch: bytes, abandoned: Callable[[], bool]
) -> Outcome:
    """Let *index*, which is empty, go on with the graph at *path* if every check passes; else remove what is there.

    *labels* are those the store has in this view at *sequence*, ascending. Raises AbandonedError.
    """
    detail = ""
    begin = time.perf_counter()
    graph_file.sweep(path)
    try:
        frozen = _read(index, epoch, path, sequence, abandoned)
        alive = np.isin(frozen.labels, labels, assume_unique=True)
        _check_labels(frozen.labels, alive, labels)
        index.restore(frozen, alive, sequence)
        outcome = Outcome.LOADED
    except FileNotFoundError:
        outcome = Outcome.ABSENT
    except _RejectedError as error:
        outcome, detail = error.outcome, str(error)
    except (graph_file.UnreadableError, ImageError, OSError) as error:
        outcome, detail = Outcome.CORRUPTED, str(error)
    if outcome is not Outcome.LOADED:
        # First the graph: rows that begin anew must never lie beside it.
        graph_file.remove(path)
        index.row_file.forget()
    seconds = time.perf_counter() - begin
    if outcome is Outcome.LOADED:
        _log.info("graph loaded", file=str(path), vectors=index.num_graph_vectors, seconds=round(seconds, 3))
    elif outcome is not Outcome.ABSENT:
        _log.warning("graph rebuilt", file=str(path), reason=outcome.value, detail=detail)
    return outcome


def _read(index: Upkeep, epoch: bytes, path: Path, sequence: int, abandoned: Callable[[], bool]) -> Frozen:
    facts, parts = graph_file.read(path)
    if facts.get("format") != FORMAT:
        raise _RejectedError(Outcome.OTHER_VERSION, f"its format is {facts.get('format')} instead of {FORMAT}")
    graph = index.new_graph()
    _check_identity(facts["of"], dict(identity(index.spec, epoch, graph.image_format)))
    if facts["sequence"] > sequence:
        raise _RejectedError(
            Outcome.AHEAD, f"it covers the writes up to {facts['sequence']}, the store has those up to {sequence}"
        )
    num_rows = facts["num_rows"]
    saved = np.frombuffer(parts["labels"], dtype="<i8").astype(np.int64)
    inside = np.unpackbits(np.frombuffer(parts["inside"], dtype=np.uint8), count=num_rows).astype(np.bool_)
    strays = np.frombuffer(parts["strays"], dtype="<i8").astype(np.int64)
    if not index.row_file.keep(num_rows):
        raise _RejectedError(Outcome.CORRUPTED, f"the row file has fewer than {num_rows} rows")
    rows = index.row_file.rows
    if rows_checksum(rows, 0, num_rows, 0, abandoned) != facts["rows_checksum"]:
        raise _RejectedError(Outcome.CORRUPTED, "the rows it needs fail their checksum")
    _fill(graph, parts["image"], inside, index)
    return Frozen(
        spec=index.spec,
        graph=graph,
        sequence=facts["sequence"],
        rows=rows,
        labels=saved,
        inside=inside,
        num_removed=facts["num_removed"],
        strays=strays,
        audited=tuple(facts["audited"]),
        changes=0,
    )


def _fill(graph: Backend, image: memoryview, inside: np.ndarray[Any, np.dtype[np.bool_]], index: Upkeep) -> None:
    slots = np.flatnonzero(inside)
    if graph.image_format:
        if not np.array_equal(np.sort(graph.restore(image)), slots):
            raise ImageError("it has other vectors than were saved with it")
        return
    graph.reserve(len(slots))
    for low in range(0, len(slots), _BLOCK_ROWS):
        block = slots[low : low + _BLOCK_ROWS]
        graph.add(block, index.row_file.rows[block])


def _check_identity(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    differing = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    if differing == ["image_format"]:
        raise _RejectedError(
            Outcome.OTHER_VERSION, f"it was written as {found.get('image_format')}, not as {wanted['image_format']}"
        )
    if differing:
        raise _RejectedError(Outcome.FOREIGN, f"it belongs elsewhere: {', '.join(differing)} differ")


def _check_labels(saved: Labels, alive: np.ndarray[Any, np.dtype[np.bool_]], labels: Labels) -> None:
    if not len(saved):
        return
    known = labels[labels <= saved[-1]]
    if len(known) != np.count_nonzero(alive):
        raise _RejectedError(Outcome.FOREIGN, "the store has older vectors that it does not know")
    if np.count_nonzero(alive) < (1 - _MOST_DEAD) * len(saved):
        raise _RejectedError(Outcome.MOSTLY_DEAD, f"{np.count_nonzero(~alive)} of its {len(saved)} rows are dead")
