"""The folder of snapshots: one file each, under a name that is made of what it holds; unfinished ones apart.

A file gets its name when it is whole and durable. Knows files; no collection and no SQL.
"""

import contextlib
import os
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from lensdex_index.engines import open_files
from lensdex_index.engines.local import snapshot_file
from lensdex_index.engines.local.snapshot_file import BYTES_PER_SYNC, Described, UnfitError
from lensdex_index.errors import InvalidSnapshotError, SnapshotNotFoundError, StoreUnavailableError
from lensdex_index.snapshots import Snapshot

_SUFFIX: Final = ".snapshot"
_UNFINISHED: Final = "unfinished"


class SnapshotFolder:
    """Snapshots on disk. Thread-safe: what it does to a file is one step."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sweep(self) -> None:
        """Make the folder, and remove what a process that was killed has left unfinished. Raises OSError."""
        shutil.rmtree(self._folder / _UNFINISHED, ignore_errors=True)
        (self._folder / _UNFINISHED).mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def unfinished(self) -> Iterator[Path]:
        """Give a path for a new file; what is there at the end, unless it was kept, is removed."""
        path = self._folder / _UNFINISHED / secrets.token_hex(8)
        try:
            yield path
        finally:
            for left in path.parent.glob(f"{path.name}*"):
                left.unlink(missing_ok=True)

    def keep(self, path: Path, described: Described) -> Snapshot:
        """Give a file that is whole and synced its name, durably; one that has it already is the same, and stays."""
        target = self._path(described.name)
        with failures():
            if not target.exists():
                path.rename(target)
            sync_folder(self._folder)
        return described.snapshot

    def page(self, after: str, limit: int, collection: str) -> Sequence[Snapshot]:
        """Return up to *limit* snapshots whose names follow *after*, in order."""
        with failures():
            names = sorted(file.name.removesuffix(_SUFFIX) for file in self._folder.glob(f"*{_SUFFIX}"))
        found: list[Snapshot] = []
        for name in names:
            if len(found) == limit:
                break
            if name <= after or not snapshot_file.is_name(name) or collection not in {"", name.partition(".")[0]}:
                continue
            with contextlib.suppress(SnapshotNotFoundError):  # deleted meanwhile
                found.append(self._listed(name))
        return found

    def delete(self, name: str) -> None:
        """Delete a snapshot, durably."""
        with failures(), self._found(name):
            self._path(name).unlink()
            sync_folder(self._folder)

    def open(self, name: str) -> "SnapshotFile":
        """Open a snapshot. Raises SnapshotNotFoundError, InvalidSnapshotError."""
        with failures(), self._found(name):
            return SnapshotFile(self._path(name), name)

    def _listed(self, name: str) -> Snapshot:
        try:
            with contextlib.closing(self.open(name)) as file:
                return file.snapshot
        except InvalidSnapshotError as error:
            with failures(), self._found(name):
                num_bytes = self._path(name).stat().st_size
            return snapshot_file.named(name, num_bytes, error.detail)

    def _path(self, name: str) -> Path:
        if not snapshot_file.is_name(name):
            raise SnapshotNotFoundError(name)
        return self._folder / f"{name}{_SUFFIX}"

    @contextlib.contextmanager
    def _found(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise SnapshotNotFoundError(name) from error


class SnapshotFile:
    """An open snapshot. Implements SnapshotReading."""

    def __init__(self, path: Path, name: str) -> None:
        self.file = path.open("rb")
        try:
            with fitting(name):
                self.described = snapshot_file.describe(self.file)
            if self.described.name != name:
                detail = f"its file is another one's, {self.described.name}: its end was changed, or its name"
                raise InvalidSnapshotError(name, detail)  # noqa: TRY301  the file is closed on the way
        except BaseException:
            self.file.close()
            raise
        self.snapshot = self.described.snapshot

    def read(self, num_bytes: int) -> bytes:
        with failures():
            return self.file.read(num_bytes)

    def close(self) -> None:
        self.file.close()


class SnapshotUpload:
    """A file that is coming in. Implements SnapshotReceiving."""

    def __init__(self, folder: SnapshotFolder) -> None:
        self._folder = folder
        self._undo = contextlib.ExitStack()
        with failures():
            self._path = self._undo.enter_context(folder.unfinished())
            self._file = self._undo.enter_context(self._path.open("x+b"))
        self._lock = threading.Lock()
        self._num_bytes = 0
        self._checksum = snapshot_file.Checksum()

    def write(self, chunk: bytes) -> None:
        with self._lock, fitting(""), failures():
            if not self._num_bytes:
                snapshot_file.check_beginning(chunk)
            snapshot_file.write_at(self._file, self._num_bytes, chunk)
            before, self._num_bytes = self._num_bytes, self._num_bytes + len(chunk)
            if before // BYTES_PER_SYNC != self._num_bytes // BYTES_PER_SYNC:
                os.fdatasync(self._file.fileno())
            self._checksum.update(chunk)

    def finish(self) -> Snapshot:
        with self._lock, fitting(""), failures():
            described = snapshot_file.describe(self._file)
            self._checksum.check(described)
            os.fsync(self._file.fileno())
            return self._folder.keep(self._path, described)

    def close(self) -> None:
        with self._lock:
            self._undo.close()


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Turn what the file system refuses into StoreUnavailableError; a missing file stays one."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailableError(open_files.reason(error)) from error


@contextlib.contextmanager
def fitting(name: str) -> Iterator[None]:
    """Say of which snapshot it is that something is wrong."""
    try:
        yield
    except UnfitError as error:
        raise InvalidSnapshotError(name, str(error)) from error


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
