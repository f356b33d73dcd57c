"""A view's vectors in a memory-mapped file: row = slot. Derived: made anew from the store where it cannot be trusted.

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
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailableError(open_files.reason(error)) from error
        self.rows: Matrix = np.empty((0, dimension), dtype=np.float32)
        """Shape (capacity, dimension). Replaced when it grows; an older array goes on showing the same rows."""

    def keep(self, num_rows: int) -> bool:
        """Show the rows of the file that is there; return whether it has as many. To be asked first, or not at all.

        Whether they are what they were is for who knows a checksum. Raises StoreUnavailableError.
        """
        capacity = os.fstat(self._descriptor).st_size // (4 * self._dimension)
        if capacity < num_rows:
            return False
        self._map(capacity)
        return True

    def forget(self) -> None:
        """Show no rows: the file begins anew."""
        self.rows = np.empty((0, self._dimension), dtype=np.float32)

    def sync(self) -> None:
        """Have what was written on the disk. Raises OSError."""
        os.fsync(self._descriptor)

    def reserve(self, num_rows: int) -> None:
        """Make room for *num_rows* in all. Raises StoreUnavailableError, changing nothing, when the disk is full."""
        capacity = len(self.rows)
        if num_rows <= capacity:
            return
        if not capacity:
            os.ftruncate(self._descriptor, 0)
        self._map(max(num_rows, capacity + capacity // 2, _FIRST_BYTES // (4 * self._dimension), 1))

    def _map(self, capacity: int) -> None:
        row_bytes = 4 * self._dimension
        if not capacity:
            return
        try:
            # Writing to a mapped hole on a full disk would kill the process: take the blocks now.
            os.posix_fallocate(self._descriptor, 0, capacity * row_bytes)
        except OSError as error:
            raise StoreUnavailableError(f"no room for vectors: {error.strerror}") from error
        mapped = mmap.mmap(self._descriptor, capacity * row_bytes)
        self.rows = np.frombuffer(mapped, dtype=np.float32).reshape(capacity, self._dimension)

    def abandon(self) -> None:
        """Remove the file while it is read: its rows last as long as somebody holds them. Nobody may write."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    def close(self, *, keep: bool = False) -> None:
        """Release the file, and remove it unless it is to be kept."""
        os.close(self._descriptor)
        if not keep:
            self._path.unlink(missing_ok=True)
        self.forget()
