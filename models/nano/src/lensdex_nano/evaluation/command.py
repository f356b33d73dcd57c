"""The command `evaluate`: results to stdout, progress and errors to stderr."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from lensdex_embedder.errors import EmbedderError
from lensdex_nano.evaluation.errors import EvaluationError
from lensdex_nano.evaluation.evaluating import evaluate
from lensdex_nano.evaluation.progress import Report
from lensdex_nano.evaluation.settings import EvaluationSettings
from lensdex_nano.evaluation.tables import tables
from lensdex_problems import ProblemsError
from lensdex_problems.catalog import SPLITS

_STDOUT = "-"
_DEFAULTS = EvaluationSettings()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`; their defaults are those of EvaluationSettings."""
    add = parser.add_argument
    add("--embedding", type=Path, metavar="FOLDER", default=_DEFAULTS.embedding, help="the embedding checkpoint")
    add("--reranking", type=Path, metavar="FOLDER", default=_DEFAULTS.reranking, help="the reranking checkpoint")
    add("--no-reranking", dest="reranking", action="store_const", const=None, help="leave reranking out")
    add("--documents", type=_number, metavar="N", default=_DEFAULTS.documents, help="documents (default %(default)s)")
    add(
        "--queries",
        type=_number,
        metavar="N",
        default=_DEFAULTS.queries,
        help="queries, a quarter of each kind (default %(default)s)",
    )
    add(
        "--rerank-queries",
        type=_number,
        metavar="N",
        default=_DEFAULTS.rerank_queries,
        help="the first queries are reranked (default %(default)s)",
    )
    add(
        "--depth",
        type=_number,
        metavar="N",
        default=_DEFAULTS.depth,
        help="documents reranked for a query (default %(default)s)",
    )
    add("--seed", type=int, default=_DEFAULTS.seed, help="of problems and random weights (default %(default)s)")
    add("--split", choices=SPLITS, default=_DEFAULTS.split, help="side of the generator (default %(default)s)")
    add("--device", default=_DEFAULTS.device, help="auto, cpu or cuda:0 (default %(default)s)")
    add(
        "--workers",
        type=_number,
        metavar="N",
        default=min(4, os.cpu_count() or 1),
        help="processes that draw the corpus (default %(default)s)",
    )
    add("--work", type=Path, metavar="FOLDER", default=_DEFAULTS.work, help="kept between runs (default %(default)s)")
    add("--json", metavar="FILE", default=None, help="write the result as JSON; - is stdout, tables then to stderr")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and print; return 0, or 1 when the caller has to put something right."""
    errors = _console(stderr=True)
    settings = EvaluationSettings(
        embedding=arguments.embedding,
        reranking=arguments.reranking,
        documents=arguments.documents,
        queries=arguments.queries,
        rerank_queries=arguments.rerank_queries,
        depth=arguments.depth,
        seed=arguments.seed,
        split=arguments.split,
        work=arguments.work,
        workers=arguments.workers,
        device=arguments.device,
    )
    try:
        with _bars(errors) as bars:
            evaluation = evaluate(settings, _watched(bars))
        document = evaluation.document() + "\n"
        if arguments.json not in {None, _STDOUT}:
            Path(arguments.json).write_text(document, encoding="utf-8")
    except (EvaluationError, EmbedderError, ProblemsError, OSError) as error:
        errors.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    to_stdout = arguments.json == _STDOUT
    if to_stdout:
        sys.stdout.write(document)
    console = errors if to_stdout else _console(stderr=False)
    for table in tables(evaluation):
        console.print(table, highlight=False)
    return 0


def _console(*, stderr: bool) -> Console:
    """Return a console as wide as the terminal, or of 120 columns in a file, where rich would take 80."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else 120)


def _bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _watched(bars: Progress) -> Report:
    stages: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in stages:
            stages[stage] = bars.add_task(stage, total=total)
        bars.update(stages[stage], completed=done)

    return report


def _number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
