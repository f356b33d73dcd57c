"""The table from errors to statuses is whole: every error has a rule or is a fault of ours, and keeps the contract."""

import inspect
import re
from pathlib import Path

import grpc
import pytest

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_embedder import errors
from lensdex_embedder.status import OURS, RULES, refuse

CONTRACT = Path(__file__).parents[3] / "proto" / "lensdex" / "common" / "v1" / "error_reason.proto"
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.EmbedderError)]
ABSTRACT = {errors.EmbedderError, errors.ContentError}

EXAMPLES = [
    errors.InvalidFieldError("k", "k is wrong.", value="0", minimum=1, maximum=9),
    errors.TooManyItemsError("contents", count=9, maximum=3),
    errors.UnsupportedDimensionError(3, minimum=64, maximum=128),
    errors.InvalidIdError(num_bytes=0, maximum=9),
    errors.DuplicateIdError("p1"),
    errors.EmptyContentError(),
    errors.InvalidMediaError("images[0]", "it is none", num_bytes=9, maximum_bytes=8),
    errors.ImageTooLargeError("images[0]", width=3, height=4, maximum=10),
    errors.AspectRatioTooLargeError("images[0]", ratio=300.0, maximum=200),
    errors.MediaNotAllowedError("images[0]", "http"),
    errors.MediaNotFoundError("images[0]"),
    errors.MediaUnavailableError("images[0]", "its host answers 503"),
    errors.ContentTooLongError(tokens=9, maximum=3, remedy="Shorten it."),
    errors.OverloadedError("pending items", maximum=3, retry_after=0.25),
    errors.NotServingError("starting"),
    errors.DeadlineExceededError(),
]


def _promised() -> dict[str, tuple[str, set[str]]]:
    """Return reason → (code, metadata keys) as the contract's comments state them."""
    promised = {}
    for comment, name in re.findall(r"((?:  //[^\n]*\n)+)  (ERROR_REASON_\w+) = \d+;", CONTRACT.read_text()):
        text = " ".join(line.strip().removeprefix("//").strip() for line in comment.splitlines())
        code = re.match(r"[A-Z_]+", text)
        metadata = re.search(r"Metadata: (.*?)(?:Example:|$)", text)
        keys = set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", metadata[1]))) if metadata else set()
        promised[name] = (code[0] if code else "", keys)
    return promised


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_told(kind: type[errors.EmbedderError]) -> None:
    """Every class of error has a rule of its own, is a fault of ours, or only groups others."""
    assert (kind in RULES) + (kind in OURS) + (kind in ABSTRACT) == 1


def test_every_rule_has_an_example_here() -> None:
    """The examples below cover the table."""
    assert {type(example) for example in EXAMPLES} == set(RULES)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_rule_keeps_the_contract(error: errors.EmbedderError) -> None:
    """Code and metadata keys are those the contract's comment on the reason states, and the text is a sentence."""
    refusal = refuse(error)
    code, keys = _promised()[ErrorReason.Name(refusal.reason)]
    assert refusal.code.name == code
    assert set(refusal.metadata) == keys
    assert all(isinstance(value, str) and value for value in refusal.metadata.values())
    assert refusal.message.endswith(".")
    assert (refusal.retry_after is not None) == isinstance(error, errors.OverloadedError)


def test_facts_that_do_not_apply_are_left_out() -> None:
    """A fact that does not apply has no key, rather than an empty value."""
    assert dict(refuse(errors.InvalidFieldError("poolings", "twice.")).metadata) == {"field": "poolings"}


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("secret"), errors.EngineFailedError(), errors.CheckpointError("x")]
)
def test_what_is_ours_is_told_as_an_incident(error: Exception) -> None:
    """What is no refusal is told as INTERNAL with an incident, and nothing of what went wrong."""
    refusal = refuse(error)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, ErrorReason.ERROR_REASON_INTERNAL)
    assert refusal.metadata["incident"] in refusal.message
    assert "secret" not in refusal.message


def test_incidents_differ() -> None:
    """Each incident has an id of its own, to be found in the log."""
    assert refuse(ValueError()).metadata != refuse(ValueError()).metadata


def test_a_class_derived_from_one_with_a_rule_has_that_rule() -> None:
    """The most specific class of an error counts."""

    class Special(errors.MediaNotFoundError):
        pass

    assert refuse(Special("images[0]")).reason == ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND
