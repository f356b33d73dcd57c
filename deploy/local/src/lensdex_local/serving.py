"""Both services on their usual ports, until Ctrl-C or until one of them ends."""

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console

from lensdex_local.checkpoints import Checkpoints
from lensdex_local.process import StartError
from lensdex_local.stack import run_stack

LOOK_SECONDS: Final = 0.5


def run_services(folder: Path, checkpoints: Checkpoints, *, console: Console) -> None:
    """Run both services; data and logs below *folder* stay. Raises StartError when one does not start, or ends."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    console.print("starting; a large model takes a while to load …")
    arguments = ["--embedding-model", checkpoints.embedding, "--reranking-model", checkpoints.reranking]
    with run_stack(folder, embedder_arguments=arguments) as stack:
        console.print(
            f"embedder  {stack.embedder_at.address}  metrics http://{stack.embedder_at.metrics_address}/metrics\n"
            f"index     {stack.index_at.address}  metrics http://{stack.index_at.metrics_address}/metrics\n"
            f"logs and data below {folder}. Ctrl-C stops both.\n{checkpoints.caveat}",
            highlight=False,
        )
        while not stop.wait(LOOK_SECONDS):
            for name, process in (("embedder", stack.embedder), ("index", stack.index)):
                if process.poll() is not None:
                    raise StartError(f"the {name} ended with status {process.poll()}; see {process.log}")
        console.print("draining …")
