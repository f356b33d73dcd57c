"""Milvus' failures in our own words. Knows its codes and pymilvus' exceptions."""

import contextlib
from collections.abc import Iterator
from typing import Final

from pymilvus.exceptions import MilvusException, ParamError

from lensdex_index.errors import (
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
ALIAS_TAKEN: Final = 1602


class NotLoadedError(LensdexIndexError):
    """A collection's data is not in the memory of Milvus' query nodes, or not all of it yet."""


def code_of(error: BaseException) -> int:
    """Return Milvus' code for *error*, -1 for what is none of its own."""
    return int(error.code) if isinstance(error, MilvusException) and isinstance(error.code, int) else -1


@contextlib.contextmanager
def translated(collection: str) -> Iterator[None]:
    """Turn what pymilvus raises about *collection*, as callers name it, into errors of ours.

    Raises CollectionNotFoundError, NotLoadedError, InvalidFilterError (Milvus cannot take it), StoreUnavailableError.
    """
    try:
        yield
    except ParamError:
        raise  # pymilvus refuses what we ask: a fault of ours.
    except MilvusException as error:
        code = code_of(error)
        if code in {_COLLECTION_NOT_FOUND, _ALIAS_NOT_FOUND}:
            raise CollectionNotFoundError(collection) from error
        if code in _NOT_LOADED:
            raise NotLoadedError from error
        if "cannot parse expression" in error.message or "parse plan" in error.message:
            problem = "is too much for Milvus to read; ask for less in one filter"
            raise InvalidFilterError("filter", problem) from error
        if code == _INVALID_PARAMETER:
            raise  # As above.
        raise _unavailable(f"Milvus answers: {shown(error.message)}") from error
    except Exception as error:
        # gRPC's own, which nothing below the faces may know by name.
        if not callable(getattr(error, "code", None)):
            raise
        raise _unavailable(f"Milvus does not answer: {error.code()}") from error  # type: ignore[attr-defined]


def _unavailable(detail: str) -> StoreUnavailableError:
    return StoreUnavailableError(detail, "the store cannot be reached; try again a little later")
