"""Parameters of backends: whole numbers with a default and a range."""

from collections.abc import Mapping
from dataclasses import dataclass

from lensdex_index.errors import InvalidBackendError, InvalidFieldError, out_of_range
from lensdex_index.records import BackendSpec


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole-number parameter: its default and its range, both ends included."""

    default: int
    minimum: int
    maximum: int


def filled_in(
    name: str, given: Mapping[str, object], taken: Mapping[str, Parameter], field: str, *, max_ef: int
) -> BackendSpec:
    """Return the backend with every parameter it takes. *field* is where *given* stand in the request.

    Raises InvalidBackendError for a parameter it does not take, InvalidFieldError for a value outside its range.
    """
    for parameter, value in given.items():
        if parameter not in taken:
            raise InvalidBackendError(name, ",".join(sorted(taken)), parameter)
        limits = taken[parameter]
        path = f"{field}.{parameter}"
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise InvalidFieldError(path, "must be a whole number", str(value), limits.minimum, limits.maximum)
        maximum = min(limits.maximum, max_ef) if parameter == "ef" else limits.maximum
        if not limits.minimum <= value <= maximum:
            raise out_of_range(path, int(value), limits.minimum, maximum)
    numbers = {parameter: int(value) for parameter, value in given.items() if isinstance(value, int | float)}
    return BackendSpec(name, {parameter: numbers.get(parameter, limits.default) for parameter, limits in taken.items()})
