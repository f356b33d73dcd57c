"""One item's result in a call that answers per item: a value or an error. Knows nothing of what the value is."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from lensdex_client.errors import LensdexError

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T_co]):
    """Exactly one of *value* and *error* is set."""

    value: T_co | None = None
    error: LensdexError | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.error is None

    def unwrap(self) -> T_co:
        """Return the value. Raises the item's error where there is none."""
        if self.error is not None:
            raise self.error
        assert self.value is not None
        return self.value
