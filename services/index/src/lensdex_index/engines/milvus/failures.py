"""Milvus' failures in our own words. Knows its codes and pymilvus' exceptions."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pymilvus.exceptions import MilvusException, ParamError

from lensdex_index.errors import (
    AliasNotFoundError,
    CollectionNotFoundError,
    InvalidFilterError,
    LensdexIndexError,
    StoreUnavailableError,
    shown,
)

_COLLECTION_NOT_FOUND: Final = 100
_NOT_LOADED: Final = (101, 103)
"""Not loaded, and not loaded whole yet."""
_ALIAS_NOT_FOUND: Final = 1600
_INVALID_PARAMETER: Final = 1100
_ALIAS_TAKEN: Final = 1602


class NotLoadedError(LensdexIndexError):
    """A collection's data is not in the memory of Milvus' query nodes, or not all of it yet."""


class AliasTakenError(LensdexIndexError):
    """The alias points at something else."""


@contextlib.contextmanager
def translated(collection: str) -> Iterator[None]:
    """Turn what pymilvus raises about *collection*, as callers name it, into errors of ours.

    Raises CollectionNotFoundError, AliasNotFoundError, AliasTakenError, NotLoadedError, InvalidFilterError (what Milvus
    cannot take), StoreUnavailableError. What is a fault of ours is raised as it is.
    """
    try:
        yield
    except MilvusException as error:
        ours = _ours(error, collection)
        if ours is None:
            raise
        raise ours from error
    except Exception as error:
        # gRPC's own, which nothing below the faces may know by name.
        if not callable(getattr(error, "code", None)):
            raise
        raise _unavailable(f"Milvus does not answer: {error.code()}") from error  # type: ignore[attr-defined]


_KNOWN: Final[Mapping[int, Callable[[str], LensdexIndexError]]] = {
    _COLLECTION_NOT_FOUND: CollectionNotFoundError,
    _ALIAS_NOT_FOUND: AliasNotFoundError,
    _ALIAS_TAKEN: AliasTakenError,
    **dict.fromkeys(_NOT_LOADED, NotLoadedError),
}


def _ours(error: MilvusException, collection: str) -> LensdexIndexError | None:
    if "cannot parse expression" in error.message or "parse plan" in error.message:
        return InvalidFilterError("filter", "is too much for Milvus to read; ask for less in one filter")
    if isinstance(error, ParamError) or error.code == _INVALID_PARAMETER:
        return None
    if error.code in _KNOWN:
        return _KNOWN[error.code](collection)
    return _unavailable(f"Milvus answers: {shown(error.message)}")


def _unavailable(detail: str) -> StoreUnavailableError:
    return StoreUnavailableError(detail, "the store cannot be reached; try again a little later")
