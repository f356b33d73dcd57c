"""Number lines with points and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Numberline:
    """`points` are (value, name); an interval is (low, high, low included, high included), open beyond the line."""

    aspect: ClassVar[float] = 1.85
    low: int
    high: int
    points: tuple[tuple[float, str], ...] = ()
    intervals: tuple[tuple[float, float, bool, bool], ...] = ()

    def draw(self, canvas: Canvas) -> None:
        y, left, right = canvas.height * 0.62, 35.0, WIDTH - 35

        def across(value: float) -> float:
            return left + (min(max(value, self.low), self.high) - self.low) / (self.high - self.low) * (right - left)

        canvas.arrow((left - 5, y), (right + 22, y))
        canvas.line([(left - 22, y), (left, y)])
        step = 1 if self.high - self.low <= 14 else 2 if self.high - self.low <= 28 else 5
        for value in range(self.low, self.high + 1, step):
            canvas.line([(across(value), y - 5), (across(value), y + 5)], width=0.8)
            canvas.label((across(value), y + 20), str(value), size=0.75, fixed=True)
        for spot, name in self.points:
            canvas.dot((across(spot), y), 5)
            canvas.label((across(spot), y - 20), name)
        for place, (start, end, closed, shut) in enumerate(self.intervals):
            height = y - 34 - 26 * place
            canvas.line([(across(start), height), (across(end), height)], width=1.4)
            for border, full in ((start, closed), (end, shut)):
                if self.low < border < self.high:
                    canvas.line([(across(border), height), (across(border), y)], width=0.7, dashed=True)
                    canvas.circle((across(border), height), 5, solid=full)
