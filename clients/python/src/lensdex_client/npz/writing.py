"""Writes an NPZ file of ours row by row, in bounded memory, whole or not at all. Knows ZIP and numpy; no index.

How many rows there are is known at the end, and stands at the beginning: the header of the vectors is written again
then, and the ZIP's checksum of them taken from the file. What belongs behind the vectors waits in temporary files.
"""

import contextlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np

from lensdex_client.npz.array_header import ArrayHeader, pack_header
from lensdex_client.npz.manifest import Manifest
from lensdex_client.npz.record_lines import pack_line
from lensdex_client.record import Record
from lensdex_wire.vectors import Matrix

_CHUNK_BYTES: Final = 1024 * 1024
_IDS_AT_ONCE: Final = 4_096
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that equal collections make equal files."""
_SLACK_BYTES: Final = 16 * 1024 * 1024


def check_disk(folder: Path, num_bytes: int) -> None:
    """Raise OSError when *folder* has no room for *num_bytes* of vectors and a little more."""
    free, needed = shutil.disk_usage(folder).free, num_bytes + _SLACK_BYTES
    if free < needed:
        raise OSError(f"{folder} has {free:,} bytes free, and the vectors take {needed:,}: write elsewhere, or float16")


class NpzWriter:
    """A file that is being written. Used as a context manager: it gets its name at the end, if all went well."""

    def __init__(self, path: Path, manifest: Manifest, dtype: "np.dtype[Any]") -> None:
        self._path, self._manifest, self._dtype = path, manifest, dtype
        self._num_rows = self._longest_id = 0
        self._undo = contextlib.ExitStack()
        try:
            self._open()
        except BaseException:
            self._undo.close()
            raise

    def add(self, records: Sequence[Record], vectors: Matrix) -> None:
        """Add *records*, whose vectors are *vectors*, shape (records, dimension).

        Raises ValueError, naming the record, for a value beyond float16 where that is asked for.
        """
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(vectors, dtype=self._dtype)
        finite = np.isfinite(stored).all(axis=1)
        if not finite.all():
            record_id = records[int(np.argmin(finite))].id
            raise ValueError(f"the vector of {record_id!r:.80} has values beyond float16 (±65,504): export float32")
        self._vectors.write(stored.data)
        for record in records:
            self._ids.write(record.id.encode() + b"\n")
            self._lines.write(pack_line(record))
            self._longest_id = max(self._longest_id, len(record.id))
        self._num_rows += len(records)

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Finish the file and give it its name; or, after an error, leave nothing behind."""
        with self._undo:
            if kind is None:
                self._finish()

    def _open(self) -> None:
        folder = self._path.parent
        self._partial = folder / f".{self._path.name}.{os.getpid()}.partial"
        self._undo.callback(self._partial.unlink, missing_ok=True)
        self._file: IO[bytes] = self._undo.enter_context(self._partial.open("w+b"))
        self._ids: IO[bytes] = self._undo.enter_context(_temporary(folder))
        self._lines: IO[bytes] = self._undo.enter_context(_temporary(folder))
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        self._undo.callback(self._zip.close)
        self._info = zipfile.ZipInfo("vectors.npy", _WHEN)
        self._vectors = self._zip.open(self._info, "w", force_zip64=True)
        self._undo.callback(self._vectors.close)
        self._start = self._file.tell()
        self._vectors.write(self._header())

    def _header(self) -> bytes:
        return pack_header(ArrayHeader((self._num_rows, self._manifest.view.num_values), self._dtype))

    def _finish(self) -> None:
        self._vectors.close()
        self._file.seek(self._start)
        self._file.write(self._header())
        self._info.CRC = self._checksum()
        self._file.seek(self._info.header_offset)
        self._file.write(self._info.FileHeader(zip64=True))
        with self._member("ids.npy") as member:
            dtype = np.dtype(f"<U{max(1, self._longest_id)}")
            member.write(pack_header(ArrayHeader((self._num_rows,), dtype)))
            for ids in self._stored_ids():
                member.write(np.array(ids, dtype=dtype).tobytes())
        with self._member("records.jsonl") as member:
            self._lines.seek(0)
            shutil.copyfileobj(self._lines, member, _CHUNK_BYTES)
        with self._member("lensdex.json") as member:
            member.write(self._manifest.pack())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._partial.replace(self._path)

    def _member(self, name: str) -> IO[bytes]:
        return self._zip.open(zipfile.ZipInfo(name, _WHEN), "w", force_zip64=True)

    def _checksum(self) -> int:
        self._file.seek(self._start)
        left, checksum = self._info.file_size, 0
        while left:
            chunk = self._file.read(min(left, _CHUNK_BYTES))
            if not chunk:
                raise OSError(f"{self._path}: what was written cannot be read back")
            checksum = zlib.crc32(chunk, checksum)
            left -= len(chunk)
        return checksum

    def _stored_ids(self) -> Iterator[list[str]]:
        self._ids.seek(0)
        ids: list[str] = []
        for line in self._ids:
            ids.append(line[:-1].decode())
            if len(ids) == _IDS_AT_ONCE:
                yield ids
                ids = []
        if ids:
            yield ids


def _temporary(folder: Path) -> IO[bytes]:
    """Return a file without a name, beside the one that is written: there is room for it, or for neither."""
    return tempfile.TemporaryFile(dir=folder)
