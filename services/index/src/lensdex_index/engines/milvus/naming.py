"""How Milvus' collections and aliases are called for ours. Pure text.

Milvus' names hold letters, digits and underscores; ours lower-case letters, digits, ``_`` and ``-``, which becomes
``D``. What is made under one prefix is never taken for another's, for prefixes have no capitals.
"""

import re
from dataclasses import dataclass

_UID = "[0-9a-f]{16}"


def _packed(name: str) -> str:
    return name.replace("-", "D")


@dataclass(frozen=True, slots=True)
class Place:
    """What a Milvus collection is for."""

    anchor: str
    """The Milvus collection that holds the records."""
    view: str | None
    """The further view whose vectors it holds; None: it is the anchor."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names under one prefix."""

    prefix: str

    @property
    def epoch(self) -> str:
        """The Milvus collection whose description is the catalog's epoch."""
        return f"{self.prefix}E_epoch"

    def alias(self, name: str) -> str:
        """Return the alias that makes a collection exist under its name."""
        return f"{self.prefix}C_{_packed(name)}"

    def aliased(self, alias: str) -> str | None:
        """Return the name that a Milvus alias is of; None where it is none of ours."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}C_([a-z0-9_D]+)", alias)
        return None if found is None else found[1].replace("D", "-")

    def anchor(self, name: str, uid: str) -> str:
        """Return the Milvus collection that holds the records of *name*; *uid* tells it from earlier ones."""
        return f"{self.alias(name)}_U{uid}"

    def view(self, anchor: str, view: str) -> str:
        """Return the Milvus collection of a further view."""
        return f"{anchor}_V{_packed(view)}"

    def name(self, anchor: str) -> str:
        """Return the collection whose records *anchor* holds."""
        return anchor.removeprefix(f"{self.prefix}C_").rpartition("_U")[0].replace("D", "-")

    def place(self, name: str) -> Place | None:
        """Return what the Milvus collection *name* is for; None where it is none of ours."""
        found = re.fullmatch(rf"({re.escape(self.prefix)}C_[a-z0-9_D]+_U{_UID})(?:_V([a-z0-9_D]+))?", name)
        if found is None:
            return None
        return Place(found[1], None if found[2] is None else found[2].replace("D", "-"))
