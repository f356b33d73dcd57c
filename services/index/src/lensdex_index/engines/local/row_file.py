"""A view's vectors in a memory-mapped file: row = slot. Derived: made anew from the store at every start.

Mapped rather than allocated, so that the system may drop and reload what is not in use. Knows no slots' meaning.
"""

import mmap
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lensdex_index.engines import open_files
from lensdex_index.errors import StoreUnavailableError

if TYPE_CHECKING:
    from lensdex_index.records import Matrix

_FIRST_BYTES = 1024 * 1024


class RowFile:
    """Rows of float32. One thread at a time may reserve and write; any may read rows that were written."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._dimension = dimension
        self._path = path
        # A saved file with a checksum and a sequence would be opened here instead of truncated.
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise StoreUnavailableError(open_files.reason(error)) from error
        self.rows: Matrix = np.empty((0, dimension), dtype=np.float32)
        """Shape (capacity, dimension). Replaced when it grows; an older array goes on showing the same rows."""

    def reserve(self, num_rows: int) -> None:
        """Make room for *num_rows* in all. Raises StoreUnavailableError, changing nothing, when the disk is full."""
        capacity = len(self.rows)
        if num_rows <= capacity:
            return
        row_bytes = 4 * self._dimension
        capacity = max(num_rows, capacity + capacity // 2, _FIRST_BYTES // row_bytes, 1)
        try:
            # Writing to a mapped hole on a full disk would kill the process: take the blocks now.
            os.posix_fallocate(self._descriptor, 0, capacity * row_bytes)
        except OSError as error:
            raise StoreUnavailableError(f"no room for vectors: {error.strerror}") from error
        mapped = mmap.mmap(self._descriptor, capacity * row_bytes)
        self.rows = np.frombuffer(mapped, dtype=np.float32).reshape(capacity, self._dimension)

    def close(self) -> None:
        """Release the file and remove it."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)
        self.rows = np.empty((0, self._dimension), dtype=np.float32)
