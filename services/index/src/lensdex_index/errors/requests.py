"""What is wrong with a request whatever it is about: its fields, counts, tokens, and an answer too large for it."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class InvalidFieldError(FactsError):
    """A request field is missing or out of its range."""

    field: str
    problem: str
    """What is wrong with it and what to do; not a fact."""
    value: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    def __str__(self) -> str:
        return f"{shown(self.field)}: {self.problem}"


def out_of_range(field: str, value: int, minimum: int, maximum: int) -> InvalidFieldError:
    """Return the error of a number outside minimum…maximum, both inclusive."""
    return InvalidFieldError(field, f"must be {minimum} to {maximum}, is {value}", str(value), minimum, maximum)


@dataclass(eq=False)
class TooManyItemsError(FactsError):
    """More items in one call than the limit."""

    field: str
    count: int
    maximum: int

    def __str__(self) -> str:
        return f"{self.field}: {self.count} in one call, at most {self.maximum}; send them in several calls"


@dataclass(eq=False)
class InvalidPageTokenError(FactsError):
    """A page token this call did not hand out."""

    def __str__(self) -> str:
        return "page_token: not one this call handed out for this collection and filter; begin again with an empty one"


@dataclass(eq=False)
class InvalidConsistencyTokenError(FactsError):
    """A consistency token that is none, or one of another or an earlier collection."""

    collection: str
    detail: str

    def __str__(self) -> str:
        return f"consistency_token: {self.detail}; use one that a write to collection {self.collection} answered"


@dataclass(eq=False)
class ResponseTooLargeError(FactsError):
    """The answer would exceed the response budget."""

    maximum: int

    def __str__(self) -> str:
        return f"does not fit a response of {self.maximum} bytes: ask for fewer items, a smaller k or less of each"
