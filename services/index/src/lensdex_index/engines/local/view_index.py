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

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lensdex_index.engines import scan
from lensdex_index.engines.local.backends.base import Trait
from lensdex_index.engines.local.planner import Plan
from lensdex_index.engines.local.slots import ALIVE, Snapshot
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.engines.scan import Mask
from lensdex_index.records import Labels, Matrix, Metric, Scores

_NOTHING: Final[Labels] = np.empty(0, dtype=np.int64)


class ViewIndex(Upkeep):
    """Finds labels by vector, at a sequence."""

    @property
    def num_stray_vectors(self) -> int:
        """Return how many live vectors the graph has and does not find."""
        return int(np.count_nonzero(self._slots.died[self._audit.strays] == ALIVE))

    @property
    def num_tail_vectors(self) -> int:
        """Return how many live vectors the graph does not have."""
        return self.num_vectors_from(self._covered)

    def num_vectors_from(self, slot: int) -> int:
        """Return how many live vectors there are from *slot* on."""
        slots = self._slots.snapshot()
        return int(np.count_nonzero(slots.died[slot : slots.size] == ALIVE))

    @property
    def newest_label(self) -> int:
        """Return the last label it has, alive or dead, -1 where there is none."""
        return int(self._slots.labels[self._slots.size - 1]) if self._slots.size else -1

    @property
    def slots(self) -> Snapshot:
        """Return the slots as they are now."""
        return self._slots.snapshot()

    def ready(self, vectors: Matrix) -> Matrix:
        """Return *vectors* as they are compared: of unit length under cosine, else as they are."""
        return scan.normalised(vectors) if self.spec.metric is Metric.COSINE else vectors

    # The writer's side: one thread at a time.

    def held(self, labels: Labels) -> tuple[Mask, Matrix]:
        """Return which of *labels* have a vector here, alive or dead, and these vectors, as they are compared."""
        known = self._slots.labels[: self._slots.size]
        at = np.searchsorted(known, labels)
        has: Mask = at < len(known)
        has[has] = known[at[has]] == labels[has]
        return has, self.row_file.rows[at[has]]

    def reserve(self, count: int) -> None:
        """Make room for *count* more vectors, so that ``append`` cannot fail. Raises StoreUnavailableError."""
        self.row_file.reserve(self._slots.size + count)
        self._slots.reserve(count)

    def append(self, labels: Labels, ready: Matrix, sequence: int) -> None:
        """Add *ready* vectors under labels that ascend above all before; seen by searches from *sequence* on."""
        size = self._slots.size
        self.row_file.rows[size : size + len(labels)] = ready
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
        self._published, self._published_at = (sequence, self._slots.size), time.monotonic()
        self._tell_tail()

    # Searching: any thread.

    def search(
        self,
        queries: Matrix,
        k: int,
        *,
        ef: int,
        exact: bool,
        exclude: Labels,
        sequence: int,
        allowed: Mask | None = None,
    ) -> list[tuple[Labels, Scores]] | None:
        """Return labels and scores per query, best first, as seen at *sequence*: *k*, or fewer when fewer qualify.

        More where others tie with the k-th: the caller, who knows their ids, cuts. *exact* finds all of those, up to
        some thousands; a graph those it comes across.

        *exclude* holds one label per query that it must not find, -1 for none; *allowed* says which slots it may find,
        of the first so many. None means that the graph has dropped what was seen then already: ask for a later
        sequence, or *exact*, which can tell of any that was published.
        """
        ready = self.ready(queries)
        chosen = None if allowed is None else self._chosen(allowed, sequence)
        within = None if chosen is None else chosen.slots
        if exact:
            walked = _Walked(0, _NOTHING, [_NOTHING] * len(queries))
        elif (asked := self._walk(ready, k, ef, sequence, chosen)) is not None:
            walked = asked
        else:
            return None
        slots, rows = self._slots.snapshot(), self.row_file.rows
        tail = scan.nearest_of(self.spec.metric, ready, rows, k + 1, walked.left_out(slots, sequence, within))
        own = [self._slots.slot_of(label) for label in exclude.tolist()]
        found = [
            walked.own(slots_of[slots.visible_at(slots_of, sequence) & (slots_of != mine)])
            for slots_of, mine in zip(walked.candidates, own, strict=True)
        ]
        if walked.covered and any(len(slots_of) < k for slots_of in found):
            self._make_up(ready, found, k, own, walked.inside(slots, sequence, within))
        answers = []
        for query, mine, graph, (others, values) in zip(ready, own, found, tail, strict=True):
            all_slots, scores = others, values
            if len(graph):
                all_slots = np.concatenate((graph, others))
                scores = np.concatenate((scan.score_rows(self.spec.metric, query, rows[graph]), values))
            wanted = all_slots != mine
            best, ranked = scan.best_first(all_slots[wanted], scores[wanted], k)
            answers.append((slots.labels[best], ranked))
        return answers

    def _chosen(self, allowed: Mask, sequence: int) -> "_Chosen":
        slots = np.flatnonzero(allowed)
        return _Chosen(allowed, slots[self._slots.snapshot().visible_at(slots, sequence)])

    def _walk(self, ready: Matrix, k: int, ef: int, sequence: int, chosen: "_Chosen | None") -> "_Walked | None":
        """Return what the graph answers; None where it can tell of later sequences only."""
        with self._lock.reading():
            if sequence < self._floor:
                return None
            covered, strays = self._covered, self._audit.strays
            candidates: Sequence[Labels] | None = [_NOTHING] * len(ready)
            if covered and chosen is None:
                candidates = self._ask_graph(ready, k, ef)
            elif covered and chosen is not None:
                num_matching = int(np.searchsorted(chosen.slots, covered))
                plan = Plan(k, ef, num_matching=num_matching, num_covered=covered, costs=self.costs)
                candidates = self._ask_under(plan, ready, chosen.allowed)
        if candidates is None:
            # All that is allowed is scanned, as the tail is.
            return _Walked(0, _NOTHING, [_NOTHING] * len(ready))
        return _Walked(covered, strays, candidates)

    def _make_up(self, ready: Matrix, found: list[Labels], k: int, own: Sequence[int], inside: Labels) -> None:
        """Where the graph found fewer than there are *inside*, put what a scan finds in its place."""
        lacking = [
            at
            for at, (slots, mine) in enumerate(zip(found, own, strict=True))
            if len(slots) < min(k, len(inside) - int(_has(inside, mine)))
        ]
        if lacking:
            scanned = scan.nearest_of(self.spec.metric, ready[lacking], self.row_file.rows, k + 1, inside)
            for at, (slots, _) in zip(lacking, scanned, strict=True):
                found[at] = slots

    def _ask_graph(self, queries: Matrix, k: int, ef: int) -> list[Labels]:
        hits = self._graph.search(queries, k + self._spare(k), ef=ef)
        return [labels[labels >= 0] for labels in hits.labels]

    def _ask_under(self, plan: Plan, queries: Matrix, allowed: Mask) -> list[Labels] | None:
        """Return what walks find, nothing for a query that is to be scanned for; None where all are."""
        width = None if Trait.EXACT in self._graph.traits else plan.first()
        if width is None:
            return None
        # Of all slots: where adding has failed, the graph has some that are not known to be covered.
        told = np.zeros(self._slots.size, dtype=np.bool_)
        told[: min(len(allowed), self._covered)] = allowed[: self._covered]
        wanted = plan.wanted + self._spare(plan.k)
        hits = self._graph.search(queries, wanted, ef=width, allowed=told)
        return [
            self._walked_on(plan, query[None], told, width, labels[labels >= 0])
            for query, labels in zip(queries, hits.labels, strict=True)
        ]

    def _walked_on(self, plan: Plan, query: Matrix, told: Mask, width: int, found: Labels) -> Labels:
        wider: int | None = width
        while len(found) < plan.wanted:
            wider = plan.after(width, len(found))
            if wider is None:
                return _NOTHING
            width = wider
            (labels,) = self._graph.search(query, plan.wanted + self._spare(plan.k), ef=width, allowed=told).labels
            found = labels[labels >= 0]
        return found

    def _spare(self, k: int) -> int:
        # Some answers may be dropped: the excluded record, and the dead the indexing thread has not removed yet.
        return 1 + min(len(self._retired), k + 64)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a search may find."""

    allowed: Mask
    """By slot, seen or not."""
    slots: Labels
    """Those that are allowed and seen, ascending."""


@dataclass(frozen=True, slots=True)
class _Walked:
    """What a graph answered, and for which slots it answered."""

    covered: int
    """Slots below this were its to find, save for strays."""
    strays: Labels
    candidates: Sequence[Labels]
    """Per query."""

    def own(self, found: Labels) -> Labels:
        """Return those of *found* that were its to find."""
        # Where adding has failed, the graph has some of the tail.
        found = found[found < self.covered]
        return found[~_among(self.strays, found)] if len(self.strays) else found

    def left_out(self, slots: Snapshot, sequence: int, within: Labels | None) -> Labels:
        """Return the slots that were not its to find: seen at *sequence*, or *within* where that is given."""
        if within is not None:
            outside = within >= self.covered
            return within[outside | _among(self.strays, within) if len(self.strays) else outside]
        tail = np.flatnonzero(slots.visible(self.covered, slots.size, sequence)) + self.covered
        if not len(self.strays):
            return tail
        # All strays are below: what is between them is not looked at, and that may be the whole graph.
        return np.concatenate((self.strays[slots.visible_at(self.strays, sequence)], tail))

    def inside(self, slots: Snapshot, sequence: int, within: Labels | None) -> Labels:
        """Return the others."""
        if within is None:
            within = np.flatnonzero(slots.visible(0, self.covered, sequence))
        return self.own(within[within < self.covered])


def _among(some: Labels, slots: Labels) -> Mask:
    """Return which *slots* are among *some*, which ascend and are not none."""
    at = np.minimum(np.searchsorted(some, slots), len(some) - 1)
    among: Mask = some[at] == slots
    return among


def _has(slots: Labels, slot: int) -> bool:
    at = int(np.searchsorted(slots, slot))
    return at < len(slots) and int(slots[at]) == slot
