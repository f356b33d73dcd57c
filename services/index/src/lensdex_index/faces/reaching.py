"""Reaching a collection by a name that may be an alias, moved at any time. Knows the catalog and no message."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from lensdex_index.catalog import Catalog, Target
from lensdex_index.errors import CollectionNotFoundError

_Result = TypeVar("_Result")


async def reach(catalog: Catalog, name: str, work: Callable[[Target], Awaitable[_Result]]) -> _Result:
    """Return what *work* does on the collection that *name* means, and do it anew where that is gone by then.

    Between looking up an alias and searching, it may be moved and the collection it named be deleted: the caller, who
    asked for the alias, is answered from where it is now. Such a collection has done nothing for *work*.
    """
    target = catalog.target(name)
    while True:
        try:
            return await work(target)
        except CollectionNotFoundError:
            now = catalog.target(name)
            if now.handle.epoch == target.handle.epoch:
                raise
            target = now
