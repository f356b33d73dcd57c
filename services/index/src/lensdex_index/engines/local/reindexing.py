"""Reindexing the views of a collection: a new graph is built beside, saved, and takes over; answers go on meanwhile.

The indexing thread builds, a thread of the reindexing's own waits, saves and tells, and the writer's thread makes the
new settings durable in its turn among the writes. A crash before that leaves what there was, one after it finds the
new graph saved. Knows no SQL and no backend.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import replace
from math import inf
from typing import Final

import structlog

from lensdex_index.engines.local import graph_file
from lensdex_index.engines.local.rebuilding import RequestedRebuild
from lensdex_index.engines.local.view_changes import ViewChanges
from lensdex_index.engines.local.view_opening import ViewOpening
from lensdex_index.engines.local.views import OpenView, Views
from lensdex_index.engines.local.writing import Write, Writing
from lensdex_index.errors import CollectionNotFoundError, LensdexIndexError, ReindexRunningError
from lensdex_index.progress import Phase, Progress
from lensdex_index.records import BackendSpec, WriteOutcome

_log = structlog.get_logger()

_TELL_SECONDS: Final = 0.25
"""Between two words about how far it is."""
_TAKEOVER_SECONDS: Final = 60.0
"""A step of the indexing thread takes milliseconds; this only bounds a fault."""


class _GivenUpError(LensdexIndexError):
    """Nobody wants it any more."""


class Reindexing:
    """Of one collection: at most one a view at a time."""

    def __init__(
        self, collection: str, views: Views, changes: ViewChanges, writing: Writing, opening: ViewOpening
    ) -> None:
        self._collection = collection
        self._views, self._changes, self._writing, self._opening = views, changes, writing, opening
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Future[WriteOutcome], threading.Thread]] = {}
        self._closed = False

    def begin(self, name: str, backend: BackendSpec, tell: Callable[[Progress], None]) -> Future[WriteOutcome]:
        """Begin; the future is done once the new graph serves. Cancelling it, which works until then, gives it up.

        Raises ViewNotFoundError, ReindexRunningError.
        """
        view = self._views.find(name)
        future: Future[WriteOutcome] = Future()
        thread = threading.Thread(
            target=self._run, args=(view, backend, tell, future), name=f"lensdex-reindex-{name}", daemon=True
        )
        with self._lock:
            if self._closed:
                raise CollectionNotFoundError(self._collection)
            if name in self._running:
                raise ReindexRunningError(self._collection, name)
            # Started first: the system may have no more threads. It ends no sooner than it can take the lock.
            thread.start()
            self._running[name] = future, thread
        return future

    def close(self) -> None:
        """Give up what is under way, and begin nothing more. When this returns, nothing runs."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        for future, thread in running:
            future.cancel()
            thread.join()

    def _run(
        self, view: OpenView, backend: BackendSpec, tell: Callable[[Progress], None], future: Future[WriteOutcome]
    ) -> None:
        begin = time.perf_counter()
        before = view.index.spec
        spec = replace(before, backend=backend, build=before.build + 1)
        facts = {"view": f"{self._collection}/{spec.name}", "backend": backend.name}
        outcome: WriteOutcome | None = None
        failure: BaseException | None = None
        try:
            outcome = self._reindexed(view, view.index.begin_rebuild(spec), tell, future)
        except _GivenUpError:
            _log.info("reindexing given up", **facts)
        except BaseException as error:  # noqa: BLE001  whoever waits hears of it
            failure = error
            _log.warning("reindexing failed", error=str(error), **facts)
        else:
            _log.info("reindexed", seconds=round(time.perf_counter() - begin, 3), **facts)
        # What is not used is not left: the old graph's file, or the new one's.
        unused = spec if self._changes.spec.view(spec.name) != spec else before
        with contextlib.suppress(OSError):
            graph_file.remove(self._opening.graph_path(unused))
        with self._lock:
            del self._running[spec.name]
        with contextlib.suppress(InvalidStateError):  # It was cancelled at the last moment.
            if outcome is not None:
                future.set_result(outcome)
            elif failure is not None:
                future.set_exception(failure)

    def _reindexed(
        self, view: OpenView, rebuild: RequestedRebuild, tell: Callable[[Progress], None], future: Future[WriteOutcome]
    ) -> WriteOutcome:
        future.add_done_callback(lambda _: rebuild.notify())
        try:
            self._opening.wake()
            self._build(view, rebuild, tell, future)
            tell(_progress(Phase.SAVING, view, rebuild, 0.0))
            self._opening.save_rebuilt(rebuild, future.cancelled)
            tell(_progress(Phase.SWITCHING, view, rebuild, 0.0))
            return self._switch(view, rebuild, future)
        except BaseException as error:
            rebuild.give_up()
            self._opening.wake()
            if future.cancelled():
                raise _GivenUpError from error
            # Saving fails too where the view was dropped.
            raise rebuild.failure or error from None

    def _build(
        self, view: OpenView, rebuild: RequestedRebuild, tell: Callable[[Progress], None], future: Future[WriteOutcome]
    ) -> None:
        begin = time.monotonic()
        tell(_progress(Phase.BUILDING, view, rebuild, None))
        told = begin
        while not rebuild.wait_built(max(0.0, told + _TELL_SECONDS - time.monotonic())):
            if future.cancelled():
                raise _GivenUpError
            now = time.monotonic()
            if now >= told + _TELL_SECONDS:
                tell(_progress(Phase.BUILDING, view, rebuild, now - begin))
                told = now
        if future.cancelled():
            raise _GivenUpError

    def _switch(self, view: OpenView, rebuild: RequestedRebuild, future: Future[WriteOutcome]) -> WriteOutcome:
        if not future.set_running_or_notify_cancel():
            raise _GivenUpError
        committed = self._writing.submit(Write(task=lambda: self._approve(view, rebuild)), inf).result()
        if not rebuild.wait_taken_over(_TAKEOVER_SECONDS):
            raise TimeoutError("the indexing thread did not take the new graph over")
        return committed

    def _approve(self, view: OpenView, rebuild: RequestedRebuild) -> None:
        """Make the new settings durable, in the writer's thread; from here on the new graph may take over."""
        self._changes.respecify(view, rebuild.spec)
        rebuild.approve()
        self._opening.wake()


def _progress(phase: Phase, view: OpenView, rebuild: RequestedRebuild, seconds: float | None) -> Progress:
    """Return how far it is, after *seconds* of building; None: at the beginning."""
    done = rebuild.num_graph_vectors
    left = view.index.num_vectors_from(rebuild.position)
    estimate = None
    if phase is not Phase.BUILDING:
        estimate = 0.0
    elif seconds is not None and done:
        estimate = seconds * left / done
    return Progress(phase, done, done + left, estimate)
