"""A file, read in parts by whoever sends it. Knows no content."""

import os
import threading
from collections.abc import Callable
from pathlib import Path


class FileChunks:
    """The parts of a file, in order. Close it; that waits for the part being read, and nothing comes after it."""

    def __init__(self, path: Path, chunk_bytes: int, on_bytes: Callable[[int, int], None]) -> None:
        """*on_bytes* hears how many bytes of how many were read. Raises OSError."""
        self._file = path.open("rb")
        self._chunk_bytes, self._on_bytes = chunk_bytes, on_bytes
        self._size = os.fstat(self._file.fileno()).st_size
        self._lock = threading.Lock()
        self.error: Exception | None = None
        """Why it ended early."""

    def next(self) -> bytes:
        """Return the next part; empty at the end, which may be an early one. Raises nothing: another's thread asks."""
        with self._lock:
            if self._file.closed:
                return b""
            try:
                chunk = self._file.read(self._chunk_bytes)
                self._on_bytes(self._file.tell(), self._size)
            except Exception as error:  # noqa: BLE001  who sends the file raises it
                self.error = error
                return b""
            return chunk

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._file.close()
