"""How much two problems have to do with each other, read off what they were made from."""

from __future__ import annotations

from collections.abc import Mapping

Made = Mapping[str, str | int | bool]


def relevance(one: Made, other: Made) -> int:
    """Grade two items by their metadata; symmetric.

    4: same template (the same task, other numbers); 3: same concept; 2: same unit; 1: same subject; 0: none of these.
    """
    for grade, field in ((4, "template"), (3, "concept"), (2, "unit"), (1, "subject")):
        if one[field] == other[field]:
            return grade
    return 0
