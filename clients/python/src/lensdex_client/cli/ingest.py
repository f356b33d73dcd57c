"""``lensdex ingest``: make a collection and fill it from a JSONL file or a folder of pictures."""

import argparse
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lensdex_client.cli.connection import add_media_root, add_options, connect, positive
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.progress import progress_bar
from lensdex_client.collection import Backend, FieldType, IndexedField
from lensdex_client.embedding import Truncation
from lensdex_client.errors import LensdexError
from lensdex_client.ingesting import IngestOptions, IngestOutcome, Item
from lensdex_client.settings import Settings
from lensdex_client.sources import BadLine, Line, count_lines, limited, read_lines
from lensdex_client.views import MODALITY_VIEWS, ViewPlan

_SHOWN_PROBLEMS: Final = 1_000
"""Problems kept for the JSON answer; all of them are printed as they come."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "ingest",
        help="fill a collection from a JSONL file or a folder of pictures",
        description="Embed and store what PATH holds. Items that are there already are skipped, so a run that was "
        "stopped goes on where it was. Bad lines and items are reported and passed over; the exit code is then 1.",
    )
    parser.add_argument("collection", metavar="COLLECTION", help="where to store; created if it does not exist")
    parser.add_argument("path", metavar="PATH", type=Path, help="a JSONL file, or a folder of pictures")
    parser.add_argument("--captions", metavar="FILE", type=Path, help="CSV, TSV or JSONL with captions of the pictures")
    add_media_root(parser, settings, "pictures are read below this folder, and kept by their path in it")
    parser.add_argument(
        "--views",
        metavar="NAMES",
        type=_views,
        help="views to keep: default,text,image or some of them (default: those the collection has, default for a new "
        "one); a collection's views must all be kept",
    )
    parser.add_argument("--replace", action="store_true", help="embed and store items again that are there already")
    parser.add_argument("--limit", metavar="N", type=positive, help="read at most N lines or pictures")
    parser.add_argument("--backend", metavar="NAME", help="index backend of a new collection, e.g. hnsw or exact")
    parser.add_argument(
        "--field",
        metavar="NAME:TYPE",
        type=_field,
        action="append",
        default=[],
        help="declare an indexed field: keyword, int64, double, bool, timestamp, or TYPE[] for a list of them",
    )
    parser.add_argument("--dimension", metavar="N", type=positive, default=0, help="cut vectors to N values")
    parser.add_argument("--instruction", metavar="TEXT", default="", help="instruction to embed items with")
    parser.add_argument("--truncate", action="store_true", help="cut texts that are too long instead of refusing them")
    parser.add_argument("--batch", metavar="N", type=positive, default=64, help="items a batch")
    add_options(parser, settings)
    parser.set_defaults(run=run)


@dataclass(slots=True)
class _Tally:
    """What became of the input so far."""

    counts: dict[str, int] = field(default_factory=lambda: {"stored": 0, "skipped": 0, "failed": 0, "bad_lines": 0})
    problems: list[dict[str, Any]] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    """Where the items under way came from, by position."""

    def problem(self, place: str, error: str, **facts: str) -> None:
        if len(self.problems) < _SHOWN_PROBLEMS:
            self.problems.append({"place": place, "error": error, **facts})

    num_extra: int = 0
    """Bad lines that stand beside the items; the total of the progress does not have them."""

    @property
    def done(self) -> int:
        """Items, and lines in the place of one, that are dealt with."""
        return sum(self.counts.values()) - self.num_extra

    @property
    def complete(self) -> bool:
        return not self.counts["failed"] and not self.counts["bad_lines"]


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Ingest; report; return the exit code."""
    started = time.perf_counter()
    tally = _Tally()
    root = Path(arguments.media_root) if arguments.media_root else None
    lines = limited(read_lines(arguments.path, media_root=root, captions=arguments.captions), arguments.limit)
    total = min(count_lines(arguments.path), arguments.limit or 2**63)
    code = ExitCode.OK
    with connect(arguments) as retriever, progress_bar(output) as progress:
        retriever.ensure_collection(
            arguments.collection,
            views=arguments.views,
            fields=arguments.field,
            backend=Backend(arguments.backend) if arguments.backend else None,
            dimension=arguments.dimension,
        )
        task = progress.add_task(f"ingesting into {arguments.collection}", total=total)
        options = IngestOptions(
            views=arguments.views,
            replace=arguments.replace,
            instruction=arguments.instruction,
            truncation=Truncation.CUT_TEXT if arguments.truncate else Truncation.REFUSE,
            batch_items=arguments.batch,
            # A batch takes the model longer than a query: the option's default would end long runs.
            timeout=max(arguments.timeout, IngestOptions().timeout),
        )
        outcomes = retriever.ingest(arguments.collection, _items(lines, tally, output), options)
        try:
            with closing(outcomes):
                for outcome in outcomes:
                    _count(outcome, tally, output)
                    progress.update(task, completed=tally.done)
            progress.update(task, completed=tally.done)
        except KeyboardInterrupt:
            output.note("interrupted: run the same command again to go on from here")
            code = ExitCode.INTERRUPTED
        except LensdexError as error:
            _report(arguments, output, tally, started, ExitCode.REFUSED)
            raise error from None
    if code is ExitCode.OK and not tally.complete:
        code = ExitCode.PARTIAL
    _report(arguments, output, tally, started, code)
    return code


def _items(lines: Iterator[Line], tally: _Tally, output: Output) -> Iterator[Item]:
    position = 0
    for line in lines:
        if isinstance(line, BadLine):
            tally.counts["bad_lines"] += 1
            tally.num_extra += line.extra
            tally.problem(line.place, line.problem)
            output.error(str(line))
            continue
        tally.places[position] = line.place
        position += 1
        yield line.item


def _count(outcome: IngestOutcome, tally: _Tally, output: Output) -> None:
    place = tally.places.pop(outcome.position, "")
    tally.counts[outcome.status] += 1
    if outcome.error is not None:
        tally.problem(place, str(outcome.error), id=outcome.id)
        output.error(f"{place}: {outcome.id}: {outcome.error}")


def _report(arguments: argparse.Namespace, output: Output, tally: _Tally, started: float, code: ExitCode) -> None:
    seconds = time.perf_counter() - started
    if output.as_json:
        output.result(
            {
                "collection": arguments.collection,
                **tally.counts,
                "seconds": round(seconds, 3),
                "interrupted": code is ExitCode.INTERRUPTED,
                "problems": tally.problems,
            }
        )
        return
    counts = tally.counts
    rate = counts["stored"] / seconds if seconds > 0 else 0.0
    output.console.print(
        f"{arguments.collection}: {counts['stored']:,} stored, {counts['skipped']:,} there already, "
        f"{counts['failed']:,} failed, {counts['bad_lines']:,} bad lines; {seconds:.1f} s, {rate:.1f} stored/s"
    )


def _views(text: str) -> tuple[ViewPlan, ...]:
    """Return the views of *text*; ``default`` is always among them."""
    known = {plan.name: plan for plan in MODALITY_VIEWS}
    names = ["default", *(name.strip() for name in text.split(","))]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no view {unknown[0]!r}: known are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names))


def _field(text: str) -> IndexedField:
    name, separator, kind = text.rpartition(":")
    many = kind.endswith("[]")
    known = {item.value.removeprefix("FIELD_TYPE_").lower(): item for item in FieldType}
    found = known.get(kind.removesuffix("[]").lower())
    if not separator or not name or found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME:TYPE with one of {', '.join(known)}")
    return IndexedField(name=name, type=found, many=many)
