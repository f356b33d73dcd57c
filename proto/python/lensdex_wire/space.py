"""Embedding spaces as plain data: when two vectors may be compared, and what differs when they may not.

Knows neither protobuf nor gRPC, so that policy code may use it; ``space_codec`` turns messages into it and back.
"""

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

FINGERPRINT_HEX_DIGITS: Final = 32
"""128 bits of SHA-256: no two spaces meet by chance, and a person can still compare two by eye."""


class Pooling(StrEnum):
    """How the final hidden states of a sequence become one vector. Values are the contract's names."""

    LAST_TOKEN = "POOLING_LAST_TOKEN"  # noqa: S105  a token of text, not a secret
    MEAN = "POOLING_MEAN"


class Normalization(StrEnum):
    """What was done to a vector's length. Values are the contract's names."""

    NONE = "NORMALIZATION_NONE"
    L2 = "NORMALIZATION_L2"


@dataclass(frozen=True, slots=True)
class Space:
    """The fields that make two vectors comparable: vectors of equal spaces are, all others are not."""

    weights_digest: str
    """``sha256:`` and 64 hexadecimal digits over the content of the weights."""
    template_version: str
    """Name, version and digest of the template that turns a content into tokens."""
    pooling: Pooling
    dimension: int
    """Number of values, at least 1."""
    normalization: Normalization

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits that are equal for equal spaces and different otherwise.

        SHA-256 over ``lensdex.space.v1`` and each field as name, length of its value in bytes, and value: no two
        different spaces have the same encoding, and adding a field one day means a new version of this one.
        """
        digest = hashlib.sha256(b"lensdex.space.v1\n")
        for name, value in self.as_text().items():
            encoded = value.encode()
            digest.update(f"{name}:{len(encoded)}:".encode() + encoded + b"\n")
        return digest.hexdigest()[:FINGERPRINT_HEX_DIGITS]

    def as_text(self) -> dict[str, str]:
        """Return field names and values as text, in the order of the contract."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}

    def differences(self, other: "Space") -> dict[str, tuple[str, str]]:
        """Return the fields in which *other* differs: name → (value here, value there), in the contract's order."""
        mine, theirs = self.as_text(), other.as_text()
        return {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]}
