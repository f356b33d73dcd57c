"""What needs no server: tokens, status table, settings, checks of metadata types, imports, and the README's tables."""

import inspect
import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from index_testing import DIMENSION

import lensdex_index
from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_index import checks, errors, settings, status, tokens
from lensdex_index.__main__ import main
from lensdex_index.errors import DomainError, InvalidConsistencyTokenError, InvalidPageTokenError, StartError
from lensdex_index.metrics import Metrics
from lensdex_index.readme import metrics_table, settings_table
from lensdex_index.records import FieldSpec, FieldType
from lensdex_wire.errors import pack_refusal

HERE = Path(__file__).parent
PROTO = HERE.parents[2] / "proto" / "lensdex" / "common" / "v1" / "error_reason.proto"

SAMPLES = {"differences": {"pooling": ("a", "b")}, "count": 1, "maximum": 2, "row": 3, "bytes": 4, "minimum": 5}


def concrete() -> list[type[DomainError]]:
    """Return every error class a call can be refused with."""
    found = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, DomainError)]
    return [item for item in found if item not in {DomainError, errors.ViolationsError} and item.__name__[0] != "_"]


def sample(kind: type[DomainError]) -> DomainError:
    """Return an error of that class, every field filled."""
    return kind(**{name: SAMPLES.get(name, name) for name in inspect.signature(kind).parameters})


def test_every_error_has_a_rule() -> None:
    """The table is whole: no class without a code and a reason, no rule without a class, no reason twice."""
    assert set(status.RULES) == set(concrete())
    reasons = [rule.reason for rule in status.RULES.values()]
    assert len(set(reasons)) == len(reasons)
    assert ErrorReason.ERROR_REASON_UNSPECIFIED not in reasons


@pytest.mark.parametrize("kind", concrete(), ids=lambda kind: kind.__name__)
def test_errors_keep_the_contract(kind: type[DomainError]) -> None:
    """Each error has the code and the metadata keys that the contract names above its reason."""
    name = ErrorReason.Name(status.RULES[kind].reason)
    comment = re.search(rf"((?:^ *//.*\n)+) *{name} = ", PROTO.read_text(), re.MULTILINE).group(1)
    comment = " ".join(line.strip(" /") for line in comment.splitlines()).partition("Example:")[0]
    code = re.match(r"([A-Z_]+)", comment).group(1)
    keys = set(re.findall(r"`([a-z_A-Z]+)`", comment.partition("Metadata:")[2]))
    told = status.refusal_of(sample(kind))
    if kind is errors.SpaceMismatchError:
        keys = {"view", "fields", "expected_pooling", "actual_pooling"}
    if kind is errors.NotServingError:
        keys = {"state"}

    assert told.code.name == code
    assert set(told.metadata) == keys
    assert (told.retry_after is not None) is (kind is errors.OverloadedError)
    assert told.message
    assert pack_refusal(told).details[0].Is(ErrorInfo.DESCRIPTOR)


def test_long_values_do_not_outgrow_the_trailers() -> None:
    """However long what the caller sent, the status stays well below what gRPC's trailers hold."""
    for kind in concrete():
        if kind is errors.SpaceMismatchError:
            error = kind("v", dict.fromkeys("abcde", ("x" * 9999, "y" * 9999)))
        else:
            huge = {name: "가" * 9999 for name in inspect.signature(kind).parameters if name not in SAMPLES}
            huge.pop("known", None)
            error = kind(**{name: SAMPLES.get(name, name) for name in inspect.signature(kind).parameters} | huge)
        told = status.refusal_of(error)
        assert sum(len(value) for value in told.metadata.values()) < 3000, kind


def test_page_tokens() -> None:
    """A page token gives its position back to the same call and epoch only, and does not show it."""
    token = tokens.pack_page(b"e" * 16, "ListRecords", "가 long id " * 40)
    assert tokens.unpack_page(b"e" * 16, "ListRecords", token) == "가 long id " * 40
    assert tokens.unpack_page(b"e" * 16, "ListRecords", "") == ""
    for epoch, call, wrong in (
        (b"f" * 16, "ListRecords", token),
        (b"e" * 16, "Other", token),
        (b"e" * 16, "ListRecords", "AAAA"),
    ):
        with pytest.raises(InvalidPageTokenError):
            tokens.unpack_page(epoch, call, wrong)
    for at in range(0, len(token), 7):
        altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(InvalidPageTokenError):
            tokens.unpack_page(b"e" * 16, "ListRecords", altered)


def test_consistency_tokens() -> None:
    """A consistency token gives its sequence back to its own epoch only; what is wrong with another is told."""
    token = tokens.pack_consistency(b"e" * 16, 2**40)
    assert tokens.unpack_consistency(b"e" * 16, "things", token) == 2**40
    cases = {
        "no consistency token": "abc",
        "another collection": tokens.pack_consistency(b"f" * 16, 1),
        "altered": token[:-1] + "?",
    }
    cases["altered"] = token[:14] + ("A" if token[14] != "A" else "B") + token[15:]
    for detail, wrong in cases.items():
        with pytest.raises(InvalidConsistencyTokenError, match=detail):
            tokens.unpack_consistency(b"e" * 16, "things", wrong)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldType.KEYWORD, ["", "x"], [1.0, True, ["x"], {}]),
        (FieldType.INT64, [0.0, -(2.0**53 - 1)], [0.5, 2.0**53, float("nan"), float("inf"), "1", False]),
        (FieldType.DOUBLE, [0.5, 1e300], [float("nan"), float("inf"), "1", True]),
        (FieldType.BOOL, [True, False], [0.0, "true"]),
        (
            FieldType.TIMESTAMP,
            ["2024-02-29T12:00:00Z", "2024-01-01t00:00:00.123456789+09:00", "2016-12-31T23:59:60Z"],
            ["2023-02-29T12:00:00Z", "2024-01-01T00:00:00", "2024-01-01", "yesterday", 1.0, "2024-01-01 00:00:00Z"],
        ),
    ],
)
def test_types_of_indexed_fields(kind: FieldType, good: list[object], bad: list[object]) -> None:
    """Each type takes its own values and null, alone or in lists, and nothing else."""
    one, many = FieldSpec("f", kind, is_list=False), FieldSpec("f", kind, is_list=True)
    assert [checks.fields.other_type(one, value) for value in [*good, None]] == [None] * (len(good) + 1)
    assert checks.fields.other_type(many, good) is None
    assert checks.fields.other_type(many, []) is None
    assert all(checks.fields.other_type(one, value) for value in bad)
    assert all(checks.fields.other_type(many, [value]) for value in [*bad, None])
    assert checks.fields.other_type(many, good[0])


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["--port", "70000"], ["--port", "LENSDEX_INDEX_PORT", "0 to 65535", "70000"]),
        (["--max-k", "0"], ["--max-k", "LENSDEX_INDEX_MAX_K", "1 to 100000"]),
        (["--log-level", "loud"], ["--log-level", "debug, info, warning, error"]),
        (["--rebuild-deleted-fraction", "1"], ["above 0 to below 1"]),
        (["--max-response-bytes", "600000"], ["max_response_bytes", "must be at least"]),
        (["--max-message-bytes", "2000000"], ["max_message_bytes", "must be at most"]),
        (["--engine", "magic", "--data-dir", "/nonexistent"], ["magic", "local"]),
        (["--data-dir", "/proc/nowhere", "--port", "0", "--metrics-port", ""], ["/proc/nowhere"]),
    ],
)
def test_bad_settings_are_told(argv: list[str], names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A bad setting ends the process with a message that names it, its variable and its range; no trace."""
    try:
        code = main(["serve", *argv])
    except SystemExit as error:
        code = error.code
    told = capsys.readouterr().err

    assert code not in {0, None}
    assert [name for name in names if name not in told] == []
    assert "Traceback" not in told


def test_settings_from_flags_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag wins over the environment, the environment over the default; the object is frozen."""
    monkeypatch.setenv("LENSDEX_INDEX_MAX_K", "5")
    monkeypatch.setenv("LENSDEX_INDEX_MAX_EF", "6")
    monkeypatch.setenv("LENSDEX_INDEX_METRICS_PORT", "")
    loaded = settings.load(["--max-k", "7", "--data-dir", "/x"], "test")

    assert (loaded.max_k, loaded.max_ef, loaded.data_dir, loaded.metrics_port) == (7, 6, Path("/x"), None)
    with pytest.raises(Exception, match="frozen"):
        loaded.max_k = 3
    monkeypatch.setenv("LENSDEX_INDEX_MAX_EF", "many")
    with pytest.raises(StartError, match="LENSDEX_INDEX_MAX_EF"):
        settings.load([], "test")


def test_importing_brings_no_model_library_and_starts_nothing() -> None:
    """Every module imports in a fresh interpreter without torch and without starting a thread."""
    modules = [
        ".".join(("lensdex_index", *path.relative_to(str(resources.files(lensdex_index))).with_suffix("").parts))
        for path in Path(str(resources.files(lensdex_index))).rglob("*.py")
        if path.name != "__init__.py"
    ]
    script = f"""
import importlib, json, sys, threading
for name in {modules!r}:
    importlib.import_module(name)
heavy = {{"torch", "transformers", "lensdex_embedder", "lensdex_client"}} & set(sys.modules)
print(json.dumps([sorted(heavy), [thread.name for thread in threading.enumerate()]]))
"""
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert len(modules) > 30
    assert json.loads(output) == [[], ["MainThread"]]


def test_the_policy_knows_no_grpc() -> None:
    """Everything below the faces imports in a fresh interpreter without gRPC, protobuf and the generated contracts."""
    script = """
import sys
import lensdex_index.catalog, lensdex_index.engines.local.engine, lensdex_index.checks, lensdex_index.tokens
import lensdex_index.engines.local.backends.hnsw, lensdex_index.engines.local.backends.exact
print([name for name in ("grpc", "google.protobuf", "lensdex") if name in sys.modules])
"""
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert output.strip() == "[]"


def test_seams_and_files_stay_small() -> None:
    """A seam fits a page; a file has one noun."""
    source = Path(str(resources.files(lensdex_index)))
    sizes = {path.relative_to(source): len(path.read_text().splitlines()) for path in source.rglob("*.py")}
    assert sizes[Path("engine.py")] <= 200
    assert sizes[Path("engines/local/backends/base.py")] <= 100
    assert {path: size for path, size in sizes.items() if size > 400} == {}


def test_the_readme_is_current() -> None:
    """The README's tables are those of the code; `python -m lensdex_index.readme` writes them anew."""
    text = (HERE.parent / "README.md").read_text()
    assert settings_table() in text
    assert metrics_table() in text
    for family in Metrics().registry.collect():
        assert f"`{family.name}" in text, family.name
    assert DIMENSION
