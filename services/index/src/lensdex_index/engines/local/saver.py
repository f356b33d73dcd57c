"""The thread that saves graphs when they are due. Knows only that views have savings."""

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from lensdex_index.engines.local import forked
from lensdex_index.engines.local.forked import AbandonedError
from lensdex_index.engines.options import Observer

_log = structlog.get_logger()

_LOOK_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 60.0
"""Rest after a save that failed: a full disk stays full for a while."""


class Savable(Protocol):
    """What can be saved now and then."""

    @property
    def worth_it(self) -> bool:
        """Return whether there is anything to save."""

    def due(self, now: float) -> bool:
        """Return whether to save now."""

    def save(self, abandoned: Callable[[], bool]) -> int:
        """Save; return the bytes written. Ends early, with AbandonedError, once *abandoned* answers so."""


class Saver:
    """One thread for all views. What fails is logged and tried again later: the truth is elsewhere."""

    def __init__(self, observer: Observer) -> None:
        forked.prepare()
        self._observer = observer
        self._condition = threading.Condition()
        self._waiting: dict[Savable, tuple[str, float]] = {}
        """By view: its name in the log, and when it may be looked at again."""
        self._saving: Savable | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="lensdex-saver", daemon=True)
        self._thread.start()

    def watch(self, view: Savable, name: str) -> None:
        """Save *view* when it is due, from now on."""
        with self._condition:
            self._waiting[view] = (name, 0.0)

    def forget(self, view: Savable) -> None:
        """Save it no longer, and give up what is being saved of it. When this returns, nothing is."""
        with self._condition:
            self._waiting.pop(view, None)
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._saving is not view)

    def save_last(self, view: Savable, name: str, deadline: float) -> None:
        """Save a forgotten *view* in the caller's thread if it is worth it, until *deadline* of ``time.monotonic``."""
        if view.worth_it:
            self._save(view, name, lambda: time.monotonic() > deadline)

    def close(self) -> None:
        """Stop; what is being saved is given up. Closing twice is allowed."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._closing, _LOOK_SECONDS)
                if self._closing:
                    return
                views = list(self._waiting.items())
            for view, (name, earliest) in views:
                now = time.monotonic()
                if view.due(now) and now >= earliest:
                    self._save_watched(view, name)

    def _save_watched(self, view: Savable, name: str) -> None:
        with self._condition:
            if self._closing or view not in self._waiting:
                return
            self._saving = view
        try:
            saved = self._save(view, name, lambda: self._closing or view not in self._waiting)
        finally:
            with self._condition:
                self._saving = None
                self._condition.notify_all()
        if not saved:
            with self._condition:
                if view in self._waiting:
                    self._waiting[view] = (name, time.monotonic() + _AGAIN_SECONDS)

    def _save(self, view: Savable, name: str, abandoned: Callable[[], bool]) -> bool:
        begin = time.perf_counter()
        try:
            num_bytes = view.save(abandoned)
        except AbandonedError:
            _log.info("graph not saved: no time", view=name)
            return False
        except Exception:  # noqa: BLE001  one view's fault must not stop the others
            _log.exception("graph not saved", view=name)
            self._observer.graph_not_saved()
            return False
        seconds = time.perf_counter() - begin
        _log.info("graph saved", view=name, seconds=round(seconds, 3), bytes=num_bytes)
        self._observer.graph_saved(seconds)
        return True
