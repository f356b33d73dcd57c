"""What the documents say can be done can be done: targets, links, and the Python example."""

import re
import subprocess
from pathlib import Path

import pytest

from lensdex_local.stack import Stack

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not {".venv", "node_modules", "var"} & set(path.relative_to(ROOT).parts)
)


def make_targets() -> set[str]:
    """Return the targets that `make help` lists."""
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line.split()[0] for line in shown.stdout.splitlines() if line.strip()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_named_in_a_document_exists(document: Path) -> None:
    """A `make …` in any document is a target that `make help` lists."""
    text = document.read_text()
    named = set(re.findall(r"(?:^|`|\n)make ([a-z][a-z-]+)", text))

    assert named <= make_targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    """A relative link in any document leads to a file or folder of the repository."""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_target_is_in_the_help() -> None:
    """Every phony target of the Makefile explains itself in `make help`."""
    phony = set(re.findall(r"^\.PHONY: ([a-z-]+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert phony == make_targets()


def test_the_python_example_runs(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """The README's Python example runs as it stands, but for the addresses, and finds what it stored."""
    text = (ROOT / "README.md").read_text()
    example = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    example = example.replace("127.0.0.1:50051", stack.embedder_at.address)
    example = example.replace("127.0.0.1:50052", stack.index_at.address)

    exec(compile(example, "README.md", "exec"), {})

    assert "1 n1 " in capsys.readouterr().out


def test_the_first_screen_has_the_two_commands() -> None:
    """The README's first screen has one sentence, the picture, the two commands and the measured table."""
    first_screen = (ROOT / "README.md").read_text().split("## Why")[0]

    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "| measured |" in first_screen
    assert len(first_screen.splitlines()) < 50
