"""What a source of items yields: an item, or a line that makes none. Knows no file format."""

from dataclasses import dataclass
from typing import TypeAlias

from lensdex_client.ingesting import Item


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line or file that makes no item."""

    place: str
    """``file:line``, or the file."""
    problem: str
    extra: bool = False
    """Whether it stands beside the items, as a line of captions does, and not in the place of one."""

    def __str__(self) -> str:
        """Return the place and the problem."""
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Sourced:
    """An item and where it came from."""

    place: str
    item: Item


Line: TypeAlias = Sourced | BadLine
