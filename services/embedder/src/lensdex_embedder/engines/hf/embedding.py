"""The embedding engine: contents to pooled hidden states, exactly as published. Knows no gRPC and no batching policy.

Pooled are the hidden states after the final norm: the last token of the template (as the models were trained), and the
mean over all tokens. Both come from one forward pass. The system turn of an instruction is computed once.
"""

from collections.abc import Callable, Sequence

import torch

from lensdex_embedder.engines.hf.checkpoint import Checkpoint, digest_weights
from lensdex_embedder.engines.hf.forward import Forward, Row
from lensdex_embedder.engines.hf.model import load_base, load_processor
from lensdex_embedder.engines.hf.packing import Span
from lensdex_embedder.engines.hf.placing import fetching, placed
from lensdex_embedder.engines.hf.prefix import SystemTurns
from lensdex_embedder.engines.hf.sequences import SequenceBuilder, TokenSequence
from lensdex_embedder.engines.hf.template import (
    DEFAULT_EMBEDDING_INSTRUCTION,
    EMBEDDING_RECIPE,
    Conversation,
    embedding_conversation,
    template_version,
)
from lensdex_embedder.work import Content, Cost, ImageCounts, Modality, ModelFacts, Pooled, Truncation
from lensdex_wire.space import Pooling


class HfEmbeddingEngine:
    """An EmbeddingEngine on a Qwen3-VL-Embedding checkpoint."""

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
    ) -> None:
        """Load the checkpoint. Raises CheckpointError."""
        processor = load_processor(checkpoint.folder)
        self._builder = SequenceBuilder(
            processor,
            max_tokens=max_tokens,
            min_image_tokens=min_image_tokens,
            max_image_tokens=max_image_tokens,
            pin_memory=device.type == "cuda",
        )
        model = load_base(checkpoint.folder, device=device, dtype=dtype)
        self._forward = Forward(
            model, colours=self._builder.colours, max_cached_image_bytes=max_cached_image_bytes, pause=pause
        )
        self._system_turns = SystemTurns(self._forward.read)
        self._hidden_size = int(model.language_model.config.hidden_size)
        self._facts = ModelFacts(
            name=checkpoint.name,
            revision=checkpoint.revision,
            weights_digest=digest_weights(checkpoint),
            engine="hf",
            device=str(self._forward.device),
            dtype=str(self._forward.dtype).removeprefix("torch."),
            template_version=template_version(processor, recipe=EMBEDDING_RECIPE),
            default_instruction=DEFAULT_EMBEDDING_INSTRUCTION,
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

    @property
    def hidden_size(self) -> int:
        """Length of a pooled vector."""
        return self._hidden_size

    def prepare(self, content: Content, *, instruction: str, truncation: Truncation) -> TokenSequence:
        """Return the model input for *content*. Thread-safe. Raises ContentTooLongError, InvalidFieldError."""
        self._refuse_reserved(content, instruction)
        patches = self._builder.patches(content)
        whole, shortest = (_conversation(content, texts, instruction) for texts in (content.texts, ()))
        return self._builder.build(whole, shortest, patches, truncation=truncation)

    def count(self, content: Content, *, instruction: str) -> Cost:
        """Return the untruncated cost of *content*. Thread-safe. Raises InvalidFieldError."""
        self._refuse_reserved(content, instruction)
        conversation = _conversation(content, content.texts, instruction)
        return self._builder.count(conversation, self._builder.outlines(content))

    @property
    def runs_ahead(self) -> bool:
        """On CUDA the host goes on while the device computes."""
        return self._forward.device.type == "cuda"

    def begin(self, batch: Sequence[TokenSequence]) -> Callable[[], list[Pooled]]:
        """Start on *batch*; return what waits for its pooled hidden states. One thread at a time."""
        spans = self._system_turns.spans(batch)
        pooled = [self._pooled([spans[index] for index in row.indexes], row) for row in self._forward.run(spans)]
        fetch = fetching(torch.cat(pooled))
        return lambda: [Pooled({Pooling.LAST_TOKEN: last, Pooling.MEAN: mean}) for last, mean in fetch().numpy()]

    def embed(self, batch: Sequence[TokenSequence]) -> list[Pooled]:
        """Return pooled hidden states per input, in order: float32, not normalised. One thread at a time."""
        return self.begin(batch)() if batch else []

    @torch.inference_mode()
    def _pooled(self, spans: Sequence[Span], row: Row) -> torch.Tensor:
        """Return the last and the mean state of each span, whole sequences': float32, shape (spans, 2, hidden size)."""
        states = row.states.float()
        lengths = placed(torch.tensor(row.lengths), states.device)
        totals = torch.segment_reduce(states, "sum", lengths=lengths, unsafe=True)
        if any(span.prefix is not None for span in spans):
            nothing = states.new_zeros(states.shape[1])
            totals += torch.stack([nothing if span.prefix is None else span.prefix.total for span in spans])
        counts = placed(torch.tensor([len(span.sequence.ids) for span in spans]), states.device)
        return torch.stack([states[lengths.cumsum(0) - 1], totals / counts[:, None]], dim=1)

    def _refuse_reserved(self, content: Content, instruction: str) -> None:
        self._builder.refuse_reserved("texts", content.texts)
        self._builder.refuse_reserved("instruction", (instruction,))


def _conversation(content: Content, texts: tuple[str, ...], instruction: str) -> Conversation:
    return embedding_conversation(
        texts=texts, num_images=len(content.images), num_videos=len(content.videos), instruction=instruction
    )
