"""Whether a call has as many items as it may."""

from lensdex_index.errors import TooManyItemsError, out_of_range


def check_count(name: str, count: int, maximum: int) -> None:
    """Raise InvalidFieldError for none, TooManyItemsError for too many."""
    if count < 1:
        raise out_of_range(name, count, 1, maximum)
    if count > maximum:
        raise TooManyItemsError(name, count, maximum)
