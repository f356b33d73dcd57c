"""NPZ files: what numpy reads of ours, what is read of anybody's, what is refused, and that none is held whole."""

import errno
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_client import (
    Collection,
    Content,
    FieldType,
    Image,
    IndexClient,
    IndexedField,
    Metric,
    Record,
    UpsertOutcome,
    View,
)
from lensdex_client.npz import NpzReader, export_npz, import_npz, prepare_import
from lensdex_client.npz.manifest import Manifest
from lensdex_client.npz.writing import NpzWriter, check_disk
from lensdex_wire.space import Normalization, Pooling, Space

DIMENSION = 8
SPACE = Space("sha256:" + "a" * 64, "scripted/1", Pooling.LAST_TOKEN, DIMENSION, Normalization.L2)
FIELDS = (IndexedField("grade", FieldType.INT64),)
COLLECTION = Collection("c", [View("default", space=SPACE, metric=Metric.DOT)], FIELDS)


def rows(count: int, seed: int = 0) -> Any:
    """Return vectors."""
    return np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)


def records(count: int) -> list[Record]:
    """Return records with metadata, texts and a picture."""
    picture = Content("가나다", images=[Image.from_bytes(b"PIC", uri="p.png")])
    return [Record(f"r{number:04}", {"grade": number, "t": [1.5, None, "é"]}, picture) for number in range(count)]


def write(path: Path, count: int, *, dtype: str = "<f4", at_once: int = 7) -> None:
    """Write a file of ours."""
    what, vectors = records(count), rows(count)
    with NpzWriter(path, Manifest(COLLECTION), np.dtype(dtype)) as writer:
        for at in range(0, count, at_once):
            writer.add(what[at : at + at_once], vectors[at : at + at_once])


@pytest.fixture
def client(index: Any) -> Iterator[IndexClient]:
    """Give a client of the scripted index."""
    with IndexClient(index.address) as opened:
        yield opened


def imported(client: IndexClient, path: Path, **options: Any) -> list[UpsertOutcome]:
    """Import a file; return the outcomes."""
    keys = {name: options.pop(name) for name in ("vectors_key", "ids_key") if name in options}
    from_row = options.pop("from_row", 0)
    with NpzReader(path, **keys) as reader:
        space = prepare_import(client, reader, "c", **options)
        return list(import_npz(client, reader, "c", space=space, from_row=from_row))


@pytest.mark.parametrize("count", [0, 1, 100])
@pytest.mark.parametrize("dtype", ["<f4", "<f2"])
def test_numpy_reads_it_without_pickle(tmp_path: Path, count: int, dtype: str) -> None:
    """numpy.load gives vectors and ids of the right shapes, and the ZIP's checksums hold."""
    path = tmp_path / "c.npz"
    write(path, count, dtype=dtype)

    with np.load(path) as loaded:
        np.testing.assert_array_equal(loaded["vectors"], rows(count).astype(dtype))
        assert loaded["ids"].tolist() == [record.id for record in records(count)]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert sorted(item.name for item in tmp_path.iterdir()) == ["c.npz"]


@given(ids=st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20), unique=True))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    """Ids, vectors and records come back as they were, whatever the ids are."""
    path = tmp_path_factory.mktemp("npz") / "c.npz"
    vectors = rows(len(ids))
    with NpzWriter(path, Manifest(COLLECTION), np.dtype("<f4")) as writer:
        writer.add([Record(record_id, {"x": record_id}) for record_id in ids], vectors)
    with NpzReader(path) as reader:
        reader.check_ids()
        blocks = list(reader.blocks())

    assert [record for block in blocks for record in block.records] == [Record(name, {"x": name}) for name in ids]
    np.testing.assert_array_equal(np.concatenate([rows(0), *(block.vectors for block in blocks)]), vectors)


def test_a_round_trip(client: IndexClient, index: Any, tmp_path: Path) -> None:
    """What is exported and imported elsewhere is the same: records, vectors, space, metric and fields."""
    path = tmp_path / "c.npz"
    client.create_collection(COLLECTION)
    what, vectors = records(100), rows(100)
    list(client.upsert_stream("c", [(record, {"default": row}) for record, row in zip(what, vectors, strict=True)]))
    kept = dict(index.records)
    seen: list[int] = []
    written = export_npz(client, "c", path, on_progress=seen.append)
    index.records.clear()
    index.vectors.clear()
    client.delete_collection("c")
    outcomes = imported(client, path)

    assert (written.num_records, written.num_without_view, written.num_bytes) == (100, 0, path.stat().st_size)
    assert seen[-1] == 100
    assert [outcome.position for outcome in outcomes] == list(range(100))
    assert index.records == kept
    np.testing.assert_array_equal(np.stack([index.vectors["default"][record.id] for record in what]), vectors)
    made = client.get_collection("c").collection
    assert (made.views[0].space, made.views[0].metric, tuple(made.indexed_fields)) == (SPACE, Metric.DOT, FIELDS)


def test_records_without_the_view_are_counted(client: IndexClient, index: Any, tmp_path: Path) -> None:
    """A view that some records lack is exported for the others."""
    client.create_collection(Collection("c", [*COLLECTION.views, View("image", dimension=DIMENSION)]))
    views: list[dict[str, Any]] = [{"default": rows(1)[0]}, {"default": rows(1)[0], "image": rows(2)[1]}]
    list(client.upsert_stream("c", zip(records(2), views, strict=True)))
    written = export_npz(client, "c", tmp_path / "c.npz", view="image")

    assert (written.num_records, written.num_without_view) == (1, 1)
    with np.load(tmp_path / "c.npz") as loaded:
        assert loaded["ids"].tolist() == ["r0001"]
        np.testing.assert_array_equal(loaded["vectors"], rows(2)[1:])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("ids", [np.array(["a", "b", "c"]), np.array([b"a", b"b", b"c"]), np.array([7, 8, 9])], ids=str)
@pytest.mark.parametrize("dtype", ["<f8", "<f4", ">f4", "<f2"])
def test_files_of_others(  # noqa: PLR0917  fixtures and a case
    client: IndexClient, index: Any, tmp_path: Path, save: Any, ids: Any, dtype: str
) -> None:
    """Any file with a matrix of floats and an array of ids is taken, compressed or not, under whatever names."""
    path = tmp_path / "other.npz"
    save(path, emb=rows(3).astype(dtype), names=ids)
    imported(client, path, vectors_key="emb", ids_key="names")

    names = ["7", "8", "9"] if ids.dtype.kind == "i" else ["a", "b", "c"]
    assert sorted(index.records) == names
    found = np.stack([index.vectors["default"][name] for name in names])
    np.testing.assert_array_equal(found, rows(3).astype(dtype).astype(np.float32))
    assert client.get_collection("c").collection.views[0].dimension == DIMENSION


def test_a_bad_row_fails_alone(client: IndexClient, tmp_path: Path, index: Any) -> None:
    """A row that the index refuses is told by its number; the others are stored."""
    np.savez(tmp_path / "c.npz", vectors=rows(3), ids=np.array(["a", "refused", "c"]))
    outcomes = imported(client, tmp_path / "c.npz")

    assert [outcome.position for outcome in outcomes if outcome.error] == [1]
    assert sorted(index.records) == ["a", "c"]


def test_going_on_from_a_row(client: IndexClient, tmp_path: Path, index: Any) -> None:
    """An import goes on in the middle of a block, with the right record to each vector."""
    write(tmp_path / "c.npz", 100)
    outcomes = imported(client, tmp_path / "c.npz", from_row=63)

    assert [outcome.position for outcome in outcomes] == list(range(63, 100))
    assert sorted(index.records) == [record.id for record in records(100)[63:]]
    assert index.records["r0063"].metadata["grade"] == 63
    np.testing.assert_array_equal(index.vectors["default"]["r0063"], rows(100)[63])


def damaged(path: Path, name: str, data: bytes) -> None:
    """Replace a member of a file of ours."""
    with zipfile.ZipFile(path) as archive:
        members = {item: archive.read(item) for item in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for item, content in {**members, name: data}.items():
            archive.writestr(item, content)


def array(values: Any, **options: Any) -> bytes:
    """Return an array as the bytes of a ``.npy`` file."""
    out = io.BytesIO()
    np.save(out, values, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("ids.npy", array(np.array(["a", "b"])), "one id a row"),
        ("ids.npy", array(np.array([["a"], ["b"], ["c"]])), "one id a row"),
        ("ids.npy", array(np.array(["a", "b", object()], object), allow_pickle=True), "pickled"),
        ("ids.npy", array(np.array(["a", "b", "a"])), r"'a' stands in rows 0 and 2"),
        ("ids.npy", array(np.array([1.5, 2, 3])), "texts or whole numbers"),
        ("ids.npy", array(np.array([b"a", b"\xff", b"c"])), "UTF-8"),
        ("vectors.npy", array(np.array([None], object), allow_pickle=True), "pickled"),
        ("vectors.npy", array(np.arange(3)), "of type int64"),
        ("vectors.npy", array(np.zeros(3, np.float32)), r"\(records, dimension\)"),
        ("vectors.npy", array(np.float32(1)), "single value"),
        ("vectors.npy", array(np.asfortranarray(rows(3))), "Fortran"),
        ("vectors.npy", array(rows(3))[:-4], "other than its shape"),
        ("vectors.npy", b"no array", "no array that can be read"),
        ("vectors.npy", b"", "no array that can be read"),
        ("records.jsonl", b"", "line 1"),
        ("records.jsonl", b'{"id": "else"}\n' * 3, "is of 'else'"),
        ("records.jsonl", b"[1]\n" * 3, "line 1"),
        ("lensdex.json", b'{"format": 2, "collection": {}}', "format 2"),
        ("lensdex.json", b"{}", "cannot be read"),
    ],
)
def test_bad_files(  # noqa: PLR0917  fixtures and a case
    client: IndexClient, index: Any, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    """What is wrong with a file is said, with its name, and nothing is written."""
    write(tmp_path / "bad.npz", 3)
    damaged(tmp_path / "bad.npz", name, data)
    with pytest.raises(ValueError, match=message) as caught:
        imported(client, tmp_path / "bad.npz")

    assert "bad.npz" in str(caught.value)
    assert not index.records


def test_a_missing_array_names_those_there_are(tmp_path: Path) -> None:
    """A name that is not in the file is told beside those that are."""
    np.savez(tmp_path / "c.npz", emb=rows(3), names=np.array(["a"]))
    with pytest.raises(ValueError, match=r"no array 'vectors'; it has emb, names: choose with --vectors-key"):
        NpzReader(tmp_path / "c.npz")


def test_what_is_no_zip(tmp_path: Path) -> None:
    """A file that is no NPZ file, or was cut short, is told as such."""
    (tmp_path / "text.npz").write_text("no")
    with pytest.raises(ValueError, match="no NPZ file"):
        NpzReader(tmp_path / "text.npz")
    write(tmp_path / "cut.npz", 100)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:-500])
    with pytest.raises(ValueError, match="no NPZ file"):
        NpzReader(tmp_path / "cut.npz")
    with pytest.raises(FileNotFoundError):
        NpzReader(tmp_path / "absent.npz")


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """A damaged vector is not taken for one: the ZIP's checksum is checked."""
    write(tmp_path / "c.npz", 100)
    data = bytearray((tmp_path / "c.npz").read_bytes())
    data[1_000] ^= 1
    (tmp_path / "c.npz").write_bytes(data)
    with pytest.raises(ValueError, match="CRC"), NpzReader(tmp_path / "c.npz") as reader:
        list(reader.blocks())


def test_ids_whose_hashes_meet_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an id that comes twice is refused, also when all hashes are the same."""

    class Same:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def digest(self) -> bytes:
            return b"8 bytes."

    monkeypatch.setattr("lensdex_client.npz.reading.hashlib.blake2b", Same)
    write(tmp_path / "c.npz", 10)
    with NpzReader(tmp_path / "c.npz") as reader:
        reader.check_ids()


@pytest.mark.parametrize(
    ("view", "space", "message"),
    [
        (View("default", space=SPACE), None, "--space-from-embedder"),
        (View("default", dimension=9), None, "takes vectors of 9 values, the file's 8"),
        (View("default", space=SPACE), Space("sha256:x", "t", Pooling.MEAN, 9, Normalization.L2), "of 9 values"),
    ],
)
def test_a_space_that_does_not_fit(  # noqa: PLR0917  fixtures and a case
    client: IndexClient, index: Any, tmp_path: Path, view: View, space: Any, message: str
) -> None:
    """Vectors whose space is unknown, or another, are not imported into a bound view."""
    np.savez(tmp_path / "c.npz", vectors=rows(3), ids=np.array(["a", "b", "c"]))
    client.create_collection(Collection("c", [view]))
    with pytest.raises(ValueError, match=message):
        imported(client, tmp_path / "c.npz", space=space)

    assert not index.records


def test_a_space_that_contradicts_the_file(client: IndexClient, tmp_path: Path) -> None:
    """A space stated other than the file's own is refused, with what differs."""
    write(tmp_path / "c.npz", 3)
    other = Space(SPACE.weights_digest, SPACE.template_version, Pooling.MEAN, DIMENSION, Normalization.L2)
    with pytest.raises(ValueError, match=r"differ in pooling \(POOLING_LAST_TOKEN; POOLING_MEAN\)"):
        imported(client, tmp_path / "c.npz", space=other)


def test_a_collection_with_further_views(client: IndexClient, tmp_path: Path) -> None:
    """Records are not imported where they would take views from those that are there."""
    write(tmp_path / "c.npz", 3)
    client.create_collection(Collection("c", [*COLLECTION.views, View("image", dimension=2)]))
    with pytest.raises(ValueError, match="the views image"):
        imported(client, tmp_path / "c.npz")


def test_values_beyond_float16(tmp_path: Path) -> None:
    """A value that float16 cannot hold ends the export, names the record and leaves no file."""
    vectors = rows(2)
    vectors[1, 3] = 70_000
    with (
        pytest.raises(ValueError, match="'r0001' has values beyond float16"),
        NpzWriter(tmp_path / "c.npz", Manifest(COLLECTION), np.dtype("<f2")) as writer,
    ):
        writer.add(records(2), vectors)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    """Too little room is told before anything is written; a disk that fills up leaves no file behind."""
    with pytest.raises(OSError, match="bytes free, and the vectors take"):
        check_disk(tmp_path, 1 << 60)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    program = (
        "import resource, signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); import test_npz\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n    test_npz.write(Path(sys.argv[1]) / 'c.npz', 2_000)\n"
        "except OSError as error:\n    print(error.errno)"
    )
    argv = [sys.executable, "-c", program, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str(errno.EFBIG)
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == (soft, hard)


MEMORY = """
import resource, sys
from pathlib import Path
import numpy as np
from lensdex_client import Collection, Record, View
from lensdex_client.npz.manifest import Manifest
from lensdex_client.npz.reading import NpzReader
from lensdex_client.npz.writing import NpzWriter

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

path, before = Path(sys.argv[1]), peak()
collection = Collection("c", [View("default", dimension=2048)])
with NpzWriter(path, Manifest(collection), np.dtype("<f4")) as writer:
    for at in range(0, 30_000, 500):
        writer.add([Record(f"r{at + n:06}", {"n": n}) for n in range(500)], np.full((500, 2048), at, np.float32))
written = peak()
with NpzReader(path) as reader:
    reader.check_ids()
    assert sum(len(block.records) for block in reader.blocks()) == 30_000
print(before, written, peak())
"""


def test_memory_is_bounded(tmp_path: Path) -> None:
    """Writing and reading 246 MB of vectors takes less than 40 MiB more than the libraries themselves."""
    path = tmp_path / "c.npz"
    done = subprocess.run([sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True)
    before, written, read = map(int, done.stdout.split())

    assert path.stat().st_size > 30_000 * 2_048 * 4
    assert written - before < 40 * 1024, done.stdout
    assert read - before < 40 * 1024, done.stdout


def test_every_line_is_json(tmp_path: Path) -> None:
    """What is kept of the records can be read by anybody: a JSON document a line."""
    write(tmp_path / "c.npz", 2)
    with np.load(tmp_path / "c.npz") as loaded:
        lines = loaded["records.jsonl"].decode().splitlines()

    assert json.loads(lines[1]) == {
        "id": "r0001",
        "metadata": {"grade": 1, "t": [1.5, None, "é"]},
        "content": {"texts": ["가나다"], "images": [{"uri": "p.png"}]},
    }
