"""Which views a collection's database has, and taking the vectors of dropped ones out of it, a few at a time.

A view is dropped by giving its row another name, which no view can have; the row stays, so that its number is never
another view's. Vectors go later, in commits of their own. Knows SQL; for the writer's thread alone.
"""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection
from typing import Final

from lensdex_index.engines.local.store.connection import transaction
from lensdex_index.errors import CorruptedError
from lensdex_index.records import ViewSpec

_DROPPED: Final = "/dropped/"
"""Begins the names of dropped views that may have vectors yet."""
_SWEPT: Final = "/swept/"
"""Begins the names of those that have none."""
_ROWS_PER_STEP: Final = 128
"""A few milliseconds' work, in a commit of its own."""


class ViewsTable:
    """The views of one database. ``numbers`` is replaced whole: readers keep the one they began with."""

    def __init__(self, connection: Connection, collection: str) -> None:
        self._connection, self._collection = connection, collection
        self.numbers: Mapping[str, int] = {}
        """Of the views there are, by name."""
        self._unswept: list[int] = []
        """Numbers of dropped views that may have vectors."""
        self._swept_to = (-1, -1)
        """Label and view: up to these there is no vector of the first of them."""

    def initialise(self, views: Sequence[str]) -> None:
        """Make the first views, within a transaction."""
        self._connection.executemany("INSERT INTO views VALUES (?, ?)", enumerate(views, start=1))

    def agree(self, views: Sequence[ViewSpec]) -> Sequence[ViewSpec]:
        """Finish what a crash has left half done, and return those of *views*, the catalog's, that are left.

        A view whose adding did not reach the catalog goes; one whose dropping did not is dropped. One that is not here
        at all was added after this file was copied: it is made anew, empty. Raises CorruptedError where the file has
        vectors of a view that the catalog does not know: an older catalog must not cost them.
        """
        live, dropped = self._rows()
        kept, unknown = [], dict(live)
        with transaction(self._connection):
            for view in views:
                is_dropped = view.number in dropped if view.number else view.name in dropped.values()
                if is_dropped:
                    continue
                kept.append(view)
                number = unknown.pop(view.name, None)
                if number is None and view.number and view.number not in live.values():
                    self._connection.execute("INSERT INTO views VALUES (?, ?)", (view.number, view.name))
                elif number is None or view.number not in {0, number}:
                    raise CorruptedError(self._collection, f"its database file lacks the catalog's view {view.name}")
            for name, number in unknown.items():
                if self._connection.execute("SELECT 1 FROM vectors WHERE view = ? LIMIT 1", (number,)).fetchone():
                    problem = f"its database file has a view {name} that the catalog lacks; restore both together"
                    raise CorruptedError(self._collection, problem)
                self._rename(number, f"{_SWEPT}{number}/{name}")
        self._read()
        return kept

    def add(self, name: str) -> int:
        """Make a view, durably; return its number. What an addition that failed has left of that name goes."""
        with transaction(self._connection):
            (last,) = self._connection.execute("SELECT max(number) FROM views").fetchone()
            stale = self._connection.execute("SELECT number FROM views WHERE name = ?", (name,)).fetchone()
            if stale is not None:
                self._rename(stale[0], f"{_SWEPT}{stale[0]}/{name}")
            self._connection.execute("INSERT INTO views VALUES (?, ?)", (last + 1, name))
        self._read()
        return int(last) + 1

    def drop(self, name: str) -> None:
        """Drop a view, durably. Its vectors are there until they are swept, and nobody can ask for them."""
        number = self.numbers[name]
        with transaction(self._connection):
            self._rename(number, f"{_DROPPED}{number}/{name}")
        self._read()

    @property
    def is_swept(self) -> bool:
        """Return whether no dropped view has a vector left."""
        return not self._unswept

    def sweep(self) -> bool:
        """Delete some vectors of dropped views; return whether there may be more."""
        if not self._unswept:
            return False
        number = self._unswept[0]
        with transaction(self._connection):
            found = self._connection.execute(
                "SELECT label, view FROM vectors WHERE (label, view) > (?, ?) ORDER BY label, view LIMIT ?",
                (*self._swept_to, _ROWS_PER_STEP),
            ).fetchall()
            self._connection.executemany(
                "DELETE FROM vectors WHERE label = ? AND view = ?", (row for row in found if row[1] == number)
            )
            if len(found) < _ROWS_PER_STEP:
                self._connection.execute(
                    "UPDATE views SET name = replace(name, ?, ?) WHERE number = ?", (_DROPPED, _SWEPT, number)
                )
        if len(found) < _ROWS_PER_STEP:
            self._unswept.pop(0)
            self._swept_to = (-1, -1)
        else:
            self._swept_to = found[-1]
        return True

    def _rename(self, number: int, name: str) -> None:
        self._connection.execute("UPDATE views SET name = ? WHERE number = ?", (name, number))

    def _read(self) -> None:
        self.numbers, _ = self._rows()
        first = self._unswept[:1]
        unswept = self._connection.execute(
            "SELECT number FROM views WHERE substr(name, 1, ?) = ? ORDER BY number", (len(_DROPPED), _DROPPED)
        )
        self._unswept = first + [number for (number,) in unswept if [number] != first]

    def _rows(self) -> tuple[dict[str, int], dict[int, str]]:
        """Return the views there are, by name, and the names that dropped ones had, by number."""
        rows = self._connection.execute("SELECT name, number FROM views ORDER BY number").fetchall()
        live = {name: number for name, number in rows if not name.startswith("/")}
        return live, {number: name.split("/")[-1] for name, number in rows if name.startswith("/")}
