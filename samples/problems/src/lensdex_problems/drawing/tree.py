"""Trees drawn downwards or to the right: outcomes of chances, sentences, classifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Tree:
    """`levels[d]` are the nodes of depth d as (text, place of its parent above, text on its branch)."""

    aspect: ClassVar[float] = 1.35
    levels: tuple[tuple[tuple[str, int, str], ...], ...]
    downwards: bool = False

    def draw(self, canvas: Canvas) -> None:
        spots: list[list[tuple[float, float]]] = []
        depth = len(self.levels) - 1
        for number, level in enumerate(self.levels):
            along = number / max(depth, 1)
            row = [(along, (place + 0.5) / len(level)) for place in range(len(level))]
            spots.append([self._spot(canvas, *spot) for spot in row])
        for number in range(1, len(self.levels)):
            for place, (_, parent, text) in enumerate(self.levels[number]):
                start, end = spots[number - 1][parent], spots[number][place]
                canvas.line([start, end])
                canvas.label((start[0] * 0.42 + end[0] * 0.58, start[1] * 0.42 + end[1] * 0.58 - 4), text, size=0.75)
        for number, level in enumerate(self.levels):
            for place, (text, _, _) in enumerate(level):
                x, y = spots[number][place]
                half = 9 + 4.6 * len(text)
                canvas.polygon(
                    [(x - half, y - 14), (x + half, y - 14), (x + half, y + 14), (x - half, y + 14)],
                    fill=number,
                    width=0.8,
                )
                canvas.label((x, y), text, size=0.85, fixed=True)

    def _spot(self, canvas: Canvas, along: float, across: float) -> tuple[float, float]:
        if self.downwards:
            return 12 + across * (WIDTH - 24), 30 + along * (canvas.height - 60)
        return 45 + along * (WIDTH - 100), 10 + across * (canvas.height - 20)
