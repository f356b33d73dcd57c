"""``python -m lensdex_local demo | serve``. Exit code 0 when all went well, 1 when a step or a service failed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from lensdex_local.checkpoints import REPOSITORY, Checkpoints, default_checkpoints
from lensdex_local.demo import DemoError, run_demo
from lensdex_local.process import StartError
from lensdex_local.serving import run_services


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lensdex_local", description="Both services on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="start both, ingest sample problems, search them in every way, stop")
    serve = commands.add_parser("serve", help="keep both running on their usual ports until Ctrl-C")
    for command, folder in ((demo, "demo"), (serve, "serve")):
        command.add_argument("--folder", type=Path, default=REPOSITORY / "var" / folder, help="where files go")
        command.add_argument(
            "--embedding-model", default="", help="hub name or folder; default: the one that comes along"
        )
        command.add_argument(
            "--reranking-model", default="", help="hub name or folder; default: the one that comes along"
        )
    demo.add_argument("--count", type=int, default=600, help="sample problems to ingest (default: 600)")
    options = parser.parse_args(argv)
    console = Console()
    try:
        checkpoints = _checkpoints(options.embedding_model, options.reranking_model)
        if options.command == "demo":
            run_demo(options.folder.resolve(), checkpoints, count=options.count, console=console)
        else:
            run_services(options.folder.resolve(), checkpoints, console=console)
    except (DemoError, StartError) as error:
        print(f"lensdex_local: {error}", file=sys.stderr)
        return 1
    return 0


def _checkpoints(embedding: str, reranking: str) -> Checkpoints:
    default = default_checkpoints()
    if not embedding and not reranking:
        return default
    caveat = "" if embedding and reranking else default.caveat
    return Checkpoints(embedding or default.embedding, reranking or default.reranking, caveat)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
