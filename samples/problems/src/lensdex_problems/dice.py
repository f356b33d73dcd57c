"""Random numbers that are the same on every machine.

A stream is named by a key; equal keys give equal numbers whatever else was drawn before. Only the bits of the
standard generator are used, whose sequence Python guarantees; how bits become choices is decided here. Knows nothing
of problems.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = TypeVar("Choice")


class Dice:
    """One stream of random numbers, named by its key."""

    def __init__(self, *key: str | int) -> None:
        self._key = "/".join(str(part) for part in key)
        digest = hashlib.sha256(self._key.encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:16], "big"))

    def fork(self, name: str) -> Dice:
        """Return the stream of that name below this one; drawing from either leaves the other alone."""
        return Dice(self._key, name)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        span = high - low + 1
        return low + self._random.getrandbits(48) % span

    def unit(self) -> float:
        """Return a number in [0, 1) with sixteen bits, so that it prints the same everywhere."""
        return self._random.getrandbits(16) / 65536

    def chance(self, share: float) -> bool:
        return self.unit() < share

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.whole(0, len(choices) - 1)]

    def sample(self, choices: Sequence[Choice], count: int) -> list[Choice]:
        """Return that many different members, in random order."""
        pool = list(choices)
        if count > len(pool):
            raise ValueError(f"cannot take {count} of {len(pool)}")
        return [pool.pop(self.whole(0, len(pool) - 1)) for _ in range(count)]

    def shuffled(self, choices: Sequence[Choice]) -> list[Choice]:
        return self.sample(choices, len(choices))

    def wholes(self, count: int, low: int, high: int) -> list[int]:
        return [self.whole(low, high) for _ in range(count)]
