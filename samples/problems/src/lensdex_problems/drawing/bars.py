"""Bar charts, plain or grouped; a histogram is one without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Bars:
    """`rows` is one series of values per name in `series`; every series has one value per category."""

    aspect: ClassVar[float] = 1.35
    categories: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    series: tuple[str, ...] = ()
    y_name: str = ""
    touching: bool = False
    written: bool = True

    def draw(self, canvas: Canvas) -> None:
        left, right, top, bottom = 46.0, WIDTH - 20, 44.0, canvas.height - 38
        peak = max(max(row) for row in self.rows) * 1.12
        canvas.line([(left, top - 14), (left, bottom), (right, bottom)])
        canvas.label((left + 6 + 4 * len(self.y_name), top - 28), self.y_name, size=0.85)
        for share in (0.25, 0.5, 0.75, 1.0):
            y = bottom - share * (bottom - top)
            canvas.line([(left, y), (right, y)], width=0.4, colour=canvas.faint)
            if not self.written:
                canvas.label((left - 20, y), f"{peak * share:.3g}", size=0.7)
        slot = (right - left - 10) / len(self.categories)
        wide = slot * (1.0 if self.touching else 0.72) / len(self.rows)
        for place, category in enumerate(self.categories):
            start = left + 5 + slot * place + (slot - wide * len(self.rows)) / 2
            for row, values in enumerate(self.rows):
                x, y = start + wide * row, bottom - values[place] / peak * (bottom - top)
                canvas.box(x, y, x + wide, bottom, fill=row if len(self.rows) > 1 or self.touching else place)
                if self.written:
                    canvas.label((x + wide / 2, y - 10), f"{values[place]:g}", size=0.75)
            canvas.label((left + 5 + slot * (place + 0.5), bottom + 16), category, size=0.8, fixed=len(category) < 6)
        for row, name in enumerate(self.series):
            x = right - 90 * (len(self.series) - row)
            canvas.box(x, 8, x + 16, 22, fill=row)
            canvas.label((x + 26 + 4 * len(name), 15), name, size=0.8)
