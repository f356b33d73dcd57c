"""Pie charts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH, arc_points

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Pie:
    """Shares in percent, clockwise from the top, each with its name and, if `written`, its number."""

    aspect: ClassVar[float] = 1.2
    names: tuple[str, ...]
    shares: tuple[int, ...]
    written: bool = True

    def draw(self, canvas: Canvas) -> None:
        centre, radius = (WIDTH / 2, canvas.height / 2), canvas.height * 0.36
        turn = 90.0
        for place, (name, share) in enumerate(zip(self.names, self.shares, strict=True)):
            sweep = 3.6 * share
            canvas.polygon([centre, *arc_points(centre, radius, radius, turn, turn - sweep)], fill=place)
            middle = math.radians(turn - sweep / 2)
            far = radius * (0.64 if share >= 12 else 1.17)
            spot = (centre[0] + far * math.cos(middle), centre[1] - far * math.sin(middle))
            canvas.label(spot, f"{name} {share}%" if self.written else name, size=0.85)
            turn -= sweep
