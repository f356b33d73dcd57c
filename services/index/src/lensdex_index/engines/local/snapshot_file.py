"""The file of a snapshot: a database, what it is, and a checksum over all of it. Knows bytes; no SQL and no folder.

    database     SQLite, a whole number of pages; the file can be looked into with sqlite3 as it is
    facts        JSON: specification, moment, sequence, counts
    ending       length of the database, length of the facts, format, magic: all fixed in size, big-endian
    checksum     SHA-256 over everything before it

What it is stands at the end, so that a database becomes a snapshot without being copied once more.
"""

import hashlib
import json
import os
import re
import struct
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from lensdex_index.engines.spec_codec import pack_spec, unpack_spec
from lensdex_index.records import CollectionSpec
from lensdex_index.snapshots import Snapshot

FORMAT: Final = 1
_MAGIC: Final = b"lensdex-snapshot"
_ENDING: Final = struct.Struct(">QII16s")
CHECKSUM_BYTES: Final = 32
BYTES_PER_SYNC: Final = 32 * 1024 * 1024
"""Written out as it goes, so that writers' commits never wait for all of it at once."""
_DATABASE: Final = b"SQLite format 3\0"
_BLOCK_BYTES: Final = 1024 * 1024
_MAX_FACTS_BYTES: Final = 16 * 1024 * 1024
_COLLECTION: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(rf"{_COLLECTION.pattern}\.\d{{8}}T\d{{6}}Z\.[0-9a-f]{{12}}")


class UnfitError(Exception):
    """The file is no snapshot, not a whole one, or one of another version. Its text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a snapshot is."""

    spec: CollectionSpec
    create_time: datetime
    sequence: int
    num_records: int


@dataclass(frozen=True, slots=True)
class Described:
    """A file, as its end describes it. Nothing in between has been looked at."""

    facts: Facts
    num_database_bytes: int
    num_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """The name it must have: made of what it is, so that the same file has the same name anywhere."""
        moment = self.facts.create_time.strftime(_MOMENT)
        return f"{self.facts.spec.name}.{moment}.{self.sha256[:12]}"

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot it is."""
        facts = self.facts
        return Snapshot(
            name=self.name,
            collection=facts.spec.name,
            create_time=facts.create_time,
            sequence=facts.sequence,
            num_records=facts.num_records,
            num_bytes=self.num_bytes,
            sha256=self.sha256,
        )


def is_name(text: str) -> bool:
    """Return whether a snapshot could have that name. No path could."""
    return _NAME.fullmatch(text) is not None


def named(name: str, num_bytes: int, problem: str) -> Snapshot:
    """Return a damaged snapshot: what its name tells."""
    collection, moment, _ = name.split(".")
    return Snapshot(name, collection, moment_of(moment), 0, 0, num_bytes, "", problem)


def moment_of(text: str) -> datetime:
    """Return the moment that stands in a name; the beginning of time where it makes no sense."""
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def seal(path: Path, facts: Facts) -> Generator[float, None, Described]:
    """Make the database at *path* a snapshot, durably; yield the part done, 0 to 1. Raises OSError."""
    with path.open("r+b") as file:
        num_database_bytes = os.fstat(file.fileno()).st_size
        packed = json.dumps(
            {
                "collection": pack_spec(facts.spec),
                "create_time": facts.create_time.isoformat(),
                "sequence": facts.sequence,
                "num_records": facts.num_records,
            }
        ).encode()
        checksum = hashlib.sha256()
        for block in _blocks(file, num_database_bytes):
            checksum.update(block)
            yield file.tell() / num_database_bytes
        ending = packed + _ENDING.pack(num_database_bytes, len(packed), FORMAT, _MAGIC)
        checksum.update(ending)
        write_at(file, num_database_bytes, ending + checksum.digest())
        os.fsync(file.fileno())
        num_bytes = os.fstat(file.fileno()).st_size
    return Described(facts, num_database_bytes, num_bytes, checksum.hexdigest())


def check_beginning(beginning: bytes) -> None:
    """Raise UnfitError where a snapshot does not begin as *beginning* does."""
    if beginning[: len(_DATABASE)] != _DATABASE[: len(beginning)]:
        raise UnfitError("it is no Lensdex snapshot")


def describe(file: BinaryIO) -> Described:
    """Read the end of *file*. Raises UnfitError, OSError."""
    num_bytes = os.fstat(file.fileno()).st_size
    check_beginning(os.pread(file.fileno(), len(_DATABASE), 0))
    size = _ENDING.size + CHECKSUM_BYTES
    if num_bytes < size:
        raise UnfitError(f"it is cut short, or no Lensdex snapshot: {num_bytes} bytes")
    end = os.pread(file.fileno(), size, num_bytes - size)
    num_database_bytes, num_facts_bytes, version, magic = _ENDING.unpack(end[: _ENDING.size])
    if magic != _MAGIC:
        raise UnfitError("it is cut short, or no Lensdex snapshot: it does not end as one does")
    if version != FORMAT:
        raise UnfitError(f"its format is {version}, and this version reads {FORMAT}: restore it with the other version")
    if num_facts_bytes > _MAX_FACTS_BYTES or num_database_bytes + num_facts_bytes + size != num_bytes:
        raise UnfitError("it has another length than it says: cut short or changed")
    packed = os.pread(file.fileno(), num_facts_bytes, num_database_bytes)
    return Described(_unpacked(packed), num_database_bytes, num_bytes, end[_ENDING.size :].hex())


class Checksum:
    """The checksum over a file that comes in parts: of all but its last bytes, which hold it."""

    def __init__(self) -> None:
        self._checksum = hashlib.sha256()
        self._held = b""

    def update(self, part: bytes) -> None:
        """Take the next part."""
        together = self._held + part
        self._checksum.update(memoryview(together)[:-CHECKSUM_BYTES])
        self._held = together[-CHECKSUM_BYTES:]

    def check(self, described: Described) -> None:
        """Raise UnfitError where the file is not what was written."""
        if self._checksum.hexdigest() != described.sha256:
            raise UnfitError("its contents fail their checksum: changed or damaged after it was made")


def extract(file: BinaryIO, described: Described, target: BinaryIO) -> Generator[float]:
    """Write the database in *file* to *target*, durably, yielding the part done; compare all of it with its checksum.

    Raises UnfitError at the end where it is not what was written, OSError.
    """
    checksum = Checksum()
    at = 0
    file.seek(0)
    for block in _blocks(file, described.num_bytes):
        checksum.update(block)
        if at < described.num_database_bytes:
            write_at(target, at, block[: described.num_database_bytes - at])
            if at // BYTES_PER_SYNC != (at + len(block)) // BYTES_PER_SYNC:
                os.fdatasync(target.fileno())
        at += len(block)
        yield at / described.num_bytes
    os.fsync(target.fileno())
    checksum.check(described)


def write_at(file: BinaryIO, at: int, data: bytes) -> None:
    """Write all of *data*. Raises OSError, for a full disk too."""
    view = memoryview(data)
    while view:
        count = os.pwrite(file.fileno(), view, at)
        at, view = at + count, view[count:]


def _blocks(file: BinaryIO, num_bytes: int) -> Generator[bytes]:
    while num_bytes and (block := file.read(min(_BLOCK_BYTES, num_bytes))):
        num_bytes -= len(block)
        yield block


def _unpacked(packed: bytes) -> Facts:
    """Return the facts. Whoever wrote them may mean harm: they are trusted as far as they make sense."""
    try:
        found: dict[str, Any] = json.loads(packed)
        facts = Facts(
            spec=unpack_spec(found["collection"]),
            create_time=datetime.fromisoformat(found["create_time"]).astimezone(UTC),
            sequence=int(found["sequence"]),
            num_records=int(found["num_records"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise UnfitError("what it says of itself cannot be read: changed, or made by another program") from error
    if not _make_sense(facts):
        raise UnfitError("what it says of itself makes no sense: changed, or made by another program")
    return facts


def _make_sense(facts: Facts) -> bool:
    views = facts.spec.views
    # Names and numbers of views become names of files. JSON may hold anything where they should be.
    names: list[Any] = [facts.spec.name, *(view.name for view in views)]
    texts = [*(view.backend.name for view in views), *(field.name for field in facts.spec.fields)]
    numbers: list[object] = [facts.sequence, facts.num_records]
    numbers += (number for view in views for number in (view.dimension, view.number, view.build))
    return (
        all(isinstance(name, str) and _COLLECTION.fullmatch(name) for name in names)
        and all(type(number) is int and 0 <= number < 1 << 62 for number in numbers)
        and {type(text) for text in texts} <= {str}
        and {type(field.is_list) for field in facts.spec.fields} <= {bool}
    )
