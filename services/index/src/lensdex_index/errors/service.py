"""Why the service does not do what it was asked, though nothing is wrong with the call."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError


@dataclass(eq=False)
class OverloadedError(FactsError):
    """The server is full; nothing was done."""

    resource: str
    maximum: int

    def __str__(self) -> str:
        return f"the server is full ({self.maximum} {self.resource}); try again a little later"


@dataclass(eq=False)
class NotServingError(FactsError):
    """The service is starting or draining."""

    state: str

    def __str__(self) -> str:
        return f"the service is {self.state}; try again, or another replica"


@dataclass(eq=False)
class DeadlineExceededError(FactsError):
    """The call's deadline passed before its work was done."""

    def __str__(self) -> str:
        return "the deadline passed before the work was done; what was not started was not done"


@dataclass(eq=False)
class CallCancelledError(FactsError):
    """The caller went away."""

    def __str__(self) -> str:
        return "the caller went away"


@dataclass(eq=False)
class StoreUnavailableError(FactsError):
    """The store cannot take writes, or where it is another process, cannot be used at all."""

    detail: str
    problem: str | None = None
    """What cannot be done, where it is more than writing; not a fact."""

    def __str__(self) -> str:
        if self.problem is not None:
            return f"{self.problem}: {self.detail}"
        return f"the store cannot take writes: {self.detail}; reads go on"
