"""Which checkpoints run when nobody names any. Knows paths in the repository; loads nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[4]

PLAIN_WORDS: Final = (
    "The model is nano: 4.5 million parameters, trained on this kind of problem and on nothing else. It shows what the "
    "parts are for; for pictures and texts of your own, name a published model (models/nano/README.md says more)."
)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What embeds and what reranks, and what to tell people about it (empty for a model they named)."""

    embedding: str
    reranking: str
    caveat: str


def default_checkpoints() -> Checkpoints:
    """Return the checkpoints that come with the repository."""
    folder = REPOSITORY / "models" / "nano"
    return Checkpoints(str(folder / "embedding"), str(folder / "reranking"), PLAIN_WORDS)
