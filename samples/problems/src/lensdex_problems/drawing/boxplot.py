"""Box plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Boxplot:
    """Each group has a name and five numbers: least, lower quartile, median, upper quartile, greatest."""

    aspect: ClassVar[float] = 1.7
    groups: tuple[tuple[str, tuple[int, int, int, int, int]], ...]

    def draw(self, canvas: Canvas) -> None:
        low = min(five[0] for _, five in self.groups) // 10 * 10
        high = -(-max(five[4] for _, five in self.groups) // 10) * 10
        left, right, bottom = 55.0, WIDTH - 25, canvas.height - 40

        def across(value: float) -> float:
            return left + (value - low) / (high - low) * (right - left)

        canvas.line([(left, bottom), (right, bottom)])
        for value in range(low, high + 1, 10):
            canvas.line([(across(value), bottom - 4), (across(value), bottom + 4)])
            canvas.label((across(value), bottom + 16), str(value), size=0.8, fixed=True)
        step = (bottom - 20) / len(self.groups)
        for place, (name, five) in enumerate(self.groups):
            y = 12 + step * (place + 0.5)
            least, lower, median, upper, greatest = (across(value) for value in five)
            tall = min(22.0, step * 0.3)
            canvas.line([(least, y), (lower, y)])
            canvas.line([(upper, y), (greatest, y)])
            canvas.box(lower, y - tall, upper, y + tall, fill=place)
            for x in (least, median, greatest):
                canvas.line([(x, y - tall), (x, y + tall)])
            canvas.label((24, y), name, fixed=True)
