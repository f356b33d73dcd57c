"""Climate charts: rain as bars and temperature as a line over twelve months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Climograph:
    """Twelve monthly rainfalls in mm and temperatures in degrees."""

    aspect: ClassVar[float] = 1.2
    rain: tuple[int, ...]
    warmth: tuple[int, ...]

    def draw(self, canvas: Canvas) -> None:
        left, right, top, bottom = 50.0, WIDTH - 45, 42.0, canvas.height - 36
        canvas.line([(left, top - 8), (left, bottom), (right, bottom), (right, top - 8)])
        wettest = max(100, -(-max(self.rain) // 100) * 100)
        slot = (right - left) / 12

        def level(degrees: float) -> float:
            return bottom - (degrees + 20) / 60 * (bottom - top)

        for share in range(5):
            y = bottom - share / 4 * (bottom - top)
            canvas.label((left - 20, y), f"{wettest * share // 4}", size=0.7, fixed=True)
            canvas.label((right + 18, y), f"{-20 + 15 * share}", size=0.7, fixed=True)
            canvas.line([(left, y), (right, y)], width=0.35, colour=canvas.faint)
        for month, rain in enumerate(self.rain):
            x = left + slot * month
            canvas.box(x + 3, bottom - rain / wettest * (bottom - top), x + slot - 3, bottom, fill=1)
            if month % 2 == 0:
                canvas.label((x + slot / 2, bottom + 14), str(month + 1), size=0.7, fixed=True)
        line = [(left + slot * (month + 0.5), level(warmth)) for month, warmth in enumerate(self.warmth)]
        canvas.line(line, width=1.4)
        for spot in line:
            canvas.dot(spot, 3.4)
        canvas.label((left - 8, 18), "mm", size=0.85)
        canvas.label((right + 6, 18), "°C", size=0.85)
