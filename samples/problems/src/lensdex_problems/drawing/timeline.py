"""Time lines: years with letters along an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Timeline:
    """Events as (year, text); spans as (from, to, text) lie above the axis."""

    aspect: ClassVar[float] = 1.85
    events: tuple[tuple[int, str], ...]
    spans: tuple[tuple[int, int, str], ...] = ()
    dated: bool = True

    def draw(self, canvas: Canvas) -> None:
        years = [year for year, _ in self.events] + [year for span in self.spans for year in span[:2]]
        low, high = min(years), max(years)
        left, right, y = 45.0, WIDTH - 50, canvas.height * 0.62

        def across(year: float) -> float:
            return left + (year - low) / max(high - low, 1) * (right - left)

        canvas.arrow((15, y), (WIDTH - 10, y), width=1.3)
        for start, end, text in self.spans:
            canvas.box(across(start), y - 92, across(end), y - 66, fill=len(text) + start)
            canvas.label(((across(start) + across(end)) / 2, y - 79), text, size=0.85, fixed=True)
        for year, text in self.events:
            canvas.line([(across(year), y - 9), (across(year), y + 9)])
            canvas.dot((across(year), y), 4)
            canvas.label((across(year), y - 28), text)
            if self.dated:
                canvas.label((across(year), y + 26), str(year), size=0.8)
