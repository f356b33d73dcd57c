"""The vector codec: what goes in comes out, and bytes that do not fit are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lensdex.common.v1 import vectors_pb2 as pb
from lensdex_wire.vectors import InvalidVectorsError, pack_vectors, unpack_vectors

MATRICES = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 5), st.integers(1, 9)),
    elements=st.floats(width=32),
)


@given(MATRICES)
def test_float32_survives_to_the_last_bit(matrix: np.ndarray) -> None:
    """A float32 block comes back bit for bit."""
    message = pb.Vectors.FromString(pack_vectors(matrix).SerializeToString())

    unpacked = unpack_vectors(message)

    assert unpacked.dtype == np.float32
    np.testing.assert_array_equal(unpacked, matrix)


def test_bytes_are_little_endian_rows() -> None:
    """The block is row-major, little-endian, without gaps: other languages rely on it."""
    message = pack_vectors(np.array([[1.0, 2.0], [3.0, 4.0]]))

    assert message.data == bytes.fromhex("0000803f 00000040 00004040 00008040")
    assert (message.count, message.dimension, message.encoding) == (2, 2, pb.VECTOR_ENCODING_FLOAT32)


def test_float16_takes_half_the_bytes() -> None:
    """A float16 block takes two bytes a value and comes back within half precision."""
    matrix = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)

    message = pack_vectors(matrix, pb.VECTOR_ENCODING_FLOAT16)

    assert len(message.data) == 24
    np.testing.assert_allclose(unpack_vectors(message), matrix, atol=1e-3)


def test_unspecified_encoding_is_float32() -> None:
    """A block that does not say its encoding is read as float32."""
    message = pack_vectors(np.eye(2))
    message.encoding = pb.VECTOR_ENCODING_UNSPECIFIED

    np.testing.assert_array_equal(unpack_vectors(message), np.eye(2, dtype=np.float32))


@pytest.mark.parametrize(
    "message",
    [
        pb.Vectors(data=b"\0" * 7, count=1, dimension=2),
        pb.Vectors(data=b"", count=1, dimension=0),
        pb.Vectors(data=b"\0" * 8, count=1, dimension=1),
        pb.Vectors(data=b"\0" * 8, count=1, dimension=2, encoding=99),
        pb.Vectors(data=b"", count=4_000_000_000, dimension=4_000_000_000),
    ],
)
def test_bytes_that_do_not_fit_are_refused(message: pb.Vectors) -> None:
    """Bytes that do not fit count, dimension and encoding are refused, and nothing is allocated for them."""
    with pytest.raises(InvalidVectorsError):
        unpack_vectors(message)


def test_only_matrices_are_packed() -> None:
    """A vector without a row axis is a mistake of the programmer, told at once."""
    with pytest.raises(ValueError, match="shape"):
        pack_vectors(np.ones(3))
