"""The command line: `generate` a corpus, `judge` queries for one. Results to stdout, progress and errors to stderr."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from lensdex_problems.catalog import SPLITS
from lensdex_problems.corpus import Plan, generate, summary
from lensdex_problems.errors import ProblemsError
from lensdex_problems.judge import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lensdex_problems.corpus import Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0, or 1 when the caller has to put something right."""
    options = _parser().parse_args(argv)
    try:
        return _generate(options) if options.command == "generate" else _judge(options)
    except (ProblemsError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _generate(options: argparse.Namespace) -> int:
    plan = Plan(options.seed, options.count, options.split, options.figure_scale)
    manifest, written = generate(options.out, plan, workers=options.workers, progress=_progress())
    facts = summary(manifest)
    if options.json:
        print(json.dumps({**facts, "written": written}))
        return 0
    print(f"{options.out}: {'written' if written else 'already holds this corpus; nothing done'}")
    for name, value in facts.items():
        print(f"  {name:18} {value}")
    return 0


def _judge(options: argparse.Namespace) -> int:
    judged = judge(
        options.corpus,
        options.out,
        queries=options.queries,
        seed=options.seed,
        split=options.split,
        subject_grades=options.subject_grades,
    )
    if options.json:
        print(json.dumps(asdict(judged)))
    else:
        print(f"{options.out}: {judged.queries} queries, {judged.judgements} judgements")
    return 0


def _progress() -> Progress:
    started = last = time.monotonic()

    def report(done: int, count: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 1 or done == count:
            last = now
            print(f"{done} of {count} items, {done / max(now - started, 1e-9):.0f} a second", file=sys.stderr)

    return report


def _number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lensdex_problems", description="Exam-like problems from a seed.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("generate", help="write a corpus into a new or empty folder")
    make.add_argument("--seed", type=int, default=0, help="another seed gives another corpus (default 0)")
    make.add_argument("--count", type=_number, default=600, help="number of problems (default 600)")
    make.add_argument(
        "--split", choices=SPLITS, default="demo", help="which templates, wordings and styles (default demo)"
    )
    make.add_argument(
        "--figure-scale", choices=("full", "small"), default="full", help="size of figures (default full)"
    )
    make.add_argument("--workers", type=_number, default=1, help="processes (default 1); does not change the result")
    make.add_argument("--out", type=Path, required=True, help="the folder")
    make.add_argument("--json", action="store_true", help="print the summary as JSON")
    rate = commands.add_parser("judge", help="write judged queries for a corpus")
    rate.add_argument("--corpus", type=Path, required=True, help="a folder that `generate` wrote")
    rate.add_argument("--queries", type=_number, default=100, help="number of queries (default 100)")
    rate.add_argument("--seed", type=int, default=0, help="another seed gives other queries (default 0)")
    rate.add_argument(
        "--split", choices=SPLITS, default=None, help="where queries come from (default: the corpus's own)"
    )
    rate.add_argument("--subject-grades", action="store_true", help="list grade 1 (same subject) as well")
    rate.add_argument("--out", type=Path, required=True, help="qrels as JSON lines; columns go beside it as .tsv")
    rate.add_argument("--json", action="store_true", help="print the counts as JSON")
    return parser
