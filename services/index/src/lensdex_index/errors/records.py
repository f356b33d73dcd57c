"""What is wrong with a record."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class RecordNotFoundError(FactsError):
    """No such record."""

    collection: str
    id: str

    def __str__(self) -> str:
        return f"collection {self.collection} has no record {shown(self.id)!r}"


@dataclass(eq=False)
class ViewMissingError(FactsError):
    """The record exists but has no vector in the view."""

    collection: str
    id: str
    view: str

    def __str__(self) -> str:
        return f"record {shown(self.id)!r} has no vector in view {self.view}; query by a view it has, or by a vector"


@dataclass(eq=False)
class InvalidIdError(FactsError):
    """A record id that is empty, too long or holds control characters."""

    field: str
    maximum_bytes: int

    def __str__(self) -> str:
        return f"{self.field}: an id has 1 to {self.maximum_bytes} bytes of UTF-8 and no control characters"


@dataclass(eq=False)
class DuplicateIdError(FactsError):
    """The same id twice in one call."""

    field: str
    id: str

    def __str__(self) -> str:
        return f"{self.field}: id {shown(self.id)!r} stands in this call before; send each id once"


@dataclass(eq=False)
class DefaultViewRequiredError(FactsError):
    """A record without a vector in the view `default`."""

    id: str

    def __str__(self) -> str:
        return f"record {shown(self.id)!r} has no vector in view default, which every record must have"


@dataclass(eq=False)
class FieldTypeMismatchError(FactsError):
    """Metadata whose value does not have the type its indexed field was declared with."""

    id: str
    field: str
    expected: str
    actual: str

    def __str__(self) -> str:
        field = shown(self.field)
        return f"record {shown(self.id)!r}: metadata {field!r} is declared as {self.expected}, got {self.actual}"


@dataclass(eq=False)
class RecordTooLargeError(FactsError):
    """Metadata or kept content over the size limit."""

    id: str
    field: str
    bytes: int
    maximum: int

    def __str__(self) -> str:
        return (
            f"record {shown(self.id)!r}: {self.field} takes {self.bytes} bytes, at most {self.maximum}; "
            "keep large things elsewhere and their URI here"
        )
