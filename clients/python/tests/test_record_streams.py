"""upsert_stream and export_records in both faces: every record answered or yielded once, whatever breaks."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lensdex.index.v1 import alias_pb2
from lensdex_client import (
    Collection,
    CollectionNotFoundError,
    Content,
    Exported,
    Image,
    Include,
    IndexClient,
    InvalidFieldError,
    InvalidIdError,
    MediaNotFoundError,
    MessageTooLargeError,
    ProtocolError,
    Record,
    Retry,
    ServiceUnavailableError,
    UpsertOutcome,
    View,
    aio,
)

QUICK = Retry(attempts=50, initial_seconds=0.001)
Items = Iterator[tuple[Record, Mapping[str, Any]]]


def items(count: int, start: int = 0) -> Items:
    """Yield records with a vector of their own."""
    for number in range(start, start + count):
        yield Record(f"r{number:05}", {"n": number}), {"default": row(number)}


def row(number: int) -> Any:
    """Return the vector of a record."""
    return np.full(8, number + 1, np.float32)


class Waiting:
    """The face that waits."""

    def upsert(self, address: str, what: Any, into: list[UpsertOutcome], **options: Any) -> None:
        with IndexClient(address, **options.pop("client", {})) as client:
            into.extend(client.upsert_stream("c", what, **options))

    def export(self, address: str, into: list[Exported], **options: Any) -> None:
        with IndexClient(address) as client:
            into.extend(client.export_records("c", **options))


class Awaiting:
    """The asyncio face."""

    def upsert(self, address: str, what: Any, into: list[UpsertOutcome], **options: Any) -> None:
        async def run() -> None:
            async with aio.IndexClient(address, **options.pop("client", {})) as client:
                async for outcome in client.upsert_stream("c", what, **options):
                    into.append(outcome)  # noqa: PERF401  also what comes before an error

        asyncio.run(run())

    def export(self, address: str, into: list[Exported], **options: Any) -> None:
        async def run() -> None:
            async with aio.IndexClient(address) as client:
                async for part in client.export_records("c", **options):
                    into.append(part)  # noqa: PERF401  also what comes before an error

        asyncio.run(run())


@pytest.fixture(params=[Waiting, Awaiting])
def face(request: pytest.FixtureRequest) -> Any:
    """Give either face."""
    return request.param()


@pytest.fixture
def filled(index: Any) -> Any:
    """Give the scripted index with an empty collection."""
    with IndexClient(index.address) as client:
        client.create_collection(Collection("c", [View("default", dimension=8)]))
    return index


def test_every_record_is_answered_in_order(face: Any, filled: Any) -> None:
    """Each record has one outcome, in order, with its id and a token; a refused one alone fails."""
    what = [*items(2_000), (Record("refused"), {"default": row(0)}), *items(3, 2_000)]
    answers: list[UpsertOutcome] = []
    face.upsert(filled.address, iter(what), answers)

    assert [answer.position for answer in answers] == list(range(2_004))
    assert [answer.id for answer in answers] == [record.id for record, _ in what]
    assert [type(answer.error) for answer in answers if answer.error] == [InvalidIdError]
    assert {answer.consistency_token for answer in answers if not answer.error} == {"token"}
    assert len(filled.records) == 2_003
    np.testing.assert_array_equal(filled.vectors["default"]["r01234"], row(1_234))


def test_an_id_may_come_again(face: Any, filled: Any) -> None:
    """A later record of one id replaces the earlier one."""
    answers: list[UpsertOutcome] = []
    face.upsert(filled.address, [*items(3), *items(3)], answers)

    assert [answer.id for answer in answers] == [f"r{number:05}" for number in (0, 1, 2, 0, 1, 2)]


def test_nothing_to_write(face: Any, filled: Any) -> None:
    """No records, no outcomes."""
    answers: list[UpsertOutcome] = []
    face.upsert(filled.address, [], answers)

    assert answers == []


def test_a_broken_stream_goes_on_with_the_rest(face: Any, filled: Any) -> None:
    """When streams break again and again, each record is answered once, and none that was answered is sent again."""
    filled.cuts = [7, 0, 100, 3, 0, 0, 40]
    answers: list[UpsertOutcome] = []
    face.upsert(filled.address, items(1_000), answers, retry=QUICK)

    assert sorted(answer.position for answer in answers) == list(range(1_000))
    assert not any(answer.error for answer in answers)
    assert len(filled.records) == 1_000


def test_it_gives_up_when_nobody_answers(face: Any, filled: Any) -> None:
    """Attempts without any answer end the stream; what was answered before was yielded."""
    filled.cuts = [20] + [0] * 10
    answers: list[UpsertOutcome] = []
    with pytest.raises(ServiceUnavailableError):
        face.upsert(filled.address, items(100), answers, retry=Retry(attempts=3, initial_seconds=0.001))

    assert [answer.position for answer in answers] == list(range(20))


def test_a_server_that_forgets(face: Any, filled: Any) -> None:
    """A stream that ends well with records unanswered does not fit the contract."""
    # Where one is just being written as it ends, asyncio's face only hears that the call broke, and tries again.
    filled.cuts = [-1] * 50
    with pytest.raises(ProtocolError, match="before all items were answered"):
        face.upsert(filled.address, items(3), [], retry=QUICK)


def test_no_such_collection(face: Any, index: Any) -> None:
    """What concerns no record ends the stream."""
    with pytest.raises(CollectionNotFoundError):
        face.upsert(index.address, items(3), [])
    with pytest.raises(CollectionNotFoundError):
        face.export(index.address, [])


def test_what_cannot_be_sent(face: Any, filled: Any, tmp_path: Path) -> None:
    """A file that is not there, metadata that is none, a message that is too large: each fails alone, unsent."""
    vectors = {"default": row(0)}
    what = [
        (Record("gone", content=Content(images=[Image.from_path(tmp_path / "gone.png")])), vectors),
        (Record("nan", {"x": float("nan")}), vectors),
        (Record("half", content=Content("\ud800")), vectors),
        (Record("huge", content=Content("x" * 2**20)), vectors),
        *items(3),
    ]
    answers: list[UpsertOutcome] = []
    face.upsert(filled.address, what, answers, client={"max_message_bytes": 2**20})

    errors = {answer.id: type(answer.error) for answer in answers if answer.error}
    assert errors == {
        "gone": MediaNotFoundError,
        "nan": InvalidFieldError,
        "half": InvalidFieldError,
        "huge": MessageTooLargeError,
    }
    assert sorted(filled.records) == ["r00000", "r00001", "r00002"]


def test_what_the_iterator_raises(face: Any, filled: Any) -> None:
    """What the caller's iterator raises comes out, once what came before is answered."""

    def broken() -> Items:
        yield from items(5)
        raise KeyError("mine")

    answers: list[UpsertOutcome] = []
    with pytest.raises(KeyError, match="mine"):
        face.upsert(filled.address, broken(), answers)

    assert len(answers) == 5


def test_outcomes_do_not_wait_for_the_next_record(filled: Any) -> None:
    """An outcome is there before the next record is: a producer may wait for it."""
    answered = threading.Event()

    def patient() -> Items:
        for item in items(5):
            answered.clear()
            yield item
            assert answered.wait(10)

    with IndexClient(filled.address) as client:
        for _ in client.upsert_stream("c", patient()):
            answered.set()


def test_an_export_yields_everything_once(face: Any, filled: Any) -> None:
    """However often it breaks, an export yields each record once, in order, with its vectors."""
    face.upsert(filled.address, items(100), [])
    filled.cuts = [7, 0, 30, 0, 1]
    parts: list[Exported] = []
    face.export(filled.address, parts, views=["default"], include=Include(metadata=True), retry=QUICK)

    assert [record for part in parts for record in part.records] == [record for record, _ in items(100)]
    rows = np.concatenate([part.vectors[0].vectors for part in parts])
    np.testing.assert_array_equal(rows, np.stack([row(number) for number in range(100)]))
    requests = filled.requests["ExportRecords"]
    assert [request.after for request in requests] == ["", "r00006", "r00006", "r00036", "r00036", "r00037"]
    assert len(set(filled.request_ids[-6:])) == 1


def test_an_export_goes_on_behind_an_id(face: Any, filled: Any) -> None:
    """An export that is told where to go on yields what follows."""
    face.upsert(filled.address, items(10), [])
    parts: list[Exported] = []
    face.export(filled.address, parts, after="r00006")

    assert [record.id for part in parts for record in part.records] == ["r00007", "r00008", "r00009"]


def test_what_began_through_an_alias_goes_on_in_its_collection(filled: Any) -> None:
    """A stream or an export that breaks goes on in the collection that the alias named when it began."""
    filled.aliases["live"] = alias_pb2.Alias(name="live", collection="c")
    with IndexClient(filled.address) as client:
        filled.cuts = [3]
        assert len(list(client.upsert_stream("live", items(10), retry=QUICK))) == 10
        filled.cuts = [3]
        assert sum(len(part.records) for part in client.export_records("live", retry=QUICK)) == 10

    assert [options.collection for options in filled.requests["UpsertStream"]] == ["live", "c"]
    assert [request.collection for request in filled.requests["ExportRecords"]] == ["live", "c"]


def test_an_export_gives_up_when_nobody_answers(face: Any, filled: Any) -> None:
    """Attempts without any record end the export."""
    face.upsert(filled.address, items(10), [])
    filled.cuts = [3] + [0] * 10
    parts: list[Exported] = []
    with pytest.raises(ServiceUnavailableError):
        face.export(filled.address, parts, retry=Retry(attempts=3, initial_seconds=0.001))

    assert sum(len(part.records) for part in parts) == 3


def test_an_iterator_is_let_go(filled: Any, eventually: Any) -> None:
    """What a generator holds open is closed soon after the stream has ended, also where it was not read to its end."""
    closed = threading.Event()

    def holding() -> Items:
        try:
            yield from items(100_000)
        finally:
            closed.set()

    filled.cuts = [3, 0, 0]
    with IndexClient(filled.address) as client, pytest.raises(ServiceUnavailableError) as caught:
        list(client.upsert_stream("c", holding(), retry=Retry(attempts=2, initial_seconds=0.001)))

    eventually(closed.is_set)
    assert caught.value is not None
