"""What deleted records took is given back to the file system, when nobody writes."""

import threading
from pathlib import Path

from index_testing import batch, vectors

from lensdex_index.engines.committer import Committer
from lensdex_index.engines.local.store.records_db import RecordsDb
from lensdex_index.records import BackendSpec, Metric, ViewSpec, WriteOutcome

VIEW = ViewSpec("default", 1_024, None, Metric.COSINE, BackendSpec("exact", {}))


def open_db(path: Path, *, create: bool) -> RecordsDb:
    """Open a database of one view."""
    return RecordsDb(path, "things", b"e" * 16, [VIEW], create=create, abandoned=lambda: False)


def test_a_file_shrinks_after_a_deletion(tmp_path: Path) -> None:
    """After a large deletion the file is cut step by step to about what is left; what is left is intact."""
    path = tmp_path / "records.db"
    db = open_db(path, create=True)
    ids = [f"r{at}" for at in range(3_000)]
    with db.writing() as writer:
        writer.upsert(batch(ids, vectors(3_000, 1_024)))
    db.close()
    full = path.stat().st_size
    db = open_db(path, create=False)
    with db.writing() as writer:
        writer.delete(ids[10:])
    steps = 0
    while db.reclaim():
        steps += 1
    labels = db.labels("default")
    db.close()

    assert full > 10_000_000
    assert steps > 5
    assert path.stat().st_size < full / 2
    assert len(labels) == 10


def test_a_file_without_much_unused_is_left_alone(tmp_path: Path) -> None:
    """A few unused pages are kept for the writes to come."""
    db = open_db(tmp_path / "records.db", create=True)
    with db.writing() as writer:
        writer.upsert(batch(["a", "b"], vectors(2)))
    with db.writing() as writer:
        writer.delete(["a"])
    assert not db.reclaim()
    db.close()


def test_the_writer_tidies_up_only_while_nobody_waits() -> None:
    """The writer's thread asks for more until there is none, and a job that comes meanwhile is next."""
    seen: list[str] = []
    first_idle, go_on = threading.Event(), threading.Event()

    def idle() -> bool:
        seen.append("idle")
        first_idle.set()
        assert go_on.wait(20)
        return True

    def commit(jobs: object) -> None:
        for job in jobs:
            seen.append(job.work)
            job.future.set_result(WriteOutcome(1))

    committer: Committer[str] = Committer("things", commit, idle=idle)
    committer.submit("one", 1, float("inf")).result(20)
    assert first_idle.wait(20)
    second = committer.submit("two", 1, float("inf"))
    go_on.set()
    second.result(20)
    committer.close()
    assert seen[:3] == ["one", "idle", "two"]
