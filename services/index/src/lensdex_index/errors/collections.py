"""What is wrong with a collection, its views and their backends."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class CollectionNotFoundError(FactsError):
    """No such collection."""

    collection: str

    def __str__(self) -> str:
        return f"there is no collection {shown(self.collection)!r}"


@dataclass(eq=False)
class CollectionExistsError(FactsError):
    """A collection of that name exists."""

    collection: str

    def __str__(self) -> str:
        return f"a collection {self.collection!r} exists; delete it first or choose another name"


@dataclass(eq=False)
class ViewNotFoundError(FactsError):
    """The collection has no such view."""

    collection: str
    view: str
    known: str
    """Comma-separated."""

    def __str__(self) -> str:
        return f"collection {self.collection} has no view {shown(self.view)!r}; it has {self.known}"


@dataclass(eq=False)
class ViewExistsError(FactsError):
    """The collection has a view of that name."""

    collection: str
    view: str

    def __str__(self) -> str:
        return f"collection {self.collection} has a view {self.view!r}; drop it first or choose another name"


@dataclass(eq=False)
class ReindexRunningError(FactsError):
    """The view is being reindexed already."""

    collection: str
    view: str

    def __str__(self) -> str:
        return f"view {self.view!r} of collection {self.collection} is being reindexed; wait for that or cancel it"


@dataclass(eq=False)
class InvalidBackendError(FactsError):
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
class CorruptedError(FactsError):
    """A stored file fails its check and is not served."""

    collection: str
    detail: str

    def __str__(self) -> str:
        return f"collection {self.collection} is not served: {self.detail}"
