"""Chroma's server over HTTP."""

import importlib.metadata
import socket
import sys
from pathlib import Path
from typing import Any, Final

import chromadb
from chromadb.config import Settings
from corpus import Corpus, K
from harness import Search, Server

BATCH: Final = 250
COLLECTION: Final = "bench"


def client(where: dict[str, Any]) -> Any:
    """Return a client, which tells nobody of its use."""
    return chromadb.HttpClient("127.0.0.1", where["port"], settings=Settings(anonymized_telemetry=False))


class Peer:
    """A server with its defaults; what it answers 200 to is in its SQLite file."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Start it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.where = {"port": free.getsockname()[1]}
        self.settings = {"space": "cosine", "max_neighbors": 16, "ef_construction": 200, **given}
        binary = Path(sys.executable).parent / "chroma"
        command = [binary, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(self.where["port"])]
        self._server = Server(command, folder / "log")
        self._server.wait(lambda: client(self.where).heartbeat())

    @property
    def version(self) -> str:
        """Of the package, which has the server."""
        return importlib.metadata.version("chromadb")

    def load(self, corpus: Corpus) -> None:
        """Add everything and search once, since the index catches up when it is searched."""
        collection = client(self.where).create_collection(
            COLLECTION, configuration={"hnsw": self.settings}, embedding_function=None
        )
        for low in range(0, len(corpus.rows), BATCH):
            places = range(low, min(low + BATCH, len(corpus.rows)))
            collection.add(
                ids=[str(place) for place in places],
                embeddings=corpus.rows[places.start : places.stop],
                metadatas=[corpus.metadata(place) for place in places],
            )
        collection.query(query_embeddings=corpus.queries[:1], n_results=K, include=["distances"])
        assert collection.count() == len(corpus.rows)

    def stop(self) -> None:
        """End it."""
        self._server.stop()


def connect(where: dict[str, Any]) -> Any:
    """Return what opens a search; ef is the collection's, so it is set when it changes."""
    known: dict[str, int] = {}

    def opened() -> Search:
        collection = client(where).get_collection(COLLECTION, embedding_function=None)

        def search(query: Any, ef: int) -> list[int]:
            if known.get("ef") != ef:
                collection.modify(configuration={"hnsw": {"ef_search": ef}})
                known["ef"] = ef
            answer = collection.query(query_embeddings=[query], n_results=K, include=["distances"])
            return [int(one) for one in answer["ids"][0]]

        return search

    return opened
