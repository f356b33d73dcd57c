"""Clients of the embedder and the reranker that wait for answers. They know no index; see ``aio`` for asyncio."""

from collections.abc import Generator, Iterable, Sequence
from types import TracebackType
from typing import Self

from lensdex_client import embedder_calls as calls
from lensdex_client.caller import Caller
from lensdex_client.content import Content
from lensdex_client.embedding import (
    NO_BOUNDS,
    EmbeddedItem,
    EmbedderInfo,
    Embeddings,
    Encoding,
    ImageBounds,
    Relevances,
    RerankerInfo,
    TokenCount,
    Truncation,
)
from lensdex_client.outcome import Outcome
from lensdex_client.retry import PATIENT, Retry
from lensdex_client.stream_calls import EmbedDialogue, pack_options
from lensdex_client.streaming import run_stream
from lensdex_wire.limits import MAX_MESSAGE_BYTES
from lensdex_wire.space import Pooling


class EmbedderClient:
    """Turns contents into vectors. Thread-safe; close it, or use it as a context manager.

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

    def embed(
        self,
        contents: Sequence[Content],
        *,
        instruction: str = "",
        dimension: int = 0,
        poolings: Sequence[Pooling] = (),
        encoding: Encoding = Encoding.FLOAT32,
        truncation: Truncation = Truncation.REFUSE,
        image_bounds: ImageBounds = NO_BOUNDS,
        timeout: float | None = None,
    ) -> Embeddings:
        """Return an outcome per content, in order, and their vectors.

        An empty *instruction*, a zero *dimension*, empty *poolings* and no *image_bounds* mean the server's defaults.
        Raises OSError when a picture's file cannot be read; a content the server refuses has its error in its own
        outcome.
        """
        call = calls.embed(
            contents,
            instruction=instruction,
            dimension=dimension,
            poolings=poolings,
            encoding=encoding,
            truncation=truncation,
            image_bounds=image_bounds,
        )
        return self.caller.run(call, timeout=timeout)

    def embed_stream(
        self,
        items: Iterable[tuple[str, Content]],
        *,
        instruction: str = "",
        dimension: int = 0,
        poolings: Sequence[Pooling] = (),
        encoding: Encoding = Encoding.FLOAT32,
        truncation: Truncation = Truncation.REFUSE,
        image_bounds: ImageBounds = NO_BOUNDS,
        retry: Retry | None = None,
        timeout: float | None = None,
    ) -> Generator[tuple[str, Outcome[EmbeddedItem]]]:
        """Yield each item's id with its outcome, as answers come: not in the order of *items*.

        For any number of contents, at bulk priority: calls of others go first. *items* are pairs of id and content,
        read in a thread of their own no further ahead of the answers than 512 items or 64 MiB. Every id is answered
        once; one that comes twice ends the stream with DuplicateIdError, when what came before is answered. A content
        that the server refuses, or whose file cannot be read, has its error in its own outcome.

        When the server goes away, the stream goes on with what is unanswered as soon as one is there: *retry*, by
        default 60 attempts in 120 seconds, counts anew after every answer. *timeout*: seconds for the whole stream;
        None, unlike elsewhere: no bound. Raises LensdexError, such as SpaceMismatchError where a server goes on in
        another space, and what *items* raises. Closing the iterator cancels the call.
        """
        options = pack_options(
            instruction=instruction,
            dimension=dimension,
            poolings=poolings,
            encoding=encoding,
            truncation=truncation,
            image_bounds=image_bounds,
        )
        resumptions = self.caller.resumptions(retry or PATIENT, timeout)
        return run_stream(self.caller, items, EmbedDialogue(options), resumptions)

    def count_tokens(
        self,
        contents: Sequence[Content],
        *,
        instruction: str = "",
        image_bounds: ImageBounds = NO_BOUNDS,
        timeout: float | None = None,
    ) -> Sequence[Outcome[TokenCount]]:
        """Return what each content would cost, without running the model."""
        return self.caller.run(
            calls.count_tokens(contents, instruction=instruction, image_bounds=image_bounds), timeout=timeout
        )

    def info(self, *, timeout: float | None = None) -> EmbedderInfo:
        """Return the embedder's spaces, model, limits and versions."""
        return self.caller.run(calls.embedder_info(), timeout=timeout)

    def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        self.caller.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


class RerankerClient:
    """Scores documents against a query. Thread-safe; close it, or use it as a context manager.

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

    def rerank(
        self,
        query: Content,
        documents: Sequence[Content],
        *,
        instruction: str = "",
        truncation: Truncation = Truncation.REFUSE,
        image_bounds: ImageBounds = NO_BOUNDS,
        timeout: float | None = None,
    ) -> Relevances:
        """Return an outcome per document, in request order. Raises OSError when a picture's file cannot be read."""
        call = calls.rerank(query, documents, instruction=instruction, truncation=truncation, image_bounds=image_bounds)
        return self.caller.run(call, timeout=timeout)

    def info(self, *, timeout: float | None = None) -> RerankerInfo:
        """Return the reranker's model, limits and versions."""
        return self.caller.run(calls.reranker_info(), timeout=timeout)

    def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        self.caller.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
