"""A file that gets its name when it is whole, and is not there otherwise. Knows no content."""

import contextlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


class WholeFile:
    """Written beside its place under another name. Used as a context manager; without ``keep`` nothing is left.

    Raises OSError, for a full disk too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # It is closed, and removed or renamed, by this object's own end.
        self._file = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115

    def write(self, chunk: bytes) -> None:
        """Append *chunk*."""
        self._file.write(chunk)

    def keep(self) -> None:
        """Make what was written durable and give it its name, in the place of what had it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        Path(self._file.name).replace(self._path)

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove what was not kept."""
        with contextlib.suppress(OSError):
            self._file.close()
        Path(self._file.name).unlink(missing_ok=True)
