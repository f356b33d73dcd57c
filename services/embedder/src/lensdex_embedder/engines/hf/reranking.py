"""The reranking engine: (query, document) pairs to relevance, exactly as published. Knows no gRPC and no batching
policy.

The score is sigmoid(h · (w_yes - w_no)): h the last hidden state after the final norm, w the LM head's rows for the
tokens "yes" and "no". That is the model's probability of "yes" among the two.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch

from lensdex_embedder.engines.hf.checkpoint import Checkpoint, digest_weights
from lensdex_embedder.engines.hf.forward import Forward
from lensdex_embedder.engines.hf.model import load_processor, load_with_head
from lensdex_embedder.engines.hf.packing import Span
from lensdex_embedder.engines.hf.patches import Patches
from lensdex_embedder.engines.hf.placing import fetching
from lensdex_embedder.engines.hf.prefix import Prefix, num_shared
from lensdex_embedder.engines.hf.sequences import SequenceBuilder, TokenSequence
from lensdex_embedder.engines.hf.template import (
    DEFAULT_RERANKING_INSTRUCTION,
    RERANKING_RECIPE,
    Conversation,
    reranking_conversation,
    template_version,
)
from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.work import Content, Cost, ImageCounts, Modality, ModelFacts, Truncation

_UNLIKE_DOCUMENTS: Final = ("a", "\n", "[", "=", "/", "가")
"""Beginnings of documents that merge in different ways with the `<Document>:` before them, or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedQuery:
    """A query whose media are patched once, for many documents."""

    content: Content
    patches: tuple[Patches, ...]
    instruction: str
    beginning: TokenSequence
    """What pairs with it begin with, whatever most documents begin with."""


@dataclass(frozen=True, slots=True)
class PreparedPair:
    """The model input of a query and a document."""

    query: PreparedQuery
    sequence: TokenSequence

    @property
    def cost(self) -> Cost:
        """What it costs when nothing of it is shared."""
        return self.sequence.cost


class HfRerankingEngine:
    """A RerankingEngine on a Qwen3-VL-Reranker checkpoint."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        device: torch.device,
        dtype: torch.dtype,
        max_tokens: int,
        min_image_tokens: int,
        max_image_tokens: int,
        max_cached_image_bytes: int = 0,
        pause: Callable[[], None],
        share_prefixes: bool = True,
    ) -> None:
        """Load the checkpoint. Raises CheckpointError.

        Without *share_prefixes* every pair is computed whole: the same scores, more slowly.
        """
        processor = load_processor(checkpoint.folder)
        vocabulary = processor.tokenizer.get_vocab()
        lacking = [word for word in ("yes", "no") if word not in vocabulary]
        if lacking:
            raise CheckpointError(f"{checkpoint.name} cannot rerank: its vocabulary has no token {lacking[0]!r}.")
        self._builder = SequenceBuilder(
            processor,
            max_tokens=max_tokens,
            min_image_tokens=min_image_tokens,
            max_image_tokens=max_image_tokens,
            pin_memory=device.type == "cuda",
        )
        model, head = load_with_head(checkpoint.folder, device=device, dtype=dtype)
        self._forward = Forward(
            model, colours=self._builder.colours, max_cached_image_bytes=max_cached_image_bytes, pause=pause
        )
        self._share_prefixes = share_prefixes
        self._latest: tuple[PreparedQuery, Prefix] | None = None
        # A copy of one row: the head itself, as large as the embeddings, can go.
        self._direction = (head[vocabulary["yes"]] - head[vocabulary["no"]]).to(device).clone()
        self._facts = ModelFacts(
            name=checkpoint.name,
            revision=checkpoint.revision,
            weights_digest=digest_weights(checkpoint),
            engine="hf",
            device=str(self._forward.device),
            dtype=str(self._forward.dtype).removeprefix("torch."),
            template_version=template_version(processor, recipe=RERANKING_RECIPE),
            default_instruction=DEFAULT_RERANKING_INSTRUCTION,
            max_tokens=max_tokens,
            min_image_tokens=self._builder.min_image_tokens,
            max_image_tokens=self._builder.max_image_tokens,
            modalities=(Modality.TEXT, Modality.IMAGE, Modality.VIDEO),
        )

    @property
    def images(self) -> ImageCounts:
        """Images read so far."""
        return ImageCounts(self._forward.pictures.num_computed, self._forward.pictures.num_reused)

    @property
    def facts(self) -> ModelFacts:
        """The model and how it runs."""
        return self._facts

    def prepare_query(self, query: Content, *, instruction: str) -> PreparedQuery:
        """Return *query* ready to be paired with many documents. Thread-safe. Raises InvalidFieldError."""
        self._builder.refuse_reserved("query", query.texts)
        self._builder.refuse_reserved("instruction", (instruction,))
        patches = self._builder.patches(query)
        beginnings = [_conversation(query, Content((text,), ()), instruction) for text in _UNLIKE_DOCUMENTS]
        return PreparedQuery(query, patches, instruction, self._builder.beginning(beginnings, patches))

    def prepare_pair(self, query: PreparedQuery, document: Content, *, truncation: Truncation) -> PreparedPair:
        """Return the model input for the pair. Thread-safe. Raises ContentTooLongError, InvalidFieldError."""
        self._builder.refuse_reserved("documents", document.texts)
        patches = query.patches + self._builder.patches(document)
        whole, shortest = (
            _conversation(query.content, one, query.instruction) for one in (document, replace(document, texts=()))
        )
        return PreparedPair(query, self._builder.build(whole, shortest, patches, truncation=truncation))

    @property
    def runs_ahead(self) -> bool:
        """On CUDA the host goes on while the device computes."""
        return self._forward.device.type == "cuda"

    def score(self, batch: Sequence[PreparedPair]) -> list[float]:
        """Return one relevance per pair, 0 to 1, in order. One thread at a time."""
        return self.begin(batch)() if batch else []

    def begin(self, batch: Sequence[PreparedPair]) -> Callable[[], list[float]]:
        """Start on *batch*; return what waits for its scores. One thread at a time.

        What pairs of one query share is computed once, and kept for the next batch while that query is the latest.
        """
        spans: dict[int, Span] = {}
        for pairs in self._families(batch):
            prefix = self._prefix(batch[pairs[0]].query) if self._share_prefixes else None
            for place in pairs:
                sequence = batch[place].sequence
                shared = 0 if prefix is None else num_shared(prefix.sequence, sequence)
                spans[place] = Span(sequence, prefix, shared) if shared else Span(sequence)
        states = torch.cat([row.states for row in self._forward.run(list(spans.values()), last_only=True)])
        fetch = fetching(torch.sigmoid((states @ self._direction).float()))
        return lambda: [score for _, score in sorted(zip(spans, fetch().tolist(), strict=True))]

    def _families(self, batch: Sequence[PreparedPair]) -> list[list[int]]:
        """Return the places of the pairs of each query."""
        families: dict[int, list[int]] = defaultdict(list)
        for place, pair in enumerate(batch):
            families[id(pair.query)].append(place)
        return list(families.values())

    def _prefix(self, query: PreparedQuery) -> Prefix:
        if self._latest is None or self._latest[0] is not query:
            self._latest = (query, self._forward.read(query.beginning))
        return self._latest[1]


def _conversation(query: Content, document: Content, instruction: str) -> Conversation:
    return reranking_conversation(
        query_texts=query.texts,
        query_images=len(query.images),
        query_videos=len(query.videos),
        document_texts=document.texts,
        document_images=len(document.images),
        document_videos=len(document.videos),
        instruction=instruction,
    )
