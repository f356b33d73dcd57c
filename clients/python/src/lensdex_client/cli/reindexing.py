"""``lensdex collections reindex``: another backend for a view that is in use."""

import argparse
from contextlib import closing

from rich.markup import escape

from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.progress import progress_bar
from lensdex_client.collection import DEFAULT_VIEW, Backend, Collection
from lensdex_client.settings import Settings


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = actions.add_parser(
        "reindex",
        help="build a view's graph anew, by another backend or with other parameters",
        description="Build the graph of a view anew while the old one answers, and change over. "
        "Ctrl-C gives it up, and nothing has changed.",
    )
    parser.add_argument("name", metavar="NAME", help="the collection")
    parser.add_argument("view", metavar="VIEW", nargs="?", default=DEFAULT_VIEW, help="the view: default unless said")
    parser.add_argument("--backend", metavar="BACKEND", default="", help="index backend: the one it has unless said")
    parser.add_argument(
        "--parameter",
        metavar="NAME=N",
        action="append",
        type=_parameter,
        default=[],
        help="a parameter of the backend, e.g. m=32; may be repeated",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Reindex; show how far it is."""
    backend = Backend(arguments.backend, dict(arguments.parameter))
    changed: Collection | None = None
    with connect(arguments) as retriever, progress_bar(output) as bar:
        task = bar.add_task(f"reindexing {arguments.name}/{arguments.view}", total=None)
        with closing(retriever.index.reindex(arguments.name, arguments.view, backend)) as told:
            for progress in told:
                bar.update(task, completed=progress.num_vectors_done, total=progress.num_vectors)
                changed = progress.collection
    assert changed is not None, "the last one told has the collection"
    if output.as_json:
        output.result(changed)
        return ExitCode.OK
    view = changed.view(arguments.view)
    used = view.backend.name if view is not None and view.backend is not None else ""
    output.console.print(f"{escape(changed.name)}: {arguments.view} is searched by {escape(used)}")
    return ExitCode.OK


def _parameter(text: str) -> tuple[str, int]:
    name, found, value = text.partition("=")
    try:
        number = int(value)
    except ValueError:
        found = ""
    if not (name and found):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=N, e.g. m=32")
    return name, number
