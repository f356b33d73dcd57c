"""Sources: JSONL lines, folders of pictures, captions; what makes no item is reported by place and passed over."""

import json
from pathlib import Path
from typing import Any

import pytest

from lensdex_client import Content, Image
from lensdex_client.sources import BadLine, Sourced, count_lines, read_lines


def write(path: Path, *lines: Any) -> Path:
    """Write *lines*, JSON where they are no text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three pictures, a hidden one and a file that is none."""
    for name in ("b.png", "sub/a.JPG", "sub/c.webp", ".hidden.png", "notes.txt"):
        path = tmp_path / "pics" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PIC")
    return tmp_path / "pics"


def test_a_line_makes_an_item(folder: Path) -> None:
    """Id, title, texts, images and metadata of a line become an item; pictures are kept by their path."""
    line = {"id": "p1", "title": "T", "text": ["a", "b"], "image": "b.png", "metadata": {"unit": 3}}
    path = write(folder / "x.jsonl", line, "", {"id": "p2", "text": "c", "image": ["b.png", "sub/a.JPG"]})

    first, second = read_lines(path)

    assert isinstance(first, Sourced)
    assert isinstance(second, Sourced)
    assert (first.place, first.item.id) == (f"{path}:1", "p1")
    assert first.item.metadata == {"unit": 3, "title": "T"}
    assert first.item.content == Content(["a", "b"], Image.from_path(folder.resolve() / "b.png", uri="b.png"))
    assert second.place == f"{path}:3"
    assert [image.uri for image in second.item.content.images] == ["b.png", "sub/a.JPG"]


def test_a_media_root_elsewhere(tmp_path: Path, folder: Path) -> None:
    """Paths of a line are relative to the media root where one is named."""
    path = write(tmp_path / "elsewhere" / "x.jsonl", {"id": "a", "image": "b.png"})
    (good,) = read_lines(path, media_root=folder)
    (bad,) = read_lines(path)

    assert isinstance(good, Sourced)
    assert isinstance(bad, BadLine)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"text": "a"}', "id must be"),
        ('{"id": 3, "text": "a"}', "id must be"),
        ('{"id": "", "text": "a"}', "id must be"),
        ('{"id": "a"}', "neither text, image nor video"),
        ('{"id": "a", "text": ""}', "neither text, image nor video"),
        ('{"id": "a", "text": 3}', "text must be"),
        ('{"id": "a", "text": "b", "title": 3}', "title must be"),
        ('{"id": "a", "text": "b", "metadata": []}', "metadata must be"),
        ('{"id": "a", "text": "b", "metadata": {"n": NaN}}', "NaN is no JSON number"),
        ('{"id": "a", "text": "b", "unit": 3}', "unknown keys unit"),
        ('{"id": "a", "image": "nope.png"}', "no file nope.png"),
        ('{"id": "a", "image": "../../x.png"}', "outside the media root"),
    ],
)
def test_a_bad_line_says_where_and_what(tmp_path: Path, line: str, problem: str) -> None:
    """A line that makes no item is reported with file, line and reason, and the next one is read."""
    path = write(tmp_path / "x.jsonl", line, {"id": "good", "text": "a"})
    bad, good = read_lines(path)

    assert isinstance(bad, BadLine)
    assert str(bad).startswith(f"{path}:1: ")
    assert problem in bad.problem
    assert isinstance(good, Sourced)


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    """A line that is no UTF-8 is bad, the next one is not."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"id": "\xff\xfe"}\n{"id": "a", "text": "b"}\n')
    bad, good = read_lines(path)

    assert isinstance(bad, BadLine)
    assert isinstance(good, Sourced)


def test_a_folder_makes_an_item_per_picture(folder: Path) -> None:
    """Ids are paths below the folder, in order; hidden files and other kinds are left out."""
    lines = list(read_lines(folder))

    assert [line.item.id for line in lines if isinstance(line, Sourced)] == ["b.png", "sub/a.JPG", "sub/c.webp"]
    assert count_lines(folder) == 3


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("c.csv", ["filename,caption,title", 'sub/a.JPG,"one, two",A', "b.png,three,"]),
        ("c.csv", ['sub/a.JPG,"one, two",A', "b.png,three"]),
        ("c.tsv", ["file\ttext\ttitle", "a.JPG\tone, two\tA", "./b.png\tthree"]),
        (
            "c.jsonl",
            [{"filename": "sub/a.JPG", "caption": "one, two", "title": "A"}, {"image": "b.png", "text": "three"}],
        ),
    ],
)
def test_captions_of_every_format(folder: Path, name: str, rows: list[Any]) -> None:
    """CSV, TSV and JSONL captions, with a header or without, by path or bare name."""
    captions = write(folder / name, *rows)
    items = {line.item.id: line.item for line in read_lines(folder, captions=captions) if isinstance(line, Sourced)}

    assert items["sub/a.JPG"].content.texts == ("one, two",)
    assert items["sub/a.JPG"].metadata["title"] == "A"
    assert items["b.png"].content.texts == ("three",)
    assert items["b.png"].metadata["title"] == "b"
    assert items["sub/c.webp"].content.texts == ()


def test_several_captions_are_several_texts(folder: Path) -> None:
    """A picture that is named several times has all its captions, each once."""
    captions = write(folder / "c.csv", "b.png,one", "b.png,two", "b.png,one")
    items = {line.item.id: line.item for line in read_lines(folder, captions=captions) if isinstance(line, Sourced)}

    assert items["b.png"].content.texts == ("one", "two")


def test_bad_captions_are_reported(folder: Path) -> None:
    """A caption without a name, with too many columns or without its picture is a bad line; pictures go on."""
    captions = write(folder / "c.csv", "filename,caption", ",one", "b.png,two,three,four", "nope.png,five")
    lines = list(read_lines(folder, captions=captions))
    bad = [str(line) for line in lines if isinstance(line, BadLine)]

    assert len(lines) - len(bad) == 3
    assert ["no file name" in bad[0], "4 columns" in bad[1], "no such picture" in bad[2]] == [True] * 3


def test_captions_belong_to_a_folder(tmp_path: Path) -> None:
    """Captions for a JSONL file are refused, and so is a path that does not exist."""
    path = write(tmp_path / "x.jsonl", {"id": "a", "text": "b"})
    with pytest.raises(ValueError, match="folder of pictures"):
        read_lines(path, captions=path)
    with pytest.raises(FileNotFoundError):
        read_lines(tmp_path / "nope.jsonl")


@pytest.mark.parametrize(
    ("pictures", "rows", "captioned", "problem"),
    [
        (["0.png", "sub/0.png"], ["0.png,one"], {"0.png"}, ""),
        (["a/0.png"], ["0.png,one"], {"a/0.png"}, ""),
        (["a/0.png", "b/0.png"], ["0.png,one"], set(), "ambiguous: a caption of a/0.png, b/0.png"),
        (["a/0.png", "b/0.png"], ["a/0.png,one", "0.png,two"], {"a/0.png"}, "ambiguous"),
        (["a/0.png"], ["a/0.png,one", "0.png,two"], {"a/0.png"}, "ambiguous: a/0.png has a caption by its path"),
    ],
)
def test_a_bare_name_captions_its_only_picture(
    tmp_path: Path, pictures: list[str], rows: list[str], captioned: set[str], problem: str
) -> None:
    """A caption goes to the picture of that path, else to the only one of that bare name, else it is ambiguous."""
    for name in pictures:
        write(tmp_path / "pics" / name, "PIC")
    lines = list(read_lines(tmp_path / "pics", captions=write(tmp_path / "c.csv", *rows)))
    bad = [line.problem for line in lines if isinstance(line, BadLine)]

    assert {line.item.id for line in lines if isinstance(line, Sourced) and line.item.content.texts} == captioned
    assert len(bad) == bool(problem)
    assert problem in "".join(bad)
