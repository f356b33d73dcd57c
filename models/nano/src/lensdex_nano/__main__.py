"""`python -m lensdex_nano train | evaluate`: makes the nano checkpoints, and judges them."""

import argparse
import os
import sys
from pathlib import Path

from lensdex_embedder.engines.hf.torchvision_ops import declare_missing_operators

REPOSITORY = Path(__file__).resolve().parents[4]


def main() -> int:
    """Run the command; return the exit status."""
    # Before anything imports torchvision: without its compiled extension its operators have to be declared.
    declare_missing_operators()
    from lensdex_nano.evaluation import command as evaluation

    parser = argparse.ArgumentParser(prog="lensdex-nano", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    training = commands.add_parser("train", help="train both checkpoints from scratch; resumes where it was broken off")
    training.add_argument("--out", type=Path, default=REPOSITORY / "models" / "nano", help="gets both checkpoints")
    training.add_argument("--work", type=Path, default=REPOSITORY / "var" / "nano", help="keeps what a run needs")
    training.add_argument("--device", default="auto", help="auto, cpu or cuda:0 (default: auto)")
    training.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw (default: all)")
    evaluation.add_arguments(commands.add_parser("evaluate", help="judge the checkpoints on held-out problems"))
    arguments = parser.parse_args()
    if arguments.command == "evaluate":
        return evaluation.run(arguments)
    return _train(arguments)


def _train(arguments: argparse.Namespace) -> int:
    from transformers.utils import logging

    from lensdex_embedder.engines.hf.model import choose_device
    from lensdex_nano.training import Recipe, train

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped there
    try:
        train(
            Recipe(),
            out=arguments.out,
            work=arguments.work,
            device=choose_device(arguments.device),
            workers=arguments.workers,
        )
    except KeyboardInterrupt:
        print(f"broken off; the same command goes on from {arguments.work}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
