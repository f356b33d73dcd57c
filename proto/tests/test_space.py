"""Embedding spaces: the fingerprint follows the fields and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex.common.v1 import embedding_space_pb2 as pb
from lensdex_wire.space import Normalization, Pooling, Space
from lensdex_wire.space_codec import InvalidSpaceError, pack_space, unpack_space

SPACE = Space("sha256:00", "qwen3-vl-embedding/1:ab", Pooling.LAST_TOKEN, 2048, Normalization.L2)
OTHERS = [
    replace(SPACE, weights_digest="sha256:01"),
    replace(SPACE, template_version="qwen3-vl-embedding/2:ab"),
    replace(SPACE, pooling=Pooling.MEAN),
    replace(SPACE, dimension=1024),
    replace(SPACE, normalization=Normalization.NONE),
]
SPACES = st.builds(
    Space,
    weights_digest=st.text(min_size=1, max_size=8),
    template_version=st.text(min_size=1, max_size=8),
    pooling=st.sampled_from(Pooling),
    dimension=st.integers(1, 5000),
    normalization=st.sampled_from(Normalization),
)


def test_fingerprint_never_changes_between_releases() -> None:
    """The fingerprint of a given space is part of the contract: stored ones must stay valid."""
    assert SPACE.fingerprint() == "b7ae4d3abe296c98cda1ba7384541f9e"


@pytest.mark.parametrize("other", OTHERS)
def test_every_field_changes_the_fingerprint(other: Space) -> None:
    """Each field alone changes the fingerprint, and differences() names exactly that field."""
    assert other.fingerprint() != SPACE.fingerprint()
    assert len(SPACE.differences(other)) == 1


@given(SPACES, SPACES)
def test_fingerprints_are_equal_exactly_for_equal_spaces(left: Space, right: Space) -> None:
    """Two spaces have one fingerprint exactly when all their fields are equal."""
    assert (left.fingerprint() == right.fingerprint()) == (left == right)


def test_shifting_text_between_fields_changes_the_fingerprint() -> None:
    """Field values cannot run into each other: lengths are part of what is digested."""
    left = replace(SPACE, weights_digest="a\ntemplate_version:1:b", template_version="c")
    right = replace(SPACE, weights_digest="a", template_version="b\ntemplate_version:1:c")

    assert left.fingerprint() != right.fingerprint()


@given(SPACES)
def test_spaces_survive_the_wire(space: Space) -> None:
    """A space comes back from its message unchanged."""
    assert unpack_space(pb.EmbeddingSpace.FromString(pack_space(space).SerializeToString())) == space


@pytest.mark.parametrize("field", ["weights_digest", "template_version", "pooling", "dimension", "normalization"])
def test_an_incomplete_space_is_refused(field: str) -> None:
    """A space message that lacks a field is refused, naming the field."""
    message = pack_space(SPACE)
    message.ClearField(field)  # type: ignore[arg-type]

    with pytest.raises(InvalidSpaceError) as caught:
        unpack_space(message)

    assert caught.value.field == field
