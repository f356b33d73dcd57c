"""Which collection a call is about. Where the engine is another process, that is asked in the pool."""

from lensdex_index.catalog import Catalog
from lensdex_index.engine import CollectionHandle
from lensdex_index.faces.calls import Call


async def look_up(catalog: Catalog, call: Call, name: str) -> CollectionHandle:
    """Return the collection of that name. Raises CollectionNotFoundError, CorruptedError, StoreUnavailableError."""
    if catalog.engine.is_remote:
        return await call.blocking(catalog.collection, name)
    return catalog.collection(name)
