"""What a view needs while it is open: its index, its places among the records, and the threads that work on both.

Knows the files of views, the indexing and the saving thread; decides nothing.
"""

from collections.abc import Callable
from pathlib import Path

from lensdex_index.engines.local import graph_file
from lensdex_index.engines.local.indexer import Indexer
from lensdex_index.engines.local.places import Places
from lensdex_index.engines.local.rebuilding import Rebuild
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.saver import Saver
from lensdex_index.engines.local.saving import GraphSaving, SavePolicy
from lensdex_index.engines.local.view_index import ViewIndex
from lensdex_index.engines.local.views import OpenView, graph_path, rows_path
from lensdex_index.engines.options import EngineOptions
from lensdex_index.errors import StoreUnavailableError
from lensdex_index.records import ViewSpec


class ViewOpening:
    """Opens and closes the views of one collection."""

    def __init__(
        self,
        name: str,
        epoch: bytes,
        folder: Path,
        options: EngineOptions,
        records: RecordIndex,
        *,
        indexer: Indexer,
        saver: Saver,
    ) -> None:
        self._name, self._epoch, self._folder, self._options = name, epoch, folder, options
        self._records, self._indexer, self._saver = records, indexer, saver
        self._policy = SavePolicy(options.save_min_vectors, options.save_changed_fraction, options.save_idle_seconds)

    def index(self, view: ViewSpec) -> ViewIndex:
        """Return an empty index of *view*. Raises StoreUnavailableError."""
        return ViewIndex(
            view,
            rows_path(self._folder, view),
            hold_seconds=self._options.index_hold_seconds,
            rebuild_fraction=self._options.rebuild_deleted_fraction,
            min_tail=self._options.min_tail_vectors,
            first_tail=self._options.first_tail_vectors,
            adders=self._indexer.adders,
        )

    def opened(self, index: ViewIndex) -> OpenView:
        """Return the view of *index*, indexed and saved from now on."""
        saving = GraphSaving(index, self._epoch, self.graph_path, self._policy)
        self._indexer.watch(index)
        self._saver.watch(saving, self._log_name(index))
        return OpenView(index, Places(self._records.slots), saving)

    def graph_path(self, view: ViewSpec) -> Path:
        """Return where the graph of *view* is saved."""
        return graph_path(self._folder, view)

    def wake(self) -> None:
        """Say that there may be something to index."""
        self._indexer.wake()

    def save_rebuilt(self, rebuild: Rebuild, abandoned: Callable[[], bool]) -> None:
        """Save a graph that does not serve yet, in the caller's thread, if it is worth it.

        Raises AbandonedError once *abandoned* answers so, StoreUnavailableError, ChildFailedError and ImageError.
        """
        saving = GraphSaving(rebuild, self._epoch, self.graph_path, self._policy)
        if rebuild.num_graph_vectors < self._policy.min_vectors:
            return
        try:
            saving.save(abandoned)
        except OSError as error:
            raise StoreUnavailableError(f"the new graph cannot be saved: {error.strerror}") from error

    def forget(self, view: OpenView) -> None:
        """Index and save a view no longer. When this returns, neither is being done."""
        self._saver.forget(view.saving)
        self._indexer.forget(view.index)

    def save_last(self, view: OpenView, deadline: float) -> None:
        """Save a forgotten view if it is worth it, until *deadline* of ``time.monotonic``."""
        self._saver.save_last(view.saving, self._log_name(view.index), deadline)

    def close(self, index: ViewIndex) -> None:
        """Release the files of a forgotten view that nobody uses; rows stay where a saved graph needs them."""
        index.close(keep_rows=self.graph_path(index.spec).exists())

    def remove(self, view: OpenView) -> None:
        """Forget a view that is there no more, and remove its files. Searches in hand go on."""
        self.forget(view)
        view.index.tail_bound.open_up()
        view.index.abandon()
        graph_file.remove(self.graph_path(view.index.spec))

    def _log_name(self, index: ViewIndex) -> str:
        return f"{self._name}/{index.spec.name}"
