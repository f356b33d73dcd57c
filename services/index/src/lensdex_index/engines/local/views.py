"""The views of an open collection: each one's index and what belongs to it, found by name.

The mapping is replaced whole, in the writer's thread: whoever has it reads on in the one there was. Knows no SQL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lensdex_index.engines.local.places import Places
from lensdex_index.engines.local.saving import GraphSaving
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.errors import ViewNotFoundError
from lensdex_index.records import ViewSpec

_DERIVED: Final = (".rows", ".graph", ".graph.new")


@dataclass(frozen=True, slots=True)
class OpenView:
    """One view."""

    index: ViewIndex
    places: Places
    saving: GraphSaving


class Views:
    """The views there are now. One thread changes them; any thread looks."""

    def __init__(self, collection: str) -> None:
        self._collection = collection
        self._open: Mapping[str, OpenView] = {}

    @property
    def all(self) -> Mapping[str, OpenView]:
        """Return all views by name, as they are at this moment."""
        return self._open

    @property
    def indexes(self) -> Mapping[str, ViewIndex]:
        """Return the index of each."""
        return {name: view.index for name, view in self._open.items()}

    def find(self, name: str, number: int | None = None) -> OpenView:
        """Return the view of that name, and of that number if one is given. Raises ViewNotFoundError."""
        view = self._open.get(name)
        if view is None or number not in {None, view.index.spec.number}:
            raise ViewNotFoundError(self._collection, name, ",".join(self._open))
        return view

    def put(self, view: OpenView) -> None:
        """Add a view, or put it in the place of the one that has its name."""
        self._open = {**self._open, view.index.spec.name: view}

    def take(self, name: str) -> OpenView:
        """Take a view away. Raises KeyError."""
        taken = self._open[name]
        self._open = {known: view for known, view in self._open.items() if known != name}
        return taken


def rows_path(folder: Path, view: ViewSpec) -> Path:
    """Return where a view's vectors are mapped."""
    return folder / f"{_stem(view)}.rows"


def graph_path(folder: Path, view: ViewSpec) -> Path:
    """Return where a view's graph is saved."""
    return folder / (f"{_stem(view)}~{view.build}.graph" if view.build else f"{_stem(view)}.graph")


def remove_files_of_others(folder: Path, views: Iterable[ViewSpec]) -> None:
    """Remove the derived files that are not those of *views* as they are."""
    kept = {path(folder, view) for view in views for path in (rows_path, graph_path)}
    for suffix in _DERIVED:
        for path in folder.glob(f"*{suffix}"):
            if path not in kept:
                path.unlink(missing_ok=True)


def _stem(view: ViewSpec) -> str:
    # No two views of a collection, one after the other, may meet in a file.
    return f"{view.name}.{view.number}" if view.number else view.name
