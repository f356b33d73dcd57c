"""``lensdex import``: an NPZ file into a collection."""

import argparse
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from lensdex_client.cli.connection import add_options, at_least, connect
from lensdex_client.cli.embed import POOLINGS
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.progress import progress_bar
from lensdex_client.collection import DEFAULT_VIEW, Backend
from lensdex_client.embedder import EmbedderClient
from lensdex_client.errors import LensdexError
from lensdex_client.npz import NpzReader, import_npz, prepare_import
from lensdex_client.settings import Settings
from lensdex_client.views import ViewPlan, space_of
from lensdex_wire.space import Space

_SHOWN_PROBLEMS: Final = 1_000
"""Problems kept for the JSON answer; all of them are printed as they come."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "import",
        help="fill a collection from an NPZ file",
        description="Write the vectors of FILE, and its records where `lensdex export` made it, into a collection. "
        "Records with the same ids are replaced, so that an import may be run again; rows that the index refuses are "
        "reported and passed over, and the exit code is then 1.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the NPZ file to read")
    parser.add_argument("collection", metavar="COLLECTION", help="where to store; created if it does not exist")
    parser.add_argument("--vectors-key", metavar="NAME", default="vectors", help="the array of vectors (vectors)")
    parser.add_argument("--ids-key", metavar="NAME", default="ids", help="the array of ids (ids)")
    parser.add_argument(
        "--space-from-embedder",
        metavar="ADDRESS",
        default="",
        help="the embedder that made the vectors: the collection is, or becomes, bound to its embedding space",
    )
    parser.add_argument(
        "--pooling", choices=sorted(POOLINGS), help="with --space-from-embedder: which of its poolings made them"
    )
    parser.add_argument("--backend", metavar="NAME", help="index backend of a new collection, e.g. hnsw or exact")
    parser.add_argument(
        "--from-row",
        metavar="N",
        type=lambda text: at_least(0, text),
        default=0,
        help="begin with row N, from 0: where an import that ended says it was",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Import; report; return the exit code."""
    started = time.perf_counter()
    problems: list[dict[str, Any]] = []
    counts = {"stored": 0, "failed": 0}
    unanswered = _Unanswered(arguments.from_row)
    code = ExitCode.OK
    with (
        NpzReader(arguments.file, vectors_key=arguments.vectors_key, ids_key=arguments.ids_key) as reader,
        connect(arguments) as retriever,
        progress_bar(output) as progress,
    ):
        backend = Backend(arguments.backend) if arguments.backend else None
        space = prepare_import(
            retriever.index, reader, arguments.collection, space=_space(arguments, reader), backend=backend
        )
        if space is None:
            output.note("no embedding space is known for these vectors: nothing protects them from being mixed")
        task = progress.add_task(f"importing into {arguments.collection}", total=reader.num_rows)
        progress.update(task, completed=arguments.from_row)
        outcomes = import_npz(retriever.index, reader, arguments.collection, space=space, from_row=arguments.from_row)
        try:
            with closing(outcomes):
                for outcome in outcomes:
                    unanswered.answered(outcome.position)
                    counts["failed" if outcome.error else "stored"] += 1
                    if outcome.error is not None:
                        output.error(f"row {outcome.position}: {outcome.id}: {outcome.error}")
                        if len(problems) < _SHOWN_PROBLEMS:
                            facts = {"row": outcome.position, "id": outcome.id, "error": str(outcome.error)}
                            problems.append(facts)
                    progress.update(task, advance=1)
        except KeyboardInterrupt:
            code = ExitCode.INTERRUPTED
        except (LensdexError, ValueError, OSError):
            output.note(_remedy(unanswered))
            raise
    if code is ExitCode.INTERRUPTED:
        output.note(_remedy(unanswered))
    elif counts["failed"]:
        code = ExitCode.PARTIAL
    seconds = time.perf_counter() - started
    if output.as_json:
        facts = {"collection": arguments.collection, **counts, "next_row": unanswered.first}
        output.result({**facts, "seconds": round(seconds, 3), "problems": problems})
    else:
        output.console.print(
            f"{arguments.collection}: {counts['stored']:,} stored, {counts['failed']:,} failed; {seconds:.1f} s",
            markup=False,
        )
    return code


class _Unanswered:
    """Up to which row everything is answered. Answers come nearly in order."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._beyond: set[int] = set()

    def answered(self, row: int) -> None:
        self._beyond.add(row)
        while self.first in self._beyond:
            self._beyond.remove(self.first)
            self.first += 1


def _remedy(unanswered: _Unanswered) -> str:
    return f"all rows before {unanswered.first} are dealt with: go on from there with --from-row {unanswered.first}"


def _space(arguments: argparse.Namespace, reader: NpzReader) -> Space | None:
    """Return the space of the embedder named. Raises ValueError when its vectors cannot have so many values."""
    if not arguments.space_from_embedder:
        if arguments.pooling:
            raise ValueError("--pooling says which of an embedder's poolings: name it with --space-from-embedder")
        return None
    with EmbedderClient(arguments.space_from_embedder, timeout=arguments.timeout) as embedder:
        info = embedder.info()
    if not info.min_dimension <= reader.dimension <= info.max_dimension:
        raise ValueError(
            f"the embedder makes vectors of {info.min_dimension} to {info.max_dimension} values, the file has "
            f"{reader.dimension}: it did not make these"
        )
    pooling = POOLINGS[arguments.pooling] if arguments.pooling else None
    return space_of(info, ViewPlan(DEFAULT_VIEW, pooling=pooling), reader.dimension)
