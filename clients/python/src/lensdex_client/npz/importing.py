"""An NPZ file → a collection. Knows the index's client and a reader; what space the vectors are of, it is told."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace

from lensdex_client.collection import DEFAULT_VIEW, Backend, Collection, View
from lensdex_client.errors import CollectionNotFoundError
from lensdex_client.index import IndexClient
from lensdex_client.npz.reading import NpzReader
from lensdex_client.record import Record, UpsertOutcome, Vector
from lensdex_wire.space import Space


def prepare_import(
    index: IndexClient,
    reader: NpzReader,
    collection: str,
    *,
    space: Space | None = None,
    backend: Backend | None = None,
) -> Space | None:
    """Make sure that *collection* takes the file's vectors, before anything is written; return the space they are of.

    It is created if it does not exist: bound to *space*, or to what the file itself says, or else to the dimension
    alone, which protects nothing; with the file's metric and indexed fields. Raises ValueError for ids that come twice,
    for a space or dimension that does not fit, for a collection with further views, which imported records would lack.
    """
    stated = _stated(reader, space)
    reader.check_ids()
    try:
        existing = index.get_collection(collection).collection
    except CollectionNotFoundError:
        index.create_collection(_planned(collection, reader, stated, backend))
        return stated
    view = existing.view(DEFAULT_VIEW)
    if view is None or view.num_values != reader.dimension:
        values = view.num_values if view else 0
        raise ValueError(f"the collection {collection} takes vectors of {values} values, the file's {reader.dimension}")
    others = [item.name for item in existing.views if item.name != DEFAULT_VIEW]
    if others:
        raise ValueError(
            f"the collection {collection} has the views {', '.join(others)}, which imported records would lack: "
            "import into one that has `default` alone"
        )
    if view.space is not None and stated is None:
        raise ValueError(
            f"the collection {collection} is bound to an embedding space, and the file does not say which its vectors "
            "are of: state it with --space-from-embedder ADDRESS, if that embedder made them"
        )
    return stated


def import_npz(
    index: IndexClient, reader: NpzReader, collection: str, *, space: Space | None = None, from_row: int = 0
) -> Generator[UpsertOutcome]:
    """Write the file's records from *from_row* on into *collection*, replacing what has their ids; yield each outcome.

    ``position`` is a record's row in the file. *space* is what ``prepare_import`` returned. A row that the index
    refuses (NaN, say) has its error in its outcome. Writing the same again changes nothing: an import that ended is run
    anew, from the first row without an outcome or from the beginning. Raises LensdexError, and ValueError for a damaged
    file: a flipped bit shows in the ZIP's checksum, when the last row was read.
    """
    spaces = {} if space is None else {DEFAULT_VIEW: space}
    for outcome in index.upsert_stream(collection, _items(reader, from_row), spaces=spaces):
        yield replace(outcome, position=outcome.position + from_row)


def _items(reader: NpzReader, from_row: int) -> Iterator[tuple[Record, Mapping[str, Vector]]]:
    for block in reader.blocks(from_row):
        for record, row in zip(block.records, block.vectors, strict=True):
            yield record, {DEFAULT_VIEW: row}


def _stated(reader: NpzReader, space: Space | None) -> Space | None:
    own = None if reader.manifest is None else reader.manifest.view.space
    stated = space or own
    if stated is not None and stated.dimension != reader.dimension:
        raise ValueError(f"the space stated has vectors of {stated.dimension} values, the file's {reader.dimension}")
    if space is not None and own is not None and own != space:
        differing = ", ".join(f"{name} ({here}; {there})" for name, (here, there) in own.differences(space).items())
        raise ValueError(f"the file says that its vectors are of another space than stated; they differ in {differing}")
    return stated


def _planned(name: str, reader: NpzReader, space: Space | None, backend: Backend | None) -> Collection:
    dimension = 0 if space is not None else reader.dimension
    view = View(DEFAULT_VIEW, space=space, dimension=dimension, backend=backend)
    if reader.manifest is None:
        return Collection(name, [view])
    own = reader.manifest
    return Collection(name, [replace(view, metric=own.view.metric)], own.collection.indexed_fields)
