"""Pyramids of population by age and sex, and of energy by trophic level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Pyramid:
    """Rows from bottom to top as (text, left, right); equal sides and no middle column for energy."""

    aspect: ClassVar[float] = 1.2
    rows: tuple[tuple[str, float, float], ...]
    heads: tuple[str, str] = ("", "")

    def draw(self, canvas: Canvas) -> None:
        x, bottom, top = WIDTH / 2, canvas.height - 30, 52.0
        peak = max(max(left, right) for _, left, right in self.rows)
        tall = (bottom - top) / len(self.rows)
        gap = 30.0 if self.heads[0] else 0.0
        for place, (text, left, right) in enumerate(self.rows):
            low = bottom - tall * place
            if not gap:
                wide = 140 / peak
                canvas.box(x - wide * left, low - tall + 3, x + wide * right, low - 3, fill=place)
            else:
                for side, value in ((-1, left), (1, right)):
                    edge = x + side * (gap + 140 * value / peak)
                    ends = sorted((x + side * gap, edge))
                    canvas.box(ends[0], low - tall + 3, ends[1], low - 3, fill=0 if side < 0 else 1)
                    canvas.label((edge + side * 14, low - tall / 2), f"{value:g}", size=0.7, fixed=False)
            canvas.label((x, low - tall / 2), text, size=0.75, fixed=True)
        canvas.label((x - 90, 26), self.heads[0])
        canvas.label((x + 90, 26), self.heads[1])
