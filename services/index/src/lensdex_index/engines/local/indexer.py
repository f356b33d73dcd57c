"""The thread that moves fresh vectors into graphs, a little at a time. Knows only that views have steps."""

import contextlib
import threading
from typing import Protocol

import structlog

from lensdex_index.engines.local.adders import Adders

_log = structlog.get_logger()


class Steppable(Protocol):
    """Something with background work."""

    def step(self) -> bool:
        """Do a little; return whether more is left."""


class Indexer:
    """One thread for all views, and others that help it add. It sleeps until it is woken."""

    def __init__(self, num_threads: int = 1) -> None:
        """*num_threads* add to a graph, this one among them."""
        self.adders = Adders(num_threads)
        self._condition = threading.Condition()
        self._views: list[Steppable] = []
        self._stepping: Steppable | None = None
        self._dirty = False
        self._busy = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="lensdex-indexer", daemon=True)
        self._thread.start()

    def watch(self, view: Steppable) -> None:
        """Work for *view* from now on."""
        with self._condition:
            self._views.append(view)
        self.wake()

    def forget(self, view: Steppable) -> None:
        """Work no longer for *view*. When this returns, no step of it is running."""
        with self._condition:
            if view in self._views:
                self._views.remove(view)
            self._condition.wait_for(lambda: self._stepping is not view)

    def wake(self) -> None:
        """Say that there may be something to do."""
        with self._condition:
            self._dirty = True
            self._condition.notify_all()

    def settle(self, timeout: float) -> bool:
        """Wait until nothing is left to do; return whether that came within *timeout* seconds."""
        with self._condition:
            return self._condition.wait_for(lambda: not (self._dirty or self._busy), timeout)

    def close(self) -> None:
        """Stop after the step in hand. Closing twice is allowed."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join()
        self.adders.close()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._dirty or self._closing)
                if self._closing:
                    return
                self._dirty, self._busy = False, True
                views = list(self._views)
            more = [self._step(view) for view in views]
            with self._condition:
                self._dirty |= any(more)
                self._busy = False
                self._condition.notify_all()

    def _step(self, view: Steppable) -> bool:
        with self._condition:
            if self._closing or view not in self._views:
                return False
            self._stepping = view
        try:
            return view.step()
        except Exception:  # noqa: BLE001  one view's fault must not stop the others
            # Its vectors stay in the tail: answers stay right, only slower. Trying again and again would hide it.
            _log.exception("indexing stopped", view=repr(view))
            with self._condition, contextlib.suppress(ValueError):  # It may have been forgotten meanwhile.
                self._views.remove(view)
            return False
        finally:
            with self._condition:
                self._stepping = None
                self._condition.notify_all()
