"""``lensdex collections``: list, show, change and delete collections."""

import argparse

from rich.markup import escape
from rich.table import Table

from lensdex_client.cli import changing_views, reindexing
from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.sizes import readable
from lensdex_client.collection import CollectionDetails, View
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command and its own commands."""
    parser = commands.add_parser(
        "collections",
        help="list, show, change and delete collections",
        description="List the index's collections, or show, change or delete one.",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(title="commands", metavar="COMMAND")
    show = actions.add_parser("show", help="one collection: views, fields, statistics", description="Show one.")
    show.add_argument("name", metavar="NAME", help="the collection")
    add_options(show, settings)
    show.set_defaults(run=run_show)
    delete = actions.add_parser("delete", help="delete a collection", description="Delete one with all its records.")
    delete.add_argument("name", metavar="NAME", help="the collection")
    delete.add_argument("--yes", action="store_true", help="really delete it; nothing is deleted without this")
    add_options(delete, settings)
    delete.set_defaults(run=run_delete)
    changing_views.add(actions, settings)
    reindexing.add(actions, settings)


def run_list(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """List."""
    with connect(arguments) as retriever:
        details = [retriever.index.get_collection(item.name) for item in retriever.index.collections()]
    if output.as_json:
        output.result(details)
        return ExitCode.OK
    if not details:
        output.console.print("no collections")
        return ExitCode.OK
    table = _table("name", "records", "views", "dimension", "disk", "created")
    for item in details:
        collection, statistics = item.collection, item.statistics
        created = collection.create_time.isoformat(timespec="seconds") if collection.create_time else ""
        table.add_row(
            collection.name,
            f"{statistics.num_records:,}",
            ", ".join(view.name for view in collection.views),
            ", ".join(str(value) for value in dict.fromkeys(view.num_values for view in collection.views)),
            readable(statistics.disk_bytes),
            created,
        )
    output.console.print(table)
    return ExitCode.OK


def run_show(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Show one."""
    with connect(arguments) as retriever:
        details = retriever.index.get_collection(arguments.name)
    if output.as_json:
        output.result(details)
    else:
        _show(details, output)
    return ExitCode.OK


def run_delete(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Delete one, if that was meant."""
    if not arguments.yes:
        raise ValueError(f"deleting {arguments.name} cannot be undone; say --yes to do it")
    with connect(arguments) as retriever:
        num_records = retriever.index.delete_collection(arguments.name)
    if output.as_json:
        output.result({"deleted": arguments.name, "num_records": num_records})
    else:
        output.console.print(f"deleted {escape(arguments.name)} with {num_records:,} records")
    return ExitCode.OK


def _show(details: CollectionDetails, output: Output) -> None:
    collection, statistics = details.collection, details.statistics
    output.console.print(
        f"{collection.name}: {statistics.num_records:,} records, {readable(statistics.disk_bytes)}, "
        f"sequence {statistics.sequence}, engine {details.engine} ({', '.join(details.traits)})"
    )
    held = {item.view: item for item in statistics.views}
    table = _table("view", "vectors", "tail", "dimension", "metric", "backend", "pooling", "space")
    for view in collection.views:
        numbers = held.get(view.name)
        table.add_row(
            view.name,
            f"{numbers.num_vectors:,}" if numbers else "",
            f"{numbers.num_tail_vectors:,}" if numbers else "",
            str(view.num_values),
            view.metric.value.removeprefix("METRIC_").lower(),
            _backend(view),
            view.space.pooling.value.removeprefix("POOLING_").lower() if view.space else "",
            view.space.fingerprint() if view.space else "none: any vector of that dimension is taken",
        )
    output.console.print(table)
    for item in collection.indexed_fields:
        kind = item.type.value.removeprefix("FIELD_TYPE_").lower()
        output.console.print(f"indexed field {item.name}: {kind}{'[]' if item.many else ''}", markup=False)


def _backend(view: View) -> str:
    if view.backend is None:
        return ""
    parameters = ", ".join(f"{name} {value}" for name, value in view.backend.parameters.items())
    return f"{view.backend.name} ({parameters})" if parameters else view.backend.name


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
