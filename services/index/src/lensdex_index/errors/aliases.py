"""What is wrong with an alias, or done to a collection that has some."""

from dataclasses import dataclass

from lensdex_index.errors.base import FactsError, shown


@dataclass(eq=False)
class AliasNotFoundError(FactsError):
    """No such alias."""

    alias: str

    def __str__(self) -> str:
        return f"there is no alias {shown(self.alias)!r}"


@dataclass(eq=False)
class AliasExistsError(FactsError):
    """An alias has the name that a collection should get."""

    alias: str
    collection: str
    """What it names."""

    def __str__(self) -> str:
        return (
            f"{shown(self.alias)!r} is an alias of collection {shown(self.collection)}; delete the alias first or "
            "choose another name"
        )


@dataclass(eq=False)
class AliasNotAllowedError(FactsError):
    """An alias where only a collection's own name is taken."""

    field: str
    alias: str
    collection: str
    """What it names."""

    def __str__(self) -> str:
        return (
            f"{self.field}: {shown(self.alias)!r} is an alias, and only a collection's own name is taken here; it "
            f"names {shown(self.collection)}"
        )


@dataclass(eq=False)
class CollectionHasAliasesError(FactsError):
    """A collection that aliases name is not deleted."""

    collection: str
    known: str
    """The aliases, comma-separated; where they are many, the first ones."""

    def __str__(self) -> str:
        return (
            f"collection {shown(self.collection)} is named by the aliases {self.known}; move them to another "
            "collection or delete them first"
        )


@dataclass(eq=False)
class AliasChangedError(FactsError):
    """The alias does not name the collection that the caller expected."""

    alias: str
    expected: str
    actual: str
    """Empty: there is no such alias."""

    def __str__(self) -> str:
        actual = f"names collection {shown(self.actual)}" if self.actual else "does not exist"
        expected = shown(self.expected) if self.expected else "none"
        return f"alias {shown(self.alias)!r} {actual}, expected was {expected}; nothing was changed"
