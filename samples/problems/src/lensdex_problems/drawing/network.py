"""Boxes joined by arrows: food webs, flows, separation of powers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Network:
    """Nodes at (text, across, down), both from 0 to 1; arrows by node numbers with a text each."""

    aspect: ClassVar[float] = 1.3
    nodes: tuple[tuple[str, float, float], ...]
    arrows: tuple[tuple[int, int, str], ...]
    rounded: bool = False

    def draw(self, canvas: Canvas) -> None:
        halves = [(12 + 4.6 * max(len(text), 2), 17.0) for text, _, _ in self.nodes]
        centres = [
            (20 + half[0] + across * (WIDTH - 40 - 2 * half[0]), 30 + down * (canvas.height - 60))
            for half, (_, across, down) in zip(halves, self.nodes, strict=True)
        ]
        for start, end, text in self.arrows:
            one, other = centres[start], centres[end]
            tail, tip = _edge(one, other, halves[start]), _edge(other, one, halves[end])
            # Two arrows between the same boxes run side by side.
            if any((end, start) == pair[:2] for pair in self.arrows):
                length = math.hypot(tip[0] - tail[0], tip[1] - tail[1]) or 1
                dx, dy = -(tip[1] - tail[1]) / length * 8, (tip[0] - tail[0]) / length * 8
                tail, tip = (tail[0] + dx, tail[1] + dy), (tip[0] + dx, tip[1] + dy)
            canvas.arrow(tail, tip)
            canvas.label(((tail[0] + tip[0]) / 2, (tail[1] + tip[1]) / 2), text, size=0.8)
        for place, ((text, _, _), (x, y), (half, tall)) in enumerate(zip(self.nodes, centres, halves, strict=True)):
            if self.rounded:
                canvas.ellipse((x, y), half, tall, fill=place)
            else:
                canvas.box(x - half, y - tall, x + half, y + tall, fill=place)
            canvas.label((x, y), text, size=0.9, fixed=True)


def _edge(start: tuple[float, float], end: tuple[float, float], half: tuple[float, float]) -> tuple[float, float]:
    """Return where the way from a box's centre leaves the box, with a little air."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    reach = min((half[0] + 4) / abs(dx) if dx else math.inf, (half[1] + 4) / abs(dy) if dy else math.inf, 0.45)
    return start[0] + dx * reach, start[1] + dy * reach
