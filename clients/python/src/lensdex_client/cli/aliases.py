"""``lensdex alias``: set, delete and list aliases."""

import argparse

from rich.markup import escape
from rich.table import Table

from lensdex_client.alias import Alias
from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command and its own commands."""
    parser = commands.add_parser(
        "alias",
        help="name collections anew: set, delete and list aliases",
        description="List the index's aliases, or set or delete one. Commands that name a collection take an alias.",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(title="commands", metavar="COMMAND")
    listing = actions.add_parser("list", help="all aliases", description="List all.")
    add_options(listing, settings)
    listing.set_defaults(run=run_list)
    setting = actions.add_parser(
        "set",
        help="make an alias, or move it",
        description="Make the alias NAME of COLLECTION, or move it there in one step: no search misses it.",
    )
    setting.add_argument("name", metavar="NAME", help="the alias")
    setting.add_argument("collection", metavar="COLLECTION", help="the collection it names from now on")
    setting.add_argument("--view", metavar="VIEW", default="", help="view of searches that name none")
    setting.add_argument("--expect", metavar="COLLECTION", help="refuse unless it names this one so far ('': none)")
    add_options(setting, settings)
    setting.set_defaults(run=run_set)
    delete = actions.add_parser("delete", help="delete an alias", description="Delete an alias and nothing else.")
    delete.add_argument("name", metavar="NAME", help="the alias")
    add_options(delete, settings)
    delete.set_defaults(run=run_delete)


def run_list(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """List."""
    with connect(arguments) as retriever:
        aliases = list(retriever.index.aliases())
    if output.as_json:
        output.result(aliases)
    elif not aliases:
        output.console.print("no aliases")
    else:
        table = Table(box=None, pad_edge=False)
        for column in ("alias", "collection", "view"):
            table.add_column(column, overflow="fold")
        for alias in aliases:
            table.add_row(alias.name, alias.collection, alias.default_view)
        output.console.print(table)
    return ExitCode.OK


def run_set(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Make or move one."""
    alias = Alias(arguments.name, arguments.collection, arguments.view)
    with connect(arguments) as retriever:
        done = retriever.index.set_alias(alias, expected_collection=arguments.expect)
    if output.as_json:
        output.result(done)
        return ExitCode.OK
    before = f", before {done.previous_collection}" if done.previous_collection else ""
    view = f", view {alias.default_view}" if alias.default_view else ""
    output.console.print(escape(f"{alias.name} names {alias.collection}{view}{before}"))
    return ExitCode.OK


def run_delete(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Delete one."""
    with connect(arguments) as retriever:
        alias = retriever.index.delete_alias(arguments.name)
    if output.as_json:
        output.result({"deleted": alias})
    else:
        output.console.print(escape(f"deleted {alias.name}, which named {alias.collection}"))
    return ExitCode.OK
