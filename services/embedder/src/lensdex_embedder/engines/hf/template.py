"""The published recipes as text: a content or a pair to what the chat template renders. Knows no tensors.

Source: the scripts published with Qwen3-VL-Embedding and Qwen3-VL-Reranker. What Lensdex does otherwise, on purpose:
nothing is ever replaced by the text "NULL"; empty contents never get here.
"""

import hashlib
import unicodedata
from typing import Any, Final

from transformers import ProcessorMixin

DEFAULT_EMBEDDING_INSTRUCTION: Final = "Represent the user's input."
DEFAULT_RERANKING_INSTRUCTION: Final = "Given a search query, retrieve relevant candidates that answer the query."
RERANKING_SYSTEM: Final = (
    "Judge whether the Document meets the requirements based on the Query and the Instruct provided. "
    'Note that the answer can only be "yes" or "no".'
)
EMBEDDING_RECIPE: Final = "qwen3-vl-embedding/1"
RERANKING_RECIPE: Final = "qwen3-vl-reranking/1"

Part = dict[str, str]
Conversation = list[dict[str, Any]]


def normalise_instruction(instruction: str) -> str:
    """Return the instruction as the embedding recipe writes it: stripped, punctuated, the default when blank.

    A full stop is added when the last character's Unicode category is not punctuation (P*).
    """
    stripped = instruction.strip()
    if not stripped:
        return DEFAULT_EMBEDDING_INSTRUCTION
    return stripped if unicodedata.category(stripped[-1]).startswith("P") else f"{stripped}."


def embedding_conversation(
    *, texts: tuple[str, ...], num_images: int, instruction: str, num_videos: int = 0
) -> Conversation:
    """Return the conversation of a content: instruction in the system turn; videos, images, texts in the user turn."""
    return [
        {"role": "system", "content": [_text(normalise_instruction(instruction))]},
        {"role": "user", "content": _parts(texts, num_images, num_videos)},
    ]


def reranking_conversation(
    *,
    query_texts: tuple[str, ...],
    query_images: int,
    document_texts: tuple[str, ...],
    document_images: int,
    instruction: str,
    query_videos: int = 0,
    document_videos: int = 0,
) -> Conversation:
    """Return the conversation of a pair. The instruction is used as it is; the default when empty."""
    return [
        {"role": "system", "content": [_text(RERANKING_SYSTEM)]},
        {
            "role": "user",
            "content": [
                _text(f"<Instruct>: {instruction or DEFAULT_RERANKING_INSTRUCTION}"),
                _text("<Query>:"),
                *_parts(query_texts, query_images, query_videos),
                _text("\n<Document>:"),
                *_parts(document_texts, document_images, document_videos),
            ],
        },
    ]


def render(processor: ProcessorMixin, conversation: Conversation) -> str:
    """Return the conversation as the checkpoint's chat template writes it, generation prompt included."""
    rendered = processor.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False)
    assert isinstance(rendered, str)
    return rendered


def template_version(processor: ProcessorMixin, *, recipe: str) -> str:
    """Return *recipe* and a digest of the checkpoint's own template, as rendered for a fixed conversation.

    Changes when the recipe's code or the checkpoint's template would write something else; not with an instruction.
    """
    if recipe == EMBEDDING_RECIPE:
        conversation = embedding_conversation(texts=("text",), num_images=1, instruction="")
    else:
        conversation = reranking_conversation(
            query_texts=("query",), query_images=1, document_texts=("document",), document_images=1, instruction=""
        )
    digest = hashlib.sha256(render(processor, conversation).encode()).hexdigest()
    return f"{recipe}:{digest[:16]}"


def _parts(texts: tuple[str, ...], num_images: int, num_videos: int) -> list[Part]:
    return [{"type": "video"}] * num_videos + [{"type": "image"}] * num_images + [_text(text) for text in texts]


def _text(text: str) -> Part:
    return {"type": "text", "text": text}
