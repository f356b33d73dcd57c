"""What the vision tower made of pictures lately, so that one that comes again is not looked at again.

A picture comes again when a record has a view of its picture beside a view of text and picture, and when a document is
among the candidates of one query after another. It is known by the digest of its pixels after resizing. Knows no
layers and no text.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch

from lensdex_embedder.engines.hf.patches import Patches
from lensdex_embedder.engines.hf.vision import Seen

Look = Callable[[Sequence[Patches]], Seen]


class PictureCache:
    """Features of pictures, the latest used, up to so many bytes on the device. One thread at a time."""

    def __init__(self, max_bytes: int) -> None:
        """With zero bytes nothing is kept, but a picture that is twice in one call is looked at once all the same."""
        self._max_bytes = max_bytes
        self._num_bytes = 0
        self._kept: OrderedDict[bytes, Seen] = OrderedDict()
        self.num_computed = 0
        """Pictures that went through the tower."""
        self.num_reused = 0
        """Pictures that did not have to."""

    def look(self, pictures: Sequence[Patches], look: Look) -> Seen:
        """Return what *look* returns for *pictures*, at least one, having called it with the unknown ones alone."""
        known: dict[bytes, Seen] = {}
        fresh: dict[bytes, Patches] = {}
        keys = [item.digest or str(place).encode() for place, item in enumerate(pictures)]
        for key, item in zip(keys, pictures, strict=True):
            if key in self._kept:
                self._kept.move_to_end(key)
                known[key] = self._kept[key]
            else:
                fresh.setdefault(key, item)
        self.num_computed += len(fresh)
        self.num_reused += len(pictures) - len(fresh)
        if not fresh:
            return _joined([known[key] for key in keys])
        seen = look(list(fresh.values()))
        if len(fresh) == len(pictures) and not self._max_bytes:
            return seen
        sizes = [item.outline.num_media_tokens for item in fresh.values()]
        parts = _parts(seen, sizes)
        for (key, item), part in zip(fresh.items(), parts, strict=True):
            known[key] = part
            if item.digest:
                self._keep(key, part)
        return seen if len(fresh) == len(pictures) else _joined([known[key] for key in keys])

    def _keep(self, key: bytes, seen: Seen) -> None:
        size = _num_bytes(seen)
        if size > self._max_bytes:
            return
        while self._num_bytes + size > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._num_bytes -= _num_bytes(oldest)
        # A copy: a part of a tensor would keep all of it.
        self._kept[key] = Seen(seen.features.clone(), tuple(level.clone() for level in seen.deepstack))
        self._num_bytes += size


def _parts(seen: Seen, sizes: list[int]) -> list[Seen]:
    levels = [torch.split(level, sizes) for level in seen.deepstack]
    return [
        Seen(features, tuple(level[place] for level in levels))
        for place, features in enumerate(torch.split(seen.features, sizes))
    ]


def _joined(parts: list[Seen]) -> Seen:
    levels = range(len(parts[0].deepstack))
    return Seen(
        torch.cat([part.features for part in parts]),
        tuple(torch.cat([part.deepstack[level] for part in parts]) for level in levels),
    )


def _num_bytes(seen: Seen) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in (seen.features, *seen.deepstack))
