"""What of the milvus engine needs no Milvus: names, expressions, rows, settings, and a Milvus that is not there."""

import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from filter_oracle import FIELDS
from hypothesis import given
from hypothesis import strategies as st
from index_testing import running, vectors

from lensdex_index import checks, settings
from lensdex_index.engines import open_engine
from lensdex_index.engines.milvus import codec, schema
from lensdex_index.engines.milvus.expressions import EVERYTHING, NOTHING, expression, quoted
from lensdex_index.engines.milvus.naming import Names, Place
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import InvalidBackendError, InvalidFieldError, StartError
from lensdex_index.filters import AllOf, AnyOf, Equals, Exists, Instant, Not, OneOf, Prefix, Range
from lensdex_index.records import CollectionSpec, FieldSpec, FieldType

_NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,62}", fullmatch=True)
_PREFIXES = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)


@given(_PREFIXES, _PREFIXES, _NAMES, _NAMES)
def test_names_are_told_apart(prefix: str, other: str, name: str, view: str) -> None:
    """From a Milvus name follow the collection and the view, and whether it is under this prefix at all."""
    names = Names(prefix)
    anchor = names.anchor(name, "0123456789abcdef")
    assert names.name(anchor) == name
    assert names.place(anchor) == Place(anchor, None)
    assert names.place(names.view(anchor, view)) == Place(anchor, view)
    assert names.place(names.alias(name)) is None
    assert names.place(names.epoch) is None
    assert len(names.view(anchor, view)) <= 255
    if other != prefix:
        assert Names(other).place(anchor) is None


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (AllOf(()), EVERYTHING),
        (AnyOf(()), NOTHING),
        (Not(Not(Equals("int64", 3))), "array_contains(f1, 3)"),
        (Equals("int64", 3.5), NOTHING),
        (OneOf("double", (2**53 + 1, 2**53)), "array_contains(f2, 9007199254740992.0)"),
        (OneOf("keyword", ("a", "b", "a")), 'array_contains_any(f0, ["a", "b"])'),
        (Range("int64", gt=2.5, lt=4), "(f1[0] >= 3) and (f1[0] <= 3)"),
        (Range("int64", gt=4, lt=2), NOTHING),
        (Range("double", gt=1.5, lte=2**53 + 1), "(f2[0] >= 1.5000000000000002) and (f2[0] <= 9007199254740992.0)"),
        (Range("timestamp", gte=Instant(5)), "(f4[0] >= 5) and (f4[0] <= 9223372036854775807)"),
        (Prefix("keyword", "a\ud7ff"), '(f0[0] >= "a\ud7ff") and (f0[0] < "a\ue000")'),
        (Prefix("keyword", "a\U0010ffff"), '(f0[0] >= "a\U0010ffff") and (f0[0] < "b")'),
        (Prefix("keyword", ""), 'f0[0] >= ""'),
        (Exists("bool"), "array_contains_any(f3, [true, false])"),
        (AllOf((Exists("keyword"), AllOf((Exists("int64"),)))), '(f0[0] >= "") and (f1[0] >= -9223372036854775807)'),
    ],
)
def test_filters_as_expressions(tree: object, expected: str) -> None:
    """Bounds that a column cannot hold are moved to the next value within, and what nothing can match says so."""
    assert expression(tree, FIELDS) == expected


def test_expressions_nest_little() -> None:
    """Many parts and the places of a list make a shallow tree: Milvus reads none that nests a hundred deep."""
    wide = AnyOf(tuple(Range("int64s", gt=at) for at in range(1_000)))
    text = expression(wide, FIELDS)
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    assert deepest < 25
    assert text.count("f6[63]") == 2_000


def test_texts_are_quoted() -> None:
    """No text can end its literal."""
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
    assert quoted("\n\x00가") == '"\\x0a\\x00가"'


@given(st.binary(max_size=300_000) | st.none(), st.text(max_size=40_000))
def test_parts_of_a_record_come_back(content: bytes | None, text: str) -> None:
    """Metadata and content of any size are cut into texts that Milvus takes, and put together again."""
    row = codec.anchor_columns({"text": text}, content, frozenset({"image"}))
    assert all(len(part.encode()) <= schema.MAX_TEXT_BYTES for part in [*row[schema.METADATA], *row[schema.CONTENT]])
    assert codec.metadata_in(row) == {"text": text}
    assert codec.content_in(row) == content


def test_what_a_column_cannot_hold_is_refused_by_its_record() -> None:
    """Lists and keywords over the engine's bounds are told by their path; the local engine has no such bounds."""
    fields = [FieldSpec("tags", FieldType.KEYWORD, is_list=True, max_values=64, max_value_bytes=10)]
    spec = CollectionSpec("things", [], fields, datetime.now(UTC))
    own = {"tags": [str(at) for at in range(65)]}, {"tags": ["가나다라"]}, {"tags": ["short"] * 64}
    found = [[error for _, error in checks.metadata.metadata_violations(spec, "r", one, "m")] for one in own]
    assert [[type(error) for error in errors] for errors in found] == [[InvalidFieldError], [InvalidFieldError], []]
    assert "at most 64" in str(found[0][0])


def test_settings_of_milvus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is shown nowhere; what Milvus cannot take is refused at the start, with its bound."""
    monkeypatch.setenv("LENSDEX_INDEX_MILVUS_TOKEN", "root:hush")
    loaded = settings.load(["--engine", "milvus", "--milvus-prefix", "mine"], "test")
    options = loaded.engine_options(None)
    assert options.milvus.token == "root:hush"
    assert "hush" not in repr(loaded) + str(loaded) + repr(options)
    with pytest.raises(StartError, match="at most 16000"):
        settings.load(["--engine", "milvus", "--max-k", "20000"], "test")
    with pytest.raises(StartError, match="MILVUS_PREFIX"):
        settings.load(["--milvus-prefix", "Mine"], "test")


def test_backends_of_milvus() -> None:
    """The engine knows its own backends, the one asked for first, and names them to who asks for another."""
    engine = open_engine("milvus", EngineOptions(Path(), default_backend="exact"))
    assert engine.backends == ("exact", "hnsw")
    assert engine.resolve_backend("hnsw", {"m": 8}, "p").parameters == {"m": 8, "ef_construction": 200, "ef": 80}
    with pytest.raises(InvalidBackendError, match="known are exact,hnsw"):
        engine.resolve_backend("faiss", {}, "p")
    with pytest.raises(StartError, match="known are hnsw, exact"):
        open_engine("milvus", EngineOptions(Path(), default_backend="faiss"))
    engine.close()
    assert np.array_equal(codec.vector_in({schema.VECTOR: vectors(1)[0].tolist()}), vectors(1)[0])


async def test_a_milvus_that_is_not_there_ends_the_start(tmp_path: Path) -> None:
    """Where nothing answers, the service does not serve: it ends with what to do, within the time it was given."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        begin = time.monotonic()
        with pytest.raises(StartError, match="make milvus"):
            async with running(tmp_path, engine="milvus", milvus_address=address, milvus_timeout_seconds=1):
                pass
        assert time.monotonic() - begin < 20
