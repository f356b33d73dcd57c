"""Why a call is refused, as exceptions that carry their facts as fields. Knows no gRPC and no message.

    LensdexIndexError
    ├── StartError                     the process cannot start; a sentence for the operator
    └── DomainError                    a call is refused; ``status`` maps each class to a code and a reason
        ├── InvalidFieldError, TooManyItemsError, InvalidIdError, DuplicateIdError, RecordTooLargeError
        ├── InvalidVectorsError, NotFiniteVectorError, ZeroVectorError, DimensionMismatchError, SpaceMismatchError
        ├── CollectionNotFoundError, CollectionExistsError, ViewNotFoundError, RecordNotFoundError, ViewMissingError
        ├── DefaultViewRequiredError, FieldTypeMismatchError, InvalidBackendError
        ├── InvalidPageTokenError, InvalidConsistencyTokenError
        ├── ResponseTooLargeError, OverloadedError, NotServingError, DeadlineExceededError, CallCancelledError
        ├── StoreUnavailableError, CorruptedError
        └── ViolationsError            several of the above, of one all-or-nothing call

Field names are the metadata keys the contract names for the reason; None means: does not apply.
"""

from collections.abc import Mapping, Sequence
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
class _FactsError(DomainError):
    def __post_init__(self) -> None:
        self.args = tuple(getattr(self, item.name) for item in fields(self))

    def facts(self) -> dict[str, str]:
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "problem"}
        # Lists of names are bounded by the limits, and cut they would lie.
        return {
            name: str(value) if name == "known" else shown(value) for name, value in values.items() if value is not None
        }


@dataclass(eq=False)
class InvalidFieldError(_FactsError):
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
class TooManyItemsError(_FactsError):
    """More items in one call than the limit."""

    field: str
    count: int
    maximum: int

    def __str__(self) -> str:
        return f"{self.field}: {self.count} in one call, at most {self.maximum}; send them in several calls"


@dataclass(eq=False)
class InvalidVectorsError(_FactsError):
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
class NotFiniteVectorError(_FactsError):
    """A vector with NaN or infinity."""

    field: str
    row: int

    def __str__(self) -> str:
        return f"{self.field}: row {self.row} holds NaN or infinity; all values must be finite"


@dataclass(eq=False)
class ZeroVectorError(_FactsError):
    """A zero vector where the metric is cosine."""

    field: str
    row: int

    def __str__(self) -> str:
        return f"{self.field}: row {self.row} is a zero vector, which has no direction; the view's metric is cosine"


@dataclass(eq=False)
class DimensionMismatchError(_FactsError):
    """Vectors of another dimension than the view's."""

    view: str
    expected: int
    actual: int

    def __str__(self) -> str:
        return f"view {self.view} takes vectors of {self.expected} values, got {self.actual}"


@dataclass(eq=False)
class SpaceMismatchError(_FactsError):
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


@dataclass(eq=False)
class CollectionNotFoundError(_FactsError):
    """No such collection."""

    collection: str

    def __str__(self) -> str:
        return f"there is no collection {shown(self.collection)!r}"


@dataclass(eq=False)
class CollectionExistsError(_FactsError):
    """A collection of that name exists."""

    collection: str

    def __str__(self) -> str:
        return f"a collection {self.collection!r} exists; delete it first or choose another name"


@dataclass(eq=False)
class ViewNotFoundError(_FactsError):
    """The collection has no such view."""

    collection: str
    view: str
    known: str
    """Comma-separated."""

    def __str__(self) -> str:
        return f"collection {self.collection} has no view {shown(self.view)!r}; it has {self.known}"


@dataclass(eq=False)
class RecordNotFoundError(_FactsError):
    """No such record."""

    collection: str
    id: str

    def __str__(self) -> str:
        return f"collection {self.collection} has no record {shown(self.id)!r}"


@dataclass(eq=False)
class ViewMissingError(_FactsError):
    """The record exists but has no vector in the view."""

    collection: str
    id: str
    view: str

    def __str__(self) -> str:
        return f"record {shown(self.id)!r} has no vector in view {self.view}; query by a view it has, or by a vector"


@dataclass(eq=False)
class InvalidIdError(_FactsError):
    """A record id that is empty, too long or holds control characters."""

    field: str
    maximum_bytes: int

    def __str__(self) -> str:
        return f"{self.field}: an id has 1 to {self.maximum_bytes} bytes of UTF-8 and no control characters"


@dataclass(eq=False)
class DuplicateIdError(_FactsError):
    """The same id twice in one call."""

    field: str
    id: str

    def __str__(self) -> str:
        return f"{self.field}: id {shown(self.id)!r} stands in this call before; send each id once"


@dataclass(eq=False)
class DefaultViewRequiredError(_FactsError):
    """A record without a vector in the view `default`."""

    id: str

    def __str__(self) -> str:
        return f"record {shown(self.id)!r} has no vector in view default, which every record must have"


@dataclass(eq=False)
class FieldTypeMismatchError(_FactsError):
    """Metadata whose value does not have the type its indexed field was declared with."""

    id: str
    field: str
    expected: str
    actual: str

    def __str__(self) -> str:
        field = shown(self.field)
        return f"record {shown(self.id)!r}: metadata {field!r} is declared as {self.expected}, got {self.actual}"


@dataclass(eq=False)
class RecordTooLargeError(_FactsError):
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


@dataclass(eq=False)
class InvalidPageTokenError(_FactsError):
    """A page token this call did not hand out."""

    def __str__(self) -> str:
        return "page_token: not one this call handed out for this collection; begin again with an empty one"


@dataclass(eq=False)
class InvalidConsistencyTokenError(_FactsError):
    """A consistency token that is none, or one of another or an earlier collection."""

    collection: str
    detail: str

    def __str__(self) -> str:
        return f"consistency_token: {self.detail}; use one that a write to collection {self.collection} answered"


@dataclass(eq=False)
class InvalidBackendError(_FactsError):
    """An unknown index backend, one with a *problem* on this server, or a parameter it does not take."""

    backend: str
    known: str
    """Comma-separated: known backends, or the parameters the backend takes."""
    parameter: str | None = None
    problem: str | None = None

    def __str__(self) -> str:
        if self.parameter is None:
            return self.problem or f"unknown backend {shown(self.backend)!r}; known are {self.known}"
        return f"backend {self.backend} takes no parameter {shown(self.parameter)!r}; it takes {self.known or 'none'}"


@dataclass(eq=False)
class ResponseTooLargeError(_FactsError):
    """The answer would exceed the response budget."""

    maximum: int

    def __str__(self) -> str:
        return f"does not fit a response of {self.maximum} bytes: ask for fewer items, a smaller k or less of each"


@dataclass(eq=False)
class OverloadedError(_FactsError):
    """The server is full; nothing was done."""

    resource: str
    maximum: int

    def __str__(self) -> str:
        return f"the server is full ({self.maximum} {self.resource}); try again a little later"


@dataclass(eq=False)
class NotServingError(_FactsError):
    """The service is starting or draining."""

    state: str

    def __str__(self) -> str:
        return f"the service is {self.state}; try again, or another replica"


@dataclass(eq=False)
class DeadlineExceededError(_FactsError):
    """The call's deadline passed before its work was done."""

    def __str__(self) -> str:
        return "the deadline passed before the work was done; what was not started was not done"


@dataclass(eq=False)
class CallCancelledError(_FactsError):
    """The caller went away."""

    def __str__(self) -> str:
        return "the caller went away"


@dataclass(eq=False)
class StoreUnavailableError(_FactsError):
    """The store cannot take writes."""

    detail: str

    def __str__(self) -> str:
        return f"the store cannot take writes: {self.detail}; reads go on"


@dataclass(eq=False)
class CorruptedError(_FactsError):
    """A stored file fails its check and is not served."""

    collection: str
    detail: str

    def __str__(self) -> str:
        return f"collection {self.collection} is not served: {self.detail}"


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
