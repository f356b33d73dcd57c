"""Request ids: the caller's is kept, one that could disturb a log is not."""

import pytest

from lensdex_wire.request_id import METADATA_KEY, new_request_id, request_id_of


def test_the_callers_id_is_kept() -> None:
    """A well-formed id is taken over as it is."""
    assert request_id_of([("other", "x"), (METADATA_KEY, "job-7:item_3.a")]) == "job-7:item_3.a"


@pytest.mark.parametrize("value", ["", "a b", "line\nbreak", "x" * 65, "é"])
def test_an_id_that_could_disturb_a_log_is_replaced(value: str) -> None:
    """Spaces, control characters, other alphabets and overlong ids are replaced by a fresh id."""
    replaced = request_id_of([(METADATA_KEY, value)])

    assert replaced != value
    assert len(replaced) == 32


def test_fresh_ids_differ() -> None:
    """Two fresh ids are never the same."""
    assert new_request_id() != new_request_id()
