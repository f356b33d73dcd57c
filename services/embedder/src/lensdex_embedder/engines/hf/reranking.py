"""The reranking engine: (query, document) pairs to relevance, exactly as published. Knows no gRPC and no batching
policy.

The score is sigmoid(h · (w_yes - w_no)): h the last hidden state after the final norm, w the LM head's rows for the
tokens "yes" and "no". That is the model's probability of "yes" among the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lensdex_embedder.engines.hf.checkpoint import Checkpoint, digest_weights
from lensdex_embedder.engines.hf.model import Forward, load_processor, load_with_head
from lensdex_embedder.engines.hf.sequences import Patches, SequenceBuilder, TokenSequence
from lensdex_embedder.engines.hf.template import (
    DEFAULT_RERANKING_INSTRUCTION,
    RERANKING_RECIPE,
    reranking_conversation,
    template_version,
)
from lensdex_embedder.errors import CheckpointError
from lensdex_embedder.work import Content, Modality, ModelFacts, Truncation


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query whose pictures are patched once, for many documents."""

    texts: tuple[str, ...]
    patches: tuple[Patches, ...]
    instruction: str


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
    ) -> None:
        """Load the checkpoint. Raises CheckpointError."""
        processor = load_processor(checkpoint.folder)
        vocabulary = processor.tokenizer.get_vocab()
        lacking = [word for word in ("yes", "no") if word not in vocabulary]
        if lacking:
            raise CheckpointError(f"{checkpoint.name} cannot rerank: its vocabulary has no token {lacking[0]!r}.")
        self._builder = SequenceBuilder(
            processor, max_tokens=max_tokens, min_image_tokens=min_image_tokens, max_image_tokens=max_image_tokens
        )
        model, head = load_with_head(checkpoint.folder, device=device, dtype=dtype)
        self._forward = Forward(model)
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
            max_image_tokens=self._builder.max_image_tokens,
            modalities=(Modality.TEXT, Modality.IMAGE),
        )

    @property
    def facts(self) -> ModelFacts:
        """The model and how it runs."""
        return self._facts

    def prepare_query(self, query: Content, *, instruction: str) -> PreparedQuery:
        """Return *query* ready to be paired with many documents. Thread-safe. Raises InvalidFieldError."""
        self._builder.refuse_reserved("query", query.texts)
        self._builder.refuse_reserved("instruction", (instruction,))
        return PreparedQuery(query.texts, tuple(self._builder.patch(image) for image in query.images), instruction)

    def prepare_pair(self, query: PreparedQuery, document: Content, *, truncation: Truncation) -> TokenSequence:
        """Return the model input for the pair. Thread-safe. Raises ContentTooLongError, InvalidFieldError."""
        self._builder.refuse_reserved("documents", document.texts)
        patches = tuple(self._builder.patch(image) for image in document.images)
        whole, shortest = (
            reranking_conversation(
                query_texts=query.texts,
                query_images=len(query.patches),
                document_texts=texts,
                document_images=len(patches),
                instruction=query.instruction,
            )
            for texts in (document.texts, ())
        )
        return self._builder.build(whole, shortest, query.patches + patches, truncation=truncation)

    def score(self, batch: Sequence[TokenSequence]) -> list[float]:
        """Return one relevance per pair, 0 to 1, in order. One thread at a time."""
        scores = [0.0] * len(batch)
        for index, states in self._forward.hidden_states(batch):
            scores[index] = float(torch.sigmoid((states[-1] @ self._direction).float()))
        return scores
