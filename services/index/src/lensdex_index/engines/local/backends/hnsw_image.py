"""A graph of hnswlib without its vectors: what lies in its files, what of that is kept, and how it comes back.

hnswlib writes, one after the other: sizes; per element its links of the ground floor, its vector and its label; per
element its links of the upper floors. Vectors are most of it by far, and the view's row file has them already; so an
image leaves them out. Knows bytes; calls nothing of hnswlib, and asks neither who saves nor where.
"""

import struct
from collections.abc import Generator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from lensdex_index.engines.local.backends.image import ImageError, Source
from lensdex_index.records import Labels, Matrix

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
"""All there is comes in fours of bytes; numpy copies those several times faster than bytes."""

_SIZES: Final = struct.Struct("<6QiI3QdQ")
_BLOCK_BYTES: Final = 1024 * 1024
_WORD: Final = 4
_LABEL_BYTES: Final = 8
_COUNT_MASK: Final = 0xFFFF
_DELETED: Final = 1 << 16
"""The mark in an element's count of links."""


class _Sizes(NamedTuple):
    """hnswlib's own words, in its order."""

    offset_level0: int
    max_elements: int
    cur_element_count: int
    size_data_per_element: int
    label_offset: int
    offset_data: int
    max_level: int
    enterpoint_node: int
    max_M: int  # noqa: N815  hnswlib's name
    max_M0: int  # noqa: N815  hnswlib's name
    M: int
    mult: float
    ef_construction: int

    @property
    def upper_bytes(self) -> int:
        """Bytes of one element's links on one upper floor."""
        return _WORD * (1 + self.max_M)


def _sizes(head: bytes | memoryview, dimension: int) -> _Sizes:
    sizes = _Sizes(*_SIZES.unpack(head))
    links = _WORD * (1 + sizes.max_M0)
    vector = _WORD * dimension
    found = (sizes.offset_level0, sizes.offset_data, sizes.label_offset, sizes.size_data_per_element)
    if found != (0, links, links + vector, links + vector + _LABEL_BYTES):
        raise ImageError("elements are laid out in another way")
    return sizes


def strained(source: Source, dimension: int) -> Generator[bytes | memoryview]:
    """Yield the image of the graph that hnswlib writes to *source*. Raises ImageError where that ends early.

    What is yielded is valid until the next is asked for.
    """
    head = bytearray(_SIZES.size)
    _fill(source, memoryview(head))
    sizes = _sizes(bytes(head), dimension)
    yield bytes(head)
    size, count = sizes.size_data_per_element, sizes.cur_element_count
    block = max(1, _BLOCK_BYTES // size)
    elements = np.empty((block, size // _WORD), dtype=np.uint32)
    links = sizes.offset_data // _WORD
    kept = np.empty((block, links + _LABEL_BYTES // _WORD), dtype=np.uint32)
    for start in range(0, count, block):
        rows = min(block, count - start)
        _fill(source, elements[:rows].reshape(-1).view(np.uint8).data)
        kept[:rows, :links] = elements[:rows, :links]
        kept[:rows, links:] = elements[:rows, sizes.label_offset // _WORD :]
        yield kept[:rows].reshape(-1).view(np.uint8).data
    rest = memoryview(bytearray(_BLOCK_BYTES))
    while num_bytes := source.readinto(rest):
        yield rest[:num_bytes]


def _fill(source: Source, buffer: memoryview) -> None:
    while buffer:
        num_bytes = source.readinto(buffer)
        if not num_bytes:
            raise ImageError("it ends early")
        buffer = buffer[num_bytes:]


def num_elements(image: memoryview, dimension: int) -> int:
    """Return how many elements the graph has, marked ones included. Raises ImageError."""
    if len(image) < _SIZES.size:
        raise ImageError("it ends early")
    sizes = _sizes(image[: _SIZES.size], dimension)
    # Room will be made for as many: a number out of the air would take all memory there is.
    if len(image) < _SIZES.size + sizes.cur_element_count * (sizes.offset_data + _LABEL_BYTES):
        raise ImageError("its sizes contradict each other")
    return sizes.cur_element_count


def state(image: memoryview, rows: Matrix, own: dict[str, Any]) -> tuple[dict[str, Any], Labels]:
    """Return what ``Index.__setstate__`` takes, and which labels of the graph are not marked as deleted.

    *rows* has the vectors, row = label; *own* is the state of an empty index with the wanted parameters and room for as
    many elements. Raises ImageError where the image is of other parameters, or names anything that is not there:
    hnswlib checks nothing.
    """
    sizes = _sizes(image[: _SIZES.size], rows.shape[1])
    for name in ("max_M", "max_M0", "M", "mult", "ef_construction"):
        if getattr(sizes, name) != own[name]:
            raise ImageError(f"its {name} is another")
    count = sizes.cur_element_count
    width = sizes.offset_data + _LABEL_BYTES
    end = _SIZES.size + count * width
    if count > own["max_elements"] or len(image) < end or (count and sizes.enterpoint_node >= count):
        raise ImageError("its sizes contradict each other")
    kept = np.frombuffer(image[_SIZES.size : end], dtype=np.uint32).reshape(count, width // _WORD)
    links = kept[:, : sizes.offset_data // _WORD]
    labels = np.ascontiguousarray(kept[:, sizes.offset_data // _WORD :]).view(np.int64)[:, 0]
    _check_links(links, np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32))
    if count and not 0 <= labels.min() <= labels.max() < len(rows):
        raise ImageError("it has labels without a vector")
    if len(np.unique(labels)) != count:
        raise ImageError("it has a label twice")
    levels, uppers = _uppers(image[end:], count, sizes)
    deleted = (links[:, 0] & _DELETED) != 0
    elements = np.empty((count, sizes.size_data_per_element // _WORD), dtype=np.uint32)
    _assemble(elements, kept, labels, rows)
    restored = own | {
        "cur_element_count": count,
        "max_level": sizes.max_level,
        "enterpoint_node": sizes.enterpoint_node,
        "ep_added": count > 0,
        "has_deletions": bool(deleted.any()),
        "label_lookup_external": labels.astype(np.uint64),
        "label_lookup_internal": np.arange(count, dtype=np.uint32),
        "element_levels": levels,
        "data_level0": elements.reshape(-1).view(np.int8),
        "link_lists": uppers.view(np.int8),
    }
    return restored, labels[~deleted]


def _assemble(elements: Words, kept: Words, labels: Labels, rows: Matrix) -> None:
    """Fill *elements* with links, vector and label, each from where it is."""
    block = max(1, _BLOCK_BYTES // (_WORD * elements.shape[1]))
    label = _LABEL_BYTES // _WORD
    links = kept.shape[1] - label
    for low in range(0, len(elements), block):
        high = min(low + block, len(elements))
        part = elements[low:high]
        part[:, :links] = kept[low:high, :links]
        part[:, links:-label] = rows[labels[low:high]].view(np.uint32)
        part[:, -label:] = kept[low:high, links:]


def _check_links(links: npt.NDArray[np.uint32], floors: npt.NDArray[np.int32], levels: npt.NDArray[np.int32]) -> None:
    """Check rows of links, which lie on *floors*: as many as fit, and to elements whose *levels* reach that floor."""
    num_links = links[:, :1] & _COUNT_MASK
    places = np.arange(links.shape[1] - 1)
    at, place = np.nonzero(places < num_links)
    ends = links[at, place + 1]
    if (num_links > len(places)).any() or (ends >= len(levels)).any() or (levels[ends] < floors[at]).any():
        raise ImageError("it has links that lead nowhere")


def _uppers(rest: memoryview, count: int, sizes: _Sizes) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Return the highest floor of each element, and the links of all that have one above the ground, end to end."""
    levels = np.zeros(count, dtype=np.int32)
    parts = []
    at = 0
    for element in range(count):
        num_bytes = int.from_bytes(rest[at : at + _WORD], "little")
        at += _WORD
        if num_bytes:
            levels[element], odd = divmod(num_bytes, sizes.upper_bytes)
            if odd or at + num_bytes > len(rest):
                raise ImageError("its upper floors have another size")
            parts.append(rest[at : at + num_bytes])
            at += num_bytes
    if at != len(rest):
        raise ImageError("its upper floors end early or late")
    uppers = np.frombuffer(b"".join(parts), dtype=np.uint8)
    floors = [np.arange(1, level + 1, dtype=np.int32) for level in levels[levels > 0].tolist()]
    if floors:
        _check_links(uppers.view(np.uint32).reshape(-1, 1 + sizes.max_M), np.concatenate(floors), levels)
    if count and not levels[sizes.enterpoint_node] == levels.max() == sizes.max_level:
        raise ImageError("its entry point is not on its highest floor")
    return levels, uppers
