"""One view's vectors: graph and tail. What the graph does not have yet is searched exactly, so nothing ever waits for
it.

Every vector has a slot: the row of the row file, its label in the graph. A slot is born with the sequence of the
write that made it and dies with that of the write that ended it. A search at sequence S sees the slots with born ≤ S
< died, whatever the graph holds: no write is ever half seen, and nothing deleted returns.

A graph can hold a vector and yet have no path to it. So each is looked for by itself once indexing has come to rest,
and again whenever the graph has grown by a part; a stray, which is not found, is searched exactly beside the tail.

Three parties: one writer (``append``, ``retire``, ``published``), one indexing thread (``step``), any number of
searches. Knows no records and no SQL: only labels that ascend.
"""

import threading
import time
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local import scan
from lensdex_index.engines.local.audit import Audit, unfound
from lensdex_index.engines.local.backends import open_backend
from lensdex_index.engines.local.backends.base import Backend, BackendOptions, Trait
from lensdex_index.engines.local.row_file import RowFile
from lensdex_index.engines.local.rw_lock import ReadersFirstLock
from lensdex_index.engines.local.slots import ALIVE, Slots
from lensdex_index.records import Labels, Matrix, Metric, Scores, Vector, ViewSpec

_PATIENCE_HOLDS: Final = 2
"""Times the hold that indexing waits for a gap between searches before it makes one."""
_MOST_ADDS: Final = 65_536
_FEWEST_REMOVED_TO_REBUILD: Final = 1_000
_REBUILD_SECONDS: Final = 0.02
"""Building beside the serving graph holds no lock; a step is short only so that closing is prompt."""


class ViewIndex:
    """Finds labels by vector, at a sequence."""

    def __init__(self, spec: ViewSpec, path: Path, *, hold_seconds: float, rebuild_fraction: float) -> None:
        self.spec = spec
        self._hold_seconds = hold_seconds
        self._rebuild_fraction = rebuild_fraction
        self._rows = RowFile(path, spec.dimension)
        self._slots = Slots()
        self._lock = ReadersFirstLock()
        # Shared with searches, changed under the write lock only. A saved graph, once checked, would be loaded here.
        self._graph = self._new_graph()
        self._covered = 0
        """Slots below this are the graph's, all others the tail."""
        self._floor = 0
        """The graph can tell of this sequence and later ones: it has dropped what died until then."""
        self._audit = Audit()
        """Of that graph. Searches read its strays: slots below ``covered`` that the graph does not find."""
        # The writer's word to the indexing thread.
        self._handover = threading.Lock()
        self._retired: list[int] = []
        self._published = (0, 0)
        # The indexing thread's own.
        self._in_graph = np.zeros(0, dtype=np.bool_)
        self._removed = 0
        self._adds = 1
        self._rebuild: tuple[Backend, npt.NDArray[np.bool_], int] | None = None

    @property
    def num_stray_vectors(self) -> int:
        """Return how many live vectors the graph has and does not find."""
        return int(np.count_nonzero(self._slots.died[self._audit.strays] == ALIVE))

    @property
    def num_tail_vectors(self) -> int:
        """Return how many live vectors the graph does not have."""
        size, covered = self._slots.size, self._covered
        return int(np.count_nonzero(self._slots.died[covered:size] == ALIVE))

    def ready(self, vectors: Matrix) -> Matrix:
        """Return *vectors* as they are compared: of unit length under cosine, else as they are."""
        return scan.normalised(vectors) if self.spec.metric is Metric.COSINE else vectors

    # The writer's side: one thread at a time.

    def reserve(self, count: int) -> None:
        """Make room for *count* more vectors, so that ``append`` cannot fail. Raises StoreUnavailableError."""
        self._rows.reserve(self._slots.size + count)
        self._slots.reserve(count)

    def append(self, labels: Labels, ready: Matrix, sequence: int) -> None:
        """Add *ready* vectors under labels that ascend above all before; seen by searches from *sequence* on."""
        size = self._slots.size
        self._rows.rows[size : size + len(labels)] = ready
        self._slots.append(labels, sequence)

    def retire(self, labels: Labels, sequence: int) -> int:
        """End the vectors of those *labels* this view has, from *sequence* on; return how many it had."""
        slots = self._slots.find(labels)
        self._slots.died[slots] = sequence
        with self._handover:
            self._retired.extend(slots.tolist())
        return len(slots)

    def published(self, sequence: int) -> None:
        """Hear that searches see *sequence*: what was appended may now enter the graph, what was retired leave it."""
        self._published = (sequence, self._slots.size)

    # Searching: any thread.

    def search(
        self, queries: Matrix, k: int, *, ef: int, exact: bool, exclude: Labels, sequence: int
    ) -> list[tuple[Labels, Scores]] | None:
        """Return labels and scores per query, best first, as seen at *sequence*: *k*, or fewer when fewer qualify.

        More where others tie with the k-th: the caller, who knows their ids, cuts. *exact* finds all of those, up to
        some thousands; a graph those it comes across.

        *exclude* holds one label per query that it must not find, -1 for none. None means that the graph has dropped
        what was seen then already: ask for a later sequence, or *exact*, which can tell of any that was published.
        """
        ready = self.ready(queries)
        nothing = np.empty(0, dtype=np.int64)
        covered, strays, candidates = 0, nothing, [nothing] * len(queries)
        if not exact:
            with self._lock.reading():
                if sequence < self._floor:
                    return None
                covered, strays = self._covered, self._audit.strays
                if covered:
                    candidates = self._ask_graph(ready, k, ef)
        slots, rows = self._slots.snapshot(), self._rows.rows
        start = int(strays[0]) if len(strays) else covered
        seen = slots.visible(start, slots.size, sequence)
        unfound_by_graph = np.zeros(covered - start, dtype=np.bool_)
        unfound_by_graph[strays - start] = True
        seen[: covered - start] &= unfound_by_graph
        tail = scan.nearest(self.spec.metric, ready, rows, k + 1, start=start, visible=seen)
        answers = []
        for at, query in enumerate(ready):
            own = self._slots.slot_of(int(exclude[at]))
            found = candidates[at]
            found = found[slots.visible_at(found, sequence) & (found != own) & ~np.isin(found, strays)]
            if covered and len(found) < k:
                inside = slots.visible(0, covered, sequence)
                inside[strays] = False
                found = self._made_up(query, found, k, own, inside)
            all_slots = np.concatenate((found, tail[at][0]))
            scores = np.concatenate((scan.score_rows(self.spec.metric, query, rows[found]), tail[at][1]))
            wanted = all_slots != own
            best, values = scan.best_first(all_slots[wanted], scores[wanted], k)
            answers.append((slots.labels[best], values))
        return answers

    def _made_up(self, query: Vector, found: Labels, k: int, own: int, seen: npt.NDArray[np.bool_]) -> Labels:
        """Return what the graph found, or, where it answered fewer than there are to find, what a scan finds."""
        qualifying = int(np.count_nonzero(seen)) - int(0 <= own < len(seen) and seen[own])
        if len(found) >= min(k, qualifying):
            return found
        ((scanned, _),) = scan.nearest(self.spec.metric, query[None], self._rows.rows, k + 1, start=0, visible=seen)
        return scanned

    def _ask_graph(self, queries: Matrix, k: int, ef: int) -> list[Labels]:
        # Some answers may be dropped: the excluded record, and the dead the indexing thread has not removed yet.
        spare = 1 + min(len(self._retired), k + 64)
        hits = self._graph.search(queries, k + spare, ef=ef)
        return [labels[labels >= 0] for labels in hits.labels]

    # The indexing thread's side.

    def step(self) -> bool:
        """Do a little indexing, holding searches back for about ``hold_seconds``; return whether more is left to do."""
        with self._handover:
            published, size = self._published
            due = [slot for slot in self._retired if self._slots.died[slot] <= published]
        if due:
            self._remove(np.array(due, dtype=np.int64))
        if self._rebuild is not None:
            self._rebuild_step(published, size)
        elif self._covered < size:
            self._add(published, size)
        elif self._wants_rebuild():
            self._rebuild = (self._new_graph(), np.zeros(size, dtype=np.bool_), 0)
        elif self._wants_audit():
            self._audit_step(published)
        return (
            self._rebuild is not None
            or self._covered < self._published[1]
            or self._wants_rebuild()
            or self._wants_audit()
        )

    def close(self) -> None:
        """Release and remove the row file. Nobody may be using the index."""
        self._rows.close()

    def _new_graph(self) -> Backend:
        options = BackendOptions(
            self.spec.metric, self.spec.dimension, self.spec.backend.parameters, lambda: self._rows.rows
        )
        return open_backend(self.spec.backend.name, options)

    def _wants_rebuild(self) -> bool:
        held = len(self._graph) + self._removed
        return self._removed >= max(_FEWEST_REMOVED_TO_REBUILD, int(self._rebuild_fraction * held))

    def _wants_audit(self) -> bool:
        return Trait.EXACT not in self._graph.traits and self._audit.due(self._covered)

    def _audit_step(self, published: int) -> None:
        """Look for some vectors. The graph changes in this thread only: that takes no lock."""
        ef = self.spec.backend.parameters.get("ef", 1)
        rows = self._rows.rows
        self._audit.step(
            self._covered,
            lambda low, high: self._alive(low, high, published)[0],
            find=lambda slots: unfound(self._graph, self.spec.metric, rows, slots, ef=ef),
        )

    def _remove(self, due: Labels) -> None:
        inside = due[due < self._covered]
        inside = inside[self._in_graph[inside]]
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            self._graph.remove(inside)
            self._raise_floor(inside)
            emptied = len(inside) > 0 and len(self._graph) == 0
            if emptied:
                # Not added to any more: with no live neighbour to be linked from, newcomers can stay unreachable.
                self._graph, self._audit = self._new_graph(), Audit()
        self._in_graph[inside] = False
        self._removed = 0 if emptied else self._removed + len(inside)
        done = set(due.tolist())
        with self._handover:
            # What the graph does not have yet was or will be skipped: it is dead when its turn comes.
            self._retired = [slot for slot in self._retired if slot not in done]

    def _add(self, published: int, size: int) -> None:
        begin_slot, end = self._covered, min(self._covered + self._adds, size)
        self._in_graph = _grown(self._in_graph, end)
        picked, dead = self._alive(begin_slot, end, published)
        vectors = self._rows.rows[picked]
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            begin = time.perf_counter()
            self._graph.reserve(len(self._graph) + self._removed + size - begin_slot)
            self._graph.add(picked, vectors)
            self._covered = end
            self._raise_floor(dead)
            self._in_graph[picked] = True
            held = time.perf_counter() - begin
        self._adds = _adapted(self._adds, held, self._hold_seconds)

    def _alive(self, start: int, end: int, published: int) -> tuple[Labels, Labels]:
        """Return the slots of ``start:end`` that are still seen once *published* is, and those that are not."""
        slots = np.arange(start, end, dtype=np.int64)
        alive = self._slots.died[slots] > published
        return slots[alive], slots[~alive]

    def _raise_floor(self, gone: Labels) -> None:
        if len(gone):
            self._floor = max(self._floor, int(self._slots.died[gone].max()))

    def _rebuild_step(self, published: int, size: int) -> None:
        assert self._rebuild is not None
        graph, inside, position = self._rebuild
        begin = time.perf_counter()
        while position < size and time.perf_counter() - begin < _REBUILD_SECONDS:
            end = min(position + 16, size)
            picked, _ = self._alive(position, end, published)
            inside = _grown(inside, end)
            graph.reserve(len(graph) + size - position)
            graph.add(picked, self._rows.rows[picked])
            inside[picked] = True
            position = end
        if position < size:
            self._rebuild = (graph, inside, position)
            return
        slots = np.flatnonzero(inside)
        ended = slots[self._slots.died[slots] <= published]
        graph.remove(ended)
        inside[ended] = False
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            self._graph, self._audit, self._covered = graph, Audit(), position
            self._floor = published
        self._in_graph, self._removed, self._rebuild = inside, len(ended), None


def _grown(flags: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    if size <= len(flags):
        return flags
    grown = np.zeros(max(size, 2 * len(flags)), dtype=np.bool_)
    grown[: len(flags)] = flags
    return grown


def _adapted(adds: int, held: float, wanted: float) -> int:
    """Return how many to add next time: toward the wanted hold, at most doubling, at least one."""
    return max(1, min(2 * adds, int(adds * wanted / max(held, 1e-9)), _MOST_ADDS))
