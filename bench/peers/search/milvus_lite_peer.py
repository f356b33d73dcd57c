"""Milvus Lite's server, over Milvus's protocol."""

import importlib.metadata
import socket
import sys
from pathlib import Path
from typing import Any, Final

from corpus import Corpus, K
from harness import Search, Server
from pymilvus import DataType, MilvusClient

BATCH: Final = 1_000
COLLECTION: Final = "bench"


class Peer:
    """A server with its defaults and a thread for each caller. A flush ends in a sync."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Start it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.where = {"uri": f"http://127.0.0.1:{port}"}
        self.settings = {"index": "HNSW", "M": 16, "efConstruction": 200, "max_workers": 16, **given}
        binary = Path(sys.executable).parent / "milvus-lite"
        command = [binary, "server", "--data-dir", folder / "data", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--max-workers", str(self.settings["max_workers"])]
        self._server = Server(command, folder / "log")
        self._server.wait(lambda: MilvusClient(self.where["uri"], timeout=5).list_collections())

    @property
    def version(self) -> str:
        """Of both packages."""
        return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("milvus-lite", "faiss-cpu"))

    def load(self, corpus: Corpus) -> None:
        """Insert everything, flush, index, and bring it into memory."""
        client = MilvusClient(self.where["uri"], timeout=3_600)
        schema = client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("lot", DataType.INT64)
        schema.add_field("concept", DataType.VARCHAR, max_length=16)
        schema.add_field("subject", DataType.VARCHAR, max_length=16)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=corpus.rows.shape[1])
        client.create_collection(COLLECTION, schema=schema)
        for low in range(0, len(corpus.rows), BATCH):
            places = range(low, min(low + BATCH, len(corpus.rows)))
            client.insert(
                COLLECTION,
                [{"id": place, "vector": corpus.rows[place].tolist(), **corpus.metadata(place)} for place in places],
            )
        client.flush(COLLECTION)
        index = client.prepare_index_params()
        index.add_index(
            "vector",
            index_type=self.settings["index"],
            metric_type="COSINE",
            params={name: self.settings[name] for name in ("M", "efConstruction")},
        )
        client.create_index(COLLECTION, index)
        client.load_collection(COLLECTION)

    def stop(self) -> None:
        """End it."""
        self._server.stop()


def connect(where: dict[str, Any]) -> Any:
    """Return what opens a search. Threads share a client, as its makers advise."""
    client = MilvusClient(where["uri"], timeout=600)

    def search(query: Any, ef: int) -> list[int]:
        (hits,) = client.search(
            COLLECTION, data=[query], anns_field="vector", limit=K, search_params={"params": {"ef": ef}}
        )
        return [hit["id"] for hit in hits]

    def opened() -> Search:
        return search

    return opened
