"""What is wrong with vectors."""

from collections.abc import Mapping
from dataclasses import dataclass

from lensdex_index.errors.base import FactsError


@dataclass(eq=False)
class InvalidVectorsError(FactsError):
    """A block of vectors whose bytes do not fit its count, dimension and encoding."""

    field: str
    expected_bytes: int
    actual_bytes: int

    def __str__(self) -> str:
        return (
            f"{self.field}: count, dimension and encoding ask for {self.expected_bytes} bytes, "
            f"got {self.actual_bytes}; pack vectors row-major, without gaps, in a known encoding"
        )


@dataclass(eq=False)
class NotFiniteVectorError(FactsError):
    """A vector with NaN or infinity."""

    field: str
    row: int

    def __str__(self) -> str:
        return f"{self.field}: row {self.row} holds NaN or infinity; all values must be finite"


@dataclass(eq=False)
class ZeroVectorError(FactsError):
    """A zero vector where the metric is cosine."""

    field: str
    row: int

    def __str__(self) -> str:
        return f"{self.field}: row {self.row} is a zero vector, which has no direction; the view's metric is cosine"


@dataclass(eq=False)
class DimensionMismatchError(FactsError):
    """Vectors of another dimension than the view's."""

    view: str
    expected: int
    actual: int

    def __str__(self) -> str:
        return f"view {self.view} takes vectors of {self.expected} values, got {self.actual}"


@dataclass(eq=False)
class SpaceMismatchError(FactsError):
    """Vectors of another embedding space than the view's, or of none."""

    view: str
    differences: Mapping[str, tuple[str, str]]
    """Field → (the view's value, the vectors' value)."""

    def facts(self) -> dict[str, str]:
        """Return view, fields, and expected_FIELD and actual_FIELD for each."""
        facts = {"view": self.view, "fields": ",".join(self.differences)}
        for name, (expected, actual) in self.differences.items():
            facts[f"expected_{name}"] = expected[:160]
            facts[f"actual_{name}"] = actual[:160]
        return facts

    def __str__(self) -> str:
        return (
            f"view {self.view} holds vectors of another embedding space; it differs in {', '.join(self.differences)}: "
            "embed with the model and options the view was made for, or use another view"
        )
