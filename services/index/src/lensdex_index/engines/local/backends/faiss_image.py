"""A graph of faiss without its vectors: how it is written, what must be true of it, and how it comes back.

    the head   six whole numbers
    parts      end to end: labels, highest floors, links, and a bit for each vector that can be found

Where an element's links begin follows from the floors of those before it. faiss checks none of what it is given: an
image is checked word by word before the library sees any.
"""

import itertools
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.backends.image import ImageError, Source
from lensdex_index.records import Labels, Matrix

_HEAD: Final = struct.Struct("<6q")
_UNSETTLED: Final = 1 << 32
"""Stands for an exponent that is not settled yet."""
_BLOCK_BYTES: Final = 1024 * 1024
_BLOCK_ROWS: Final = 1_024
_MOST_EXPONENT: Final = 256
"""Any single precision value is brought to about one by less."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A graph that was checked. Arrays are by position."""

    labels: Labels
    findable: npt.NDArray[np.bool_]
    floors: npt.NDArray[np.int32]
    """How many each element is on, the ground included."""
    starts: npt.NDArray[np.uint64]
    """Where its links begin, and, as the last, where all end."""
    links: npt.NDArray[np.int32]
    entry_point: int
    max_floor: int
    exponent: int | None


def write(
    path: str, index: faiss.IndexHNSW, labels: Labels, findable: npt.NDArray[np.uint8], *, exponent: int | None
) -> None:
    """Write the image of *index* to *path*; *findable* has a bit each, lowest first."""
    hnsw = index.hnsw
    head = _HEAD.pack(
        index.ntotal,
        hnsw.nb_neighbors(1),
        hnsw.entry_point,
        hnsw.max_level,
        hnsw.neighbors.size(),
        _UNSETTLED if exponent is None else exponent,
    )
    parts = (labels, faiss.vector_to_array(hnsw.levels), faiss.vector_to_array(hnsw.neighbors), findable)
    with Path(path).open("wb") as file:
        file.write(head)
        file.writelines(part.data for part in parts)


def strained(source: Source) -> Generator[bytes | memoryview]:
    """Yield what ``write`` has written to *source*: no vectors are in it. Valid until the next is asked for."""
    buffer = memoryview(bytearray(_BLOCK_BYTES))
    while num_bytes := source.readinto(buffer):
        yield buffer[:num_bytes]


def read(image: memoryview, empty: faiss.IndexHNSW, num_rows: int) -> Saved:
    """Return the graph in *image*, of the parameters of *empty* and with labels below *num_rows*. Raises ImageError."""
    m, most_floors = empty.hnsw.nb_neighbors(1), empty.hnsw.cum_nneighbor_per_level.size() - 1
    if len(image) < _HEAD.size:
        raise ImageError("it ends early")
    count, links_each, entry_point, max_floor, num_links, exponent = _HEAD.unpack(image[: _HEAD.size])
    if links_each != m:
        raise ImageError(f"it has {links_each} links each instead of {m}")
    if not 0 <= count <= num_rows or num_links < 0:
        raise ImageError("it has more vectors than there are")
    sizes = (8 * count, 4 * count, 4 * num_links, -(-count // 8))
    if len(image) != _HEAD.size + sum(sizes):
        raise ImageError("its sizes contradict each other")
    ends = itertools.accumulate(sizes, initial=_HEAD.size)
    parts = [image[low:high] for low, high in itertools.pairwise(ends)]
    labels = np.frombuffer(parts[0], dtype="<i8").astype(np.int64)
    floors = np.frombuffer(parts[1], dtype="<i4").astype(np.int32)
    links = np.frombuffer(parts[2], dtype="<i4").astype(np.int32)
    findable = np.unpackbits(np.frombuffer(parts[3], dtype=np.uint8), count=count, bitorder="little").astype(np.bool_)
    if count and not 0 <= labels.min() <= labels.max() < num_rows:
        raise ImageError("it has labels without a vector")
    if len(np.unique(labels)) != count:
        raise ImageError("it has a label twice")
    if count and not 1 <= floors.min() <= floors.max() <= most_floors:
        raise ImageError("it has elements on no floor, or on too many")
    # Twice as many on the ground as on any other floor.
    each = m * (floors.astype(np.int64) + 1)
    starts = np.concatenate(([0], np.cumsum(each))).astype(np.uint64)
    if int(starts[-1]) != num_links:
        raise ImageError("its links end early or late")
    _check_entry(entry_point, max_floor, floors)
    _check_links(links, starts, floors, m)
    if exponent != _UNSETTLED and not -_MOST_EXPONENT <= exponent <= _MOST_EXPONENT:
        raise ImageError("its scale is out of range")
    return Saved(
        labels, findable, floors, starts, links, entry_point, max_floor, None if exponent == _UNSETTLED else exponent
    )


def _check_entry(entry_point: int, max_floor: int, floors: npt.NDArray[np.int32]) -> None:
    if not len(floors):
        fits = (entry_point, max_floor) == (-1, -1)
    else:
        fits = 0 <= entry_point < len(floors) and floors[entry_point] == floors.max() == max_floor + 1
    if not fits:
        raise ImageError("its entry point is not on its highest floor")


def _check_links(
    links: npt.NDArray[np.int32], starts: npt.NDArray[np.uint64], floors: npt.NDArray[np.int32], m: int
) -> None:
    """Check that every link leads to an element that is on the floor of the link."""
    count = len(floors)
    for low in range(0, count, _BLOCK_ROWS):
        high = min(low + _BLOCK_ROWS, count)
        some = links[int(starts[low]) : int(starts[high])]
        if some.size and not -1 <= some.min() <= some.max() < count:
            raise ImageError("it has links that lead nowhere")
    for at in np.flatnonzero(floors > 1).tolist():
        begin = int(starts[at]) + 2 * m
        for floor in range(1, int(floors[at])):
            ends = links[begin : begin + m]
            if (floors[ends[ends >= 0]] <= floor).any():
                raise ImageError("it has links to a floor their ends are not on")
            begin += m


def fill(index: faiss.IndexHNSW, saved: Saved, vectors: Callable[[Labels], Matrix]) -> None:
    """Make the empty *index* that graph; *vectors* answers those of labels, as they are to be kept."""
    for low in range(0, len(saved.labels), _BLOCK_ROWS):
        index.storage.add(vectors(saved.labels[low : low + _BLOCK_ROWS]))
    hnsw = index.hnsw
    for vector, array in ((hnsw.levels, saved.floors), (hnsw.offsets, saved.starts), (hnsw.neighbors, saved.links)):
        _copy(array, vector)
    hnsw.entry_point, hnsw.max_level = saved.entry_point, saved.max_floor
    index.ntotal = len(saved.labels)


def _copy(array: npt.NDArray[Any], vector: Any) -> None:
    vector.resize(len(array))
    if len(array):
        faiss.memcpy(vector.data(), faiss.swig_ptr(array), array.nbytes)
