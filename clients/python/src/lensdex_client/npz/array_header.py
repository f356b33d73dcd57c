"""What stands before the values of a ``.npy`` array. Knows numpy's format and no ZIP."""

import io
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.lib.format as npy


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """Shape and type of an array that lies in C order."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.dtype.itemsize * int(np.prod(self.shape[1:], dtype=np.int64))

    @property
    def num_bytes(self) -> int:
        """Bytes of all values."""
        return self.shape[0] * self.row_bytes


def pack_header(header: ArrayHeader) -> bytes:
    """Return the bytes of *header*: as many for any number of rows, so that they can be written over later."""
    out = io.BytesIO()
    facts = {"descr": npy.dtype_to_descr(header.dtype), "fortran_order": False, "shape": header.shape}
    npy.write_array_header_1_0(out, facts)
    return out.getvalue()


def read_header(file: IO[bytes], name: str) -> ArrayHeader:
    """Return the header *file* begins with; what follows are the values. *name* is the array's, for errors.

    Raises ValueError for what is no array, for pickled objects, for a single value, and for a matrix in Fortran order.
    """
    try:
        version = npy.read_magic(file)
        # What a later version is for, names of fields, no array of ours has.
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{name} is no array that can be read: {error}") from error
    if dtype.hasobject:
        raise ValueError(
            f"{name} holds pickled Python objects, which are never loaded: they can run code. "
            "Save it as numbers, or as text with np.array(…, dtype=str)"
        )
    if not shape:
        raise ValueError(f"{name} is a single value, not one for each record")
    if fortran and len(shape) > 1:
        raise ValueError(f"{name} lies in Fortran order; save np.ascontiguousarray(…) of it")
    return ArrayHeader(tuple(shape), dtype)
