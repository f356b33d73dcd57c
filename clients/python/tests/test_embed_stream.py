"""embed_stream in both faces: every id answered once, whatever breaks; read no further ahead than said."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client import (
    Content,
    DuplicateIdError,
    EmbedderClient,
    Image,
    InvalidFieldError,
    InvalidIdError,
    MediaNotFoundError,
    MessageTooLargeError,
    Outcome,
    Pooling,
    ProtocolError,
    Retry,
    ServiceUnavailableError,
    SpaceMismatchError,
    aio,
    unanswered,
)

Answers = list[tuple[str, Outcome[Any]]]
QUICK = Retry(attempts=4, initial_seconds=0.001)


def items(count: int) -> Iterator[tuple[str, Content]]:
    """Yield items with a text each."""
    return ((f"i{number}", Content(f"text {number}")) for number in range(count))


def waiting(address: str, what: Iterable[Any], answers: Answers, **arguments: Any) -> None:
    """Collect the answers of the face that waits."""
    with EmbedderClient(address, **arguments.pop("client", {})) as client:
        answers.extend(client.embed_stream(what, **arguments))


def awaiting(address: str, what: Iterable[Any], answers: Answers, **arguments: Any) -> None:
    """Collect the answers of the asyncio face."""

    async def run() -> None:
        async with aio.EmbedderClient(address, **arguments.pop("client", {})) as client:
            async for answer in client.embed_stream(what, **arguments):
                answers.append(answer)

    asyncio.run(run())


@pytest.fixture(params=[waiting, awaiting], ids=["waiting", "awaiting"])
def collect(request: pytest.FixtureRequest) -> Any:
    """Collect the answers of either face."""
    return request.param


def test_every_item_is_answered(collect: Any, embedder: Any) -> None:
    """Each item comes back under its id with its vectors, as embed gives them; a bad one alone fails."""
    what = [*items(700), ("bad one", Content("bad"))]
    answers: Answers = []
    collect(embedder.address, what, answers, poolings=[Pooling.MEAN, Pooling.LAST_TOKEN], dimension=8, retry=QUICK)
    with EmbedderClient(embedder.address) as client:
        expected = client.embed([Content("text 3")], poolings=[Pooling.MEAN])

    assert Counter(name for name, _ in answers) == Counter(name for name, _ in what)
    found = dict(answers)
    assert [name for name, outcome in answers if not outcome.ok] == ["bad one"]
    item = found["i3"].unwrap()
    np.testing.assert_array_equal(item.vector(Pooling.MEAN), expected.vectors()[0])
    np.testing.assert_array_equal(item.vector(), expected.vectors()[0])
    assert [space.pooling for space in item.spaces] == [Pooling.MEAN, Pooling.LAST_TOKEN]
    assert item.num_tokens == 7
    assert embedder.requests["EmbedStream"][0].dimension == 8


def test_nothing_to_embed(collect: Any, embedder: Any) -> None:
    """No items, no answers."""
    answers: Answers = []
    collect(embedder.address, [], answers)

    assert answers == []


def test_a_broken_stream_goes_on_with_the_rest(collect: Any, embedder: Any) -> None:
    """When streams break again and again, every id is answered once, and none that was answered is sent again."""
    embedder.cuts = [7, 0, 100, 3, 0, 0, 40]
    answers: Answers = []
    collect(embedder.address, items(300), answers, retry=QUICK)

    assert Counter(name for name, _ in answers) == Counter(name for name, _ in items(300))
    assert all(outcome.ok for _, outcome in answers)
    assert len(embedder.requests["EmbedStream"]) == 8
    assert len(set(embedder.request_ids)) == 1


def test_a_refusal_with_a_hint_is_waited_out(collect: Any, embedder: Any, refusals: Any) -> None:
    """A server with too many streams is asked again after the time it names."""
    full = refusals(grpc.StatusCode.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_OVERLOADED)
    embedder.failures["EmbedStream"] = [replace(full, retry_after=0.01)]
    answers: Answers = []
    collect(embedder.address, items(3), answers, retry=QUICK)

    assert len(answers) == 3


def test_giving_up(collect: Any, embedder: Any) -> None:
    """Without an answer in as many attempts as allowed the error is raised; what was answered has been handed over."""
    embedder.cuts = [5, 0, 0, 0, 0]
    answers: Answers = []
    with pytest.raises(ServiceUnavailableError):
        collect(embedder.address, items(20), answers, retry=QUICK)

    assert len(answers) == 5
    assert len(embedder.requests["EmbedStream"]) == 4


def test_nobody_there(collect: Any, dead_address: str) -> None:
    """Where nobody listens the stream fails as other calls do."""
    with pytest.raises(ServiceUnavailableError):
        collect(dead_address, items(3), [], retry=Retry.none())


def test_other_errors_are_final(collect: Any, embedder: Any, refusals: Any) -> None:
    """A refusal of the options is raised at once, as what it is."""
    embedder.failures["EmbedStream"] = [
        refusals(grpc.StatusCode.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_FIELD)
    ]
    with pytest.raises(InvalidFieldError):
        collect(embedder.address, items(3), [])

    assert len(embedder.requests["EmbedStream"]) == 1


def test_a_server_with_other_weights(collect: Any, embedder: Any) -> None:
    """When the server that goes on has another space, the stream ends and names the difference."""
    embedder.cuts = [5]
    embedder.before["EmbedStream"] = lambda _: setattr(
        embedder, "weights", "a" if len(embedder.requests["EmbedStream"]) == 1 else "b"
    )
    answers: Answers = []
    with pytest.raises(SpaceMismatchError) as caught:
        collect(embedder.address, items(20), answers, retry=QUICK)

    assert set(caught.value.differences) == {"weights_digest"}
    assert len(answers) == 5


def test_an_id_twice(collect: Any, embedder: Any) -> None:
    """An id that comes twice ends the stream once what came before it is answered."""
    answers: Answers = []
    with pytest.raises(DuplicateIdError):
        collect(embedder.address, [*items(5), *items(1), ("late", Content("late"))], answers)

    assert [name for name, _ in answers] == [f"i{number}" for number in range(5)]


@pytest.mark.parametrize("name", ["", "x" * 513, "\ud800"])
def test_an_id_no_server_takes(collect: Any, embedder: Any, name: str) -> None:
    """An id that is empty, too long or no Unicode ends the stream before it is sent."""
    answers: Answers = []
    with pytest.raises(InvalidIdError):
        collect(embedder.address, [*items(2), (name, Content("x"))], answers)

    assert len(answers) == 2


def test_items_that_raise(collect: Any, embedder: Any) -> None:
    """What the caller's iterator raises is raised where it is iterated, once what it gave is answered."""

    def broken() -> Iterator[Any]:
        yield from items(5)
        raise KeyError("mine")

    answers: Answers = []
    with pytest.raises(KeyError, match="mine"):
        collect(embedder.address, broken(), answers)

    assert len(answers) == 5


def test_what_cannot_be_sent(collect: Any, embedder: Any, tmp_path: Path) -> None:
    """A file that is not there, a text that is none, a message that is too large: each fails alone, unsent."""
    what = [
        ("gone", Content(images=[Image.from_path(tmp_path / "gone.png")])),
        ("half", Content("\ud800")),
        ("huge", Content("x" * 2**20)),
        *items(3),
    ]
    answers: Answers = []
    collect(embedder.address, what, answers, client={"max_message_bytes": 2**20})
    errors = {name: type(outcome.error) for name, outcome in answers if not outcome.ok}

    assert errors == {"gone": MediaNotFoundError, "half": InvalidFieldError, "huge": MessageTooLargeError}
    assert len(answers) == 6
    assert set(embedder.answers) == {"i0", "i1", "i2"}


def test_a_server_that_forgets(collect: Any, embedder: Any) -> None:
    """A stream that ends well with items unanswered does not fit the contract."""
    # Where an item is just being written as it ends, asyncio's face only hears that the call broke, and tries again.
    embedder.cuts = [-1] * 50
    retry = Retry(attempts=50, initial_seconds=0.001)
    with pytest.raises(ProtocolError, match="before all items were answered"):
        collect(embedder.address, items(3), [], retry=retry)


def test_read_ahead_is_bounded(embedder: Any, monkeypatch: pytest.MonkeyPatch, eventually: Any) -> None:
    """While nothing is answered, no more items are read than may be held."""
    gate = threading.Event()
    embedder.before["EmbedStream"] = lambda _: gate.wait(10)
    read = 0

    def counted() -> Iterator[Any]:
        nonlocal read
        for item in items(5000):
            read += 1
            yield item

    with EmbedderClient(embedder.address) as client:
        stream = client.embed_stream(counted())
        thread = threading.Thread(target=lambda: next(stream))
        thread.start()
        eventually(lambda: read == unanswered.MAX_ITEMS)
        time.sleep(0.1)
        assert read == unanswered.MAX_ITEMS
        gate.set()
        thread.join()
        assert len(list(stream)) == 4999


def test_answers_do_not_wait_for_the_next_item(embedder: Any) -> None:
    """An answer is there before the next item is: a producer may wait for it."""
    answered = threading.Event()

    def patient() -> Iterator[Any]:
        for item in items(5):
            answered.clear()
            yield item
            assert answered.wait(10)

    with EmbedderClient(embedder.address) as client:
        for _ in client.embed_stream(patient()):
            answered.set()


async def test_asynchronous_items(embedder: Any) -> None:
    """The asyncio face takes asynchronous iterables as well, and its answers do not wait for the next item."""
    answered = asyncio.Event()

    async def patient() -> AsyncIterator[tuple[str, Content]]:
        for item in items(5):
            answered.clear()
            yield item
            await asyncio.wait_for(answered.wait(), 10)

    names = []
    async with aio.EmbedderClient(embedder.address) as client:
        async for name, _ in client.embed_stream(patient()):
            names.append(name)
            answered.set()

    assert names == [f"i{number}" for number in range(5)]


def test_closing_cancels(embedder: Any, eventually: Any) -> None:
    """Closing the iterator ends the call, and no thread stays behind."""
    before = threading.active_count()
    with EmbedderClient(embedder.address) as client:
        stream = client.embed_stream(items(100_000))
        for _ in range(10):
            next(stream)
        stream.close()
    eventually(lambda: not any(thread.name == "embed-stream" for thread in threading.enumerate()))
    assert len(embedder.answers) < 50_000
    eventually(lambda: threading.active_count() <= before + 10)


async def test_cancelling_the_task(embedder: Any) -> None:
    """Cancelling the task that iterates ends reader and call."""

    async def endless() -> AsyncIterator[tuple[str, Content]]:
        for item in items(10):
            yield item
        await asyncio.sleep(3600)

    async with aio.EmbedderClient(embedder.address) as client:
        names = []
        enough = asyncio.Event()

        async def run() -> None:
            async for name, _ in client.embed_stream(endless()):
                names.append(name)
                if len(names) == 10:
                    enough.set()

        task = asyncio.create_task(run())
        await asyncio.wait_for(enough.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert "embed-stream" not in {left.get_name() for left in asyncio.all_tasks()}
