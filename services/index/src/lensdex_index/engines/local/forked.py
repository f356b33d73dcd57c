"""Bytes from a forked child: what holds the interpreter for seconds holds the child's, and the parent reads on.

The child has the memory of the moment it was forked in, and nothing else of the process: it closes every file but its
end of the pipe, runs one function, and leaves without any clean-up. When the parent dies, the child does at its next
write. Forking itself holds the process for as long as it takes to copy page tables, some 20 ms a gigabyte.

Only the system's own allocator must be safe to use in the child, as glibc's is. OpenBLAS stops its threads before every
fork and hangs for good when they are at work: ``prepare`` has it work in its callers' threads. gRPC's support of forks
must be off (``__main__``).
"""

import os
import select
import signal
from collections.abc import Callable
from typing import Final

from threadpoolctl import ThreadpoolController

from lensdex_index.errors import LensdexIndexError

_LOOK_MS: Final = 100


def prepare() -> None:
    """Make forks safe in this process, from now on: numpy's products use no threads of their own."""
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)


class AbandonedError(LensdexIndexError):
    """The reader gave up, as it was asked to."""


class ChildFailedError(LensdexIndexError):
    """The child ended otherwise than well; its bytes are not all there."""


class Forked:
    """A child at work, and a source of what it writes. One thread uses it; closing ends the child."""

    def __init__(self, pour: Callable[[str], None], abandoned: Callable[[], bool]) -> None:
        self._abandoned = abandoned
        self._reading, writing = os.pipe()
        try:
            self._pid = os.fork()
            if not self._pid:
                _be_the_child(pour, writing)
        except BaseException:
            os.close(self._reading)
            raise
        finally:
            os.close(writing)
        self._status: int | None = None
        self._poll = select.poll()
        self._poll.register(self._reading, select.POLLIN)

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill *buffer* or a part of it; return how much, 0 at the end. Raises AbandonedError, ChildFailedError."""
        while not self._poll.poll(_LOOK_MS):
            self._look()
        self._look()
        num_bytes = os.readv(self._reading, [buffer])
        if not num_bytes and buffer:
            self._end()
        return num_bytes

    def close(self) -> None:
        """End the child, if it has not ended, and release the pipe. Closing twice is allowed."""
        if self._reading >= 0:
            os.close(self._reading)
            self._reading = -1
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            self._status = os.waitpid(self._pid, 0)[1]

    def _look(self) -> None:
        if self._abandoned():
            raise AbandonedError

    def _end(self) -> None:
        if self._status is None:
            self._status = os.waitpid(self._pid, 0)[1]
        if self._status:
            raise ChildFailedError(f"the child that writes the graph ended with {self._status:#x}")


def _be_the_child(pour: Callable[[str], None], writing: int) -> None:
    code = 1
    try:
        # A terminal's Ctrl-C reaches the child too; the parent decides. Its death is what ends the child.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.dup2(writing, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        pour("/proc/self/fd/3")
        code = 0
    finally:
        os._exit(code)
