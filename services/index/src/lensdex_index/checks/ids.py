"""Whether an id is one a record can have."""

import unicodedata
from collections.abc import Iterator, Sequence

from lensdex_index.errors import DomainError, DuplicateIdError, InvalidIdError, ViolationsError
from lensdex_index.records import Limits


def check_ids(ids: Sequence[str], path: str, limits: Limits) -> None:
    """Raise ViolationsError for ids no record can have."""
    violations = [
        (f"{path}[{at}]", InvalidIdError(f"{path}[{at}]", limits.max_id_bytes))
        for at, record_id in enumerate(ids)
        if not _is_id(record_id, limits.max_id_bytes)
    ]
    if violations:
        raise ViolationsError(violations)


def id_violations(record_id: str, seen: set[str], path: str, limits: Limits) -> Iterator[tuple[str, DomainError]]:
    """Yield what is wrong with an id of a call whose ids so far are *seen*, to which it is added."""
    if not _is_id(record_id, limits.max_id_bytes):
        yield path, InvalidIdError(path, limits.max_id_bytes)
    elif record_id in seen:
        yield path, DuplicateIdError(path, record_id)
    seen.add(record_id)


def _is_id(record_id: str, maximum_bytes: int) -> bool:
    if not 1 <= len(record_id.encode()) <= maximum_bytes:
        return False
    return record_id.isprintable() or not any(unicodedata.category(character) == "Cc" for character in record_id)
