"""Maps: contour lines, a street grid, regions with a coast, weather with isobars."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas, Point


@dataclass(frozen=True)
class Landmap:
    """`kind` is contour (heights from outside in), grid (places on squares), coast (towns) or isobars (pressures).

    `spots` are (text, across, down) from 0 to 1; `seed` shapes the coast or the slopes.
    """

    aspect: ClassVar[float] = 1.25
    kind: str
    levels: tuple[int, ...] = ()
    spots: tuple[tuple[str, float, float], ...] = ()
    scale: str = ""
    seed: int = 0
    route: tuple[int, ...] = ()

    def draw(self, canvas: Canvas) -> None:
        canvas.box(12, 12, WIDTH - 12, canvas.height - 12)
        {"contour": self._contour, "grid": self._grid, "coast": self._coast, "isobars": self._contour}[self.kind](
            canvas
        )
        at = [(30 + across * (WIDTH - 60), 30 + down * (canvas.height - 85)) for _, across, down in self.spots]
        if self.route:
            canvas.line([at[place] for place in self.route], dashed=True, width=1.3)
        for (text, _, _), spot in zip(self.spots, at, strict=True):
            canvas.dot(spot, 4.5)
            canvas.label((spot[0] + 8 + 4 * len(text), spot[1] - 13), text, size=0.95)
        if self.scale:
            y = canvas.height - 34
            canvas.line([(30, y - 5), (30, y), (110, y), (110, y - 5)])
            canvas.label((70, y - 14), self.scale, size=0.75)
        canvas.arrow((WIDTH - 34, 72), (WIDTH - 34, 34))
        canvas.label((WIDTH - 34, 84), "N", size=0.8)

    def _ring(self, centre: Point, across: float, down: float) -> list[Point]:
        points = []
        for place in range(60):
            turn = math.tau * place / 60
            bump = 1 + 0.1 * math.sin(2 * turn + self.seed) + 0.07 * math.cos(3 * turn + self.seed * 1.7)
            points.append((centre[0] + across * bump * math.cos(turn), centre[1] - down * bump * math.sin(turn)))
        return points

    def _contour(self, canvas: Canvas) -> None:
        x, y = WIDTH / 2 - 10, canvas.height / 2 - 8
        count = len(self.levels)
        for place, level in enumerate(self.levels):
            share = 1 - place / count
            centre = (x + 9 * place, y)
            ring = self._ring(centre, 138 * share, (canvas.height / 2 - 48) * share)
            canvas.polygon(ring, width=1.3 if place % 5 == 0 else 0.8)
            mark = ring[38 + place % 2 * 3]
            canvas.label(mark, str(level), size=0.7)

    def _grid(self, canvas: Canvas) -> None:
        for place in range(1, 6):
            x, y = 12 + (WIDTH - 24) * place / 6, 12 + (canvas.height - 24) * place / 6
            canvas.line([(x, 12), (x, canvas.height - 12)], width=0.5, colour=canvas.faint)
            canvas.line([(12, y), (WIDTH - 12, y)], width=0.5, colour=canvas.faint)

    def _coast(self, canvas: Canvas) -> None:
        canvas.polygon(self._ring((WIDTH / 2, canvas.height / 2), 150, canvas.height / 2 - 42), fill=2)
        river = [(WIDTH * 0.2 + 24 * step, canvas.height * 0.5 + 16 * math.sin(step + self.seed)) for step in range(9)]
        canvas.line(river, width=0.8)
