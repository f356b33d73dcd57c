"""A graph that is built beside the one that serves. Knows slots and rows; who searches has no part in it.

The indexing thread adds to it and lets it take over; another thread may save it meanwhile. One that was asked for
waits, built, until it may take over; one that is for upkeep takes over at once.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import structlog

from lensdex_index.engines.local.audit import Audit
from lensdex_index.engines.local.backends.base import Backend
from lensdex_index.engines.local.frozen import Frozen
from lensdex_index.engines.local.slots import Slots
from lensdex_index.records import Labels, Matrix, ViewSpec

_log = structlog.get_logger()

_STEP_SECONDS: Final = 0.02
"""Building beside the serving graph holds no lock; a step is short only so that closing is prompt."""
_ADDS: Final = 16
_REST_SECONDS: Final = 60.0
"""After a graph for upkeep could not be built: memory that is short stays so for a while."""
_ROOM: Final = 2
"""Times the vectors there are that room is made for at once: growing copies, and memory nobody writes to is none."""


class Rebuild:
    """One new graph, and how far it is."""

    def __init__(
        self, spec: ViewSpec, graph: Backend, slots: Slots, rows: Callable[[], Matrix], *, sync_rows: Callable[[], None]
    ) -> None:
        self.spec, self.graph = spec, graph
        self._slots, self._rows, self.sync_rows = slots, rows, sync_rows
        self._adding = threading.Lock()
        """Held for one addition, so that a forked child never sees half of it."""
        self.inside: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        """By slot: whether the graph has it."""
        self.position = 0
        """Slots below this are in the graph, or were dead."""
        self.changes = 0
        """Additions since it was last frozen."""
        self._room = 0
        self._published = 0

    @property
    def num_graph_vectors(self) -> int:
        """Return how many vectors the graph has."""
        return len(self.graph)

    def step(self, published: int, size: int) -> None:
        """Add some of the first *size* slots, those that are still seen once *published* is."""
        begin = time.perf_counter()
        self._published = published
        if size > self._room:
            # Where that copies, it is a graph that nobody searches.
            self._room = _ROOM * size
            with self._adding:
                self.graph.prepare(self._room)
                self.graph.reserve(self._room)
        while self.position < size:
            end = min(self.position + _ADDS, size)
            slots = np.arange(self.position, end, dtype=np.int64)
            picked = slots[self._slots.died[slots] > published]
            with self._adding:
                self.inside = grown(self.inside, end)
                self.graph.add(picked, self._rows()[picked])
                self.inside[picked] = True
                self.position = end
                self.changes += len(picked)
            if time.perf_counter() - begin >= _STEP_SECONDS:
                break

    def strip(self, published: int) -> Labels:
        """Remove and return what has died since it was added, as of *published*."""
        slots = np.flatnonzero(self.inside)
        ended: Labels = slots[self._slots.died[slots] <= published]
        with self._adding:
            self.graph.remove(ended)
            self.inside[ended] = False
        return ended

    def freeze(self, begin: Callable[[Frozen], None]) -> Frozen:
        """Return the graph's moment in which *begin* was called with it; for any thread."""
        with self._adding:
            frozen = Frozen(
                spec=self.spec,
                graph=self.graph,
                sequence=self._published,
                rows=self._rows(),
                labels=self._slots.labels[: self.position].copy(),
                inside=grown(self.inside, self.position)[: self.position].copy(),
                num_removed=0,
                strays=np.empty(0, dtype=np.int64),
                audited=Audit().progress,
                changes=0,
            )
            begin(frozen)
            self.changes = 0
        return frozen


class RequestedRebuild(Rebuild):
    """One that waits until it may take over."""

    def __init__(
        self, spec: ViewSpec, graph: Backend, slots: Slots, rows: Callable[[], Matrix], *, sync_rows: Callable[[], None]
    ) -> None:
        super().__init__(spec, graph, slots, rows, sync_rows=sync_rows)
        self._changed = threading.Condition()
        self.is_approved = self.is_given_up = False
        self.is_built = self._has_taken_over = False
        self.failure: BaseException | None = None

    # The indexing thread's side.

    def built(self) -> None:
        """Say that it has all there was."""
        self._set(is_built=True)

    def took_over(self) -> None:
        """Say that it serves."""
        self._set(_has_taken_over=True)

    def failed(self, error: BaseException) -> None:
        """Say that it will never be built; from any thread."""
        self._set(failure=self.failure or error)

    # Who asked for it.

    def approve(self) -> None:
        """Let it take over."""
        self._set(is_approved=True)

    def give_up(self) -> None:
        """Build it no further."""
        self._set(is_given_up=True)

    def notify(self) -> None:
        """Have who waits look again."""
        self._set()

    def wait_built(self, seconds: float) -> bool:
        """Wait so long, or until anything happens; return whether it is built. Raises what made it fail."""
        with self._changed:
            if self.failure is None and not self.is_built:
                self._changed.wait(seconds)
            if self.failure is not None:
                raise self.failure
            return self.is_built

    def wait_taken_over(self, seconds: float) -> bool:
        """Wait until it serves, at most so long; return whether it does. Raises what made it fail."""
        with self._changed:
            # Writes that go on have it said again that it is built: that ends no wait for this.
            self._changed.wait_for(lambda: self._has_taken_over or self.failure is not None, seconds)
            if self.failure is not None and not self._has_taken_over:
                raise self.failure
            return self._has_taken_over

    def _set(self, **values: object) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()


class Rebuilds:
    """Which graph of a view is being built, if any. One that is asked for comes before one for upkeep."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Rebuild | None = None
        self._failure: BaseException | None = None
        self._rests_until = -math.inf

    @property
    def is_busy(self) -> bool:
        """Return whether a graph is being built, or waits."""
        return self._current is not None

    @property
    def is_resting(self) -> bool:
        """Return whether one for upkeep has failed a while ago: another would fail as well."""
        return time.monotonic() < self._rests_until

    # Any thread.

    def request(self, rebuild: RequestedRebuild) -> None:
        """Have *rebuild* built, instead of what is being built."""
        with self._lock:
            self._current = rebuild
            failure = self._failure
        if failure is not None:
            rebuild.failed(failure)

    def fail(self, error: BaseException) -> None:
        """Tell who waits for a graph, now or later, that it will not come: nobody builds any more."""
        with self._lock:
            self._failure, current = error, self._current
        if isinstance(current, RequestedRebuild):
            current.failed(error)

    # The indexing thread.

    def begin(self, rebuild: Rebuild) -> None:
        """Have *rebuild* built, unless something is being built."""
        with self._lock:
            self._current = self._current or rebuild

    def due(self, size: int) -> bool:
        """Return whether there is anything to do, where there are *size* slots."""
        current = self._current
        if not isinstance(current, RequestedRebuild):
            return current is not None
        return current.position < size or current.is_approved or current.is_given_up or not current.is_built

    def step(self, published: int, size: int) -> Rebuild | None:
        """Build a little; return the graph that is to take over now, if one is."""
        current = self._current
        assert current is not None, "a step is due first"
        if not isinstance(current, RequestedRebuild):
            try:
                current.step(published, size)
            except Exception:  # noqa: BLE001  it takes room beside the graph that serves, which is not touched
                _log.exception("graph not rebuilt")
                self._rests_until = time.monotonic() + _REST_SECONDS
                self._let_go(current)
                return None
            return current if current.position >= size else None
        if current.is_given_up:
            self._let_go(current)
        elif current.is_approved:
            # What it does not have yet is tail.
            return current
        else:
            try:
                current.step(published, size)
            except Exception as error:  # noqa: BLE001  who asked for it hears of it; what serves is not touched
                current.failed(error)
                self._let_go(current)
            else:
                if current.position >= size:
                    current.built()
        return None

    def took_over(self, rebuild: Rebuild) -> None:
        """Hear that *rebuild* serves."""
        self._let_go(rebuild)
        if isinstance(rebuild, RequestedRebuild):
            rebuild.took_over()

    def _let_go(self, rebuild: Rebuild) -> None:
        with self._lock:
            if self._current is rebuild:
                self._current = None


def grown(flags: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    """Return *flags*, at least *size* long."""
    if size <= len(flags):
        return flags
    longer = np.zeros(max(size, 2 * len(flags)), dtype=np.bool_)
    longer[: len(flags)] = flags
    return longer
