"""The file of a snapshot: what is sealed is told whole; a file that is anything else is refused, with what is wrong."""

import hashlib
import io
import itertools
import os
import struct
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_testing import backend

from lensdex_index.engines.local import snapshot_file
from lensdex_index.engines.local.snapshot_file import Described, Facts, UnfitError
from lensdex_index.records import CollectionSpec, FieldSpec, FieldType, Metric, ViewSpec

DATABASE = b"SQLite format 3\0" + bytes(range(256)) * 40
SPEC = CollectionSpec(
    "things",
    [ViewSpec("default", 8, None, Metric.DOT, backend()), ViewSpec("image", 4, None, Metric.COSINE, backend(), 7, 2)],
    [FieldSpec("tags", FieldType.KEYWORD, is_list=True)],
    datetime(2026, 1, 2, tzinfo=UTC),
)
FACTS = Facts(SPEC, datetime(2026, 11, 27, 12, 30, 1, 5, tzinfo=UTC), 12, 3)


def returned(steps: Generator[float, None, Any]) -> tuple[list[float], Any]:
    """Return what was yielded, and what was returned."""
    parts = []
    while True:
        try:
            parts.append(next(steps))
        except StopIteration as end:
            return parts, end.value


def sealed(path: Path, database: bytes = DATABASE) -> Described:
    """Return the file made of a database."""
    path.write_bytes(database)
    return returned(snapshot_file.seal(path, FACTS))[1]


def extracted(path: Path) -> bytes:
    """Return the database in a file that passes every check."""
    target = path.with_suffix(".database")
    with path.open("rb") as file, target.open("wb") as out:
        described = snapshot_file.describe(file)
        parts, _ = returned(snapshot_file.extract(file, described, out))
    assert parts[-1] == 1.0
    return target.read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a whole file's bytes."""
    path = tmp_path_factory.mktemp("snapshot") / "whole"
    sealed(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give where to put a damaged one."""
    return tmp_path_factory.mktemp("snapshot") / "damaged"


def test_what_is_sealed_is_described(tmp_path: Path) -> None:
    """A file tells what it is made of, has the checksum of all before it, and gives the database back."""
    described = sealed(tmp_path / "one")
    with (tmp_path / "one").open("rb") as file:
        assert snapshot_file.describe(file) == described
    data = (tmp_path / "one").read_bytes()
    snapshot = described.snapshot

    assert (described.facts, snapshot.num_bytes) == (FACTS, len(data))
    assert snapshot.sha256 == hashlib.sha256(data[:-32]).hexdigest() == data[-32:].hex()
    assert snapshot.name == f"things.20261127T123001Z.{snapshot.sha256[:12]}"
    assert snapshot_file.is_name(snapshot.name)
    assert extracted(tmp_path / "one") == DATABASE


def refused(place: Path, data: bytes) -> str:
    """Return why a file is refused, which it must be."""
    place.write_bytes(data)
    with pytest.raises(UnfitError) as caught:
        extracted(place)
    return str(caught.value)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_any_flipped_bit_is_noticed(whole: bytes, place: Path, data: st.DataObject) -> None:
    """A file with one bit flipped anywhere is refused."""
    at = data.draw(st.integers(0, len(whole) - 1) | st.integers(len(whole) - 1000, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    assert refused(place, bytes(damaged))


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_any_cut_and_any_addition_is_noticed(whole: bytes, place: Path, data: st.DataObject) -> None:
    """A file cut short anywhere, lengthened, or with a piece left out, is refused."""
    at = data.draw(st.integers(0, len(whole) - 1) | st.integers(len(whole) - 700, len(whole) - 1))
    skipped = data.draw(st.integers(1, 64))
    assert refused(place, whole[:at])
    assert refused(place, whole[:at] + whole[at + skipped :])
    assert refused(place, whole + data.draw(st.binary(min_size=1, max_size=64)))


def test_foreign_files_are_told(place: Path, whole: bytes) -> None:
    """What is no snapshot, what is another one's end, and what is of another version is told as that."""
    ending = len(whole) - 32 - 32
    (length, facts, version, magic) = struct.unpack(">QII16s", whole[ending : ending + 32])
    assert (length, version, magic) == (len(DATABASE), 1, b"lensdex-snapshot")
    body = whole[:ending] + struct.pack(">QII16s", length, facts, 2, magic)

    assert "no Lensdex snapshot" in refused(place, b"PK\3\4" + bytes(5000))
    assert "cut short" in refused(place, b"")
    assert "cut short" in refused(place, DATABASE)
    assert "format is 2, and this version reads 1" in refused(place, body + hashlib.sha256(body).digest())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"name": "things"', b'"name": "../../a"'),
        (b'"name": "image"', b'"name": "../mg"'),
        (b'"number": 7', b'"number": "x"'),
        (b'"number": 7', b'"number": -7'),
        (b'"sequence": 12', b'"sequence": []'),
        (b'"sequence": 12', b'"sequence": -2'),
        (b'"dimension": 8', b'"dimension": null'),
        (b'"is_list": true', b'"is_list": 1'),
        (b'"views"', b'"view"'),
        (b'"collection": {', b'"collection": 3, "a": {'),
        (b"METRIC_DOT", b"METRIC_DUT"),
    ],
)
def test_senseless_facts_are_refused_though_the_checksum_fits(
    place: Path, whole: bytes, old: bytes, new: bytes
) -> None:
    """Whoever makes up a file, checksum and all, gets no path and no nonsense past the check."""
    ending = len(whole) - 32 - 32
    length, num_bytes, version, magic = struct.unpack(">QII16s", whole[ending : ending + 32])
    facts = whole[length : length + num_bytes]
    assert facts.count(old) >= 1
    facts = facts.replace(old, new, 1)
    body = whole[:length] + facts + struct.pack(">QII16s", length, len(facts), version, magic)
    assert "says of itself" in refused(place, body + hashlib.sha256(body).digest())


@given(st.text() | st.from_regex(r"[a-z][a-z0-9_./\\-]{0,70}\.\d{8}T\d{6}Z\.[0-9a-f]{12}\n?", fullmatch=True))
def test_names_are_no_paths(text: str) -> None:
    """What may be a name has no separator, no way up, no space and no end of line in it."""
    if snapshot_file.is_name(text):
        assert os.path.basename(text) == text  # noqa: PTH119  the text of a path is what this is about
        assert not {*text} & {*"/\\\0\n "}
        assert ".." not in text
        assert text[0] != "."


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_a_checksum_does_not_depend_on_the_parts(data: bytes, cuts: list[int]) -> None:
    """However a file is cut into parts, what is summed is all but its last 32 bytes."""
    checksum = snapshot_file.Checksum()
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for low, high in itertools.pairwise(places):
        checksum.update(data[low:high])
    assert checksum._checksum.digest() == hashlib.sha256(data[:-32]).digest()
    assert io.BytesIO(data).getvalue()[-32:] == checksum._held
