"""Cuts sequences into batches by number and bytes. Pure; knows neither items nor messages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: Callable[[T], int], *, max_items: int, max_bytes: int) -> Iterator[Sequence[T]]:
    """Yield *items* in order, in batches of at most *max_items* whose sizes add up to at most *max_bytes*.

    An item that alone exceeds *max_bytes* makes a batch of its own. Reads no further ahead than one item.
    """
    batch: list[T] = []
    total = 0
    for item in items:
        taken = size(item)
        if batch and (len(batch) >= max_items or total + taken > max_bytes):
            yield tuple(batch)
            batch, total = [], 0
        batch.append(item)
        total += taken
    if batch:
        yield tuple(batch)
