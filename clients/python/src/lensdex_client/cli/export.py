"""``lensdex export``: a view of a collection as an NPZ file."""

import argparse
from pathlib import Path

from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.filtering import add_filter, filter_of
from lensdex_client.cli.output import Output
from lensdex_client.cli.plain import plain
from lensdex_client.cli.progress import progress_bar
from lensdex_client.collection import DEFAULT_VIEW
from lensdex_client.npz import export_npz
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "export",
        help="write a collection's vectors, ids and records to an NPZ file",
        description='Write the records of a collection to FILE: numpy.load(FILE)["vectors"] and ["ids"], and the rest '
        "beside. The file appears when it is whole. The index may be written to meanwhile.",
    )
    parser.add_argument("collection", metavar="COLLECTION", help="what to export")
    parser.add_argument("file", metavar="FILE", type=_file, help="the NPZ file to write")
    parser.add_argument(
        "--view", metavar="NAME", default=DEFAULT_VIEW, help="whose vectors to write: default unless said"
    )
    parser.add_argument("--float16", action="store_true", help="half the bytes, about three significant digits")
    parser.add_argument("--no-content", action="store_true", help="leave out what is kept of the records but metadata")
    parser.add_argument("--force", action="store_true", help="write over a file that is there already")
    add_filter(parser)
    add_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Export; report."""
    path: Path = arguments.file
    if path.exists() and not arguments.force:
        raise FileExistsError(f"{path} is there already; --force writes over it")
    with connect(arguments) as retriever, progress_bar(output) as progress:
        chosen = filter_of(arguments, retriever)
        total = retriever.index.count_records(arguments.collection, filter=chosen)
        task = progress.add_task(f"exporting {arguments.collection}", total=total)
        written = export_npz(
            retriever.index,
            arguments.collection,
            path,
            view=arguments.view,
            float16=arguments.float16,
            content=not arguments.no_content,
            filter=chosen,
            on_progress=lambda done: progress.update(task, completed=done),
        )
    if output.as_json:
        facts = {"file": str(path), "collection": arguments.collection, "view": arguments.view}
        output.result({**facts, **plain(written)})
    else:
        output.console.print(f"{path}: {written.num_records:,} records, {written.num_bytes:,} bytes", markup=False)
        if written.num_without_view:
            output.console.print(
                f"{written.num_without_view:,} records have no view {arguments.view} and are not in it", markup=False
            )
    return ExitCode.OK


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".npz":
        raise argparse.ArgumentTypeError(f"{text} does not end in .npz")
    return path
