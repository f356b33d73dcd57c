"""The indexing thread's half of a view index: fresh vectors into the graph, dead ones out, strays looked for.

Everything that holds searches back is done here, a few milliseconds at a time. Knows rows, slots and a graph; no
queries and no writes.
"""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.adders import Adders, Parts
from lensdex_index.engines.local.audit import Audit, unfound
from lensdex_index.engines.local.backends import open_backend
from lensdex_index.engines.local.backends.base import Backend, BackendOptions, Trait
from lensdex_index.engines.local.frozen import Frozen
from lensdex_index.engines.local.measuring import measure
from lensdex_index.engines.local.planner import UNMEASURED
from lensdex_index.engines.local.rebuilding import Rebuild, Rebuilds, RequestedRebuild, grown
from lensdex_index.engines.local.row_file import RowFile
from lensdex_index.engines.local.rw_lock import ReadersFirstLock
from lensdex_index.engines.local.slots import Slots
from lensdex_index.engines.local.tail_bound import TailBound
from lensdex_index.records import Labels, Matrix, ViewSpec

_PATIENCE_HOLDS: Final = 2
"""Times the hold that indexing waits for a gap between searches before it makes one."""
_MOST_ADDS: Final = 65_536
_FEWEST_TO_MEASURE: Final = 512
_GROWTH_TO_MEASURE: Final = 8
"""Costs are measured again once the graph has grown by this part: some milliseconds each time."""
_FEWEST_REMOVED_TO_REBUILD: Final = 1_000
_PARTS_A_HOLD: Final = 4
"""Between parts it is looked whether a search waits."""
_LONGEST_HOLD_SECONDS: Final = 0.05
"""How long vectors are added at a stretch while no search comes; what there is more is left to the next step."""
_QUIET_SECONDS: Final = 0.02
"""After this nobody is filling the view."""


class Upkeep:
    """A view's graph and what is done to it in the background. ViewIndex adds writing and searching."""

    def __init__(
        self,
        spec: ViewSpec,
        path: Path,
        *,
        hold_seconds: float,
        rebuild_fraction: float,
        min_tail: int = 1_000,
        first_tail: int = 0,
        adders: Adders | None = None,
    ) -> None:
        self.spec = spec
        self._hold_seconds, self._adders = hold_seconds, adders or Adders()
        self._rebuild_fraction = rebuild_fraction
        self.row_file = RowFile(path, spec.dimension)
        self._first_tail = first_tail
        self.tail_bound = TailBound(min_tail, first=first_tail)
        self._slots = Slots()
        self._lock = ReadersFirstLock()
        # Shared with searches, changed under the write lock only.
        self._graph = self.new_graph()
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
        self._published_at = -math.inf
        """When something was last written, of ``time.monotonic``."""
        # The indexing thread's own, changed under the write lock with what it tells of.
        self.changes = 0
        """Additions, removals, and vectors looked for, so far; rises with each."""
        self._in_graph = np.zeros(0, dtype=np.bool_)
        self._removed = 0
        self._adds = 1
        self.costs = UNMEASURED
        """Of searches under a filter; replaced whole."""
        self._measured_at = 0
        """How many slots were covered when costs were last measured."""
        self._found = 0
        """Slots that were there at the start: a graph that is built anew holds no writer up."""
        self.rebuilds = Rebuilds()
        """Graphs to take this one's place; who may ask for one may be any thread."""

    @property
    def num_graph_vectors(self) -> int:
        """Return how many vectors the graph finds, or could."""
        return len(self._graph)

    def freeze(self, begin: Callable[[Frozen], None]) -> Frozen:
        """Return the graph's moment in which *begin* was called with it: nothing is added or removed meanwhile."""
        with self._lock.reading():
            # Looking for strays takes no lock and goes on meanwhile: its progress must not be ahead of what it found.
            changes, audited = self.changes, self._audit.progress
            covered = self._covered
            frozen = Frozen(
                spec=self.spec,
                graph=self._graph,
                sequence=self._published[0],
                rows=self.row_file.rows,
                labels=self._slots.labels[:covered].copy(),
                inside=grown(self._in_graph, covered)[:covered].copy(),
                num_removed=self._removed,
                strays=self._audit.strays,
                audited=audited,
                changes=changes,
            )
            begin(frozen)
        return frozen

    def begin_rebuild(self, spec: ViewSpec) -> RequestedRebuild:
        """Have a graph built beside, after *spec*, that takes over once it is approved. Any thread.

        The indexing thread must be woken. What was being built before is not built any further.
        """
        rebuild = RequestedRebuild(spec, self.new_graph(spec), self._slots, self._rows, sync_rows=self.sync_rows)
        self.rebuilds.request(rebuild)
        return rebuild

    def sync_rows(self) -> None:
        """Have the rows written so far on the disk. Raises OSError."""
        self.row_file.sync()

    def step(self) -> bool:
        """Do a little indexing, holding searches back for about ``hold_seconds``; return whether more is left to do."""
        try:
            return self._step()
        except BaseException as error:
            # Nobody comes again: the tail stays, and must not be waited for.
            self.tail_bound.open_up()
            self.rebuilds.fail(error)
            raise

    def began(self) -> None:
        """Hear that what there is now was found at the start."""
        self._found = self._slots.size
        self._tell_tail()

    def _tell_tail(self) -> None:
        covered = max(self._covered, self._found)
        self.tail_bound.moved(max(0, self._slots.size - covered), covered)

    def _step(self) -> bool:
        with self._handover:
            published, size = self._published
            due = [slot for slot in self._retired if self._slots.died[slot] <= published]
        if due:
            self._remove(np.array(due, dtype=np.int64))
        if self.rebuilds.due(size):
            built = self.rebuilds.step(published, size)
            if built is not None:
                self._change_over(built, published)
            if self._covered < size and self.tail_bound.is_pressed:
                # Writers need not wait for the whole of it.
                self._add(published, size)
        elif self._covered < size:
            self._extend(published, size)
        elif self._wants_measure():
            # A graph that was restored.
            self._measure()
        elif self._wants_rebuild():
            graph = self.new_graph()
            self.rebuilds.begin(Rebuild(self.spec, graph, self._slots, self._rows, sync_rows=self.sync_rows))
        elif self._wants_audit():
            self._audit_step(published)
        self._tell_tail()
        return (
            self.rebuilds.due(self._published[1])
            or self._covered < self._published[1]
            or self._wants_rebuild()
            or self._wants_audit()
        )

    def close(self, *, keep_rows: bool = False) -> None:
        """Release the row file, and remove it unless a saved graph needs it. Nobody may be using the index."""
        self.row_file.close(keep=keep_rows)

    def abandon(self) -> None:
        """Remove the row file; searches in hand go on, and the last of them releases it. Nobody may write or index."""
        self.row_file.abandon()

    def restore(self, saved: Frozen, alive: npt.NDArray[np.bool_], sequence: int) -> None:
        """Go on with a *saved* graph, whose rows are the row file's; *alive*: which slots still are, at *sequence*.

        To be called before anything else.
        """
        gone = np.flatnonzero(saved.inside & ~alive)
        saved.graph.remove(gone)
        self._slots.restore(saved.labels, alive, sequence)
        self._graph, self._covered, self._floor = saved.graph, len(saved.labels), sequence
        self._in_graph, self._removed = saved.inside & alive, saved.num_removed + len(gone)
        self._audit = Audit.restored(saved.audited, saved.strays[alive[saved.strays]])
        self.changes = saved.changes + len(gone)

    def new_graph(self, spec: ViewSpec | None = None) -> Backend:
        """Return an empty graph of this view, or of *spec*, which nobody searches yet."""
        backend = (spec or self.spec).backend
        options = BackendOptions(self.spec.metric, self.spec.dimension, backend.parameters, self._rows)
        return open_backend(backend.name, options)

    def _lets_writers_first(self, size: int) -> bool:
        """Return whether to leave the cores to whoever is just filling a view that is still small enough to scan."""
        return size <= self._first_tail and time.monotonic() - self._published_at < _QUIET_SECONDS

    def _rows(self) -> Matrix:
        return self.row_file.rows

    def _wants_rebuild(self) -> bool:
        held = len(self._graph) + self._removed
        enough = max(_FEWEST_REMOVED_TO_REBUILD, int(self._rebuild_fraction * held))
        return self._removed >= enough and not self.rebuilds.is_busy and not self.rebuilds.is_resting

    def _wants_audit(self) -> bool:
        return Trait.EXACT not in self._graph.traits and self._audit.due(self._covered)

    def _audit_step(self, published: int) -> None:
        """Look for some vectors. The graph changes in this thread only: that takes no lock."""
        ef = self.spec.backend.parameters.get("ef", 1)
        rows = self.row_file.rows
        self._audit.step(
            self._covered,
            lambda low, high: self._alive(low, high, published)[0],
            find=lambda slots: unfound(self._graph, self.spec.metric, rows, slots, ef=ef),
        )
        # Worth saving: to look for all of them again takes a restart about half as long as building.
        self.changes += self._audit.num_looked_for

    def _wants_measure(self) -> bool:
        grown = self._covered - self._measured_at
        return grown >= max(_FEWEST_TO_MEASURE, self._measured_at // _GROWTH_TO_MEASURE)

    def _measure(self) -> None:
        """Measure what searches cost. The graph changes in this thread only: that takes no lock."""
        self._measured_at = self._covered
        if not len(self._graph):
            return
        told = measure(
            self._graph,
            self.spec.metric,
            self.row_file.rows,
            self._covered,
            num_rows=self.tail_bound.bound,
            ef=self.spec.backend.parameters.get("ef", 1),
        )
        self.tail_bound.measured(told.num_rows, told.scan_seconds, told.query_seconds)
        self.costs = told.costs

    def _remove(self, due: Labels) -> None:
        inside = due[due < self._covered]
        inside = inside[self._in_graph[inside]]
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            self._graph.remove(inside)
            self._raise_floor(inside)
            emptied = len(inside) > 0 and len(self._graph) == 0
            if emptied:
                # Not added to any more: with no live neighbour to be linked from, newcomers can stay unreachable.
                self._graph, self._audit = self.new_graph(), Audit()
            self._in_graph[inside] = False
            self._removed = 0 if emptied else self._removed + len(inside)
            self.changes += len(inside)
        done = set(due.tolist())
        with self._handover:
            # What the graph does not have yet was or will be skipped: it is dead when its turn comes.
            self._retired = [slot for slot in self._retired if slot not in done]

    def _extend(self, published: int, size: int) -> None:
        if self._lets_writers_first(size):
            time.sleep(_QUIET_SECONDS / 4)
            return
        self._add(published, size)
        if self._wants_measure():
            self._measure()

    def _add(self, published: int, size: int) -> None:
        """Add vectors for as long as no search waits, and for ``hold_seconds`` at least: it waits for little more."""
        begin_slot = self._covered
        most = min(begin_slot + _MOST_ADDS, size)
        self._in_graph = grown(self._in_graph, most)
        room = len(self._graph) + self._removed + size - begin_slot
        self._graph.prepare(room)
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            begin = time.perf_counter()
            replaced = self._graph.reserve(room)
            parts = Parts(begin_slot, most, self._adds)

            def add() -> None:
                while self._may_go_on(begin) and (part := parts.next()) is not None:
                    picked, _ = self._alive(*part, published)
                    self._graph.add(picked, self.row_file.rows[picked])

            together = bool(len(self._graph)) and Trait.CONCURRENT_ADDS in self._graph.traits
            if together:
                self._adders.together(add)
            else:
                add()
            picked, dead = self._alive(begin_slot, parts.position, published)
            self._covered = parts.position
            self._raise_floor(dead)
            self._in_graph[picked] = True
            self.changes += len(picked)
            held = time.perf_counter() - begin
        del replaced
        part_seconds = held * (self._adders.count if together else 1) / max(1, parts.num_taken)
        self._adds = _adapted(self._adds, part_seconds, self._hold_seconds / _PARTS_A_HOLD)

    def _may_go_on(self, begin: float) -> bool:
        held = time.perf_counter() - begin
        return held < (self._hold_seconds if self._lock.has_waiting_readers else _LONGEST_HOLD_SECONDS)

    def _alive(self, start: int, end: int, published: int) -> tuple[Labels, Labels]:
        """Return the slots of ``start:end`` that are still seen once *published* is, and those that are not."""
        slots = np.arange(start, end, dtype=np.int64)
        alive = self._slots.died[slots] > published
        return slots[alive], slots[~alive]

    def _raise_floor(self, gone: Labels) -> None:
        if len(gone):
            self._floor = max(self._floor, int(self._slots.died[gone].max()))

    def _change_over(self, rebuild: Rebuild, published: int) -> None:
        ended = rebuild.strip(published)
        replaced = self._graph
        with self._lock.writing(_PATIENCE_HOLDS * self._hold_seconds):
            self.spec, self._graph, self._audit = rebuild.spec, rebuild.graph, Audit()
            self._covered, self._floor = rebuild.position, published
            self._in_graph, self._removed = rebuild.inside, len(ended)
            self.changes += rebuild.changes
        self._measured_at, self._adds = 0, 1
        self.rebuilds.took_over(rebuild)
        # It may be large, and is let go of when searches may run again.
        del replaced


def _adapted(adds: int, held: float, wanted: float) -> int:
    """Return how many to add next time: toward the wanted hold, at most doubling, at least one."""
    return max(1, min(2 * adds, int(adds * wanted / max(held, 1e-9)), _MOST_ADDS))
