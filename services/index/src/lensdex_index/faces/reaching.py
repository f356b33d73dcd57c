"""Reaching a collection by a name that may be an alias, moved at any time. Knows the catalog and no message."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from lensdex_index.catalog import Catalog, Target
from lensdex_index.errors import CollectionNotFoundError
from lensdex_index.faces.calls import Call

_Result = TypeVar("_Result")


async def looked_up(catalog: Catalog, call: Call, name: str) -> Target:
    """Return what *name* means now. Where the engine is another process, that is asked in the pool.

    Raises CollectionNotFoundError, CorruptedError, StoreUnavailableError.
    """
    return await call.blocking(catalog.target, name) if catalog.engine.is_remote else catalog.target(name)


async def reach(catalog: Catalog, call: Call, name: str, work: Callable[[Target], Awaitable[_Result]]) -> _Result:
    """Return what *work* does on the collection that *name* means, and do it anew where that is gone by then.

    Between looking up an alias and searching, it may be moved and the collection it named be deleted: the caller, who
    asked for the alias, is answered from where it is now. Such a collection has done nothing for *work*.
    """
    target = await looked_up(catalog, call, name)
    while True:
        try:
            return await work(target)
        except CollectionNotFoundError:
            now = await looked_up(catalog, call, name)
            if now.handle.epoch == target.handle.epoch:
                raise
            target = now
