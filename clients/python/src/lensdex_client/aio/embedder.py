"""Clients of the embedder and the reranker for asyncio. They know no index."""

# ruff: noqa: ASYNC109  A deadline travels to the server, which stops working for it; asyncio.timeout only stops waiting.

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from lensdex_client import embedder_calls as calls
from lensdex_client.aio.caller import Caller
from lensdex_client.content import Content
from lensdex_client.embedding import (
    EmbedderInfo,
    Embeddings,
    Encoding,
    Relevances,
    RerankerInfo,
    TokenCount,
    Truncation,
)
from lensdex_client.outcome import Outcome
from lensdex_client.retry import Retry
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.space import Pooling


class EmbedderClient:
    """Turns contents into vectors. Close it, or use it as a context manager.

    Every method takes *timeout*, seconds for the whole call with its retries, and raises LensdexError.
    """

    def __init__(
        self,
        target: str,
        *,
        timeout: float = 60.0,
        retry: Retry | None = None,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        """*target*: ``host:port`` or ``dns:///name:port``. *max_message_bytes*: the service's. Raises ValueError."""
        self.caller = Caller(target, timeout=timeout, retry=retry or Retry(), max_message_bytes=max_message_bytes)

    async def embed(
        self,
        contents: Sequence[Content],
        *,
        instruction: str = "",
        dimension: int = 0,
        poolings: Sequence[Pooling] = (),
        encoding: Encoding = Encoding.FLOAT32,
        truncation: Truncation = Truncation.REFUSE,
        timeout: float | None = None,
    ) -> Embeddings:
        """Return an outcome per content, in order, and their vectors.

        An empty *instruction*, a zero *dimension* and empty *poolings* mean the server's defaults. Raises OSError when
        a picture's file cannot be read; a content the server refuses has its error in its own outcome.
        """
        call = calls.embed(
            contents,
            instruction=instruction,
            dimension=dimension,
            poolings=poolings,
            encoding=encoding,
            truncation=truncation,
        )
        return await self.caller.run(call, timeout=timeout)

    async def count_tokens(
        self, contents: Sequence[Content], *, instruction: str = "", timeout: float | None = None
    ) -> Sequence[Outcome[TokenCount]]:
        """Return what each content would cost, without running the model."""
        return await self.caller.run(calls.count_tokens(contents, instruction=instruction), timeout=timeout)

    async def info(self, *, timeout: float | None = None) -> EmbedderInfo:
        """Return the embedder's spaces, model, limits and versions."""
        return await self.caller.run(calls.embedder_info(), timeout=timeout)

    async def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        await self.caller.close()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()


class RerankerClient:
    """Scores documents against a query. Close it, or use it as a context manager.

    Every method takes *timeout*, seconds for the whole call with its retries, and raises LensdexError.
    """

    def __init__(
        self,
        target: str,
        *,
        timeout: float = 60.0,
        retry: Retry | None = None,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        """*target*: ``host:port`` or ``dns:///name:port``. *max_message_bytes*: the service's. Raises ValueError."""
        self.caller = Caller(target, timeout=timeout, retry=retry or Retry(), max_message_bytes=max_message_bytes)

    async def rerank(
        self,
        query: Content,
        documents: Sequence[Content],
        *,
        instruction: str = "",
        truncation: Truncation = Truncation.REFUSE,
        timeout: float | None = None,
    ) -> Relevances:
        """Return an outcome per document, in request order. Raises OSError when a picture's file cannot be read."""
        call = calls.rerank(query, documents, instruction=instruction, truncation=truncation)
        return await self.caller.run(call, timeout=timeout)

    async def info(self, *, timeout: float | None = None) -> RerankerInfo:
        """Return the reranker's model, limits and versions."""
        return await self.caller.run(calls.reranker_info(), timeout=timeout)

    async def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        await self.caller.close()

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()
