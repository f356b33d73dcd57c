"""Blocks of vectors: numpy ↔ message. The only codec; knows no service.

Vectors travel as one row-major little-endian block of bytes because a ``repeated float`` takes 20 to 80 times longer to
build in Python, and per-row bytes four times longer.
"""

import numpy as np
import numpy.typing as npt

from lensdex.common.v1 import vectors_pb2 as pb

Matrix = npt.NDArray[np.float32]
"""Vectors in memory: float32, shape (count, dimension), C-contiguous."""

_DTYPES: dict[int, np.dtype[np.float32] | np.dtype[np.float16]] = {
    pb.VECTOR_ENCODING_UNSPECIFIED: np.dtype("<f4"),
    pb.VECTOR_ENCODING_FLOAT32: np.dtype("<f4"),
    pb.VECTOR_ENCODING_FLOAT16: np.dtype("<f2"),
}


class InvalidVectorsError(ValueError):
    """A block whose bytes do not fit its count, dimension and encoding."""

    def __init__(self, message: str, *, expected_bytes: int, actual_bytes: int) -> None:
        super().__init__(message)
        self.expected_bytes = expected_bytes
        self.actual_bytes = actual_bytes


def pack_vectors(matrix: npt.ArrayLike, encoding: pb.VectorEncoding = pb.VECTOR_ENCODING_FLOAT32) -> pb.Vectors:
    """Return *matrix*, shape (count, dimension), as a message in *encoding*; unspecified means float32.

    Values beyond float16's range become infinite when packed as float16: pack only normalised vectors so.
    """
    array = np.asarray(matrix)
    if array.ndim != 2:
        raise ValueError(f"expected shape (count, dimension), got {array.shape}")
    stored = pb.VECTOR_ENCODING_FLOAT32 if encoding == pb.VECTOR_ENCODING_UNSPECIFIED else encoding
    count, dimension = array.shape
    data = np.ascontiguousarray(array, dtype=_DTYPES[stored]).tobytes()
    return pb.Vectors(data=data, count=count, dimension=dimension, encoding=stored)


def unpack_vectors(message: pb.Vectors) -> Matrix:
    """Return *message* as float32, shape (count, dimension). The array may share the message's bytes and be read-only.

    Raises InvalidVectorsError when the bytes do not fit, when the dimension is zero though there are rows, or when the
    encoding is unknown. Does not check that values are finite.
    """
    dtype = _DTYPES.get(message.encoding)
    actual = len(message.data)
    if dtype is None:
        raise InvalidVectorsError(f"unknown vector encoding {message.encoding}", expected_bytes=0, actual_bytes=actual)
    expected = message.count * message.dimension * dtype.itemsize
    if actual != expected or (message.count > 0 and message.dimension == 0):
        raise InvalidVectorsError(
            f"{message.count} vectors of {message.dimension} values take {expected} bytes, got {actual}",
            expected_bytes=expected,
            actual_bytes=actual,
        )
    block = np.frombuffer(message.data, dtype=dtype).reshape(message.count, message.dimension)
    return block.astype(np.float32, copy=False)
