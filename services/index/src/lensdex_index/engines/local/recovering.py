"""Bringing a collection's indexes up to its store: saved graphs first, then what they do not have.

Knows the store's readers, the view indexes and where their graphs lie; nobody is served yet.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.local.forked import AbandonedError
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.restoring import Outcome, restore
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.views import graph_path
from lensdex_index.engines.local.visibility import Visible
from lensdex_index.engines.options import Observer
from lensdex_index.errors import CorruptedError


def recover(
    db: RecordsDb,
    records: RecordIndex,
    views: Mapping[str, ViewIndex],
    name: str,
    *,
    epoch: bytes,
    folder: Path,
    observer: Observer,
    abandoned: Callable[[], bool],
) -> Visible:
    """Fill the empty *records* and *views* of collection *name*; return what searches see.

    Raises CorruptedError, as the store does, and RecoveryAbandonedError once *abandoned* answers so.
    """
    sequence = db.sequence
    for labels, metadata in db.records(metadata=records.has_fields):
        if abandoned():
            raise RecoveryAbandonedError
        records.reserve(metadata)
        records.append(labels, metadata, sequence)
    num_vectors: dict[str, int] = {}
    newest: dict[str, int] = {}
    for view, index in views.items():
        labels = db.labels(view)
        num_vectors[view] = len(labels)
        try:
            outcome = restore(index, graph_path(folder, index.spec), labels, sequence, epoch=epoch, abandoned=abandoned)
        except AbandonedError as error:
            raise RecoveryAbandonedError from error
        observer.graph_looked_for(outcome.value)
        newest[view] = index.newest_label if outcome is Outcome.LOADED else -1
    for view, labels, vectors in db.load(newest):
        if abandoned():
            raise RecoveryAbandonedError
        index = views[view]
        if vectors.shape[1] != index.spec.dimension:
            raise CorruptedError(name, f"a stored vector of view {view} has another dimension")
        index.reserve(len(labels))
        index.append(labels, index.ready(vectors), sequence)
    for index in views.values():
        index.published(sequence)
        index.began()
    return Visible(sequence, records.slots.size, num_vectors)
