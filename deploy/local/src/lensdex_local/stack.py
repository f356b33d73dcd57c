"""Both services together, on free ports or on their usual ones."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lensdex_local.process import Endpoint, ServiceProcess

EMBEDDER_MODULE: Final = "lensdex_embedder"
INDEX_MODULE: Final = "lensdex_index"
FREE_PORTS: Final = ("--port", "0", "--metrics-port", "0")
START_SECONDS: Final = 300.0
"""Loading a published checkpoint from a slow disk takes minutes."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Both services, serving."""

    embedder: ServiceProcess
    index: ServiceProcess
    embedder_at: Endpoint
    index_at: Endpoint


@contextmanager
def run_stack(
    folder: Path,
    *,
    embedder_arguments: Sequence[str],
    index_arguments: Sequence[str] = (),
    start_seconds: float = START_SECONDS,
) -> Iterator[Stack]:
    """Start both services beside each other, yield them once both serve, then drain both.

    Logs and data go below *folder*; arguments are those of each service's ``serve``. Raises StartError.
    """
    with ExitStack() as running:
        embedder = ServiceProcess(EMBEDDER_MODULE, embedder_arguments, folder=folder)
        index = ServiceProcess(INDEX_MODULE, ["--data-dir", str(folder / "index"), *index_arguments], folder=folder)
        running.enter_context(embedder)
        running.enter_context(index)
        embedder_at, index_at = embedder.wait(timeout=start_seconds), index.wait(timeout=start_seconds)
        yield Stack(embedder, index, embedder_at, index_at)
