"""Who is told how far a stage of the evaluation is."""

from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Called with the stage's name, how much is done and how much there is in all."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
