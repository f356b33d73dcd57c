"""The demo: both services, the sample problems, every kind of query.

Each step is a command that people can type themselves. It knows which commands to show and in what order; what they do
is the client's affair.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.rule import Rule
from rich.table import Table

from lensdex_local.checkpoints import Checkpoints
from lensdex_local.stack import FREE_PORTS, Stack, run_stack
from lensdex_problems.item import GENERATOR_VERSION

COLLECTION: Final = "problems"
CORPUS_SEED: Final = 0
QUERY_SEED: Final = 20_000
"""Queries are other problems than the corpus holds: same concepts, other numbers and drawings."""
NUM_QUERIES: Final = 40
SHOWN: Final = "5"

RERANKED: Final = """
Blended like this, nano's reranker gained a little among 5,000 problems that it never saw, and lost a little among 300:
look at what the step does, not at whether it helps here (models/nano/README.md has the figures).
"""

AFTERWARDS: Final = """
To go on from here:
  make serve                                        keep both services running on their usual ports
  .venv/bin/lensdex ingest mine FOLDER              a folder of your own pictures (add --captions FILE.csv),
  .venv/bin/lensdex search mine "what it shows"     then find them
  make serve EMBEDDING_MODEL=Qwen/Qwen3-VL-Embedding-2B RERANKING_MODEL=Qwen/Qwen3-VL-Reranker-2B
                                                    the published models, from the hub or a folder
"""


class DemoError(RuntimeError):
    """A step of the demo failed; its own output says why."""


@dataclass(slots=True)
class Demo:
    """Runs the steps and remembers how long each took."""

    folder: Path
    console: Console
    environment: Mapping[str, str] = field(default_factory=dict)
    durations: list[tuple[str, float]] = field(default_factory=list)

    def command(self, title: str, arguments: Sequence[str], *, quiet: bool = False) -> None:
        """Show and run a command. Raises DemoError when it fails."""
        self.console.print()
        self.console.print(Rule(f"[bold]{title}", align="left"))
        with self.timed(title):
            self._run(arguments, quiet=quiet)

    def lensdex(self, title: str, *arguments: str) -> None:
        """Show and run a ``lensdex`` command."""
        self.command(title, ["lensdex", *arguments])

    @contextmanager
    def timed(self, title: str) -> Iterator[None]:
        """Remember how long the block took."""
        started = time.monotonic()
        yield
        self.durations.append((title, time.monotonic() - started))

    def summary(self) -> Table:
        """Return how long each step took."""
        table = Table("step", "seconds", title="How long each step took", title_justify="left")
        table.columns[1].justify = "right"
        for title, seconds in self.durations:
            table.add_row(title, f"{seconds:.1f}")
        return table

    def _run(self, arguments: Sequence[str], *, quiet: bool) -> None:
        shown = shlex.join(_relative(argument, self.folder) for argument in arguments)
        self.console.print(f"[dim]$ {shown[:160]}{'…' if len(shown) > 160 else ''}", highlight=False)
        sys.stdout.flush()
        module = {"lensdex": "lensdex_client", "lensdex-problems": "lensdex_problems"}[arguments[0]]
        finished = subprocess.run(
            [sys.executable, "-m", module, *arguments[1:]],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
        )
        if finished.returncode != 0:
            raise DemoError(f"`{shown}` ended with status {finished.returncode}")


def run_demo(folder: Path, checkpoints: Checkpoints, *, count: int, console: Console) -> None:
    """Show everything on *count* sample problems; files go below *folder*. Raises DemoError, StartError."""
    demo = Demo(folder, console)
    # Another generator makes other problems, and leaves those of an older one alone.
    corpus, queries = (folder / f"{name}-{GENERATOR_VERSION}" for name in ("corpus", "queries"))
    console.print(f"[bold]Lensdex[/bold]: finding exam problems by what they show and say.\n{checkpoints.caveat}")
    for title, seed, number, out in (
        (f"{count} sample problems", CORPUS_SEED, count, corpus),
        (f"{NUM_QUERIES} others to take queries from", QUERY_SEED, NUM_QUERIES, queries),
    ):
        demo.command(
            title,
            ["lensdex-problems", "generate", "--seed", str(seed), "--count", str(number), "--split", "demo",
             "--out", str(out)],
            quiet=True,
        )  # fmt: skip
    shutil.rmtree(folder / "stack", ignore_errors=True)
    console.print()
    console.print(Rule("[bold]Two services, two processes", align="left"))
    started = time.monotonic()
    with run_stack(
        folder / "stack",
        embedder_arguments=[
            *FREE_PORTS,
            "--embedding-model", checkpoints.embedding,
            "--reranking-model", checkpoints.reranking,
        ],
        index_arguments=FREE_PORTS,
    ) as stack:  # fmt: skip
        demo.durations.append(("start both services", time.monotonic() - started))
        console.print(f"embedder at {stack.embedder_at.address}, index at {stack.index_at.address}", highlight=False)
        demo.environment = {
            "LENSDEX_EMBEDDER": stack.embedder_at.address,
            "LENSDEX_INDEX": stack.index_at.address,
            "LENSDEX_MEDIA_ROOT": str(corpus),
        }
        _steps(demo, corpus, _pick_queries(queries))
        if checkpoints.caveat:
            console.print(RERANKED, highlight=False)
        stopping = time.monotonic()
        _stop(stack)
        demo.durations.append(("stop both services", time.monotonic() - stopping))
    console.print()
    console.print(demo.summary())
    console.print(AFTERWARDS, highlight=False, markup=False, soft_wrap=True)
    if checkpoints.caveat:
        console.print(checkpoints.caveat)


def _steps(demo: Demo, corpus: Path, queries: Mapping[str, Mapping[str, Any]]) -> None:
    korean, english, pictured = queries["korean"], queries["english"], queries["pictured"]
    found = ("-k", SHOWN)
    demo.lensdex(
        "ingest the problems: text, picture, and both together",
        "ingest", COLLECTION, str(corpus / "problems.jsonl"), "--views", "default,text,image",
    )  # fmt: skip
    demo.lensdex("search by a text in Korean", "search", COLLECTION, korean["text"], *found)
    demo.lensdex("search by a text in English", "search", COLLECTION, english["text"], *found)
    demo.lensdex("search by a picture", "search", COLLECTION, "--image", pictured["image"], *found)
    demo.lensdex(
        "search by a text with its picture",
        "search",
        COLLECTION,
        pictured["text"],
        "--image",
        pictured["image"],
        *found,
    )
    first = json.loads((corpus / "problems.jsonl").open(encoding="utf-8").readline())["id"]
    demo.lensdex("more like this record", "similar", COLLECTION, first, *found)
    demo.lensdex("a query without reranking", "search", COLLECTION, korean["text"], "-k", "8")
    demo.lensdex(
        "the same query, the first 8 reranked: search and reranker count alike",
        "search", COLLECTION, korean["text"], "-k", "8", "--rerank", "8", "--blend",
    )  # fmt: skip


def _pick_queries(folder: Path) -> dict[str, dict[str, Any]]:
    """Return one problem in Korean, one in English, and one with a picture."""
    lines = (folder / "problems.jsonl").read_text(encoding="utf-8").splitlines()
    problems = [json.loads(line) for line in lines]
    for problem in problems:
        if "image" in problem:
            problem["image"] = str(folder / problem["image"])
    return {
        "korean": next(problem for problem in problems if problem["metadata"]["language"] == "ko"),
        "english": next(problem for problem in problems if problem["metadata"]["language"] == "en"),
        "pictured": next(problem for problem in reversed(problems) if "image" in problem),
    }


def _stop(stack: Stack) -> None:
    """Drain both services. Raises DemoError when one does not end cleanly."""
    for name, process in (("embedder", stack.embedder), ("index", stack.index)):
        status = process.stop()
        if status != 0:
            raise DemoError(f"the {name} ended with status {status}; see {process.log}")


def _relative(argument: str, folder: Path) -> str:
    """Return a path below the demo's folder as people would type it."""
    path = Path(argument)
    if not path.is_absolute() or not path.is_relative_to(folder):
        return argument
    return os.path.relpath(path)
