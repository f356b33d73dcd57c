"""Making snapshots of collections and collections of snapshots: in which order, and what is undone where it fails.

Knows collections, the folder and the file of snapshots; no SQL but through the store.
"""

import contextlib
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from lensdex_index.engines.abandoning import RecoveryAbandonedError
from lensdex_index.engines.local import snapshot_file
from lensdex_index.engines.local.collection import LocalCollection
from lensdex_index.engines.local.snapshot_file import Facts
from lensdex_index.engines.local.snapshot_folder import SnapshotFile, SnapshotFolder, SnapshotUpload, failures, fitting
from lensdex_index.engines.local.store.copying import adopt
from lensdex_index.engines.local.undertakings import GivenUpError, Undertaking, Undertakings
from lensdex_index.errors import CorruptedError, InvalidBackendError, InvalidFieldError, InvalidSnapshotError
from lensdex_index.records import BackendSpec, CollectionSpec, ViewSpec
from lensdex_index.snapshots import Snapshot, SnapshotPhase, SnapshotReading, SnapshotReceiving, Tell

_log = structlog.get_logger()

_T = TypeVar("_T")


class Collections(Protocol):
    """The part of the engine that is needed here."""

    def open_collection(self, name: str) -> LocalCollection:
        """Return it. Raises CollectionNotFoundError, CorruptedError."""

    def resolve_backend(self, name: str, parameters: Mapping[str, object], field: str) -> BackendSpec:
        """Return it with all parameters. Raises InvalidBackendError, InvalidFieldError."""

    def install(
        self,
        spec: CollectionSpec,
        fill: Callable[[Path, bytes], None],
        *,
        abandoned: Callable[[], bool],
        commit: Callable[[], None],
    ) -> LocalCollection:
        """Make a collection of the database that *fill* writes for an epoch, or nothing at all."""

    def refuse_taken(self, name: str) -> None:
        """Raise CollectionExistsError where *name* is taken."""


class LocalSnapshots:
    """The snapshots of the local engine. Implements Snapshots."""

    def __init__(self, folder: Path, collections: Collections) -> None:
        self._folder = SnapshotFolder(folder)
        self._collections = collections
        self._undertakings = Undertakings()

    def sweep(self) -> None:
        """Make ready, and remove what a killed process has left. Raises OSError."""
        self._folder.sweep()

    def close(self) -> None:
        """Give up what is under way, and wait for its end."""
        self._undertakings.close()

    def create(self, collection: str, tell: Tell) -> Future[Snapshot]:
        source = self._collections.open_collection(collection)
        return self._undertakings.begin("snapshot", lambda undertaking: self._create(source, undertaking), tell)

    def restore(
        self, name: str, collection: str, check: Callable[[CollectionSpec], None], tell: Tell
    ) -> Future[CollectionSpec]:
        self._collections.refuse_taken(collection)
        file = self._folder.open(name)
        try:
            return self._undertakings.begin(
                "restore", lambda undertaking: self._restore(file, collection, check, undertaking), tell
            )
        except BaseException:
            file.close()
            raise

    def page(self, after: str, limit: int, collection: str = "") -> Sequence[Snapshot]:
        return self._folder.page(after, limit, collection)

    def delete(self, name: str) -> None:
        self._folder.delete(name)

    def open(self, name: str) -> SnapshotReading:
        return self._folder.open(name)

    def receive(self) -> SnapshotReceiving:
        return SnapshotUpload(self._folder)

    # In threads of their own.

    def _create(self, source: LocalCollection, undertaking: Undertaking[Snapshot]) -> Snapshot:
        with failures(), self._folder.unfinished() as path:
            with source.copying(path, lambda: undertaking.progressed(SnapshotPhase.COPYING, 0.0)) as (copy, spec):
                moment = datetime.now(UTC)
                _follow(undertaking, SnapshotPhase.COPYING, copy.run(spec.views))
                facts = Facts(spec, moment, copy.sequence, copy.num_records)
            # From here on the collection is not needed, nor does its log have to wait.
            described = _follow(undertaking, SnapshotPhase.SEALING, snapshot_file.seal(path, facts))
            undertaking.commit()
            snapshot = self._folder.keep(path, described)
        _log.info("snapshot made", snapshot=snapshot.name, bytes=snapshot.num_bytes, sequence=snapshot.sequence)
        return snapshot

    def _restore(
        self,
        file: SnapshotFile,
        collection: str,
        check: Callable[[CollectionSpec], None],
        undertaking: Undertaking[CollectionSpec],
    ) -> CollectionSpec:
        name, facts = file.snapshot.name, file.described.facts

        def fill(path: Path, epoch: bytes) -> None:
            with path.open("xb") as target, fitting(name):
                _follow(undertaking, SnapshotPhase.CHECKING, snapshot_file.extract(file.file, file.described, target))
            undertaking.progressed(SnapshotPhase.OPENING, 0.0)
            if adopt(path, collection, epoch) != (facts.sequence, facts.num_records):
                raise CorruptedError(collection, "its database holds something else than it says")

        with contextlib.closing(file):
            try:
                spec = replace(facts.spec, name=collection, create_time=datetime.now(UTC), views=self._views(facts))
                check(spec)
                restored = self._collections.install(
                    spec, fill, abandoned=lambda: undertaking.is_given_up, commit=undertaking.commit
                )
            except RecoveryAbandonedError:
                raise GivenUpError from None
            except CorruptedError as error:
                raise InvalidSnapshotError(name, error.detail) from error
            except ValueError as error:
                # What no store of ours holds: the file is made up, or there is a fault of ours. The log tells which.
                _log.warning("snapshot not restored", snapshot=name, exc_info=True)
                raise InvalidSnapshotError(name, "what its database holds cannot be read") from error
            except (InvalidBackendError, InvalidFieldError) as error:
                raise InvalidSnapshotError(name, f"this server cannot serve it: {error}") from error
        _log.info("snapshot restored", snapshot=name, collection=collection)
        return restored.spec

    def _views(self, facts: Facts) -> list[ViewSpec]:
        return [
            replace(
                view,
                backend=self._collections.resolve_backend(
                    view.backend.name, dict(view.backend.parameters), f"views.{view.name}.parameters"
                ),
            )
            for view in facts.spec.views
        ]


def _follow(undertaking: Undertaking[Any], phase: SnapshotPhase, steps: Generator[float, None, _T]) -> _T:
    """Exhaust *steps*, telling how far they are; return what they return."""
    undertaking.progressed(phase, 0.0)
    with contextlib.closing(steps):
        while True:
            try:
                part_done = next(steps)
            except StopIteration as end:
                outcome: _T = end.value
                return outcome
            undertaking.progressed(phase, part_done)
