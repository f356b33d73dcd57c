"""The README tells all there is, and its examples work."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lensdex_client import EmbedderClient, IndexClient, LensdexError, RerankerClient, Retriever, errors
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.main import build_parser
from lensdex_client.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def walk(parser: argparse.ArgumentParser, path: str = "lensdex") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command with its parser."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from walk(child, f"{path} {name}")


COMMANDS = dict(walk(build_parser(Settings())))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command: str) -> None:
    """Each command describes itself, and so does each of its arguments."""
    parser = COMMANDS[command]

    assert parser.description
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help, action.dest


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_documents_every_command_and_option(command: str) -> None:
    """Each command is named in the README, and each of its options in its section or among those of all commands."""
    text = README.read_text(encoding="utf-8")
    section = text.partition("## Command")[2]
    words = command.split()
    assert " ".join(words[:3]) in section
    everywhere, *sections = section.split("\n### ")
    own = next((item for item in sections if item.startswith(f"`{' '.join(words[:2])}")), "")
    # `similar` takes the options of `search`, and its section says so.
    own += next((item for item in sections if item.startswith("`lensdex search")), "") if "similar" in words else ""
    for action in COMMANDS[command]._actions:
        for option in action.option_strings:
            if option not in {"-h", "--help"}:
                assert f"{option}" in own + everywhere, f"{command} {option}"


def test_the_readme_names_every_exit_code() -> None:
    """The table of exit codes is the enum."""
    rows = re.findall(r"^\| (\d+) \| ([A-Z]+):", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert [(int(value), name) for value, name in rows] == [(code.value, code.name) for code in ExitCode]


def test_the_readme_names_every_method() -> None:
    """The table of classes lists the public methods of each."""
    text = README.read_text(encoding="utf-8")
    for kind in (EmbedderClient, RerankerClient, IndexClient, Retriever):
        (row,) = re.findall(rf"^\| `{kind.__name__}\(.*\|$", text, re.MULTILINE)
        methods = {name for name in vars(kind) if not name.startswith("_")} - {"close", "connect"}

        assert set(re.findall(r"`(\w+)`", row)) == methods


def test_the_readme_names_every_branch_of_errors() -> None:
    """The table of exceptions lists the direct children of LensdexError."""
    rows = re.findall(r"^\| `(\w+Error)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(rows) == {kind.__name__ for kind in LensdexError.__subclasses__() if kind.__module__ == errors.__name__}


def test_the_example_runs(
    embedder: Any, index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first example of the README does what it says."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "p1.png").write_bytes(b"PIC")
    monkeypatch.chdir(tmp_path)
    example = README.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    example = example.replace("127.0.0.1:50051", embedder.address).replace("127.0.0.1:50052", index.address)

    exec(compile(example, "README.md", "exec"), {})

    assert capsys.readouterr().out.startswith("1 p1 ")
