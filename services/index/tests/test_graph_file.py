"""A saved graph's file: whole or refused, whatever happened to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lensdex_index.engines.local import graph_file

FACTS = {"format": 1, "of": {"view": "default"}}
PARTS = {"links": (b"abc", b"defg"), "labels": (b"",), "more": (bytes(range(200)),)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a written file."""
    path = tmp_path / "default.graph"
    graph_file.write(path, PARTS, lambda: FACTS, sync_first=lambda: None)
    return path


def test_what_is_written_is_read(path: Path) -> None:
    """Facts and parts come back, and nothing lies beside the file."""
    facts, parts = graph_file.read(path)

    assert {name: bytes(part) for name, part in parts.items()} == {n: b"".join(c) for n, c in PARTS.items()}
    assert {name: facts[name] for name in FACTS} == FACTS
    assert list(path.parent.iterdir()) == [path]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_byte_is_noticed(path: Path, data: st.DataObject) -> None:
    """Whichever byte is another, the file is refused."""
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    other = path.with_name("other")
    other.write_bytes(changed)

    with pytest.raises(graph_file.UnreadableError):
        graph_file.read(other)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_length_that_differs_is_noticed(path: Path, data: st.DataObject) -> None:
    """A file cut short anywhere, or with something behind it, is refused."""
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    more = data.draw(st.binary(min_size=1, max_size=50))
    other = path.with_name("other")
    for wrong in (whole[:cut], whole + more):
        other.write_bytes(wrong)
        with pytest.raises(graph_file.UnreadableError):
            graph_file.read(other)


@pytest.mark.parametrize("failing", ["part", "facts", "sync"])
def test_a_write_that_fails_leaves_what_was_there(path: Path, failing: str) -> None:
    """Whatever fails while writing, the file that was there before is whole and alone."""
    before = path.read_bytes()

    def fail(*when: str) -> None:
        if failing in when:
            raise OSError("no room")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        fail("part")

    def facts() -> dict[str, object]:
        fail("facts")
        return {}

    with pytest.raises(OSError, match="no room"):
        graph_file.write(path, {"part": chunks()}, facts, sync_first=lambda: fail("sync"))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_removing_takes_what_a_cut_off_write_has_left(path: Path) -> None:
    """What a killed process was writing goes too."""
    path.with_name("default.graph.new").write_bytes(b"half")
    graph_file.sweep(path)
    assert list(path.parent.iterdir()) == [path]
    graph_file.remove(path)
    graph_file.remove(path)

    assert list(path.parent.iterdir()) == []
