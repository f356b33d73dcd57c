"""What is wrong with a filter. *field* is the path to the place in the request, *key* the metadata key asked about."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class InvalidFilterError(FactsError):
    """A filter that says nothing, is over a limit, or asks for what its field's type does not know."""

    field: str
    problem: str
    """What is wrong with it and what to do; not a fact."""
    key: str | None = None
    count: int | None = None
    maximum: int | None = None

    def __str__(self) -> str:
        return f"{shown(self.field)}: {self.problem}"


@dataclass(eq=False)
class FieldNotIndexedError(FactsError):
    """A filter on a metadata key that is not declared as an indexed field."""

    field: str
    collection: str
    key: str
    known: str
    """Comma-separated; where they are many, the first ones."""

    def __str__(self) -> str:
        return (
            f"{shown(self.field)}: collection {self.collection} has no indexed field {shown(self.key)!r}; it has "
            f"{self.known or 'none'}. Filters ask about indexed fields only: declare it in indexed_fields when "
            "creating the collection"
        )


@dataclass(eq=False)
class FilterTypeMismatchError(FactsError):
    """A filter that compares a field with a value of another type than it was declared with."""

    field: str
    key: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return (
            f"{shown(self.field)}: field {shown(self.key)!r} is declared as {self.expected}, compared with a value of "
            f"type {self.actual}; send a value of the declared type"
        )
