"""Lensdex's index service through its client, in Lensdex's environment."""

import contextlib
import importlib.metadata
from pathlib import Path
from typing import Any

from corpus import Corpus, K
from harness import Search
from served import COLLECTION, PARAMETERS, serving

from lensdex_client import Include, IndexClient
from lensdex_client.errors import LensdexError

IDS = Include(metadata=False)


class Peer:
    """A service with its defaults, on a folder that may have been filled before."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Take what is *given*: `backend`, and `data`, a folder that `served` filled, or empty."""
        self.settings = {"backend": given["backend"], **PARAMETERS}
        self._running = contextlib.ExitStack()
        self._served = self._running.enter_context(serving(Path(given["data"] or folder)))
        self.where = {"address": self._served.address}

    @property
    def version(self) -> str:
        """Of the service and of its backends' libraries."""
        names = ("lensdex-index", "hnswlib", "faiss-cpu")
        return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)

    def load(self, corpus: Corpus) -> None:
        """Write everything and wait until it is in the graph, unless it is there."""
        with contextlib.suppress(LensdexError):
            if self._served.statistics().num_records == len(corpus.rows):
                return
        self._served.create(corpus.rows.shape[1], self.settings["backend"])
        self._served.ingest(corpus)

    def stop(self) -> None:
        """End it."""
        self._running.close()


def connect(where: dict[str, Any]) -> Any:
    """Return what opens a search. Threads share a client."""
    client = IndexClient(where["address"], timeout=600)

    def search(query: Any, ef: int) -> list[int]:
        (outcome,) = client.search_records(COLLECTION, vectors=query[None], k=K, ef=ef, include=IDS).outcomes
        return [int(hit.record.id[1:]) for hit in outcome.unwrap()]

    def opened() -> Search:
        return search

    return opened
