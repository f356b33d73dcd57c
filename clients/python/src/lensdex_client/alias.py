"""Aliases as plain data: further names of collections. Knows no message and no channel."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """A further name of a collection that can be moved to another one while both serve."""

    name: str
    collection: str
    """The collection's own name."""
    default_view: str = ""
    """What a search through the alias takes that names no view and has none for its modality; empty: ``default``."""


@dataclass(frozen=True, slots=True)
class AliasSet:
    """What making or moving an alias did."""

    alias: Alias
    previous_collection: str
    """The collection it named before; empty: there was no such alias."""


@dataclass(frozen=True, slots=True)
class AliasPage:
    """One page of aliases, in the order of their names."""

    aliases: Sequence[Alias]
    next_page_token: str
    """Empty: this was the last page."""
