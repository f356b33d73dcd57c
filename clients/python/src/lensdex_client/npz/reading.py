"""Reads an NPZ file by blocks of rows, in bounded memory, ours or anybody's. Knows ZIP and numpy; no index."""

import contextlib
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from lensdex_client.npz.array_header import ArrayHeader, read_header
from lensdex_client.npz.manifest import Manifest, unpack_manifest
from lensdex_client.npz.record_lines import unpack_line
from lensdex_client.record import Record
from lensdex_wire.vectors import Matrix

_BLOCK_BYTES: Final = 2 * 1024 * 1024
_MOST_ROWS: Final = 1_024
_MANIFEST_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some rows of a file."""

    start: int
    """The first one's number."""
    records: Sequence[Record]
    vectors: Matrix
    """float32, shape (rows, dimension)."""


class NpzReader:
    """An open file. Close it, or use it as a context manager. Raises ValueError for what is wrong with the file."""

    def __init__(self, path: Path, *, vectors_key: str = "vectors", ids_key: str = "ids") -> None:
        """Open *path* and check its shapes. Raises OSError and ValueError, which name what is wrong and the remedy."""
        self._path = path
        with contextlib.ExitStack() as undo, _told(path):
            self._zip = undo.enter_context(zipfile.ZipFile(path))
            self._sizes = {member.filename: member.file_size for member in self._zip.infolist()}
            self._vectors_name, self._vectors = self._array(vectors_key, "--vectors-key")
            self._ids_name, self._ids = self._array(ids_key, "--ids-key")
            self._check_shapes(vectors_key, ids_key)
            self.manifest = self._manifest()
            undo.pop_all()

    @property
    def num_rows(self) -> int:
        """Records in the file."""
        return self._vectors.shape[0]

    @property
    def dimension(self) -> int:
        """Values of each vector."""
        return self._vectors.shape[1]

    def check_ids(self) -> None:
        """Raise ValueError, naming it and both rows, when an id comes twice. Holds 8 bytes an id."""
        hashes = np.empty(self.num_rows, np.uint64)
        with _told(self._path):
            for row, record_id in enumerate(chain.from_iterable(self._all_ids())):
                hashes[row] = int.from_bytes(hashlib.blake2b(record_id.encode(), digest_size=8).digest(), "little")
            order = np.argsort(hashes, kind="stable")
            again = order[1:][hashes[order[1:]] == hashes[order[:-1]]]
            if not len(again):
                return
            suspects = set(hashes[again].tolist())
            first: dict[str, int] = {}
            for row, record_id in enumerate(chain.from_iterable(self._all_ids())):
                if hashes[row] in suspects and first.setdefault(record_id, row) != row:
                    raise ValueError(f"the id {record_id!r:.80} stands in rows {first[record_id]} and {row}, from 0")

    def blocks(self, from_row: int = 0) -> Iterator[Block]:
        """Yield all rows from *from_row* on, in order. Raises ValueError when the file is damaged."""
        rows = max(1, min(_MOST_ROWS, _BLOCK_BYTES // self._vectors.row_bytes))
        with contextlib.ExitStack() as stack, _told(self._path):
            vectors = stack.enter_context(self._values(self._vectors_name))
            ids = stack.enter_context(self._values(self._ids_name))
            has_lines = self.manifest is not None and "records.jsonl" in self._sizes
            lines = iter(stack.enter_context(self._zip.open("records.jsonl"))) if has_lines else None
            for start in range(0, self.num_rows, rows):
                count = min(rows, self.num_rows - start)
                names = _texts(_read(ids, self._ids, count), start)
                matrix = _read(vectors, self._vectors, count).reshape(count, self.dimension)
                told = repeat(None, count) if lines is None else (next(lines, b"") for _ in range(count))
                skipped = max(0, from_row - start)
                records = [
                    Record(name) if line is None else unpack_line(line, name, start + at)
                    for at, (name, line) in enumerate(zip(names, told, strict=True))
                    if line is None or at >= skipped
                ]
                if skipped < count:
                    kept = records[skipped:] if lines is None else records
                    yield Block(start + skipped, kept, _single(matrix[skipped:]))

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _array(self, key: str, option: str) -> tuple[str, ArrayHeader]:
        name = f"{key}.npy"
        if name not in self._sizes:
            found = ", ".join(other.removesuffix(".npy") for other in self._sizes if other.endswith(".npy")) or "none"
            raise ValueError(f"it has no array {key!r}; it has {found}: choose with {option}")
        with self._zip.open(name) as file:
            header = read_header(file, key)
            if self._sizes[name] != file.tell() + header.num_bytes:
                raise ValueError(f"{key} has {self._sizes[name]:,} bytes, other than its shape {header.shape} takes")
        return name, header

    def _check_shapes(self, vectors_key: str, ids_key: str) -> None:
        vectors, ids = self._vectors, self._ids
        if vectors.dtype.kind != "f" or vectors.dtype.itemsize > 8:
            raise ValueError(f"{vectors_key} is of type {vectors.dtype}; vectors are float16, float32 or float64")
        if len(vectors.shape) != 2 or vectors.shape[1] < 1:
            raise ValueError(f"{vectors_key} has the shape {vectors.shape}; vectors have (records, dimension)")
        if ids.dtype.kind not in "USiu":
            raise ValueError(f"{ids_key} is of type {ids.dtype}; ids are texts or whole numbers")
        if ids.shape != vectors.shape[:1]:
            raise ValueError(
                f"{ids_key} has the shape {ids.shape}, and {vectors_key} {vectors.shape}: there must be one id a row"
            )

    def _manifest(self) -> Manifest | None:
        size = self._sizes.get("lensdex.json")
        if size is None:
            return None
        if size > _MANIFEST_BYTES:
            raise ValueError(f"lensdex.json has {size:,} bytes, at most {_MANIFEST_BYTES:,}")
        return unpack_manifest(self._zip.read("lensdex.json"))

    def _values(self, name: str) -> IO[bytes]:
        file = self._zip.open(name)
        read_header(file, name)
        return file

    def _all_ids(self) -> Iterator[list[str]]:
        with self._values(self._ids_name) as file:
            for start in range(0, self.num_rows, _MOST_ROWS):
                yield _texts(_read(file, self._ids, min(_MOST_ROWS, self.num_rows - start)), start)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Name the file in whatever is wrong with it."""
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{path} is no NPZ file that can be read: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _read(file: IO[bytes], header: ArrayHeader, count: int) -> npt.NDArray[Any]:
    """Return the next *count* rows, flat."""
    wanted = count * header.row_bytes
    data = file.read(wanted)
    if len(data) != wanted:
        raise EOFError("it is cut short")
    return np.frombuffer(data, dtype=header.dtype)


def _texts(ids: npt.NDArray[Any], start: int) -> list[str]:
    if ids.dtype.kind != "S":
        return [str(item) for item in ids.tolist()]
    try:
        return [item.decode() for item in ids.tolist()]
    except UnicodeDecodeError as error:
        raise ValueError(f"an id from row {start} on is not UTF-8: {error.object!r:.80}") from error


def _single(matrix: npt.NDArray[Any]) -> Matrix:
    """Return *matrix* in float32. What is beyond it becomes infinite, and the index refuses it."""
    with np.errstate(over="ignore"):
        return matrix.astype(np.float32, copy=False)
