"""The asyncio face: the same names with the same arguments as ``lensdex_client``, awaited. Plain data is shared."""

from lensdex_client.aio.embedder import EmbedderClient, RerankerClient
from lensdex_client.aio.index import IndexClient
from lensdex_client.aio.retriever import Retriever

__all__ = ["EmbedderClient", "IndexClient", "RerankerClient", "Retriever"]
