"""A stream outlives the server it began with: killed or drained in the middle, every id is answered exactly once."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lensdex_client import Content, EmbedderClient, Outcome, aio
from lensdex_local.process import ServiceProcess
from lensdex_local.stack import EMBEDDER_MODULE

COUNT = 6000
FAKE = ("--engine", "fake", "--embedding-model", "one", "--metrics-port", "none", "--max-batch-items", "4")
Answers = list[tuple[str, Outcome[Any]]]


def items() -> Iterator[tuple[str, Content]]:
    """Yield items that all differ."""
    return ((f"i{number}", Content(f"text {number} of {COUNT}")) for number in range(COUNT))


def waiting(address: str, take: Callable[[tuple[str, Outcome[Any]]], None]) -> None:
    """Run a stream of the face that waits."""
    with EmbedderClient(address) as client:
        for answer in client.embed_stream(items()):
            take(answer)


def awaiting(address: str, take: Callable[[tuple[str, Outcome[Any]]], None]) -> None:
    """Run a stream of the asyncio face."""

    async def run() -> None:
        async with aio.EmbedderClient(address) as client:
            async for answer in client.embed_stream(items()):
                take(answer)

    asyncio.run(run())


@pytest.mark.parametrize("end", [ServiceProcess.kill, ServiceProcess.stop], ids=["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("face", [waiting, awaiting])
def test_a_stream_outlives_its_server(tmp_path: Path, face: Any, end: Any) -> None:
    """A server that dies in mid-stream and comes back on its port: each id once, with the vector Embed gives."""
    answers: Answers = []
    enough = threading.Event()

    def take(answer: tuple[str, Outcome[Any]]) -> None:
        answers.append(answer)
        if len(answers) == COUNT // 4:
            enough.set()

    first = ServiceProcess(EMBEDDER_MODULE, [*FAKE, "--port", "0"], folder=tmp_path)
    first.start()
    address = first.wait(timeout=60).address
    client = threading.Thread(target=face, args=(address, take))
    client.start()
    assert enough.wait(60)
    end(first)
    num_before = len(answers)

    again = [*FAKE, "--port", address.rpartition(":")[2]]
    with ServiceProcess(EMBEDDER_MODULE, again, folder=tmp_path) as second, EmbedderClient(address) as embedder:
        second.wait(timeout=60)
        client.join(100)
        assert not client.is_alive()
        contents = [content for _, content in items()]
        expected = [embedder.embed(contents[at : at + 250]).vectors() for at in range(0, COUNT, 250)]

    assert COUNT // 4 <= num_before < COUNT
    assert sorted(name for name, _ in answers) == sorted(name for name, _ in items())
    found = {name: outcome.unwrap().vector() for name, outcome in answers}
    np.testing.assert_array_equal(np.stack([found[name] for name, _ in items()]), np.concatenate(expected))
