"""Items of an upsert stream: messages → what may be written, and what is refused. Pure; to be called in the pool.

Items are checked together, which costs little, and one by one only where something is wrong with one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lensdex.index.v1 import record_streams_pb2 as pb
from lensdex_index import checks
from lensdex_index.checks import SentBlock, SentRecord, SentSpace
from lensdex_index.errors import DomainError, InvalidFieldError, InvalidVectorsError, ViolationsError
from lensdex_index.faces import decode
from lensdex_index.records import DEFAULT_VIEW, Batch, CollectionSpec, Limits, Matrix

Spaces = Mapping[str, SentSpace | None]
"""The spaces of a stream's vectors, by view."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of some items."""

    batch: Batch | None
    """The good ones, in their order; None where there is none."""
    refused: Mapping[int, DomainError]
    """What is wrong with each of the others, by its place."""


@dataclass(frozen=True, slots=True)
class _Item:
    record: SentRecord
    vectors: Sequence[tuple[str, Matrix | DomainError]]
    """By view, as sent: shape (1, dimension)."""


def spaces_of(options: pb.UpsertStreamOptions, spec: CollectionSpec) -> Spaces:
    """Return the spaces that *options* state. Raises InvalidFieldError, ViewNotFoundError, SpaceMismatchError."""
    spaces: dict[str, SentSpace | None] = {}
    for at, message in enumerate(options.views):
        view = checks.view_of(spec, message.view)
        if view.name in spaces:
            raise InvalidFieldError(f"options.views[{at}].view", "stands there before; each view once", view.name)
        spaces[view.name] = decode.space(message, message.space)
        checks.check_space(view, spaces[view.name])
    return spaces


def checked(spec: CollectionSpec, limits: Limits, spaces: Spaces, messages: Sequence[pb.UpsertStreamItem]) -> Checked:
    """Return the batch to write, and what is refused. *messages* have different ids, and are no more than a call's."""
    items = [_item(message) for message in messages]
    together = _together(items, spaces)
    if together is not None:
        try:
            return Checked(checks.check_upsert(spec, limits, [item.record for item in items], together), {})
        except ViolationsError:
            pass  # Whose they are is found out below.
    refused: dict[int, DomainError] = {}
    good: list[_Item] = []
    for at, item in enumerate(items):
        try:
            checks.check_upsert(spec, limits, [item.record], _alone(item, spaces))
        except DomainError as error:
            refused[at] = error
        else:
            good.append(item)
    if not good:
        return Checked(None, refused)
    blocks = _together(good, spaces)
    assert blocks is not None, "vectors that were checked one by one fit each other"
    return Checked(checks.check_upsert(spec, limits, [item.record for item in good], blocks), refused)


def _item(message: pb.UpsertStreamItem) -> _Item:
    vectors = [
        (sent.view or DEFAULT_VIEW, _row(sent, f"vectors[{at}].vector")) for at, sent in enumerate(message.vectors)
    ]
    return _Item(decode.records([message.record])[0], vectors)


def _row(sent: pb.UpsertStreamVector, path: str) -> Matrix | DomainError:
    if sent.vector.count != 1:
        return InvalidFieldError(f"{path}.count", "must be 1: one vector a view", str(sent.vector.count), 1, 1)
    try:
        return decode.matrix(sent.vector, path)
    except InvalidVectorsError as error:
        return error


def _together(items: Iterable[_Item], spaces: Spaces) -> list[SentBlock] | None:
    """Return the vectors of *items* as a block a view; None where they make none."""
    rows: dict[str, list[Matrix]] = {}
    places: dict[str, list[int]] = {}
    for at, item in enumerate(items):
        for view, row in item.vectors:
            own = places.setdefault(view, [])
            if isinstance(row, DomainError) or own[-1:] == [at]:
                return None
            rows.setdefault(view, []).append(row)
            own.append(at)
    if any(len({row.shape[1] for row in own}) > 1 for own in rows.values()):
        return None
    return [SentBlock(view, spaces.get(view), np.concatenate(own), places[view]) for view, own in rows.items()]


def _alone(item: _Item, spaces: Spaces) -> list[SentBlock]:
    return [SentBlock(view, spaces.get(view), row, ()) for view, row in item.vectors]
