"""The other commands, usage errors, settings and exit codes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lensdex_client import Backend, Retriever
from lensdex_client.cli.exit_codes import ExitCode, code_of
from lensdex_client.errors import DeadlineExceededError, LensdexError, NotServingError, RecordNotFoundError
from lensdex_client.settings import DEFAULT_TIMEOUT, Settings, SettingsError, load


@pytest.mark.parametrize("suffix", ["npz", "npy", "json"])
def test_embed_writes_files(run: Any, tmp_path: Path, suffix: str) -> None:
    """Vectors are written as asked, with their spaces where the format holds them."""
    path = tmp_path / f"v.{suffix}"
    result = run("embed", "hello", "--out", path)

    assert result.code == 0
    if suffix == "json":
        assert len(json.loads(path.read_text(encoding="utf-8"))["embeddings"][0]["vector"]) == 8
    elif suffix == "npy":
        assert np.load(path).shape == (8,)
    else:
        with np.load(path) as file:
            assert file["last_token"].shape == (8,)
            assert json.loads(str(file["spaces"]))["last_token"]["pooling"] == "POOLING_LAST_TOKEN"


def test_embed_answers_on_stdout(run: Any) -> None:
    """Without a file, JSON holds the vectors and the table their beginnings."""
    document = run("embed", "hello", "--pooling", "mean", "--pooling", "last_token", "--json").document

    assert [item["space"]["pooling"] for item in document["embeddings"]] == ["POOLING_MEAN", "POOLING_LAST_TOKEN"]
    assert "7 tokens" in run("embed", "hello").out


def test_collections_are_listed_shown_and_deleted(run: Any, corpus: Path, index: Any) -> None:
    """List and show describe; delete deletes only when told ``--yes``."""
    assert "no collections" in run("collections").out
    run("ingest", "c", corpus, "--field", "unit:keyword")
    refused = run("collections", "delete", "c")

    assert "c" in run("collections").out
    assert run("collections", "--json").document[0]["collection"]["name"] == "c"
    assert "indexed field unit: keyword" in run("collections", "show", "c").out
    assert run("collections", "show", "c", "--json").document["engine"] == "scripted"
    assert refused.code == ExitCode.USAGE
    assert "--yes" in refused.err
    assert "c" in index.collections
    assert run("collections", "delete", "c", "--yes", "--json").document == {"deleted": "c", "num_records": 8}
    assert "c" not in index.collections


def test_views_are_added_and_dropped(run: Any, corpus: Path, index: Any) -> None:
    """A view takes the embedder's space, another's, or a bare dimension; drop-view drops only when told ``--yes``."""
    run("ingest", "c", corpus)
    spaces = [view.space for view in index.collections["c"].views]

    assert "added image: c has default, image" in run("collections", "add-view", "c", "image").out
    assert (
        run("collections", "add-view", "c", "bare", "--dimension", "3", "--json").document["views"][2]["dimension"] == 3
    )
    run("collections", "add-view", "c", "like", "--space-of", "default", "--metric", "dot", "--backend", "exact")
    image, _, like = index.collections["c"].views[1:]
    assert [image.space, like.space] == spaces * 2
    assert (like.metric, like.backend.name) == (2, "exact")
    assert run("collections", "add-view", "c", "x", "--space-of", "nope").code == ExitCode.USAGE
    refused = run("collections", "drop-view", "c", "like")
    assert (refused.code, "--yes" in refused.err) == (ExitCode.USAGE, True)
    assert "dropped like: c has default, image, bare" in run("collections", "drop-view", "c", "like", "--yes").out


def test_a_view_is_reindexed(run: Any, corpus: Path, index: Any) -> None:
    """Backend and parameters go as given; the result says what searches the view; a bad parameter is usage."""
    run("ingest", "c", corpus)
    result = run("collections", "reindex", "c", "--backend", "faiss", "--parameter", "m=8", "--parameter", "ef=50")
    document = run("collections", "reindex", "c", "default", "--parameter", "ef=70", "--json").document

    assert "c: default is searched by faiss" in result.out
    (first, second) = index.requests["Reindex"]
    assert dict(first.backend.parameters) == {"m": 8, "ef": 50}
    assert (second.view, second.backend.name, dict(second.backend.parameters)) == ("default", "", {"ef": 70})
    assert document["views"][0]["name"] == "default"
    assert run("collections", "reindex", "c", "--parameter", "m").code == ExitCode.USAGE


def test_backend_parameters_have_an_order(run: Any, index: Any, embedder: Any) -> None:
    """Parameters of a backend are shown by name, whatever order the message brought them in."""
    names = ["m", "ef_search", "ef_construction", "candidates", "a", "threads"]
    parameters = dict.fromkeys(names, "x")
    with Retriever.connect(embedder.address, index.address) as retriever:
        retriever.ensure_collection("c", backend=Backend("hnsw", parameters))
    shown = "".join(run("collections", "show", "c").out.split())
    document = run("collections", "show", "c", "--json").document

    assert list(document["collection"]["views"][0]["backend"]["parameters"]) == sorted(names)
    assert shown.index("candidates") < shown.index("threads")


@pytest.mark.parametrize("command", [["info"], ["search", "c", "q"], ["collections"], ["collections", "show", "c"]])
def test_connection_options_may_come_first(run: Any, dead_address: str, command: list[str]) -> None:
    """What is said before a command counts, unless it is said again after it."""
    first = run("--timeout", "3", "--index", dead_address, *command)
    again = run("--index", "127.0.0.1:1", *command, "--index", dead_address)

    assert (first.code, again.code) == (ExitCode.UNAVAILABLE, ExitCode.UNAVAILABLE)
    assert dead_address in first.out + first.err
    assert dead_address in again.out + again.err


def test_options_before_a_sub_command_count(run: Any, dead_address: str) -> None:
    """``lensdex collections --index X show NAME`` asks X."""
    result = run("collections", "--index", dead_address, "show", "c")

    assert result.code == ExitCode.UNAVAILABLE
    assert dead_address in result.err


def test_info_describes_what_runs(run: Any) -> None:
    """Info shows model, spaces, limits and backends."""
    result = run("info")
    document = run("info", "--json").document

    assert result.code == 0
    assert "hnsw, exact" in result.out
    assert document["embedder"]["spaces"][0]["fingerprint"] in result.out
    assert all(document[name]["running"] for name in ("embedder", "reranker", "index"))


def test_info_says_what_does_not_run(run: Any, dead_address: str, index: Any) -> None:
    """A service that is not there is called not running; one that lacks the call, not served; exit code 4."""
    result = run("info", "--embedder", dead_address, "--reranker", index.address)

    assert result.code == ExitCode.UNAVAILABLE
    assert f"embedder at {dead_address}: not running" in result.out
    assert f"reranker at {index.address}: not served there" in result.out
    assert "scripted" in result.out


def test_refusals_have_their_exit_code(run: Any, dead_address: str) -> None:
    """3 for what a service refuses, 4 for one that is not there; the message and request id on stderr."""
    refused = run("search", "nope", "q", "--json")
    dead = run("search", "nope", "q", "--index", dead_address)

    assert (refused.code, refused.out) == (ExitCode.REFUSED, "")
    assert "COLLECTION_NOT_FOUND, request" in refused.err
    assert (dead.code, dead.out) == (ExitCode.UNAVAILABLE, "")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nope"],
        ["search", "c"],
        ["search", "c", "q", "-k", "0"],
        ["search", "c", "--image", "/nowhere.png"],
        ["search", "c", "q", "--timeout", "0"],
        ["search", "c", "q", "--max-message-bytes", "1"],
        ["search", "c", "q", "--media-root", "/nowhere"],
        ["ingest", "c", "/nowhere.jsonl"],
        ["ingest", "c", ".", "--views", "sound"],
        ["ingest", "c", ".", "--field", "unit"],
        ["ingest", "c", ".", "--field", "unit:matrix"],
        ["embed", "a", "--out", "v.txt"],
        ["embed", "a", "--pooling", "mean", "--pooling", "last_token", "--out", "v.npy"],
    ],
    ids=" ".join,
)
def test_senseless_command_lines_are_usage_errors(
    run: Any, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, a message on stderr, nothing on stdout."""
    result = run(*argv)

    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert "error" in result.err + capsys.readouterr().err  # argparse writes to the process's own stderr.


def test_settings_come_from_the_environment() -> None:
    """Unset and empty variables mean the default; a bad number names its variable."""
    assert load({"LENSDEX_INDEX": ""}) == Settings()
    assert load({"LENSDEX_INDEX": "a:1", "LENSDEX_TIMEOUT": "2.5"}) == Settings(index="a:1", timeout=2.5)
    assert load({}).timeout == DEFAULT_TIMEOUT
    for bad in ("soon", "0", "-1", "nan"):
        with pytest.raises(SettingsError, match="LENSDEX_TIMEOUT"):
            load({"LENSDEX_TIMEOUT": bad})
    assert load({"LENSDEX_MAX_MESSAGE_BYTES": "70000000"}).max_message_bytes == 70_000_000
    for bad in ("64M", "0", "2147483648"):
        with pytest.raises(SettingsError, match="LENSDEX_MAX_MESSAGE_BYTES"):
            load({"LENSDEX_MAX_MESSAGE_BYTES": bad})


def test_a_bad_setting_is_a_usage_error(run: Any) -> None:
    """The command says which variable makes no sense."""
    result = run("info", environ={"LENSDEX_TIMEOUT": "soon"})

    assert (result.code, "LENSDEX_TIMEOUT" in result.err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (NotServingError, ExitCode.UNAVAILABLE),
        (DeadlineExceededError, ExitCode.UNAVAILABLE),
        (RecordNotFoundError, ExitCode.REFUSED),
    ],
)
def test_exit_codes_follow_the_exception(kind: type[LensdexError], code: ExitCode) -> None:
    """Not there or not in time is 4, every other refusal 3."""
    assert code_of(kind.__new__(kind)) is code


def test_aliases_are_set_listed_and_deleted(run: Any, embedder: Any, index: Any) -> None:
    """``lensdex alias`` makes, moves, lists and deletes aliases, in tables or as JSON."""
    with Retriever.connect(embedder.address, index.address) as retriever:
        for name in ("v1", "v2"):
            retriever.ensure_collection(name)
    assert run("alias").out.strip() == "no aliases"
    made = run("alias", "set", "live", "v1", "--expect", "")
    moved = run("alias", "set", "live", "v2", "--view", "default")
    refused = run("alias", "set", "live", "v1", "--expect", "v1")
    document = run("alias", "list", "--json").document
    listed = run("alias", "list")
    deleted = run("alias", "delete", "live")

    assert made.out.strip() == "live names v1"
    assert moved.out.strip() == "live names v2, view default, before v1"
    assert refused.code == ExitCode.REFUSED
    assert document == [{"name": "live", "collection": "v2", "default_view": "default"}]
    assert "live" in listed.out
    assert deleted.out.strip() == "deleted live, which named v2"
