"""Inclined planes with a block."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Incline:
    """A block of that mass on a slope of that many degrees; forces as arrows if wanted."""

    aspect: ClassVar[float] = 1.45
    degrees: int
    mass: str
    height: str = ""
    rough: bool = False
    forces: bool = False

    def draw(self, canvas: Canvas) -> None:
        bottom, left = canvas.height - 40, 50.0
        shown = min(max(self.degrees, 15), 42)
        turn = math.radians(shown)
        long = min(WIDTH - 110, (canvas.height - 100) / math.tan(turn))
        right, top = left + long, bottom - long * math.tan(turn)
        canvas.polygon([(left, bottom), (right, bottom), (right, top)], fill=0)
        canvas.arc((left, bottom), 48, 48, 0, shown, width=0.8)
        canvas.label((left + 74, bottom - 34 * math.tan(turn)), f"{self.degrees}°", size=0.9)
        ux, uy = math.cos(turn), -math.sin(turn)
        base = (left + long * 0.58, bottom - long * 0.58 * math.tan(turn))
        size = 44.0
        corner = (base[0] + ux * size, base[1] + uy * size)
        normal = (-math.sin(turn) * size, -math.cos(turn) * size)
        block = [
            base,
            corner,
            (corner[0] + normal[0], corner[1] + normal[1]),
            (base[0] + normal[0], base[1] + normal[1]),
        ]
        canvas.polygon(block, fill=1)
        middle = ((block[0][0] + block[2][0]) / 2, (block[0][1] + block[2][1]) / 2)
        if self.forces:
            canvas.arrow(middle, (middle[0], middle[1] + 70), width=1.2)
            canvas.label((middle[0] + 24, middle[1] + 66), "mg")
            canvas.arrow(middle, (middle[0] + normal[0] * 1.6, middle[1] + normal[1] * 1.6), width=1.2)
            canvas.label((middle[0] + normal[0] * 1.9, middle[1] + normal[1] * 1.9), "N")
        else:
            canvas.label(middle, self.mass, size=0.8, fixed=True)
        if self.rough:
            for place in range(3, 20):
                x, y = left + long * place / 22, bottom - long * place / 22 * math.tan(turn)
                canvas.line([(x, y), (x + 3, y + 9)], width=0.5)
        if self.height:
            canvas.line([(right + 14, bottom), (right + 14, top)], dashed=True, width=0.7)
            canvas.label((right + 28, (bottom + top) / 2), self.height)
