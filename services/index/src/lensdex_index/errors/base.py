"""What every error of ours is: an exception that carries its facts as fields."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

_SHOWN_CHARACTERS: Final = 64


def shown(value: object) -> str:
    """Return *value* as it may stand in an error: at most 64 characters, so that the error fits gRPC's trailers."""
    text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


class LensdexIndexError(Exception):
    """Every error of ours."""


class StartError(LensdexIndexError):
    """The process cannot start. Its text is for the operator: what is wrong, and the remedy."""


class DomainError(LensdexIndexError):
    """A call, or one item of it, is refused."""

    def facts(self) -> dict[str, str]:
        """Return the error's metadata: keys as the contract names them; empty where there are none."""
        return {}


@dataclass(eq=False)
class FactsError(DomainError):
    """A domain error whose fields are its facts: their names are the contract's; None means: does not apply."""

    def __post_init__(self) -> None:
        self.args = tuple(getattr(self, item.name) for item in fields(self))

    def facts(self) -> dict[str, str]:
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "problem"}
        # Lists of names are bounded by the limits, and cut they would lie.
        return {
            name: str(value) if name == "known" else shown(value) for name, value in values.items() if value is not None
        }


class ViolationsError(DomainError):
    """Everything wrong with an all-or-nothing call; at least one."""

    def __init__(self, violations: Sequence[tuple[str, DomainError]]) -> None:
        super().__init__(violations)
        self.violations = violations
        """Request field path and error, in request order. The first decides the code and the reason."""

    def facts(self) -> dict[str, str]:
        """Return the facts of the first violation."""
        return self.violations[0][1].facts()

    def __str__(self) -> str:
        first = str(self.violations[0][1])
        more = len(self.violations) - 1
        return first if not more else f"{first} (and {more} more: see the violations)"
