"""Bytes from a forked child: all of them, or an error; and no child outlives who wanted it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lensdex_index.engines.local.forked import AbandonedError, ChildFailedError, Forked


def read(child: Forked) -> bytes:
    """Read to the end."""
    whole, buffer = b"", memoryview(bytearray(1000))
    while num_bytes := child.readinto(buffer):
        whole += bytes(buffer[:num_bytes])
    return whole


def gone(pid: int) -> bool:
    """Return whether the child was ended and waited for."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_what_the_child_writes_is_read() -> None:
    """All bytes arrive, and the child is waited for."""
    content = os.urandom(300_000)
    child = Forked(lambda path: Path(path).write_bytes(content) and None, lambda: False)
    assert read(child) == content
    child.close()
    child.close()

    assert gone(child._pid)


def fail(path: str) -> None:
    """Write something, then fail."""
    Path(path).write_bytes(b"some")
    raise ValueError


@pytest.mark.parametrize("pour", [fail, lambda path: os.kill(os.getpid(), signal.SIGKILL)])
def test_a_child_that_ends_badly_is_told_of(pour: object, capfd: pytest.CaptureFixture[str]) -> None:
    """A child that failed or was killed is an error, never just an end."""
    child = Forked(pour, lambda: False)
    with pytest.raises(ChildFailedError):
        read(child)
    child.close()

    assert gone(child._pid)


def test_an_abandoned_child_is_ended() -> None:
    """Who gives up gets AbandonedError soon though the child writes nothing, and closing ends the child."""
    child = Forked(lambda path: time.sleep(600), iter([False, True]).__next__)
    with pytest.raises(AbandonedError):
        read(child)
    child.close()

    assert gone(child._pid)


def listed(path: str) -> None:
    """Write which files are open."""
    Path(path).write_text(" ".join(file.name for file in Path("/proc/self/fd").iterdir()))


def test_the_child_has_no_file_but_the_pipe(tmp_path: Path) -> None:
    """The child holds nothing of its parent's: a lock or a port is free as soon as the parent is gone."""
    with (tmp_path / "held").open("w"):
        child = Forked(listed, lambda: False)
        numbers = sorted(int(number) for number in read(child).split())
        child.close()

    # The last is the listing's own.
    assert numbers[:4] == [0, 1, 2, 3]
    assert len(numbers) <= 6


def test_products_use_no_threads_once_forks_are_prepared() -> None:
    """OpenBLAS stops its threads before a fork, and hangs when they are at work: so it must have none at work."""
    script = """
import threading
import numpy as np
from threadpoolctl import threadpool_info
from lensdex_index.engines.local.forked import Forked, prepare
assert max(pool["num_threads"] for pool in threadpool_info() if pool["internal_api"] == "openblas") > 1
prepare()
matrix = np.ones((600, 600), dtype=np.float32)
stop = threading.Event()
def multiply():
    while not stop.is_set():
        matrix @ matrix
threads = [threading.Thread(target=multiply) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(20):
    child = Forked(lambda path: open(path, "wb").write(b"x") and None, lambda: False)
    while child.readinto(memoryview(bytearray(10))):
        pass
    child.close()
stop.set()
"""
    threaded = os.environ | {"OPENBLAS_NUM_THREADS": "4"}
    subprocess.run([sys.executable, "-c", script], env=threaded, check=True, timeout=60)


def test_a_child_dies_with_its_parent() -> None:
    """Once the parent was killed, the child ends at its next write."""
    script = """
import sys, time
from lensdex_index.engines.local.forked import Forked
def pour(path):
    with open(path, "wb", buffering=0) as pipe:
        while True:
            pipe.write(bytes(65536))
            time.sleep(0.001)
child = Forked(pour, lambda: False)
print(child._pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    # Its end of this pipe is the last: reading ends when the child does.
    assert parent.stdout.read() == ""
    parent.stdout.close()
    parent.wait(30)

    assert not Path(f"/proc/{pid}/fd/3").exists()
