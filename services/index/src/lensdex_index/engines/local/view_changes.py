"""Adding views to a collection and dropping them, in its turn among the writes: no write meets half a change.

A view is there once the catalog has it, and gone once the store has dropped it: each is one commit, and a start after
a crash makes the other file agree. Knows no SQL; for the writer's thread alone.
"""

from collections.abc import Callable
from dataclasses import replace

import structlog

from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.engines.local.views import OpenView, Views
from lensdex_index.engines.local.visibility import Visibility, Visible
from lensdex_index.errors import TooManyItemsError, ViewExistsError, ViewNotFoundError
from lensdex_index.records import CollectionSpec, ViewSpec

_log = structlog.get_logger()


class ViewChanges:
    """Of one collection. ``spec`` is replaced whole; any thread reads it."""

    def __init__(
        self,
        spec: CollectionSpec,
        db: RecordsDb,
        views: Views,
        visibility: Visibility,
        *,
        save_spec: Callable[[CollectionSpec], None],
        opening: Callable[[ViewSpec], OpenView],
        dropped: Callable[[OpenView], None],
    ) -> None:
        """*save_spec* writes to the catalog, durably; *dropped* hears of what is to be let go of, and returns soon."""
        self.spec = spec
        self._db, self._views, self._visibility = db, views, visibility
        self._save_spec, self._opening, self._dropped = save_spec, opening, dropped

    def add(self, view: ViewSpec, max_views: int) -> None:
        """Add *view*, which gets a number of its own."""
        spec = self.spec
        if spec.view(view.name) is not None:
            raise ViewExistsError(spec.name, view.name)
        if len(spec.views) >= max_views:
            raise TooManyItemsError("collection.views", len(spec.views) + 1, max_views)
        numbered = replace(view, number=self._db.add_view(view.name))
        opened = self._opening(numbered)
        changed = replace(spec, views=[*spec.views, numbered])
        try:
            self._save_spec(changed)
        except BaseException:
            self._dropped(opened)
            raise
        self._publish({**self._visibility.current.num_vectors, view.name: 0})
        opened.index.published(self._visibility.current.sequence)
        self._views.put(opened)
        self.spec = changed

    def drop(self, name: str) -> None:
        """Drop the view *name*."""
        spec = self.spec
        if spec.view(name) is None:
            raise ViewNotFoundError(spec.name, name, ",".join(view.name for view in spec.views))
        self._db.drop_view(name)
        self.spec = replace(spec, views=[view for view in spec.views if view.name != name])
        taken = self._views.take(name)
        taken.index.rebuilds.fail(ViewNotFoundError(spec.name, name, ",".join(view.name for view in self.spec.views)))
        try:
            self._save_spec(self.spec)
        except Exception as error:  # noqa: BLE001  it is dropped all the same
            # The store's word counts: the next change, or the next start, tells the catalog.
            _log.warning("dropped view still in the catalog", collection=spec.name, view=name, error=str(error))
        self._publish({view: count for view, count in self._visibility.current.num_vectors.items() if view != name})
        self._dropped(taken)

    def respecify(self, view: OpenView, changed: ViewSpec) -> None:
        """Note that *view*, if it is still there, has become *changed*. Durable when it returns."""
        spec = self.spec
        if self._views.find(changed.name, changed.number) is not view:
            raise ViewNotFoundError(spec.name, changed.name, ",".join(known.name for known in spec.views))
        respecified = replace(spec, views=[changed if old.name == changed.name else old for old in spec.views])
        self._save_spec(respecified)
        self.spec = respecified

    def _publish(self, num_vectors: dict[str, int]) -> None:
        current = self._visibility.current
        self._visibility.publish(Visible(current.sequence, current.num_records, num_vectors))
