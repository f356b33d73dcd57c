"""Which alias names which collection: in the catalog, and in memory for those who ask. Knows no collection.

Whoever writes holds the engine's lock; whoever asks holds none: an alias is replaced in one step, once it is durable.
"""

from collections.abc import Sequence
from typing import Final

from lensdex_index.engines.local.store.catalog_db import CatalogDb
from lensdex_index.errors import AliasChangedError, AliasNotFoundError, CollectionHasAliasesError
from lensdex_index.records import Alias

_LISTED: Final = 5


class AliasBook:
    """The aliases of one catalog."""

    def __init__(self, db: CatalogDb) -> None:
        self._db = db
        self._by_name = {alias.name: alias for alias in db.aliases()}

    def get(self, name: str) -> Alias | None:
        """Return the alias of that name."""
        return self._by_name.get(name)

    def page(self, after: str, limit: int) -> Sequence[Alias]:
        """Return up to *limit* aliases whose names follow *after*, in order."""
        following = sorted((name, alias) for name, alias in list(self._by_name.items()) if name > after)
        return [alias for _, alias in following[:limit]]

    def put(self, alias: Alias, expected: str | None) -> Alias | None:
        """Make or replace an alias; return the one before. Raises AliasChangedError."""
        before = self._by_name.get(alias.name)
        actual = "" if before is None else before.collection
        if expected is not None and expected != actual:
            raise AliasChangedError(alias.name, expected, actual)
        self._db.put_alias(alias)
        self._by_name[alias.name] = alias
        return before

    def remove(self, name: str) -> Alias:
        """Delete an alias; return it. Raises AliasNotFoundError."""
        alias = self._by_name.get(name)
        if alias is None:
            raise AliasNotFoundError(name)
        self._db.remove_alias(name)
        del self._by_name[name]
        return alias

    def refuse_if_named(self, collection: str) -> None:
        """Raise CollectionHasAliasesError when an alias names that collection."""
        names = sorted(alias.name for alias in self._by_name.values() if alias.collection == collection)
        if names:
            more = ",…" if len(names) > _LISTED else ""
            raise CollectionHasAliasesError(collection, ",".join(names[:_LISTED]) + more)
