"""``lensdex similar``: find records like a record."""

import argparse

from lensdex_client.cli import hits
from lensdex_client.cli.connection import connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.search import add_search_options, search_options
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "similar",
        help="find records like a record",
        description="Find the records nearest to the record ID, which never finds itself. No model is asked unless for "
        "reranking.",
    )
    parser.add_argument("collection", metavar="COLLECTION", help="where to search")
    parser.add_argument("id", metavar="ID", help="the record")
    add_search_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Search and show."""
    with connect(arguments) as retriever:
        answer = retriever.similar(arguments.collection, arguments.id, search_options(arguments, retriever))
    return hits.show(answer, output, arguments.media_root)
