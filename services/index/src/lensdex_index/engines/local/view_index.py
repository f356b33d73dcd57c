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

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local import scan
from lensdex_index.engines.local.slots import ALIVE
from lensdex_index.engines.local.upkeep import Upkeep
from lensdex_index.records import Labels, Matrix, Metric, Scores, Vector


class ViewIndex(Upkeep):
    """Finds labels by vector, at a sequence."""

    @property
    def num_stray_vectors(self) -> int:
        """Return how many live vectors the graph has and does not find."""
        return int(np.count_nonzero(self._slots.died[self._audit.strays] == ALIVE))

    @property
    def num_tail_vectors(self) -> int:
        """Return how many live vectors the graph does not have."""
        size, covered = self._slots.size, self._covered
        return int(np.count_nonzero(self._slots.died[covered:size] == ALIVE))

    @property
    def newest_label(self) -> int:
        """Return the last label it has, alive or dead, -1 where there is none."""
        return int(self._slots.labels[self._slots.size - 1]) if self._slots.size else -1

    def ready(self, vectors: Matrix) -> Matrix:
        """Return *vectors* as they are compared: of unit length under cosine, else as they are."""
        return scan.normalised(vectors) if self.spec.metric is Metric.COSINE else vectors

    # The writer's side: one thread at a time.

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
        self._published = (sequence, self._slots.size)
        self._tell_tail()

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
        slots, rows = self._slots.snapshot(), self.row_file.rows
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
        ((scanned, _),) = scan.nearest(self.spec.metric, query[None], self.row_file.rows, k + 1, start=0, visible=seen)
        return scanned

    def _ask_graph(self, queries: Matrix, k: int, ef: int) -> list[Labels]:
        # Some answers may be dropped: the excluded record, and the dead the indexing thread has not removed yet.
        spare = 1 + min(len(self._retired), k + 64)
        hits = self._graph.search(queries, k + spare, ef=ef)
        return [labels[labels >= 0] for labels in hits.labels]
