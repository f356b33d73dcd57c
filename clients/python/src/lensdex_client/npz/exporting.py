"""A view of a collection → an NPZ file. Knows the index's client and a writer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lensdex_client.collection import DEFAULT_VIEW
from lensdex_client.filters import Filter
from lensdex_client.index import IndexClient
from lensdex_client.npz.manifest import Manifest
from lensdex_client.npz.writing import NpzWriter, check_disk
from lensdex_client.record import Include
from lensdex_client.views import view_not_found


@dataclass(frozen=True, slots=True)
class NpzExport:
    """What an export wrote."""

    num_records: int
    num_without_view: int
    """Records that have no vector in the view, and are not in the file."""
    num_bytes: int
    """Of the file."""


def export_npz(
    index: IndexClient,
    collection: str,
    path: Path,
    *,
    view: str = DEFAULT_VIEW,
    float16: bool = False,
    content: bool = True,
    filter: Filter | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> NpzExport:
    """Write the records of *collection* that have *view*, and match *filter*, to *path*; it appears when it is whole.

    *float16*: half the bytes, about three significant digits. *content*: with what is kept of the records beside their
    metadata. *on_progress* hears how many records have been dealt with. An index that goes away is waited for.
    Raises LensdexError, OSError when the disk is full, and ValueError for values beyond float16.
    """
    details = index.get_collection(collection)
    found = details.collection.view(view)
    if found is None:
        raise view_not_found(details.collection, view)
    dtype = np.dtype("<f2" if float16 else "<f4")
    if filter is None:
        counts = {item.view: item.num_vectors for item in details.statistics.views}
        check_disk(path.parent, counts.get(view, 0) * found.num_values * dtype.itemsize)
    manifest = Manifest(replace(details.collection, views=[found]))
    num_records = num_seen = 0
    with NpzWriter(path, manifest, dtype) as writer:
        include = Include(metadata=True, content=content)
        for part in index.export_records(collection, include=include, views=[view], filter=filter):
            (block,) = part.vectors
            at = block.record_indexes or range(len(block.vectors))
            writer.add([part.records[place] for place in at], block.vectors)
            num_records += len(at)
            num_seen += len(part.records)
            on_progress(num_seen)
    return NpzExport(num_records, num_seen - num_records, path.stat().st_size)
