"""Which checkpoint runs when nobody names one. Knows paths in the repository; loads nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[4]

PLAIN_WORDS: Final = (
    "The model is a random one of 0.7 million parameters: same architecture and code path as Qwen3-VL-Embedding-2B, "
    "but its weights were never trained, so what it finds means nothing. It shows that everything works, not how well."
)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What embeds and what reranks, and what to tell people about it (empty for a real model)."""

    embedding: str
    reranking: str
    caveat: str


def default_checkpoints() -> Checkpoints:
    """Return the checkpoints that come with the repository."""
    folder = str(REPOSITORY / "tests" / "data" / "golden" / "tiny" / "checkpoint")
    return Checkpoints(folder, folder, PLAIN_WORDS)
