"""``lensdex snapshots``: make, list, fetch, send, restore and delete snapshots of collections."""

import argparse
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.sizes import readable
from lensdex_client.settings import Settings
from lensdex_client.snapshot import OnBytes, Snapshot, SnapshotPhase, SnapshotProgress

_SUFFIX = ".snapshot"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command and its own commands."""
    parser = commands.add_parser(
        "snapshots",
        help="make, list, fetch, send, restore and delete snapshots of collections",
        description="List the index's snapshots: each is one file with all that a collection had at one moment. "
        "Or make, fetch, send, restore or delete one.",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run_list, collection="")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND")

    def action(name: str, run: Callable[[argparse.Namespace, Output], ExitCode], text: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=text[0].lower() + text[1:].partition(".")[0], description=text)
        added.set_defaults(run=run)
        return added

    create = action("create", run_create, "Make a snapshot of a collection, which goes on serving. Ctrl-C gives it up.")
    create.add_argument("collection", metavar="COLLECTION", help="what to make it of")
    listing = action("list", run_list, "List snapshots, with what is wrong with damaged ones.")
    listing.add_argument("collection", metavar="COLLECTION", nargs="?", default="", help="only those of this one")
    delete = action("delete", run_delete, "Delete a snapshot; no collection changes.")
    delete.add_argument("snapshot", metavar="SNAPSHOT", help="its name")
    delete.add_argument("--yes", action="store_true", help="really delete it; nothing is deleted without this")
    restore = action("restore", run_restore, "Make a new collection of a snapshot. Ctrl-C gives it up.")
    restore.add_argument("snapshot", metavar="SNAPSHOT", help="its name")
    restore.add_argument("collection", metavar="COLLECTION", help="the collection to make; none of that name may exist")
    download = action("download", run_download, "Fetch a snapshot's file. It appears when it is whole and checked.")
    download.add_argument("snapshot", metavar="SNAPSHOT", help="its name")
    download.add_argument("file", metavar="FILE", type=Path, nargs="?", help=f"where to: SNAPSHOT{_SUFFIX} unless said")
    download.add_argument("--force", action="store_true", help="write over a file that is there already")
    upload = action("upload", run_upload, "Send a snapshot's file to the index, which checks it.")
    upload.add_argument("file", metavar="FILE", type=Path, help="the file, from any Lensdex index")
    for added in (create, listing, delete, restore, download, upload):
        add_options(added, settings)


def run_create(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Make one; show how far it is."""
    with connect(arguments) as retriever:
        last = _follow(retriever.index.create_snapshot(arguments.collection), arguments.collection, output)
    assert last.snapshot is not None, "the last one told has the snapshot"
    _tell(last.snapshot, "made", output)
    return ExitCode.OK


def run_restore(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Restore one; show how far it is."""
    with connect(arguments) as retriever:
        told = retriever.index.restore_snapshot(arguments.snapshot, arguments.collection)
        last = _follow(told, arguments.collection, output)
    assert last.collection is not None, "the last one told has the collection"
    if output.as_json:
        output.result(last.collection)
    else:
        output.console.print(f"restored {escape(last.collection.name)}; its graphs are being built", soft_wrap=True)
    return ExitCode.OK


def run_list(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """List."""
    with connect(arguments) as retriever:
        snapshots = list(retriever.index.snapshots(arguments.collection))
    if output.as_json:
        output.result(snapshots)
        return ExitCode.OK
    if not snapshots:
        output.console.print("no snapshots")
        return ExitCode.OK
    table = Table(box=None, pad_edge=False)
    for column in ("name", "collection", "records", "sequence", "size", "created", "problem"):
        table.add_column(column, overflow="fold")
    for one in snapshots:
        created = one.create_time.isoformat(timespec="seconds")
        counts = ("", "") if one.problem else (f"{one.num_records:,}", str(one.sequence))
        table.add_row(one.name, one.collection, *counts, readable(one.num_bytes), created, escape(one.problem))
    output.console.print(table)
    return ExitCode.OK


def run_delete(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Delete one, if that was meant."""
    if not arguments.yes:
        raise ValueError(f"deleting {arguments.snapshot} cannot be undone; say --yes to do it")
    with connect(arguments) as retriever:
        retriever.index.delete_snapshot(arguments.snapshot)
    if output.as_json:
        output.result({"deleted": arguments.snapshot})
    else:
        output.console.print(f"deleted {escape(arguments.snapshot)}", soft_wrap=True)
    return ExitCode.OK


def run_download(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Fetch one."""
    path: Path = arguments.file or Path(f"{arguments.snapshot}{_SUFFIX}")
    if path.exists() and not arguments.force:
        raise FileExistsError(f"{path} is there already; --force writes over it")
    with connect(arguments) as retriever, _bytes_bar(output) as bar:
        on_bytes = _on_bytes(bar, f"downloading {arguments.snapshot}")
        snapshot = retriever.index.download_snapshot(arguments.snapshot, path, on_bytes=on_bytes)
    if output.as_json:
        output.result({"file": str(path), "snapshot": snapshot})
    else:
        output.console.print(f"{path}: {snapshot.num_bytes:,} bytes, checked", markup=False, soft_wrap=True)
    return ExitCode.OK


def run_upload(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Send one."""
    with connect(arguments) as retriever, _bytes_bar(output) as bar:
        on_bytes = _on_bytes(bar, f"uploading {arguments.file.name}")
        snapshot = retriever.index.upload_snapshot(arguments.file, on_bytes=on_bytes)
    _tell(snapshot, "uploaded", output)
    return ExitCode.OK


def _follow(told: Generator[SnapshotProgress], what: str, output: Output) -> SnapshotProgress:
    last = SnapshotProgress(SnapshotPhase.COPYING, 0.0)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=output.errors) as bar, closing(told):
        task = bar.add_task(what, total=1.0)
        for last in told:
            phase = last.phase.value.removeprefix("PHASE_").lower()
            bar.update(task, description=f"{phase} {what}", completed=last.part_done)
    return last


def _bytes_bar(output: Output) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=output.errors)


def _on_bytes(bar: Progress, text: str) -> OnBytes:
    task = bar.add_task(text, total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)


def _tell(snapshot: Snapshot, what: str, output: Output) -> None:
    if output.as_json:
        output.result(snapshot)
        return
    size = readable(snapshot.num_bytes)
    text = f"{what} {snapshot.name}: {snapshot.num_records:,} records, sequence {snapshot.sequence}, {size}"
    output.console.print(text, markup=False, soft_wrap=True)
